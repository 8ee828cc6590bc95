package demonstration

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"isoloir/audit"
	"isoloir/mixte"
	"isoloir/portal/citizen"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/space"
)

// council is what everybody may read of the councillors.
type council struct {
	*Demonstration
	manifest *scrutin.Manifest
}

// reasons are what each councillor says of the first question before the vote.
var reasons = []string{"Les enfants du quartier n’ont pas d’autre place.", "Les commerçants demandent d’abord un parking.", "L’essai de l’été dernier a réussi."}

// newCouncil reads what is sealed.
func (d *Demonstration) newCouncil() (*council, error) {
	data, err := os.ReadFile(filepath.Join(d.Config.Record, record.Manifest))
	if err != nil {
		return nil, err
	}
	m, _, err := scrutin.ParseManifest(data)
	return &council{d, m}, err
}

// Members implements citizen.Assembly.
func (c *council) Members(context.Context) ([]citizen.Member, error) {
	m := c.manifest
	var all []citizen.Member
	for i := range m.Questions {
		q := &m.Questions[i]
		decided, err := c.decided(q.ID)
		if err != nil {
			return nil, err
		}
		for j, x := range assembly(m, i) {
			if i == 0 {
				all = append(all, citizen.Member{ID: x.ID, Name: x.Label, Constituency: x.Electorate})
			}
			said := citizen.Said{Consultation: m.Scrutin.ID, Title: m.Scrutin.Title, Smallest: m.MinimumSize,
				Question: &space.Question{Title: q.Title, Answers: space.ForAgainst, Most: 1}}
			if i == 0 {
				said.Positions = []space.Position{{Question: 1, Version: 1, Position: x.Position, Reasons: reasons[j : j+1], At: m.Schedule.Open.Time}}
			}
			if decided != nil {
				said.Vote, said.Counted = x.Position, true
				if d, any := decided.Divided(x.Electorate); any {
					said.Divided = &d
				}
			}
			all[j].Said = append(all[j].Said, said)
		}
	}
	return all, nil
}

// decided is the statement on a question: nil before the auditor has spoken.
func (c *council) decided(question string) (*mixte.Statement, error) {
	if c.Verdict(audit.French) == "" {
		return nil, nil
	}
	data, err := os.ReadFile(filepath.Join(c.Config.Record, filepath.FromSlash(record.Mixte(question))))
	if errors.Is(err, fs.ErrNotExist) { // a scrutin of citizens alone
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	text, err := note.Text(data)
	if err != nil {
		return nil, err
	}
	return mixte.Parse(text)
}
