package web_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"isoloir/audit"
	"isoloir/audit/audittest"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

// TestCounted follows every ballot of exports to the mix, and finds each where the
// auditor finds it; and is stopped by every export that contradicts itself.
func TestCounted(t *testing.T) {
	consultation := func(m *scrutin.Manifest) { m.Scrutin.Profile = scrutin.Consultation }
	p := newPage(t, nil)
	for n, shape := range []audittest.Shape{
		{Fixture: scrutintest.Options{Urns: 2, Electors: 6, Choices: 2, Questions: 2, Mixers: 2, Edit: consultation, MinSize: 2, Revotes: 3}, Revoters: 2, Deputies: 1},
		{Fixture: scrutintest.Options{Urns: 3, Electors: 6, Choices: 2, Mixers: 2, Edit: consultation, MinSize: 7, Merge: true}, Abstain: 3},
		{Fixture: scrutintest.Options{Urns: 2, Electors: 11, Choices: 2, Mixers: 2, Revotes: 3}, Revoters: 1, Accounts: true, Supervised: 2, Few: 3},
	} {
		w, err := audittest.New(shape, uint64(n))
		if err != nil {
			t.Fatal(err)
		}
		w.Advance(audittest.Listed)
		prepared, err := audit.Prepare(w.Source(), audit.Options{})
		if err != nil {
			t.Fatal(err)
		}
		paths := []string{"mix/1.note"}
		for _, u := range w.Manifest.Urns {
			paths = append(paths, record.Seal(u.ID), record.Leaves(u.ID))
		}
		serve := func(files map[string][]byte) {
			encoded := map[string]string{}
			for _, path := range paths {
				encoded[path] = base64.StdEncoding.EncodeToString(files[path])
			}
			call[bool](p, "(globalThis.files = $1, globalThis.get = async (path) => Uint8Array.from(atob(files[path]), (c) => c.charCodeAt(0)), true)", encoded)
		}
		call[bool](p, "(globalThis.scrutin = new client.scrutin.Scrutin(client.bytes.utf8($1), client.bytes.utf8($2), $3)).o === $4",
			string(w.Files[record.Manifest]), string(w.Files[record.Opening]), w.Fingerprint, w.O)
		find := func(urn string, code []byte) string {
			return call[string](p, "client.counted.findCounted(scrutin, $1, $2, get).then((f) => [f.state, f.index, f.size, f.witnesses, f.place, f.ballots, f.cell].join(' '), (e) => `${e.name} ${e.check}`)", urn, hex.EncodeToString(code))
		}
		serve(w.Files)
		states, some := map[string]int{}, []byte(nil)
		for u, batches := range w.Batches {
			name := w.Manifest.Urns[u].ID
			for _, batch := range batches {
				for _, leaf := range batch {
					code := sha256.Sum256(leaf[1:])
					if audittest.Counts(leaf) {
						code = audittest.Envelope(leaf).Hash()
					}
					want, err := prepared.Trace(audit.Receipt{Ballot: code})
					if err != nil {
						t.Fatal(err)
					}
					got := strings.Fields(find(name, code[:]))
					if !audittest.Counts(leaf) {
						want.State = "absent"
					}
					if states[got[0]]++; got[0] != want.State {
						t.Fatalf("%v, and not %+v", got, want)
					}
					if want.State == audit.BallotCounted {
						some = code[:]
						var index, size, witnesses, place, ballots int
						for i, v := range []*int{&index, &size, &witnesses, &place, &ballots} {
							*v = call[int](p, "Number($1)", got[1+i])
						}
						if index != want.Leaf || size != want.Leaves || witnesses != want.Witnesses || place != want.Place || ballots != want.Ballots || got[6] != want.Cell {
							t.Errorf("%v, and not %+v", got, want)
						}
					}
				}
			}
		}
		if states["counted"] == 0 || (states["replaced"] > 0) != (shape.Revoters > 0) {
			t.Errorf("%v", states)
		}
		if (states["closed"] > 0) != (shape.Few > 0) {
			t.Errorf("%v", states)
		}
		if shape.Accounts { // an urn that is large enough is not left out
			changed := w.Clone().Files
			changed["mix/1.note"] = without(w, changed["mix/1.note"], w.Manifest.Urns[0].ID)
			serve(changed)
			if got := find(w.Manifest.Urns[0].ID, some); got != "Lie counted-mix" {
				t.Errorf("a cell that is left out of the mix: %s", got)
			}
			continue
		}
		urnID := w.Manifest.Urns[len(w.Manifest.Urns)-1].ID
		for name, c := range map[string]struct {
			want   string
			path   string
			change func([]byte) []byte
		}{
			"a mix of another list":    {"Lie counted-mix", "mix/1.note", func(b []byte) []byte { return resign(w, b, "input") }},
			"a mix that nobody signed": {"Lie counted-mix", "mix/1.note", func(b []byte) []byte { return bytes.Replace(b, []byte(`"ballots": `), []byte(`"ballots": 1`), 1) }},
			"a seal without witnesses": {"Lie counted-seal", record.Seal(urnID), func(b []byte) []byte {
				return b[:bytes.LastIndex(b[:bytes.LastIndex(b, []byte("— "))], []byte("— "))]
			}},
			"a co-signature of another date": {"Lie counted-seal", record.Seal(urnID), redated},
			"another urn's seal":             {"Lie counted-seal", record.Seal(urnID), func([]byte) []byte { return w.Files[record.Seal(w.Manifest.Urns[0].ID)] }},
			"a leaf changed":                 {"Lie counted-log", record.Leaves(urnID), func(b []byte) []byte { b[60] ^= 1; return b }},
			"a log cut short":                {"Lie counted-log", record.Leaves(urnID), func(b []byte) []byte { return b[:len(b)-1] }},
			"a log without its last ballot":  {"Lie counted-log", record.Leaves(urnID), func(b []byte) []byte { return b[:2+int(b[0])<<8+int(b[1])] }},
		} {
			changed := w.Clone().Files
			changed[c.path] = c.change(bytes.Clone(changed[c.path]))
			serve(changed)
			if got := find(urnID, some); got != c.want {
				t.Errorf("%s: %s, and not %s", name, got, c.want)
			}
		}
	}
}

// resign is a mixer's statement with another digest in a field, signed by the mixer.
func resign(w *audittest.World, data []byte, field string) []byte {
	text := string(data[:bytes.LastIndex(data, []byte("\n\n"))+1])
	at := strings.LastIndex(text, `"`+field+`": "`) + len(field) + 5
	digit := "0"
	if text[at] == '0' {
		digit = "1"
	}
	return must(note.Sign(text[:at]+digit+text[at+1:], w.Signers[w.Manifest.Mixers[0].ID]))
}

// without is a mixer's statement in which a cell of that name has another one.
func without(w *audittest.World, data []byte, cell string) []byte {
	text := string(data[:bytes.LastIndex(data, []byte("\n\n"))+1])
	return must(note.Sign(strings.Replace(text, `"cell": "`+cell+`"`, `"cell": "other"`, 1), w.Signers[w.Manifest.Mixers[0].ID]))
}

// redated moves the date of the last co-signature by a second.
func redated(data []byte) []byte {
	at := bytes.LastIndexByte(bytes.TrimSuffix(data, []byte("\n")), ' ') + 1
	raw := must(base64.StdEncoding.DecodeString(strings.TrimSuffix(string(data[at:]), "\n")))
	raw[11]++
	return append(data[:at:at], base64.StdEncoding.EncodeToString(raw)+"\n"...)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
