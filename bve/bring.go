package bve

import (
	"context"
	"slices"
	"time"

	"isoloir/keyceremony"
	"isoloir/scrutin"
)

// Bring lets what a party gives be put in the record, by a function that is told where the bureau stands: alone with the record, as acts are written,
// so that none, of this process or another, comes between what it finds there and what it writes.
func (o *Office) Bring(ctx context.Context, put func(*State) error) error {
	return o.Record.Alone(func() error {
		s, err := o.State(ctx)
		if err != nil {
			return err
		}
		return put(s)
	})
}

// TakesShares says why the record takes no shares of holders now: only from the mixes' adoption to the opening of the urns, and not before the last
// polling station has closed.
func (s *State) TakesShares(now time.Time) error {
	if !slices.Contains(s.Procedure.Next(), scrutin.ActDecrypt) {
		return s.refuse(RuleMissing, nil, "shares are taken once the bureau has adopted the mixes and until it opens the urns, and none of a vote that was stopped or annulled")
	}
	return s.early(scrutin.ActDecrypt, now)
}

// TakesMessage says why the record takes no message of this step of the key ceremony now: all of them until the bureau adopts the ceremony, but none
// while that is before the session; then rehearsals alone, and nothing from the enrolment on.
func (s *State) TakesMessage(step keyceremony.Step) error {
	next := s.Procedure.Next()
	rehearsal := step == keyceremony.RehearsalStep1 || step == keyceremony.RehearsalStep2
	m := s.Open()
	switch {
	case !rehearsal && m != nil && m.Act.Type == scrutin.ActCeremony:
		return s.refuse(RuleMissing, nil, "the ceremony is before the session as it stands: bring this once that motion is decided")
	case slices.Contains(next, scrutin.ActConstitute), slices.Contains(next, scrutin.ActCeremony):
		return nil
	case !slices.Contains(next, scrutin.ActRehearse):
		return s.refuse(RuleMissing, nil, "the key ceremony and its rehearsals are over: no message is taken any more")
	case !rehearsal:
		return s.refuse(RuleMissing, nil, "the bureau has adopted the key ceremony: rehearsals alone are taken now")
	}
	return nil
}
