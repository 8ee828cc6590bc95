package demonstration

import (
	"context"
	"os"
	"path/filepath"

	"isoloir/audit"
	"isoloir/portal/citizen"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/space"
)

// A shelf is what citizens read of a demonstration of accounts: its one consultation.
type shelf struct {
	*Demonstration
	published citizen.Consultation
}

// newShelf reads what is sealed. An invented space has written the rest.
func (d *Demonstration) newShelf() (*shelf, error) {
	data, err := os.ReadFile(filepath.Join(d.Config.Record, record.Manifest))
	if err != nil {
		return nil, err
	}
	m, f, err := scrutin.ParseManifest(data)
	if err != nil {
		return nil, err
	}
	draft := &space.Draft{Title: m.Scrutin.Title, Deciders: space.Both, Absent: m.Weight.Absent, Scale: "constituency", Rule: m.Decision.Rule,
		Publication: m.Publication.Rule, Finality: m.Finality.Mode, Smallest: m.MinimumSize,
		Context: []string{"Le conseil municipal demande leur avis aux habitants avant d’en décider en juin.",
			"La place du Marché est ouverte aux voitures, sauf les jours de marché. La bibliothèque est fermée le dimanche et le lundi."}}
	for _, u := range m.Urns {
		draft.Territory = append(draft.Territory, u.ID)
	}
	for _, q := range m.Questions {
		draft.Questions = append(draft.Questions, space.Question{Title: q.Title, Answers: space.ForAgainst, Most: 1})
	}
	return &shelf{d, citizen.Consultation{ID: m.Scrutin.ID, Fingerprint: f, Draft: draft, Opens: m.Schedule.Open.Time, Closes: m.Schedule.Close.Time,
		Voting: d.Config.Origins.Portal + "/voter",
		Arguments: []space.Argument{
			{Number: 1, Name: "Association Place aux piétons", Side: space.For, Title: "Une place pour tous", Text: []string{"Sans voitures, les enfants y jouent et les terrasses s’étendent."}, Others: []space.Signed{{Name: "C. Diallo"}}},
			{Number: 2, Name: "B. Leroy", Side: space.For, Title: "Lire le dimanche", Text: []string{"C’est le jour où les familles ont le temps de venir à la bibliothèque."}},
			{Number: 3, Name: "Union des commerçants", Side: space.Against, Title: "Les clients viennent de loin", Text: []string{"Sans stationnement sur la place, ils iront ailleurs."}},
		}}}, nil
}

// Published implements citizen.Shelf.
func (s *shelf) Published(context.Context) ([]citizen.Consultation, error) {
	now := s.published
	if s.Verdict(audit.French) != "" {
		now.Result = s.Config.Origins.Portal + "/resultats"
	}
	return []citizen.Consultation{now}, nil
}

// Consultation implements citizen.Shelf.
func (s *shelf) Consultation(ctx context.Context, id string) (*citizen.Consultation, error) {
	all, err := s.Published(ctx)
	if err != nil || id != all[0].ID {
		return nil, space.ErrUnknown
	}
	return &all[0], nil
}

// File implements citizen.Shelf: there is none.
func (s *shelf) File(context.Context, string, scrutin.Digest) (space.File, error) {
	return space.File{}, space.ErrUnknown
}
