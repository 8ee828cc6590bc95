package issuer_test

import (
	"path/filepath"
	"testing"
	"time"

	"isoloir/account/exchange"
	"isoloir/courier"
	"isoloir/issuer"
	"isoloir/issuer/issuertest"
	"isoloir/issuer/sqlite"
)

// What was asked for before the process ended, without another word, is done by the
// next one, once; a request by nobody's address leaves as little behind.
func TestAskedOutlivesTheProcess(t *testing.T) {
	b := issuertest.New(t, fixture(t, 20), 0, nil)
	b.Mail(t)
	for _, address := range []string{issuertest.Address(courier.Email, 1, 7), "nobody@mail.example", issuertest.Address(courier.Email, 1, 7)} {
		if err := b.Ask(t.Context(), address, false); err != nil {
			t.Fatal(err)
		}
	}
	// The first process still holds the file: nothing was written at its end.
	next, err := sqlite.Open(t.Context(), filepath.Join(b.Dir, "issuer.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer next.Shut()
	c := b.Config
	c.Store = next
	s, err := issuer.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := next.Asked(t.Context()); err != nil || n != 1 {
		t.Errorf("%d electors wait, %v", n, err)
	}
	for _, want := range []int{1, 0} {
		if n, err := s.Renewals(t.Context()); err != nil || n != want {
			t.Errorf("%d renewed, not %d: %v", n, want, err)
		}
	}
	if n, err := next.Asked(t.Context()); err != nil || n != 0 || b.Roll.Last(exchange.Elector{Urn: 1, Number: 7}).Generation != 1 {
		t.Errorf("%d electors wait, %v", n, err)
	}
}

// Whoever asks for everybody's codes gets sixty of them renewed in an hour; the others
// are told nothing else and wait, and the help desk's people go first.
func TestPaceOfRenewals(t *testing.T) {
	b := issuertest.New(t, fixture(t, 120), 0, nil)
	b.Mail(t)
	ask := func(e int, desk bool) {
		if err := b.Ask(t.Context(), issuertest.Address(courier.Email, 1, e), desk); err != nil {
			t.Fatal(err)
		}
	}
	renewals := func(want, left int) {
		t.Helper()
		if n, err := b.Renewals(t.Context()); err != nil || n != want {
			t.Errorf("%d renewed, not %d: %v", n, want, err)
		}
		if n, err := b.Store.Asked(t.Context()); err != nil || n != left {
			t.Errorf("%d wait, not %d: %v", n, left, err)
		}
	}
	for e := range 100 {
		ask(e, false)
	}
	for e := 100; e < 110; e++ {
		ask(e, true)
	}
	renewals(60, 50)
	for e, want := range map[int]uint32{109: 1, 100: 1, 0: 1, 49: 1, 50: 0, 99: 0} {
		if got := b.Roll.Last(exchange.Elector{Urn: 1, Number: uint32(e)}).Generation; got != want {
			t.Errorf("elector %d has the generation %d, not %d", e, got, want)
		}
	}
	if err := b.Ask(t.Context(), "nobody@mail.example", false); err != nil {
		t.Fatal(err)
	}
	b.Clock.Move(59 * time.Minute)
	renewals(0, 50)
	b.Clock.Move(time.Minute)
	for e := 60; e < 80; e++ { // asking twice takes nobody's place
		ask(e, false)
	}
	renewals(50, 0)
}

// More requests than may wait are refused, whoever asks.
func TestAskedTooOften(t *testing.T) {
	b := issuertest.New(t, fixture(t, 20), 0, nil)
	b.Import(t)
	for range 3 {
		if err := b.Store.Ask(t.Context(), "nobody@mail.example", false, 3); err != nil {
			t.Fatal(err)
		}
	}
	for _, address := range []string{"nobody@mail.example", issuertest.Address(courier.Email, 1, 7)} {
		if err := b.Store.Ask(t.Context(), address, true, 3); err == nil {
			t.Errorf("%s is taken", address)
		}
	}
}
