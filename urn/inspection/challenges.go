package inspection

import (
	"bytes"
	"context"

	"isoloir/integrity"
	"isoloir/rowmac"
)

// challenges reads the ballots of an urn that were opened, and the codes that contest
// some. There are few.
func (c *course) challenges(ctx context.Context, l *integrity.Look) (bool, error) {
	return false, c.Store.View(ctx, func(v rowmac.View) error {
		s, ours, err := c.state(v, l, c.rules)
		if err != nil || !ours {
			return err
		}
		key, there := c.Store.Ledger().Key, uint64(0)
		var name, data, mac []byte
		for _, t := range []struct {
			table, query string
			code         func() []byte
		}{
			{"challenge", "SELECT name, record, mac FROM challenge WHERE organisation = $1 AND scrutin = $2 AND urn = $3", func() []byte {
				return Challenge(key, c.Scope, c.rules.Number, name, data)
			}},
			{"contested", "SELECT name, code, mac FROM contested WHERE organisation = $1 AND scrutin = $2 AND urn = $3", func() []byte {
				return Contested(key, c.Scope, c.rules.Number, name, data)
			}},
		} {
			if err := v.Read(t.query, c.args(c.rules), []any{&name, &data, &mac}, func() error {
				l.Rows++
				there++
				if !bytes.Equal(mac, t.code()) {
					l.Find(t.table, c.name, digits(name), integrity.Changed)
				}
				return nil
			}); err != nil {
				return err
			}
		}
		l.Count("challenge", c.name, there, s.Counts[Challenges])
		return nil
	})
}
