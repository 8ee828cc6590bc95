// Package agefile keeps keys and secrets in files of one line that nobody but their owner may read: as they are, or, where the keeper has an
// identity, encrypted with age (age-encryption.org/v1) so that a copy of the disk without the identity shows none of them.
//
// With an identity every file must be an age file: one that was forgotten in the clear is refused, not read. Names are paths. A file that Seal
// and Open use holds 64 hexadecimal digits, the key of XChaCha20-Poly1305; what they make is a random nonce of 24 bytes and the sealed text.
package agefile

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"filippo.io/age"
	"golang.org/x/crypto/chacha20poly1305"

	"isoloir/custody"
	"isoloir/scrutin/note"
)

// maxFile is the size of the largest file, in bytes: that of a secret and what age adds.
const maxFile = 4 * custody.MaxSecret

// ageHeader is how an age file begins.
const ageHeader = "age-encryption.org/"

// A Keeper keeps secrets in files.
type Keeper struct {
	identities []age.Identity // none: files are in the clear
	recipients []age.Recipient
}

var _ custody.Keeper = (*Keeper)(nil)

// Open makes a keeper of files in the clear or, where a path is given, of age files under the identities of that file, in the form of
// age-keygen (X25519 or its post-quantum hybrid).
func Open(identity string) (*Keeper, error) {
	k := &Keeper{}
	if identity == "" {
		return k, nil
	}
	data, err := read(identity)
	if err != nil {
		return nil, err
	}
	if k.identities, err = age.ParseIdentities(bytes.NewReader(data)); err != nil {
		return nil, fmt.Errorf("%s: %w: an identity as age-keygen writes it", identity, custody.ErrSecret)
	}
	for _, i := range k.identities {
		switch i := i.(type) {
		case *age.X25519Identity:
			k.recipients = append(k.recipients, i.Recipient())
		case *age.HybridIdentity:
			k.recipients = append(k.recipients, i.Recipient())
		}
	}
	if len(k.recipients) == 0 || len(k.recipients) != len(k.identities) {
		return nil, fmt.Errorf("%s: %w: only identities that age-keygen makes are read", identity, custody.ErrSecret)
	}
	return k, nil
}

// read reads a file that nobody but its owner may read.
func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %w", custody.ErrAbsent, err)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if exposed(info) {
		return nil, fmt.Errorf("%s: %w", path, custody.ErrExposed)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w: it is no file", path, custody.ErrSecret)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s: %w: it is larger than %d bytes", path, custody.ErrSecret, maxFile)
	}
	return data, err
}

// Secret implements custody.Keeper.
func (k *Keeper) Secret(_ context.Context, path string) (string, error) {
	data, err := read(path)
	if err != nil {
		return "", err
	}
	encrypted := strings.HasPrefix(string(data), ageHeader)
	switch {
	case encrypted && len(k.identities) == 0:
		return "", fmt.Errorf("%s: %w: it is an age file, and no identity is configured", path, custody.ErrSecret)
	case !encrypted && len(k.identities) > 0:
		return "", fmt.Errorf("%s: %w: it is in the clear beside an identity: isoloir custody encrypt makes an age file of it", path, custody.ErrSecret)
	case encrypted:
		if data, err = k.decrypt(data); err != nil {
			return "", fmt.Errorf("%s: %w: it is for another identity, or damaged", path, custody.ErrSecret)
		}
	}
	line, whole := strings.CutSuffix(string(data), "\n")
	if !whole || !custody.IsLine(line) {
		return "", fmt.Errorf("%s: %w: one line, ending with a newline", path, custody.ErrSecret)
	}
	return line, nil
}

func (k *Keeper) decrypt(data []byte) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(data), k.identities...)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, maxFile))
}

// Signer implements custody.Keeper.
func (k *Keeper) Signer(ctx context.Context, path string, want note.Verifier) (note.Signer, error) {
	line, err := k.Secret(ctx, path)
	if err != nil {
		return nil, err
	}
	key, err := note.ParsePrivateKey(line)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, custody.ErrSecret, err)
	}
	if key.Verifier() != want {
		return nil, fmt.Errorf("%s: %w: it is the key of another party, or of another scrutin, than the %s of this manifest", path, custody.ErrSecret, want.Name())
	}
	return key, nil
}

// Seal implements custody.Keeper.
func (k *Keeper) Seal(ctx context.Context, path string, text, about []byte) ([]byte, error) {
	if len(text) > custody.MaxText {
		return nil, fmt.Errorf("%d bytes are more than the %d that are sealed", len(text), custody.MaxText)
	}
	key, err := custody.Bearer(ctx, k, path)
	if err != nil {
		return nil, err
	}
	box, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, chacha20poly1305.NonceSizeX, chacha20poly1305.NonceSizeX+len(text)+chacha20poly1305.Overhead)
	rand.Read(nonce)
	return box.Seal(nonce, nonce, text, about), nil
}

// Open implements custody.Keeper.
func (k *Keeper) Open(ctx context.Context, path string, sealed, about []byte) ([]byte, error) {
	key, err := custody.Bearer(ctx, k, path)
	if err != nil {
		return nil, err
	}
	box, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		return nil, err
	}
	if len(sealed) < chacha20poly1305.NonceSizeX {
		return nil, custody.ErrSealed
	}
	text, err := box.Open(nil, sealed[:chacha20poly1305.NonceSizeX], sealed[chacha20poly1305.NonceSizeX:], about)
	if err != nil {
		return nil, custody.ErrSealed
	}
	return text, nil
}

// Check implements custody.Keeper: files are there or are not.
func (k *Keeper) Check(context.Context) error { return nil }

// Close implements custody.Keeper: nothing is under way with files.
func (k *Keeper) Close() error { return nil }
