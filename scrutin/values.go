package scrutin

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"isoloir/crypto/group"
)

// Version names the protocol; every record kind and transcript begins with it.
const Version = "isoloir/v1"

// A Digest is a SHA-256 digest, written as 64 lower-case hexadecimal digits.
type Digest [sha256.Size]byte

// DigestOf returns the SHA-256 digest of b.
func DigestOf(b []byte) Digest { return sha256.Sum256(b) }

// TextDigest returns the SHA-256 digest of a record's text.
func TextDigest(text string) Digest { return sha256.Sum256([]byte(text)) }

// ParseDigest reads 64 lower-case hexadecimal digits.
func ParseDigest(s string) (d Digest, err error) {
	err = d.UnmarshalText([]byte(s))
	return d, err
}

// String returns 64 lower-case hexadecimal digits.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// IsZero says whether d is all zero, which stands for no digest.
func (d Digest) IsZero() bool { return d == Digest{} }

// MarshalText implements encoding.TextMarshaler.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Digest) UnmarshalText(b []byte) error { return unhex((*[32]byte)(d), b, "digest") }

// A Point is the canonical encoding of an element of the group, written as 64
// lower-case hexadecimal digits. Reading one refuses any other string of bytes.
type Point [group.PointSize]byte

// PointOf returns the encoding of p.
func PointOf(p group.Point) Point { return Point(p.Bytes()) }

// Decode returns the element, the identity refused.
func (p Point) Decode() (group.Point, error) { return group.DecodeNonIdentity(p[:]) }

// String returns 64 lower-case hexadecimal digits.
func (p Point) String() string { return hex.EncodeToString(p[:]) }

// MarshalText implements encoding.TextMarshaler.
func (p Point) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler. The identity is accepted here.
func (p *Point) UnmarshalText(b []byte) error {
	if err := unhex((*[32]byte)(p), b, "point"); err != nil {
		return err
	}
	if _, err := group.Decode(p[:]); err != nil {
		return fmt.Errorf("%q is not a point of the group: %w", b, err)
	}
	return nil
}

// A Scalar is the canonical little-endian encoding of an integer modulo the order
// of the group, written as 64 lower-case hexadecimal digits. It is for public
// values: answers of proofs.
type Scalar [group.ScalarSize]byte

// ScalarOf returns the encoding of s.
func ScalarOf(s group.Scalar) Scalar { return Scalar(s.Bytes()) }

// Decode returns the scalar.
func (s Scalar) Decode() (group.Scalar, error) { return group.DecodeScalar(s[:]) }

// String returns 64 lower-case hexadecimal digits.
func (s Scalar) String() string { return hex.EncodeToString(s[:]) }

// MarshalText implements encoding.TextMarshaler.
func (s Scalar) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Scalar) UnmarshalText(b []byte) error {
	if err := unhex((*[32]byte)(s), b, "scalar"); err != nil {
		return err
	}
	if _, err := group.DecodeScalar(s[:]); err != nil {
		return fmt.Errorf("%q is not a scalar: %w", b, err)
	}
	return nil
}

func unhex(dst *[32]byte, b []byte, what string) error {
	if len(b) != 64 {
		return fmt.Errorf("a %s has 64 hexadecimal digits, not %d", what, len(b))
	}
	if _, err := hex.Decode(dst[:], b); err != nil {
		return fmt.Errorf("a %s is written in hexadecimal digits: %w", what, err)
	}
	return nil
}

// A Time is an instant in UTC, in whole seconds, written as RFC 3339 with Z:
// 2026-12-03T08:00:00Z. The zero Time is written as an empty string.
type Time struct{ time.Time }

const (
	timeForm = "2006-01-02T15:04:05Z"
	dateForm = "2006-01-02"
)

// TimeOf returns t in UTC, its fraction of a second dropped.
func TimeOf(t time.Time) Time { return Time{t.UTC().Truncate(time.Second)} }

// String returns the RFC 3339 form, or nothing for the zero Time.
func (t Time) String() string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timeForm)
}

// MarshalText implements encoding.TextMarshaler.
func (t Time) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// MarshalJSON keeps encoding/json to the form of MarshalText.
func (t Time) MarshalJSON() ([]byte, error) { return []byte(`"` + t.String() + `"`), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (t *Time) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		t.Time = time.Time{}
		return nil
	}
	v, err := time.Parse(timeForm, string(b))
	if err != nil || v.Format(timeForm) != string(b) {
		return fmt.Errorf("%q is not an instant: write it in UTC as 2026-12-03T08:00:00Z", b)
	}
	t.Time = v
	return nil
}

// UnmarshalJSON keeps encoding/json to the form of UnmarshalText.
func (t *Time) UnmarshalJSON(b []byte) error {
	if len(b) < 2 || b[0] != '"' || b[len(b)-1] != '"' {
		return fmt.Errorf("%s is not an instant: write it in UTC as \"2026-12-03T08:00:00Z\"", b)
	}
	return t.UnmarshalText(b[1 : len(b)-1])
}

// A Date is a day of the calendar, written 2026-12-03; empty where there is none.
type Date string

// Valid says whether d is a day of the calendar.
func (d Date) Valid() bool {
	v, err := time.Parse(dateForm, string(d))
	return err == nil && v.Format(dateForm) == string(d)
}
