package demonstration

import (
	"os"
	"path/filepath"

	"isoloir/mixte"
	"isoloir/record"
	"isoloir/replay/parties"
	"isoloir/scrutin"
)

// seats are those of the town's council for the urns of a demonstration of accounts, and perMember how many inhabitants stand behind an account:
// most have none.
var (
	seats     = []int{2, 1}
	perMember = 3
)

// councillors hold these seats, in their order; each votes at the assembly on each question, and one is absent from the second.
var councillors = []struct {
	name  string
	votes []string
}{
	{"Claire Aubin", []string{"pour", "contre"}},
	{"Marc Delmas", []string{"contre", mixte.Absent}},
	{"Inès Roche", []string{"pour", "pour"}},
}

// assembly is what the council has voted on a question of the manifest, by its number from 0.
func assembly(m *scrutin.Manifest, question int) (members []mixte.Member) {
	next := 0
	for _, u := range m.Urns {
		for range u.Members {
			c := councillors[next]
			next++
			members = append(members, mixte.Member{ID: "conseil-" + string(rune('0'+next)), Label: c.name, Electorate: u.ID, Position: c.votes[question]})
		}
	}
	return members
}

// decide enters what the council has voted, before anybody can know what is in the urns.
func (d *Demonstration) decide(s *parties.Scrutin) error {
	if !s.Manifest.Weight.IsMixed() {
		return nil
	}
	for i, q := range s.Manifest.Questions {
		if err := s.Decide(q.ID, assembly(s.Manifest, i)); err != nil {
			return err
		}
	}
	return nil
}

// weigh puts the council's votes and the opened urns together, where members and citizens decide together. What a former call has begun is begun
// again.
func (d *Demonstration) weigh(s *parties.Scrutin) error {
	for i, q := range s.Manifest.Questions {
		for _, path := range []string{record.Mixte(q.ID), record.MixteCSV(q.ID)} {
			if err := os.RemoveAll(filepath.Join(d.Config.Record, filepath.FromSlash(path))); err != nil {
				return err
			}
		}
		if _, err := s.Weigh(q.ID, assembly(s.Manifest, i)); err != nil {
			return err
		}
	}
	return nil
}
