package space_test

import (
	"testing"

	"isoloir/scrutin"
	"isoloir/space"
	"isoloir/space/spacetest"
)

// TestSealedRules seals what a town hall may choose: approval of up to n, a part of the votes expressed, the scale of the whole
// territory.
func TestSealedRules(t *testing.T) {
	w := spacetest.New(t, scrutin.Real, scrutin.Real)
	w.Ceremony()
	for name, c := range map[string]struct {
		edit func(d *space.Draft)
		seen func(m *scrutin.Manifest) bool
	}{
		"participatory budget": {func(d *space.Draft) {
			d.Questions, d.Rule = []space.Question{{Title: "Quels projets ?", Answers: space.Listed, Options: []string{"Arbres", "Bancs", "Fontaine", "Piste"}, Most: 3}}, "relative-majority"
		}, func(m *scrutin.Manifest) bool {
			a, ok := m.Questions[0].Approval()
			return ok && a.Most == 3 && len(a.Answers) == 4 && a.Answers[3].Label == "Piste" && m.Decision.Rule == scrutin.RelativeMajority
		}},
		"two thirds": {func(d *space.Draft) { d.Majority = 67 }, func(m *scrutin.Manifest) bool { return m.Decision.Rule == "majority-2/3" }},
		"60 percent": {func(d *space.Draft) { d.Majority, d.Turnout = 60, 25 }, func(m *scrutin.Manifest) bool {
			return m.Decision.Rule == "majority-3/5" && m.Decision.Turnout == (scrutin.Fraction{Numerator: 1, Denominator: 4})
		}},
		"half":      {func(d *space.Draft) { d.Majority = 50 }, func(m *scrutin.Manifest) bool { return m.Decision.Rule == scrutin.AbsoluteMajority }},
		"territory": {func(d *space.Draft) { d.Deciders, d.Scale = space.Both, "territory" }, func(m *scrutin.Manifest) bool { return m.Weight.Rule == scrutin.MixedTerritory }},
	} {
		d := w.Draft()
		c.edit(d)
		id := w.Begin(d)
		w.List(id, "nord", "sud")
		g, err := w.Space.Works.Ground(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := d.Seal(id, w.Space.Organisation, g, w.At)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if m, _, err := scrutin.ParseManifest(sealed.Text); err != nil || !c.seen(m) {
			t.Errorf("%s: %+v, %+v, %v", name, m.Decision, m.Weight, err)
		}
	}
}
