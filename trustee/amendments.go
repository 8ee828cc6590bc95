package trustee

import (
	"errors"
	"fmt"
	"slices"

	"isoloir/account"
	"isoloir/scrutin"
	"isoloir/urn"
)

// ErrAmendment says that an amendment of the roll is not one that the bureau adopted, or
// that what was stated and proved of whom it adds does not hold.
var ErrAmendment = errors.New("an amendment of the roll does not hold")

// readAmendments applies the amendments of the roll that acts adopted, in their order.
func (s *Sealed) readAmendments(opening *scrutin.Opening, opt Options) error {
	s.Registers, s.added = opening.Registers(), make([][]urn.Population, len(s.Manifest.Urns))
	for i, adopted := range s.Procedure.Amendments {
		a, err := account.VerifyAmendment(s.Reader, s.Manifest, s.Fingerprint, s.Registers, account.Addition{Opening: s.Opening, Amendment: i + 1}, opt.Workers)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrAmendment, err)
		}
		if !slices.Equal(a.Adopts, adopted) {
			return fmt.Errorf("%w: number %d is not the one that the bureau adopted", ErrAmendment, i+1)
		}
		s.Registers = a.Registers
		for u, added := range a.Accounts {
			if added.Population.Keys == nil {
				continue
			}
			accounts, err := urn.NewAccounts(added.Population.Keys.Bytes())
			if err != nil {
				return fmt.Errorf("%w: %w", ErrAmendment, err)
			}
			s.added[u] = append(s.added[u], urn.Population{Base: added.Population.Generator, Accounts: accounts})
		}
	}
	return nil
}
