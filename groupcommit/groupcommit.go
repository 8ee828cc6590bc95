// Package groupcommit lets many callers share one transaction: while one commit
// runs, those who arrive wait together, and one of them then commits for all.
//
// What it promises: every caller gets the answers to its own items, in their
// order; nobody's answer comes before the commit that holds it has returned; and
// no more than a fixed number of callers wait, the others being told so when
// their context ends. A commit that panics fails for all whose items it had, and
// keeps nobody else waiting. There is no goroutine to stop.
package groupcommit

import (
	"context"
	"errors"
	"runtime"
)

// ErrBusy says that the caller's context ended before there was room for it.
// Nothing was done for it.
var ErrBusy = errors.New("too many callers are waiting")

// A Group gathers items of type Q answered by items of type A.
type Group[Q, A any] struct {
	queue  chan *call[Q, A]
	leader chan struct{}
	limit  int
	commit func(context.Context, []Q) ([]A, error)
}

type call[Q, A any] struct {
	items   []Q
	answers []A
	err     error
	done    chan struct{}
}

// New returns a group whose commit function takes some items, about limit at
// most unless one caller brings more, and answers each, or fails as a whole.
// At most waiting callers wait at a time.
func New[Q, A any](limit, waiting int, commit func(context.Context, []Q) ([]A, error)) *Group[Q, A] {
	return &Group[Q, A]{
		queue:  make(chan *call[Q, A], waiting),
		leader: make(chan struct{}, 1),
		limit:  limit,
		commit: commit,
	}
}

// Do commits items with those of other callers, and returns their answers. Once
// the items are queued they are committed even if ctx ends meanwhile, and Do
// waits for that.
func (g *Group[Q, A]) Do(ctx context.Context, items []Q) ([]A, error) {
	if len(items) == 0 {
		return nil, nil
	}
	c := &call[Q, A]{items: items, done: make(chan struct{})}
	select {
	case g.queue <- c:
	case <-ctx.Done():
		return nil, errors.Join(ErrBusy, ctx.Err())
	}
	for {
		select {
		case <-c.done:
			return c.answers, c.err
		case g.leader <- struct{}{}:
			g.lead(context.WithoutCancel(ctx))
		}
	}
}

// lead commits what is queued, once. Callers that are ready to run get their turn
// to queue first: under load, many then share a commit; else nobody is waited for.
func (g *Group[Q, A]) lead(ctx context.Context) {
	defer func() { <-g.leader }()
	runtime.Gosched()
	var calls []*call[Q, A]
	var items []Q
	for len(items) < g.limit {
		select {
		case c := <-g.queue:
			calls, items = append(calls, c), append(items, c.items...)
			continue
		default:
		}
		break
	}
	if len(calls) == 0 {
		return
	}
	var answers []A
	err := errors.New("the commit did not return") // it panicked
	defer func() {
		for _, c := range calls {
			if c.err = err; err == nil {
				c.answers, answers = answers[:len(c.items):len(c.items)], answers[len(c.items):]
			}
			close(c.done)
		}
	}()
	answers, err = g.commit(ctx, items)
	if err == nil && len(answers) != len(items) {
		err = errors.New("the commit did not answer every item")
	}
}
