package demonstration

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"

	"isoloir/observe"
	"isoloir/server"
)

// accountOptions are those of a consultation that is prepared in seconds.
func accountOptions() AccountOptions {
	o := DefaultAccounts()
	o.Accounts, o.MemoryKiB, o.WorkFactor, o.Authorities = 10, 64, 2, 0
	return o
}

// TestAccounts prepares a consultation, takes it to its end, and reads what members and citizens have decided. (S000-10)
func TestAccounts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	w := Watcher{Step: func(name string) { t.Log(name) }, Stage: func(string, int, int) {}}
	if err := PrepareAccounts(t.Context(), dir, accountOptions(), netip.MustParseAddrPort("127.0.0.1:20980"), w); err != nil {
		t.Fatal(err)
	}
	d, err := Open(dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	if cards, err := d.Cards(); err != nil || len(cards) == 0 {
		t.Fatalf("%d cards: %v", len(cards), err)
	}
	members := func() string {
		c, err := d.newCouncil()
		if err != nil {
			t.Fatal(err)
		}
		all, err := c.Members(t.Context())
		if err != nil || len(all) != 3 || len(all[0].Said) != 2 || len(all[0].Said[0].Positions) != 1 {
			t.Fatalf("the members are %+v: %v", all, err)
		}
		return all[0].Name + all[0].Said[0].Vote + fmt.Sprint(all[0].Said[0].Counted)
	}
	if got := members(); got != "Claire Aubinfalse" {
		t.Errorf("before the vote: %s", got)
	}
	h := server.NewHouse(d.Config, []string{"urn", "portal"}, d.Clock.Now, observe.Silent())
	if err := h.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := h.Shut(); err != nil {
			t.Error(err)
		}
	}()
	read := func(path string) (int, string) {
		r, a := httptest.NewRequest("GET", d.Config.Origins.Portal+path, nil), httptest.NewRecorder()
		h.Roles.Portal.Handler.ServeHTTP(a, r)
		return a.Code, a.Body.String()
	}
	if code, _ := read("/fr/resultats/place"); code != http.StatusNotFound {
		t.Errorf("before the end: %d", code)
	}
	if err := errors.Join(d.Finish(t.Context(), h.Roles, w), h.Public.Refresh()); err != nil {
		t.Fatal(err)
	}
	if got := members(); got != "Claire Aubinpourtrue" {
		t.Errorf("after the count: %s", got)
	}
	for path, want := range map[string][]string{
		"/fr/resultats":                {`href="/fr/resultats/place"`},
		"/fr/resultats/place":          {"Résultat définitif", "Claire Aubin", "66,67"},
		"/en/resultats/bibliotheque":   {"several weigh the same", "Absent"},
		"/fr/simulateur/place":         {`data-from="/resultats/place/releve.json"`},
		"/resultats/place/tableau.csv": {"members,centre,"},
		"/resultats/place/releve.json": {`"status": "definitive"`},
		"/mixte/simulator.js":          {"weigh"},
	} {
		code, page := read(path)
		for _, text := range want {
			if code != http.StatusOK || !strings.Contains(page, text) {
				t.Errorf("%s: %d, without %q", path, code, text)
			}
		}
	}
}
