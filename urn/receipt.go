package urn

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"isoloir/merkle"
	"isoloir/scrutin/note"
)

// A ReceiptState is what the urn says of a ballot hash.
type ReceiptState byte

const (
	Absent   ReceiptState = iota // no such ballot here
	Received                     // pending: it enters the log with some later batch
	Logged                       // in the log, under a signed checkpoint
)

// A ReceiptAnswer is what the urn says of a ballot hash (docs/online.md, section 2);
// or a refusal.
type ReceiptAnswer struct {
	State ReceiptState
	Urn   uint16 // but for Absent
	// Of a Received one: the next slot at which pending ballots may enter the log,
	// and the end of voting, after which the bureau closes and all enter it. In
	// whole seconds since 1970.
	Next, End uint64
	// Of a Logged one: its leaf, from 0, with the audit path under the urn's signed
	// checkpoint.
	Index      uint64
	Leaf       []byte
	Path       []Hash
	Checkpoint []byte

	Err error
}

// Bytes is a byte that is 0, then the state: 0; 1 ‖ LE16(urn) ‖ LE64(next) ‖ LE64(end);
// 2 ‖ LE16(urn) ‖ LE64(index) ‖ LE16(length) ‖ leaf ‖ LE16(n) ‖ n·32 bytes of path ‖
// LE16(length) ‖ checkpoint. Or the number of the refusal alone.
func (a ReceiptAnswer) Bytes() []byte {
	if a.Err != nil {
		return []byte{refusalNumber(a.Err)}
	}
	b := []byte{0, byte(a.State)}
	if a.State == Absent {
		return b
	}
	b = binary.LittleEndian.AppendUint16(b, a.Urn)
	if a.State == Received {
		return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(b, a.Next), a.End)
	}
	b = appendShort(binary.LittleEndian.AppendUint64(b, a.Index), a.Leaf)
	b = appendHashes(binary.LittleEndian.AppendUint16(b, uint16(len(a.Path))), a.Path)
	return appendShort(b, a.Checkpoint)
}

// ParseReceiptAnswer reads what Bytes gives. What it proves is for Verify to say.
func ParseReceiptAnswer(b []byte) (a ReceiptAnswer, err error) {
	if refusal, refused, err := parseRefusal(b); refused || err != nil {
		return ReceiptAnswer{Err: refusal}, err
	}
	bad := fmt.Errorf("%w: answer of %d bytes", ErrFormat, len(b))
	switch {
	case len(b) == 2 && ReceiptState(b[1]) == Absent:
		return a, nil
	case len(b) == 20 && ReceiptState(b[1]) == Received:
		return ReceiptAnswer{State: Received, Urn: binary.LittleEndian.Uint16(b[2:]),
			Next: binary.LittleEndian.Uint64(b[4:]), End: binary.LittleEndian.Uint64(b[12:])}, nil
	case len(b) < 12 || ReceiptState(b[1]) != Logged:
		return a, bad
	}
	a = ReceiptAnswer{State: Logged, Urn: binary.LittleEndian.Uint16(b[2:]), Index: binary.LittleEndian.Uint64(b[4:])}
	rest := b[12:]
	if a.Leaf, rest, err = cutShort(rest); err != nil || len(rest) < 2 {
		return ReceiptAnswer{}, bad
	}
	n := int(binary.LittleEndian.Uint16(rest)) * len(Hash{})
	if rest = rest[2:]; n > len(rest) {
		return ReceiptAnswer{}, bad
	}
	if a.Path, err = cutHashes(rest[:n]); err != nil {
		return ReceiptAnswer{}, err
	}
	if a.Checkpoint, rest, err = cutShort(rest[n:]); err != nil || len(rest) > 0 {
		return ReceiptAnswer{}, bad
	}
	return a, nil
}

// ErrReceipt says that an answer does not prove that the ballot is in the log.
var ErrReceipt = errors.New("the urn's answer does not prove that this ballot is in its log")

// Verify says whether a Logged answer proves that the ballot of this hash stands in
// the log of these rules as a cast leaf, under a checkpoint signed by key: ErrReceipt
// otherwise. It returns the checkpoint, which all who ask must be shown alike.
func (a ReceiptAnswer) Verify(hash Hash, r *Rules, key note.Verifier) (note.Checkpoint, error) {
	fail := func(err error) (note.Checkpoint, error) {
		return note.Checkpoint{}, fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	if a.State != Logged || a.Urn != r.Number {
		return fail(fmt.Errorf("state %d in urn %d", a.State, a.Urn))
	}
	kind, ballot, err := SplitLeaf(a.Leaf, r.Questions)
	if err != nil {
		return fail(err)
	}
	if kind == Supervised {
		ballot, _, _ = SplitSupervised(ballot)
	}
	e, err := ReadEnvelope(ballot)
	if err != nil {
		return fail(err)
	}
	if !CastsIn(kind, e.Counter()) || e.Hash() != hash || e.Urn() != r.Number || e.Opening() != r.Opening {
		return fail(errors.New("it is another leaf"))
	}
	c, err := r.OpenCheckpoint(a.Checkpoint, key)
	if err != nil {
		return fail(err)
	}
	if err := merkle.CheckInclusion(a.Path, c.Size, c.Root, a.Index, merkle.LeafHash(a.Leaf)); err != nil {
		return fail(err)
	}
	return c, nil
}

// Receipt says where the ballot of this hash is. Nothing is kept of the question.
func (s *Service) Receipt(ctx context.Context, hash Hash) ReceiptAnswer {
	a, err := s.receipt(ctx, hash)
	if err != nil {
		return ReceiptAnswer{Err: fmt.Errorf("%w: %w", ErrBusy, err)}
	}
	return a
}

func (s *Service) receipt(ctx context.Context, hash Hash) (ReceiptAnswer, error) {
	place, err := s.Store.Find(ctx, s.Scope, hash)
	if err != nil || place.State == Absent {
		return ReceiptAnswer{}, err
	}
	if s.rulesOf(place.Urn) == nil {
		return ReceiptAnswer{}, nil
	}
	if place.State == Logged {
		log, err := s.Published(ctx, place.Urn)
		if err != nil {
			return ReceiptAnswer{}, err
		}
		if place.Position < log.Size {
			return s.proved(ctx, place, log)
		}
		// It is in the log already, and its checkpoint is about to be signed.
	}
	next, end := s.provable()
	return ReceiptAnswer{State: Received, Urn: place.Urn, Next: next, End: end}, nil
}

func (s *Service) proved(ctx context.Context, place Place, log *Published) (ReceiptAnswer, error) {
	a := ReceiptAnswer{State: Logged, Urn: place.Urn, Index: place.Position, Checkpoint: log.Checkpoint}
	var err error
	if a.Path, err = log.Path(place.Position); err != nil {
		return ReceiptAnswer{}, err
	}
	err = s.Store.Leaves(ctx, s.Scope, place.Urn, place.Position, place.Position+1, func(leaf []byte) error {
		a.Leaf = append(a.Leaf, leaf...)
		return nil
	})
	return a, err
}

// provable gives the times of a Received answer.
func (s *Service) provable() (next, end uint64) {
	ends := max(0, s.Ends().Unix())
	slot := ends
	if s.Period > 0 {
		slot = min(ends, Slot(s.Now(), s.Period).Unix())
	}
	return uint64(slot), uint64(ends)
}

// ServeReceipt is Receipt for a request in bytes, the ballot hash alone, answered in
// bytes.
func (s *Service) ServeReceipt(ctx context.Context, request []byte) []byte {
	if len(request) != len(Hash{}) {
		return ReceiptAnswer{Err: ErrFormat}.Bytes()
	}
	return s.Receipt(ctx, Hash(request)).Bytes()
}
