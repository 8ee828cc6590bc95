package scrutin

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"isoloir/scrutin/note"
)

// Kinds of the three-line texts that roll and urn sign during casting.
const (
	Authorisation = Version + "/authorisation" // of the roll, value that of AuthorisationValue
	Promise       = Version + "/promise"       // of the urn, value the ballot hash
	Appended      = Version + "/appended"      // of the urn, value H(τ)
	Voided        = Version + "/void"          // of the urn, value H(τ)
	Marked        = Version + "/marked"        // of the roll, value the SHA-256 of the mark's 68 bytes
	Challenged    = Version + "/challenged"    // of the urn, value the SHA-256 of the record of a challenge
)

// Append is the kind of the text by which the voter's device sends a ballot, value
// the ballot hash. Its key is nobody's, so no note carries it: the device signs the
// bytes of Text by Ed25519 (RFC 8032), 64 bytes.
const Append = Version + "/append"

// Supervised is the kind of the text by which a terminal of the town hall vouches for a
// ballot that was cast there, value the ballot hash; signed as [Append] is, by the key
// that the manifest names, 64 bytes.
const Supervised = Version + "/supervised"

// AuthorisationValue is what the roll signs for the device of Ed25519 key T:
// SHA-256(H(τ) ‖ T).
func AuthorisationValue(token Digest, device [32]byte) Digest {
	return sha256.Sum256(slices.Concat(token[:], device[:]))
}

// A CastingText is one of these texts: its kind; o and the urn's name, joined by a
// space; the value in hexadecimal digits; each on a line.
type CastingText struct {
	Kind    string
	Opening Digest
	Urn     string
	Value   Digest
}

// Text returns the three lines.
func (c CastingText) Text() string {
	return fmt.Sprintf("%s\n%s %s\n%s\n", c.Kind, c.Opening, c.Urn, c.Value)
}

// ParseCastingText reads the three lines in their one canonical form.
func ParseCastingText(text string) (CastingText, error) {
	bad := func(why string) (CastingText, error) {
		return CastingText{}, fmt.Errorf("%w: text of casting: %s", ErrMalformed, why)
	}
	lines := strings.Split(text, "\n")
	if len(lines) != 4 {
		return bad("three lines are expected")
	}
	opening, urn, _ := strings.Cut(lines[1], " ")
	c := CastingText{Kind: lines[0], Urn: urn}
	switch c.Kind {
	case Authorisation, Promise, Appended, Voided, Marked, Challenged:
	default:
		return bad("unknown kind")
	}
	var err error
	if c.Opening, err = ParseDigest(opening); err != nil {
		return bad(err.Error())
	}
	if c.Value, err = ParseDigest(lines[2]); err != nil {
		return bad(err.Error())
	}
	if !note.ValidName(urn) || c.Text() != text {
		return bad("not in canonical form")
	}
	return c, nil
}
