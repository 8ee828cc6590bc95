package exchange

import (
	"encoding/binary"
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"
)

// Kinds of notices: the first byte.
const (
	kindValidation byte = 1
	kindVoted      byte = 2
)

// MaxVoted is how many electors one notice can say the vote of.
const MaxVoted = 4096

// CodeLength is how many digits a code has that is sent during a login.
const CodeLength = 6

// MaxHint is the highest number of bytes of a hint.
const MaxHint = 64

// An Elector is whom a notice is for.
type Elector struct {
	Urn    uint16
	Number uint32
}

// A Validation asks the issuer to send six digits to an elector at once.
type Validation struct {
	Elector
	ID      [16]byte  // drawn for this message: it is sent once, however often asked for
	Expires time.Time // whole seconds, when the digits are of no use any more
	Digits  string    // six
}

// Voted asks the issuer to tell electors that their vote is recorded. It is told
// once to each, however often asked for.
type Voted []Elector

// Bytes is 1 ‖ LE16(urn) ‖ LE32(elector) ‖ ID ‖ LE64(expiry, seconds since 1970) ‖
// digits.
func (v Validation) Bytes() []byte {
	b := v.Elector.append([]byte{kindValidation})
	b = append(b, v.ID[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(v.Expires.Unix()))
	return append(b, v.Digits...)
}

// Bytes is 2, and LE16(urn) ‖ LE32(elector) for each, in ascending order.
func (v Voted) Bytes() []byte {
	b := make([]byte, 1, 1+electorSize*len(v))
	b[0] = kindVoted
	for _, e := range v {
		b = e.append(b)
	}
	return b
}

const (
	electorSize    = 6
	validationSize = 1 + electorSize + 16 + 8 + CodeLength
)

func (e Elector) append(b []byte) []byte {
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint16(b, e.Urn), e.Number)
}

func (e Elector) before(f Elector) bool {
	return e.Urn < f.Urn || e.Urn == f.Urn && e.Number < f.Number
}

func parseElector(b []byte) Elector {
	return Elector{binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint32(b[2:])}
}

// ParseNotice reads a notice: a Validation or a Voted.
func ParseNotice(b []byte) (notice any, err error) {
	switch {
	case len(b) == validationSize && b[0] == kindValidation:
		v := Validation{Elector: parseElector(b[1:]), ID: [16]byte(b[7:]), Digits: string(b[31:])}
		for _, d := range v.Digits {
			if d < '0' || d > '9' {
				return nil, fmt.Errorf("%w: a code that is not of %d digits", ErrFormat, CodeLength)
			}
		}
		seconds := binary.LittleEndian.Uint64(b[23:])
		if seconds > 1<<40 {
			return nil, fmt.Errorf("%w: a code that never expires", ErrFormat)
		}
		v.Expires = time.Unix(int64(seconds), 0).UTC()
		return v, nil
	case len(b) > 1 && b[0] == kindVoted && (len(b)-1)%electorSize == 0 && (len(b)-1)/electorSize <= MaxVoted:
		var v Voted
		for at := 1; at < len(b); at += electorSize {
			e := parseElector(b[at:])
			if len(v) > 0 && !v[len(v)-1].before(e) {
				return nil, fmt.Errorf("%w: electors not in ascending order", ErrFormat)
			}
			v = append(v, e)
		}
		return v, nil
	}
	return nil, fmt.Errorf("%w: a notice of %d bytes", ErrFormat, len(b))
}

// Refusals of an issuer to a notice, by their numbers on the wire.
const (
	RefusedFormat  byte = 1
	RefusedElector byte = 2 // a Validation for an elector who is not in the address book
	RefusedBusy    byte = 3 // ask the same again in a moment
)

// An Answer is what an issuer answers a notice, once what it will send survives its
// own end: the hint of the address for a Validation, nothing for Voted; or a refusal.
type Answer struct {
	Hint    string // the address, masked, at most 64 bytes
	Refused byte
}

// Bytes is 0 and the hint, or the refusal's number alone.
func (a Answer) Bytes() []byte {
	if a.Refused != 0 {
		return []byte{a.Refused}
	}
	return append([]byte{0}, a.Hint...)
}

// ParseAnswer reads what Bytes gives. A hint is plain text.
func ParseAnswer(b []byte) (Answer, error) {
	switch {
	case len(b) == 1 && b[0] <= RefusedBusy:
		return Answer{Refused: b[0]}, nil
	case len(b) > 1 && len(b) <= 1+MaxHint && b[0] == 0 && plain(string(b[1:])):
		return Answer{Hint: string(b[1:])}, nil
	}
	return Answer{}, fmt.Errorf("%w: answer of %d bytes", ErrFormat, len(b))
}

func plain(s string) bool {
	for _, r := range s {
		if !unicode.IsGraphic(r) {
			return false
		}
	}
	return utf8.ValidString(s)
}
