// Package custody is where a service's long-term keys and small secrets are kept so that the service can use them: it has texts signed by a key
// of the manifest, reads secrets of one line, and has short texts sealed that it keeps elsewhere. Package agefile keeps them in files, as they
// are or encrypted with age; package vault in a HashiCorp Vault, or an OpenBao, whose keys never leave it. docs/custody.md says which to take.
//
// What it promises, of every engine (package custodytest holds them to it). A key signs only as the party of the manifest whose public key it
// is: another key under the same name, or a newer version of it, is refused. An error never shows a secret, and says what to do. What cannot be
// had now (ErrUnavailable) is told from what will never be had; nothing is half done by asking, and everything can be asked again.
// No fragment of an election key is ever kept here.
package custody

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"isoloir/scrutin/note"
)

// Refusals of a custody.
var (
	ErrUnavailable = errors.New("the custody of keys does not answer now, and is asked again: see that it can be reached and is unsealed")
	ErrRefused     = errors.New("the custody of keys refuses this: see what this role may do there, and that its login is still good")
	ErrAbsent      = errors.New("the custody of keys holds nothing of this name")
	ErrExposed     = errors.New("others than its owner can read this secret: take the rights away (chmod 600), and draw another one if somebody may have")
	ErrSecret      = errors.New("this does not hold the secret that is expected")
	ErrSealed      = errors.New("this was not sealed under this key and for this use, or was changed")
)

// A Keeper keeps the keys and secrets of one role. Names are its own: paths of files, or names in a Vault. It is safe for concurrent use.
type Keeper interface {
	// Signer is the key of that name, which must be the one of want (of algorithm note.Ed25519); ErrSecret if it is another. Whether it
	// signs has been tried. What it signs later may fail with ErrUnavailable or ErrRefused, after seconds at most.
	Signer(ctx context.Context, name string, want note.Verifier) (note.Signer, error)
	// Secret is a line of 1 to MaxSecret bytes, without its end.
	Secret(ctx context.Context, name string) (string, error)
	// Seal encrypts and authenticates at most MaxText bytes under the key of that name, for the use that about names: Open gives them back
	// for the same about alone, or ErrSealed. The sealed form is the engine's own, and never twice the same.
	Seal(ctx context.Context, name string, text, about []byte) ([]byte, error)
	Open(ctx context.Context, name string, sealed, about []byte) ([]byte, error)
	// Check says whether the custody answers now, and keeps what the keeper holds of it from ending.
	Check(ctx context.Context) error
	// Close gives back what the keeper holds of its custody, as a login. Nothing is asked of it or of its signers any more.
	Close() error
}

// Sizes in bytes.
const (
	MaxSecret = 4096
	MaxText   = 4096
)

// IsLine says whether s can be a secret: one line, not empty, of at most MaxSecret bytes.
func IsLine(s string) bool {
	return s != "" && len(s) <= MaxSecret && !strings.ContainsAny(s, "\r\n")
}

// Bearer reads a secret of 32 bytes, written as 64 lower-case hexadecimal digits.
func Bearer(ctx context.Context, k Keeper, name string) ([32]byte, error) {
	line, err := k.Secret(ctx, name)
	if err != nil {
		return [32]byte{}, err
	}
	return ParseBearer(name, line)
}

// ParseBearer reads these digits; name is for the error.
func ParseBearer(name, line string) (secret [32]byte, err error) {
	b, err := hex.DecodeString(line)
	if err != nil || len(b) != len(secret) || hex.EncodeToString(b) != line {
		return secret, fmt.Errorf("%s: %w: 64 lower-case hexadecimal digits", name, ErrSecret)
	}
	return [32]byte(b), nil
}
