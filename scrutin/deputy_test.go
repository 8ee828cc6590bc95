package scrutin_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

var deputyNow = time.Date(2026, 12, 3, 8, 0, 0, 0, time.UTC)

// deputyKey is a key that anyone can make again, under a name that others have too.
func deputyKey(t testing.TB, name, seed string) *note.PrivateKey {
	t.Helper()
	s := sha256.Sum256([]byte("golden " + seed))
	pub := ed25519.NewKeyFromSeed(s[:]).Public().(ed25519.PublicKey)
	v, err := note.NewVerifier(name, note.Ed25519, [32]byte(pub))
	if err != nil {
		t.Fatal(err)
	}
	k, err := note.ParsePrivateKey(fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", name, v.KeyHash(), base64.StdEncoding.EncodeToString(append([]byte{note.Ed25519}, s[:]...))))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func forgers(t testing.TB, own, other string) scrutintest.Forgers {
	return scrutintest.Forgers{Own: goldenKey(own), Other: goldenKey(other), Deputy: deputyKey(t, own, "deputy of "+own), Stranger: deputyKey(t, own, "stranger")}
}

func at(now time.Time) func() time.Time { return func() time.Time { return now } }

// What a deputy says counts as the role's word, and nothing else does.
func TestDeputies(t *testing.T) {
	for _, c := range []struct{ own, other, kind string }{
		{"urn", "roll", scrutin.Promise}, {"urn", "roll", scrutin.Appended}, {"urn", "roll", scrutin.Voided}, {"roll", "urn", scrutin.Authorisation}, {"roll", "urn", scrutin.Marked}} {
		f, text := forgers(t, c.own, c.other), scrutin.CastingText{Kind: c.kind, Opening: some("o"), Urn: "urn-1", Value: some("b")}
		voice := scrutin.NewVoice(f.Own.Verifier(), at(deputyNow), nil)
		for _, day := range []int{-2, -1, 0, 1} { // clocks may differ by one
			if err := voice.Open(f.Say(t, text, deputyNow.AddDate(0, 0, day)), text); err != nil {
				t.Errorf("%s, %d days: %v", c.kind, day, err)
			}
		}
		if said, err := scrutin.CastingSaid(f.Say(t, text, deputyNow)); err != nil || said != text {
			t.Error(said, err)
		}
		for range 2 { // the second time the certificates are known
			for _, forged := range f.Forgeries(t, text, deputyNow) {
				err := voice.Open(forged.Data, text)
				if !errors.Is(err, forged.Refusal) {
					t.Errorf("%s, %s: %v, not %s", c.kind, forged.Name, err, forged.Refusal)
				}
				if later := scrutin.OpenCasting(forged.Data, text, f.Own.Verifier()); (later == nil) != (forged.Refusal == scrutin.RefusedExpired) {
					t.Errorf("%s, %s, shown later: %v", c.kind, forged.Name, later)
				}
			}
		}
		for _, other := range []scrutin.CastingText{{scrutin.Append, text.Opening, text.Urn, text.Value}, {c.kind, text.Opening, "urn-2", text.Value}, {c.kind, text.Opening, text.Urn, some("x")}} {
			if err := voice.Open(f.Say(t, text, deputyNow), other); !errors.Is(err, scrutin.ErrOtherOpening) {
				t.Errorf("%s passes for %+v: %v", c.kind, other, err)
			}
		}
		stolen := scrutin.NewVoice(f.Own.Verifier(), at(deputyNow), func(role string, key [32]byte) bool {
			return role == c.own && key == f.Deputy.Verifier().PublicKey()
		})
		if err := stolen.Open(f.Say(t, text, deputyNow), text); !errors.Is(err, scrutin.RefusedDeputy) {
			t.Errorf("%s by a stolen deputy: %v", c.kind, err)
		}
	}
}

// deputising has one deputy, whom a test may take away.
type deputising struct {
	note.Signer
	acting *scrutin.ActingDeputy
}

func (d deputising) Deputy() (*scrutin.ActingDeputy, error) {
	if d.acting == nil {
		return nil, errors.New("nobody")
	}
	return d.acting, nil
}

// A signer with deputies signs texts of casting by them, and everything else itself.
func TestDeputising(t *testing.T) {
	urn := goldenKey("urn")
	a, err := scrutin.NewDeputy(urn, scrutin.RoleUrn, some("o"), deputyNow)
	if err != nil {
		t.Fatal(err)
	}
	text := scrutin.CastingText{Kind: scrutin.Promise, Opening: some("o"), Urn: "urn-1", Value: some("b")}
	data, err := scrutin.SignCasting(text, deputising{urn, a})
	if err != nil || !bytes.HasSuffix(data, a.Certificate) {
		t.Fatal(err)
	}
	if err := scrutin.NewVoice(urn.Verifier(), at(deputyNow), nil).Open(data, text); err != nil {
		t.Error(err)
	}
	if again, err := scrutin.NewDeputy(urn, scrutin.RoleUrn, some("o"), deputyNow); err != nil || again.Key == a.Key {
		t.Error("the same key twice", err)
	}
	if checkpoint, err := note.Sign("x\n", deputising{urn, a}); err != nil {
		t.Error(err)
	} else if _, err := note.Open(checkpoint, urn.Verifier()); err != nil {
		t.Error(err)
	}
	for name, other := range map[string]scrutin.CastingText{"the roll's": {scrutin.Marked, text.Opening, text.Urn, text.Value}, "another opening's": {text.Kind, some("x"), text.Urn, text.Value}} {
		if _, err := scrutin.SignCasting(other, deputising{urn, a}); err == nil {
			t.Errorf("a deputy signs a text of %s", name)
		}
	}
	if _, err := scrutin.SignCasting(text, deputising{urn, nil}); err == nil {
		t.Error("signed without a deputy")
	}
}

// The list has one form, whoever gathers it.
func TestListDeputies(t *testing.T) {
	urn := goldenKey("urn")
	var all [][]byte
	for day := range 3 {
		for range 2 {
			a, err := scrutin.NewDeputy(urn, scrutin.RoleUrn, some("o"), deputyNow.AddDate(0, 0, day))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, a.Certificate)
		}
	}
	want, err := scrutin.ListDeputies(all)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(all)
	if got, err := scrutin.ListDeputies(append(all, all...)); err != nil || !bytes.Equal(got, want) {
		t.Error("another order gives another list", err)
	}
	var last scrutin.Deputy
	for i, c := range scrutin.Certificates(want) {
		d, err := scrutin.OpenDeputy(c, urn.Verifier())
		if err != nil || i > 0 && last.Compare(d) >= 0 {
			t.Errorf("%d: %v", i, err)
		}
		last = d
	}
	if _, err := scrutin.ListDeputies([][]byte{[]byte("x")}); err == nil {
		t.Error("a list of no certificates")
	}
}

func TestWithdrawal(t *testing.T) {
	w := scrutin.Withdrawal{Opening: some("o"), Role: scrutin.RoleRoll, Key: deputyKey(t, "roll", "stolen").Verifier().PublicKey()}
	text := w.Text()
	if got, err := scrutin.ParseWithdrawal(text); err != nil || got != w {
		t.Error(got, err)
	}
	key := scrutin.Digest(w.Key).String()
	for name, bad := range map[string]string{"empty": "", "kind": strings.Replace(text, "withdrawn", "deputy", 1), "role": strings.Replace(text, " roll", " issuer", 1),
		"no role": strings.Replace(text, " roll", "", 1), "capitals": strings.Replace(text, key, strings.ToUpper(key), 1), "line more": text + "x\n", "unended": text[:len(text)-1],
		"a key of small order": strings.Replace(text, key, "01"+strings.Repeat("0", 62), 1)} {
		if _, err := scrutin.ParseWithdrawal(bad); !errors.Is(err, scrutin.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// deputyVector is a signed text as somebody hears it.
type deputyVector struct {
	Name    string `json:"name"`
	Key     string `json:"key"` // the role's own
	Opening string `json:"opening"`
	Now     int64  `json:"now"` // 0 where nobody looks at a clock
	Signed  string `json:"signed"`
	Kind    string `json:"kind"` // what it says, where it is not refused
	Urn     string `json:"urn"`
	Value   string `json:"value"`
	Refused string `json:"refused"`
}

// TestDeputyVectors compares texts that were said, and some that were not, with the
// committed file, or writes it.
func TestDeputyVectors(t *testing.T) {
	var cases []deputyVector
	for _, c := range []struct{ own, other, kind string }{{"urn", "roll", scrutin.Promise}, {"roll", "urn", scrutin.Authorisation}} {
		f, text := forgers(t, c.own, c.other), scrutin.CastingText{Kind: c.kind, Opening: some("o"), Urn: "urn-1", Value: some("b")}
		add := func(name string, now int64, data []byte, refused scrutin.CastingRefusal) {
			v := deputyVector{Name: fmt.Sprintf("%s, %s", strings.TrimPrefix(c.kind, scrutin.Version+"/"), name), Key: f.Own.Verifier().String(), Opening: text.Opening.String(), Now: now, Signed: string(data), Refused: string(refused)}
			if refused == "" {
				v.Kind, v.Urn, v.Value = c.kind, text.Urn, text.Value.String()
			}
			cases = append(cases, v)
		}
		own, err := scrutin.SignCasting(text, f.Own)
		if err != nil {
			t.Fatal(err)
		}
		add("by the role's own key", deputyNow.Unix(), own, "")
		d := f.Certificate(text, deputyNow)
		add("by a deputy", deputyNow.Unix(), f.Say(t, text, deputyNow), "")
		add("in the first second of the day before his", d.From-86_400, f.Say(t, text, deputyNow), "")
		add("in the last second of the day after his", d.Until()+86_399, f.Say(t, text, deputyNow), "")
		add("years later", 0, f.Say(t, text, deputyNow), "")
		add("too early", d.From-86_401, f.Say(t, text, deputyNow), scrutin.RefusedExpired)
		add("too late", d.Until()+86_400, f.Say(t, text, deputyNow), scrutin.RefusedExpired)
		for _, forged := range f.Forgeries(t, text, deputyNow) {
			add(forged.Name, deputyNow.Unix(), forged.Data, forged.Refusal)
		}
	}
	slices.SortStableFunc(cases, func(a, b deputyVector) int { return strings.Compare(a.Refused, b.Refused) })
	for _, v := range cases {
		own, err := note.ParseVerifier(v.Key)
		if err != nil {
			t.Fatal(err)
		}
		voice := scrutin.NewVoice(own, nil, nil)
		if v.Now > 0 {
			voice = scrutin.NewVoice(own, at(time.Unix(v.Now, 0)), nil)
		}
		text := scrutin.CastingText{Kind: v.Kind, Opening: some("o"), Urn: v.Urn, Value: some("b")}
		var refused scrutin.CastingRefusal
		if err := voice.Open([]byte(v.Signed), text); err != nil && !errors.As(err, &refused) || string(refused) != v.Refused {
			t.Errorf("%s: %v, not %q", v.Name, err, v.Refused)
		}
	}
	want, err := json.MarshalIndent(map[string]any{"about": "Texts of casting as somebody hears them at an instant (now, in seconds since 1970, 0 without a clock), who knows the role's own key and the opening record " +
		"(docs/protocol.md, section 12): by the role's own key, by its deputies, and by nobody who may.", "cases": cases}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	const path = "../spec/vectors/deputy.json"
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what is made now: %v", path, err)
	}
}

func FuzzDeputy(f *testing.F) {
	of := forgers(f, "urn", "roll")
	text := scrutin.CastingText{Kind: scrutin.Promise, Opening: some("o"), Urn: "urn-1", Value: some("b")}
	f.Add(of.Say(f, text, deputyNow))
	for _, forged := range of.Forgeries(f, text, deputyNow) {
		f.Add(forged.Data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if scrutin.NewVoice(of.Own.Verifier(), at(deputyNow), nil).Open(data, text) == nil && !bytes.HasPrefix(data, []byte(text.Text())) {
			t.Fatalf("%q passes", data)
		}
		for certificate := range bytes.SplitSeq(data, []byte("\n\n")) {
			if d, err := scrutin.ParseDeputy(string(certificate) + "\n"); err == nil && d.Text() != string(certificate)+"\n" {
				t.Fatalf("%q is read as %q", certificate, d.Text())
			}
			if w, err := scrutin.ParseWithdrawal(string(certificate) + "\n"); err == nil && w.Text() != string(certificate)+"\n" {
				t.Fatalf("%q is read as %q", certificate, w.Text())
			}
		}
	})
}
