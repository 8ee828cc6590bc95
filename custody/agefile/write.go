package agefile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"isoloir/custody"
)

// Write keeps a secret of one line where there is none yet, for its owner only, durably.
func (k *Keeper) Write(path, line string) error {
	data, err := k.encoded(line)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return create(path, data)
}

// encoded is what a file of the secret holds.
func (k *Keeper) encoded(line string) ([]byte, error) {
	if !custody.IsLine(line) {
		return nil, fmt.Errorf("%w: one line of at most %d bytes", custody.ErrSecret, custody.MaxSecret)
	}
	if len(k.recipients) == 0 {
		return []byte(line + "\n"), nil
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, k.recipients...)
	if err != nil {
		return nil, err
	}
	_, err = w.Write([]byte(line + "\n"))
	err = errors.Join(err, w.Close())
	return out.Bytes(), err
}

func create(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// Encrypt makes an age file of a secret in the clear, in its place. It says false for one that is an age file of the keeper's identity already.
// Where it is interrupted the file is the old one or the new one. What the medium keeps of the old bytes is not erased.
func (k *Keeper) Encrypt(path string) (bool, error) {
	if len(k.recipients) == 0 {
		return false, fmt.Errorf("%w: without an identity nothing is encrypted", custody.ErrSecret)
	}
	data, err := read(path)
	if err != nil {
		return false, err
	}
	if strings.HasPrefix(string(data), ageHeader) {
		_, err := k.Secret(context.Background(), path)
		return false, err
	}
	line, err := (&Keeper{}).Secret(context.Background(), path)
	if err != nil {
		return false, err
	}
	encrypted, err := k.encoded(line)
	if err != nil {
		return false, err
	}
	beside := path + ".new"
	if err := create(beside, encrypted); err != nil {
		return false, err
	}
	if err := os.Rename(beside, path); err != nil {
		return false, errors.Join(err, os.Remove(beside))
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return false, err
	}
	return true, errors.Join(dir.Sync(), dir.Close())
}

// NewIdentity draws an identity and writes it where there is none yet, in the form of age-keygen. It returns the recipient, which is public.
func NewIdentity(path string) (string, error) {
	i, err := age.GenerateX25519Identity()
	if err != nil {
		return "", err
	}
	return i.Recipient().String(), create(path, fmt.Appendf(nil, "# public key: %s\n%s\n", i.Recipient(), i))
}
