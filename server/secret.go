package server

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"isoloir/scrutin/note"
)

// Refusals of files that hold secrets. The errors never show what the files hold.
var (
	ErrExposed = errors.New("others than its owner can read this secret: take the rights away (chmod 600), and draw another one if somebody may have")
	ErrSecret  = errors.New("this file does not hold the secret that is expected")
)

// maxSecret is the size of the largest file of a secret, in bytes.
const maxSecret = 4096

// readSecret reads a file of one line that nobody but its owner may read.
func readSecret(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if exposed(info) {
		return "", fmt.Errorf("%s: %w", path, ErrExposed)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return "", err
	}
	line, whole := strings.CutSuffix(string(data), "\n")
	if !info.Mode().IsRegular() || len(data) > maxSecret || !whole || line == "" || strings.ContainsAny(line, "\r\n") {
		return "", fmt.Errorf("%s: %w: one line, ending with a newline", path, ErrSecret)
	}
	return line, nil
}

// ReadKey reads the file of a party's signing key, which must be the one that the manifest names.
func ReadKey(path string, want note.Verifier) (*note.PrivateKey, error) {
	line, err := readSecret(path)
	if err != nil {
		return nil, err
	}
	k, err := note.ParsePrivateKey(line)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, ErrSecret, err)
	}
	if k.Verifier() != want {
		return nil, fmt.Errorf("%s: %w: it is the key of another party, or of another scrutin, than the %s of this manifest", path, ErrSecret, want.Name())
	}
	return k, nil
}

// ReadBearer reads the secret of a link: 64 lower-case hexadecimal digits.
func ReadBearer(path string) (secret [32]byte, err error) {
	line, err := readSecret(path)
	if err != nil {
		return secret, err
	}
	b, err := hex.DecodeString(line)
	if err != nil || len(b) != len(secret) || hex.EncodeToString(b) != line {
		return secret, fmt.Errorf("%s: %w: 64 lower-case hexadecimal digits", path, ErrSecret)
	}
	return [32]byte(b), nil
}

// ReadAddress reads the file of a database's connection string.
func ReadAddress(path string) (string, error) { return readSecret(path) }

// WriteSecret writes a secret of one line where there is none yet, for its owner only, durably.
func WriteSecret(path, line string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line + "\n")
	return errors.Join(err, f.Sync(), f.Close())
}
