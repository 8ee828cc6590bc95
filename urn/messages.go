package urn

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"isoloir/scrutin"
)

// An AppendRequest is step 2 of casting, from the voter's device to the urn.
type AppendRequest struct {
	Urn           uint16
	Token         Hash                        // H(τ); zero for a ballot whose counter is not 0, and where there is no roll
	Device        [32]byte                    // T, the device's key, or the terminal's; zero likewise
	Signature     [ed25519.SignatureSize]byte // under T, on the text append, or a terminal's on supervised; zero likewise
	Authorisation []byte                      // the roll's signed text over H(τ) and T; empty likewise
	Ballot        []byte
}

// Offsets of an AppendRequest's fields, in bytes.
const (
	atToken         = 2
	atDevice        = atToken + sha256.Size
	atSignature     = atDevice + ed25519.PublicKeySize
	atAuthorisation = atSignature + ed25519.SignatureSize
)

// Bytes is LE16(urn) ‖ H(τ) ‖ T ‖ signature ‖ LE16(length) ‖ authorisation ‖ ballot.
// It panics on an authorisation above 65,535 bytes.
func (r AppendRequest) Bytes() []byte {
	b := binary.LittleEndian.AppendUint16(nil, r.Urn)
	b = append(append(append(b, r.Token[:]...), r.Device[:]...), r.Signature[:]...)
	return append(appendShort(b, r.Authorisation), r.Ballot...)
}

// ParseAppendRequest reads what Bytes gives. The parts are not judged here. The
// request keeps b.
func ParseAppendRequest(b []byte) (r AppendRequest, err error) {
	if len(b) < atAuthorisation {
		return r, fmt.Errorf("%w: request of %d bytes", ErrFormat, len(b))
	}
	r.Urn, r.Token, r.Device = binary.LittleEndian.Uint16(b), Hash(b[atToken:]), [32]byte(b[atDevice:])
	r.Signature = [ed25519.SignatureSize]byte(b[atSignature:])
	if r.Authorisation, r.Ballot, err = cutShort(b[atAuthorisation:]); err != nil {
		return AppendRequest{}, err
	}
	return r, nil
}

// An AppendAnswer is the urn's answer: two signed texts, or a refusal. A ballot
// that came without an authorisation gets no receipt for the roll.
type AppendAnswer struct {
	Promise []byte // over the ballot hash, for the voter
	Receipt []byte // over H(τ), for the roll
	Err     error
}

// Bytes is a byte that is 0, LE16(length) ‖ promise, LE16(length) ‖ receipt; or
// the number of the refusal alone. An error that is no [Refusal] is said as
// ErrBusy: the device sends the same again.
func (a AppendAnswer) Bytes() []byte {
	if a.Err != nil {
		return []byte{refusalNumber(a.Err)}
	}
	return appendShort(appendShort([]byte{0}, a.Promise), a.Receipt)
}

// ParseAppendAnswer reads what Bytes gives.
func ParseAppendAnswer(b []byte) (a AppendAnswer, err error) {
	if refusal, refused, err := parseRefusal(b); refused || err != nil {
		return AppendAnswer{Err: refusal}, err
	}
	rest := b[1:]
	if a.Promise, rest, err = cutShort(rest); err != nil {
		return AppendAnswer{}, err
	}
	if a.Receipt, rest, err = cutShort(rest); err != nil || len(rest) > 0 {
		return AppendAnswer{}, fmt.Errorf("%w: answer of %d bytes", ErrFormat, len(b))
	}
	return a, nil
}

// A FateRequest asks, for the roll, what became of authorisations; with Void, it
// closes those that have brought no ballot.
type FateRequest struct {
	Urn    uint16
	Void   bool
	Tokens []Hash
}

// Bytes is LE16(urn) ‖ a byte, 1 for Void and 0 otherwise ‖ the tokens.
func (r FateRequest) Bytes() []byte {
	b := append(binary.LittleEndian.AppendUint16(nil, r.Urn), 0)
	if r.Void {
		b[2] = 1
	}
	for _, t := range r.Tokens {
		b = append(b, t[:]...)
	}
	return b
}

// ParseFateRequest reads what Bytes gives.
func ParseFateRequest(b []byte) (FateRequest, error) {
	if len(b) < 3 || b[2] > 1 || (len(b)-3)%sha256.Size != 0 {
		return FateRequest{}, fmt.Errorf("%w: question of %d bytes", ErrFormat, len(b))
	}
	r := FateRequest{Urn: binary.LittleEndian.Uint16(b), Void: b[2] == 1}
	for b = b[3:]; len(b) > 0; b = b[sha256.Size:] {
		r.Tokens = append(r.Tokens, Hash(b))
	}
	return r, nil
}

// A FateAnswer holds the signed text of each fate, empty where the urn never saw
// the authorisation; or a refusal.
type FateAnswer struct {
	Fates [][]byte
	Err   error
}

// Bytes is a byte that is 0 and LE16(length) ‖ text for each; or the number of the
// refusal alone.
func (a FateAnswer) Bytes() []byte {
	if a.Err != nil {
		return []byte{refusalNumber(a.Err)}
	}
	b := []byte{0}
	for _, f := range a.Fates {
		b = appendShort(b, f)
	}
	return b
}

// ParseFateAnswer reads what Bytes gives.
func ParseFateAnswer(b []byte) (a FateAnswer, err error) {
	if refusal, refused, err := parseRefusal(b); refused || err != nil {
		return FateAnswer{Err: refusal}, err
	}
	for b = b[1:]; len(b) > 0; {
		var fate []byte
		if fate, b, err = cutShort(b); err != nil {
			return FateAnswer{}, err
		}
		if len(fate) == 0 {
			fate = nil
		}
		a.Fates = append(a.Fates, fate)
	}
	return a, nil
}

// parseRefusal reads the first byte of an answer.
func parseRefusal(b []byte) (refusal error, refused bool, bad error) {
	switch {
	case len(b) > 0 && b[0] == 0:
		return nil, false, nil
	case len(b) == 1 && int(b[0]) <= len(refusals):
		return refusals[b[0]-1], true, nil
	}
	return nil, false, fmt.Errorf("%w: answer of %d bytes", ErrFormat, len(b))
}

// ServeAppend is Append for one request in bytes, answered in bytes.
func (s *Service) ServeAppend(ctx context.Context, request []byte) []byte {
	r, err := ParseAppendRequest(request)
	if err != nil {
		return AppendAnswer{Err: err}.Bytes()
	}
	return s.Append(ctx, []AppendRequest{r})[0].Bytes()
}

// ServeFate is Fate, or Void, for a request in bytes, answered in bytes.
func (s *Service) ServeFate(ctx context.Context, request []byte) []byte {
	r, err := ParseFateRequest(request)
	if err != nil {
		return FateAnswer{Err: err}.Bytes()
	}
	ask := s.Fate
	if r.Void {
		ask = s.Void
	}
	fates, err := ask(ctx, r.Urn, r.Tokens)
	return FateAnswer{fates, err}.Bytes()
}

// appendShort appends LE16(len(part)) ‖ part.
func appendShort(b, part []byte) []byte {
	if len(part) > 1<<16-1 {
		panic("urn: part of a message too long for its length field")
	}
	return append(binary.LittleEndian.AppendUint16(b, uint16(len(part))), part...)
}

// cutShort reads what appendShort wrote, and gives the rest.
func cutShort(b []byte) (part, rest []byte, err error) {
	if len(b) < 2 || len(b)-2 < int(binary.LittleEndian.Uint16(b)) {
		return nil, nil, fmt.Errorf("%w: a part of the message is cut short", ErrFormat)
	}
	n := int(binary.LittleEndian.Uint16(b))
	return b[2 : 2+n : 2+n], b[2+n:], nil
}

// text is the casting text of this kind and value for this urn.
func (r *Rules) text(kind string, value Hash) scrutin.CastingText {
	return scrutin.CastingText{Kind: kind, Opening: scrutin.Digest(r.Opening), Urn: r.Name, Value: scrutin.Digest(value)}
}
