package scrutin

import (
	"errors"
	"fmt"

	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// A Head begins the records made before the opening record exists.
type Head struct {
	Record   string `json:"record" validate:"required"`
	Manifest Digest `json:"manifest" validate:"required"`
}

// Heading returns h.
func (h *Head) Heading() *Head { return h }

// OpeningDigest is zero: no opening record exists.
func (h *Head) OpeningDigest() Digest { return Digest{} }

// An OpenHead begins the records made after the opening record. Opening is o.
type OpenHead struct {
	Head
	Opening Digest `json:"opening" validate:"required"`
}

// OpeningDigest is o.
func (h *OpenHead) OpeningDigest() Digest { return h.Opening }

// A Record is a pointer to a struct that embeds Head or OpenHead first. A Record
// that has a method Check() error, of what no single field shows, is asked by Parse
// and Text.
type Record interface {
	Kind() string // the value of the key record
	Heading() *Head
	OpeningDigest() Digest
}

// Failures of records, wrapped in a sentence that says more.
var (
	ErrMalformed    = errors.New("malformed record")
	ErrOtherScrutin = errors.New("record of another scrutin")
	ErrOtherOpening = errors.New("record of another opening")
	ErrStanding     = errors.New("standing.json is not the standing manifest whose key this scrutin takes up: of the same organisation and kind, with the same holders and clauses")
)

// Text returns the canonical text of r, its kind filled in. It fails when r is
// not a record that Parse would accept.
func Text(r Record) (string, error) {
	r.Heading().Record = r.Kind()
	if err := wellFormed(r); err != nil {
		return "", err
	}
	text, err := canon.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("%w: %s: %w", ErrMalformed, r.Kind(), err)
	}
	return string(text), nil
}

// Parse reads a record of type T from its canonical text. Use it as
// Parse[scrutin.Opening](text). Signatures, and whether the record belongs to a
// given manifest, are not seen here: see Open and Bound.
func Parse[T any, P interface {
	*T
	Record
}](text string) (*T, error) {
	r := new(T)
	if err := canon.Unmarshal([]byte(text), r); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrMalformed, P(r).Kind(), err)
	}
	if got := P(r).Heading().Record; got != P(r).Kind() {
		return nil, fmt.Errorf("%w: this is a record %q where %q is expected: take the other file", ErrMalformed, got, P(r).Kind())
	}
	if err := wellFormed(P(r)); err != nil {
		return nil, err
	}
	return r, nil
}

// Open reads a signed note that holds a record of type T, verifies every
// signature against the keys known, and that the record belongs to manifest f and
// opening o (zero for a record made before). Who must have signed is for the
// caller to require of the note.
func Open[T any, P interface {
	*T
	Record
}](data []byte, f, o Digest, known ...note.Verifier) (*T, *note.Note, error) {
	n, err := note.Open(data, known...)
	if err != nil {
		return nil, nil, err
	}
	r, err := Parse[T, P](n.Text)
	if err != nil {
		return nil, nil, err
	}
	if err := Bound(P(r), f, o); err != nil {
		return nil, nil, err
	}
	return r, n, nil
}

// Sign returns the note of r's text, signed.
func Sign(r Record, signers ...note.Signer) ([]byte, error) {
	text, err := Text(r)
	if err != nil {
		return nil, err
	}
	return note.Sign(text, signers...)
}

// Bound says whether r belongs to manifest f and opening o.
func Bound(r Record, f, o Digest) error {
	if r.Heading().Manifest != f {
		return fmt.Errorf("%w: the record %s names the manifest %s, not %s", ErrOtherScrutin, r.Kind(), r.Heading().Manifest, f)
	}
	if r.OpeningDigest() != o {
		return fmt.Errorf("%w: the record %s names the opening record %s, not %s", ErrOtherOpening, r.Kind(), r.OpeningDigest(), o)
	}
	return nil
}

func wellFormed(r Record) error {
	if ps := fieldProblems(r); len(ps) > 0 {
		return fmt.Errorf("%w: %s: %s", ErrMalformed, r.Kind(), ps[0].Sentence("en"))
	}
	if c, ok := r.(interface{ Check() error }); ok {
		if err := c.Check(); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrMalformed, r.Kind(), err)
		}
	}
	return nil
}
