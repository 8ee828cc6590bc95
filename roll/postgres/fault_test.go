package postgres_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"isoloir/roll"
	"isoloir/roll/login"
	"isoloir/roll/postgres"
	"isoloir/roll/rolltest"
	"isoloir/scrutin"
)

// commit ends the backend at the commit of each write, once before it happened and
// once after: the caller is answered as if nothing had been, and all is there once.
func commit(t *testing.T, c *cluster) {
	for _, fault := range []string{"cut", "lost"} {
		t.Run(fault, func(t *testing.T) {
			s := c.open(t, fault)
			defer s.Shut()
			strike := func(table string, do func() error) {
				t.Helper()
				run := func() {
					if err := do(); err != nil {
						t.Errorf("%s: %v", table, err)
					}
				}
				if fault == "cut" {
					c.CutCommit(t, c.copies[fault], table, "roll_service", run)
				} else {
					c.LoseAnswer(t, "roll_service", run)
				}
			}
			all := reservations(9)
			strike("reservation", func() error {
				got, err := s.Reserve(ctx, scope, all)
				for i, o := range got {
					if o.Token != all[i].Token {
						err = errors.Join(err, fmt.Errorf("elector %d has another authorisation", i))
					}
				}
				return err
			})
			strike("mark", func() error {
				got, err := s.Mark(ctx, scope, []roll.Marking{marking(all[0]), marking(all[1])})
				for i, o := range got {
					if o.Signature != all[i].Signature {
						err = errors.Join(err, o.Err, fmt.Errorf("elector %d has another mark", i))
					}
				}
				return err
			})
			strike("untold", func() error { return s.Told(ctx, scope, []roll.Place{{Elector: 1}}) })
			strike("held", func() error { return s.Release(ctx, scope, []roll.Marking{marking(all[2])}) })
			strike("batch", func() error { return s.Forget(ctx) })
			strike("login", func() error { return s.Deposit(ctx, scope, []roll.Deposit{{Issuer: 0}, {Issuer: 1}}) })
			session := login.Session{ID: roll.Hash{1}, Challenge: [16]byte{1}, Expires: 1000}
			strike("session", func() error {
				got, err := s.Begin(ctx, scope, []login.Session{session})
				return errors.Join(append(got, err)...)
			})
			strike("session", func() error {
				got, err := s.Change(ctx, scope, []login.Change{{ID: session.ID, Do: func(s *login.Session) { s.Tries++ }}})
				return errors.Join(append(got, err)...)
			})
			if got, err := s.Session(ctx, scope, session.ID); err != nil || got.Tries != 1 {
				t.Errorf("%+v, %v", got, err)
			}
			links := 0
			if err := s.Chain(ctx, scope, 0, func(roll.DatedMark) error { links++; return nil }); err != nil || links != 2 {
				t.Errorf("%d links, %v", links, err)
			}
			if held, err := s.Held(ctx, scope, 0, time.Now(), -1, 100); err != nil || len(held) != 6 {
				t.Errorf("%d held, %v", len(held), err)
			}
			if untold, err := s.Untold(ctx, scope, 9); err != nil || !slices.Equal(untold, []roll.Place{{Elector: 0}}) {
				t.Errorf("untold %v, %v", untold, err)
			}
			electors := func(yield func(roll.Elector, error) bool) {
				_ = yield(roll.Elector{Number: 0, Reference: "a"}, nil) && yield(roll.Elector{Number: 1, Reference: "b"}, nil)
			}
			strike("elector", func() error {
				err := s.Import(ctx, scope, electors)
				if fault == "cut" && errors.Is(err, roll.ErrBusy) { // the electors come but once
					return s.Import(ctx, scope, electors)
				}
				return err
			})
		})
	}
}

// TestCrash has electors reserve and be marked through two services while the server
// stops at once, as in a crash, and starts again, and while backends are ended, and
// while authorisations are sealed again: each has one authorisation and one mark.
func TestCrash(t *testing.T) {
	c := start(t)
	const electors = 120
	f := rolltest.New(t, 2, electors/2)
	var stores []*postgres.Store
	var services []*roll.Service
	for range 2 {
		s := c.open(t, "crash")
		defer s.Shut()
		stores, services = append(stores, s), append(services, f.Service(s))
	}
	var casting, forgetting sync.WaitGroup
	stop := make(chan struct{})
	for w := range 12 {
		casting.Go(func() {
			for i := w; i < electors; i += 12 {
				q := f.Request(t, i%2, i/2)
				var tokens []roll.Hash
				for step := 0; step < 3; {
					service := services[rand.N(2)]
					var err error
					if step < 2 {
						a := service.Reserve(ctx, []roll.ReserveRequest{q})[0]
						if err = a.Err; err == nil {
							tokens = append(tokens, rolltest.HashOf(a.Token))
						}
					} else {
						err = service.Mark(ctx, []roll.MarkRequest{{ReserveRequest: q, Receipt: f.Says(t, scrutin.Appended, i%2, tokens[0])}})[0].Err
					}
					if err == nil {
						step++
					} else if !errors.Is(err, roll.ErrBusy) {
						t.Errorf("elector %d: %v", i, err)
						return
					}
				}
				if tokens[0] != tokens[1] {
					t.Errorf("elector %d has two authorisations", i)
				}
				time.Sleep(rand.N(40 * time.Millisecond))
			}
		})
	}
	for _, s := range stores {
		forgetting.Go(func() {
			for {
				if err := s.Forget(ctx); err != nil {
					t.Log("forget: ", err)
				}
				select {
				case <-stop:
					return
				case <-time.After(50 * time.Millisecond):
				}
			}
		})
	}
	for range 2 {
		time.Sleep(120 * time.Millisecond)
		c.Terminate(t, "roll_service")
		time.Sleep(120 * time.Millisecond)
		c.Stop(t, syscall.SIGQUIT)
		c.Run(t)
	}
	casting.Wait()
	close(stop)
	forgetting.Wait()
	for urn := range uint16(2) {
		links := 0
		if err := stores[0].Chain(ctx, f.Scope, urn, func(roll.DatedMark) error { links++; return nil }); err != nil || links != electors/2 {
			t.Errorf("urn %d: %d links, %v", urn, links, err)
		}
		if held, err := stores[1].Held(ctx, f.Scope, urn, time.Now().Add(time.Hour), -1, 10); err != nil || len(held) > 0 {
			t.Errorf("urn %d: still held %v, %v", urn, held, err)
		}
	}
}
