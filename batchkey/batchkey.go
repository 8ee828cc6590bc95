// Package batchkey keeps the key under which rows of a store wait until they may be
// forgotten: the pending ballots of one batch, the authorisations that electors
// hold. The key lives in a file of its own, in a directory that belongs neither to
// the database nor to any backup, and is destroyed when its batch is over: what
// remains of the rows in free pages, in a write-ahead log or on a worn-out disk is
// then noise.
//
// What it promises: a key returned by [Dir.New] is on the medium before it is
// returned; a key that [Dir.Keep] does not keep has been overwritten, synced,
// unlinked, and the directory synced, before it returns. Overwriting is no
// proof against a medium that keeps old blocks: put the directory on one that
// does not, or in memory if losing the pending ballots with the machine is
// acceptable.
package batchkey

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
)

// ErrLost says that a batch key is not in the directory.
var ErrLost = errors.New("the key of the rows that wait is not in its directory")

// ErrBox says that a box was not sealed under this key for this place.
var ErrBox = errors.New("a pending row does not open under the key of its batch")

const suffix = ".key"

// An ID names a key. It says nothing about it.
type ID [16]byte

// A Key seals the rows of one batch.
type Key struct {
	ID   ID
	aead cipher.AEAD
	tag  [32]byte
}

// String names the key and hides it.
func (k *Key) String() string { return "batch key " + hex.EncodeToString(k.ID[:]) }

// GoString hides the key from %#v.
func (k *Key) GoString() string { return k.String() }

func newKey(id ID, secret []byte) (*Key, error) {
	k := &Key{ID: id}
	copy(k.tag[:], derive(secret, "isoloir/v1/batch/tag"))
	var err error
	k.aead, err = chacha20poly1305.New(derive(secret, "isoloir/v1/batch/box"))
	return k, err
}

func derive(secret []byte, label string) []byte {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte(label))
	return m.Sum(nil)
}

// Seal encrypts a row for a place, which Open must be given again: a random
// 12-byte nonce, the ciphertext, and a 16-byte authenticator.
func (k *Key) Seal(row, place []byte) []byte {
	box := make([]byte, chacha20poly1305.NonceSize, chacha20poly1305.NonceSize+len(row)+chacha20poly1305.Overhead)
	rand.Read(box)
	return k.aead.Seal(box, box, row, place)
}

// Open returns what Seal was given, or ErrBox.
func (k *Key) Open(box, place []byte) ([]byte, error) {
	if len(box) < chacha20poly1305.NonceSize {
		return nil, ErrBox
	}
	row, err := k.aead.Open(nil, box[:chacha20poly1305.NonceSize], box[chacha20poly1305.NonceSize:], place)
	if err != nil {
		return nil, ErrBox
	}
	return row, nil
}

// Tag is a keyed name of parts, equal for equal parts of the same lengths: while
// the key lives two equal values can be found, afterwards it is noise.
func (k *Key) Tag(label string, parts ...[]byte) [16]byte {
	m := hmac.New(sha256.New, k.tag[:])
	m.Write([]byte(label))
	for _, p := range parts {
		m.Write(p)
	}
	return [16]byte(m.Sum(nil))
}

// A Dir is a directory of batch keys.
type Dir struct{ path string }

// Open makes the directory if need be, for its owner only.
func Open(path string) (*Dir, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("directory of batch keys: %w", err)
	}
	return &Dir{path}, nil
}

func (d *Dir) file(id ID) string { return filepath.Join(d.path, hex.EncodeToString(id[:])+suffix) }

// New draws a key and writes it durably.
func (d *Dir) New() (*Key, error) {
	var id ID
	secret := make([]byte, 32)
	rand.Read(id[:])
	rand.Read(secret)
	f, err := os.OpenFile(d.file(id), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("new batch key: %w", err)
	}
	_, err = f.Write(secret)
	if err = errors.Join(err, f.Sync(), f.Close(), d.sync()); err != nil {
		return nil, fmt.Errorf("new batch key: %w", errors.Join(err, os.Remove(d.file(id))))
	}
	return newKey(id, secret)
}

// Load reads a key. ErrLost if it is not there whole.
func (d *Dir) Load(id ID) (*Key, error) {
	secret, err := os.ReadFile(d.file(id))
	if errors.Is(err, os.ErrNotExist) || err == nil && len(secret) != 32 {
		return nil, ErrLost
	}
	if err != nil {
		return nil, fmt.Errorf("batch key: %w", err)
	}
	return newKey(id, secret)
}

// Keep destroys every key of the directory but those of ids.
func (d *Dir) Keep(ids ...ID) error {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return fmt.Errorf("directory of batch keys: %w", err)
	}
	kept := map[string]bool{}
	for _, id := range ids {
		kept[filepath.Base(d.file(id))] = true
	}
	var failed error
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), suffix) && !kept[e.Name()] {
			failed = errors.Join(failed, erase(filepath.Join(d.path, e.Name())))
		}
	}
	return errors.Join(failed, d.sync())
}

func erase(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, os.ErrPermission) { // of a file that its owner has kept himself from writing
		if err = os.Chmod(path, 0o600); err == nil {
			f, err = os.OpenFile(path, os.O_WRONLY, 0)
		}
	}
	if err != nil {
		return fmt.Errorf("destroying a file: %w", err)
	}
	info, err := f.Stat()
	if err == nil {
		_, err = io.CopyN(f, rand.Reader, info.Size())
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("destroying a file: %w", err)
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("destroying a file: %w", err)
	}
	return nil
}

// Destroy overwrites a regular file of any length with noise, and removes it, also one that its owner may only read; a file that is not there is
// destroyed already. It is on the medium before it returns. What a medium keeps of old blocks is not reached.
func Destroy(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no regular file", path)
	}
	if err != nil {
		return fmt.Errorf("destroying a file: %w", err)
	}
	if err := erase(path); err != nil {
		return err
	}
	return (&Dir{filepath.Dir(path)}).sync()
}

func (d *Dir) sync() error {
	f, err := os.Open(d.path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
