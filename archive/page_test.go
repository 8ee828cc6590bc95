package archive

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"isoloir/audit/audittest"
	"isoloir/docs"
	"isoloir/mixte"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// Whatever the specification lets an export hold, the index page says what it is.
func TestFoldersAreTold(t *testing.T) {
	_, files, _ := strings.Cut(string(docs.Protocol), "\n## 14. Files\n\n")
	files, _, _ = strings.Cut(files, "\n\n")
	told := 0
	for _, path := range regexp.MustCompile(`\S+`).FindAllString(files, -1) {
		name, _, below := strings.Cut(path, "/")
		if below {
			name += "/"
		}
		if name == "contents.AUTH.tsr" { // beside the list that it dates
			continue
		}
		told++
		if !slices.ContainsFunc(folders, func(f folder) bool { return f.Name == "export/"+name }) {
			t.Errorf("no word of export/%s", name)
		}
	}
	if told < 20 {
		t.Errorf("only %d names stand in the specification", told)
	}
}

// The index page of a decision of members and citizens tells what both decided before it tells the citizens' ballots, and a provisional
// result by its name until there is a definitive one.
func TestTogether(t *testing.T) {
	w, err := audittest.New(audittest.Shape{Abstain: 1, Fixture: scrutintest.Options{Urns: 1, Electors: 6, Choices: 2, Mixers: 2, MinSize: 2, Edit: func(m *scrutin.Manifest) {
		m.Scrutin.Profile, m.Weight = scrutin.Consultation, scrutin.Weight{Rule: scrutin.Mixed, Absent: mixte.Counted, Several: mixte.Equal}
		m.Urns[0].Represented, m.Urns[0].Members = 10, 1
	}}}, 2)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(audittest.Listed)
	draw := func() string {
		t.Helper()
		read := func(path string) ([]byte, error) {
			if data, there := w.Files[path]; there {
				return data, nil
			}
			return nil, fs.ErrNotExist
		}
		p := &Parcel{manifest: w.Manifest, acts: &adoption{}}
		if p.together, err = together(read, w.Manifest); err != nil {
			t.Fatal(err)
		}
		page, err := p.page()
		if err != nil {
			t.Fatal(err)
		}
		return string(page)
	}
	page := draw()
	for _, want := range []string{"Élus et citoyens ensemble – Question 1</caption>", "Members and citizens together – Question 1</caption>", `<td>Liste 1</td><td class="n">1</td><td class="n">`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has not %q", want)
		}
	}
	if delete(w.Files, record.Mixte("question-1")); !strings.Contains(draw(), "(résultat provisoire : les élus seuls)") {
		t.Error("a provisional result is not called so")
	}
	w.Files[record.Mixte("question-1")] = []byte("no note")
	if _, err := together(func(path string) ([]byte, error) { return w.Files[path], nil }, w.Manifest); err == nil {
		t.Error("what is no note is shown")
	}
}
