package minutes

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// A vote is one that was invented, up to its proclamation.
type vote struct {
	*Source
	now time.Time
}

func newVote(t testing.TB) *vote {
	t.Helper()
	f := scrutintest.New(t, scrutintest.Options{})
	m := f.Manifest
	v := &vote{&Source{Manifest: m, Fingerprint: f.Fingerprint}, m.Schedule.Open.Add(-time.Hour)}
	o := &scrutin.Opening{Ceremony: scrutin.DigestOf([]byte("ceremony"))}
	for _, u := range m.Urns {
		o.Urns = append(o.Urns, scrutin.OpenUrn{Urn: u.ID, Electors: u.Electors, Root: scrutin.DigestOf([]byte(u.ID))})
	}
	v.Opening = o
	v.act(scrutin.ActRehearse, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: "ceremony/1/rehearsal-1-member-1.note"}}})
	v.say("contents", journal.Delivery{Rows: []journal.DeliveryRow{{Channel: "email", Operator: "poste.example", Country: "JP", Sent: 900, Delivered: 880, Bounced: 11, Pending: 9}}})
	v.say("member-1", journal.Report{Title: "Rapport d’expertise", SHA256: scrutin.DigestOf([]byte("report")), Size: 4})
	v.act(scrutin.ActOpen, scrutin.ActBody{Found: v.found(0)})
	for range 30 {
		v.say("contents", journal.Turnout{Urns: v.found(25)})
	}
	v.say("contents", journal.Alert{What: journal.AlertDisk, Severity: journal.Warning, Source: "urn", Detail: "disque à 91 %"})
	v.say("member-2", journal.Acknowledged{Alert: v.Journal[len(v.Journal)-1].Text})
	v.say("contents", journal.Intervention{Maintenance: journal.Maintenance{Ticket: "T-17", Who: "Une technicienne", Why: "disque", Measures: "agrandir", Data: "aucune"}})
	v.say("contents", journal.Access{Processing: "urne", List: []string{"isoloir-urn (service)"}, Digest: scrutin.DigestOf([]byte("list"))})
	v.say("contents", journal.Read{Member: "member-3", What: journal.ReadTurnout})
	v.act(scrutin.ActSuspend, scrutin.ActBody{Reason: "incendie au centre de calcul", Opinion: "suspendre"})
	v.say("member-4", journal.Against{Motion: v.Acts[len(v.Acts)-1].Text})
	v.say("contents", journal.Observation{Who: "Jeanne Électrice", Quality: "voter", Text: []string{"Le site était lent.", "", strings.Repeat("très ", 180)}})
	v.say("member-1", journal.Custody{Medium: "clé-3", Seal: "S-0042", Holder: "Membre 3", State: journal.Out})
	v.say("member-1", journal.Custody{Medium: "clé-3", Seal: "S-0043", Holder: "Membre 3", State: journal.In})
	v.act(scrutin.ActClose, scrutin.ActBody{Found: v.found(40)})
	v.act(scrutin.ActSeal, scrutin.ActBody{Found: v.found(40), Adopts: []scrutin.Adopted{{Path: "log/urn-1/seal.note", SHA256: scrutin.DigestOf([]byte("seal"))}}})
	v.say("contents", journal.Checked{Verdict: journal.Well, Reports: []journal.CheckedRole{{Role: "urn", SHA256: scrutin.DigestOf([]byte("report"))}}})
	v.act(scrutin.ActDecrypt, scrutin.ActBody{})
	v.act(scrutin.ActProclaim, scrutin.ActBody{})
	v.Result = &scrutin.Result{Shares: []scrutin.ShareVerdict{{Clause: m.Clauses[0].ID, Holder: m.Clauses[0].Holders[0], Valid: true}, {Clause: m.Clauses[0].ID, Holder: m.Clauses[0].Holders[1], Reason: "proof"}}}
	for _, u := range m.Urns {
		c := scrutin.CellResult{Cell: u.ID, Urns: []string{u.ID}, Electors: u.Electors, Marks: 40, Ballots: 40}
		for _, q := range m.Questions {
			if !slices.Contains(q.Urns, u.ID) {
				continue
			}
			r := scrutin.QuestionResult{Question: q.ID, Blank: 3, Nul: 1}
			for i, o := range q.Options {
				n := 0
				if i == 0 {
					n = 36
				}
				r.Options = append(r.Options, scrutin.OptionCount{Option: o.ID, Ballots: n})
			}
			c.Questions = append(c.Questions, r)
		}
		v.Result.Cells = append(v.Result.Cells, c)
	}
	v.Contents, v.Tokens = scrutin.DigestOf([]byte("contents")), []string{"timestamps/0006-seal.tsa-1.tsr"}
	return v
}

func (v *vote) found(n int) (all []scrutin.Finding) {
	for _, u := range v.Manifest.Urns {
		all = append(all, scrutin.Finding{Urn: u.ID, Marks: n, Ballots: n})
	}
	return all
}

func (v *vote) act(kind string, body scrutin.ActBody) {
	v.now = v.now.Add(time.Minute)
	a := &scrutin.Act{Seq: len(v.Acts) + 1, Type: kind, Time: scrutin.TimeOf(v.now), Session: 1 + len(v.Acts)/3, Present: []string{"member-1", "member-2", "member-3"}, Body: body}
	v.Acts = append(v.Acts, Act{a, scrutin.DigestOf(fmt.Appendf(nil, "%s %d", kind, a.Seq)), a.Present})
}

func (v *vote) say(by string, body journal.Body) {
	v.now = v.now.Add(time.Minute)
	n := len(v.Journal) + 1
	name := scrutin.DigestOf(fmt.Appendf(nil, "entry %d", n))
	v.Journal = append(v.Journal, &journal.Entry{Number: n, Time: scrutin.TimeOf(v.now), Text: name, Head: scrutin.DigestOf(name[:]),
		Statement: &journal.Statement{By: by, Body: body}})
}

// all is every word of some pages.
func all(pages []Page) string {
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

func make14(t testing.TB, v *vote, language string) *Minutes {
	t.Helper()
	m, err := Make(v.Source, language)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// What the form of the minutes asks (PV-1) stands in them, in its fourteen parts, in both languages.
func TestForm(t *testing.T) {
	v := newVote(t)
	for _, language := range Languages {
		m := make14(t, v, language)
		text, err := scrutin.Text(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := scrutin.Parse[Minutes](text); err != nil {
			t.Fatal(err)
		}
		var parts []string
		for _, p := range m.Pages {
			for _, b := range p.Blocks {
				if b.Kind == Part {
					parts = append(parts, b.Text[0])
				}
			}
		}
		if strings.Join(parts, " ") != "1 2 3 4 5 6 7 8 9 10 11 12 13 14" {
			t.Errorf("%s: the parts are %v", language, parts)
		}
		words := all(m.Pages)
		for _, want := range []string{v.Fingerprint.String(), "poste.example", "Rapport d’expertise", "incendie au centre de calcul", "T-17", "Jeanne Électrice", "S-0043",
			"disque à 91 %", v.Contents.String(), "timestamps/0006-seal.tsa-1.tsr", v.Manifest.Questions[0].Options[0].Label, "proof", v.Journal[len(v.Journal)-1].Head.String()} {
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

// A vote of which nothing has happened yet has minutes that say so.
func TestEmpty(t *testing.T) {
	v := newVote(t)
	m := make14(t, &vote{Source: &Source{Manifest: v.Manifest, Fingerprint: v.Fingerprint}}, "fr")
	if words := all(m.Pages); !strings.Contains(words, "Le vote n’a pas été ouvert.") || !strings.Contains(words, "Aucun résultat n’a été proclamé.") {
		t.Error(words)
	}
	if _, err := Make(v.Source, "de"); err == nil {
		t.Error("there are minutes in a language that has no words")
	}
}

// S004-15a: a page that is taken away, exchanged, moved or edited is found.
func TestPages(t *testing.T) {
	v := newVote(t)
	whole := make14(t, v, "fr")
	if len(whole.Pages) < 6 {
		t.Fatalf("%d pages are too few to try", len(whole.Pages))
	}
	other := newVote(t)
	other.say("contents", journal.Observation{Who: "X", Quality: "voter", Text: []string{"autre"}})
	for name, forge := range map[string]func(m *Minutes){
		"taken away at the end":    func(m *Minutes) { m.Pages = m.Pages[:len(m.Pages)-1] },
		"taken away in the middle": func(m *Minutes) { m.Pages = slices.Delete(m.Pages, 2, 3) },
		"moved":                    func(m *Minutes) { m.Pages[1], m.Pages[2] = m.Pages[2], m.Pages[1] },
		"of other minutes":         func(m *Minutes) { m.Pages[3] = make14(t, other, "fr").Pages[3] },
		"doubled":                  func(m *Minutes) { m.Pages = slices.Insert(m.Pages, 2, m.Pages[2]) },
		"under another title":      func(m *Minutes) { m.Title += "." },
		"of another scrutin":       func(m *Minutes) { m.Manifest[0] ^= 1 },
		"in another language":      func(m *Minutes) { m.Language = "en" },
		"edited": func(m *Minutes) {
			m.Pages[1].Blocks[0].Text[0] += " "
		},
		"with its digest made again": func(m *Minutes) {
			m.Pages[1].Blocks[0].Text[0] += " "
			m.Pages[1].Digest, _ = m.digest(1)
		},
		"an annex of nothing": func(m *Minutes) { m.Annex = 1 },
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
	v := newVote(t)
	m := make14(t, v, "fr")
	if _, err := MakeAnnex(v.Source, m, 1); !errors.Is(err, ErrNothingLater) {
		t.Fatal(err)
	}
	v.say("contents", journal.Observation{Who: "Paul Tardif", Quality: "candidate", Text: []string{"Trop tard."}, Annex: true})
	a, err := MakeAnnex(v.Source, m, 1)
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

// Pages hold no more than a sheet, and rows are neither lost nor doubled where a table goes on.
func TestLayout(t *testing.T) {
	s := &sheet{words: &words{language: "fr"}}
	columns := []Column{{"a", 20, false}, {"b", 80, false}}
	var want []string
	for i := range 60 {
		b := Block{Kind: Table, Text: []string{"caption"}, Columns: columns}
		for j := range i {
			cell := fmt.Sprintf("%d.%d %s", i, j, strings.Repeat("mot ", j*7%90))
			b.Rows = append(b.Rows, Row{[]string{"x", cell}})
			want = append(want, cell)
		}
		s.blocks = append(s.blocks, Block{Kind: Heading, Text: []string{"heading"}})
		if i > 0 {
			s.blocks = append(s.blocks, b)
		}
		s.blocks = append(s.blocks, Block{Kind: Paragraph, Text: []string{strings.Repeat("mot ", i*9)}})
	}
	var got []string
	for n, p := range s.pages() {
		lines := 0
		for _, b := range p.Blocks {
			if b.Kind != Table {
				lines += blockLines(b)
				continue
			}
			lines += headLines(b)
			for _, r := range b.Rows {
				lines += rowLines(columns, r)
				got = append(got, r.Cells[1])
			}
		}
		if lines > pageLines {
			t.Errorf("page %d has %d lines", n+1, lines)
		}
		if last := p.Blocks[len(p.Blocks)-1]; last.Kind == Heading || last.Kind == Part {
			t.Errorf("page %d ends with a heading", n+1)
		}
	}
	if !slices.Equal(got, want) {
		t.Error("rows were lost, doubled or moved")
	}
}

// Both languages have the same sentences, and each is used.
func TestWords(t *testing.T) {
	var catalogues []map[string]string
	for _, l := range Languages {
		data, err := files.ReadFile(l + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var c map[string]string
		if err := json.Unmarshal(data, &c); err != nil {
			t.Fatal(err)
		}
		catalogues = append(catalogues, c)
	}
	sources, _ := filepath.Glob("*.go")
	var code strings.Builder
	for _, s := range sources {
		if !strings.HasSuffix(s, "_test.go") {
			data, err := os.ReadFile(s)
			if err != nil {
				t.Fatal(err)
			}
			code.Write(data)
		}
	}
	used := func(key string) bool {
		prefix := key[:strings.IndexByte(key+".", '.')]
		return strings.Contains(code.String(), `"`+key+`"`) || strings.Contains(code.String(), `"`+prefix+`."`) || strings.HasSuffix(key, ".none") && strings.Contains(code.String(), `"`+strings.TrimSuffix(key, ".none")+`"`)
	}
	for key := range catalogues[0] {
		if catalogues[1][key] == "" {
			t.Errorf("%s is not there in English", key)
		}
		if !used(key) {
			t.Errorf("%s is not used", key)
		}
	}
	for key := range catalogues[1] {
		if catalogues[0][key] == "" {
			t.Errorf("%s is not there in French", key)
		}
	}
}

func FuzzParse(f *testing.F) {
	v := newVote(f)
	text, err := scrutin.Text(make14(f, v, "fr"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text string) {
		m, err := scrutin.Parse[Minutes](text)
		if err != nil {
			return
		}
		again, err := scrutin.Text(m)
		if err != nil || again != text {
			t.Fatalf("accepted, and not written again: %v", err)
		}
	})
}
