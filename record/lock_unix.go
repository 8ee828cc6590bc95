//go:build unix

package record

import (
	"os"
	"syscall"
)

// lock waits until a directory is nobody else's; it is ours until it is closed, or the process ends in any way.
func lock(dir *os.File) error {
	for {
		if err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX); err != syscall.EINTR {
			return err
		}
	}
}
