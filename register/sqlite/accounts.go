package sqlite

import (
	"bytes"
	"context"
	"fmt"

	"isoloir/crypto/group"
	"isoloir/register"
	"isoloir/register/access"
)

var _ access.Store = (*Store)(nil)

// account finds one, as it is entered.
func (t *tx) account(n register.Number) (a access.Account, login []byte, found bool, err error) {
	var state, ways int
	var key, proof []byte
	found, err = t.Row(`SELECT card.state, card.constituency, card.login, coalesce(account.key, x''), coalesce(account.proof, x''),
		(SELECT coalesce(sum(1 << (kind - 1)), 0) FROM way WHERE way.number = card.number) FROM card LEFT JOIN account USING (number) WHERE number = ?`,
		[]any{int64(n)}, &state, &a.Constituency, &login, &key, &proof, &ways)
	a.Number, a.State, a.Ways = n, register.State(state), access.Ways(ways)
	copy(a.Key[:], key)
	copy(a.Proof[:], proof)
	return a, login, found, err
}

// Login implements access.Store.
func (s *Store) Login(ctx context.Context, n register.Number, kind access.Kind) (a access.Account, w access.Way, found bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		var login, masked []byte
		if a, login, found, err = t.account(n); err != nil || !found {
			return err
		}
		if a.State == register.Active && kind == access.Scratch {
			return readWay(&w, kind, login, make([]byte, group.ScalarSize))
		}
		if found, err = t.Row("SELECT login, masked FROM way WHERE number = ? AND kind = ?", []any{int64(n), int(kind)}, &login, &masked); err != nil || !found {
			return err
		}
		return readWay(&w, kind, login, masked)
	})
	return a, w, found, err
}

func readWay(w *access.Way, kind access.Kind, login, masked []byte) (err error) {
	w.Kind = kind
	if w.Login, err = group.DecodeNonIdentity(login); err != nil {
		return err
	}
	w.Masked, err = group.DecodeScalar(masked)
	return err
}

// First implements access.Store.
func (s *Store) First(ctx context.Context, a access.Account, ways []access.Way) error {
	return s.write(ctx, func(t *tx) error {
		had, _, found, err := t.account(a.Number)
		if err != nil {
			return err
		}
		now, err := t.pending(a.Number, had.State)
		switch {
		case err != nil:
			return err
		case now != had.State: // what waits is told to nobody
			return access.ErrLogin
		case now == register.Invalid:
			return access.ErrInvalid
		case found && now == register.Used && had.Key == a.Key:
			return nil
		case now != register.Active:
			return access.ErrUsed
		}
		if fresh, err := t.Exec("INSERT OR IGNORE INTO account (number, key, proof) VALUES (?, ?, ?)", int64(a.Number), a.Key[:], a.Proof[:]); err != nil || fresh == 0 {
			if err == nil {
				err = fmt.Errorf("a key that another account has: %w", access.ErrUsed)
			}
			return err
		}
		for _, w := range ways {
			if err := t.putWay(a.Number, w); err != nil {
				return err
			}
		}
		return t.turn(a.Number, register.Used)
	})
}

func (t *tx) turn(n register.Number, to register.State) error {
	_, err := t.Exec("UPDATE card SET state = ? WHERE number = ?", int(to), int64(n))
	return err
}

func (t *tx) putWay(n register.Number, w access.Way) error {
	login, masked := w.Login.Bytes(), w.Masked.Bytes()
	_, err := t.Exec("INSERT OR REPLACE INTO way (number, kind, login, masked) VALUES (?, ?, ?, ?)", int64(n), int(w.Kind), login[:], masked[:])
	return err
}

// PutWay implements access.Store.
func (s *Store) PutWay(ctx context.Context, n register.Number, w access.Way) error {
	return s.write(ctx, func(t *tx) error { return t.putWay(n, w) })
}

// DropWay implements access.Store.
func (s *Store) DropWay(ctx context.Context, n register.Number, kind access.Kind) error {
	return s.write(ctx, func(t *tx) error {
		var others int
		if _, err := t.Row("SELECT count(*) FROM way WHERE number = ? AND kind <> ?", []any{int64(n), int(kind)}, &others); err != nil {
			return err
		}
		if others == 0 {
			return access.ErrLastWay
		}
		_, err := t.Exec("DELETE FROM way WHERE number = ? AND kind = ?", int64(n), int(kind))
		return err
	})
}

// Turn implements access.Store.
func (s *Store) Turn(ctx context.Context, n register.Number, to register.State) error {
	return s.write(ctx, func(t *tx) error {
		a, _, found, err := t.account(n)
		if err != nil {
			return err
		}
		if !found || a.State != register.Used && a.State != register.Suspended {
			return access.ErrInvalid
		}
		return t.turn(n, to)
	})
}

// Keys implements access.Store.
func (s *Store) Keys(ctx context.Context, constituency string, yield func(access.Account) error) error {
	var a access.Account
	var number int64
	var key, proof []byte
	a.State = register.Used
	return wrap(s.file.Read(ctx, "SELECT number, key, proof FROM account JOIN card USING (number) WHERE constituency = ? AND state = ? ORDER BY key",
		[]any{constituency, int(register.Used)}, []any{&number, &key, &proof}, func() error {
			a.Number = register.Number(number)
			copy(a.Key[:], bytes.Clone(key))
			copy(a.Proof[:], proof)
			return yield(a)
		}))
}
