// Package evidence is what accuses an urn, as a file that anybody judges without a
// network and without trusting who wrote it (docs/log.md): two histories under the
// urn's signature, or a promise whose ballot is not under the seal.
//
// It promises that a file proves what it says by signatures and hashes alone, under the
// urn's key that it names: whoever knows that key from elsewhere compares it. What a
// file cannot prove, such as which of two checkpoints was seen first, it calls a
// testimony.
package evidence

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"isoloir/merkle"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// MaxSize is the longest file, in bytes.
const MaxSize = 1 << 20

// Kinds of evidence, as files name them.
const (
	KindFork    = scrutin.Version + "/fork"
	KindShrunk  = scrutin.Version + "/shrunk"
	KindMissing = scrutin.Version + "/missing"
)

// ErrNothing says that a file proves nothing.
var ErrNothing = errors.New("the file proves nothing")

// A Head is what every evidence begins with.
type Head struct {
	Record   string         `json:"record"`
	Manifest scrutin.Digest `json:"manifest"`
	Urn      string         `json:"urn"`
	Key      string         `json:"key"` // the verifier key of the urns
}

// Lines is a signed note, line by line.
type Lines []string

// LinesOf divides a note.
func LinesOf(signed []byte) Lines {
	return strings.Split(strings.TrimSuffix(string(signed), "\n"), "\n")
}

// Bytes is the note.
func (l Lines) Bytes() []byte { return []byte(strings.Join(l, "\n") + "\n") }

// A Fork is two checkpoints that no log has: the first leaves below Second have another
// root than First, which is of as many leaves.
type Fork struct {
	Head
	First  Lines            `json:"first"`
	Second Lines            `json:"second"`
	Root   scrutin.Digest   `json:"root"` // of the first leaves below Second
	Path   []scrutin.Digest `json:"path"` // that they are (RFC 9162, 2.1.4); empty where both are of one size
}

// A Shrunk is a checkpoint, and a smaller one that was shown later. It is a testimony:
// that it was later stands on the word of who wrote the file.
type Shrunk struct {
	Head
	First  Lines        `json:"first"`
	Second Lines        `json:"second"`
	Time   scrutin.Time `json:"time"` // when Second was seen
}

// A Missing is a promise of the urn, or of its deputy, and the seal of the urn's log,
// which does not hold the ballot: whoever has the export sees that it does not.
type Missing struct {
	Head
	Opening scrutin.Digest `json:"opening"`
	Promise Lines          `json:"promise"` // with its deputy's certificate, if one signed
	Seal    Lines          `json:"seal"`
}

// NewHead names an urn of a scrutin, and its key.
func NewHead(kind string, f scrutin.Digest, urn string, key note.Verifier) Head {
	return Head{kind, f, urn, key.String()}
}

// Read reads a file in its one accepted form: a *Fork, a *Shrunk or a *Missing. Whether
// it proves anything is for Check to say.
func Read(data []byte) (Evidence, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("a file of %d bytes is no evidence", len(data))
	}
	for kind, e := range map[string]Evidence{KindFork: new(Fork), KindShrunk: new(Shrunk), KindMissing: new(Missing)} {
		if bytes.HasPrefix(data, []byte("{\n  \"record\": \""+kind+"\",\n")) {
			return e, canon.Unmarshal(data, e)
		}
	}
	return nil, errors.New("the file is no evidence of a kind that is known here")
}

// Evidence is what Read gives.
type Evidence interface {
	// About is what the evidence is of.
	About() Head
	// Check verifies all that the file shows by itself: ErrNothing if it does not hold.
	Check() error
}

// Bytes is the file.
func Bytes(e Evidence) ([]byte, error) { return canon.Marshal(e) }

// About implements Evidence.
func (h Head) About() Head { return h }

// checkpoint opens one of the urn's checkpoints, without co-signatures.
func (h Head) checkpoint(l Lines) (note.Checkpoint, error) {
	key, err := note.ParseVerifier(h.Key)
	if err != nil {
		return note.Checkpoint{}, fmt.Errorf("%w: %w", ErrNothing, err)
	}
	n, err := note.Open(l.Bytes(), key)
	if err != nil {
		return note.Checkpoint{}, fmt.Errorf("%w: a checkpoint: %w", ErrNothing, err)
	}
	c, err := note.ParseCheckpoint(n.Text)
	if err == nil && c.Origin != scrutin.Origin(h.Manifest, h.Urn) {
		err = fmt.Errorf("it is of the log %s", c.Origin)
	}
	if err != nil {
		return c, fmt.Errorf("%w: a checkpoint: %w", ErrNothing, err)
	}
	return c, nil
}

func (h Head) both(first, second Lines) (a, b note.Checkpoint, err error) {
	if a, err = h.checkpoint(first); err == nil {
		b, err = h.checkpoint(second)
	}
	return a, b, err
}

// Check implements Evidence.
func (f *Fork) Check() error {
	first, second, err := f.both(f.First, f.Second)
	if err != nil {
		return err
	}
	path := make([]merkle.Hash, len(f.Path))
	for i, h := range f.Path {
		path[i] = merkle.Hash(h)
	}
	switch {
	case first.Root == f.Root:
		return fmt.Errorf("%w: both checkpoints are of one history", ErrNothing)
	case first.Size == 0 && (f.Root != sha256.Sum256(nil) || len(path) > 0),
		first.Size > 0 && merkle.CheckConsistency(path, second.Size, second.Root, first.Size, f.Root) != nil:
		return fmt.Errorf("%w: the path does not lead to the second checkpoint", ErrNothing)
	}
	return nil
}

// Check implements Evidence.
func (s *Shrunk) Check() error {
	first, second, err := s.both(s.First, s.Second)
	if err == nil && second.Size >= first.Size {
		err = fmt.Errorf("%w: the second checkpoint is no smaller than the first", ErrNothing)
	}
	return err
}

// Check implements Evidence. That the ballot is not there the export says.
func (m *Missing) Check() error {
	if _, err := m.checkpoint(m.Seal); err != nil {
		return err
	}
	said, err := m.Said()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNothing, err)
	}
	key, err := note.ParseVerifier(m.Key)
	if err == nil {
		err = scrutin.OpenCasting(m.Promise.Bytes(), scrutin.CastingText{Kind: scrutin.Promise, Opening: m.Opening, Urn: m.Urn, Value: said}, key)
	}
	if err != nil {
		return fmt.Errorf("%w: the promise: %w", ErrNothing, err)
	}
	return nil
}

// Said is the hash of the ballot that was promised.
func (m *Missing) Said() (scrutin.Digest, error) {
	said, err := scrutin.CastingSaid(m.Promise.Bytes())
	return said.Value, err
}

// Bare is a signed checkpoint with the signature of the log alone.
func Bare(signed []byte, log note.Verifier) ([]byte, error) {
	text, err := note.Text(signed)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(signed[len(text)+1:])) {
		bare := []byte(text + "\n" + line)
		if n, err := note.Open(bare, log); err == nil && n.SignedBy(log) {
			return bare, nil
		}
	}
	return nil, fmt.Errorf("%w: %s has not signed", note.ErrMissing, log.Name())
}
