package device

import (
	"encoding/base64"
	"encoding/hex"
	"errors"

	"isoloir/crypto/group"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// kind is the first key of a device's document.
const kind = scrutin.Version + "/fragment"

// contents is the document of a device. What it holds is secret.
type contents struct {
	Record string `json:"record"`
	Name   string `json:"name"`
	// Serial grows by one at each change: of two media, the higher is the newer.
	Serial    int        `json:"serial"`
	Signing   signingKey `json:"signing"`
	Reception secret     `json:"reception"`
	// Manifest is zero until the device takes part in a ceremony; then it serves
	// no other manifest.
	Manifest scrutin.Digest `json:"manifest"`
	// Run is that of the polynomials, of the messages sent and of the fragments;
	// 0 before the first.
	Run         int            `json:"run"`
	Polynomials [][]secret     `json:"polynomials"` // by clause; none once the fragments are there
	Sent        []sent         `json:"sent"`
	Fragments   []fragment     `json:"fragments"`
	Ceremony    scrutin.Digest `json:"ceremony"` // digest of the complete ceremony, else zero
	// Opened is what shares were made for: the scrutin of the manifest, or those that took
	// up its key, each once.
	Opened []opened `json:"opened"`
}

// opened is a scrutin that the device has opened, or is about to.
type opened struct {
	Scrutin scrutin.Digest `json:"scrutin"` // its fingerprint
	Seal    scrutin.Digest `json:"seal"`    // the one seal that shares were made for
	Shares  []statement    `json:"shares"`
}

// sent is a message that the device has signed.
type sent struct {
	Step  string         `json:"step"`
	Board scrutin.Digest `json:"board"`
	Note  blob           `json:"note"`
}

type fragment struct {
	Clause string `json:"clause"`
	Index  int    `json:"index"`
	Value  secret `json:"value"`
}

// statement is the signed statement of the shares of one clause.
type statement struct {
	Clause string `json:"clause"`
	Note   blob   `json:"note"`
}

// secret is a scalar that is never printed.
type secret struct{ group.Scalar }

var errSecret = errors.New("a secret is missing or malformed")

// MarshalText implements encoding.TextMarshaler.
func (s secret) MarshalText() ([]byte, error) {
	b := s.Bytes()
	return hex.AppendEncode(nil, b[:]), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *secret) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	if err != nil {
		return errSecret
	}
	if s.Scalar, err = group.DecodeScalar(b); err != nil {
		return errSecret
	}
	return nil
}

// signingKey is a private key at rest.
type signingKey struct{ *note.PrivateKey }

// MarshalText implements encoding.TextMarshaler.
func (k signingKey) MarshalText() ([]byte, error) {
	if k.PrivateKey == nil {
		return nil, errSecret
	}
	return []byte(k.Encode()), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (k *signingKey) UnmarshalText(text []byte) (err error) {
	k.PrivateKey, err = note.ParsePrivateKey(string(text))
	return err
}

// blob is bytes in base64.
type blob []byte

// MarshalText implements encoding.TextMarshaler.
func (b blob) MarshalText() ([]byte, error) { return base64.StdEncoding.AppendEncode(nil, b), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (b *blob) UnmarshalText(text []byte) (err error) {
	*b, err = base64.StdEncoding.Strict().AppendDecode(nil, text)
	return err
}

// decodeContents reads a document. Its error tells nothing of the text.
func decodeContents(text []byte) (*contents, error) {
	c := new(contents)
	if canon.Unmarshal(text, c) != nil || c.Record != kind || c.Signing.PrivateKey == nil ||
		c.Name != c.Signing.Verifier().Name() || c.Serial < 1 || c.Run < 0 {
		return nil, ErrNotFragment
	}
	for _, p := range c.Polynomials {
		if len(p) == 0 {
			return nil, ErrNotFragment
		}
	}
	for i, o := range c.Opened {
		if c.opened(o.Scrutin) < i {
			return nil, ErrNotFragment
		}
	}
	return c, nil
}
