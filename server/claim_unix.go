//go:build unix

package server

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// lock takes the file for this process, until it is closed or the process ends in any way.
func lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrTaken
	}
	return err
}

// exposed says whether others than its owner have any right to a file.
func exposed(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }
