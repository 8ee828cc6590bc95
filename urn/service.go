package urn

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"isoloir/groupcommit"
	"isoloir/parallel"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// A Config is what a Service runs on.
type Config struct {
	Store       Store
	Scope       Scope
	Rules       []*Rules      // of every urn
	Signer      note.Signer   // the urn service's key, which may live elsewhere
	Roll        note.Verifier // the key of authorisations
	MinimumSize int           // k
	// Open says whether new ballots are taken at an instant: the schedule, its
	// grace, and the acts that suspend and extend it.
	Open    func(time.Time) bool
	Now     func() time.Time
	Workers int // for proofs; 0 or less for GOMAXPROCS
	// Waiting is how many callers of Append may wait for the store at a time;
	// 0 or less for 1,024.
	Waiting int
}

// A Service is the urns of one scrutin at work. It is safe for concurrent use;
// several services may run over one store.
type Service struct {
	Config
	rules map[uint16]*Rules
	group *groupcommit.Group[Entry, error]
}

// batchLimit is how many ballots share a transaction.
const batchLimit = 1024

// NewService makes a service and sees to it that the logs exist, each with its
// first checkpoint, of size 0.
func NewService(ctx context.Context, c Config) (*Service, error) {
	if c.MinimumSize < 1 {
		return nil, errors.New("the minimum size of a batch is at least 1")
	}
	if c.Waiting <= 0 {
		c.Waiting = 1024
	}
	s := &Service{Config: c, rules: map[uint16]*Rules{}}
	s.group = groupcommit.New(batchLimit, c.Waiting, func(ctx context.Context, entries []Entry) ([]error, error) {
		return c.Store.Append(ctx, c.Scope, entries)
	})
	for _, r := range c.Rules {
		s.rules[r.Number] = r
	}
	if err := c.Store.Open(ctx, c.Scope, s.urns()); err != nil {
		return nil, err
	}
	return s, s.signHeads(ctx)
}

func (s *Service) urns() []uint16 {
	urns := make([]uint16, 0, len(s.rules))
	for u := range s.rules {
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
	byUrn := map[uint16][]int{}
	for i, r := range requests {
		if s.rules[r.Urn] == nil {
			answers[i].Err = ErrUrn
			continue
		}
		byUrn[r.Urn] = append(byUrn[r.Urn], i)
	}
	var entries []Entry
	var at []int
	for urn, indices := range byUrn {
		rules, encoded := s.rules[urn], make([][]byte, len(indices))
		for j, i := range indices {
			encoded[j] = requests[i].Ballot
		}
		ballots, refused := rules.Judge(encoded, s.Workers)
		parallel.Each(len(indices), s.Workers, func(j int) {
			if refused[j] == nil {
				refused[j] = s.authorised(rules, requests[indices[j]], ballots[j].Envelope)
			}
		})
		for j, i := range indices {
			if answers[i].Err = refused[j]; refused[j] == nil {
				entries, at = append(entries, Entry{requests[i].Token, ballots[j].Envelope, late}), append(at, i)
			}
		}
	}
	outcomes, err := s.group.Do(ctx, entries)
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

// authorised verifies the roll's signature over H(τ). Only an account's first
// ballot passes by the roll.
func (s *Service) authorised(r *Rules, q AppendRequest, b Envelope) error {
	if b.Counter() > 0 {
		if q.Token != (Hash{}) || len(q.Authorisation) > 0 {
			return fmt.Errorf("%w: a later ballot of an account comes without one", ErrAuthorisation)
		}
		return nil
	}
	if err := scrutin.OpenCasting(q.Authorisation, r.text(scrutin.Authorisation, q.Token), s.Roll); err != nil {
		return fmt.Errorf("%w: %w", ErrAuthorisation, err)
	}
	return nil
}

func (s *Service) promise(e Entry) AppendAnswer {
	r := s.rules[e.Ballot.Urn()]
	promise, err := scrutin.SignCasting(r.text(scrutin.Promise, e.Ballot.Hash()), s.Signer)
	if err != nil {
		return AppendAnswer{Err: fmt.Errorf("%w: %w", ErrBusy, err)}
	}
	if e.Ballot.Counter() > 0 {
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
	r := s.rules[urn]
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
