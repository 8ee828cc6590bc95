package urn

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
)

// A Chain is ballots of one account in an urn, each following the one before: what the
// next one has to continue.
type Chain struct {
	Ballots uint32 // how many there are, in the log and on their way: the place of the next one
	Last    Hash   // of the last one; zero without any
}

// Chains is how the ballots of one account stand: those that it cast, and those that it
// cast at a terminal, which count before all others.
type Chains struct{ Cast, Supervised Chain }

// clockTolerance is by how much the device's clock and the urn's may differ.
const clockTolerance = 5 * time.Minute

// A ChainRequest asks how the ballots of the account that asks stand (docs/online.md,
// section 2). Nobody else is told: the proof is of its secret.
type ChainRequest struct {
	Urn     uint16
	Account sigma.Element // ŷ
	Asked   uint64        // seconds since 1970, by the clock of the device
	Proof   sigma.Knowledge
}

// chainRequestSize is the length in bytes of a ChainRequest.
const chainRequestSize = 2 + group.PointSize + 8 + sigma.KnowledgeSize

// NewChainRequest asks for the account of secret x. rules need no accounts.
func NewChainRequest(rules *Rules, x group.Scalar, asked time.Time) (ChainRequest, error) {
	q := ChainRequest{Urn: rules.Number, Account: sigma.NewElement(rules.base.Mul(x)), Asked: uint64(asked.Unix())}
	var err error
	q.Proof, err = q.claim(rules.context(), rules.base).Prove(x)
	return q, err
}

func (q ChainRequest) claim(ctx transcript.Context, base group.Point) sigma.Claim {
	return sigma.Chain(ctx, sigma.NewElement(base), q.Account, q.Asked)
}

// Bytes is LE16(urn) ‖ ŷ ‖ LE64(asked) ‖ R ‖ s.
func (q ChainRequest) Bytes() []byte {
	account, proof := q.Account.Bytes(), q.Proof.Bytes()
	b := append(binary.LittleEndian.AppendUint16(nil, q.Urn), account[:]...)
	return append(binary.LittleEndian.AppendUint64(b, q.Asked), proof[:]...)
}

// ParseChainRequest reads what Bytes gives: canonical points and scalar, no identity as
// the account.
func ParseChainRequest(b []byte) (q ChainRequest, err error) {
	if len(b) != chainRequestSize {
		return q, fmt.Errorf("%w: question of %d bytes", ErrFormat, len(b))
	}
	q.Urn, b = binary.LittleEndian.Uint16(b), b[2:]
	if q.Account, err = sigma.DecodeElement(b[:group.PointSize]); err != nil {
		return ChainRequest{}, fmt.Errorf("%w: account key: %w", ErrFormat, err)
	}
	q.Asked, b = binary.LittleEndian.Uint64(b[group.PointSize:]), b[group.PointSize+8:]
	if q.Proof, err = sigma.DecodeKnowledge(b); err != nil {
		return ChainRequest{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return q, nil
}

// A ChainAnswer is both chains; or a refusal.
type ChainAnswer struct {
	Chains
	Err error
}

// chainSize is the length in bytes of a chain.
const chainSize = 4 + len(Hash{})

// Bytes is a byte that is 0 and, of the ballots cast and then of those cast at a
// terminal, LE32(how many) ‖ hash of the last one; or the number of the refusal alone.
func (a ChainAnswer) Bytes() []byte {
	if a.Err != nil {
		return []byte{refusalNumber(a.Err)}
	}
	b := []byte{0}
	for _, c := range []Chain{a.Cast, a.Supervised} {
		b = append(binary.LittleEndian.AppendUint32(b, c.Ballots), c.Last[:]...)
	}
	return b
}

// ParseChainAnswer reads what Bytes gives. There is a last ballot exactly where there is
// one at all.
func ParseChainAnswer(b []byte) (a ChainAnswer, err error) {
	if refusal, refused, err := parseRefusal(b); refused || err != nil {
		return ChainAnswer{Err: refusal}, err
	}
	if len(b) != 1+2*chainSize {
		return a, fmt.Errorf("%w: answer of %d bytes", ErrFormat, len(b))
	}
	if a.Cast, err = readChain(b[1:]); err == nil {
		a.Supervised, err = readChain(b[1+chainSize:])
	}
	return a, err
}

func readChain(b []byte) (Chain, error) {
	c := Chain{binary.LittleEndian.Uint32(b), Hash(b[4:])}
	if (c.Ballots == 0) != (c.Last == Hash{}) || c.Ballots > SupervisedCounter {
		return Chain{}, fmt.Errorf("%w: %d ballots, and another last one", ErrFormat, c.Ballots)
	}
	return c, nil
}

// Chain answers the holder of an account how its ballots stand, also after close:
// ErrAccount, ErrProof, or ErrClock where the question is of another time, so that no
// old one can be asked again. Nothing is kept of it.
func (s *Service) Chain(ctx context.Context, q ChainRequest) ChainAnswer {
	r := s.rulesOf(q.Urn)
	if r == nil || !r.Register {
		return ChainAnswer{Err: ErrUrn}
	}
	population, _, known := r.populations.find(q.Account.Bytes())
	if !known {
		return ChainAnswer{Err: s.unknown(ErrAccount)}
	}
	if asked := time.Unix(int64(q.Asked), 0); s.Now().Sub(asked).Abs() > clockTolerance {
		return ChainAnswer{Err: ErrClock}
	}
	if err := q.claim(r.context(), r.populations.all[population].Base).Verify(q.Proof); err != nil {
		return ChainAnswer{Err: fmt.Errorf("%w: %w", ErrProof, err)}
	}
	chains, err := s.Store.Chains(ctx, s.Scope, q.Urn, q.Account.Bytes())
	if err != nil {
		return ChainAnswer{Err: fmt.Errorf("%w: %w", ErrBusy, err)}
	}
	return ChainAnswer{Chains: chains}
}

// ServeChain is Chain for a request in bytes, answered in bytes.
func (s *Service) ServeChain(ctx context.Context, request []byte) []byte {
	q, err := ParseChainRequest(request)
	if err != nil {
		return ChainAnswer{Err: err}.Bytes()
	}
	return s.Chain(ctx, q).Bytes()
}
