package parties

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"isoloir/record"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
)

// Services are the roll and the urn in which the vote takes place.
type Services struct {
	Roll *roll.Service // nil in a scrutin of accounts
	Urn  *urn.Service
	// Deputies is the list of a role's deputies, empty where it had none; nil where none had any.
	Deputies func(role string) ([]byte, error)
}

// Found is what the bureau finds in every urn and on every roll: marks and ballots, by asking the two services. Where there is no roll, both
// are the accounts that have a ballot in the log.
func (v Services) Found(ctx context.Context, m *scrutin.Manifest) ([]scrutin.Finding, error) {
	pending, err := v.Urn.Store.Pending(ctx, v.Urn.Scope)
	if err != nil {
		return nil, err
	}
	var all []scrutin.Finding
	for i, u := range m.Urns {
		number := uint16(i)
		if v.Roll == nil {
			voters, err := v.Urn.Store.Voters(ctx, v.Urn.Scope, number)
			if err != nil {
				return nil, err
			}
			all = append(all, scrutin.Finding{Urn: u.ID, Marks: voters, Ballots: voters})
			continue
		}
		ballots, err := v.Urn.Store.Size(ctx, v.Urn.Scope, number)
		if err != nil {
			return nil, err
		}
		marks := 0
		if err := v.Roll.Store.Marks(ctx, v.Roll.Scope, number, func(roll.Signed) error { marks++; return nil }); err != nil {
			return nil, err
		}
		all = append(all, scrutin.Finding{Urn: u.ID, Marks: marks, Ballots: int(ballots) + pending[number]})
	}
	return all, nil
}

// ErrEarly says that voting has not ended.
var ErrEarly = errors.New("voting has not ended")

// Close is the act that ends the vote. The urn is closed first, so that no ballot on its way comes in after the bureau has looked; what is
// between roll and urn is settled by Freeze.
func (s *Scrutin) Close(ctx context.Context, v Services) error {
	if end := s.Bureau.Procedure().Ends(); s.Now().Before(end) {
		return fmt.Errorf("%w: it lasts until %s", ErrEarly, scrutin.TimeOf(end))
	}
	if err := v.Urn.Close(ctx); err != nil {
		return err
	}
	found, err := v.Found(ctx, s.Manifest)
	if err != nil {
		return err
	}
	if _, err = s.Bureau.Act(scrutin.ActClose, scrutin.ActBody{Found: found}); err != nil {
		return err
	}
	return s.date()
}

// Freeze closes both services, settles what is between them, writes logs and marks to the record with the witnesses' co-signatures, and has
// the bureau seal them.
func (s *Scrutin) Freeze(ctx context.Context, v Services) error {
	if err := v.Urn.Close(ctx); err != nil {
		return err
	}
	if v.Roll != nil {
		if _, err := v.Roll.Settle(ctx, v.Urn, s.Now()); err != nil {
			return err
		}
		if err := v.Roll.Store.Forget(ctx); err != nil {
			return err
		}
	}
	tell := s.progress("freeze")
	for i, u := range s.Manifest.Urns {
		err := s.freezeUrn(ctx, v.Urn, uint16(i), u.ID)
		if err == nil && v.Roll != nil {
			err = s.freezeRoll(ctx, v.Roll, uint16(i), u.ID)
		}
		if err != nil {
			return fmt.Errorf("urn %s: %w", u.ID, err)
		}
		tell(i+1, len(s.Manifest.Urns))
	}
	lists, err := s.listDeputies(v)
	if err != nil {
		return err
	}
	for _, u := range s.Manifest.Urns {
		if p := record.Challenges(u.ID); s.Record.Exists(p) {
			lists = append(lists, p)
		}
	}
	found, err := v.Found(ctx, s.Manifest)
	if err != nil {
		return err
	}
	return s.seal(found, lists)
}

// listDeputies writes the lists of deputies of those roles that had some.
func (s *Scrutin) listDeputies(v Services) (paths []string, err error) {
	if v.Deputies == nil {
		return nil, nil
	}
	for _, role := range []string{scrutin.RoleRoll, scrutin.RoleUrn} {
		if role == scrutin.RoleRoll && v.Roll == nil {
			continue
		}
		list, err := v.Deputies(role)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			continue
		}
		if err := s.Record.Write(record.Deputies(role), list); err != nil {
			return nil, err
		}
		paths = append(paths, record.Deputies(role))
	}
	return paths, nil
}

func (s *Scrutin) freezeUrn(ctx context.Context, v *urn.Service, number uint16, id string) error {
	leaves, err := s.Record.Begin(record.Leaves(id))
	if err != nil {
		return err
	}
	defer leaves.Abort()
	var checkpoints bytes.Buffer
	last, err := v.Export(ctx, number, leaves, &checkpoints)
	if err != nil {
		return err
	}
	if _, err := leaves.Commit(); err != nil {
		return err
	}
	if err := s.Record.Write(record.Checkpoints(id), checkpoints.Bytes()); err != nil {
		return err
	}
	if err := s.freezeChallenges(ctx, v, number, id); err != nil {
		return err
	}
	return s.witness(id, last)
}

// freezeChallenges writes what the urn holds of ballots that were opened, if there are any.
func (s *Scrutin) freezeChallenges(ctx context.Context, v *urn.Service, number uint16, id string) error {
	var list bytes.Buffer
	statement, err := v.ChallengeStatement(ctx, number, &list)
	if err != nil || statement == nil {
		return err
	}
	signed, err := scrutin.Sign(statement, v.Signer)
	if err != nil {
		return err
	}
	if err := s.Record.Write(record.ChallengeList(id), list.Bytes()); err != nil {
		return err
	}
	return s.Record.Write(record.Challenges(id), signed)
}

func (s *Scrutin) freezeRoll(ctx context.Context, v *roll.Service, number uint16, id string) error {
	marks, err := s.Record.Begin(record.Marks(id))
	if err != nil {
		return err
	}
	defer marks.Abort()
	statement, err := v.Statement(ctx, number, marks)
	if err != nil {
		return err
	}
	if _, err := marks.Commit(); err != nil {
		return err
	}
	signed, err := scrutin.Sign(statement, v.Signer)
	if err != nil {
		return err
	}
	return s.Record.Write(record.Roll(id), signed)
}

// witness lets every witness look at an urn's last checkpoint and co-sign it, and writes the urn's seal.
func (s *Scrutin) witness(urnID string, checkpoint []byte) error {
	opened, err := note.Open(checkpoint, s.Manifest.Platform.Urn.Verifier())
	if err != nil {
		return err
	}
	if _, err := note.ParseCheckpoint(opened.Text); err != nil {
		return err
	}
	slot := time.Duration(s.Manifest.Schedule.SlotMinutes) * time.Minute
	at := uint64(s.Now().Truncate(slot).Unix())
	for _, w := range s.Manifest.Witnesses {
		if checkpoint, err = note.Cosign(checkpoint, s.Signers[w.ID], at); err != nil {
			return err
		}
	}
	return s.Record.Write(record.Seal(urnID), checkpoint)
}

// seal is the act that fixes the last checkpoint of every urn, the count of every roll, the lists of deputies, and what urns say of opened ballots. Small cells get the act that
// allows them.
func (s *Scrutin) seal(found []scrutin.Finding, lists []string) error {
	var paths []string
	for _, u := range s.Manifest.Urns {
		paths = append(paths, record.Seal(u.ID))
		if s.Manifest.Accounts() == nil {
			paths = append(paths, record.Roll(u.ID))
		}
	}
	adopted, err := s.Bureau.Adopted(append(paths, lists...)...)
	if err != nil {
		return err
	}
	if _, err = s.Bureau.Act(scrutin.ActSeal, scrutin.ActBody{Adopts: adopted, Found: found}); err != nil {
		return err
	}
	return s.date()
}
