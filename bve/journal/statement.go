package journal

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// MaxSize is that of the longest statement, as a signed note, in bytes.
const MaxSize = 1 << 20

// A Nonce is drawn by the author, so that no two statements have the same text. It is written as 32 lower-case hexadecimal digits.
type Nonce [16]byte

// NewNonce draws one.
func NewNonce() (n Nonce) {
	rand.Read(n[:])
	return n
}

// MarshalText implements encoding.TextMarshaler.
func (n Nonce) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(n[:])), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (n *Nonce) UnmarshalText(b []byte) error {
	if len(b) != 2*len(n) {
		return fmt.Errorf("a nonce has %d hexadecimal digits, not %d", 2*len(n), len(b))
	}
	_, err := hex.Decode(n[:], b)
	return err
}

// A Statement is what somebody said, before or after it is signed.
type Statement struct {
	Manifest scrutin.Digest
	By       string // a member, or the platform's key of contents
	Session  int    // of the bureau, from 1; 0 outside any
	Time     scrutin.Time
	Nonce    Nonce
	// Seen is the head of the journal that the author saw; zero for none.
	Seen scrutin.Digest
	Body Body
}

// A Body is what a kind of statement says. It is one of the struct types of this package, never a pointer to one.
type Body interface {
	Kind() string
}

// record is the text of a statement with a body of one kind.
type record[B Body] struct {
	scrutin.Head
	Type    string         `json:"kind"`
	By      string         `json:"by" validate:"name"`
	Session int            `json:"session" validate:"min=0,max=9999"`
	Time    scrutin.Time   `json:"time" validate:"required"`
	Nonce   Nonce          `json:"nonce"`
	Seen    scrutin.Digest `json:"seen"`
	Body    B              `json:"body"`
}

// Kind implements scrutin.Record.
func (*record[B]) Kind() string { return scrutin.Version + "/statement" }

// Check implements the check of a record.
func (r *record[B]) Check() error {
	if r.Type != r.Body.Kind() {
		return fmt.Errorf("%w: %q where %q is expected", ErrKind, r.Type, r.Body.Kind())
	}
	if c, ok := any(r.Body).(interface{ Check() error }); ok {
		return c.Check()
	}
	return nil
}

// Text is the canonical text, which the author signs. It fails for what ParseStatement would refuse.
func (s *Statement) Text() (string, error) {
	if s.Body == nil {
		return "", ErrKind
	}
	k, known := kinds[s.Body.Kind()]
	if !known {
		return "", fmt.Errorf("%w: %q", ErrKind, s.Body.Kind())
	}
	return k.text(s)
}

// Sign is the signed note.
func (s *Statement) Sign(signer note.Signer) ([]byte, error) {
	text, err := s.Text()
	if err != nil {
		return nil, err
	}
	return note.Sign(text, signer)
}

// ParseStatement reads a canonical text. Who signed it, and for which scrutin, is not seen here.
func ParseStatement(text string) (*Statement, error) {
	if len(text) > MaxSize {
		return nil, ErrLarge
	}
	var peek struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal([]byte(text), &peek); err != nil {
		return nil, fmt.Errorf("%w: this is no statement: %w", scrutin.ErrMalformed, err)
	}
	k, known := kinds[peek.Kind]
	if !known {
		return nil, fmt.Errorf("%w: %q", ErrKind, peek.Kind)
	}
	return k.parse(text)
}

// OpenStatement reads a signed note: a statement about the scrutin of manifest m, of fingerprint f, of a kind that its author may make, signed by
// him and by nobody else. It returns the digest of its text too, which is its name.
func OpenStatement(data []byte, m *scrutin.Manifest, f scrutin.Digest) (*Statement, scrutin.Digest, error) {
	if len(data) > MaxSize {
		return nil, scrutin.Digest{}, ErrLarge
	}
	text, name, err := textOf(data)
	if err != nil {
		return nil, scrutin.Digest{}, fmt.Errorf("%w: %w", ErrForm, err)
	}
	s, err := ParseStatement(text)
	if err != nil {
		return nil, scrutin.Digest{}, fmt.Errorf("%w: %w", ErrForm, err)
	}
	if s.Manifest != f {
		return nil, scrutin.Digest{}, fmt.Errorf("%w: %w: it names the manifest %s, not %s", ErrOther, scrutin.ErrOtherScrutin, s.Manifest, f)
	}
	key, err := author(s, m)
	if err != nil {
		return nil, scrutin.Digest{}, err
	}
	if _, err := note.Open(data, key); err != nil {
		return nil, scrutin.Digest{}, fmt.Errorf("%w: %w", ErrSigned, err)
	}
	return s, name, nil
}

// textOf is the text of a note, and its digest.
func textOf(data []byte) (string, scrutin.Digest, error) {
	text, err := note.Text(data)
	return text, scrutin.TextDigest(text), err
}

// author is the key of who says it, if this kind is his to say.
func author(s *Statement, m *scrutin.Manifest) (note.Verifier, error) {
	by := kinds[s.Body.Kind()].by
	if s.By == m.Platform.Contents.ID {
		if by&Platform == 0 {
			return note.Verifier{}, fmt.Errorf("%w: %q is said by a member, with his own key", ErrAuthor, s.Body.Kind())
		}
		return m.Platform.Contents.Verifier(), nil
	}
	member, known := m.Member(s.By)
	switch {
	case !known:
		return note.Verifier{}, fmt.Errorf("%w: %s is no member of the bureau", ErrAuthor, s.By)
	case by&Member == 0:
		return note.Verifier{}, fmt.Errorf("%w: %q is said by the service alone", ErrAuthor, s.Body.Kind())
	}
	return member.Verifier(), nil
}
