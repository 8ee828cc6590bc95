package voter_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"isoloir/custody/deputy"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
	"isoloir/urn/urntest"
	"isoloir/voter"
)

// Two processes of each role over one store, each with a deputy of its own who is renewed in mid-vote: a device may meet any of them at any step.
func TestTwoProcesses(t *testing.T) {
	e, now := newElection(t, urntest.Size{Electors: 4}), time.Date(2026, 12, 3, 23, 59, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	rolls, urns := openStores(t, t.TempDir())
	t.Cleanup(func() { _ = errors.Join(rolls.Shut(), urns.Shut()) })
	var deputies []*deputy.Signer
	speaker := func(own *note.PrivateKey, role string) note.Signer {
		s, err := deputy.Open(deputy.Config{Own: own, Role: role, Opening: scrutin.Digest(e.Rules[0].Opening), Keep: func(string, []byte) error { return nil }, Now: clock})
		if err != nil {
			t.Fatal(err)
		}
		deputies = append(deputies, s)
		return s
	}
	var rollAt []*roll.Service
	var urnAt []*urn.Service
	for range 2 {
		rollAt = append(rollAt, roll.NewService(roll.Config{Store: rolls, Scope: roll.Scope(e.Scope), Rules: e.rollRules, Signer: speaker(e.Roll, scrutin.RoleRoll), Urn: e.Urn.Verifier(),
			Open: func(time.Time) bool { return true }, Now: clock}))
		c := e.Config(urns)
		c.Signer, c.Now = speaker(e.Urn, scrutin.RoleUrn), clock
		u, err := urn.NewService(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		urnAt = append(urnAt, u)
	}
	for i := range 4 { // every step by another process than the one before, or by the same
		d := e.device(t, 0, i, 0)
		d.Now = clock
		for _, at := range []int{i & 1, i >> 1, (i ^ 1) & 1} {
			if err := d.Step(ctx, rollAt[at], urnAt[at]); err != nil {
				t.Fatal(err)
			}
			if i == 1 && d.Stage() == voter.Reserved {
				now = now.Add(2 * time.Minute) // a day begins
				for _, s := range deputies {
					if err := s.Renew(); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		if d.Stage() != voter.Marked || !bytes.Contains(d.Promise(), []byte("\nisoloir/v1/deputy\n")) || !bytes.Contains(d.Mark(), []byte("\nisoloir/v1/deputy\n")) {
			t.Errorf("elector %d stands at %d", i, d.Stage())
		}
	}
}

// A device whose authorisation is over when it comes back asks for it again; what it is told by a deputy of another week it does not believe.
func TestOver(t *testing.T) {
	e, now := newElection(t, urntest.Size{Electors: 2}), time.Date(2026, 12, 3, 8, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	rolls, urns := openStores(t, t.TempDir())
	t.Cleanup(func() { _ = errors.Join(rolls.Shut(), urns.Shut()) })
	e.start(t, rolls, urns, clock)
	s, err := deputy.Open(deputy.Config{Own: e.Roll, Role: scrutin.RoleRoll, Opening: scrutin.Digest(e.Rules[0].Opening), Keep: func(string, []byte) error { return nil }, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	e.roll.Signer = s
	c := e.Config(urns)
	c.Now = clock
	if e.urn, err = urn.NewService(ctx, c); err != nil {
		t.Fatal(err)
	}
	d := e.device(t, 0, 0, 0)
	d.Now = clock
	if err := d.Step(ctx, e.roll, e.urn); err != nil {
		t.Fatal(err)
	}
	now = now.AddDate(0, 0, 4)
	if err := d.Step(ctx, e.roll, e.urn); !errors.Is(err, urn.ErrAuthorisation) || d.Stage() != voter.Made {
		t.Fatalf("%v, at %d", err, d.Stage())
	}
	if err := d.Step(ctx, e.roll, e.urn); !errors.Is(err, roll.ErrBusy) {
		t.Errorf("nobody serves: %v", err)
	}
	if err := s.Renew(); err != nil {
		t.Fatal(err)
	}
	d.Now = func() time.Time { return now.AddDate(0, 0, -7) }
	if err := d.Step(ctx, e.roll, e.urn); errors.Is(err, voter.ErrAnswer) || !errors.Is(err, voter.ErrClocks) {
		t.Errorf("a deputy of next week: %v", err)
	}
	d.Now = clock
	if err := d.Cast(ctx, e.roll, e.urn); err != nil {
		t.Error(err)
	}
}

// A deputy of the urn that is withdrawn between append and mark costs no mark: the device fetches the same receipt by another deputy, or is told that it
// was marked meanwhile.
func TestWithdrawnBetween(t *testing.T) {
	e, now := newElection(t, urntest.Size{Electors: 3}), time.Date(2026, 12, 3, 8, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	rolls, urns := openStores(t, t.TempDir())
	t.Cleanup(func() { _ = errors.Join(rolls.Shut(), urns.Shut()) })
	var stolen [][32]byte
	withdrawn := func(role string, key [32]byte) bool { return role == scrutin.RoleUrn && slices.Contains(stolen, key) }
	s, err := deputy.Open(deputy.Config{Own: e.Urn, Role: scrutin.RoleUrn, Opening: scrutin.Digest(e.Rules[0].Opening), Keep: func(string, []byte) error { return nil },
		Withdrawn: withdrawn, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	c := e.Config(urns)
	c.Signer, c.Now = s, clock
	if e.urn, err = urn.NewService(ctx, c); err != nil {
		t.Fatal(err)
	}
	e.roll = roll.NewService(roll.Config{Store: rolls, Scope: roll.Scope(e.Scope), Rules: e.rollRules, Signer: e.Roll, Urn: e.Urn.Verifier(), Withdrawn: withdrawn,
		Open: func(time.Time) bool { return true }, Now: clock})
	var devices []*voter.Device
	for i := range 2 {
		d := e.device(t, 0, i, 0)
		d.Now = clock
		for d.Stage() < voter.Appended {
			if err := d.Step(ctx, e.roll, e.urn); err != nil {
				t.Fatal(err)
			}
		}
		devices = append(devices, d)
	}
	acting, err := s.Deputy()
	if err != nil {
		t.Fatal(err)
	}
	stolen = append(stolen, acting.Key)
	if err := s.Renew(); err != nil {
		t.Fatal(err)
	}
	before := devices[0].Promise()
	if err := devices[0].Step(ctx, e.roll, e.urn); err != nil || devices[0].Stage() != voter.Marked || bytes.Equal(before, devices[0].Promise()) {
		t.Errorf("%v, at %d", err, devices[0].Stage())
	}
	if done, err := e.roll.Reconcile(ctx, voter.RemoteUrn(func(ctx context.Context, q []byte) ([]byte, error) { return e.urn.ServeFate(ctx, q), nil }), now.Add(time.Hour)); err != nil || done.Marked != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	if err := devices[1].Cast(ctx, e.roll, e.urn); err != nil {
		t.Errorf("marked meanwhile: %v", err)
	}
}

// refusing is an urn that takes no authorisation.
type refusing struct{}

func (refusing) ServeAppend(context.Context, []byte) []byte {
	return urn.AppendAnswer{Err: urn.ErrAuthorisation}.Bytes()
}

// Whose clock differs when the urn promises keeps the promise, and where his authorisation is over since, and he was marked, has his mark.
func TestPromiseKept(t *testing.T) {
	e, now := newElection(t, urntest.Size{Electors: 2}), time.Date(2026, 12, 3, 8, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	rolls, urns := openStores(t, t.TempDir())
	t.Cleanup(func() { _ = errors.Join(rolls.Shut(), urns.Shut()) })
	e.start(t, rolls, urns, clock)
	s, err := deputy.Open(deputy.Config{Own: e.Urn, Role: scrutin.RoleUrn, Opening: scrutin.Digest(e.Rules[0].Opening), Keep: func(string, []byte) error { return nil }, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	c := e.Config(urns)
	c.Signer, c.Now = s, clock
	if e.urn, err = urn.NewService(ctx, c); err != nil {
		t.Fatal(err)
	}
	d := e.device(t, 0, 0, 0)
	d.Now = func() time.Time { return now.AddDate(0, 0, 7) }
	if err := d.Step(ctx, e.roll, e.urn); err != nil {
		t.Fatal(err)
	}
	if err := d.Step(ctx, e.roll, e.urn); !errors.Is(err, voter.ErrClocks) || errors.Is(err, voter.ErrAnswer) || d.Stage() != voter.Reserved || d.Promise() == nil {
		t.Fatalf("%v, at %d", err, d.Stage())
	}
	if err := d.Step(ctx, e.roll, refusing{}); !errors.Is(err, urn.ErrAuthorisation) || d.Stage() != voter.Made || d.Promise() == nil {
		t.Fatalf("%v, at %d", err, d.Stage())
	}
	if done, err := e.roll.Reconcile(ctx, voter.RemoteUrn(func(ctx context.Context, q []byte) ([]byte, error) { return e.urn.ServeFate(ctx, q), nil }), now.Add(time.Hour)); err != nil || done.Marked != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	if err := d.Cast(ctx, e.roll, e.urn); err != nil || d.Stage() != voter.Marked {
		t.Errorf("%v, at %d", err, d.Stage())
	}
}
