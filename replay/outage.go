package replay

import (
	"context"
	"errors"
	"sync"

	"isoloir/roll"
	"isoloir/urn"
)

// An outage keeps the first error of the stores. To a voter's device a service says no more than that it cannot answer now; who runs the
// scrutin must learn why.
type outage struct {
	mu  sync.Mutex
	err error
}

func (o *outage) note(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil && !errors.Is(err, context.Canceled) {
		o.err = err
	}
}

// explain puts the stores' error in the place of the answer of a device, if there is one.
func (o *outage) explain(err error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil && (errors.Is(err, roll.ErrBusy) || errors.Is(err, urn.ErrBusy)) {
		return o.err
	}
	return err
}

// watchedRoll and watchedUrn are stores whose failures during the vote are noted.
type watchedRoll struct {
	roll.Store
	out *outage
}

func (w watchedRoll) Reserve(ctx context.Context, s roll.Scope, r []roll.Reservation) ([]roll.Outcome, error) {
	all, err := w.Store.Reserve(ctx, s, r)
	w.out.note(err)
	return all, err
}

func (w watchedRoll) Mark(ctx context.Context, s roll.Scope, m []roll.Marking) ([]roll.Outcome, error) {
	all, err := w.Store.Mark(ctx, s, m)
	w.out.note(err)
	return all, err
}

type watchedUrn struct {
	urn.Store
	out *outage
}

func (w watchedUrn) Append(ctx context.Context, s urn.Scope, entries []urn.Entry) ([]error, error) {
	all, err := w.Store.Append(ctx, s, entries)
	w.out.note(err)
	return all, err
}
