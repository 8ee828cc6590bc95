package urn

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
)

// BallotVersion is the first byte of every ballot.
const BallotVersion = 1

// SupervisedCounter is the counter of an account's first supervised ballot: those that
// are cast at a terminal form a chain of their own, beside that of all others.
const SupervisedCounter = 1 << 31

// Offsets of a ballot's fields, in bytes.
const (
	atOpening     = 1
	atUrn         = atOpening + sha256.Size
	atAccount     = atUrn + 2
	atCounter     = atAccount + group.PointSize
	atPrevious    = atCounter + 4
	atCiphertexts = atPrevious + sha256.Size
)

// BallotSize is the length in bytes of a ballot of w questions: 167 + 128w.
func BallotSize(w int) int {
	return atCiphertexts + w*elgamal.Size + sigma.BallotProofSize(w)
}

// An Envelope is the bytes of a ballot whose length and version are right and
// whose points nobody has looked at: all that a store needs. It is not changed
// once made.
type Envelope struct {
	b    []byte
	hash Hash
}

// ReadEnvelope accepts 167 + 128w bytes for any w from 1, of version 1, and a
// first ballot that names no previous one (ErrFormat). The envelope keeps b.
func ReadEnvelope(b []byte) (Envelope, error) {
	e := Envelope{b, sha256.Sum256(b)}
	switch {
	case len(b) < BallotSize(1) || len(b) != BallotSize(e.Questions()):
		return Envelope{}, fmt.Errorf("%w: %d bytes", ErrFormat, len(b))
	case b[0] != BallotVersion:
		return Envelope{}, fmt.Errorf("%w: version %d", ErrFormat, b[0])
	case e.First() && e.Previous() != Hash{}:
		return Envelope{}, fmt.Errorf("%w: a first ballot names a previous one", ErrFormat)
	}
	return e, nil
}

// Bytes is the ballot's encoding. The caller does not change it.
func (e Envelope) Bytes() []byte { return e.b }

// Hash is the ballot hash, which is the voter's receipt code: SHA-256 of Bytes.
func (e Envelope) Hash() Hash { return e.hash }

// Questions is the number of ciphertexts, w.
func (e Envelope) Questions() int {
	return (len(e.b) - BallotSize(0)) / (BallotSize(1) - BallotSize(0))
}

// Opening is the hash o of the opening record.
func (e Envelope) Opening() Hash { return Hash(e.b[atOpening:]) }

// Urn is the urn's number in the manifest.
func (e Envelope) Urn() uint16 { return binary.LittleEndian.Uint16(e.b[atUrn:]) }

// Account is the encoding of the account key.
func (e Envelope) Account() [group.PointSize]byte { return [group.PointSize]byte(e.b[atAccount:]) }

// Counter is 0 for the account's first ballot, [SupervisedCounter] for its first
// supervised one.
func (e Envelope) Counter() uint32 { return binary.LittleEndian.Uint32(e.b[atCounter:]) }

// Supervised says whether the ballot is one that was cast at a terminal.
func (e Envelope) Supervised() bool { return e.Counter() >= SupervisedCounter }

// Place is that of the ballot in its chain, from 0.
func (e Envelope) Place() uint32 { return e.Counter() % SupervisedCounter }

// First says whether the ballot begins a chain.
func (e Envelope) First() bool { return e.Place() == 0 }

// Previous is the hash of the account's previous ballot; zero for the first.
func (e Envelope) Previous() Hash { return Hash(e.b[atPrevious:]) }

// Ciphertexts is the encoding of the ciphertexts, 64 bytes for each question.
func (e Envelope) Ciphertexts() []byte {
	return e.b[atCiphertexts : atCiphertexts+e.Questions()*elgamal.Size]
}

// Halves gives the encodings of every c1 (which = 0), or every c2 (which = 1).
func (e Envelope) Halves(which int) [][group.PointSize]byte { return Halves(e.Ciphertexts(), which) }

// Halves gives every c1 (which = 0), or every c2 (which = 1), of ciphertexts of 64 bytes.
func Halves(ciphertexts []byte, which int) [][group.PointSize]byte {
	out := make([][group.PointSize]byte, len(ciphertexts)/elgamal.Size)
	for q := range out {
		out[q] = [group.PointSize]byte(ciphertexts[q*elgamal.Size+which*group.PointSize:])
	}
	return out
}

// twice says whether a c1, or a c2, stands more than once in ciphertexts.
func twice(ciphertexts []byte) bool {
	for which := range 2 {
		halves := Halves(ciphertexts, which)
		for i := range halves {
			if slices.Contains(halves[:i], halves[i]) {
				return true
			}
		}
	}
	return false
}

// A Ballot is an encrypted choice with its proof (docs/protocol.md, section 7),
// decoded. It is not changed once made.
type Ballot struct {
	Envelope
	account     sigma.Element
	ciphertexts elgamal.List
	proof       sigma.BallotProof
}

// ParseBallot reads a ballot of w questions. It accepts canonical bytes and
// nothing else (ErrFormat); what they say is for [Rules] to judge. The ballot
// keeps b.
func ParseBallot(b []byte, w int) (*Ballot, error) {
	e, err := ReadEnvelope(b)
	if err != nil {
		return nil, err
	}
	if e.Questions() != w {
		return nil, fmt.Errorf("%w: %d questions, and not %d", ErrFormat, e.Questions(), w)
	}
	return e.decode()
}

func (e Envelope) decode() (*Ballot, error) {
	p := &Ballot{Envelope: e}
	var err error
	if p.account, err = sigma.DecodeElement(e.b[atAccount:atCounter]); err != nil {
		return nil, fmt.Errorf("%w: account key: %w", ErrFormat, err)
	}
	if p.ciphertexts, err = elgamal.DecodeList(e.Ciphertexts(), 1); err != nil {
		return nil, fmt.Errorf("%w: ciphertext %w", ErrFormat, err)
	}
	if p.proof, err = sigma.DecodeBallotProof(e.b[atCiphertexts+len(e.Ciphertexts()):], e.Questions()); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return p, nil
}

// NewBallot makes the ballot of the account of secret x: one option code for each
// question of the urn, in the manifest's order. counter and previous are 0 and
// zero for a first ballot. The coins are drawn here and overwritten. It fails
// with sigma.ErrSecret unless ĝ^x is a key for which rules stand.
func NewBallot(rules *Rules, x group.Scalar, counter uint32, previous Hash, options []group.Point) (*Ballot, error) {
	coins := make([]group.Scalar, len(options))
	defer clear(coins)
	for q := range coins {
		coins[q] = group.RandomScalar()
	}
	return newBallot(rules, x, counter, previous, options, coins)
}

// NewChallengedBallot makes a first ballot for the options at these places, and the
// challenge that opens it, for who does not cast it.
func NewChallengedBallot(rules *Rules, x group.Scalar, places []uint16) (*Ballot, Challenge, error) {
	coins, options := make([]group.Scalar, len(places)), make([]group.Point, len(places))
	for q, place := range places {
		if q >= len(rules.Options) || int(place) >= len(rules.Options[q]) {
			return nil, Challenge{}, fmt.Errorf("question %d has no option at place %d", q+1, place)
		}
		coins[q], options[q] = group.RandomScalar(), rules.Options[q][place]
	}
	b, err := newBallot(rules, x, 0, Hash{}, options, coins)
	if err != nil {
		return nil, Challenge{}, err
	}
	return b, NewChallenge(b.Bytes(), places, coins), nil
}

func newBallot(rules *Rules, x group.Scalar, counter uint32, previous Hash, options []group.Point, coins []group.Scalar) (*Ballot, error) {
	if len(options) != rules.Questions {
		return nil, fmt.Errorf("%d choices for %d questions", len(options), rules.Questions)
	}
	account := sigma.NewElement(rules.base.Mul(x))
	ciphertexts := make([]elgamal.Ciphertext, len(options))
	for q, m := range options {
		ciphertexts[q] = rules.key.Encrypt(m, coins[q])
	}
	list := elgamal.NewList(ciphertexts, 1)
	claim, err := rules.populations.proofs[0].Claim(account, counter, previous, list)
	if err != nil {
		return nil, err
	}
	proof, err := claim.Prove(coins, x)
	if err != nil {
		return nil, err
	}
	key := account.Bytes()
	b := make([]byte, 0, BallotSize(rules.Questions))
	b = append(append(b, BallotVersion), rules.Opening[:]...)
	b = append(binary.LittleEndian.AppendUint16(b, rules.Number), key[:]...)
	b = append(binary.LittleEndian.AppendUint32(b, counter), previous[:]...)
	b = append(append(b, list.Bytes()...), proof.Bytes()...)
	return &Ballot{Envelope{b, sha256.Sum256(b)}, account, list, proof}, nil
}
