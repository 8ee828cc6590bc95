package oversight

import "syscall"

// used is how much of a hundred of a path's disk is in use, as its owner can use it.
func used(path string) (int, bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil || s.Blocks == 0 {
		return 0, false
	}
	taken := s.Blocks - s.Bfree
	return int(100 * taken / (taken + s.Bavail)), true
}
