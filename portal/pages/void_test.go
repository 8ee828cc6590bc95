package pages_test

import (
	"strings"
	"testing"

	"isoloir/portal/pages"
	"isoloir/scrutin"
)

// What was stopped or annulled says so before all else, and is voted in no more.
func TestVoid(t *testing.T) {
	for kind, phase := range map[string]pages.Phase{scrutin.ActStop: pages.Open, scrutin.ActAnnul: pages.Published} {
		f := newFake(t, func(m *scrutin.Manifest) {
			m.Scrutin.Profile, m.Schedule.PollingDay = scrutin.Consultation, ""
			m.Decision = scrutin.Decision{Rule: scrutin.RelativeMajority, Tie: "none", Turnout: scrutin.Fraction{Denominator: 1}}
			m.Questions[0].Seats = 0
			for i := range m.Questions[0].Options {
				m.Questions[0].Options[i].Candidates = []string{}
			}
		})
		f.enter(phase)
		f.progress.Acts = append(f.progress.Acts, &scrutin.Act{Type: kind, Time: scrutin.TimeOf(f.now), Body: scrutin.ActBody{Reason: "Décision du juge"}})
		v := &visitor{h: f.site()}
		for _, path := range []string{"/fr/", "/en/", "/fr/resultats", "/en/resultats"} {
			page := body(t, v.get(path))
			if !strings.Contains(page, "Décision du juge") || !strings.Contains(page, `role="alert"`) {
				t.Errorf("%s does not say that the vote is void after %s", path, kind)
			}
		}
		if strings.Contains(body(t, v.get("/fr/resultats")), `class="notice decided"`) {
			t.Errorf("after %s something is decided", kind)
		}
		if strings.Contains(body(t, v.get("/fr/urne/urne-japon")), "/fr/urne/urne-japon/voter") {
			t.Errorf("after %s there is a way to the vote", kind)
		}
	}
}
