package result_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"isoloir/mixte"
	"isoloir/portal/result"
	"isoloir/scrutin"
)

// shelf holds the decisions of the tests.
type shelf map[string]*result.Decision

func (s shelf) Decision(_ context.Context, id string) (*result.Decision, error) {
	if d := s[id]; d != nil {
		return d, nil
	}
	return nil, result.ErrUnknown
}

// town is a decision of a town of six districts: one is merged with another, one too small, one has a vacant seat, one voted on paper too.
func town(t testing.TB, status string) *mixte.Statement {
	t.Helper()
	s := &mixte.Statement{Status: status, Decision: "Fermer le quai aux voitures", Rules: mixte.Rules{Scale: mixte.Constituency, Absent: mixte.Counted,
		Several: mixte.Equal, MinimumSize: 10, Options: []string{"pour", "contre"}}}
	for i, name := range []string{"Centre", "Gare", "Hauts-de-l’Eure", "Saint-Jean-des-Vignes", "Université", "Zone des Trois-Rivières"} {
		id := fmt.Sprintf("q%d", i+1)
		s.Electorates = append(s.Electorates, mixte.Electorate{ID: id, Label: name, Represented: 997 + 2*max(i-1, 0), Seats: 1 + i%2})
		for seat := range 1 + i%2 {
			s.Members = append(s.Members, mixte.Member{ID: fmt.Sprintf("%s-%d", id, seat), Label: "Élu", Electorate: id, Position: []string{"pour", "contre", "pour", mixte.Abstain, mixte.Absent}[(i+seat)%5]})
		}
	}
	if status == mixte.Provisional {
		return s
	}
	s.Electorates[1].Represented, s.Electorates[1].Seats, s.Electorates[3].Represented = 1003, 2, 1003
	for _, c := range []mixte.Count{
		{ID: "q1", Parts: []mixte.Part{{Electorate: "q1", Direct: 400}}, Options: []int{90, 300}, Blank: 8, Nul: 2},
		{ID: "q3", Parts: []mixte.Part{{Electorate: "q3", Direct: 111}}, Options: []int{30, 80}, Blank: 1},
		{ID: "q2+q4", Parts: []mixte.Part{{Electorate: "q2", Direct: 7}, {Electorate: "q4", Direct: 5}}, Options: []int{2, 10}},
		{ID: "q5", Parts: []mixte.Part{{Electorate: "q5", Direct: 6}}, Options: []int{3, 3}},
		{ID: "salle-1", Parts: []mixte.Part{{Electorate: "q1", Direct: 20}}, Options: []int{12, 8}},
	} {
		s.Take(s.Rules, c)
	}
	return s
}

func decision(t testing.TB, id string, s *mixte.Statement) *result.Decision {
	t.Helper()
	text, err := s.Text()
	if err != nil {
		t.Fatal(err)
	}
	return &result.Decision{ID: id, Title: s.Decision, Organisation: "Ville de Chartres", Labels: []string{"Pour", "Contre"}, Statement: s, Text: text}
}

func pages(t testing.TB, others ...*result.Decision) http.Handler {
	t.Helper()
	held := shelf{"quai": decision(t, "quai", town(t, mixte.Definitive)), "quai-provisoire": decision(t, "quai-provisoire", town(t, mixte.Provisional))}
	for _, d := range others {
		held[d.ID] = d
	}
	h, err := result.New(result.Config{Home: "/", Refuse: func(w http.ResponseWriter, _ *http.Request, status int) { w.WriteHeader(status) }, Failed: func(pattern string, err error) { t.Errorf("%s: %v", pattern, err) }, Source: held})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func get(h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	r, w := httptest.NewRequest("GET", path, nil), httptest.NewRecorder()
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	h.ServeHTTP(w, r)
	return w
}

func TestPages(t *testing.T) {
	h := pages(t)
	for path, want := range map[string][]string{
		"/fr/resultats/quai":            {"Résultat définitif", "Circonscription par circonscription", "577/997", "6 bulletins laissés de côté"},
		"/en/resultats/quai":            {"Definitive result", "Constituency by constituency", "6 ballots left aside", "opened with other constituencies", "SUMPRODUCT(I2:I11, G2:G11 / H2:H11)"},
		"/fr/resultats/quai-provisoire": {"Résultat provisoire", "Les élus ont décidé seuls"},
		"/fr/simulateur/quai":           {"Rien de ce que vous écrivez ici n’est envoyé", `data-from="/resultats/quai/releve.json"`},
		"/en/simulateur":                {"Nothing that you write here is sent"},
	} {
		w := get(h, path)
		for _, text := range want {
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), text) {
				t.Errorf("%s: %d, without %q", path, w.Code, text)
			}
		}
		if again := get(h, path, "If-None-Match", w.Header().Get("ETag")); again.Code != http.StatusNotModified || w.Header().Get("Cache-Control") == "" {
			t.Errorf("%s: %d again, cache %q", path, again.Code, w.Header().Get("Cache-Control"))
		}
	}
	if w := get(h, "/resultats/quai/calcul.csv"); !strings.Contains(w.Body.String(), "=SUMPRODUCT(I2:I11*G2:G11/H2:H11)") {
		t.Errorf("%d: the sheet has no formula", w.Code)
	}
	d := decision(t, "quai", town(t, mixte.Definitive))
	if got := get(h, "/resultats/quai/releve.json").Body.String(); got != d.Text {
		t.Error("the statement is another one")
	} else if _, err := mixte.Parse(got); err != nil {
		t.Error(err)
	}
	if got := get(h, "/resultats/quai/tableau.csv").Body.String(); got != string(d.Statement.Result.CSV(d.Statement.Rules)) {
		t.Error("the table is another one")
	}
	if w := get(h, "/fr/resultats/quai-provisoire"); strings.Contains(w.Body.String(), "Citoyens seuls") {
		t.Error("a provisional result has citizens")
	}
}

// TestEarlier leads from a definitive result to the text of the provisional one that it replaces.
func TestEarlier(t *testing.T) {
	before, d := decision(t, "quai", town(t, mixte.Provisional)), town(t, mixte.Definitive)
	d.Provisional = mixte.Digest(before.Text)
	after := decision(t, "quai", d)
	after.Before, after.Earlier = before.Statement, before.Text
	h := pages(t, after)
	page := get(h, "/fr/resultats/quai").Body.String()
	for _, want := range []string{"/resultats/quai/releve-provisoire.json", mixte.Digest(before.Text).String(), "à titre provisoire"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has not %q", want)
		}
	}
	if got := get(h, "/resultats/quai/releve-provisoire.json").Body.String(); mixte.Digest(got) != d.Provisional {
		t.Error("the provisional statement is another one")
	}
}

// TestRuled says what the rule that was sealed makes of the weights.
func TestRuled(t *testing.T) {
	for _, c := range []struct {
		rule     string
		turnout  scrutin.Fraction
		electors int
		says     string
	}{
		{"counts", scrutin.Fraction{Denominator: 1}, 1000, ""},
		{"absolute-majority", scrutin.Fraction{Denominator: 1}, 1000, "Adopté à la majorité absolue"},
		{"majority-99/100", scrutin.Fraction{Denominator: 1}, 1000, "Aucun choix n’a 99/100"},
		{"absolute-majority", scrutin.Fraction{Numerator: 1, Denominator: 2}, 1000, "elle est atteinte"},
		{"absolute-majority", scrutin.Fraction{Numerator: 1, Denominator: 2}, 1200, "elle n’est pas atteinte, et rien n’est décidé"},
	} {
		d := decision(t, "quai", town(t, mixte.Definitive))
		d.Rule, d.Electors, d.Voters = scrutin.Decision{Rule: c.rule, Turnout: c.turnout}, c.electors, d.Statement.Voters()
		page := get(pages(t, d), "/fr/resultats/quai").Body.String()
		if page = strings.ReplaceAll(page, "&#39;", "’"); !strings.Contains(page, c.says) || strings.Contains(page, "règle fixée avant le vote") != (c.says != "" && !strings.Contains(c.says, "Adopté")) {
			t.Errorf("%s, turnout %d/%d of %d: the page does not say %q", c.rule, c.turnout.Numerator, c.turnout.Denominator, c.electors, c.says)
		}
	}
}

func TestNothingElseIsServed(t *testing.T) {
	h := pages(t)
	for _, path := range []string{"/fr/resultats/other", "/de/resultats/quai", "/resultats/other/releve.json", "/resultats/other/tableau.csv", "/resultats/other/calcul.csv", "/resultats/quai/releve-provisoire.json", "/fr/simulateur/other", "/mixte/page.templ", "/fr/resultats/", "/fr/resultats/quai%2f..", "/fr/resultats/..%2fquai"} {
		if w := get(h, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, "/fr/resultats/quai", strings.NewReader("x")))
		if w.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", method, w.Code)
		}
	}
}

// An instance is a random vote, in the form that the page's script takes, with the result that the package gives.
type instance struct {
	Rules       mixte.Rules        `json:"rules"`
	Electorates []mixte.Electorate `json:"electorates"`
	Members     []mixte.Member     `json:"members"`
	Counts      []mixte.Count      `json:"counts"`
	Result      *mixte.Result      `json:"result"`
}

// instances are votes of many shapes: several seats, absent members, counts that are merged or beside each other, both scales and rules.
func instances(t testing.TB, n int) string {
	t.Helper()
	var all []instance
	for seed := range uint64(n) {
		draw := rand.New(rand.NewPCG(seed, 8))
		x := instance{Rules: mixte.Rules{Scale: []string{mixte.Constituency, mixte.Territory}[draw.IntN(2)], Absent: []string{mixte.Counted, mixte.Zero}[draw.IntN(2)],
			Several: mixte.Equal, MinimumSize: 1, Options: []string{"a", "b", "c"}[:1+draw.IntN(3)]}, Counts: []mixte.Count{}}
		citizens, seats := 20+draw.IntN(100_000), 1+draw.IntN(3)
		for e := range 1 + draw.IntN(6) {
			id := fmt.Sprint("e", e)
			if draw.IntN(2) == 0 {
				citizens, seats = 20+draw.IntN(100_000), 1+draw.IntN(3)
			}
			x.Electorates = append(x.Electorates, mixte.Electorate{ID: id, Label: id, Represented: citizens, Seats: seats})
			for m := range seats {
				positions := append([]string{mixte.Blank, mixte.Abstain, mixte.Absent}, x.Rules.Options...)
				x.Members = append(x.Members, mixte.Member{ID: fmt.Sprint(id, "m", m), Label: "m", Electorate: id, Position: positions[draw.IntN(len(positions))]})
			}
			c := mixte.Count{ID: id, Options: make([]int, len(x.Rules.Options)), Blank: draw.IntN(4), Nul: draw.IntN(2)}
			for i := range c.Options {
				c.Options[i] = draw.IntN(3)
			}
			d := c.Ballots()
			if d == 0 {
				continue
			}
			c.Parts = []mixte.Part{{Electorate: id, Direct: d}}
			if before := e - 1; d > 1 && e > 0 && (x.Rules.Scale == mixte.Territory || x.Electorates[before].Represented == citizens && x.Electorates[before].Seats == seats) {
				c.ID, c.Parts = fmt.Sprint("e", before, "+", id), []mixte.Part{{Electorate: fmt.Sprint("e", before), Direct: 1}, {Electorate: id, Direct: d - 1}}
			}
			x.Counts = append(x.Counts, c)
		}
		var err error
		if x.Result, err = mixte.Compute(x.Rules, x.Members, mixte.Groups{Electorates: x.Electorates, Counts: x.Counts}); err != nil {
			t.Fatal(seed, err)
		}
		all = append(all, x)
	}
	data, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// What was annulled decides nothing: its pages say so before all else, no option leads there, and no file is given that tells nothing of it.
func TestVoid(t *testing.T) {
	d := decision(t, "quai-nul", town(t, mixte.Definitive))
	d.Before, d.Earlier = town(t, mixte.Provisional), "{}"
	d.Void, d.Zone = &scrutin.Act{Type: scrutin.ActAnnul, Time: scrutin.TimeOf(time.Unix(1800000000, 0)), Body: scrutin.ActBody{Reason: "Décision du juge"}}, time.UTC
	h := pages(t, d)
	for _, path := range []string{"/fr/resultats/quai-nul", "/en/resultats/quai-nul"} {
		page := get(h, path).Body.String()
		if !strings.Contains(page, `role="alert"`) || !strings.Contains(page, "Décision du juge") || strings.Contains(page, `class="lead"`) || strings.Contains(page, "/simulateur/quai-nul") || strings.Contains(page, "releve.json") {
			t.Errorf("%s shows what was annulled as a decision", path)
		}
	}
	for _, file := range []string{"/resultats/quai-nul/releve.json", "/resultats/quai-nul/tableau.csv", "/resultats/quai-nul/calcul.csv", "/resultats/quai-nul/releve-provisoire.json", "/fr/simulateur/quai-nul"} {
		if answer := get(h, file); answer.Code != http.StatusNotFound {
			t.Errorf("%s of what was annulled: %d", file, answer.Code)
		}
	}
}
