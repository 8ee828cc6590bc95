package voters

import (
	"context"
	"errors"
	"fmt"
	"io"

	"isoloir/roll"
	"isoloir/server"
	"isoloir/urn"
)

// Check reads the stores of roles that nobody asks any more, and compares in every
// urn the ballots, the marks, and what voters hold.
func (e *Election) Check(ctx context.Context, roles *server.Roles, ends []End, out io.Writer) (err error) {
	rolls, urns, scope := roles.Roll.Store, roles.Urn.Service.Store, roles.Urn.Service.Scope
	pending, err := urns.Pending(ctx, scope)
	if err != nil {
		return err
	}
	var wrong []error
	fmt.Fprintf(out, "%-10s %10s %10s %10s %10s\n", "urn", "ballots", "in the log", "marks", "receipts")
	for number, u := range e.Manifest.Urns {
		n := uint16(number)
		size, err := urns.Size(ctx, scope, n)
		if err != nil {
			return err
		}
		marked := map[uint32]bool{}
		if err := rolls.Marks(ctx, roll.Scope(scope), n, func(s roll.Signed) error {
			marked[s.Elector] = true
			return nil
		}); err != nil {
			return err
		}
		receipts := map[urn.Hash]bool{}
		for _, v := range ends {
			if v.Err != nil || v.Urn != n {
				continue
			}
			receipts[v.Receipt] = true
			if !marked[v.Elector] {
				wrong = append(wrong, fmt.Errorf("urn %s: elector %d holds a receipt, and is not marked", u.ID, v.Elector))
			}
			if place, err := urns.Find(ctx, scope, v.Receipt); err != nil || place.State == urn.Absent || place.Urn != n {
				wrong = append(wrong, fmt.Errorf("urn %s: the ballot of elector %d is not there: %w", u.ID, v.Elector, err))
			}
		}
		ballots := int(size) + pending[n]
		fmt.Fprintf(out, "%-10s %10d %10d %10d %10d\n", u.ID, ballots, size, len(marked), len(receipts))
		if ballots != len(marked) || ballots != len(receipts) {
			wrong = append(wrong, fmt.Errorf("urn %s: %d ballots, %d marks, %d receipts", u.ID, ballots, len(marked), len(receipts)))
		}
	}
	return errors.Join(wrong...)
}
