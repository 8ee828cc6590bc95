package voter_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"
	"time"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/urn"
	"isoloir/urn/urntest"
	"isoloir/voter"
)

// thief sits between a device and the true services with a false certificate: he
// reads what passes, and may send something else on.
type thief struct {
	*election
	t        *testing.T
	reserved roll.ReserveRequest
	granted  roll.ReserveAnswer
	sent     urn.AppendRequest
	reserve  func(*roll.ReserveRequest)
	append   func(*urn.AppendRequest)
}

func (f *thief) ServeReserve(ctx context.Context, b []byte) []byte {
	q, err := roll.ParseReserveRequest(b)
	if err != nil {
		f.t.Error(err)
	}
	if f.reserved = q; f.reserve != nil {
		f.reserve(&q)
	}
	answer := f.roll.ServeReserve(ctx, q.Bytes())
	if f.granted, err = roll.ParseReserveAnswer(answer); err != nil {
		f.t.Error(err)
	}
	return answer
}

func (f *thief) ServeAppend(ctx context.Context, b []byte) []byte {
	q, err := urn.ParseAppendRequest(b)
	if err != nil {
		f.t.Error(err)
	}
	if f.sent = q; f.append != nil {
		f.append(&q)
	}
	return f.urn.ServeAppend(ctx, q.Bytes())
}

func (f *thief) ServeMark(ctx context.Context, b []byte) []byte { return f.roll.ServeMark(ctx, b) }

// TestStolenToken has a thief with an accomplice among the electors take τ and the
// authorisation out of the roll's answer: nothing that he can send is taken under it,
// and its owner votes and is marked with his own ballot.
func TestStolenToken(t *testing.T) {
	e := newElection(t, urntest.Size{Urns: 2, Electors: 20})
	r, u := openStores(t, t.TempDir())
	defer r.Shut()
	defer u.Shut()
	e.start(t, r, u, time.Now)
	own := urntest.NewDevice()
	for i, c := range []struct {
		name    string
		want    error
		reserve func(*roll.ReserveRequest)
		append  func(q *urn.AppendRequest, accomplice *urn.Ballot)
	}{
		{"an accomplice's ballot", urn.ErrDevice, nil, func(q *urn.AppendRequest, b *urn.Ballot) { q.Ballot = b.Bytes() }},
		{"with the thief's device", urn.ErrAuthorisation, nil, func(q *urn.AppendRequest, b *urn.Ballot) {
			q.Ballot, q.Device, q.Signature = b.Bytes(), urntest.KeyOf(own), e.Send(0, own, b.Hash())
		}},
		{"with the thief's signature", urn.ErrDevice, nil, func(q *urn.AppendRequest, b *urn.Ballot) {
			q.Ballot, q.Signature = b.Bytes(), e.Send(0, own, b.Hash())
		}},
		{"as a later ballot", urn.ErrCounter, nil, func(q *urn.AppendRequest, b *urn.Ballot) {
			q.Token, q.Device, q.Signature, q.Authorisation = urn.Hash{}, [32]byte{}, [64]byte{}, nil
			q.Ballot = bytes.Clone(b.Bytes())
			q.Ballot[67] = 1
		}},
		{"in the other urn", urn.ErrUrn, nil, func(q *urn.AppendRequest, b *urn.Ballot) { q.Urn = 1 }},
		{"the thief's device in the reservation", roll.ErrDevice, func(q *roll.ReserveRequest) { q.Device = urntest.KeyOf(own) }, nil},
	} {
		accomplice := e.Ballot(t, 0, 10+i, 1)
		f := &thief{election: e, t: t, reserve: c.reserve}
		if c.append != nil {
			f.append = func(q *urn.AppendRequest) { c.append(q, accomplice) }
		}
		victim := e.device(t, 0, i, 0)
		if err := victim.Cast(ctx, f, f); !errors.Is(err, c.want) || len(victim.Promise()) > 0 {
			t.Errorf("%s: %v, not %v", c.name, err, c.want)
		}
		if f.granted.Err == nil { // and once more when the vote is over
			taken := f.sent
			if err := victim.Cast(ctx, e.roll, e.urn); err != nil {
				t.Errorf("%s: its owner's vote: %v", c.name, err)
			}
			taken.Ballot = accomplice.Bytes()
			if a := e.urn.Append(ctx, []urn.AppendRequest{taken})[0]; !errors.Is(a.Err, urn.ErrDevice) {
				t.Errorf("%s: after the vote: %v", c.name, a.Err)
			}
			continue
		}
		if err := victim.Cast(ctx, e.roll, e.urn); err != nil {
			t.Errorf("%s: its owner's vote: %v", c.name, err)
		}
	}
	if err := e.urn.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if c, err := e.Count(t, e.urn, 0, urn.NewBook()); err != nil || c.Ballots != 6 {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestCarried has an elector who gives up his own vote bring in another one's
// ballot, caught on its way: it counts unchanged, he is marked for it, and its voter
// knows at once, since he gets no promise.
func TestCarried(t *testing.T) {
	e := newElection(t, urntest.Size{Electors: 5})
	r, u := openStores(t, t.TempDir())
	defer r.Shut()
	defer u.Shut()
	e.start(t, r, u, time.Now)
	carrier := urntest.NewDevice()
	s := roll.Statement{Manifest: e.Rules[0].Manifest, Opening: e.Rules[0].Opening, Urn: "urn-1", Elector: 1, Key: sigma.NewElement(group.MulBase(e.Secrets[0][1]))}
	reservation, err := s.Request(0, urntest.KeyOf(carrier), e.Secrets[0][1])
	if err != nil {
		t.Fatal(err)
	}
	granted := e.roll.Reserve(ctx, []roll.ReserveRequest{reservation})[0]
	victim, wire := e.device(t, 0, 0, 0), &thief{election: e, t: t}
	wire.append = func(q *urn.AppendRequest) {
		carried := *q
		carried.Token, carried.Authorisation = hashOf(granted.Token), granted.Authorisation
		carried.Device, carried.Signature = urntest.KeyOf(carrier), e.Send(0, carrier, victim.Receipt())
		a := e.urn.Append(ctx, []urn.AppendRequest{carried})[0]
		m := e.roll.Mark(ctx, []roll.MarkRequest{{ReserveRequest: reservation, Receipt: a.Receipt}})[0]
		if granted.Err != nil || a.Err != nil || m.Err != nil {
			t.Error(granted.Err, a.Err, m.Err)
		}
	}
	if err := victim.Cast(ctx, wire, wire); !errors.Is(err, urn.ErrVoted) || len(victim.Promise()) > 0 {
		t.Errorf("whose ballot was carried: %v", err)
	}
	if err := e.urn.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if done, err := e.roll.Settle(ctx, e.urn, time.Now().Add(time.Hour)); err != nil || done != (roll.Reconciliation{Released: 1}) {
		t.Errorf("settled: %+v, %v", done, err)
	}
	st, err := e.roll.Statement(ctx, 0, &bytes.Buffer{})
	if c, failed := e.Count(t, e.urn, 0, urn.NewBook()); err != nil || failed != nil || c.Ballots != 1 || st.Marks != 1 {
		t.Errorf("%+v, %+v, %v, %v", c, st, err, failed)
	}
}

// TestSecondDevice lets an elector begin on one device and vote on another: both have
// one τ, each an authorisation of its own, and one ballot comes in. (S004-19a)
func TestSecondDevice(t *testing.T) {
	e := newElection(t, urntest.Size{Electors: 5})
	r, u := openStores(t, t.TempDir())
	defer r.Shut()
	defer u.Shut()
	e.start(t, r, u, time.Now)
	first, second := e.device(t, 0, 0, 0), e.device(t, 0, 0, 1)
	one, two := &thief{election: e, t: t}, &thief{election: e, t: t}
	for d, f := range map[*voter.Device]*thief{first: one, second: two} {
		if err := d.Step(ctx, f, f); err != nil {
			t.Fatal(err)
		}
	}
	if one.reserved.Device == two.reserved.Device || one.granted.Token != two.granted.Token || bytes.Equal(one.granted.Authorisation, two.granted.Authorisation) {
		t.Error("two devices of one elector have not one τ, with a word of the roll for each")
	}
	two.append = func(q *urn.AppendRequest) { q.Authorisation = one.granted.Authorisation }
	if err := second.Cast(ctx, two, two); !errors.Is(err, urn.ErrAuthorisation) {
		t.Errorf("with the other device's authorisation: %v", err)
	}
	if err := second.Cast(ctx, e.roll, e.urn); err != nil {
		t.Fatal(err)
	}
	if err := first.Step(ctx, e.roll, e.urn); !errors.Is(err, urn.ErrSpent) {
		t.Errorf("the first device after the vote: %v", err)
	}
	if err := first.Cast(ctx, e.roll, e.urn); !errors.Is(err, roll.ErrMarked) {
		t.Errorf("the first device asks again: %v", err)
	}
}

// TestSentAgain wants a device to send the same bytes each time, so that who listens
// learns nothing from a repetition.
func TestSentAgain(t *testing.T) {
	e := newElection(t, urntest.Size{Electors: 5})
	r, u := openStores(t, t.TempDir())
	defer r.Shut()
	defer u.Shut()
	e.start(t, r, u, time.Now)
	deaf := &thief{election: e, t: t}
	deaf.append = func(q *urn.AppendRequest) { q.Urn = 9 }
	d := e.device(t, 0, 0, 0)
	var asked, sent [][]byte
	for range 2 {
		if err := d.Cast(ctx, deaf, deaf); !errors.Is(err, urn.ErrUrn) {
			t.Fatal(err)
		}
		asked, sent = append(asked, deaf.reserved.Bytes()), append(sent, deaf.sent.Bytes())
	}
	if !bytes.Equal(asked[0], asked[1]) || !bytes.Equal(sent[0], sent[1]) {
		t.Error("other bytes the second time")
	}
	text := scrutin.CastingText{Kind: scrutin.Append, Opening: scrutin.Digest(e.Rules[0].Opening), Urn: "urn-1", Value: scrutin.Digest(d.Receipt())}
	if !ed25519.Verify(deaf.sent.Device[:], []byte(text.Text()), deaf.sent.Signature[:]) {
		t.Error("the device's signature is not over the text append")
	}
}

// devices are the traces that votes would leave by their devices' keys, by what they
// are: the key, both signatures that it is in, and what the roll signed.
type devices map[string][]byte

// heard adds what one vote sent.
func (d devices) heard(elector int, f *thief) {
	q, token := f.sent, f.sent.Token
	value := sha256.Sum256(append(token[:], q.Device[:]...))
	for kind, b := range map[string][]byte{"T": q.Device[:], "the signature on T": f.reserved.DeviceSignature[:32], "the signature under T": q.Signature[:32],
		"the authorisation": value[:]} {
		d[fmt.Sprint(kind, " of elector ", elector)] = b
	}
}

// in says which of them stand in the evidence, as bytes or in hexadecimal.
func (d devices) in(e *evidence) (found []string) {
	raw := bytes.Clone(e.log)
	for _, b := range e.files {
		raw = append(raw, b...)
	}
	seen := map[[8]byte]bool{}
	for at := 0; at+8 <= len(raw); at++ {
		seen[[8]byte(raw[at:])] = true
	}
	for what, b := range d {
		for _, needle := range [][]byte{b, fmt.Appendf(nil, "%x", b)} {
			if seen[[8]byte(needle)] && bytes.Contains(raw, needle) {
				found = append(found, what)
			}
		}
	}
	return found
}
