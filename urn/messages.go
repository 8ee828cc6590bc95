package urn

import (
	"encoding/binary"
	"fmt"

	"isoloir/scrutin"
)

// An AppendRequest is step 2 of casting, from the voter's device to the urn.
type AppendRequest struct {
	Urn           uint16
	Token         Hash   // H(τ); zero for a ballot whose counter is not 0
	Authorisation []byte // the roll's signed text over H(τ); empty likewise
	Ballot        []byte
}

// Bytes is LE16(urn) ‖ H(τ) ‖ LE16(length) ‖ authorisation ‖ ballot. It panics on
// an authorisation above 65,535 bytes.
func (r AppendRequest) Bytes() []byte {
	b := binary.LittleEndian.AppendUint16(nil, r.Urn)
	b = appendShort(append(b, r.Token[:]...), r.Authorisation)
	return append(b, r.Ballot...)
}

// ParseAppendRequest reads what Bytes gives. The parts are not judged here. The
// request keeps b.
func ParseAppendRequest(b []byte) (r AppendRequest, err error) {
	if len(b) < 34 {
		return r, fmt.Errorf("%w: request of %d bytes", ErrFormat, len(b))
	}
	r.Urn, r.Token = binary.LittleEndian.Uint16(b), Hash(b[2:34])
	if r.Authorisation, r.Ballot, err = cutShort(b[34:]); err != nil {
		return AppendRequest{}, err
	}
	return r, nil
}

// An AppendAnswer is the urn's answer: two signed texts, or a refusal. A ballot
// whose counter is not 0 gets no receipt for the roll.
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
	bad := fmt.Errorf("%w: answer of %d bytes", ErrFormat, len(b))
	switch {
	case len(b) == 0:
		return a, bad
	case b[0] != 0 && len(b) == 1 && int(b[0]) <= len(refusals):
		return AppendAnswer{Err: refusals[b[0]-1]}, nil
	case b[0] != 0:
		return a, bad
	}
	rest := b[1:]
	if a.Promise, rest, err = cutShort(rest); err != nil {
		return AppendAnswer{}, err
	}
	if a.Receipt, rest, err = cutShort(rest); err != nil || len(rest) > 0 {
		return AppendAnswer{}, bad
	}
	return a, nil
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
