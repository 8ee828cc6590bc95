package urn

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
)

// BallotVersion is the first byte of every ballot.
const BallotVersion = 1

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

// A Ballot is an encrypted choice with its proof (docs/protocol.md, section 7). It
// is not changed once made.
type Ballot struct {
	Opening     Hash   // o
	Urn         uint16 // number in the manifest
	Account     sigma.Element
	Counter     uint32 // 0 for an account's first ballot
	Previous    Hash   // of the account's previous ballot; zero for the first
	Ciphertexts elgamal.List
	Proof       sigma.BallotProof

	encoded []byte
	hash    Hash
}

// ParseBallot reads a ballot of w questions. It accepts canonical bytes and
// nothing else (ErrFormat); what they say is for [Rules] to judge. The ballot
// keeps b.
func ParseBallot(b []byte, w int) (*Ballot, error) {
	if w < 1 || len(b) != BallotSize(w) {
		return nil, fmt.Errorf("%w: %d bytes, for %d questions", ErrFormat, len(b), w)
	}
	if b[0] != BallotVersion {
		return nil, fmt.Errorf("%w: version %d", ErrFormat, b[0])
	}
	p := &Ballot{
		Opening:  Hash(b[atOpening:atUrn]),
		Urn:      binary.LittleEndian.Uint16(b[atUrn:]),
		Counter:  binary.LittleEndian.Uint32(b[atCounter:]),
		Previous: Hash(b[atPrevious:atCiphertexts]),
		encoded:  b,
		hash:     sha256.Sum256(b),
	}
	if p.Counter == 0 && p.Previous != (Hash{}) {
		return nil, fmt.Errorf("%w: a first ballot names a previous one", ErrFormat)
	}
	var err error
	if p.Account, err = sigma.DecodeElement(b[atAccount:atCounter]); err != nil {
		return nil, fmt.Errorf("%w: account key: %w", ErrFormat, err)
	}
	proof := atCiphertexts + w*elgamal.Size
	if p.Ciphertexts, err = elgamal.DecodeList(b[atCiphertexts:proof:proof], 1); err != nil {
		return nil, fmt.Errorf("%w: ciphertext %w", ErrFormat, err)
	}
	if p.Proof, err = sigma.DecodeBallotProof(b[proof:], w); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return p, nil
}

// Bytes is the ballot's encoding. The caller does not change it.
func (b *Ballot) Bytes() []byte { return b.encoded }

// Hash is the ballot hash, which is the voter's receipt code: SHA-256 of Bytes.
func (b *Ballot) Hash() Hash { return b.hash }

// NewBallot makes the ballot of the account of secret x: one option code for each
// question of the urn, in the manifest's order. counter and previous are 0 and
// zero for a first ballot. The coins are drawn here and overwritten. It fails
// with sigma.ErrSecret unless ĝ^x is a key for which rules stand.
func NewBallot(rules *Rules, x group.Scalar, counter uint32, previous Hash, options []group.Point) (*Ballot, error) {
	if len(options) != rules.Questions {
		return nil, fmt.Errorf("%d choices for %d questions", len(options), rules.Questions)
	}
	account := sigma.NewElement(rules.base.Mul(x))
	coins := make([]group.Scalar, len(options))
	defer clear(coins)
	ciphertexts := make([]elgamal.Ciphertext, len(options))
	for q, m := range options {
		coins[q] = group.RandomScalar()
		ciphertexts[q] = rules.key.Encrypt(m, coins[q])
	}
	list := elgamal.NewList(ciphertexts, 1)
	claim, err := rules.proofs.Claim(account, counter, previous, list)
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
	return &Ballot{rules.Opening, rules.Number, account, counter, previous, list, proof, b, sha256.Sum256(b)}, nil
}
