package townhall

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"isoloir/mixte"
	"isoloir/portal/citizen"
	"isoloir/portal/guard"
	"isoloir/scrutin"
	"isoloir/space"
)

// TestMembers: everybody reads what a member thinks before the vote, with its versions, and how he voted; how his constituents were divided is
// there once the count is public, and where enough of them spoke.
func TestMembers(t *testing.T) {
	w := newWorld(t, scrutin.Real)
	d := w.Draft()
	d.Deciders, d.Territory = space.Assembly, []string{"nord"}
	id := w.Begin(d)
	marie := w.people[space.Member]
	shelf := &Shelf{Space: w.Space}
	page := func(path string) (int, string) {
		h, err := citizen.New(citizen.Config{Register: placesOf(w.Space.Organisation), Assembly: shelf, Shelf: shelf, Now: w.Space.Now,
			Guard: func(refuse func(http.ResponseWriter, *http.Request, int)) *guard.Guard {
				return guard.New(guard.Config{Now: w.Space.Now, Passkeys: true, Refuse: refuse})
			}})
		if err != nil {
			t.Fatal(err)
		}
		a := httptest.NewRecorder()
		h.ServeHTTP(a, httptest.NewRequest(http.MethodGet, path, nil))
		return a.Code, a.Body.String()
	}
	if code, text := page("/fr/elus/" + marie.ID); code != http.StatusOK || !strings.Contains(text, "Rien n’est publié") {
		t.Fatalf("of a draft: %d %s", code, text)
	}
	c, err := w.Space.Store.Consultation(t.Context(), "ville", id)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Space.Publish(t.Context(), w.people[space.Publisher], id, c.Revision); err != nil {
		t.Fatal(err)
	}
	for _, x := range [][2]string{{space.Undecided, "Je lis l’étude."}, {"pour", "L’étude m’a convaincue."}} {
		if err := w.Space.TakePosition(t.Context(), marie, id, 1, x[0], x[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Space.EnterVote(t.Context(), w.people[space.Publisher], id, marie.ID, 1, "contre"); err != nil {
		t.Fatal(err)
	}
	_, text := page("/fr/elus/" + marie.ID)
	for _, want := range []string{"Marie Tran", "L’étude m’a convaincue.", "Je lis l’étude.", "<strong>Pour</strong>", "<strong>Contre</strong>", "Publié après le dépouillement"} {
		if !strings.Contains(text, want) {
			t.Errorf("the member's page lacks %q", want)
		}
	}
	counted := func(ballots int) *mixte.Statement {
		s := &mixte.Statement{Status: mixte.Definitive, Decision: "x", Rules: mixte.Rules{Scale: mixte.Constituency, Absent: mixte.Counted, Several: mixte.Equal, MinimumSize: 5, Options: []string{"pour", "contre"}},
			Members: []mixte.Member{{ID: "m", Label: "Marie Tran", Electorate: "nord", Position: "contre"}}, Groups: mixte.Groups{Electorates: []mixte.Electorate{{ID: "nord", Label: "Nord", Represented: 100, Seats: 1}}}}
		s.Take(s.Rules, mixte.Count{ID: "nord", Parts: []mixte.Part{{Electorate: "nord", Direct: ballots}}, Options: []int{ballots - 1, 1}})
		if _, err := s.Text(); err != nil {
			t.Fatal(err)
		}
		return s
	}
	for ballots, want := range map[int][]string{40: {"40 des 100", "<td>39</td>", "3/5"}, 4: {"moins de"}} {
		shelf.Weighed = func(string, int) *mixte.Statement { return counted(ballots) }
		_, text := page("/fr/elus/" + marie.ID)
		for _, x := range want {
			if !strings.Contains(text, x) {
				t.Errorf("%d ballots: the page lacks %q", ballots, x)
			}
		}
		if ballots == 4 && strings.Contains(text, "<td>3</td>") {
			t.Error("what four people chose is shown")
		}
	}
	// two constituencies in one urn: what is known is known of both
	d.Deciders, d.Territory, d.Title = space.Both, []string{"nord", "sud"}, "Une école"
	both := w.Begin(d)
	w.Ceremony()
	w.List(both, "nord+sud")
	if c, err = w.Space.Store.Consultation(t.Context(), "ville", both); err == nil {
		err = w.Space.Publish(t.Context(), w.people[space.Publisher], both, c.Revision)
	}
	if err != nil {
		t.Fatal(err)
	}
	shelf.Weighed = func(id string, _ int) *mixte.Statement {
		if id != both {
			return nil
		}
		s := counted(40)
		s.Electorates[0].ID, s.Members[0].Electorate, s.Counts[0].Parts[0].Electorate = "nord-sud", "nord-sud", "nord-sud"
		return s
	}
	if _, text := page("/fr/elus/" + marie.ID); !strings.Contains(text, "Quartier Nord, Quartier Sud votent dans une même urne") || !strings.Contains(text, "<td>39</td>") {
		t.Error("the page does not say what is known of two constituencies in one urn")
	}
	if code, text := page("/en/elus"); code != http.StatusOK || !strings.Contains(text, "Marie Tran") || strings.Contains(text, "Nadia") {
		t.Errorf("%d %s", code, text)
	}
	for _, path := range []string{"/fr/elus/" + w.people[space.Publisher].ID, "/fr/elus/other"} {
		if code, _ := page(path); code != http.StatusNotFound {
			t.Errorf("%s: %d", path, code)
		}
	}
}
