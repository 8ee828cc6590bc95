package urn_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/urn"
	"isoloir/urn/urntest"
)

// sent is the message by which a ballot reaches an urn without a roll.
func sent(b *urn.Ballot) urn.AppendRequest {
	return urn.AppendRequest{Urn: b.Urn(), Ballot: b.Bytes()}
}

// TestUnrolled casts where there is no roll: the ballot's own proof is all that is asked,
// and anything else that comes with it is refused.
func TestUnrolled(t *testing.T) {
	f := urntest.New(t, urntest.Size{Urns: 2, Revotes: 1, Register: true})
	s := f.Service(t, newStore(t))
	b := f.Ballot(t, 0, 0, 0)
	rolled := f.Request(t, urntest.Token(), b)
	for name, edit := range map[string]func(q *urn.AppendRequest){
		"as in an election":    func(q *urn.AppendRequest) { *q = rolled },
		"with a token":         func(q *urn.AppendRequest) { q.Token = urntest.Token() },
		"with a device":        func(q *urn.AppendRequest) { q.Device[0] = 1 },
		"with a signature":     func(q *urn.AppendRequest) { q.Signature[0] = 1 },
		"with the roll's word": func(q *urn.AppendRequest) { q.Authorisation = rolled.Authorisation },
	} {
		q := sent(b)
		edit(&q)
		if a := s.Append(ctx, []urn.AppendRequest{q}); !errors.Is(a[0].Err, urn.ErrAuthorisation) {
			t.Errorf("%s: %v", name, a[0].Err)
		}
	}
	stranger := urntest.New(t, urntest.Size{Register: true}) // of another scrutin
	forged := bytes.Clone(b.Bytes())
	forged[len(forged)-1] ^= 1
	for name, c := range map[string]struct {
		ballot []byte
		want   urn.Refusal
	}{
		"of another scrutin": {stranger.Ballot(t, 0, 0, 0).Bytes(), urn.ErrOpening},
		"with a false proof": {forged, urn.ErrProof},
	} {
		if a := s.Append(ctx, []urn.AppendRequest{{Ballot: c.ballot}}); !errors.Is(a[0].Err, c.want) {
			t.Errorf("%s: %v, not %v", name, a[0].Err, c.want)
		}
	}
	a := s.Append(ctx, []urn.AppendRequest{sent(b), sent(b), sent(f.Ballot(t, 0, 0, 1))})
	if a[0].Err != nil || a[1].Err != nil || a[0].Receipt != nil || a[0].Promise == nil {
		t.Errorf("the first ballot, and again: %v %v", a[0].Err, a[1].Err)
	}
	if !errors.Is(a[2].Err, urn.ErrVoted) {
		t.Errorf("another first ballot: %v", a[2].Err)
	}
	last := f.Later(t, 0, 0, 1, 1, b.Hash())
	if a := s.Append(ctx, []urn.AppendRequest{sent(last), sent(f.Later(t, 0, 0, 1, 2, last.Hash()))}); a[0].Err != nil || !errors.Is(a[1].Err, urn.ErrCounter) {
		t.Errorf("the last that the manifest allows, and one more: %v %v", a[0].Err, a[1].Err)
	}
	if err := s.Close(ctx); err != nil {
		t.Fatal(err)
	}
	count, err := f.Count(t, s, 0, urn.NewBook())
	if err != nil || count.Size != 2 || count.Voters != 1 || count.Ballots != 1 {
		t.Errorf("two ballots of one account: %+v %v", count, err)
	}
}

// TestSupervised: a ballot cast at a terminal counts before all others of its account,
// whichever came last, and is what the terminal says and nobody else.
func TestSupervised(t *testing.T) {
	f := urntest.New(t, urntest.Size{Revotes: 2, Register: true})
	s := f.Service(t, newStore(t))
	at := func(elector int, place uint32, previous urn.Hash) urn.AppendRequest {
		b := f.Later(t, 0, elector, 1, urn.SupervisedCounter+place, previous)
		v := urn.NewVouch(f.Rules[0], f.Terminal, b.Hash())
		q := sent(b)
		q.Device, q.Signature = v.Terminal, v.Signature
		return q
	}
	good := at(0, 0, urn.Hash{})
	for name, c := range map[string]struct {
		edit func(q *urn.AppendRequest)
		want error
	}{
		"signed by nobody": {func(q *urn.AppendRequest) { q.Device, q.Signature = [32]byte{}, [64]byte{} }, urn.ErrDevice},
		"signed by no terminal": {func(q *urn.AppendRequest) {
			d := urntest.NewDevice()
			v := urn.NewVouch(f.Rules[0], d, urn.Hash{})
			q.Device, q.Signature = v.Terminal, v.Signature
		}, urn.ErrDevice},
		"signed for another ballot":   {func(q *urn.AppendRequest) { q.Signature = at(1, 0, urn.Hash{}).Signature }, urn.ErrDevice},
		"with an authorisation":       {func(q *urn.AppendRequest) { q.Authorisation = []byte("x") }, urn.ErrAuthorisation},
		"another's ballot, a token":   {func(q *urn.AppendRequest) { q.Token[0] = 1 }, urn.ErrAuthorisation},
		"beyond the highest counter":  {func(q *urn.AppendRequest) { *q = at(0, 3, urn.Hash{1}) }, urn.ErrCounter},
		"cast elsewhere, and vouched": {func(q *urn.AppendRequest) { q.Ballot = f.Ballot(t, 0, 0, 0).Bytes() }, urn.ErrAuthorisation},
	} {
		q := good
		c.edit(&q)
		if a := s.Append(ctx, []urn.AppendRequest{q}); !errors.Is(a[0].Err, c.want) {
			t.Errorf("%s: %v, not %v", name, a[0].Err, c.want)
		}
	}
	first, other := f.Ballot(t, 0, 0, 0), f.Ballot(t, 0, 1, 0)
	for _, q := range []urn.AppendRequest{sent(first), good, sent(f.Later(t, 0, 0, 2, 1, first.Hash())), sent(other)} {
		if a := s.Append(ctx, []urn.AppendRequest{q}); a[0].Err != nil {
			t.Fatal(a[0].Err)
		}
	}
	if err := s.Close(ctx); err != nil {
		t.Fatal(err)
	}
	count, err := f.Count(t, s, 0, urn.NewBook())
	if err != nil || count.Size != 4 || count.Voters != 2 || count.Types[urn.Supervised] != 1 {
		t.Fatalf("%+v %v", count, err)
	}
	e, _ := urn.ReadEnvelope(good.Ballot)
	if !bytes.Contains(count.Counted[0], e.Ciphertexts()) || !bytes.Contains(count.Counted[0], other.Ciphertexts()) || bytes.Contains(count.Counted[0], first.Ciphertexts()) {
		t.Error("what counts is not the supervised ballot")
	}
	a := s.Receipt(ctx, e.Hash())
	if _, err := a.Verify(e.Hash(), f.Rules[0], f.Urn.Verifier()); err != nil {
		t.Errorf("its receipt: %v", err)
	}
	closed := urntest.New(t, urntest.Size{Revotes: 1})
	if a := closed.Service(t, newStore(t)).Append(ctx, []urn.AppendRequest{sent(closed.Later(t, 0, 0, 0, urn.SupervisedCounter, urn.Hash{}))}); !errors.Is(a[0].Err, urn.ErrCounter) {
		t.Errorf("where the manifest knows no terminal: %v", a[0].Err)
	}
}

// TestNoTokenIsNoAuthorisation: a roll that signs for a token of zeros gets no ballot in
// that no token counts.
func TestNoTokenIsNoAuthorisation(t *testing.T) {
	f := urntest.New(t, urntest.Size{})
	s := f.Service(t, newStore(t))
	if a := s.Append(ctx, []urn.AppendRequest{f.Request(t, urn.Hash{}, f.Ballot(t, 0, 0, 0))}); !errors.Is(a[0].Err, urn.ErrAuthorisation) {
		t.Error(a[0].Err)
	}
}

// TestChain asks how an account's ballots stand: its owner is told, and nobody else, nor
// by a question that was asked before.
func TestChain(t *testing.T) {
	f := urntest.New(t, urntest.Size{Urns: 2, Revotes: 3, Register: true})
	c := f.Config(newStore(t))
	now := time.Date(2026, 12, 3, 8, 0, 0, 0, time.UTC)
	c.Now = func() time.Time { return now }
	s, err := urn.NewService(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(number, elector int) urn.ChainRequest {
		q, err := urn.NewChainRequest(f.Rules[number], f.Secrets[number][elector], now)
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	answer := func(q urn.ChainRequest) urn.ChainAnswer {
		a, err := urn.ParseChainAnswer(s.ServeChain(ctx, q.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if a := answer(ask(0, 0)); a.Err != nil || a.Cast.Ballots != 0 {
		t.Fatalf("who has not voted: %+v", a)
	}
	b := f.Ballot(t, 0, 0, 0)
	if a := s.Append(ctx, []urn.AppendRequest{sent(b)}); a[0].Err != nil {
		t.Fatal(a[0].Err)
	}
	if a := answer(ask(0, 0)); a.Err != nil || a.Cast.Ballots != 1 || a.Cast.Last != b.Hash() {
		t.Fatalf("who has: %+v", a)
	}
	victim := ask(0, 0)
	for name, c := range map[string]struct {
		edit func(q *urn.ChainRequest)
		want error
	}{
		"of another urn's keys":     {func(q *urn.ChainRequest) { q.Urn = 1 }, urn.ErrAccount},
		"of no urn":                 {func(q *urn.ChainRequest) { q.Urn = 7 }, urn.ErrUrn},
		"of somebody else's key":    {func(q *urn.ChainRequest) { q.Account = ask(0, 1).Account }, urn.ErrProof},
		"by another's proof":        {func(q *urn.ChainRequest) { q.Proof = ask(0, 1).Proof }, urn.ErrProof},
		"of another second":         {func(q *urn.ChainRequest) { q.Asked++ }, urn.ErrProof},
		"of a key that is nobody's": {func(q *urn.ChainRequest) { q.Account = sigma.NewElement(group.MulBase(group.RandomScalar())) }, urn.ErrAccount},
	} {
		q := victim
		c.edit(&q)
		if a := answer(q); !errors.Is(a.Err, c.want) {
			t.Errorf("%s: %v, not %v", name, a.Err, c.want)
		}
	}
	now = now.Add(6 * time.Minute)
	if a := answer(victim); !errors.Is(a.Err, urn.ErrClock) {
		t.Errorf("six minutes later: %v", a.Err)
	}
	now = now.Add(-12 * time.Minute)
	if a := answer(victim); !errors.Is(a.Err, urn.ErrClock) {
		t.Errorf("six minutes before: %v", a.Err)
	}
	rolled := urntest.New(t, urntest.Size{})
	q, err := urn.NewChainRequest(rolled.Rules[0], rolled.Secrets[0][0], time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if a := rolled.Service(t, newStore(t)).Chain(ctx, q); !errors.Is(a.Err, urn.ErrUrn) {
		t.Errorf("in an election with a roll: %v", a.Err)
	}
}

func FuzzParseChainRequest(f *testing.F) {
	fixture := urntest.New(f, urntest.Size{Electors: 2})
	q, err := urn.NewChainRequest(fixture.Rules[0], fixture.Secrets[0][0], time.Unix(1e9, 0))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(q.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if q, err := urn.ParseChainRequest(b); err == nil && !bytes.Equal(q.Bytes(), b) {
			t.Error("what was read is not what was given")
		}
	})
}

func FuzzParseChainAnswer(f *testing.F) {
	f.Add([]byte{1})
	f.Add(urn.ChainAnswer{Chains: urn.Chains{Supervised: urn.Chain{Ballots: 1, Last: urn.Hash{1}}}}.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if a, err := urn.ParseChainAnswer(b); err == nil && !bytes.Equal(a.Bytes(), b) {
			t.Error("what was read is not what was given")
		}
	})
}
