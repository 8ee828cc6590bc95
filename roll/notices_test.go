package roll_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"isoloir/roll"
	"isoloir/roll/rolltest"
	"isoloir/scrutin"
)

// teller remembers whom it told, and fails so often first.
type teller struct {
	told  []roll.Place
	fails int
}

func (l *teller) Voted(_ context.Context, electors []roll.Place) error {
	if l.fails--; l.fails >= 0 {
		return errors.New("no answer")
	}
	l.told = append(l.told, electors...)
	return nil
}

// lossy forgets to strike off, as a process that stops does.
type lossy struct{ roll.Store }

func (lossy) Told(context.Context, roll.Scope, []roll.Place) error { return errors.New("stopped") }

// TestTellVoted has electors told of their marks, with failures on the way: nobody is
// forgotten, and who is struck off is not told again.
func TestTellVoted(t *testing.T) {
	f := rolltest.New(t, 2, 4)
	store := newStore(t)
	config := f.Config(store)
	config.Tell = true
	s := roll.NewService(config)
	vote := func(number, elector int) {
		token := reserve(t, f, s, number, elector)
		if a := s.Mark(ctx, []roll.MarkRequest{{ReserveRequest: f.Request(t, number, elector), Receipt: f.Says(t, scrutin.Appended, number, token)}})[0]; a.Err != nil {
			t.Fatal(a.Err)
		}
	}
	vote(1, 2)
	vote(0, 3)
	reserve(t, f, s, 0, 0)
	l := &teller{fails: 1}
	if n, err := s.TellVoted(ctx, l); err == nil || n != 0 {
		t.Fatalf("%d told, %v", n, err)
	}
	config.Store = lossy{store}
	if n, err := roll.NewService(config).TellVoted(ctx, l); err == nil || n != 0 || len(l.told) != 2 {
		t.Fatalf("%d told of %v, %v", n, l.told, err)
	}
	l.told = nil
	if n, err := s.TellVoted(ctx, l); err != nil || n != 2 || !slices.Equal(l.told, []roll.Place{{Urn: 0, Elector: 3}, {Urn: 1, Elector: 2}}) {
		t.Fatalf("%d told: %v, %v", n, l.told, err)
	}
	if n, err := s.TellVoted(ctx, l); err != nil || n != 0 {
		t.Fatalf("%d told twice, %v", n, err)
	}
	silent := f.Service(store)
	s = silent
	vote(0, 1)
	if n, err := s.TellVoted(ctx, l); err != nil || n != 0 {
		t.Fatalf("%d told where nobody is, %v", n, err)
	}
	held := reserve(t, f, roll.NewService(config), 0, 2)
	config.Store = store
	s = roll.NewService(config)
	done, err := s.Reconcile(ctx, urnThatSays(func(tokens []roll.Hash) (answers [][]byte) {
		for _, token := range tokens {
			var answer []byte
			if token == held {
				answer = f.Says(t, scrutin.Appended, 0, token)
			}
			answers = append(answers, answer)
		}
		return answers
	}), s.Now().Add(time.Hour))
	if n, told := s.TellVoted(ctx, l); err != nil || done.Marked != 1 || n != 1 || told != nil {
		t.Fatalf("%+v, %v: %d told, %v", done, err, n, told)
	}
}

// urnThatSays answers every question in one way.
type urnThatSays func(tokens []roll.Hash) [][]byte

func (u urnThatSays) Fate(_ context.Context, _ uint16, tokens []roll.Hash) ([][]byte, error) {
	return u(tokens), nil
}
func (u urnThatSays) Void(_ context.Context, _ uint16, tokens []roll.Hash) ([][]byte, error) {
	return u(tokens), nil
}
