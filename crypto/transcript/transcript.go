// Package transcript derives every challenge of an election: the Fiat–Shamir
// transform in its strong form (Bernhard, Pereira, Warinschi 2012), as laid
// down in section 2 of docs/protocol.md.
//
// A transcript is one running SHA-512 over frames. Each frame carries a tag, a
// label, the length of its data and the data, so that two different sequences
// of appends never give the same bytes. It begins with the protocol version,
// the name of the proof, and the record the proof belongs to: manifest,
// opening record, urn or cell. A proof then appends all its bases and public
// inputs, then its commitments, and only then takes a challenge; each
// challenge enters what follows it.
//
// What it promises: a challenge depends on everything that was said before it,
// and there is no other way to make one in this project (a test walks the
// sources and says so).
//
// A Transcript is not safe for concurrent use; the [Weights] it gives are.
package transcript

import (
	"crypto/rand"
	"crypto/sha512"
	"encoding/binary"
	"hash"
	"io"

	"isoloir/crypto/group"
)

// Version is the label of the first frame of every transcript.
const Version = "isoloir/v1"

// Tags of the frames.
const (
	tagStart     = 0x00
	tagAppend    = 0x01
	tagChallenge = 0x02
	tagAnswer    = 0x03
)

// Context is the record that a proof belongs to.
type Context struct {
	Manifest [32]byte // f, SHA-256 of the manifest
	Opening  [32]byte // o, SHA-256 of the opening record's text; zero before it exists
	Urn      string   // name of the urn or cell; empty where the proof belongs to none
	// Amendment is the number of the amendment of the roll that the proof is part of, from
	// 1; 0 for every other proof, which does not absorb it.
	Amendment uint32
}

// Transcript is the running hash of one proof.
type Transcript struct {
	h       hash.Hash
	pending uint64 // bytes still owed to an open frame
}

// New starts the transcript of the proof so named, in the record ctx.
func New(proof string, ctx Context) *Transcript {
	t := &Transcript{h: sha512.New()}
	t.frame(tagStart, Version, []byte(proof))
	t.Append("manifest", ctx.Manifest[:])
	t.Append("opening", ctx.Opening[:])
	t.Append("urn", []byte(ctx.Urn))
	if ctx.Amendment > 0 {
		t.AppendUint32("amendment", ctx.Amendment)
	}
	return t
}

// Clone returns an independent copy of t.
func (t *Transcript) Clone() *Transcript {
	t.mustBeWhole()
	h, err := t.h.(hash.Cloner).Clone()
	if err != nil {
		panic("transcript: " + err.Error())
	}
	return &Transcript{h: h}
}

// Append absorbs data under label.
func (t *Transcript) Append(label string, data []byte) {
	t.frame(tagAppend, label, data)
}

// AppendString absorbs the bytes of s.
func (t *Transcript) AppendString(label, s string) {
	t.Append(label, []byte(s))
}

// AppendUint32 absorbs v as 4 little-endian bytes.
func (t *Transcript) AppendUint32(label string, v uint32) {
	t.Append(label, binary.LittleEndian.AppendUint32(nil, v))
}

// AppendPoints absorbs the encodings of points, 32 bytes each, as one
// concatenation. Long lists are better encoded by group.EncodeBatch.
func (t *Transcript) AppendPoints(label string, points ...group.Point) {
	b := make([]byte, 0, len(points)*group.PointSize)
	for _, p := range points {
		e := p.Bytes()
		b = append(b, e[:]...)
	}
	t.Append(label, b)
}

// AppendStream opens a frame whose size bytes of data are written to the
// returned writer, in any pieces. Until all are written, every other use of t
// panics; a write beyond size is refused with io.ErrShortWrite, and nothing of
// it is absorbed.
func (t *Transcript) AppendStream(label string, size uint64) io.Writer {
	t.head(tagAppend, label, size)
	t.pending = size
	return stream{t}
}

type stream struct{ t *Transcript }

func (s stream) Write(b []byte) (int, error) {
	if uint64(len(b)) > s.t.pending {
		return 0, io.ErrShortWrite
	}
	s.t.pending -= uint64(len(b))
	return s.t.h.Write(b)
}

// Challenge returns the scalar challenge so labelled. It is absorbed: a later
// challenge depends on it.
func (t *Transcript) Challenge(label string) group.Scalar {
	return group.ScalarFromWide(t.challenge(label))
}

// ChallengeWeights returns the vector challenge so labelled, of any length. It
// is absorbed: a later challenge depends on it.
func (t *Transcript) ChallengeWeights(label string) Weights {
	return Weights{t.challenge(label)}
}

func (t *Transcript) challenge(label string) (d [sha512.Size]byte) {
	t.frame(tagChallenge, label, nil)
	t.h.Sum(d[:0])
	t.frame(tagAnswer, label, d[:])
	return d
}

// Nonce draws the secret nonce of a proof: SHA-512 of 64 bytes of crypto/rand,
// the secrets the nonce protects, and the transcript so far, modulo the group
// order. A generator that repeats itself or is foreseen then gives neither the
// same nonce to two statements nor the nonce to who lacks the secret.
func (t *Transcript) Nonce(secrets ...group.Scalar) group.Scalar {
	t.mustBeWhole()
	var random [64]byte
	rand.Read(random[:])
	h := sha512.New()
	h.Write([]byte(Version + "/nonce"))
	h.Write(random[:])
	for _, s := range secrets {
		b := s.Bytes()
		h.Write(b[:])
	}
	h.Write(t.h.Sum(nil))
	return group.ScalarFromWide([64]byte(h.Sum(nil)))
}

func (t *Transcript) frame(tag byte, label string, data []byte) {
	t.head(tag, label, uint64(len(data)))
	t.h.Write(data)
}

func (t *Transcript) head(tag byte, label string, size uint64) {
	t.mustBeWhole()
	b := append(make([]byte, 0, 64), tag)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(label)))
	b = append(b, label...)
	t.h.Write(binary.LittleEndian.AppendUint64(b, size))
}

// mustBeWhole panics while a streamed frame lacks bytes: a challenge over a
// part of a statement is a mistake of the program.
func (t *Transcript) mustBeWhole() {
	if t.pending != 0 {
		panic("transcript: used before a streamed append was complete")
	}
}
