package device

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"filippo.io/age"
)

// WorkFactor is the usual cost of a passphrase: scrypt with N = 2^18, about one
// second and 256 MiB.
const WorkFactor = 18

// maxWorkFactor bounds what a file may make the reader spend.
const maxWorkFactor = 22

// A Passphrase encrypts a device. It never prints itself.
type Passphrase string

// String hides the passphrase.
func (p Passphrase) String() string { return fmt.Sprintf("passphrase of %d bytes", len(p)) }

// GoString hides the passphrase from %#v.
func (p Passphrase) GoString() string { return p.String() }

// MinPassphrase is the shortest passphrase accepted, in bytes.
const MinPassphrase = 12

// ErrShort says that a passphrase is too short.
var ErrShort = fmt.Errorf("a passphrase has at least %d characters: take the words that the tool proposes", MinPassphrase)

// Suggest draws a passphrase of six pronounceable words of five letters, in all
// 96 bits of crypto/rand: consonants and vowels alternate, as in the proquints
// of Wilkerson 2009, so that the words are said alike in most languages.
func Suggest() Passphrase {
	const consonants, vowels = "bdfghjklmnprstvz", "aiou"
	words := make([]string, 6)
	for i := range words {
		var b [2]byte
		rand.Read(b[:])
		n := binary.BigEndian.Uint16(b[:])
		words[i] = string([]byte{
			consonants[n>>12], vowels[n>>10&3], consonants[n>>6&15], vowels[n>>4&3], consonants[n&15],
		})
	}
	return Passphrase(strings.Join(words, "-"))
}

func encrypt(plain []byte, p Passphrase, workFactor int) ([]byte, error) {
	recipient, err := age.NewScryptRecipient(string(p))
	if err != nil {
		return nil, err
	}
	recipient.SetWorkFactor(workFactor)
	var out bytes.Buffer
	w, err := age.Encrypt(&out, recipient)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// decrypt tells a wrong passphrase (ErrPassphrase) from a file that is damaged
// or none (ErrNotFragment).
func decrypt(data []byte, p Passphrase) ([]byte, error) {
	return decryptWithin(data, p, maxWorkFactor)
}

func decryptWithin(data []byte, p Passphrase, maxWorkFactor int) ([]byte, error) {
	identity, err := age.NewScryptIdentity(string(p))
	if err != nil {
		return nil, ErrPassphrase
	}
	identity.SetMaxWorkFactor(maxWorkFactor)
	r, err := age.Decrypt(bytes.NewReader(data), identity)
	var wrong *age.NoIdentityMatchError
	if errors.As(err, &wrong) && slices.Equal(wrong.StanzaTypes, []string{"scrypt"}) {
		return nil, ErrPassphrase
	}
	if err != nil {
		return nil, ErrNotFragment
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, ErrNotFragment
	}
	return plain, nil
}
