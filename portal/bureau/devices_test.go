package bureau

import (
	"context"
	"strings"
	"testing"

	"isoloir/portal/oversight"
	"isoloir/scrutin"
)

func (w *world) Challenges(context.Context) (*oversight.Challenges, error) {
	return &oversight.Challenges{At: scrutin.TimeOf(w.now()), Urns: []oversight.ChallengeCount{{Urn: w.Manifest.Urns[0].ID, Opened: 31, Contested: 2, Failed: 1}}}, nil
}

// TestDevices shows members how many ballots were opened to check devices, and how many of
// them are contradicted.
func TestDevices(t *testing.T) {
	w := newWorld(t, nil)
	page := w.ask("GET", "/fr/controle", w.Manifest.Bureau.Members[0].ID, nil).Body.String()
	for _, says := range []string{"Les appareils des électeurs", "propre code dément", "ne prouve rien à lui seul", "</caption>", "<td>31</td><td>2</td><td>1</td>"} {
		if !strings.Contains(page, says) {
			t.Errorf("the page does not say %q", says)
		}
	}
	if n := contradicted(&oversight.Challenges{Urns: []oversight.ChallengeCount{{Failed: 1}, {Failed: 2}}}); n != 3 {
		t.Errorf("%d, not 3", n)
	}
}
