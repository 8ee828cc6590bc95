package integrity_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"isoloir/integrity"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func report(role string, at time.Time, urns ...integrity.Figures) *integrity.Report {
	r := &integrity.Report{Role: role, Begun: scrutin.TimeOf(at), Ended: scrutin.TimeOf(at), Urns: urns}
	r.Manifest, r.Opening = scrutin.Digest{1}, scrutin.Digest{2}
	return r
}

func TestCompare(t *testing.T) {
	urn := func(at time.Duration, over bool, ballots int) *integrity.Report {
		return report("urn", noon.Add(at), integrity.Figures{Urn: "u", Votes: ballots, Over: over})
	}
	roll := func(at time.Duration, marks, held int) *integrity.Report {
		return report("roll", noon.Add(at), integrity.Figures{Urn: "u", Votes: marks, Waiting: held})
	}
	for name, c := range map[string]struct {
		urn, roll *integrity.Report
		want      integrity.Verdict
	}{
		"equal":                      {urn(0, false, 5), roll(0, 5, 3), integrity.Equal},
		"some between, roll later":   {urn(0, false, 5), roll(time.Minute, 4, 1), integrity.Between},
		"a ballot nobody is held to": {urn(0, false, 6), roll(time.Minute, 4, 1), integrity.Unequal},
		"more came, roll later":      {urn(0, false, 5), roll(time.Minute, 9, 1), integrity.Between},
		"more came, urn later":       {urn(time.Minute, false, 9), roll(0, 5, 1), integrity.Between},
		"a mark without a ballot":    {urn(time.Minute, false, 4), roll(0, 5, 3), integrity.Unequal},
		"at the same time":           {urn(0, false, 4), roll(time.Second, 5, 3), integrity.Between},
		"at the end, one is missing": {urn(0, true, 4), roll(time.Minute, 5, 0), integrity.Unequal},
		"at the end, not settled":    {urn(0, true, 5), roll(time.Minute, 4, 1), integrity.Between},
	} {
		got, err := integrity.Compare(c.urn, c.roll)
		if err != nil || len(got) != 1 || got[0].Verdict != c.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	other := roll(0, 1, 0)
	other.Opening = scrutin.Digest{9}
	for name, pair := range map[string][2]*integrity.Report{
		"exchanged": {roll(0, 1, 0), urn(0, false, 1)}, "of two scrutins": {urn(0, false, 1), other},
		"other urns": {urn(0, false, 1), report("roll", noon, integrity.Figures{Urn: "v"})}, "more urns": {urn(0, false, 1), report("roll", noon)},
	} {
		if _, err := integrity.Compare(pair[0], pair[1]); !errors.Is(err, integrity.ErrPair) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A report is read as it was signed, by the role's key alone.
func TestReport(t *testing.T) {
	key, other := signer(t, "urn"), signer(t, "urn")
	r := report("urn", noon, integrity.Figures{Urn: "u", Number: 4, Votes: 2, Waiting: 1})
	r.Since = scrutin.TimeOf(noon.Add(-time.Hour))
	r.Findings = []integrity.Finding{{Table: "leaf", Urn: "u", Record: "row 4", What: integrity.Changed}}
	signed, err := integrity.SignReport(r, key)
	if err != nil {
		t.Fatal(err)
	}
	got, err := integrity.OpenReport(signed, r.Manifest, r.Opening, key.Verifier())
	if err != nil || got.Findings[0] != r.Findings[0] || got.Since != r.Since || got.Urns[0] != r.Urns[0] {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := integrity.OpenReport(signed, r.Manifest, r.Opening, other.Verifier()); err == nil {
		t.Error("another key's report is read")
	}
	if _, err := integrity.OpenReport(signed, scrutin.Digest{8}, r.Opening, key.Verifier()); err == nil {
		t.Error("another scrutin's report is read")
	}
	r.Role = "portal"
	if _, err := integrity.SignReport(r, key); err == nil {
		t.Error("a report of the portal is signed")
	}
}

func signer(t testing.TB, name string) *note.PrivateKey {
	t.Helper()
	k, err := note.GenerateKey(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// Whatever is read of a report is written the same.
func FuzzReport(f *testing.F) {
	r := report("roll", noon, integrity.Figures{Urn: "u"})
	r.Findings = []integrity.Finding{{Table: "mark", Urn: "u", Record: "row 4", What: integrity.Added}}
	text, err := scrutin.Text(r)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := scrutin.Parse[integrity.Report](text)
		if err != nil {
			return
		}
		if again, err := scrutin.Text(r); err != nil || again != text {
			t.Errorf("%q is written %q, %v", text, again, err)
		}
	})
}

func TestAnchors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "anchors")
	open := func() *integrity.Anchors {
		t.Helper()
		a, err := integrity.OpenAnchors(path)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := open()
	if a.Get("u") != (integrity.Anchor{}) || !a.Well().IsZero() {
		t.Error("a file that is not there remembers something")
	}
	a.Move("u", integrity.Anchor{Number: 7, Row: 1, Note: "signed"})
	a.Move("u", integrity.Anchor{Number: 6})
	a.SetWell(noon)
	if err := a.Save(); err != nil {
		t.Fatal(err)
	}
	if b := open(); b.Get("u") != (integrity.Anchor{Number: 7, Row: 1, Note: "signed"}) || !b.Well().Equal(noon) {
		t.Errorf("%+v, %v", b.Get("u"), b.Well())
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
	for _, bad := range []string{"", "{}", `{"urns": {}, "more": 1}`, `{"urns": {"u": {"number": -1}}}`} {
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := integrity.OpenAnchors(path); !errors.Is(err, integrity.ErrAnchors) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// pages is a store of so many pages, on one of which something is wrong, and which may
// not be readable.
type pages struct {
	n, bad int
	many   int
	away   bool
	taken  int
}

func (p *pages) Near() []integrity.Step { return nil }
func (p *pages) All() []integrity.Step {
	at := 0
	return []integrity.Step{{Table: "leaf", Urn: "u", Do: func(_ context.Context, l *integrity.Look) (bool, error) {
		if p.away {
			return false, errors.New("away")
		}
		p.taken++
		l.Rows = 10
		if at++; at == p.bad {
			l.Gap("leaf", "u", 4, 5)
			for i := range p.many {
				l.Gap("leaf", "u", uint64(10+2*i), uint64(11+2*i))
			}
		}
		return at < p.n, nil
	}}}
}
func (p *pages) Figures(context.Context) ([]integrity.Figures, error) { return nil, nil }

// A whole check reads all, reports what it finds once, and names only so many of a kind.
func TestWhole(t *testing.T) {
	anchors, err := integrity.OpenAnchors(filepath.Join(t.TempDir(), "anchors"))
	if err != nil {
		t.Fatal(err)
	}
	store := &pages{n: 3}
	var told []integrity.Finding
	c := &integrity.Check{Role: "urn", Subject: store, Anchors: anchors, Signer: signer(t, "urn"), Manifest: scrutin.Digest{1}, Opening: scrutin.Digest{2},
		Now: func() time.Time { return noon }, Found: func(f []integrity.Finding) { told = append(told, f...) }}
	r, _, err := c.Whole(context.Background())
	if err != nil || r.Rows != 30 || len(r.Findings) > 0 || !r.Since.IsZero() {
		t.Fatalf("%+v, %v", r, err)
	}
	if err := c.Accept(r); err != nil || !anchors.Well().Equal(noon) {
		t.Fatal(anchors.Well(), err)
	}
	store.bad, store.many = 2, 100
	r, _, err = c.Whole(context.Background())
	if err != nil || len(r.Findings) != 21 || len(told) != 21 || r.Since.IsZero() || !slices.Contains(r.Findings, integrity.Finding{Table: "leaf", Urn: "u", Record: "more rows than are named here", What: integrity.Missing}) {
		t.Errorf("%d findings, %d told, %v", len(r.Findings), len(told), err)
	}
	store.away = true
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if _, _, err := c.Whole(ctx); err == nil {
		t.Error("a store that cannot be read has a report")
	}
}

// Run reads no more than its share of the time, and again from the beginning.
func TestRun(t *testing.T) {
	anchors, err := integrity.OpenAnchors(filepath.Join(t.TempDir(), "anchors"))
	if err != nil {
		t.Fatal(err)
	}
	store := &pages{n: 3, bad: 2}
	ctx, cancel := context.WithCancel(context.Background())
	whole := 0
	c := &integrity.Check{Subject: store, Anchors: anchors, Now: time.Now, Every: time.Millisecond, Settled: func(f []integrity.Finding) {
		if whole++; whole == 3 {
			cancel()
		}
		if len(f) != 1 {
			t.Errorf("found %v", f)
		}
	}}
	c.Run(ctx, func(err error) { t.Error(err) })
	if whole != 3 || store.taken != 9 || !anchors.Well().IsZero() {
		t.Errorf("%d whole checks of %d pages, well at %v", whole, store.taken, anchors.Well())
	}
}

func TestFrench(t *testing.T) {
	for want, f := range map[string]integrity.Finding{
		"table leaf, urne u, lignes 7 à 8 : manquant":                    {Table: "leaf", Urn: "u", Record: "rows 7 to 8", What: integrity.Missing},
		"table login, urne u, ligne #0a1b2c3d : modifié":                 {Table: "login", Urn: "u", Record: "row #0a1b2c3d", What: integrity.Changed},
		"table half, 1 sur 18 lignes : manquant":                         {Table: "half", Record: "1 of 18 rows", What: integrity.Missing},
		"table spent, urne u, 1 lignes de plus que 1 : ajouté":           {Table: "spent", Urn: "u", Record: "1 rows more than 1", What: integrity.Added},
		"table head, urne u, de 5 feuilles : modifié":                    {Table: "head", Urn: "u", Record: "of 5 leaves", What: integrity.Changed},
		"table mark, urne u, lignes après 7 : ajouté":                    {Table: "mark", Urn: "u", Record: "rows after 7", What: integrity.Added},
		"table counted, urne u : plus ancien":                            {Table: "counted", Urn: "u", What: integrity.Older},
		"table leaf, plus de lignes qu'il n'en est nommé ici : manquant": {Table: "leaf", Record: "more rows than are named here", What: integrity.Missing},
		"table pending, urne u : non lu":                                 {Table: "pending", Urn: "u", What: integrity.Unread},
	} {
		if got := f.French(); got != want {
			t.Errorf("%s is %q", f, got)
		}
	}
}
