package urn

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"isoloir/crypto/group"
)

// A LeafType is the first byte of a leaf.
type LeafType byte

// The types of a leaf. The first three carry a ballot alone, a void one the hash of
// the authorisation that it closes.
const (
	Cast        LeafType = 1
	Challenged  LeafType = 2
	Quarantined LeafType = 3
	Void        LeafType = 4
	// Supervised carries a ballot that was cast at a terminal of the town hall, then the
	// terminal's Ed25519 key and its signature of the text [scrutin.Supervised].
	Supervised LeafType = 5
)

// String is the name of the type in the manifest.
func (t LeafType) String() string {
	switch t {
	case Cast:
		return "cast"
	case Challenged:
		return "challenged"
	case Quarantined:
		return "quarantined"
	case Void:
		return "void"
	case Supervised:
		return "supervised"
	}
	return fmt.Sprintf("leaf type %d", byte(t))
}

// CastsIn says whether a leaf of this type casts a ballot with this counter: what was cast at a
// terminal stands in a supervised leaf, and nothing else does. A ballot in a leaf of
// another type is not the one that was promised.
func CastsIn(t LeafType, counter uint32) bool {
	if counter >= SupervisedCounter {
		return t == Supervised
	}
	return t == Cast
}

// CastLeaf is the leaf of a cast ballot.
func CastLeaf(ballot []byte) []byte {
	return append([]byte{byte(Cast)}, ballot...)
}

// Sizes of what follows the ballot in a supervised leaf.
const (
	TerminalKeySize       = 32
	TerminalSignatureSize = 64
)

// SupervisedLeaf is the leaf of a ballot that was cast at a terminal: its key and its
// signature follow the ballot.
func SupervisedLeaf(ballot []byte, terminal [TerminalKeySize]byte, signature [TerminalSignatureSize]byte) []byte {
	return slices.Concat([]byte{byte(Supervised)}, ballot, terminal[:], signature[:])
}

// SplitSupervised divides the data of a supervised leaf.
func SplitSupervised(data []byte) (ballot []byte, terminal [TerminalKeySize]byte, signature [TerminalSignatureSize]byte) {
	n := len(data) - TerminalSignatureSize
	signature, terminal = [TerminalSignatureSize]byte(data[n:]), [TerminalKeySize]byte(data[n-TerminalKeySize:])
	return data[:n-TerminalKeySize], terminal, signature
}

// SplitLeaf separates the type of a leaf from its data, for an urn of w
// questions. It refuses an unknown type or another length than the type's
// (ErrLeaf). What a ballot says is for [Rules] to judge.
func SplitLeaf(leaf []byte, w int) (LeafType, []byte, error) {
	if len(leaf) == 0 {
		return 0, nil, fmt.Errorf("%w: it is empty", ErrLeaf)
	}
	t, data, want := LeafType(leaf[0]), leaf[1:], BallotSize(w)
	switch t {
	case Cast, Challenged, Quarantined:
	case Void:
		want = sha256.Size
	case Supervised:
		want += TerminalKeySize + TerminalSignatureSize
	default:
		return 0, nil, fmt.Errorf("%w: its type %d is unknown", ErrLeaf, leaf[0])
	}
	if len(data) != want {
		return 0, nil, fmt.Errorf("%w: a %s leaf here has %d bytes of data, not %d", ErrLeaf, t, want, len(data))
	}
	return t, data, nil
}

// Caster is the account whose ballot a leaf of an urn of w questions casts; false for a leaf that
// casts none. What the ballot says is not judged.
func Caster(leaf []byte, w int) (account [group.PointSize]byte, casts bool, err error) {
	t, data, err := SplitLeaf(leaf, w)
	if err != nil || t != Cast && t != Supervised {
		return account, false, err
	}
	e, err := ReadEnvelope(data[:BallotSize(w)])
	if err != nil {
		return account, false, err
	}
	return e.Account(), true, nil
}

// A LeafWriter writes the file of leaves: BE16(length) ‖ leaf for each. Call
// Flush at the end.
type LeafWriter struct{ w *bufio.Writer }

// NewLeafWriter returns a writer onto w.
func NewLeafWriter(w io.Writer) *LeafWriter { return &LeafWriter{bufio.NewWriterSize(w, 1<<16)} }

// Write adds one leaf of at most 65,535 bytes.
func (l *LeafWriter) Write(leaf []byte) error {
	if len(leaf) > 1<<16-1 {
		return fmt.Errorf("%w: %d bytes are more than its length field can say", ErrLeaf, len(leaf))
	}
	var size [2]byte
	binary.BigEndian.PutUint16(size[:], uint16(len(leaf)))
	if _, err := l.w.Write(size[:]); err != nil {
		return err
	}
	_, err := l.w.Write(leaf)
	return err
}

// Flush writes what is buffered.
func (l *LeafWriter) Flush() error { return l.w.Flush() }

// A LeafReader reads the file of leaves one by one.
type LeafReader struct{ r *bufio.Reader }

// NewLeafReader returns a reader of r.
func NewLeafReader(r io.Reader) *LeafReader { return &LeafReader{bufio.NewReaderSize(r, 1<<16)} }

// Next returns the next leaf, which is the caller's, or io.EOF after the last
// one. A file that ends within a leaf is refused (ErrTruncated).
func (l *LeafReader) Next() ([]byte, error) {
	var size [2]byte
	switch n, err := io.ReadFull(l.r, size[:]); {
	case n == 0 && errors.Is(err, io.EOF):
		return nil, io.EOF
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, ErrTruncated
	case err != nil:
		return nil, err
	}
	leaf := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(l.r, leaf); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, ErrTruncated
		}
		return nil, err
	}
	return leaf, nil
}
