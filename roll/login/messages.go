package login

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"isoloir/account/exchange"
	"isoloir/crypto/sigma"
	"isoloir/roll"
	"isoloir/scrutin"
)

// Sizes in bytes.
const (
	SecretSize    = 32 // of a session's secret
	ChallengeSize = sigma.ChallengeSize
	MaxAnswer     = 200 // of what a person answers to a step
)

// A Secret is a session, in the hands of the device alone.
type Secret [SecretSize]byte

// A Challenge is what a login answers, once.
type Challenge [ChallengeSize]byte

// A HelloRequest asks for a challenge.
type HelloRequest struct{ roll.Place }

// A LoginRequest proves knowledge of the exponent of the elector's login key.
type LoginRequest struct {
	roll.Place
	Challenge Challenge
	Proof     [sigma.KnowledgeSize]byte // R ‖ s
}

// A ProveRequest answers the step that is asked next.
type ProveRequest struct {
	Secret Secret
	Text   string // UTF-8, at most MaxAnswer bytes
}

// A LoginAnswer is a session that has begun.
type LoginAnswer struct {
	Secret  Secret
	Expires time.Time // whole seconds
	Step    Step      // what is asked before Open
}

// A SendAnswer says that a code is on its way.
type SendAnswer struct {
	Expires time.Time // of the code, whole seconds
	Hint    string    // the address, masked
}

// A State is how far an elector is, as Open tells him.
type State byte

// The states.
const (
	MayVote State = iota
	Reserved
	Voted
)

// An OpenAnswer is what the device needs to make the elector's secret.
type OpenAnswer struct {
	State   State
	Step    Step        // what is asked before a reservation
	Masked  [2][32]byte // scalars, by issuer in the manifest's order
	Expires time.Time   // of the session, whole seconds
}

// A Companion is a scrutin that this one leads, in which the session's elector may vote
// too, and where he stands there.
type Companion struct {
	Fingerprint scrutin.Digest
	roll.Place
}

// A CompanionsAnswer is all of them, in the manifest's order.
type CompanionsAnswer []Companion

// Sizes of messages of one length.
const (
	companionSize    = 32 + placeSize
	placeSize        = 6
	loginRequestSize = placeSize + ChallengeSize + sigma.KnowledgeSize
	loginAnswerSize  = SecretSize + 8 + 1
	openAnswerSize   = 2 + 64 + 8
)

// Bytes is LE16(urn) ‖ LE32(elector).
func (q HelloRequest) Bytes() []byte { return appendPlace(nil, q.Place) }

// Bytes is LE16(urn) ‖ LE32(elector) ‖ challenge ‖ R ‖ s.
func (q LoginRequest) Bytes() []byte {
	return append(append(appendPlace(nil, q.Place), q.Challenge[:]...), q.Proof[:]...)
}

// Bytes is session ‖ LE16(length) ‖ text.
func (q ProveRequest) Bytes() []byte {
	b := binary.LittleEndian.AppendUint16(q.Secret[:], uint16(len(q.Text)))
	return append(b, q.Text...)
}

// Bytes is session ‖ LE64(expiry) ‖ step.
func (a LoginAnswer) Bytes() []byte {
	return append(appendTime(a.Secret[:], a.Expires), byte(a.Step))
}

// Bytes is LE64(expiry) ‖ hint.
func (a SendAnswer) Bytes() []byte { return append(appendTime(nil, a.Expires), a.Hint...) }

// Bytes is state ‖ step ‖ masked half of each issuer ‖ LE64(expiry).
func (a OpenAnswer) Bytes() []byte {
	b := append([]byte{byte(a.State), byte(a.Step)}, a.Masked[0][:]...)
	return appendTime(append(b, a.Masked[1][:]...), a.Expires)
}

// Bytes is f' ‖ LE16(urn) ‖ LE32(elector) for each.
func (a CompanionsAnswer) Bytes() (b []byte) {
	for _, c := range a {
		b = appendPlace(append(b, c.Fingerprint[:]...), c.Place)
	}
	return b
}

// ParseHelloRequest reads what Bytes gives.
func ParseHelloRequest(b []byte) (q HelloRequest, err error) {
	if len(b) != placeSize {
		return q, malformed("hello", b)
	}
	return HelloRequest{parsePlace(b)}, nil
}

// ParseLoginRequest reads what Bytes gives. The proof is not judged here.
func ParseLoginRequest(b []byte) (q LoginRequest, err error) {
	if len(b) != loginRequestSize {
		return q, malformed("login", b)
	}
	return LoginRequest{parsePlace(b), Challenge(b[placeSize:]), [sigma.KnowledgeSize]byte(b[placeSize+ChallengeSize:])}, nil
}

// ParseProveRequest reads what Bytes gives.
func ParseProveRequest(b []byte) (q ProveRequest, err error) {
	if len(b) < SecretSize+2 || len(b)-SecretSize-2 != int(binary.LittleEndian.Uint16(b[SecretSize:])) {
		return q, malformed("prove", b)
	}
	q = ProveRequest{Secret(b), string(b[SecretSize+2:])}
	if len(q.Text) > MaxAnswer || !utf8.ValidString(q.Text) {
		return q, malformed("prove", b)
	}
	return q, nil
}

// ParseSecret reads a request that is a session alone.
func ParseSecret(b []byte) (s Secret, err error) {
	if len(b) != SecretSize {
		return s, malformed("session", b)
	}
	return Secret(b), nil
}

// ParseLoginAnswer reads what Bytes gives, without the first byte of an answer.
func ParseLoginAnswer(b []byte) (a LoginAnswer, err error) {
	if len(b) != loginAnswerSize {
		return a, malformed("login", b)
	}
	a = LoginAnswer{Secret: Secret(b), Step: Step(b[SecretSize+8])}
	if a.Expires, err = parseTime(b[SecretSize:]); err == nil && !a.Step.known() {
		err = malformed("login", b)
	}
	return a, err
}

// ParseSendAnswer reads what Bytes gives, without the first byte of an answer.
func ParseSendAnswer(b []byte) (a SendAnswer, err error) {
	if len(b) < 8 || len(b) > 8+exchange.MaxHint || !utf8.Valid(b[8:]) {
		return a, malformed("send", b)
	}
	a.Hint = string(b[8:])
	a.Expires, err = parseTime(b)
	return a, err
}

// ParseProveAnswer reads the step that is asked next, without the first byte of an
// answer.
func ParseProveAnswer(b []byte) (Step, error) {
	if len(b) != 1 || !Step(b[0]).known() {
		return 0, malformed("prove", b)
	}
	return Step(b[0]), nil
}

// ParseOpenAnswer reads what Bytes gives, without the first byte of an answer.
func ParseOpenAnswer(b []byte) (a OpenAnswer, err error) {
	if len(b) != openAnswerSize {
		return a, malformed("open", b)
	}
	a = OpenAnswer{State: State(b[0]), Step: Step(b[1]), Masked: [2][32]byte{[32]byte(b[2:]), [32]byte(b[34:])}}
	if a.Expires, err = parseTime(b[66:]); err == nil && (a.State > Voted || !a.Step.known()) {
		err = malformed("open", b)
	}
	return a, err
}

// ParseCompanionsAnswer reads what Bytes gives, without the first byte of an answer. No
// scrutin stands in it twice; whether it is named in the manifest is not judged here.
func ParseCompanionsAnswer(b []byte) (a CompanionsAnswer, err error) {
	if len(b)%companionSize != 0 || len(b) > scrutin.MaxCompanions*companionSize {
		return nil, malformed("companions", b)
	}
	for rest := b; len(rest) > 0; rest = rest[companionSize:] {
		f := scrutin.Digest(rest)
		if slices.ContainsFunc(a, func(c Companion) bool { return c.Fingerprint == f }) {
			return nil, malformed("companions", b)
		}
		a = append(a, Companion{f, parsePlace(rest[32:])})
	}
	return a, nil
}

// ParseExpiry reads LE64(expiry), which answers extend, without the first byte of an
// answer.
func ParseExpiry(b []byte) (time.Time, error) {
	if len(b) != 8 {
		return time.Time{}, malformed("extend", b)
	}
	return parseTime(b)
}

func malformed(what string, b []byte) error {
	return fmt.Errorf("%w: %s of %d bytes", roll.ErrFormat, what, len(b))
}

func appendPlace(b []byte, p roll.Place) []byte {
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint16(b, p.Urn), p.Elector)
}

func parsePlace(b []byte) roll.Place {
	return roll.Place{Urn: binary.LittleEndian.Uint16(b), Elector: binary.LittleEndian.Uint32(b[2:])}
}

func appendTime(b []byte, t time.Time) []byte {
	return binary.LittleEndian.AppendUint64(b, uint64(t.Unix()))
}

// parseTime refuses what no calendar reaches.
func parseTime(b []byte) (time.Time, error) {
	seconds := binary.LittleEndian.Uint64(b)
	if seconds > 1<<40 {
		return time.Time{}, malformed("instant", b)
	}
	return time.Unix(int64(seconds), 0).UTC(), nil
}
