package prepare_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"isoloir/bve/prepare"
	"isoloir/scrutin"
)

// A file that is handed over finds its place by its name, a table by its first line.
func TestPlace(t *testing.T) {
	for name, c := range map[string]struct{ data, want string }{
		"scrutin 2032.yaml":          {"", prepare.File},
		"Urnes du 21 mai.csv":        {"id,label,territory,college,electors\n", prepare.Urns},
		"choix.CSV":                  {"question,id,label,candidates,documents\n", prepare.Options},
		`C:\Documents\liste-a.pdf`:   {"%PDF", "documents/liste-a.pdf"},
		"../../urne.key":             {"", "keys/urne.key"},
		"assesseur-1.isoloir-card":   {"", "keys/assesseur-1.isoloir-card"},
		"urnes.csv":                  {"id;label;territory;college;electors\n", ""},
		"candidats.xlsx":             {"", ""},
		"president.isoloir-fragment": {"", ""},
	} {
		got, err := prepare.Place(name, []byte(c.data))
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// What is wrong in a file that is handed over is said line by line, all of it, in French and English, and nothing of what other files lack.
func TestJudge(t *testing.T) {
	dir := folder(t, "town-council")
	delete(dir, "keys/assesseur-1.isoloir-card")
	for name, c := range map[string]struct {
		file, data string
		lines      []int
		fr         string
	}{
		"urns":           {prepare.Urns, "id,label,territory,college,electors\ncentre,Centre,commune,habitants,1200\nnord,Nord,commune,habitants,beaucoup\nsud,Sud,commune,habitants\nest,Est,commune,habitants,0\n", []int{3, 4, 5}, "nombre d'électeurs"},
		"a quotation":    {prepare.Urns, "id,label,territory,college,electors\ncentre,Le \"Centre\",commune,habitants,12\n", []int{2}, "guillemet"},
		"options":        {prepare.Options, "question,id,label,candidates,documents\nquestion-9,a,A,,\nquestion-1,b,B,,absent.pdf\nquestion-1,c,C,,liste-a.pdf\n", []int{2, 3}, "n'est pas dans le dossier"},
		"good urns":      {prepare.Urns, "id,label,territory,college,electors\nnord,Nord,commune,habitants,12\n", nil, ""},
		"a good file":    {prepare.File, string(dir[prepare.File].Data), nil, ""},
		"a tabulator":    {prepare.File, "organisation: {id: a}\n\tscrutin: x\n", []int{2}, "YAML"},
		"a key twice":    {prepare.File, string(dir[prepare.File].Data) + "draw: {}\n", []int{strings.Count(string(dir[prepare.File].Data), "\n") + 1}, "deux fois"},
		"a forged card":  {"keys/assesseur-2.isoloir-card", "isoloir", []int{0}, "carte d'un appareil"},
		"another's card": {"keys/assesseur-3.isoloir-card", string(dir["keys/assesseur-2.isoloir-card"].Data), []int{0}, "porte le nom"},
		"a document":     {"documents/liste-b.pdf", "%PDF", nil, ""},
	} {
		found := prepare.Judge(dir, c.file, []byte(c.data))
		var lines []int
		for _, m := range found {
			lines = append(lines, m.Line)
			if m.File != c.file {
				t.Errorf("%s: a mistake of %s", name, m.File)
			}
		}
		if !slices.Equal(lines, c.lines) || !strings.Contains(found.Sentences("fr"), c.fr) {
			t.Errorf("%s: lines %v\n%s\n%s", name, lines, found.Sentences("fr"), found.Sentences("en"))
		}
	}
}

// What is written already is shown before it is whole, and is no manifest.
func TestDraft(t *testing.T) {
	dir := folder(t, "town-council")
	delete(dir, "keys/assesseur-1.isoloir-card")
	delete(dir, "keys/urne.key")
	p, err := prepare.Draft(dir)
	if err == nil || p.Manifest == nil || p.Bytes != nil || len(p.Manifest.Questions[0].Options) != 2 || p.Manifest.Urns[0].Electors != 1200 {
		t.Errorf("%+v, %v", p, err)
	}
	if again, err := prepare.Read(dir); again != nil || err == nil {
		t.Error("a draft is read as a manifest")
	}
}

// The draw that is kept is the one that is read; nothing else of the file changes.
func TestRedrawn(t *testing.T) {
	dir := folder(t, "town-council")
	before, err := prepare.Read(dir)
	if err != nil {
		t.Fatal(sentences(err))
	}
	d, err := prepare.Drawn("2032-05-04", "3 1 2")
	if err != nil {
		t.Fatal(err)
	}
	file, err := prepare.Redrawn(dir[prepare.File].Data, d)
	if err != nil {
		t.Fatal(err)
	}
	dir[prepare.File] = &fstest.MapFile{Data: file}
	after, err := prepare.Read(dir)
	if err != nil {
		t.Fatal(sentences(err))
	}
	if after.Draw == nil || *after.Draw != d || after.Manifest.Draw.Minutes != d.Minutes() || !bytes.Contains(file, []byte("# le tirage au sort public")) {
		t.Errorf("%+v\n%s", after.Draw, file)
	}
	before.Manifest.Draw = after.Manifest.Draw
	d.Order(before.Manifest)
	if data, _, err := before.Manifest.Bytes(); err != nil || !bytes.Equal(data, after.Bytes) {
		t.Errorf("something else was changed: %v", err)
	}
	if _, err := prepare.Redrawn([]byte("draw: &a 1\nx: *a\n"), d); err == nil {
		t.Error("a file that is not read is written")
	}
	if file, err := prepare.Redrawn([]byte("scrutin: {}\n"), d); err != nil || !bytes.Contains(file, []byte(`draw: {method: lot, date: "2032-05-04", words: "3 1 2"}`)) {
		t.Errorf("a file without a draw: %s, %v", file, err)
	}
}

// A manifest is written with its documents, once in a place.
func TestWrite(t *testing.T) {
	dir := folder(t, "town-council")
	p, err := prepare.Read(dir)
	if err != nil {
		t.Fatal(sentences(err))
	}
	out := filepath.Join(t.TempDir(), "out")
	if err := p.Write(dir, out); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(filepath.Join(out, "manifest.json")); err != nil || scrutin.DigestOf(data) != p.Fingerprint {
		t.Error(err)
	}
	for digest := range p.Documents {
		if data, err := os.ReadFile(filepath.Join(out, prepare.Documents, digest.String())); err != nil || scrutin.DigestOf(data) != digest {
			t.Error(err)
		}
	}
	if err := p.Write(dir, out); !errors.Is(err, prepare.ErrTaken) {
		t.Errorf("written twice: %v", err)
	}
	dir["documents/liste-a.txt"] = &fstest.MapFile{Data: []byte("B")}
	if err := p.Write(dir, filepath.Join(t.TempDir(), "other")); !errors.Is(err, prepare.ErrChanged) {
		t.Errorf("a document that was changed: %v", err)
	}
}

func FuzzTable(f *testing.F) {
	f.Add(prepare.Urns, []byte("id,label,territory,college,electors\ncentre,Centre,commune,habitants,1200\n"))
	f.Add(prepare.Options, []byte("question,id,label,candidates,documents\nquestion-1,a,A,B | C,\n"))
	files, err := prepare.Skeleton("town-council")
	if err != nil {
		f.Fatal(err)
	}
	dir := fstest.MapFS{prepare.File: {Data: []byte(files[prepare.File])}}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		for _, m := range prepare.Judge(dir, name, data) {
			if m.Line < 0 || m.Sentence("fr") == "" {
				t.Fatalf("%+v", m)
			}
		}
	})
}
