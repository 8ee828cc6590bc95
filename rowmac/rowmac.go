// Package rowmac ties the rows of a store to the service that wrote them, by a key
// that lives outside the store: a message authentication code for each row
// (HMAC-SHA-256, cut to 16 bytes), and for each urn a State that counts them, moved
// in the transaction that writes them.
//
// What it promises against somebody who may do everything to the store, and does not
// have the key: a row that he changes, moves or makes has a wrong code; one that he
// takes away, or puts back, makes the rows fewer or more than the State says; a
// State of his own has a wrong code; and an older store, put back whole, has a State
// of a lower number than was seen before, by a process that remembers it or in a
// file beside (docs/integrity.md).
//
// Codes are computed from what stands in the row, and a State from numbers of rows:
// neither says anything that the rows do not.
package rowmac

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Size is the length of a code in bytes.
const Size = 16

// A MAC is the code of a row.
type MAC [Size]byte

// Is says whether a store has this code for the row.
func (m MAC) Is(code []byte) bool { return hmac.Equal(m[:], code) }

// ErrForeign says that a row of the store was not written so by the service that
// holds the key. What was to be done with it is not done.
var ErrForeign = errors.New("a row of this store is not as its service wrote it: run isoloir check-integrity, and tell the bureau")

// ErrKey says that a file holds no key of this kind.
var ErrKey = errors.New("this file does not hold the key of a store's rows")

// ErrLost says that a store has rows and that the file of the key that ties them is not
// there: another key would be a stranger's to them.
var ErrLost = errors.New("the rows of this store are tied to a key whose file is not there: put the file back, or name the one in which it is (rows)")

// A Key makes and checks codes. The zero Key ties nothing to anybody: it is for
// stores that nobody checks.
type Key struct{ secret [32]byte }

// NewKey takes a secret of 32 bytes.
func NewKey(secret [32]byte) Key { return Key{secret} }

// String hides the key.
func (k Key) String() string { return "key of a store's rows" }

// GoString hides the key from %#v.
func (k Key) GoString() string { return k.String() }

// Open reads the file of a key, 64 hexadecimal digits and a newline. Where there is
// none it asks whether the store has rows: ErrLost if it has, else it draws a key,
// durably, for its owner alone. Of processes that draw at the same time one wins, and
// all have its key.
func Open(path string, begun func() (bool, error)) (Key, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		raw, err = first(path, begun)
	}
	if err != nil {
		return Key{}, fmt.Errorf("key of a store's rows: %w", err)
	}
	line, whole := strings.CutSuffix(string(raw), "\n")
	secret, err := hex.DecodeString(line)
	if err != nil || !whole || len(secret) != 32 || hex.EncodeToString(secret) != line {
		return Key{}, fmt.Errorf("%s: %w", path, ErrKey)
	}
	return Key{[32]byte(secret)}, nil
}

// first draws the key of a store without rows, and gives what is in its file then.
func first(path string, begun func() (bool, error)) ([]byte, error) {
	has, err := begun()
	if err == nil && !has {
		err = draw(path)
	}
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(path) // also where another process drew it, and wrote rows, meanwhile
	if errors.Is(err, os.ErrNotExist) {
		err = fmt.Errorf("%s: %w", path, ErrLost)
	}
	return raw, err
}

// draw writes a new key beside its place, and links it there unless somebody was
// faster.
func draw(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	secret := make([]byte, 32)
	rand.Read(secret)
	_, err = f.WriteString(hex.EncodeToString(secret) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// A Scope names the scrutin, and the urn in it, that rows belong to.
type Scope struct {
	Organisation, Scrutin string
	Urn                   uint16
}

// Row is the code of a row of a table: its fields in order, each with its length, so
// that no two rows share one.
func (k Key) Row(table string, s Scope, fields ...[]byte) MAC {
	m := hmac.New(sha256.New, k.secret[:])
	part := func(b []byte) {
		var size [4]byte
		binary.LittleEndian.PutUint32(size[:], uint32(len(b)))
		m.Write(size[:])
		m.Write(b)
	}
	part([]byte(table))
	part([]byte(s.Organisation))
	part([]byte(s.Scrutin))
	part(binary.LittleEndian.AppendUint16(nil, s.Urn))
	for _, f := range fields {
		part(f)
	}
	return MAC(m.Sum(nil))
}

// Number is a whole number as a field of a row.
func Number[N ~int | ~int64 | ~uint8 | ~uint32 | ~uint64](n N) []byte {
	return binary.LittleEndian.AppendUint64(nil, uint64(n))
}
