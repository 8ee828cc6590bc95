package urn

import (
	"context"
	"crypto/ed25519"
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
	Signer note.Signer   // the urn service's key, which may live elsewhere
	Roll   note.Verifier // the key of authorisations; zero where there is no roll
	// Withdrawn says which deputies an act has withdrawn; nil for none.
	Withdrawn   func(role string, key [32]byte) bool
	MinimumSize int // k
	// Open says whether new ballots are taken at an instant: the schedule, its
	// grace, and the acts that suspend and extend it.
	Open func(time.Time) bool
	// Behind says that the bureau has adopted amendments of the roll that Amend has not
	// taken up yet: an unknown account may be one of theirs, and is told ErrBusy. nil for
	// never.
	Behind func() bool
	Now    func() time.Time
	// Period is that of the flushes, whose slots Slot gives; 0 where nobody flushes
	// on a schedule. Ends is when voting ends as the acts have it now, with the time
	// of grace; nil where that is not fixed. Receipt says both. Begins is when voting
	// begins: the list of challenges grows from then on; nil where it does not.
	Period  time.Duration
	Begins  func() time.Time
	Ends    func() time.Time
	Workers int // for proofs; 0 or less for GOMAXPROCS
	// Waiting is how many callers of Append may wait for the store at a time;
	// 0 or less for 1,024.
	Waiting int
}

// A Service is the urns of one scrutin at work. It is safe for concurrent use;
// several services may run over one store.
type Service struct {
	Config
	rules   sync.Map // the *Rules of every urn by its number, an uint16
	names   map[string]uint16
	shelves map[uint16]*shelf
	roll    *scrutin.Voice
	judges  *groupcommit.Group[AppendRequest, judgement]
	appends *groupcommit.Group[Entry, error]
}

// How many ballots share an equation, and a transaction.
const (
	judgeLimit = 256
	batchLimit = 1024
)

// NewService makes a service and sees to it that the logs exist, each with its
// first checkpoint, of size 0.
func NewService(ctx context.Context, c Config) (*Service, error) {
	if c.MinimumSize < 1 {
		return nil, errors.New("the minimum size of a batch is at least 1")
	}
	if c.Waiting <= 0 {
		c.Waiting = 1024
	}
	never := func() time.Time { return time.Time{} }
	if c.Begins == nil {
		c.Begins = never
	}
	if c.Ends == nil {
		c.Ends = never
	}
	s := &Service{Config: c, names: map[string]uint16{}, shelves: map[uint16]*shelf{}}
	s.roll = scrutin.NewVoice(c.Roll, c.Now, c.Withdrawn)
	s.judges = groupcommit.New(judgeLimit, c.Waiting, s.judge)
	s.appends = groupcommit.New(batchLimit, c.Waiting, func(ctx context.Context, entries []Entry) ([]error, error) {
		return c.Store.Append(ctx, c.Scope, entries)
	})
	for _, r := range c.Rules {
		s.rules.Store(r.Number, r)
		s.names[r.Name], s.shelves[r.Number] = r.Number, newShelf()
	}
	if err := c.Store.Open(ctx, c.Scope, s.urns()); err != nil {
		return nil, err
	}
	return s, s.signHeads(ctx)
}

func (s *Service) urns() []uint16 {
	urns := make([]uint16, 0, len(s.shelves))
	for u := range s.shelves {
		urns = append(urns, u)
	}
	slices.Sort(urns)
	return urns
}

// Append answers each request, in order (docs/protocol.md, section 12, step 2). An
// answer with promise and receipt comes after the ballot is durably in; the same
// request again gets the same answer, also after close. A refused request has
// changed nothing. ErrBusy says that the outcome is not known to the caller, who
// sends the same again.
func (s *Service) Append(ctx context.Context, requests []AppendRequest) []AppendAnswer {
	answers := make([]AppendAnswer, len(requests))
	late := !s.Open(s.Now())
	judged, err := s.judges.Do(ctx, requests)
	if err != nil {
		for i := range answers {
			answers[i].Err = fmt.Errorf("%w: %w", ErrBusy, err)
		}
		return answers
	}
	var entries []Entry
	var at []int
	for i, j := range judged {
		if answers[i].Err = j.refused; j.refused == nil {
			e := Entry{Token: requests[i].Token, Ballot: j.ballot, Late: late}
			if j.ballot.Supervised() {
				e.Vouch = Vouch{requests[i].Device, requests[i].Signature}
			}
			entries, at = append(entries, e), append(at, i)
		}
	}
	outcomes, err := s.appends.Do(ctx, entries)
	parallel.Each(len(entries), s.Workers, func(j int) {
		a := &answers[at[j]]
		if err != nil {
			a.Err = fmt.Errorf("%w: %w", ErrBusy, err)
		} else if a.Err = outcomes[j]; a.Err == nil {
			*a = s.promise(entries[j])
		}
	})
	return answers
}

// judgement is what the rules say of a request.
type judgement struct {
	ballot  Envelope
	refused error
}

// judge applies all rules that need no store to requests of any urns. What costs
// most comes last, and for who has the roll's word only.
func (s *Service) judge(_ context.Context, requests []AppendRequest) ([]judgement, error) {
	out := make([]judgement, len(requests))
	parallel.Shares(len(requests), s.Workers, func(lo, hi int) {
		all := proofs{}
		for i := lo; i < hi; i++ {
			out[i].ballot, out[i].refused = s.admit(requests[i], all, &out[i].refused)
		}
		all.verify()
	})
	return out, nil
}

func (s *Service) admit(q AppendRequest, all proofs, refused *error) (Envelope, error) {
	r := s.rulesOf(q.Urn)
	if r == nil {
		return Envelope{}, ErrUrn
	}
	e, err := ReadEnvelope(q.Ballot)
	if err != nil {
		return Envelope{}, err
	}
	if err := r.Check(e); err != nil {
		return Envelope{}, s.unknown(err)
	}
	if err := s.authorised(r, q, e); err != nil {
		return Envelope{}, err
	}
	_, err = all.add(r, e, refused)
	return e, err
}

// authorised verifies the roll's signature over H(τ) and T, and over the ballot that
// of the device whose key T is. Only an account's first ballot passes by the roll, and
// none where there is no roll; a supervised one bears the signature of a terminal.
func (s *Service) authorised(r *Rules, q AppendRequest, b Envelope) error {
	if b.Supervised() {
		if q.Token != (Hash{}) || len(q.Authorisation) > 0 {
			return fmt.Errorf("%w: this ballot comes without one", ErrAuthorisation)
		}
		return r.CheckVouch(b.Hash(), Vouch{q.Device, q.Signature})
	}
	if b.Counter() > 0 || r.Register {
		if q.Token != (Hash{}) || q.Device != [32]byte{} || q.Signature != [ed25519.SignatureSize]byte{} || len(q.Authorisation) > 0 {
			return fmt.Errorf("%w: this ballot comes without one", ErrAuthorisation)
		}
		return nil
	}
	if q.Token == (Hash{}) {
		return fmt.Errorf("%w: it is none", ErrAuthorisation)
	}
	value := scrutin.AuthorisationValue(scrutin.Digest(q.Token), q.Device)
	if err := s.roll.Open(q.Authorisation, r.text(scrutin.Authorisation, Hash(value))); err != nil {
		return fmt.Errorf("%w: %w", ErrAuthorisation, err)
	}
	if !ed25519.Verify(q.Device[:], []byte(r.text(scrutin.Append, b.Hash()).Text()), q.Signature[:]) {
		return ErrDevice
	}
	return nil
}

func (s *Service) promise(e Entry) AppendAnswer {
	r := s.rulesOf(e.Ballot.Urn())
	promise, err := scrutin.SignCasting(r.text(scrutin.Promise, e.Ballot.Hash()), s.Signer)
	if err != nil {
		return AppendAnswer{Err: fmt.Errorf("%w: %w", ErrBusy, err)}
	}
	if !e.Authorised() {
		return AppendAnswer{Promise: promise}
	}
	receipt, err := scrutin.SignCasting(r.text(scrutin.Appended, e.Token), s.Signer)
	if err != nil {
		return AppendAnswer{Err: fmt.Errorf("%w: %w", ErrBusy, err)}
	}
	return AppendAnswer{promise, receipt, nil}
}

// Fate answers, for each H(τ), the signed text appended or void, or nil where the
// urn never saw it.
func (s *Service) Fate(ctx context.Context, urn uint16, tokens []Hash) ([][]byte, error) {
	return s.fates(ctx, urn, tokens, s.Store.Fates)
}

// Void closes each H(τ) that has brought no ballot, and answers the signed text of
// its fate: appended or void, whichever came first.
func (s *Service) Void(ctx context.Context, urn uint16, tokens []Hash) ([][]byte, error) {
	return s.fates(ctx, urn, tokens, s.Store.Void)
}

func (s *Service) fates(ctx context.Context, urn uint16, tokens []Hash, ask func(context.Context, Scope, uint16, []Hash) ([]Fate, error)) ([][]byte, error) {
	r := s.rulesOf(urn)
	if r == nil {
		return nil, ErrUrn
	}
	fates, err := ask(ctx, s.Scope, urn, tokens)
	if err != nil {
		return nil, err
	}
	signed, failed := make([][]byte, len(fates)), make([]error, len(fates))
	parallel.Each(len(fates), s.Workers, func(i int) {
		switch fates[i] {
		case Appended:
			signed[i], failed[i] = scrutin.SignCasting(r.text(scrutin.Appended, tokens[i]), s.Signer)
		case Voided:
			signed[i], failed[i] = scrutin.SignCasting(r.text(scrutin.Voided, tokens[i]), s.Signer)
		}
	})
	return signed, errors.Join(failed...)
}
