package bureau

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
	"isoloir/trustee/trusteetest"
)

// TestSuspended shows as the next step of a suspended vote, on the state's page and to the room, that it is resumed, and offers that act first.
func TestSuspended(t *testing.T) {
	w := &world{World: trusteetest.New(t, t.TempDir(), scrutintest.Options{Urns: 1, Electors: 20, Holders: 3, MinSize: 10}).Ceremony().Enrol().Anonymise()}
	w.Act(scrutin.ActSuspend, scrutin.ActBody{Reason: "le réseau est en panne", Opinion: "favorable"})
	w.begin(t, w.Manifest.Schedule.Open.AddDate(0, 0, 1))
	w.sit("suspension", "member-1", "member-2", "member-3")
	for path, want := range map[string]string{"/fr/": "Prochaine étape : Reprise du vote", "/fr/salle": "Prochaine étape : Reprise du vote", "/en/": "Next step: Resumption of the vote"} {
		page := strings.ReplaceAll(w.ask(http.MethodGet, path, "member-1", nil).Body.String(), "\u00a0", " ")
		if !strings.Contains(page, want) {
			t.Errorf("%s does not say %q: %s", path, want, regexp.MustCompile(`<h2 id="(next|pending)">[^<]*`).FindString(page))
		}
	}
	s, err := w.office.State(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if kinds := standingOf(w.Manifest, s, w.now()).kinds; kinds[0] != scrutin.ActResume || !slices.Contains(kinds, scrutin.ActClose) {
		t.Errorf("acts are offered in the order %v", kinds)
	}
	if kinds := standingOf(w.Manifest, s, s.Procedure.Ends().Add(time.Hour)).kinds; kinds[0] != scrutin.ActClose {
		t.Errorf("at the end, acts are offered in the order %v", kinds)
	}
}
