package issuer

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"isoloir/account/exchange"
	"isoloir/courier"
	"isoloir/scrutin"
)

// A ReceiptRequest is how a voter's device asks for the e-mail with the receipt
// code: with the roll's word that the elector is marked, and the urn's promise for
// the ballot.
type ReceiptRequest struct {
	exchange.Elector
	Signature [64]byte       // R ‖ s, which the mark carries
	Marked    []byte         // the roll's signed text
	Ballot    scrutin.Digest // the receipt code
	Promise   []byte         // the urn's signed text
}

// Bytes is LE16(urn) ‖ LE32(elector) ‖ R ‖ s ‖ LE16(length) ‖ signed mark ‖ ballot
// hash ‖ LE16(length) ‖ promise.
func (r ReceiptRequest) Bytes() []byte {
	b := binary.LittleEndian.AppendUint16(nil, r.Urn)
	b = binary.LittleEndian.AppendUint32(b, r.Number)
	b = append(b, r.Signature[:]...)
	b = append(binary.LittleEndian.AppendUint16(b, uint16(len(r.Marked))), r.Marked...)
	b = append(b, r.Ballot[:]...)
	return append(binary.LittleEndian.AppendUint16(b, uint16(len(r.Promise))), r.Promise...)
}

// ParseReceiptRequest reads what Bytes gives, and refuses everything else
// (ErrFormat). Signatures are not judged here. The request keeps b.
func ParseReceiptRequest(b []byte) (ReceiptRequest, error) {
	bad := func() (ReceiptRequest, error) {
		return ReceiptRequest{}, fmt.Errorf("%w: request of %d bytes", ErrFormat, len(b))
	}
	const head = 2 + 4 + 64
	if len(b) < head {
		return bad()
	}
	r := ReceiptRequest{Elector: exchange.Elector{Urn: binary.LittleEndian.Uint16(b), Number: binary.LittleEndian.Uint32(b[2:])}, Signature: [64]byte(b[6:])}
	var ok bool
	rest := b[head:]
	if r.Marked, rest, ok = cutText(rest); !ok || len(rest) < len(r.Ballot) {
		return bad()
	}
	r.Ballot, rest = scrutin.Digest(rest[:len(r.Ballot)]), rest[len(r.Ballot):]
	if r.Promise, rest, ok = cutText(rest); !ok || len(rest) != 0 {
		return bad()
	}
	return r, nil
}

// cutText reads LE16(length) and so many bytes, at least one.
func cutText(b []byte) (text, rest []byte, ok bool) {
	if len(b) < 2 {
		return nil, nil, false
	}
	n := int(binary.LittleEndian.Uint16(b))
	if n == 0 || len(b) < 2+n {
		return nil, nil, false
	}
	return b[2 : 2+n], b[2+n:], true
}

// Receipt sends an elector the e-mail with his receipt code, where the manifest
// says so and this issuer sends by e-mail (else ErrPolicy), once he is marked and
// the urn has promised that ballot (else ErrSignature), as roll and urn are heard
// now: by no deputy that is over or was withdrawn. R ‖ s is what the roll marked and
// is not verified, as an issuer has its own half of the elector's key. It keeps that he was served,
// and nothing of the code; asked again it does nothing. It refuses ErrAddress and
// ErrBusy too.
func (s *Station) Receipt(ctx context.Context, r ReceiptRequest) error {
	if s.Channel() != courier.Email || s.Manifest.Publication.EmailAfterVote != "code" || s.Opening.IsZero() || int(r.Urn) >= len(s.Manifest.Urns) {
		return ErrPolicy
	}
	urn := s.Manifest.Urns[r.Urn].ID
	mark := binary.LittleEndian.AppendUint32(nil, r.Number)
	marked := scrutin.CastingText{Kind: scrutin.Marked, Opening: s.Opening, Urn: urn, Value: sha256.Sum256(append(mark, r.Signature[:]...))}
	promised := scrutin.CastingText{Kind: scrutin.Promise, Opening: s.Opening, Urn: urn, Value: r.Ballot}
	if err := errors.Join(
		s.roll.Open(r.Marked, marked),
		s.urn.Open(r.Promise, promised)); err != nil {
		return fmt.Errorf("%w: %w", ErrSignature, err)
	}
	p, err := s.reachable(ctx, r.Elector)
	if err != nil {
		return err
	}
	f := s.facts(p.Urn, p.Language)
	f.ReceiptCode = r.Ballot.String()
	return s.hand(ctx, p, s.row(courier.Key{Kind: courier.Receipt, Urn: r.Urn, Elector: r.Number}), f)
}
