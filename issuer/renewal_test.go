package issuer_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"isoloir/account/exchange"
	"isoloir/courier"
	"isoloir/issuer"
	"isoloir/issuer/issuertest"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// last is the code of the last message to an address.
func last(t testing.TB, b *issuertest.Bench, address string) string {
	t.Helper()
	for _, l := range b.Box.To(address) {
		if l.Kind == courier.Codes || l.Kind == courier.Renewal {
			return codeIn(t, l.Message)
		}
	}
	t.Fatalf("no code was sent to %s", address)
	return ""
}

// renewBy asks for a new code by an address, and does what is asked for.
func renewBy(t testing.TB, b *issuertest.Bench, typed string) (int, error) {
	t.Helper()
	if err := b.Ask(t.Context(), typed, false); err != nil {
		return 0, err
	}
	return b.Renewals(t.Context())
}

// The new code opens the new deposit before its message leaves, and the old one
// nothing any more.
func TestRenew(t *testing.T) {
	b := issuertest.New(t, fixture(t, 20), 0, nil)
	b.Mail(t)
	e, address := exchange.Elector{Urn: 1, Number: 7}, issuertest.Address(courier.Email, 1, 7)
	half := enrolled(t, b, 1)[7]
	old := last(t, b, address)
	before := len(b.Box.To(address))
	if n, err := renewBy(t, b, "  "+strings.ToUpper(address)+" "); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	if b.Roll.Last(e).Generation != 1 || opens(t, b, e, old, half) {
		t.Error("the old code still opens")
	}
	if len(b.Box.To(address)) != before {
		t.Error("the message left in the answer")
	}
	if n, err := renewBy(t, b, address); err != nil || n != 0 {
		t.Errorf("asked again while the message waits: %d, %v", n, err)
	}
	if _, err := b.Dispatch(t.Context(), courier.Email, nil); err != nil {
		t.Fatal(err)
	}
	fresh := last(t, b, address)
	if fresh == old || !opens(t, b, e, fresh, half) || b.Box.To(address)[0].Kind != courier.Renewal {
		t.Errorf("the new code %s does not open", fresh)
	}
	if n, err := renewBy(t, b, address); err != nil || n != 1 || b.Roll.Last(e).Generation != 2 {
		t.Errorf("the third one: %d, %v, %+v", n, err, b.Roll.Last(e))
	}
	if n, err := renewBy(t, b, "nobody@mail.example"); err != nil || n != 0 {
		t.Errorf("nobody: %d, %v", n, err)
	}
	if n, err := renewBy(t, b, ""); err != nil || n != 0 {
		t.Errorf("nothing: %d, %v", n, err)
	}
	if err := b.RenewReference(t.Context(), "R0-9"); err != nil || b.Roll.Last(exchange.Elector{Number: 9}).Generation != 1 {
		t.Errorf("by reference, a letter: %v", err)
	}
	if err := b.RenewReference(t.Context(), "R9-9"); !errors.Is(err, issuer.ErrUnknown) {
		t.Errorf("nobody by reference: %v", err)
	}
	b.Clock.Move(60 * 24 * time.Hour)
	if _, err := renewBy(t, b, address); !errors.Is(err, issuer.ErrClosed) {
		t.Errorf("after the vote: %v", err)
	}
	if err := b.RenewReference(t.Context(), "R1-7"); !errors.Is(err, issuer.ErrClosed) {
		t.Errorf("by reference after the vote: %v", err)
	}
}

// An address that nobody has costs the issuer what a known one does: from outside, its
// load is all that there is to see.
func TestRenewNobody(t *testing.T) {
	f := scrutintest.New(t, scrutintest.Options{Electors: 5, Edit: func(m *scrutin.Manifest) {
		issuertest.Cheap(m)
		m.Codes.MemoryKiB = 32 << 10
	}})
	b := issuertest.New(t, f, 0, nil)
	b.Mail(t)
	least := func(address string) time.Duration {
		shortest := time.Hour
		for range 4 {
			began := time.Now()
			if _, err := renewBy(t, b, address); err != nil {
				t.Fatal(err)
			}
			shortest = min(shortest, time.Since(began))
			if _, err := b.Dispatch(t.Context(), courier.Email, nil); err != nil {
				t.Fatal(err)
			}
		}
		return shortest
	}
	known, unknown := least(issuertest.Address(courier.Email, 1, 3)), least("nobody@mail.example")
	if unknown < known/3 {
		t.Errorf("a known address takes %v, an unknown one %v", known, unknown)
	}
}

// Before the first code has left there is none to renew; one that waits in the spool
// is not doubled.
func TestRenewTooEarly(t *testing.T) {
	b := issuertest.New(t, fixture(t, 20), 0, func(c *issuer.Config) { c.Plan.InformationFirst = false })
	b.Import(t)
	if err := b.RenewReference(t.Context(), "R1-7"); !errors.Is(err, issuer.ErrTooEarly) {
		t.Errorf("%v", err)
	}
	if _, err := b.Deposit(t.Context(), b.Roll, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := renewBy(t, b, issuertest.Address(courier.Email, 1, 7)); err != nil || n != 0 {
		t.Errorf("%d, %v", n, err)
	}
}

// As long as the roll does not have the deposit, the message waits.
func TestRenewWithoutRoll(t *testing.T) {
	b := issuertest.New(t, fixture(t, 20), 0, nil)
	b.Mail(t)
	address := issuertest.Address(courier.Email, 1, 7)
	before := len(b.Box.To(address))
	b.Roll.Fail = errors.New("no line")
	if _, err := renewBy(t, b, address); !errors.Is(err, b.Roll.Fail) {
		t.Errorf("%v", err)
	}
	if sum, err := b.Dispatch(t.Context(), courier.Email, nil); err != nil || sum.Sent != 0 || len(b.Box.To(address)) != before {
		t.Errorf("%+v, %v", sum, err)
	}
	b.Roll.Fail = nil
	if n, err := b.Deposit(t.Context(), b.Roll, nil); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
	if sum, err := b.Dispatch(t.Context(), courier.Email, nil); err != nil || sum.Sent != 1 {
		t.Errorf("%+v, %v", sum, err)
	}
}

// A corrected address gets what failed at the old one, and a new code where the old
// one was on its way.
func TestCorrectedBook(t *testing.T) {
	b := issuertest.New(t, fixture(t, 20), 0, nil)
	b.Mail(t)
	bounced := issuertest.Address(courier.Email, 1, 7)
	for _, l := range b.Box.To(bounced) {
		if found, err := b.Store.Report(t.Context(), l.Name, courier.Bounced); err != nil || !found {
			t.Fatalf("%v, %v", found, err)
		}
	}
	if lost, err := b.Store.Undelivered(t.Context(), courier.Codes); err != nil || len(lost) != 1 || lost[0].Reference != "R1-7" {
		t.Errorf("undelivered: %+v, %v", lost, err)
	}
	old := last(t, b, bounced)
	extract, books := issuertest.Books(b.Manifest, courier.Email)
	r, err := issuer.ReadBooks(b.Manifest, extract, books)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range r.People {
		if p.Reference == "R1-7" {
			r.People[i].Address = "new@mail.example"
		}
		if p.Reference == "R1-8" {
			r.People[i].Language = "es"
		}
	}
	moved, renewed, err := b.Station.Import(t.Context(), r)
	if err != nil || moved != 1 || renewed != 1 {
		t.Fatalf("%d moved, %d renewed, %v", moved, renewed, err)
	}
	if _, err := b.Deposit(t.Context(), b.Roll, nil); err != nil {
		t.Fatal(err)
	}
	if sum, err := b.Dispatch(t.Context(), courier.Email, nil); err != nil || sum.Sent != 2 {
		t.Errorf("%+v, %v", sum, err)
	}
	if got := b.Box.To("new@mail.example"); len(got) != 2 || last(t, b, "new@mail.example") == old {
		t.Errorf("%d messages to the new address, code %s", len(got), last(t, b, "new@mail.example"))
	}
	if moved, renewed, err := b.Station.Import(t.Context(), r); err != nil || moved+renewed != 0 {
		t.Errorf("the same book again: %d, %d, %v", moved, renewed, err)
	}
	r.People[3].Reference = "other"
	if _, _, err := b.Station.Import(t.Context(), r); !errors.Is(err, issuer.ErrOtherPeople) {
		t.Errorf("another reference: %v", err)
	}
	r.People = r.People[1:]
	if _, _, err := b.Station.Import(t.Context(), r); !errors.Is(err, issuer.ErrOtherPeople) {
		t.Errorf("an elector fewer: %v", err)
	}
}
