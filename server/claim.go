package server

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrTaken says that another process works on a directory.
var ErrTaken = errors.New("another process works on this directory: stop it first, or give this one a directory of its own")

// A Claim is a directory that is this process's until Release, or until it ends in any way.
type Claim struct{ file *os.File }

// Take claims a directory, which must exist. ErrTaken if it is another process's.
func Take(dir string) (*Claim, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lock(f); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", dir, err), f.Close())
	}
	return &Claim{f}, nil
}

// Release gives the directory back.
func (c *Claim) Release() error { return c.file.Close() }
