//go:build !linux

package leak

import "errors"

// Memory looks in the memory of a process, where the system shows it as files do: on Linux alone. Its error is errors.ErrUnsupported.
func (s *Search) Memory(pid int) (found []Found, size int64, err error) {
	return nil, 0, errors.ErrUnsupported
}
