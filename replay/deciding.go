package replay

import (
	"fmt"

	"isoloir/mixte"
	"isoloir/scrutin"
)

// A Decision makes a scrutin mixte of the votes: they are those of citizens, beside whom members vote. All urns have the same options.
type Decision struct {
	// Absent and Scale are rules of mixte.
	Absent, Scale string
	// Electorates say of each urn, in the order of the votes, whom its members represent and how many these are.
	Electorates []mixte.Electorate
	// Members have their positions: the label of an option, or what mixte knows beside.
	Members []mixte.Member
}

// weigh enters a decision into the manifest. Urns are no longer merged, for their citizens weigh differently.
func (d *Decision) weigh(m *scrutin.Manifest) {
	m.Weight = scrutin.Weight{Rule: scrutin.Mixed, Absent: d.Absent, Several: mixte.Equal}
	if d.Scale == mixte.Territory {
		m.Weight.Rule = scrutin.MixedTerritory
	}
	m.MergeLists = nil
	for i := range m.Urns {
		m.Urns[i].Represented, m.Urns[i].Members = d.Electorates[i].Represented, d.Electorates[i].Seats
	}
}

// check says whether a decision is one on these votes.
func (d *Decision) check(votes []UrnResult) error {
	if len(d.Electorates) != len(votes) {
		return fmt.Errorf("a decision has an electorate for each urn: %d for %d", len(d.Electorates), len(votes))
	}
	for i, e := range d.Electorates {
		if e.ID != votes[i].ID {
			return fmt.Errorf("the electorate %s stands where the urn %s is", e.ID, votes[i].ID)
		}
	}
	return nil
}

// members are those of the decision, their positions by the identifiers of the manifest's only question.
func (d *Decision) members(m *scrutin.Manifest) []mixte.Member {
	option := map[string]string{}
	for _, o := range m.Questions[0].Options {
		option[o.Label] = o.ID
	}
	members := make([]mixte.Member, len(d.Members))
	for i, x := range d.Members {
		if id, chosen := option[x.Position]; chosen {
			x.Position = id
		}
		members[i] = x
	}
	return members
}

// decide is the step of the members, who vote while the urns are sealed.
func (r *run) decide() error {
	return r.Decide(r.Manifest.Questions[0].ID, r.opts.Decision.members(r.Manifest))
}

// weighAll is the step in which members and citizens are put together.
func (r *run) weighAll() (err error) {
	r.decided, err = r.Weigh(r.Manifest.Questions[0].ID, r.opts.Decision.members(r.Manifest))
	return err
}
