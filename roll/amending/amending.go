// Package amending is what an amendment of the roll (docs/protocol.md, section 6.1) is to
// a store, in the statements that every engine understands: the rows of one that is under
// way, which can be dropped, and what becomes of them once the bureau has adopted it.
//
// What it promises: nothing of an amendment under way is on the roll, but that those whom
// it bars cannot log in; an elector who is marked, or holds an authorisation, is neither
// barred nor struck off; who was struck off stays so. Every row is tied to its service
// (package roll/inspection), and each function may be run again.
package amending

import (
	"fmt"
	"strings"

	"isoloir/roll"
	"isoloir/roll/inspection"
	"isoloir/rowmac"
	"isoloir/scrutin"
)

// IsBarred says, of organisation, scrutin, urn and number, whether that elector can log in
// no more.
const IsBarred = `SELECT EXISTS (SELECT 1 FROM struck WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND number = $4)
	OR EXISTS (SELECT 1 FROM staged WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND number = $4 AND change = 2)`

// A Read gives the rows of a query, each after it was read into dest.
type Read func(query string, args, dest []any, yield func() error) error

// A Turn is a transaction of an engine on one scrutin, in which nobody else writes.
type Turn struct {
	Exec    func(query string, args ...any) (changed int64, err error)
	Row     func(query string, args []any, dest ...any) (found bool, err error)
	Read    Read
	Scope   roll.Scope
	Rows    rowmac.Key
	Changes *rowmac.Changes
}

func (t *Turn) args(more ...any) []any {
	return append([]any{t.Scope.Organisation, t.Scope.Scrutin}, more...)
}

const columns = "urn, number, amendment, change, reference, station, college, country, language, channels, born, family, given"

// Staged is the amendment that is under way.
func Staged(read Read, scope roll.Scope) (a roll.Staging, err error) {
	var e roll.Elector
	var change int
	var channels, born string
	err = read("SELECT "+columns+" FROM staged WHERE organisation = $1 AND scrutin = $2 ORDER BY urn, number", []any{scope.Organisation, scope.Scrutin},
		[]any{&e.Urn, &e.Number, &a.Amendment, &change, &e.Reference, &e.Station, &e.College, &e.Country, &e.Language, &channels, &born, &e.Family, &e.Given}, func() error {
			switch inspection.Change(change) {
			case inspection.Adds:
				e.Channels, e.Born = strings.Fields(channels), scrutin.Date(born)
				a.Added = append(a.Added, e)
				return nil
			case inspection.Bars:
				a.Barred++
			}
			a.Struck = append(a.Struck, roll.Place{Urn: e.Urn, Elector: e.Number})
			return nil
		})
	return a, err
}

// Stage keeps an amendment, unless it is there: roll.ErrFormat where another one is, or
// where the reference of an elector whom it adds is on the roll.
func (t *Turn) Stage(a roll.Staging) error {
	before, err := Staged(t.Read, t.Scope)
	switch {
	case err != nil:
		return err
	case before.Equal(a):
		return nil
	case before.Amendment != 0:
		return fmt.Errorf("amendment %d is under way: %w", before.Amendment, roll.ErrFormat)
	}
	for _, e := range a.Added {
		var one int
		known, err := t.Row("SELECT 1 FROM elector WHERE organisation = $1 AND scrutin = $2 AND reference = $3", t.args(e.Reference), &one)
		switch {
		case err != nil:
			return err
		case known:
			return fmt.Errorf("the elector of reference %s is on the roll: %w", e.Reference, roll.ErrFormat)
		}
		if err := t.stage(a.Amendment, inspection.Adds, e); err != nil {
			return err
		}
	}
	for _, p := range a.Struck {
		if err := t.stage(a.Amendment, inspection.Strikes, roll.Elector{Urn: p.Urn, Number: p.Elector}); err != nil {
			return err
		}
	}
	return nil
}

func (t *Turn) stage(amendment int, c inspection.Change, e roll.Elector) error {
	made, err := t.Exec("INSERT INTO staged (organisation, scrutin, "+columns+", mac) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT DO NOTHING",
		t.args(e.Urn, e.Number, amendment, int(c), e.Reference, e.Station, e.College, e.Country, e.Language,
			strings.Join(e.Channels, " "), string(e.Born), e.Family, e.Given, inspection.Amending(t.Rows, t.Scope, amendment, c, e))...)
	if err == nil && made == 0 {
		err = fmt.Errorf("elector %d of urn number %d stands in the amendment twice: %w", e.Number, e.Urn, roll.ErrFormat)
	}
	t.Changes.Add(e.Urn, inspection.Staged, made)
	return err
}

func (t *Turn) unstage(p roll.Place) error {
	gone, err := t.Exec("DELETE FROM staged WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND number = $4", t.args(p.Urn, p.Elector)...)
	t.Changes.Add(p.Urn, inspection.Staged, -gone)
	return err
}

// Unstage drops the amendment that is under way.
func (t *Turn) Unstage() error {
	a, err := Staged(t.Read, t.Scope)
	if err != nil {
		return err
	}
	for _, e := range a.Added {
		a.Struck = append(a.Struck, roll.Place{Urn: e.Urn, Elector: e.Number})
	}
	for _, p := range a.Struck {
		if err := t.unstage(p); err != nil {
			return err
		}
	}
	return nil
}

// spares says whether an elector is marked or holds an authorisation, and notes it.
func (t *Turn) spares(p roll.Place, spared *roll.Spared) (bool, error) {
	var one int
	marked, err := t.Row("SELECT 1 FROM mark WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND number = $4", t.args(p.Urn, p.Elector), &one)
	if err != nil || marked {
		spared.Voted = append(spared.Voted, p)
		return true, err
	}
	held, err := t.Row("SELECT 1 FROM held WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND number = $4", t.args(p.Urn, p.Elector), &one)
	if held {
		spared.Holding = append(spared.Holding, p)
	}
	return held, err
}

func (t *Turn) endSessions(p roll.Place) error {
	_, err := t.Exec("DELETE FROM session WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND number = $4", t.args(p.Urn, p.Elector)...)
	return err
}

// Bar closes the login to those whom the amendment under way strikes off, unless one of
// them is marked; who holds an authorisation is passed over.
func (t *Turn) Bar() (spared roll.Spared, err error) {
	a, err := Staged(t.Read, t.Scope)
	if err != nil {
		return spared, err
	}
	var free []roll.Place
	for _, p := range a.Struck {
		if spares, err := t.spares(p, &spared); err != nil {
			return spared, err
		} else if !spares {
			free = append(free, p)
		}
	}
	if len(spared.Voted) > 0 {
		return spared, nil
	}
	for _, p := range free {
		if err := t.unstage(p); err != nil {
			return spared, err
		}
		if err := t.stage(a.Amendment, inspection.Bars, roll.Elector{Urn: p.Urn, Number: p.Elector}); err != nil {
			return spared, err
		}
		if err := t.endSessions(p); err != nil {
			return spared, err
		}
	}
	return spared, nil
}

// Adopt puts the electors that were staged on the roll, and strikes off others, but for
// those whom it gives back. Nothing else that is staged under its number stays: who was
// barred and is not struck off is let in.
func (t *Turn) Adopt(a roll.Adoption) (spared roll.Spared, err error) {
	staged, err := Staged(t.Read, t.Scope)
	if err != nil {
		return spared, err
	}
	for _, u := range a.Urns {
		if err := t.add(u, staged.Of(a.Amendment, u.Urn)); err != nil {
			return spared, err
		}
		for _, number := range u.Struck {
			if err := t.strike(a.Amendment, roll.Place{Urn: u.Urn, Elector: number}, &spared); err != nil {
				return spared, err
			}
		}
	}
	if staged.Amendment == a.Amendment {
		return spared, t.Unstage()
	}
	return spared, nil
}

// add puts electors on the roll of an urn, if they are not there yet.
func (t *Turn) add(u roll.AmendedUrn, staged []roll.Elector) error {
	var electors int
	if _, err := t.Row("SELECT coalesce(max(number) + 1, 0) FROM elector WHERE organisation = $1 AND scrutin = $2 AND urn = $3", t.args(u.Urn), &electors); err != nil {
		return err
	}
	if adds, err := u.Adds(electors, staged); err != nil || !adds {
		return err
	}
	for _, e := range staged {
		made, err := t.Exec(`INSERT INTO elector (organisation, scrutin, urn, number, reference, station, college, country, language, channels, born, family, given, mac)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING`,
			t.args(e.Urn, e.Number, e.Reference, e.Station, e.College, e.Country, e.Language,
				strings.Join(e.Channels, " "), string(e.Born), e.Family, e.Given, inspection.Elector(t.Rows, t.Scope, e))...)
		if err == nil && made == 0 {
			err = fmt.Errorf("the elector of reference %s is on the roll: %w", e.Reference, roll.ErrFormat)
		}
		if err != nil {
			return err
		}
		t.Changes.Add(e.Urn, inspection.Electors, made)
		if err := t.unstage(roll.Place{Urn: e.Urn, Elector: e.Number}); err != nil {
			return err
		}
	}
	return nil
}

// strike strikes an elector off, if he is not struck off yet.
func (t *Turn) strike(amendment int, p roll.Place, spared *roll.Spared) error {
	if spares, err := t.spares(p, spared); err != nil || spares {
		return err
	}
	made, err := t.Exec("INSERT INTO struck (organisation, scrutin, urn, number, amendment, mac) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
		t.args(p.Urn, p.Elector, amendment, inspection.Strike(t.Rows, t.Scope, p, amendment))...)
	if err != nil || made == 0 {
		return err
	}
	t.Changes.Add(p.Urn, inspection.Struck, made)
	if err := t.unstage(p); err != nil {
		return err
	}
	return t.endSessions(p)
}
