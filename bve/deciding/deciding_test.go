package deciding_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"isoloir/audit"
	"isoloir/audit/audittest"
	"isoloir/bve/deciding"
	"isoloir/bve/totals"
	"isoloir/mixte"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

// smallest is k, and onPaper how many vote on paper.
const smallest, onPaper = 4, 6

// world is a decision of members and citizens in which some of each urn have not voted there.
func world(t *testing.T) *audittest.World {
	t.Helper()
	w, err := audittest.New(audittest.Shape{Abstain: 8, Fixture: scrutintest.Options{Electors: 20, MinSize: smallest, Mixers: 2, Edit: func(m *scrutin.Manifest) {
		m.Scrutin.Profile = scrutin.Consultation
		m.Weight = scrutin.Weight{Rule: scrutin.Mixed, Absent: mixte.Counted, Several: mixte.Equal}
		for i := range m.Urns {
			m.Urns[i].Represented, m.Urns[i].Members = 100, 1
		}
	}}}, 5)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// desk writes the world as it is into a directory of its own, and sits down before it.
func desk(t *testing.T, w *audittest.World) (*deciding.Desk, *record.Writer) {
	t.Helper()
	dir := t.TempDir() + "/record"
	if err := w.Write(dir); err != nil {
		t.Fatal(err)
	}
	out, err := record.Resume(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { out.Close() })
	d, err := deciding.Sit(&out.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return d, out
}

// back takes what stands in the record into the world.
func back(t *testing.T, w *audittest.World, out *record.Writer) {
	t.Helper()
	paths, err := out.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if w.Files[path], err = out.Read(path, 1<<26); err != nil {
			t.Fatal(err)
		}
	}
}

// signed are notes of one text, of a member each.
func signed(t *testing.T, w *audittest.World, text string, members ...string) (notes [][]byte) {
	t.Helper()
	for _, key := range w.Keyring(members...) {
		data, err := note.Sign(text, key)
		if err != nil {
			t.Fatal(err)
		}
		notes = append(notes, data)
	}
	return notes
}

// stayed are electors of the first urn who have no ballot there, and voted one who has.
func stayed(w *audittest.World) (away []int, voted int) {
	for e := range w.Manifest.Urns[0].Electors {
		if slices.ContainsFunc(w.Marks[0], func(m audittest.Mark) bool { return int(m.Elector) == e }) {
			voted = e
		} else {
			away = append(away, e)
		}
	}
	return away, voted
}

// counts are what a station counted: all but one for the first option, one blank.
func counts(w *audittest.World, voters int) string {
	var b strings.Builder
	fmt.Fprintln(&b, totals.Head)
	for _, q := range w.Manifest.QuestionsOf(w.Manifest.Urns[0].ID) {
		for i, o := range q.Options {
			fmt.Fprintf(&b, "Salle des fêtes,%s,%s,%s,%d\n", w.Manifest.Urns[0].ID, q.ID, o.ID, []int{voters - 1, 0, 0}[i])
		}
		fmt.Fprintf(&b, "Salle des fêtes,%[1]s,%[2]s,blanc,1\nSalle des fêtes,%[1]s,%[2]s,nul,0\nSalle des fêtes,%[1]s,%[2]s,emargements,%[3]d\n", w.Manifest.Urns[0].ID, q.ID, voters)
	}
	return b.String()
}

func members(w *audittest.World) []mixte.Member {
	return []mixte.Member{{ID: "m1", Label: "Claire Aubin", Electorate: w.Manifest.Urns[0].ID, Position: "option-2"},
		{ID: "m2", Label: "Marc Delmas", Electorate: w.Manifest.Urns[1].ID, Position: "option-2"}}
}

// TestDecide goes from the members' provisional decision over votes on paper to the definitive one, and to the auditor.
func TestDecide(t *testing.T) {
	w := world(t).Advance(audittest.Logged)
	question := w.Manifest.Questions[0].ID
	sheet := deciding.Sheet{Minutes: "salle-1", Urn: w.Manifest.Urns[0].ID, Station: "Salle des fêtes"}

	d, out := desk(t, w)
	if _, err := d.Statement(question, mixte.Definitive, members(w)); !errors.Is(err, deciding.ErrEarly) {
		t.Errorf("definitive before the count: %v", err)
	}
	if _, _, _, err := d.Paper(sheet, [][]byte{w.PaperKey(0, 0, "salle-1")}); !errors.Is(err, deciding.ErrEarly) {
		t.Errorf("on paper before the seal: %v", err)
	}
	provisional := adopt(t, w, d, out, question, mixte.Provisional)
	back(t, w, out)

	w.Advance(audittest.Mixed)
	d, out = desk(t, w)
	away, voted := stayed(w)
	var keys [][]byte
	for _, e := range away[:onPaper] {
		keys = append(keys, w.PaperKey(0, e, "salle-1"))
	}
	clashing(t, w, d, sheet, keys, voted)
	enter(t, w, d, out, sheet, keys)
	again, _, _, err := d.Paper(deciding.Sheet{Minutes: "salle-2", Urn: sheet.Urn, Station: "École"}, [][]byte{w.PaperKey(0, away[onPaper], "salle-2")})
	if err != nil || len(again.Questions) > 0 {
		t.Errorf("one voter on paper: %+v, %v", again, err)
	}
	if _, _, found, err := d.Paper(deciding.Sheet{Minutes: "salle-2", Urn: sheet.Urn, Station: "École"}, [][]byte{w.PaperKey(0, away[0], "salle-2")}); err != nil || len(found) != 1 ||
		!errors.Is(found[0].Why, deciding.ErrTwice) || found[0].Minutes != "salle-1" {
		t.Errorf("the same account in other minutes: %+v, %v", found, err)
	}
	back(t, w, out)
	w.Advance(audittest.Adopted)
	delete(w.Files, record.Mixte(question))
	delete(w.Files, record.MixteCSV(question))
	d, out = desk(t, w)
	if _, err := d.Statement(question, mixte.Provisional, members(w)); !errors.Is(err, deciding.ErrLate) {
		t.Errorf("provisional after the count: %v", err)
	}
	s := adopt(t, w, d, out, question, mixte.Definitive)
	if s.Provisional != mixte.Digest(text(t, provisional)) {
		t.Error("the definitive statement does not name the provisional one")
	}
	if _, _, _, err := d.Paper(deciding.Sheet{Minutes: "salle-3", Urn: sheet.Urn, Station: "École"}, [][]byte{w.PaperKey(0, away[onPaper], "salle-3")}); !errors.Is(err, deciding.ErrLate) {
		t.Errorf("on paper after the act mix: %v", err)
	}
	back(t, w, out)
	w.List("contents")
	r, err := audit.Verify(w.Source(), audit.Options{})
	if err != nil || r.Verdict != audit.Consistent {
		t.Fatalf("%v, %v refuse %v", err, r.Verdict, r.Failed())
	}
	cast := s.Result.Citizens.Total()
	if want := mixte.Frac(int64(w.Cast(0)+w.Cast(1)+onPaper), 1); len(r.Mixte) != 1 || cast.Cmp(&want) != 0 {
		t.Errorf("%s citizens are counted, not %s", cast, want)
	}
}

func text(t *testing.T, s *mixte.Statement) string {
	t.Helper()
	text, err := s.Text()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// adopt has members sign a statement, one too few first, and one another text.
func adopt(t *testing.T, w *audittest.World, d *deciding.Desk, out *record.Writer, question, status string) *mixte.Statement {
	t.Helper()
	s, err := d.Statement(question, status, members(w))
	if err != nil {
		t.Fatal(err)
	}
	drawn := text(t, s)
	if _, err := d.Adopt(out, drawn, nil, signed(t, w, drawn, w.Members()[0])...); !errors.Is(err, deciding.ErrQuorum) {
		t.Errorf("one member alone adopts: %v", err)
	}
	changed := strings.Replace(drawn, "Claire Aubin", "Claire Aubain", 1)
	if _, err := d.Adopt(out, drawn, nil, append(signed(t, w, drawn, w.Members()...), signed(t, w, changed, w.Members()[0])...)...); !errors.Is(err, deciding.ErrOther) {
		t.Errorf("a signature under another text: %v", err)
	}
	if _, err := d.Adopt(out, drawn, nil, signed(t, w, drawn, w.Members()...)...); err != nil {
		t.Fatal(err)
	}
	return s
}

// clashing enters what is not to be counted, each for its own reason.
func clashing(t *testing.T, w *audittest.World, d *deciding.Desk, sheet deciding.Sheet, keys [][]byte, voted int) {
	t.Helper()
	broken := slices.Clone(keys[0])
	broken[40] ^= 1
	for name, c := range map[string]struct {
		key  []byte
		want error
	}{
		"has a ballot in the urn":       {w.PaperKey(0, voted, "salle-1"), deciding.ErrInUrn},
		"stands twice":                  {keys[1], deciding.ErrTwice},
		"is of another urn":             {w.PaperKey(1, 0, "salle-1"), deciding.ErrUnknown},
		"has a proof for other minutes": {w.PaperKey(0, voteless(w), "salle-2"), deciding.ErrProof},
	} {
		minutes, _, found, err := d.Paper(sheet, append(slices.Clone(keys[1:]), c.key))
		if err != nil || minutes != nil || len(found) != 1 || !errors.Is(found[0].Why, c.want) || found[0].Voter != onPaper {
			t.Errorf("an account that %s: %+v, %v", name, found, err)
		}
	}
	if _, _, found, err := d.Paper(sheet, [][]byte{broken}); err != nil || len(found) != 1 || !errors.Is(found[0].Why, deciding.ErrProof) {
		t.Errorf("a broken proof: %+v, %v", found, err)
	}
	for name, edit := range map[string]func(s *deciding.Sheet){
		"the name of an urn": func(s *deciding.Sheet) { s.Minutes = s.Urn },
		"no name":            func(s *deciding.Sheet) { s.Minutes = "salle 1" },
		"no urn":             func(s *deciding.Sheet) { s.Urn = "ailleurs" },
		"no choices":         func(*deciding.Sheet) {},
		"a ballot too many":  func(s *deciding.Sheet) { s.Counts = strings.NewReader(counts(w, onPaper+1)) },
		"a place too many": func(s *deciding.Sheet) {
			s.Counts = strings.NewReader(counts(w, onPaper) + strings.ReplaceAll(strings.SplitN(counts(w, onPaper), "\n", 2)[1], "Salle", "Autre salle"))
		},
		"a choice that is not": func(s *deciding.Sheet) {
			s.Counts = strings.NewReader(strings.Replace(counts(w, onPaper), "option-2", "option-9", 1))
		},
	} {
		wrong := sheet
		edit(&wrong)
		all := keys
		if name == "the name of an urn" {
			all = [][]byte{w.PaperKey(0, voteless(w), wrong.Minutes)}
		}
		if x, _, found, err := d.Paper(wrong, all); x != nil || err == nil && len(found) == 0 {
			t.Errorf("%s: entered", name)
		}
	}
}

// voteless is an elector of the first urn who has not voted.
func voteless(w *audittest.World) int { away, _ := stayed(w); return away[0] }

// enter enters minutes that hold, in whatever order people came, and refuses other keys under the same text.
func enter(t *testing.T, w *audittest.World, d *deciding.Desk, out *record.Writer, sheet deciding.Sheet, keys [][]byte) {
	t.Helper()
	sheet.Counts = strings.NewReader(counts(w, onPaper))
	x, file, found, err := d.Paper(sheet, keys)
	if err != nil || len(found) > 0 {
		t.Fatal(found, err)
	}
	drawn, err := scrutin.Text(x)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Adopt(out, drawn, file[:len(file)-96], signed(t, w, drawn, w.Members()...)...); !errors.Is(err, deciding.ErrOther) {
		t.Errorf("with fewer keys: %v", err)
	}
	path, err := d.Adopt(out, drawn, file, signed(t, w, drawn, w.Members()...)...)
	if err != nil || path != record.Paper("salle-1") {
		t.Fatal(path, err)
	}
}

// TestReadKeys reads the lines that a station's device writes, and nothing else.
func TestReadKeys(t *testing.T) {
	line := strings.Repeat("0a", 96)
	if keys, err := deciding.ReadKeys(line + "\n" + line + "\n"); err != nil || len(keys) != 2 || hex.EncodeToString(keys[1]) != line {
		t.Errorf("%d keys, %v", len(keys), err)
	}
	for _, wrong := range []string{"", line + "0a", strings.ToUpper(line), line + "\n\n", line + "\r\n", line[2:], "zz" + line[2:]} {
		if _, err := deciding.ReadKeys(wrong); !errors.Is(err, deciding.ErrSheet) {
			t.Errorf("%q is read: %v", wrong, err)
		}
	}
}

// TestOfCitizensAlone: nothing is decided together where weights are equal.
func TestOfCitizensAlone(t *testing.T) {
	w, err := audittest.New(audittest.Shape{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir() + "/record"
	if err := w.Write(dir); err != nil {
		t.Fatal(err)
	}
	in, err := record.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if _, err := deciding.Sit(in); !errors.Is(err, deciding.ErrNotMixed) {
		t.Error(err)
	}
}

// FuzzReadKeys: what is accepted is written as it was.
func FuzzReadKeys(f *testing.F) {
	f.Add(strings.Repeat("0a", 96) + "\n")
	f.Fuzz(func(t *testing.T, text string) {
		keys, err := deciding.ReadKeys(text)
		if err != nil {
			return
		}
		again := ""
		for _, key := range keys {
			again += hex.EncodeToString(key) + "\n"
		}
		if again != strings.TrimSuffix(text, "\n")+"\n" {
			t.Errorf("%q was read", text)
		}
	})
}
