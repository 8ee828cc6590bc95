package server

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrTaken says that another process works on a directory.
var ErrTaken = errors.New("another process works on this: stop it first, or give this one a directory of its own")

// lockFile is what is locked of a directory.
const lockFile = "lock"

// A Claim is a directory, or the use of a key, that is this process's until Release, or until it ends in any way.
type Claim struct{ file *os.File }

// Take claims a directory, which must exist. ErrTaken if it is another process's.
func Take(dir string) (*Claim, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	return claimed(f, dir, true)
}

// hold claims the file of a key that several processes of a role sign by: for all of them, or for this process alone. Nil for a key that is no file
// of this machine, or one that cannot be read: who needs it says so.
func hold(key string, alone bool) (*Claim, error) {
	if key == "" || vaulted(key) {
		return nil, nil
	}
	f, err := os.Open(key)
	if err != nil {
		return nil, nil
	}
	return claimed(f, key, alone)
}

func claimed(f *os.File, name string, alone bool) (*Claim, error) {
	if err := lock(f, alone); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), f.Close())
	}
	return &Claim{f}, nil
}

// Release gives back what was claimed.
func (c *Claim) Release() error { return c.file.Close() }
