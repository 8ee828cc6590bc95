package note

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	sumdb "golang.org/x/mod/sumdb/note"
)

// MaxSize is the longest note accepted, in bytes.
const MaxSize = 33 << 20

// Failures of Open, wrapped in a sentence that says more.
var (
	ErrMalformed     = errors.New("malformed signed note")
	ErrUnknownSigner = errors.New("signature of somebody who is not expected here")
	ErrDoubled       = errors.New("doubled signature")
	ErrSignature     = errors.New("false signature")
	ErrMissing       = errors.New("missing signature")
)

// A Signature is a verified signature of a note.
type Signature struct {
	Verifier Verifier
	Time     uint64 // seconds since 1970, of a cosignature; else 0
}

// A Note is a text with its verified signatures, in the order of the lines.
type Note struct {
	Text       string
	Signatures []Signature
}

// Signers returns the names of those who signed, in the order of the lines.
func (n *Note) Signers() []string {
	names := make([]string, len(n.Signatures))
	for i, s := range n.Signatures {
		names[i] = s.Verifier.Name()
	}
	return names
}

// SignedBy says whether v signed.
func (n *Note) SignedBy(v Verifier) bool {
	for _, s := range n.Signatures {
		if s.Verifier == v {
			return true
		}
	}
	return false
}

// Require returns an error that wraps ErrMissing and names the first of vs who
// has not signed.
func (n *Note) Require(vs ...Verifier) error {
	for _, v := range vs {
		if !n.SignedBy(v) {
			return fmt.Errorf("%w: %s has not signed", ErrMissing, v.Name())
		}
	}
	return nil
}

// Sign returns the note of text signed by all signers, in their order. The text
// ends with a newline.
func Sign(text string, signers ...Signer) ([]byte, error) {
	if err := checkText(text); err != nil {
		return nil, err
	}
	if len(signers) == 0 {
		return nil, fmt.Errorf("%w: nobody signs", ErrMissing)
	}
	return Add([]byte(text+"\n"), signers...)
}

// Add appends the signatures of further signers to a note whose signatures are
// not verified here. A party signs once. What a signer elsewhere answers is
// verified; a key in memory is trusted, which makes casting faster by a third.
func Add(data []byte, signers ...Signer) ([]byte, error) {
	text, lines, err := split(data)
	if err != nil {
		return nil, err
	}
	out := append([]byte(nil), data...)
	for _, s := range signers {
		v := s.Verifier()
		sig, err := s.Sign([]byte(text))
		if err != nil {
			return nil, fmt.Errorf("signing for %s: %w", v.Name(), err)
		}
		if _, here := s.(*PrivateKey); !here && !v.Verify([]byte(text), sig) {
			return nil, fmt.Errorf("%w: the signer of %s gave a signature that its own key refuses", ErrSignature, v.Name())
		}
		if lines, err = appendLine(lines, v, sig); err != nil {
			return nil, err
		}
		out = append(append(out, lines[len(lines)-1]...), '\n')
	}
	return out, nil
}

func appendLine(lines []string, v Verifier, sig []byte) ([]string, error) {
	raw := binary.BigEndian.AppendUint32(nil, v.KeyHash())
	prefix := "— " + v.Name() + " "
	for _, l := range lines {
		if b64, ok := strings.CutPrefix(l, prefix); ok {
			if old, err := base64.StdEncoding.DecodeString(b64); err == nil && len(old) >= 4 && string(old[:4]) == string(raw) {
				return nil, fmt.Errorf("%w: %s has signed already", ErrDoubled, v.Name())
			}
		}
	}
	return append(lines, prefix+base64.StdEncoding.EncodeToString(append(raw, sig...))), nil
}

// Text returns the text of a note without verifying any signature: enough to
// learn who must have signed, never to believe it.
func Text(data []byte) (string, error) {
	text, _, err := split(data)
	return text, err
}

// split divides a note into its text and its signature lines.
func split(data []byte) (text string, lines []string, err error) {
	if len(data) > MaxSize {
		return "", nil, fmt.Errorf("%w: %d bytes, more than the %d allowed", ErrMalformed, len(data), MaxSize)
	}
	s := string(data)
	i := strings.LastIndex(s, "\n\n")
	if i < 0 {
		return "", nil, fmt.Errorf("%w: no empty line before the signatures", ErrMalformed)
	}
	text, rest := s[:i+1], s[i+2:]
	if err := checkText(text); err != nil {
		return "", nil, err
	}
	if rest == "" {
		return text, nil, nil
	}
	if !strings.HasSuffix(rest, "\n") {
		return "", nil, fmt.Errorf("%w: the last signature line is not ended", ErrMalformed)
	}
	return text, strings.Split(strings.TrimSuffix(rest, "\n"), "\n"), nil
}

func checkText(text string) error {
	if !strings.HasSuffix(text, "\n") || !utf8.ValidString(text) {
		return fmt.Errorf("%w: the text must be UTF-8 and end with a newline", ErrMalformed)
	}
	for _, r := range text {
		if r < 0x20 && r != '\n' {
			return fmt.Errorf("%w: the text holds the control character %U", ErrMalformed, r)
		}
	}
	return nil
}

// Open reads a note and verifies every signature line against the keys known.
// It fails if a line is by none of them, stands twice or is false, or if there is
// no line. Whether enough have signed is for the caller to say (Require).
func Open(data []byte, known ...Verifier) (*Note, error) {
	text, lines, err := split(data)
	if err != nil {
		return nil, err
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("%w: nobody has signed", ErrMissing)
	}
	list := make([]sumdb.Verifier, 0, len(known))
	for _, v := range dedup(known) {
		list = append(list, v)
	}
	opened, err := sumdb.Open(data, sumdb.VerifierList(list...))
	if err != nil {
		return nil, translate(err)
	}
	if len(opened.UnverifiedSigs) > 0 {
		return nil, fmt.Errorf("%w: %s", ErrUnknownSigner, opened.UnverifiedSigs[0].Name)
	}
	if len(opened.Sigs) != len(lines) {
		return nil, fmt.Errorf("%w: %d lines, %d signers", ErrDoubled, len(lines), len(opened.Sigs))
	}
	n := &Note{Text: text}
	for i, s := range opened.Sigs {
		raw, err := base64.StdEncoding.Strict().DecodeString(s.Base64)
		if err != nil || lines[i] != "— "+s.Name+" "+s.Base64 {
			return nil, fmt.Errorf("%w: the signature line of %s is not in canonical form", ErrMalformed, s.Name)
		}
		sig := Signature{Verifier: find(known, s)}
		if sig.Verifier.alg == Cosigning {
			sig.Time = binary.BigEndian.Uint64(raw[4:])
		}
		n.Signatures = append(n.Signatures, sig)
	}
	return n, nil
}

func dedup(known []Verifier) []Verifier {
	seen := make(map[Verifier]bool, len(known))
	var out []Verifier
	for _, v := range known {
		if !seen[v] && v.name != "" {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

func find(known []Verifier, s sumdb.Signature) Verifier {
	for _, v := range known {
		if v.Name() == s.Name && v.KeyHash() == s.Hash {
			return v
		}
	}
	return Verifier{}
}

func translate(err error) error {
	var false_ *sumdb.InvalidSignatureError
	var unverified *sumdb.UnverifiedNoteError
	switch {
	case errors.As(err, &false_):
		return fmt.Errorf("%w: the one that bears the name %s", ErrSignature, false_.Name)
	case errors.As(err, &unverified) && len(unverified.Note.UnverifiedSigs) > 0:
		return fmt.Errorf("%w: %s", ErrUnknownSigner, unverified.Note.UnverifiedSigs[0].Name)
	}
	return fmt.Errorf("%w: %w", ErrMalformed, err)
}
