package board

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"isoloir/mixte"
	"isoloir/portal/citizen"
	"isoloir/portal/result"
	"isoloir/scrutin"
	"isoloir/space"
	"isoloir/space/signature"
	"isoloir/space/spacetest"
)

var study = []byte("une étude")

// office is the shelf of a back office, of which only the files are asked here.
type office struct{ citizen.Shelf }

func (office) File(_ context.Context, id string, digest scrutin.Digest) (space.File, error) {
	if id == "parc" && digest == scrutin.DigestOf(study) {
		return space.File{Digest: digest, Media: "text/plain", Data: study}, nil
	}
	return space.File{}, space.ErrUnknown
}

func park() *citizen.Consultation {
	at := time.Date(2032, 5, 21, 8, 0, 0, 0, time.UTC)
	c := &citizen.Consultation{ID: "parc", Organisation: "ville", Fingerprint: scrutin.DigestOf([]byte("parc")), Opens: at, Closes: at.Add(48 * time.Hour), Voting: "https://elsewhere.example/",
		Draft: &space.Draft{Title: "Un parc", Context: []string{"Un parc."}, Questions: []space.Question{{Title: "Un parc ?", Answers: space.ForAgainst, Options: []string{}, Most: 1}},
			Documents: []space.Document{{Title: "Étude", Media: "text/plain", Size: int64(len(study)), SHA256: scrutin.DigestOf(study)}}, Territory: []string{"nord"}},
		Arguments: []space.Argument{{Number: 1, Name: "A. Martin", Side: space.For, Title: "Frais", Text: []string{"Plus frais."}, State: space.Shown}},
		Acts:      []space.Act{{Number: 1, At: at.Add(-time.Hour), By: "Mairie", Kind: space.ActPublish, Reason: "publication"}}}
	c.Arguments[0].Signature = signed
	return c
}

// signed is that of the park's argument.
var signed = func() signature.Signature {
	a := space.Argument{Name: "A. Martin", Side: space.For, Title: "Frais", Text: []string{"Plus frais."}}
	text, err := a.Validation("ville", "parc", scrutin.DigestOf([]byte("parc")), "A. Martin")
	if err != nil {
		panic(err)
	}
	return spacetest.Sign(text)
}()

func written(t *testing.T) (string, *Board) {
	t.Helper()
	dir := t.TempDir()
	if err := Write(t.Context(), dir, park(), office{}); err != nil {
		t.Fatal(err)
	}
	b, err := Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return dir, b
}

// TestBoard writes a consultation and reads the same, with its documents; what changes of it
// is written again, and where one votes is what stands beside it.
func TestBoard(t *testing.T) {
	dir, b := written(t)
	want := park()
	want.Voting = ""
	got, err := b.Consultation(t.Context(), "parc")
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%+v %v", got, err)
	}
	if f, err := b.File(t.Context(), "parc", scrutin.DigestOf(study)); err != nil || string(f.Data) != string(study) || f.Media != "text/plain" {
		t.Errorf("%+v %v", f, err)
	}
	later := park()
	later.Acts = append(later.Acts, space.Act{Number: 2, At: later.Opens, By: "Mairie", Kind: space.ActExtend, Reason: "canicule"})
	if err := errors.Join(Write(t.Context(), dir, later, office{}), Write(t.Context(), dir, later, office{}),
		os.WriteFile(filepath.Join(dir, "parc", votingFile), []byte("https://vote.example/urne/nord\n"), 0o600), os.WriteFile(filepath.Join(dir, "parc", resultFile), []byte("/resultats/parc"), 0o600)); err != nil {
		t.Fatal(err)
	}
	all, err := b.Published(t.Context())
	if err != nil || len(all) != 1 || len(all[0].Acts) != 2 || all[0].Voting != "https://vote.example/urne/nord" || all[0].Result != "/resultats/parc" {
		t.Errorf("%+v %v", all, err)
	}
}

// together is what members and citizens have decided in the park's consultation.
func together(t *testing.T) *mixte.Statement {
	t.Helper()
	s := &mixte.Statement{Status: mixte.Definitive, Question: space.QuestionID(0), Decision: "Un parc ?", Rules: mixte.Rules{Scale: mixte.Constituency, Absent: mixte.Counted, Several: mixte.Equal, MinimumSize: 10, Options: []string{"pour", "contre"}},
		Members: []mixte.Member{{ID: "m", Label: "Marie Tran", Electorate: "nord-sud", Position: "contre"}}, Groups: mixte.Groups{Electorates: []mixte.Electorate{{ID: "nord-sud", Label: "Nord, Sud", Represented: 100, Seats: 1}}}}
	s.Manifest = scrutin.DigestOf([]byte("parc"))
	s.Take(s.Rules, mixte.Count{ID: "nord-sud", Parts: []mixte.Part{{Electorate: "nord-sud", Direct: 40}}, Options: []int{30, 10}})
	if _, err := s.Text(); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestMembers: what members said is read as it was written; how their constituents were divided, and the weights, once
// the result is public, and by no statement of another consultation.
func TestMembers(t *testing.T) {
	dir, b := written(t)
	c := park()
	c.Draft.Deciders = space.Both
	said := citizen.Said{Consultation: "parc", Title: "Un parc", Number: 1, Question: &c.Draft.Questions[0], Smallest: 10, Electorate: "nord-sud", Together: []string{"nord", "sud"},
		Positions: []space.Position{{Person: "m", Question: 1, Version: 1, Position: "pour", Reasons: []string{"Frais."}, At: c.Opens}}, Vote: "contre"}
	early := said
	early.Counted = true // a back office does not know
	if none, err := b.Members(t.Context()); err != nil || len(none) > 0 {
		t.Errorf("%v %v", none, err)
	}
	if err := errors.Join(Write(t.Context(), dir, c, office{}), WriteMembers(dir, []citizen.Member{{ID: "m", Name: "Marie Tran", Constituency: "nord", Said: []citizen.Said{early}}})); err != nil {
		t.Fatal(err)
	}
	read := func() citizen.Said {
		t.Helper()
		all, err := b.Members(t.Context())
		if err != nil || len(all) != 1 || len(all[0].Said) != 1 {
			t.Fatal(all, err)
		}
		return all[0].Said[0]
	}
	if got := read(); !reflect.DeepEqual(got, said) {
		t.Errorf("%+v", got)
	}
	if _, err := b.Decision(t.Context(), "parc.1"); !errors.Is(err, result.ErrUnknown) {
		t.Error(err)
	}
	if err := errors.Join(Vote(dir, "parc", "https://vote.example/voter"), Settle(dir, "parc", "https://vote.example/resultats", together(t))); err != nil {
		t.Fatal(err)
	}
	if got := read(); !got.Counted || got.Weights != "parc.1" || got.Divided == nil || got.Divided.Options[0] != 30 {
		t.Errorf("%+v", got)
	}
	if d, err := b.Decision(t.Context(), "parc.1"); err != nil || d.Title != "Un parc ?" || len(d.Labels) != 2 {
		t.Errorf("%+v %v", d, err)
	}
	for _, id := range []string{"parc", "parc.0", "parc.2", "parc.01", "pont.1", "../parc.1", "parc.1.1"} {
		if _, err := b.Decision(t.Context(), id); !errors.Is(err, result.ErrUnknown) {
			t.Errorf("%s: %v", id, err)
		}
	}
	for _, wrong := range []error{Vote(dir, "parc", "http://vote.example/"), Settle(dir, "parc", "javascript:alert(1)")} {
		if !errors.Is(wrong, ErrInvalid) {
			t.Error(wrong)
		}
	}
	for _, id := range []string{"pont", "..", "parc/.."} {
		if err := Vote(dir, id, "/voter"); !errors.Is(err, space.ErrUnknown) {
			t.Errorf("%s: %v", id, err)
		}
	}
	other := together(t)
	other.Manifest[0]++
	if err := Settle(dir, "parc", "/resultats", other); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Members(t.Context()); !errors.Is(err, ErrInvalid) {
		t.Errorf("of another consultation: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, peopleFile), []byte(`[{"ID":"m","Name":"x","Constituency":"nord","Said":null,"More":1}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Members(t.Context()); !errors.Is(err, ErrInvalid) {
		t.Errorf("a field more: %v", err)
	}
}

// TestUnknown: nothing is found by another name, and no other file is served.
func TestUnknown(t *testing.T) {
	dir, b := written(t)
	if err := os.WriteFile(filepath.Join(dir, "parc", scrutin.DigestOf([]byte("x")).String()), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"", "ailleurs", "..", "parc/..", "Parc", "../parc", "parc\x00"} {
		if _, err := b.Consultation(t.Context(), id); !errors.Is(err, space.ErrUnknown) {
			t.Errorf("%q: %v", id, err)
		}
	}
	for _, digest := range []scrutin.Digest{{}, scrutin.DigestOf([]byte("x"))} {
		if _, err := b.File(t.Context(), "parc", digest); !errors.Is(err, space.ErrUnknown) {
			t.Errorf("%s: %v", digest, err)
		}
	}
}

// TestChanged: what somebody has changed is not served.
func TestChanged(t *testing.T) {
	for name, change := range map[string]func(at string) error{
		"another document": func(at string) error {
			return os.WriteFile(filepath.Join(at, scrutin.DigestOf(study).String()), []byte("autre"), 0o600)
		},
		"a field more": func(at string) error { return rewrite(at, `{"ID"`, `{"More":1,"ID"`) },
		"another name": func(at string) error { return rewrite(at, `"ID":"parc"`, `"ID":"pont"`) },
		"an address inside": func(at string) error {
			return rewrite(at, `"Voting":""`, `"Voting":"https://elsewhere.example/"`)
		},
		"an argument in another's name": func(at string) error { return rewrite(at, `"Name":"A. Martin"`, `"Name":"B. Martin"`) },
		"half":                          func(at string) error { return rewrite(at, `"Draft"`, `"Dr`) },
		"a link out": func(at string) error {
			return errors.Join(os.Remove(filepath.Join(at, textFile)), os.Symlink("/etc/passwd", filepath.Join(at, textFile)))
		},
	} {
		dir, b := written(t)
		if err := change(filepath.Join(dir, "parc")); err != nil {
			t.Fatal(err)
		}
		_, one := b.Consultation(t.Context(), "parc")
		all, err := b.Published(t.Context())
		_, file := b.File(t.Context(), "parc", scrutin.DigestOf(study))
		if one == nil && file == nil || one != nil && len(all) > 0 || err != nil {
			t.Errorf("%s: it is served: %v %+v %v %v", name, one, all, file, err)
		}
	}
}

func rewrite(at, old, new string) error {
	path := filepath.Join(at, textFile)
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), old) {
		return errors.Join(err, errors.New(old))
	}
	return os.WriteFile(path, []byte(strings.Replace(string(text), old, new, 1)), 0o600)
}

// FuzzMembers likewise.
func FuzzMembers(f *testing.F) {
	f.Add([]byte(`[{"ID":"m","Name":"x","Constituency":"nord","Said":null}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if all, err := parseMembers(text); err != nil && !errors.Is(err, ErrInvalid) {
			t.Fatal(all, err)
		}
	})
}

// FuzzParse reads anything: what is accepted is what would be written again.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"ID":"a"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if c, err := parse(text); (c == nil) == (err == nil) || err != nil && !errors.Is(err, ErrInvalid) {
			t.Fatal(c, err)
		}
	})
}

// TestDamaged: what is wrong in one place takes nothing else away, and is told.
func TestDamaged(t *testing.T) {
	dir, b := written(t)
	var told []error
	b.failed = func(_ string, err error) { told = append(told, err) }
	address := func(file, text string) func() error {
		return func() error { return os.WriteFile(filepath.Join(dir, "parc", file), []byte(text), 0o600) }
	}
	for name, damage := range map[string]func() error{
		"two lines": address(votingFile, "https://x\nhttps://y"), "nothing": address(votingFile, ""), "a script": address(votingFile, "javascript:alert(1)"),
		"the clear": address(votingFile, "http://vote.example/"), "no scheme": address(resultFile, "//vote.example/"),
		"another consultation": func() error {
			return errors.Join(os.MkdirAll(filepath.Join(dir, "pont"), 0o700), os.WriteFile(filepath.Join(dir, "pont", textFile), []byte("{"), 0o600))
		},
		"a plain file": func() error { return os.WriteFile(filepath.Join(dir, "readme"), []byte("x"), 0o600) },
	} {
		told = nil
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		all, err := b.Published(t.Context())
		if err != nil || len(all) != 1 || all[0].ID != "parc" || all[0].Voting != "" || all[0].Result != "" {
			t.Errorf("%s: %+v %v", name, all, err)
		}
		if name != "a plain file" && (len(told) == 0 || !errors.Is(told[0], ErrInvalid)) {
			t.Errorf("%s: told %v", name, told)
		}
	}
}

// TestMedia: what would run in a browser is not served, though the digests agree.
func TestMedia(t *testing.T) {
	dir, b := written(t)
	path := filepath.Join(dir, "parc", textFile)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, media := range []string{"text/html", "text/javascript", "image/svg+xml"} {
		changed := strings.Replace(string(text), `"media":"text/plain"`, `"media":"`+media+`"`, 1)
		if changed == string(text) {
			t.Fatal("nothing is changed")
		}
		if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := b.File(t.Context(), "parc", scrutin.DigestOf(study)); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", media, err)
		}
	}
}
