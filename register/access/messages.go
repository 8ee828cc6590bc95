package access

import (
	"encoding/binary"
	"fmt"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/register"
)

// A Refusal is a reason that the other end is told, by its number: its place in the list,
// from 1.
type Refusal string

// Error implements error.
func (r Refusal) Error() string { return string(r) }

// Every refusal.
const (
	ErrFormat  Refusal = "not a message of this protocol: its bytes are not in the one accepted form"
	ErrLogin   Refusal = "no account of this number opens with this, or its card was handed out a short while ago: then try again in a quarter of an hour, at the latest when the polling station has closed"
	ErrSession Refusal = "there is no such session, or the challenge is not good any more: begin again"
	ErrUsed    Refusal = "somebody has used this card already"
	ErrInvalid Refusal = "this account is invalid"
	ErrLastWay Refusal = "the account would have no way in any more"
	ErrWait    Refusal = "too many tries: wait"
	ErrBusy    Refusal = "the register does not answer at the moment: try again"
)

var refusals = []Refusal{ErrFormat, ErrLogin, ErrSession, ErrUsed, ErrInvalid, ErrLastWay, ErrWait, ErrBusy}

// Sizes of messages, in bytes.
const (
	numberSize    = 8
	wayBytes      = 1 + group.PointSize + group.ScalarSize
	firstSize     = numberSize + sigma.ChallengeSize + 2*sigma.KnowledgeSize + group.PointSize + group.ScalarSize + wayBytes
	openSize      = numberSize + 1 + sigma.ChallengeSize + sigma.KnowledgeSize
	SecretSize    = 32
	changeWaySize = SecretSize + wayBytes
	// Largest is how many bytes a message has at most.
	Largest = firstSize
)

// A Secret is a session's. It prints as its length.
type Secret [SecretSize]byte

// String hides the session.
func (Secret) String() string { return "[session of 32 bytes]" }

// GoString hides the session from %#v.
func (s Secret) GoString() string { return s.String() }

// A Challenge is what a login answers once.
type Challenge [sigma.ChallengeSize]byte

// FirstRequest takes a card into use.
type FirstRequest struct {
	Number    register.Number
	Challenge Challenge
	Login     sigma.Knowledge // of the scratch code's login half
	Key       sigma.Element   // y
	Proof     sigma.Knowledge // of x
	Masked    group.Scalar    // x and the scratch code's mask
	Way       Way             // another way in
}

// ParseFirstRequest reads a message.
func ParseFirstRequest(b []byte) (q FirstRequest, err error) {
	if len(b) != firstSize {
		return q, malformed("first", b)
	}
	r := reader{b: b}
	q.Number, q.Challenge = r.number(), r.challenge()
	q.Login, q.Key, q.Proof, q.Masked, q.Way = r.proof(), r.element(), r.proof(), r.scalar(), r.way()
	if r.err == nil && q.Way.Kind == Scratch {
		r.fail(fmt.Errorf("a second way of the card's kind"))
	}
	return q, r.err
}

// Bytes is the message.
func (q FirstRequest) Bytes() []byte {
	b := appendNumber(nil, q.Number)
	b = append(b, q.Challenge[:]...)
	b = appendProof(b, q.Login)
	key := q.Key.Bytes()
	b = append(b, key[:]...)
	b = appendProof(b, q.Proof)
	return q.Way.append(appendScalar(b, q.Masked))
}

// OpenRequest logs in.
type OpenRequest struct {
	Number    register.Number
	Kind      Kind
	Challenge Challenge
	Login     sigma.Knowledge
}

// ParseOpenRequest reads a message.
func ParseOpenRequest(b []byte) (q OpenRequest, err error) {
	if len(b) != openSize {
		return q, malformed("open", b)
	}
	r := reader{b: b}
	q.Number, q.Kind, q.Challenge, q.Login = r.number(), r.kind(), r.challenge(), r.proof()
	return q, r.err
}

// Bytes is the message.
func (q OpenRequest) Bytes() []byte {
	b := append(appendNumber(nil, q.Number), byte(q.Kind))
	return appendProof(append(b, q.Challenge[:]...), q.Login)
}

// OpenAnswer is what a login gives.
type OpenAnswer struct {
	Session      Secret
	Expires      int64 // seconds since 1970
	State        register.State
	Ways         Ways
	Key          [group.PointSize]byte
	Masked       group.Scalar
	Constituency string
}

// Bytes is the message.
func (a OpenAnswer) Bytes() []byte {
	b := binary.LittleEndian.AppendUint64(a.Session[:], uint64(a.Expires))
	b = append(b, byte(a.State), byte(a.Ways))
	b = appendScalar(append(b, a.Key[:]...), a.Masked)
	return append(b, a.Constituency...)
}

func (w Way) append(b []byte) []byte {
	login := w.Login.Bytes()
	return appendScalar(append(append(b, byte(w.Kind)), login[:]...), w.Masked)
}

func appendNumber(b []byte, n register.Number) []byte {
	return binary.LittleEndian.AppendUint64(b, uint64(n))
}

func appendProof(b []byte, p sigma.Knowledge) []byte {
	bytes := p.Bytes()
	return append(b, bytes[:]...)
}

func appendScalar(b []byte, s group.Scalar) []byte {
	bytes := s.Bytes()
	return append(b, bytes[:]...)
}

func malformed(name string, b []byte) error {
	return fmt.Errorf("%w: %s of %d bytes", ErrFormat, name, len(b))
}

// A reader takes fields off a message whose length is right, and keeps the first error.
type reader struct {
	b   []byte
	err error
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %w", ErrFormat, err)
	}
}

func (r *reader) take(n int) []byte {
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) number() register.Number {
	n := register.Number(binary.LittleEndian.Uint64(r.take(numberSize)))
	if !n.Valid() {
		r.fail(register.ErrNumber)
	}
	return n
}

func (r *reader) kind() Kind {
	k := Kind(r.take(1)[0])
	if !k.known() {
		r.fail(fmt.Errorf("way in of kind %d", k))
	}
	return k
}

func (r *reader) challenge() Challenge { return Challenge(r.take(sigma.ChallengeSize)) }

func (r *reader) proof() sigma.Knowledge {
	p, err := sigma.DecodeKnowledge(r.take(sigma.KnowledgeSize))
	if err != nil {
		r.fail(err)
	}
	return p
}

func (r *reader) element() sigma.Element {
	e, err := sigma.DecodeElement(r.take(group.PointSize))
	if err != nil {
		r.fail(err)
	}
	return e
}

func (r *reader) scalar() group.Scalar {
	s, err := group.DecodeScalar(r.take(group.ScalarSize))
	if err != nil {
		r.fail(err)
	}
	return s
}

func (r *reader) way() Way {
	w := Way{Kind: r.kind()}
	login, err := group.DecodeNonIdentity(r.take(group.PointSize))
	if err != nil {
		r.fail(err)
	}
	w.Login, w.Masked = login, r.scalar()
	return w
}
