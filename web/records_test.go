package web_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"isoloir/merkle"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// judge says how the client takes both records, and a fingerprint if there is one.
func (w *world) judge(p *page, manifest, opening []byte, fingerprint any) string {
	return call[string](p, `(() => {
		const bytes = (s) => Uint8Array.from(atob(s), (c) => c.charCodeAt(0));
		try {
			return "accepted " + new client.scrutin.Scrutin(bytes($1), bytes($2), $3 ?? undefined).o;
		} catch (e) {
			return e.name + " " + e.check;
		}
	})()`, manifest, opening, fingerprint)
}

// The opening record is taken only whole, for this manifest, and signed by the
// bureau's quorum and every witness.
func TestOpening(t *testing.T) {
	w, _ := newRecords(t, 2)
	p := newPage(t, nil)
	text := textOf(t, w.Note)
	edited := func(edit func(o *scrutin.Opening)) []byte {
		o, err := scrutin.Parse[scrutin.Opening](text)
		if err != nil {
			t.Fatal(err)
		}
		edit(o)
		o.Record = o.Kind()
		changed, err := scrutin.Text(o)
		if err != nil {
			t.Fatal(err)
		}
		return w.signed(t, changed)
	}
	replaced := func(old, new string) []byte { return w.signed(t, strings.Replace(text, old, new, 1)) }
	added := func(signer string) []byte {
		data, err := note.Add(w.Note, w.Signers[signer])
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	other := "cafe" + w.Fingerprint.String()[4:]
	for _, c := range []struct {
		name, want  string
		manifest    []byte
		opening     []byte
		fingerprint any
	}{
		{"honest", "accepted " + w.o.String(), w.Bytes, w.Note, w.Fingerprint},
		{"honest, compared by the voter", "accepted " + w.o.String(), w.Bytes, w.Note, nil},
		{"another letter", "Lie manifest-fingerprint", w.Bytes, w.Note, other},
		{"a manifest of another form", "Lie manifest-form", append(slices.Clone(w.Bytes), '\n'), w.Note, nil},
		{"a manifest with a fraction", "Lie manifest-form", bytes.Replace(w.Bytes, []byte(`"grace_minutes": 15`), []byte(`"grace_minutes": 15.5`), 1), w.Note, nil},
		{"a manifest with nothing", "Lie manifest-form", bytes.Replace(w.Bytes, []byte(`"grace_minutes": 15`), []byte(`"grace_minutes": null`), 1), w.Note, nil},
		{"a manifest that is none", "Lie manifest-form", []byte("{}\n"), w.Note, nil},
		{"a manifest with a mark of byte order", "Lie manifest-form", append([]byte("\ufeff"), w.Bytes...), w.Note, nil},
		{"no note", "Lie opening-form", w.Bytes, []byte("x"), nil},
		{"signed by nobody", "Lie opening-signature", w.Bytes, []byte(text + "\n"), nil},
		{"changed after it was signed", "Lie opening-signature", w.Bytes, []byte(strings.Replace(string(w.Note), `"electors": 12`, `"electors": 13`, 1)), nil},
		{"signed by somebody else too", "Lie opening-signature", w.Bytes, added("mixer-1"), nil},
		{"without a witness", "Lie opening-witness", w.Bytes, w.signed(t, text, "witness-2"), nil},
		{"with one member too few", "Lie opening-quorum", w.Bytes, w.signed(t, text, "member-1", "member-2"), nil},
		{"with just the quorum", "accepted " + w.o.String(), w.Bytes, w.signed(t, text, "member-3"), nil},
		{"of another manifest", "Lie opening-manifest", w.Bytes, edited(func(o *scrutin.Opening) { o.Manifest[0] ^= 1 }), nil},
		{"another key of the urn", "Lie opening-keys", w.Bytes, edited(func(o *scrutin.Opening) { o.UrnKey = o.RollKey }), nil},
		{"another key of the roll", "Lie opening-keys", w.Bytes, edited(func(o *scrutin.Opening) { o.RollKey = o.UrnKey }), nil},
		{"the identity for a key", "Lie opening-keys", w.Bytes, replaced(w.Opening.Key.String(), strings.Repeat("0", 64)), nil},
		{"no point for a key", "Lie opening-keys", w.Bytes, replaced(w.Opening.Key.String(), strings.Repeat("f", 64)), nil},
		{"an urn less", "Lie opening-urns", w.Bytes, edited(func(o *scrutin.Opening) { o.Urns = o.Urns[:1] }), nil},
		{"urns in another order", "Lie opening-urns", w.Bytes, edited(func(o *scrutin.Opening) { slices.Reverse(o.Urns) }), nil},
		{"another number of electors", "Lie opening-urns", w.Bytes, edited(func(o *scrutin.Opening) { o.Urns[0].Electors++; o.Urns[0].Accounts++ }), nil},
		{"another issuer", "Lie opening-form", w.Bytes, edited(func(o *scrutin.Opening) { o.Enrolment[0].Party = "eve" }), nil},
		{"a mixer less", "Lie opening-form", w.Bytes, edited(func(o *scrutin.Opening) { o.Anonymisation = o.Anonymisation[1:] }), nil},
		{"another kind of record", "Lie opening-form", w.Bytes, replaced("isoloir/v1/opening", "isoloir/v1/openings"), nil},
		{"a key more", "Lie opening-form", w.Bytes, replaced(`  "software"`, "  \"more\": 1,\n  \"software\""), nil},
		{"a key twice", "Lie opening-form", w.Bytes, replaced(`  "urn_key"`, "  \"software\": \""+w.Opening.Software.String()+"\",\n  \"urn_key\""), nil},
		{"a digest in capitals", "Lie opening-form", w.Bytes, replaced(w.Opening.Client.String(), "0A"+w.Opening.Client.String()[2:]), nil},
		{"another spacing", "Lie opening-form", w.Bytes, replaced(`"accounts": `, `"accounts":  `), nil},
		{"an escaped letter", "Lie opening-form", w.Bytes, replaced(`"record"`, `"\u0072ecord"`), nil},
		{"a fraction", "Lie opening-form", w.Bytes, replaced(`"accounts": 12`, `"accounts": 12.0`), nil},
	} {
		if got := w.judge(p, c.manifest, c.opening, c.fingerprint); got != c.want {
			t.Errorf("%s: %s, and not %s", c.name, got, c.want)
		}
	}
}

// Texts are canonical for the browser exactly where they are for Go.
func TestCanonical(t *testing.T) {
	w, _ := newRecords(t, 1)
	p := newPage(t, nil)
	text := textOf(t, w.Note)
	texts := []string{text, "", "\n", "null\n", "[]\n", text + " ", text[:len(text)-1], " " + text, strings.Replace(text, "\n", "\r\n", 1), strings.Replace(text, "  ", "\t", 1)}
	for _, inserted := range []string{"\u0085", "\u2028", "\u2029", "\u007f", "\\u0041", "\\n", "\\/", "\\ud800", "\ud7ff", "é", "\\\"", "\\\\", "漢", "\U0001f5f3"} {
		texts = append(texts, strings.Replace(text, `"roll_key": "`, `"roll_key": "`+inserted, 1))
	}
	for _, number := range []string{"-0", "012", "1e1", "1.0", "+1", "null", "true", `"12"`, "[]", "1E400", "9007199254740993", "-12"} {
		texts = append(texts, strings.Replace(text, `"electors": 12`, `"electors": `+number, 1))
	}
	for i, line := range strings.SplitAfter(text, "\n") {
		if i%3 == 0 {
			texts = append(texts, strings.Replace(text, line, "", 1), strings.Replace(text, line, line+line, 1))
		}
	}
	got := call[[]bool](p, `$1.map((text) => {
		try {
			const r = client.canonical.parseCanonical(text);
			client.canonical.check(r, client.scrutin.OPENING);
			return true;
		} catch {
			return false;
		}
	})`, texts)
	for i, text := range texts {
		_, err := scrutin.Parse[scrutin.Opening](text)
		// which strings a verifier key can hold is for the client's notes to say
		if strings.Contains(text, "é") || strings.Contains(text, "漢") || strings.Contains(text, "\U0001f5f3") || strings.Contains(text, "\ud7ff") || strings.Contains(text, `\"`) || strings.Contains(text, `\\`) {
			continue
		}
		if got[i] != (err == nil) {
			t.Errorf("the browser accepts: %v; Go says %v of %.80q", got[i], err, text)
		}
	}
}

// A note is signed for the browser exactly where it is for Go.
func TestNotes(t *testing.T) {
	p := newPage(t, nil)
	key := func(name string) *note.PrivateKey {
		k, err := note.GenerateKey(name)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	anne, bob, eve := key("anne"), key("bob"), key("eve")
	data, err := note.Sign("a\nb\n", anne, bob)
	if err != nil {
		t.Fatal(err)
	}
	byEve, err := note.Add(data, eve)
	if err != nil {
		t.Fatal(err)
	}
	s := string(data)
	lines := strings.SplitAfter(s, "\n")
	last := lines[len(lines)-2]
	notes := []string{s, "", "a\n", "a\n\n", s + last, string(byEve), strings.Replace(s, "a", "c", 1), s + "\n", s + "x", s[:len(s)-1], strings.Replace(s, "— anne", "- anne", 1),
		strings.Replace(s, "— anne", "— ann", 1), strings.Replace(s, "— anne ", "— anne  ", 1), strings.Replace(s, "a", "\t", 1), strings.Replace(s, last, "", 1), strings.Replace(s, "=\n", "\n", 1),
		strings.Replace(s, "\n— bob", "\r\n— bob", 1), strings.Replace(s, last, "", 1) + last, "\n" + s, "a\n\nb" + s, strings.Replace(s, "— anne", "—  anne", 1)}
	for i := len(s) - 100; i < len(s)-1; i++ {
		c := "A"
		if s[i] == 'A' {
			c = "B"
		}
		notes = append(notes, s[:i]+c+s[i+1:])
	}
	got := call[[]bool](p, `$1.map((text) => {
		try {
			return client.note.openNote(client.bytes.utf8(text), [$2, $3].map((k) => client.note.Verifier.parse(k))).signed.size > 0;
		} catch {
			return false;
		}
	})`, notes, anne.Verifier().String(), bob.Verifier().String())
	for i, text := range notes {
		if _, err := note.Open([]byte(text), anne.Verifier(), bob.Verifier()); got[i] != (err == nil) {
			t.Errorf("the browser accepts: %v; Go says %v of %q", got[i], err, text)
		}
	}
	// a signature that only holds after multiplication by the cofactor, and keys that no honest tool makes
	if call[bool](p, `(() => {
		const { Point } = client.ed25519, message = client.bytes.utf8("a\n"), x = 77n, r = 99n;
		const twisted = Point.BASE.multiply(r).add(Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")).toBytes();
		const key = Point.BASE.multiply(x).toBytes();
		const signed = (R) => {
			const c = client.group.wideScalar(client.sha512(client.bytes.concat(R, key, message)));
			return client.note.verify(key, message, client.bytes.concat(R, client.group.encodeScalar(client.group.modulo(r + c * x))));
		};
		return signed(twisted) || !signed(Point.BASE.multiply(r).toBytes());
	})()`) {
		t.Error("a signature is verified with the cofactor, or not at all")
	}
	mixed := call[string](p, `client.ed25519.Point.BASE.add(client.ed25519.Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")).toHex()`)
	for _, raw := range []string{mixed, "0100000000000000000000000000000000000000000000000000000000000000", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "efffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"} {
		var b [32]byte
		copy(b[:], unhex(t, raw))
		v, err := note.NewVerifier("anne", note.Ed25519, b)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := try[bool](p, `!!client.note.Verifier.parse($1)`, v.String()); err == nil {
			t.Errorf("the key %s is admitted", raw)
		}
	}
}

// The bureau's quorum is the same for the browser and for Go, whoever signs.
func TestQuorum(t *testing.T) {
	p := newPage(t, nil)
	type asked struct {
		Bureau  scrutin.Bureau `json:"bureau"`
		Signers []string       `json:"signers"`
	}
	var questions []asked
	var want []bool
	for range 400 {
		var q asked
		for i := range 3 + rand.IntN(6) {
			b := scrutin.Member{ID: fmt.Sprint("m", i), Role: pick("president", "assessor", "secretary", "delegate"), Voice: pick("deliberative", "deliberative", "consultative"),
				Class: pick("a", "b", "c"), Rank: scrutin.Titular, Born: "1960-01-01"}
			if i > 1 && rand.IntN(3) == 0 {
				b.Rank, b.Replaces = scrutin.Substitute, fmt.Sprint("m", rand.IntN(i))
			}
			q.Bureau.Members = append(q.Bureau.Members, b)
			if rand.IntN(4) > 0 {
				q.Signers = append(q.Signers, b.ID)
			}
		}
		q.Bureau.Quorum = scrutin.Quorum{Count: 1 + rand.IntN(4), Clauses: []scrutin.QuorumClause{}}
		if rand.IntN(2) == 0 {
			q.Bureau.Quorum.Clauses = append(q.Bureau.Quorum.Clauses, scrutin.QuorumClause{Label: "c", Roles: []string{pick("secretary", "delegate")}, Classes: []string{pick("a", "b")}, AtLeast: 1 + rand.IntN(2)})
		}
		m := &scrutin.Manifest{Bureau: q.Bureau}
		sitting, err := m.Sitting(q.Signers)
		if err != nil {
			t.Fatal(err)
		}
		questions, want = append(questions, q), append(want, sitting.Adopted(q.Signers) == nil)
	}
	got := call[[]bool](p, `$1.map((q) => client.quorum.lacking(q.bureau, new Set(q.signers)) === "")`, questions)
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("adopted for Go: %v, for the browser: %v: %+v", want[i], got[i], questions[i])
		}
	}
	if !slices.Contains(want, true) || !slices.Contains(want, false) {
		t.Error("all questions have one answer")
	}
}

func pick(of ...string) string { return of[rand.IntN(len(of))] }

// Paths that Go makes lead to the root in the browser, and no others do.
func TestPaths(t *testing.T) {
	p := newPage(t, nil)
	type question struct {
		Leaf, Root  merkle.Hash
		Index, Size uint64
		Path        []merkle.Hash
		Want        bool
	}
	var questions []question
	var leaves []merkle.Hash
	var frontier merkle.Frontier
	tree := merkle.NewTree(func(n uint64) merkle.Hash { return leaves[n] })
	for size := uint64(1); size <= 40; size++ {
		leaves = append(leaves, merkle.LeafHash([]byte{byte(size)}))
		frontier.AppendHash(leaves[size-1])
		tree.Grow(size)
		for n := range size {
			path, err := tree.Inclusion(n, size)
			if err != nil {
				t.Fatal(err)
			}
			q := question{leaves[n], frontier.Root(), n, size, path, true}
			questions = append(questions, q)
			for _, forge := range []func(*question){
				func(q *question) { q.Index = (q.Index + 1) % q.Size }, func(q *question) { q.Size++ }, func(q *question) { q.Leaf[0] ^= 1 }, func(q *question) { q.Root[31] ^= 1 },
				func(q *question) { q.Path = append(slices.Clone(q.Path), merkle.Hash{}) }, func(q *question) { q.Path = q.Path[:max(len(q.Path), 1)-1] }, func(q *question) { q.Index = q.Size },
			} {
				f := q
				forge(&f)
				f.Want = merkle.CheckInclusion(f.Path, f.Size, f.Root, f.Index, f.Leaf) == nil
				if rand.IntN(4) == 0 {
					questions = append(questions, f)
				}
			}
		}
	}
	wrong := call[int](p, `$1.filter((q) => {
		const bytes = (list) => Uint8Array.from(list);
		return client.merkle.included(bytes(q.Leaf), q.Index, q.Size, (q.Path ?? []).map(bytes), bytes(q.Root)) !== q.Want;
	}).length`, questions)
	if wrong > 0 {
		t.Errorf("%d of %d paths are judged otherwise than in Go", wrong, len(questions))
	}
	root := call[string](p, `(() => { const f = new client.merkle.Frontier(); for (let i = 1; i <= 40; i++) f.append(client.merkle.leafHash(Uint8Array.of(i))); return client.bytes.hex(f.root()); })()`)
	if want := frontier.Root(); root != fmt.Sprintf("%x", want) {
		t.Errorf("the root is %s, and not %x", root, want)
	}
}
