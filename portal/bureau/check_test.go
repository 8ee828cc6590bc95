package bureau

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/portal/oversight"
)

// TestChecksOnTheirOwn has members begin an integrity check when they like, in a session or outside any, before the vote, while it is open and after it,
// without asking anybody; it is nobody else's to begin, and turnout is shown to who reads it for control, whose name is entered (FP-2, S004-13).
func TestChecksOnTheirOwn(t *testing.T) {
	w := newWorld(t, nil)
	for _, ahead := range []time.Duration{0, 30 * 24 * time.Hour, 400 * 24 * time.Hour} {
		w.ahead += ahead
		for who, may := range map[string]bool{"member-1": true, "member-2": true, "member-6": true, "staff": false, "": false} {
			before := w.checks
			answer := w.ask(http.MethodPost, "/fr/controle/verifier", who, nil)
			if got := w.checks == before+1; got != may {
				t.Errorf("%q begins a check: %v (%d)", who, got, answer.Code)
			}
		}
	}
	n := w.office.Journal().Place().Number
	w.ask(http.MethodPost, "/fr/participation", "member-2", nil)
	if !slices.ContainsFunc(w.office.Journal().Entries(n), func(e *journal.Entry) bool {
		r, is := e.Statement.Body.(journal.Read)
		return is && r.Member == "member-2" && r.What == journal.ReadTurnout
	}) {
		t.Error("nobody knows who has read turnout")
	}
}

// TestAwaited shows a service that was never served before the opening as what it is, and one that fell silent as at fault.
func TestAwaited(t *testing.T) {
	w := newWorld(t, nil)
	for _, c := range []struct {
		role   Role
		fr, en string
	}{
		{Role{State: oversight.State{Role: "urn"}, Awaited: true}, "Pas encore en service", "Not served yet"},
		{Role{State: oversight.State{Role: "urn"}}, "En défaut", "At fault"},
	} {
		w.roles = []Role{c.role}
		for path, says := range map[string]string{"/fr/controle": c.fr, "/en/controle": c.en} {
			page := w.ask(http.MethodGet, path, "member-1", nil).Body.String()
			if !strings.Contains(page, says) {
				t.Errorf("%s does not say %q", path, says)
			}
		}
	}
}
