package minutes_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"isoloir/bve/journal"
	"isoloir/bve/minutes"
	"isoloir/bve/minutes/minutestest"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
)

// all is every word of some pages.
func all(pages []minutes.Page) string {
	var b strings.Builder
	for _, p := range pages {
		for _, block := range p.Blocks {
			b.WriteString(strings.Join(block.Text, " ") + "\n")
			for _, r := range block.Rows {
				b.WriteString(strings.Join(r.Cells, " | ") + "\n")
			}
		}
	}
	return b.String()
}

func make14(t testing.TB, v *minutestest.Vote, language string) *minutes.Minutes {
	t.Helper()
	m, err := minutes.Make(v.Source, language)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// What the form of the minutes asks (PV-1) stands in them, in its fourteen parts, in both languages.
func TestForm(t *testing.T) {
	v := minutestest.New(t)
	for _, language := range minutes.Languages {
		m := make14(t, v, language)
		text, err := scrutin.Text(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := scrutin.Parse[minutes.Minutes](text); err != nil {
			t.Fatal(err)
		}
		var parts []string
		for _, p := range m.Pages {
			for _, b := range p.Blocks {
				if b.Kind == minutes.Part {
					parts = append(parts, b.Text[0])
				}
			}
		}
		if strings.Join(parts, " ") != "1 2 3 4 5 6 7 8 9 10 11 12 13 14" {
			t.Errorf("%s: the parts are %v", language, parts)
		}
		for i := range m.Pages {
			if m.Pages[i].Digest != digest(t, m, i) {
				t.Errorf("%s: page %d has another digest", language, i+1)
			}
		}
		words := all(m.Pages)
		for _, want := range []string{v.Fingerprint.String(), "poste.example", "Rapport d’expertise", "incendie au centre de calcul", "T-17", "Jeanne Électrice", "S-0043",
			"disque à 91 %", "rejetée faute de voix", v.Contents.String(), "timestamps/0006-seal.tsa-1.tsr", v.Manifest.Questions[0].Options[0].Label, "proof", v.Journal[len(v.Journal)-1].Head.String(),
			fmt.Sprintf("%s | %d | 40 | 40 | 0", v.Manifest.Urns[0].Label, v.Manifest.Urns[0].Electors+minutestest.Added)} {
			if !strings.Contains(words, want) {
				t.Errorf("%s: %q is not in the minutes", language, want)
			}
		}
		for _, wrong := range []string{"<no value>", "S-0042", "{{", "%!"} {
			if strings.Contains(words, wrong) {
				t.Errorf("%s: %q is in the minutes", language, wrong)
			}
		}
		if again := make14(t, v, language); again.Last() != m.Last() {
			t.Errorf("%s: made again, the minutes are others", language)
		}
	}
}

// digest is that of page i, from 0, as docs/bureau.md says it.
func digest(t testing.TB, m *minutes.Minutes, i int) scrutin.Digest {
	t.Helper()
	text, err := canon.Marshal(struct {
		Title    string          `json:"title"`
		Language string          `json:"language"`
		Blocks   []minutes.Block `json:"blocks"`
	}{m.Title, m.Language, m.Pages[i].Blocks})
	if err != nil {
		t.Fatal(err)
	}
	before := m.Previous
	if i > 0 {
		before = m.Pages[i-1].Digest
	}
	parts := [][]byte{[]byte("isoloir/v1/page"), m.Manifest[:], before[:], {byte(i + 1), 0, 0, 0}, {byte(len(m.Pages)), 0, 0, 0}, text}
	return scrutin.DigestOf(bytes.Join(parts, nil))
}

// A vote of which nothing has happened yet has minutes that say so.
func TestEmpty(t *testing.T) {
	v := minutestest.New(t)
	m := make14(t, &minutestest.Vote{Source: &minutes.Source{Manifest: v.Manifest, Fingerprint: v.Fingerprint}}, "fr")
	if words := all(m.Pages); !strings.Contains(words, "Le vote n’a pas été ouvert.") || !strings.Contains(words, "Aucun résultat n’a été proclamé.") {
		t.Error(words)
	}
	if _, err := minutes.Make(v.Source, "de"); err == nil {
		t.Error("there are minutes in a language that has no words")
	}
}

// S004-15a: a page that is taken away, exchanged, moved or edited is found.
func TestPages(t *testing.T) {
	v := minutestest.New(t)
	whole := make14(t, v, "fr")
	if len(whole.Pages) < 6 {
		t.Fatalf("%d pages are too few to try", len(whole.Pages))
	}
	other := minutestest.New(t)
	other.Say("contents", journal.Observation{Who: "X", Quality: "voter", Text: []string{"autre"}})
	for name, forge := range map[string]func(m *minutes.Minutes){
		"taken away at the end":    func(m *minutes.Minutes) { m.Pages = m.Pages[:len(m.Pages)-1] },
		"taken away in the middle": func(m *minutes.Minutes) { m.Pages = slices.Delete(m.Pages, 2, 3) },
		"moved":                    func(m *minutes.Minutes) { m.Pages[1], m.Pages[2] = m.Pages[2], m.Pages[1] },
		"of other minutes":         func(m *minutes.Minutes) { m.Pages[3] = make14(t, other, "fr").Pages[3] },
		"doubled":                  func(m *minutes.Minutes) { m.Pages = slices.Insert(m.Pages, 2, m.Pages[2]) },
		"under another title":      func(m *minutes.Minutes) { m.Title += "." },
		"of another scrutin":       func(m *minutes.Minutes) { m.Manifest[0] ^= 1 },
		"in another language":      func(m *minutes.Minutes) { m.Language = "en" },
		"edited": func(m *minutes.Minutes) {
			m.Pages[1].Blocks[0].Text[0] += " "
		},
		"with its digest made again": func(m *minutes.Minutes) {
			m.Pages[1].Blocks[0].Text[0] += " "
			m.Pages[1].Digest = digest(t, m, 1)
		},
		"an annex of nothing": func(m *minutes.Minutes) { m.Annex = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			m := make14(t, v, "fr")
			forge(m)
			if _, err := scrutin.Text(m); !errors.Is(err, scrutin.ErrMalformed) {
				t.Errorf("%v, want a refusal", err)
			}
		})
	}
}

// S004-15b: an observation made after the signature stands in an annex, whose pages go on from the minutes.
func TestAnnex(t *testing.T) {
	v := minutestest.New(t)
	m := make14(t, v, "fr")
	if _, err := minutes.MakeAnnex(v.Source, m, 1); !errors.Is(err, minutes.ErrNothingLater) {
		t.Fatal(err)
	}
	v.Say("contents", journal.Observation{Who: "Paul Tardif", Quality: "candidate", Text: []string{"Trop tard."}, Annex: true})
	a, err := minutes.MakeAnnex(v.Source, m, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scrutin.Text(a); err != nil || a.Previous != m.Last() {
		t.Fatal(err)
	}
	if words := all(a.Pages); !strings.Contains(words, "Trop tard.") || strings.Contains(words, "Jeanne") {
		t.Error(words)
	}
}

// Minutes that somebody made whole again are told from those of the record and the journal; what came later changes nothing. (S004-21c)
func TestVerify(t *testing.T) {
	v := minutestest.New(t)
	m := make14(t, v, "fr")
	v.Say("contents", journal.Observation{Who: "Paul Tardif", Quality: "candidate", Text: []string{"Trop tard."}, Annex: true})
	v.Act(scrutin.ActMinutes, scrutin.ActBody{})
	a, err := minutes.MakeAnnex(v.Source, m, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Verify(m, nil); err != nil {
		t.Error(err)
	}
	if err := v.Verify(a, m); err != nil {
		t.Error(err)
	}
	edited := make14(t, minutestest.New(t), "fr")
	edited.Act, edited.Journal, edited.Entries = m.Act, m.Journal, m.Entries
	edited.Manifest, edited.Pages = m.Manifest, m.Pages
	last := edited.Pages[len(edited.Pages)-1].Blocks
	last[len(last)-1].Text[0] += "."
	edited.Pages[len(edited.Pages)-1].Digest = digest(t, edited, len(edited.Pages)-1)
	if _, err := scrutin.Text(edited); err != nil {
		t.Fatal(err)
	}
	if err := v.Verify(edited, nil); !errors.Is(err, minutes.ErrOther) {
		t.Errorf("made whole again: %v", err)
	}
	draft := *v.Source
	draft.Contents, draft.Tokens = scrutin.Digest{}, nil
	if early := make14(t, &minutestest.Vote{Source: &draft}, "fr"); v.Verify(early, nil) != nil {
		t.Error("a draft made before the export was sealed does not hold any more")
	}
	for name, forge := range map[string]func(){
		"another export":  func() { m.Contents[0] ^= 1 },
		"another act":     func() { m.Act[0] ^= 1 },
		"another journal": func() { m.Journal[0] ^= 1 },
		"more entries":    func() { m.Entries = 1000 },
		"another scrutin": func() { m.Manifest[0] ^= 1 },
	} {
		m = make14(t, v, "fr")
		forge()
		if err := v.Verify(m, nil); !errors.Is(err, minutes.ErrOther) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	v := minutestest.New(f)
	text, err := scrutin.Text(make14(f, v, "fr"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text string) {
		m, err := scrutin.Parse[minutes.Minutes](text)
		if err != nil {
			return
		}
		again, err := scrutin.Text(m)
		if err != nil || again != text {
			t.Fatalf("accepted, and not written again: %v", err)
		}
	})
}

// Every act that may come between opening and sealing, or aside, stands in the minutes under its name.
func TestEveryAct(t *testing.T) {
	for _, language := range minutes.Languages {
		v := minutestest.New(t)
		kinds := []string{scrutin.ActSuspend, scrutin.ActResume, scrutin.ActExtend, scrutin.ActAddendum, scrutin.ActUpdate, scrutin.ActStop, scrutin.ActWaive, scrutin.ActAppend,
			scrutin.ActWithdraw, scrutin.ActAuthority, scrutin.ActOpenSmall}
		for _, kind := range kinds {
			v.Act(kind, scrutin.ActBody{Reason: "why-" + kind})
		}
		words := all(make14(t, v, language).Pages)
		for _, kind := range kinds {
			if !strings.Contains(words, "why-"+kind) {
				t.Errorf("%s: %s is not in the minutes", language, kind)
			}
		}
	}
}
