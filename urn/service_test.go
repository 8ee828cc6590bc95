package urn_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
	"isoloir/urn/sqlite"
	"isoloir/urn/urntest"
)

var ctx = context.Background()

func newStore(t testing.TB) urn.Store {
	t.Helper()
	dir := t.TempDir()
	s, err := sqlite.Open(ctx, filepath.Join(dir, "urn.db"), filepath.Join(dir, "keys"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Shut() })
	return s
}

func text(r *urn.Rules, kind string, value urn.Hash) scrutin.CastingText {
	return scrutin.CastingText{Kind: kind, Opening: scrutin.Digest(r.Opening), Urn: r.Name, Value: scrutin.Digest(value)}
}

// TestAuthorisations tries what is not the roll's word for this H(τ) in this urn.
func TestAuthorisations(t *testing.T) {
	f := urntest.New(t, urntest.Size{Urns: 2, Revotes: 1})
	s := f.Service(t, newStore(t))
	r, token, device := f.Rules[0], urntest.Token(), urntest.NewDevice()
	sign := func(c scrutin.CastingText, key note.Signer) []byte {
		b, err := scrutin.SignCasting(c, key)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	value := urn.Hash(scrutin.AuthorisationValue(scrutin.Digest(token), urntest.KeyOf(device)))
	otherRecord := text(r, scrutin.Authorisation, value)
	otherRecord.Opening[0] ^= 1
	b := f.Ballot(t, 0, 0, 0)
	good := f.RequestFrom(t, device, token, b)
	for name, authorisation := range map[string][]byte{
		"none":                        nil,
		"of another token":            f.Authorise(t, 0, urntest.Token(), device),
		"of another device":           f.Authorise(t, 0, token, urntest.NewDevice()),
		"of no device":                sign(text(r, scrutin.Authorisation, token), f.Roll),
		"of another urn":              f.Authorise(t, 1, token, device),
		"of another opening record":   sign(otherRecord, f.Roll),
		"signed by the urn":           sign(text(r, scrutin.Authorisation, value), f.Urn),
		"another text of the roll":    sign(text(r, scrutin.Marked, value), f.Roll),
		"the urn's own receipt":       sign(text(r, scrutin.Appended, token), f.Urn),
		"signed by both":              func() []byte { n, _ := note.Add(good.Authorisation, f.Urn); return n }(),
		"with its signature cut":      good.Authorisation[:len(good.Authorisation)-2],
		"with a letter changed in it": bytes.Replace(good.Authorisation, []byte("isoloir"), []byte("isoloiR"), 1),
	} {
		q := good
		q.Authorisation = authorisation
		if a := s.Append(ctx, []urn.AppendRequest{q}); !errors.Is(a[0].Err, urn.ErrAuthorisation) || a[0].Promise != nil || a[0].Receipt != nil {
			t.Errorf("%s: %v", name, a[0].Err)
		}
	}
	if n, err := s.Store.Pending(ctx, s.Scope); err != nil || len(n) > 0 {
		t.Fatalf("something is pending: %v, %v", n, err)
	}
	if a := s.Append(ctx, []urn.AppendRequest{good}); a[0].Err != nil {
		t.Fatal(a[0].Err)
	}
	later := f.Later(t, 0, 0, 1, 1, b.Hash())
	if a := s.Append(ctx, []urn.AppendRequest{f.Request(t, urntest.Token(), later)}); !errors.Is(a[0].Err, urn.ErrAuthorisation) {
		t.Errorf("a later ballot with an authorisation: %v", a[0].Err)
	}
	a := s.Append(ctx, []urn.AppendRequest{{Urn: 0, Ballot: later.Bytes()}})
	if a[0].Err != nil || a[0].Receipt != nil {
		t.Errorf("a later ballot: %v, receipt %q", a[0].Err, a[0].Receipt)
	}
	for name, q := range map[string]urn.AppendRequest{
		"a device's key": {Device: good.Device}, "a device's signature": {Signature: good.Signature}, "an H(τ)": {Token: token},
	} {
		q.Ballot = later.Bytes()
		if a := s.Append(ctx, []urn.AppendRequest{q}); !errors.Is(a[0].Err, urn.ErrAuthorisation) {
			t.Errorf("a later ballot with %s: %v", name, a[0].Err)
		}
	}
	if a := s.Append(ctx, []urn.AppendRequest{{Urn: 7, Ballot: later.Bytes()}}); !errors.Is(a[0].Err, urn.ErrUrn) {
		t.Errorf("an urn that is not there: %v", a[0].Err)
	}
}

// TestStolenAuthorisations has somebody take H(τ), T and the roll's word for them on
// their way, without the device's secret.
func TestStolenAuthorisations(t *testing.T) {
	f := urntest.New(t, urntest.Size{Urns: 2})
	s := f.Service(t, newStore(t))
	device, thief := urntest.NewDevice(), urntest.NewDevice()
	good := f.RequestFrom(t, device, urntest.Token(), f.Ballot(t, 0, 0, 0))
	accomplice := f.Ballot(t, 0, 1, 1)
	signed := func(edit func(c *scrutin.CastingText)) [64]byte {
		c := text(f.Rules[0], scrutin.Append, accomplice.Hash())
		edit(&c)
		return [64]byte(ed25519.Sign(device, []byte(c.Text())))
	}
	for name, c := range map[string]struct {
		want error
		edit func(q *urn.AppendRequest)
	}{
		"another ballot": {urn.ErrDevice, func(q *urn.AppendRequest) {}},
		"another ballot, own device": {urn.ErrAuthorisation, func(q *urn.AppendRequest) {
			q.Device, q.Signature = urntest.KeyOf(thief), f.Send(0, thief, accomplice.Hash())
		}},
		"own device's signature": {urn.ErrDevice, func(q *urn.AppendRequest) { q.Signature = f.Send(0, thief, accomplice.Hash()) }},
		"no signature":           {urn.ErrDevice, func(q *urn.AppendRequest) { q.Signature = [64]byte{} }},
		"signed for another urn": {urn.ErrDevice, func(q *urn.AppendRequest) { q.Signature = f.Send(1, device, accomplice.Hash()) }},
		"signed under another opening record": {urn.ErrDevice, func(q *urn.AppendRequest) {
			q.Signature = signed(func(c *scrutin.CastingText) { c.Opening[0] ^= 1 })
		}},
		"signed as a promise": {urn.ErrDevice, func(q *urn.AppendRequest) {
			q.Signature = signed(func(c *scrutin.CastingText) { c.Kind = scrutin.Promise })
		}},
		"a bit of the signature changed": {urn.ErrDevice, func(q *urn.AppendRequest) {
			q.Signature = f.Send(0, device, accomplice.Hash())
			q.Signature[40] ^= 1
		}},
	} {
		q := good
		q.Ballot = accomplice.Bytes()
		c.edit(&q)
		if a, err := urn.ParseAppendAnswer(s.ServeAppend(ctx, q.Bytes())); err != nil || !errors.Is(a.Err, c.want) || a.Receipt != nil {
			t.Errorf("%s: %v, %v, not %v", name, err, a.Err, c.want)
		}
	}
	if n, err := s.Store.Pending(ctx, s.Scope); err != nil || len(n) > 0 {
		t.Fatalf("something is pending: %v, %v", n, err)
	}
	first := s.Append(ctx, []urn.AppendRequest{good})[0]
	if first.Err != nil {
		t.Fatal(first.Err)
	}
	b, _ := urn.ParseBallot(good.Ballot, 1)
	again := s.Append(ctx, []urn.AppendRequest{f.RequestFrom(t, thief, good.Token, b)})[0]
	if again.Err != nil || !bytes.Equal(again.Bytes(), first.Bytes()) {
		t.Errorf("the same ballot from another device with the roll's word: %v", again.Err)
	}
	other := s.Append(ctx, []urn.AppendRequest{f.RequestFrom(t, thief, good.Token, accomplice)})[0]
	if !errors.Is(other.Err, urn.ErrSpent) {
		t.Errorf("another ballot from another device with the roll's word: %v", other.Err)
	}
}

// TestAnswers verifies what the urn signs, and that it always answers the same.
func TestAnswers(t *testing.T) {
	f := urntest.New(t, urntest.Size{Urns: 2})
	s := f.Service(t, newStore(t))
	var requests []urn.AppendRequest
	for i := range 6 {
		requests = append(requests, f.Request(t, urntest.Token(), f.Ballot(t, i%2, i, i)))
	}
	first := s.Append(ctx, requests)
	ask := func(when string) {
		for i, a := range s.Append(ctx, requests) {
			if a.Err != nil || !bytes.Equal(a.Promise, first[i].Promise) || !bytes.Equal(a.Receipt, first[i].Receipt) {
				t.Errorf("%s: request %d: another answer: %v", when, i, a.Err)
			}
		}
	}
	for i, a := range first {
		r := f.Rules[i%2]
		b, _ := urn.ParseBallot(requests[i].Ballot, 1)
		if err := scrutin.OpenCasting(a.Promise, text(r, scrutin.Promise, b.Hash()), f.Urn.Verifier()); err != nil {
			t.Error(err)
		}
		if err := scrutin.OpenCasting(a.Receipt, text(r, scrutin.Appended, requests[i].Token), f.Urn.Verifier()); err != nil {
			t.Error(err)
		}
	}
	ask("at once")
	unseen := urntest.Token()
	for range 2 {
		fates, err := s.Fate(ctx, 0, []urn.Hash{requests[0].Token, unseen})
		if err != nil || !bytes.Equal(fates[0], first[0].Receipt) || fates[1] != nil {
			t.Fatalf("fates %q, %v", fates, err)
		}
	}
	voids, err := s.Void(ctx, 0, []urn.Hash{requests[0].Token, unseen})
	if err != nil || !bytes.Equal(voids[0], first[0].Receipt) {
		t.Fatalf("voids %q, %v", voids, err)
	}
	if err := scrutin.OpenCasting(voids[1], text(f.Rules[0], scrutin.Voided, unseen), f.Urn.Verifier()); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := s.Close(ctx); err != nil {
			t.Fatal(err)
		}
		ask("after close")
	}
	if a := s.Append(ctx, []urn.AppendRequest{f.Request(t, urntest.Token(), f.Ballot(t, 0, 9, 0))}); !errors.Is(a[0].Err, urn.ErrClosed) {
		t.Errorf("append after close: %v", a[0].Err)
	}
	book := urn.NewBook()
	for u := range 2 {
		if c, err := f.Count(t, s, u, book); err != nil || c.Ballots != 3 {
			t.Errorf("urn %d: %+v, %v", u, c, err)
		}
	}
}

// TestWindow is exact to the instant.
func TestWindow(t *testing.T) {
	f := urntest.New(t, urntest.Size{})
	start := time.Date(2026, 12, 3, 8, 0, 0, 0, time.UTC)
	end := start.Add(time.Hour)
	now := start
	c := f.Config(newStore(t))
	c.Now = func() time.Time { return now }
	c.Open = func(at time.Time) bool { return !at.Before(start) && at.Before(end) }
	s, err := urn.NewService(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	for i, at := range []struct {
		time time.Time
		open bool
	}{{start.Add(-1), false}, {start, true}, {end.Add(-1), true}, {end, false}} {
		now = at.time
		a := s.Append(ctx, []urn.AppendRequest{f.Request(t, urntest.Token(), f.Ballot(t, 0, i, 0))})
		if at.open != (a[0].Err == nil) || !at.open && !errors.Is(a[0].Err, urn.ErrClosed) {
			t.Errorf("at %v: %v", now, a[0].Err)
		}
	}
}

// TestFlushSchedule follows the rule of 2k: every batch has at least k ballots.
func TestFlushSchedule(t *testing.T) {
	f := urntest.New(t, urntest.Size{Electors: 40, K: 4})
	s := f.Service(t, newStore(t))
	for i := range 37 {
		if a := s.Append(ctx, []urn.AppendRequest{f.Request(t, urntest.Token(), f.Ballot(t, 0, i, 0))}); a[0].Err != nil {
			t.Fatal(a[0].Err)
		}
		if i%3 == 0 {
			if _, err := s.Flush(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Close(ctx); err != nil {
		t.Fatal(err)
	}
	c, err := f.Count(t, s, 0, urn.NewBook())
	if err != nil || c.Ballots != 37 || c.Smallest < 4 || c.Batches < 4 {
		t.Errorf("%d ballots in %d batches of %d or more: %v", c.Ballots, c.Batches, c.Smallest, err)
	}
}

// sulky is a signer that fails as long as it is told to, as a remote one may.
type sulky struct {
	note.Signer
	mu    sync.Mutex
	fails bool
}

func (s *sulky) Sign(m []byte) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fails {
		return nil, errors.New("the signing service does not answer")
	}
	return s.Signer.Sign(m)
}

func (s *sulky) set(fails bool) { s.mu.Lock(); s.fails = fails; s.mu.Unlock() }

// TestSignerFails loses no ballot and signs nothing twice when the signer comes
// back.
func TestSignerFails(t *testing.T) {
	f := urntest.New(t, urntest.Size{})
	signer := &sulky{Signer: f.Urn}
	c := f.Config(newStore(t))
	c.Signer = signer
	s, err := urn.NewService(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	q := f.Request(t, urntest.Token(), f.Ballot(t, 0, 0, 0))
	signer.set(true)
	if a := s.Append(ctx, []urn.AppendRequest{q}); !errors.Is(a[0].Err, urn.ErrBusy) {
		t.Errorf("append: %v", a[0].Err)
	}
	if err := s.Close(ctx); err == nil {
		t.Error("closed without a signature")
	}
	signer.set(false)
	if a := s.Append(ctx, []urn.AppendRequest{q}); a[0].Err != nil {
		t.Errorf("append again: %v", a[0].Err)
	}
	if err := s.Close(ctx); err != nil {
		t.Error(err)
	}
	if c, err := f.Count(t, s, 0, urn.NewBook()); err != nil || c.Ballots != 1 {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestBackpressure fills the waiting room while the store stands still: who finds
// no room is told so when his time is up, and nothing of his is done.
func TestBackpressure(t *testing.T) {
	f := urntest.New(t, urntest.Size{Electors: 30})
	slow := &standing{Store: newStore(t), gate: make(chan struct{}), reached: make(chan struct{}, 30)}
	c := f.Config(slow)
	c.Waiting = 2
	s, err := urn.NewService(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	requests := make([]urn.AppendRequest, 30)
	for i := range requests {
		requests[i] = f.Request(t, urntest.Token(), f.Ballot(t, 0, i, 0))
	}
	short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	answers := make([]urn.AppendAnswer, len(requests))
	var wg sync.WaitGroup
	for i := range requests {
		wg.Go(func() { answers[i] = s.Append(short, requests[i:i+1])[0] })
		if i == 0 {
			<-slow.reached // from here on nobody shares a transaction with the first
		}
	}
	<-short.Done()
	time.Sleep(50 * time.Millisecond)
	close(slow.gate)
	wg.Wait()
	in := 0
	for i, a := range answers {
		if a.Err == nil {
			in++
		} else if !errors.Is(a.Err, urn.ErrBusy) {
			t.Errorf("request %d: %v", i, a.Err)
		}
	}
	pending, err := slow.Pending(ctx, s.Scope)
	if err != nil || in == 0 || in == len(requests) || pending[0] != in {
		t.Errorf("%d answered, %d pending: %v", in, pending[0], err)
	}
}

// standing is a store whose Append waits for the gate.
type standing struct {
	urn.Store
	gate, reached chan struct{}
}

func (s *standing) Append(ctx context.Context, scope urn.Scope, entries []urn.Entry) ([]error, error) {
	s.reached <- struct{}{}
	<-s.gate
	return s.Store.Append(ctx, scope, entries)
}
