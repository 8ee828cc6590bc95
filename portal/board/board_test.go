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

	"isoloir/portal/citizen"
	"isoloir/scrutin"
	"isoloir/space"
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
	return &citizen.Consultation{ID: "parc", Fingerprint: scrutin.DigestOf([]byte("parc")), Opens: at, Closes: at.Add(48 * time.Hour), Voting: "https://elsewhere.example/",
		Draft: &space.Draft{Title: "Un parc", Context: []string{"Un parc."}, Questions: []space.Question{{Title: "Un parc ?", Answers: space.ForAgainst, Options: []string{}, Most: 1}},
			Documents: []space.Document{{Title: "Étude", Media: "text/plain", Size: int64(len(study)), SHA256: scrutin.DigestOf(study)}}, Territory: []string{"nord"}},
		Arguments: []space.Argument{{Number: 1, Name: "A. Martin", Side: space.For, Title: "Frais", Text: []string{"Plus frais."}, State: space.Shown}},
		Acts:      []space.Act{{Number: 1, At: at.Add(-time.Hour), By: "Mairie", Kind: space.ActPublish, Reason: "publication"}}}
}

func written(t *testing.T) (string, *Board) {
	t.Helper()
	dir := t.TempDir()
	if err := Write(t.Context(), dir, park(), office{}); err != nil {
		t.Fatal(err)
	}
	b, err := Open(dir)
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
		"half": func(at string) error { return rewrite(at, `"Draft"`, `"Dr`) },
		"a script": func(at string) error {
			return os.WriteFile(filepath.Join(at, votingFile), []byte("javascript:alert(1)"), 0o600)
		},
		"the clear": func(at string) error {
			return os.WriteFile(filepath.Join(at, votingFile), []byte("http://vote.example/"), 0o600)
		},
		"no scheme": func(at string) error {
			return os.WriteFile(filepath.Join(at, resultFile), []byte("//vote.example/"), 0o600)
		},
		"a link out": func(at string) error {
			return errors.Join(os.Remove(filepath.Join(at, textFile)), os.Symlink("/etc/passwd", filepath.Join(at, textFile)))
		},
	} {
		dir, b := written(t)
		if err := change(filepath.Join(dir, "parc")); err != nil {
			t.Fatal(err)
		}
		_, one := b.Consultation(t.Context(), "parc")
		_, all := b.Published(t.Context())
		_, file := b.File(t.Context(), "parc", scrutin.DigestOf(study))
		if one == nil && file == nil || one != nil && all == nil {
			t.Errorf("%s: it is served: %v %v %v", name, one, all, file)
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

// FuzzParse reads anything: what is accepted is what would be written again.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"ID":"a"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if c, err := parse(text); (c == nil) == (err == nil) || err != nil && !errors.Is(err, ErrInvalid) {
			t.Fatal(c, err)
		}
	})
}
