package office

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"

	"isoloir/account"
	"isoloir/record"
	"isoloir/register"
	"isoloir/register/access"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// UrnColumns are those of the file that says which constituencies are one urn.
var UrnColumns = []string{"urn", "constituency"}

// Urns reads the urns of a scrutin (CSV as in RFC 4180), a line for each constituency;
// those of an urn may stand anywhere. Without a file every constituency of the register is
// an urn of its own.
func (d *Office) Urns(file io.Reader) (urns []access.Urn, err error) {
	places := d.Service.Register.Constituencies
	if file == nil {
		for _, p := range places {
			urns = append(urns, access.Urn{ID: p.ID, Constituencies: []string{p.ID}})
		}
		return urns, nil
	}
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) < 2 || !slices.Equal(rows[0], UrnColumns) {
		return nil, fmt.Errorf("%w: line 1: it must be urn,constituency, and lines follow", register.ErrInvalid)
	}
	of, seen := map[string]string{}, map[string]bool{}
	for i, row := range rows[1:] {
		if !d.Service.Register.Has(row[1]) || of[row[1]] != "" || !note.ValidName(row[0]) {
			return nil, fmt.Errorf("%w: line %d: urn %q, constituency %q: the register has no such constituency, it stands twice, or that is no name of an urn", register.ErrInvalid, i+2, row[0], row[1])
		}
		of[row[1]] = row[0]
		if !seen[row[0]] {
			urns, seen[row[0]] = append(urns, access.Urn{ID: row[0]}), true
		}
	}
	for i := range urns { // constituencies in the register's order
		for _, p := range places {
			if of[p.ID] == urns[i].ID {
				urns[i].Constituencies = append(urns[i].Constituencies, p.ID)
			}
		}
	}
	return urns, nil
}

// Snapshot signs whose keys may vote in a scrutin and writes it where the record of that
// scrutin has it, with the keys of each urn, and gives the digest that its manifest names.
// It is refused as access.Snapshot says; and a snapshot that was made counts as seen,
// whether it is published or not.
func (d *Office) Snapshot(ctx context.Context, out *record.Writer, name string, urns []access.Urn, later bool) (*account.Snapshot, scrutin.Digest, error) {
	if !note.ValidName(name) {
		return nil, scrutin.Digest{}, fmt.Errorf("%w: %q is no identifier of a scrutin", register.ErrInvalid, name)
	}
	taken, err := access.Snapshot(ctx, d.Store, urns, d.Service.Register.MinimumSize, later)
	if err != nil {
		return nil, scrutin.Digest{}, err
	}
	s := &account.Snapshot{Register: d.Service.Rho, Scrutin: name}
	enrolled := make([][]account.Enrolled, len(taken))
	for i, u := range taken {
		s.Urns = append(s.Urns, account.SnapshotUrn{Urn: u.ID, Constituencies: urns[i].Constituencies})
		for _, a := range u.Accounts {
			enrolled[i] = append(enrolled[i], account.Enrolled{Key: a.Key, Proof: a.Proof})
		}
	}
	digest, err := account.WriteSnapshot(out, d.Signer.Verifier().Name(), s, enrolled, d.Signer)
	return s, digest, err
}

// Hidden says whether a snapshot was refused for what it would have shown.
func Hidden(err error) bool {
	return errors.Is(err, access.ErrFew) || errors.Is(err, access.ErrNewcomers) || errors.Is(err, access.ErrDivided)
}
