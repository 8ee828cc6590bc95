//go:build unix

package server

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// lock takes the file, for this process alone or beside others that do not want it alone, until it is closed or the process ends in any way.
func lock(f *os.File, alone bool) error {
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrTaken
	}
	return err
}

// exposed says whether others than its owner have any right to a file.
func exposed(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }
