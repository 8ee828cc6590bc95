package pending

import (
	"context"
	"errors"
	"fmt"

	"isoloir/batchkey"
	"isoloir/rowmac"
	"isoloir/urn"
)

// A Viewed is an engine's store, looked at.
type Viewed interface {
	rowmac.Viewer
	// Batch loads the newest batch key of a scrutin; nil if there is none.
	Batch(v rowmac.View, s urn.Scope) (*batchkey.Key, error)
}

// Chains says how the ballots of an account stand, in one look at the store. A flush may
// destroy the key between: then the next look has another one.
func Chains(ctx context.Context, store Viewed, s urn.Scope, number uint16, account [32]byte) (chains urn.Chains, err error) {
	for range 8 {
		err = store.View(ctx, func(v rowmac.View) error {
			key, err := store.Batch(v, s)
			if err == nil {
				l := look{v, key, s, number, account}
				chains, err = l.chains()
			}
			return err
		})
		if !errors.Is(err, batchkey.ErrLost) {
			break
		}
	}
	return chains, err
}

type look struct {
	view    rowmac.View
	key     *batchkey.Key
	scope   urn.Scope
	number  uint16
	account [32]byte
}

func (l look) args(more ...any) []any {
	return append([]any{l.scope.Organisation, l.scope.Scrutin}, more...)
}

func (l look) chains() (c urn.Chains, err error) {
	logged, err := l.logged()
	if err == nil {
		c.Cast, err = l.chain(logged, 0)
	}
	if err == nil {
		c.Supervised, err = l.chain(logged, urn.SupervisedCounter)
	}
	return c, err
}

// chain goes along the counters from one on, which have no gap over log and pending rows
// together.
func (l look) chain(logged map[uint32]urn.Hash, from uint32) (c urn.Chain, err error) {
	for {
		hash, found := logged[from+c.Ballots]
		if !found {
			if found, err = l.waits(from + c.Ballots); err != nil {
				return urn.Chain{}, err
			}
		}
		if !found {
			break
		}
		c.Ballots, c.Last = c.Ballots+1, hash
	}
	if c.Ballots > 0 && c.Last == (urn.Hash{}) {
		c.Last, err = l.pending(from + c.Ballots - 1)
	}
	return c, err
}

// logged are the hashes of the account's ballots in the log, by their counters.
func (l look) logged() (map[uint32]urn.Hash, error) {
	out := map[uint32]urn.Hash{}
	var counter int64
	var hash []byte
	return out, l.view.Read("SELECT counter, hash FROM ballot WHERE organisation = $1 AND scrutin = $2 AND urn = $3 AND account = $4",
		l.args(int64(l.number), l.account[:]), []any{&counter, &hash}, func() error {
			out[uint32(counter)] = urn.Hash(hash)
			return nil
		})
}

// waits says whether the account's ballot with that counter is among the pending.
func (l look) waits(counter uint32) (found bool, err error) {
	if l.key == nil {
		return false, nil
	}
	tag := place(l.key, l.number, l.account, counter)
	var one int64
	err = l.view.Read("SELECT 1 FROM pending_tag WHERE organisation = $1 AND scrutin = $2 AND tag = $3", l.args(tag[:]), []any{&one}, func() error {
		found = true
		return nil
	})
	return found, err
}

// pending is the hash of that ballot. A row says of which account it is to nobody but who
// opens it: all of the urn are opened until it is found.
func (l look) pending(counter uint32) (hash urn.Hash, err error) {
	var tag, box []byte
	err = l.view.Read("SELECT tag, box FROM pending WHERE organisation = $1 AND scrutin = $2 AND urn = $3", l.args(int64(l.number)), []any{&tag, &box}, func() error {
		e, err := Open(l.key, tag, box)
		if err == nil && e.Ballot.Account() == l.account && e.Ballot.Counter() == counter {
			hash = e.Ballot.Hash()
		}
		return err
	})
	if err == nil && hash == (urn.Hash{}) {
		err = fmt.Errorf("urn number %d: a pending ballot has no row", l.number)
	}
	return hash, err
}

// Voters counts the accounts that have a ballot in the log.
func Voters(ctx context.Context, store Viewed, s urn.Scope, number uint16) (n int, err error) {
	err = store.View(ctx, func(v rowmac.View) (err error) {
		n, err = CountVoters(v, s, number)
		return err
	})
	return n, err
}

// CountVoters is Voters in a look at the store.
func CountVoters(v rowmac.View, s urn.Scope, number uint16) (int, error) {
	var voters int64
	err := v.Read("SELECT count(DISTINCT account) FROM ballot WHERE organisation = $1 AND scrutin = $2 AND urn = $3",
		[]any{s.Organisation, s.Scrutin, int64(number)}, []any{&voters}, func() error { return nil })
	return int(voters), err
}
