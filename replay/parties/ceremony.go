package parties

import (
	"fmt"
	"slices"

	"isoloir/keyceremony"
	"isoloir/scrutin"
	"isoloir/trustee"
)

// Ceremony holds the key ceremony: every holder takes each step with the messages that lie on the table, as `trustee` does. One whose messages stand
// in the record, as whole as it needs, is adopted.
func (s *Scrutin) Ceremony() error {
	if keys, err := s.keys(); err == nil {
		return s.settle(keys)
	}
	steps := []keyceremony.Step{keyceremony.CommitStep, keyceremony.RevealStep, keyceremony.CheckStep, keyceremony.SealStep}
	tell := s.progress("key ceremony")
	for i, step := range steps {
		board, err := trustee.ReadBoard(&s.Record.Reader)
		if err != nil {
			return err
		}
		for j, h := range s.Holders {
			_, complaints, err := board.Speak(h.Device, step, 0, s.Record)
			if err == nil && len(complaints) > 0 {
				err = fmt.Errorf("%d shares are wrong", len(complaints))
			}
			if err != nil {
				return fmt.Errorf("%s, step %s: %w", h.ID, step, err)
			}
			tell(i*len(s.Holders)+j+1, len(steps)*len(s.Holders))
		}
	}
	keys, err := s.keys()
	if err != nil {
		return err
	}
	return s.settle(keys)
}

func (s *Scrutin) settle(keys *keyceremony.Keys) error {
	_, err := s.Bureau.Act(scrutin.ActCeremony, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: scrutin.AdoptCeremony, SHA256: keys.Digest}}})
	return err
}

// keys verifies the ceremony of the record and returns what came of it.
func (s *Scrutin) keys() (*keyceremony.Keys, error) {
	board, err := trustee.ReadBoard(&s.Record.Reader)
	if err != nil {
		return nil, err
	}
	return board.Ceremony.Verify(board.Messages)
}

// Rehearse lets every holder open the test text from each of his media, read anew, and checks that it opens; what stands in the record already is adopted.
func (s *Scrutin) Rehearse() error {
	keys, err := s.keys()
	if err != nil {
		return err
	}
	board, err := trustee.ReadBoard(&s.Record.Reader)
	if err != nil {
		return err
	}
	tell := s.progress("rehearsal")
	held := board.Ceremony.VerifyRehearsals(keys, board.Messages) == nil
	for i, h := range s.Holders {
		if held {
			break
		}
		if err := h.Reopen(s.WorkFactor); err != nil {
			return fmt.Errorf("%s: %w", h.ID, err)
		}
		if _, err := board.Rehearse(h.Device, s.Record); err != nil {
			return fmt.Errorf("rehearsal of %s: %w", h.ID, err)
		}
		tell(i+1, len(s.Holders))
	}
	if board, err = trustee.ReadBoard(&s.Record.Reader); err != nil {
		return err
	}
	if err := board.Ceremony.VerifyRehearsals(keys, board.Messages); err != nil {
		return err
	}
	var paths []string
	for _, m := range board.Messages {
		if m.Step == keyceremony.RehearsalStep1 || m.Step == keyceremony.RehearsalStep2 {
			paths = append(paths, m.Path())
		}
	}
	slices.Sort(paths)
	return s.adopt(scrutin.ActRehearse, paths...)
}

// clauseKeys are the keys of the ceremony as the opening record has them.
func clauseKeys(keys *keyceremony.Keys) []scrutin.ClauseKey {
	var clauses []scrutin.ClauseKey
	for _, c := range keys.Clauses {
		k := scrutin.ClauseKey{Clause: c.Clause, Key: scrutin.PointOf(c.Key)}
		for _, h := range c.Holders {
			k.Holders = append(k.Holders, scrutin.HolderKey{Holder: h.Holder, Key: scrutin.PointOf(h.Key)})
		}
		clauses = append(clauses, k)
	}
	return clauses
}
