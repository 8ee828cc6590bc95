package roll

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"isoloir/groupcommit"
	"isoloir/parallel"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// A Config is what a Service runs on.
type Config struct {
	Store  Store
	Scope  Scope
	Rules  []*Rules      // of every urn
	Signer note.Signer   // the roll service's key, which may live elsewhere
	Urn    note.Verifier // the key of receipts and voids
	// Withdrawn says which deputies an act has withdrawn; nil for none.
	Withdrawn func(role string, key [32]byte) bool
	// Open says whether new reservations are taken at an instant.
	Open func(time.Time) bool
	// Behind says that the bureau has adopted amendments of the roll that Adopt has not
	// taken up yet: who has a number too high may be of theirs, and is told ErrBusy. nil for
	// never.
	Behind func() bool
	// Tell says that electors who are marked are told so (TellVoted).
	Tell    bool
	Now     func() time.Time
	Workers int // for signatures; 0 or less for GOMAXPROCS
	// Waiting is how many callers may wait for the store at a time; 0 or less for
	// 1,024.
	Waiting int
}

// A Service is the roll of one scrutin at work. It is safe for concurrent use;
// several services may run over one store.
type Service struct {
	Config
	rules    sync.Map // the *Rules of every urn by its number, an uint16
	numbers  []uint16 // of the urns, ascending
	urn      *scrutin.Voice
	verifies *groupcommit.Group[ReserveRequest, error]
	reserves *groupcommit.Group[Reservation, Outcome]
	markings *groupcommit.Group[Marking, Outcome]
}

// How many signatures share an equation, and items a transaction.
const (
	verifyLimit = 256
	batchLimit  = 1024
)

// NewService makes a service.
func NewService(c Config) *Service {
	if c.Waiting <= 0 {
		c.Waiting = 1024
	}
	s := &Service{Config: c}
	for _, r := range c.Rules {
		s.rules.Store(r.Number, r)
		s.numbers = append(s.numbers, r.Number)
	}
	slices.Sort(s.numbers)
	s.urn = scrutin.NewVoice(c.Urn, c.Now, c.Withdrawn)
	s.verifies = groupcommit.New(verifyLimit, c.Waiting, s.verify)
	s.reserves = groupcommit.New(batchLimit, c.Waiting, func(ctx context.Context, items []Reservation) ([]Outcome, error) {
		return c.Store.Reserve(ctx, c.Scope, items)
	})
	s.markings = groupcommit.New(batchLimit, c.Waiting, func(ctx context.Context, items []Marking) ([]Outcome, error) {
		return c.Store.Mark(ctx, c.Scope, items)
	})
	return s
}

// Reserve answers each request, in order (docs/protocol.md, section 12, step 1): an
// elector who signs gets one τ, always the same until it is used or released, and
// the roll's word for the device that asks. An answer comes after the reservation is
// durable.
func (s *Service) Reserve(ctx context.Context, requests []ReserveRequest) []ReserveAnswer {
	answers := make([]ReserveAnswer, len(requests))
	refused, err := s.verifies.Do(ctx, requests)
	if err != nil {
		for i := range answers {
			answers[i].Err = fmt.Errorf("%w: %w", ErrBusy, err)
		}
		return answers
	}
	now, late := scrutin.TimeOf(s.Now()).Time, !s.Open(s.Now())
	var items []Reservation
	var at []int
	for i, r := range requests {
		if answers[i].Err = refused[i]; refused[i] == nil {
			item := Reservation{Urn: r.Urn, Signed: r.Signed, Since: now, Late: late}
			rand.Read(item.Token[:])
			items, at = append(items, item), append(at, i)
		}
	}
	outcomes, err := s.reserves.Do(ctx, items)
	parallel.Each(len(items), s.Workers, func(j int) {
		a := &answers[at[j]]
		if err != nil {
			a.Err = fmt.Errorf("%w: %w", ErrBusy, err)
			return
		}
		if a.Err = outcomes[j].Err; a.Err != nil {
			return
		}
		r := s.rulesOf(items[j].Urn)
		value := scrutin.AuthorisationValue(sha256.Sum256(outcomes[j].Token[:]), requests[at[j]].Device)
		signed, err := scrutin.SignCasting(r.text(scrutin.Authorisation, Hash(value)), s.Signer)
		if err != nil {
			a.Err = fmt.Errorf("%w: %w", ErrBusy, err)
			return
		}
		a.Token, a.Authorisation = outcomes[j].Token, signed
	})
	return answers
}

// verify checks the signatures under requests of any urns.
func (s *Service) verify(_ context.Context, requests []ReserveRequest) ([]error, error) {
	refused := make([]error, len(requests))
	parallel.Shares(len(requests), s.Workers, func(lo, hi int) {
		var all signatures
		for i := lo; i < hi; i++ {
			if r := s.rulesOf(requests[i].Urn); r == nil {
				refused[i] = ErrUrn
			} else if s.Awaits(Place{requests[i].Urn, requests[i].Elector}) {
				refused[i] = ErrBusy
			} else {
				refused[i] = all.addRequest(r, requests[i], &refused[i])
			}
		}
		all.verify()
	})
	return refused, nil
}

// Mark answers each request, in order (docs/protocol.md, section 12, step 3): on the
// urn's receipt, the elector who holds its authorisation is marked. Without a receipt
// nobody is marked, and who is marked has his mark again. Whoever cannot sign for the
// elector learns nothing of him.
func (s *Service) Mark(ctx context.Context, requests []MarkRequest) []MarkAnswer {
	answers := make([]MarkAnswer, len(requests))
	signed := make([]ReserveRequest, len(requests))
	for i, r := range requests {
		signed[i] = r.ReserveRequest
	}
	refused, err := s.verifies.Do(ctx, signed)
	if err != nil {
		for i := range answers {
			answers[i].Err = fmt.Errorf("%w: %w", ErrBusy, err)
		}
		return answers
	}
	markings, now := make([]Marking, len(requests)), scrutin.TimeOf(s.Now()).Time
	parallel.Each(len(requests), s.Workers, func(i int) {
		r := requests[i]
		if answers[i].Err = refused[i]; refused[i] != nil {
			return
		}
		var token Hash
		if len(r.Receipt) > 0 {
			token, answers[i].Err = s.receipt(r.Urn, scrutin.Appended, r.Receipt)
		}
		if over(answers[i].Err) { // who brings it then has been marked by Reconcile
			token, answers[i].Err = Hash{}, nil
		}
		markings[i] = s.marking(r.Urn, r.Elector, token, now)
	})
	var items []Marking
	var at []int
	for i := range requests {
		if answers[i].Err == nil {
			items, at = append(items, markings[i]), append(at, i)
		}
	}
	outcomes, err := s.markings.Do(ctx, items)
	parallel.Each(len(items), s.Workers, func(j int) {
		a := &answers[at[j]]
		switch {
		case err != nil:
			a.Err = fmt.Errorf("%w: %w", ErrBusy, err)
		case outcomes[j].Err != nil:
			a.Err = outcomes[j].Err
		default:
			mark := Signed{items[j].Elector, outcomes[j].Signature}
			signed, err := scrutin.SignCasting(s.rulesOf(items[j].Urn).text(scrutin.Marked, mark.Hash()), s.Signer)
			if a.Marked, a.Signature = signed, mark.Signature; err != nil {
				a.Err = fmt.Errorf("%w: %w", ErrBusy, err)
			}
		}
	})
	return answers
}

// marking is what the store is asked when an elector's τ has brought a ballot.
func (s *Service) marking(urn uint16, elector uint32, token Hash, now time.Time) Marking {
	return Marking{Urn: urn, Elector: elector, Hash: token, Time: now, Tell: s.Tell}
}

// over says of a refusal that the urn's word was good once: its deputy's days have
// passed since, or an act has withdrawn him.
func over(err error) bool {
	return errors.Is(err, scrutin.RefusedExpired) || errors.Is(err, scrutin.ErrWithdrawn)
}

// receipt verifies a text of the urn and gives the H(τ) that it is over. ErrUrn or
// ErrReceipt.
func (s *Service) receipt(urn uint16, kind string, signed []byte) (Hash, error) {
	r := s.rulesOf(urn)
	if r == nil {
		return Hash{}, ErrUrn
	}
	said, err := scrutin.CastingSaid(signed)
	if err != nil {
		return Hash{}, fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	if err := s.urn.Open(signed, r.text(kind, Hash(said.Value))); err != nil {
		return Hash{}, fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	return Hash(said.Value), nil
}
