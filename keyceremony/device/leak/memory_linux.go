package leak

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Memory looks in all readable memory of a process, mapping by mapping, and says how many bytes that was. What the process gives back or
// takes meanwhile is read as far as it is there: look more than once.
func (s *Search) Memory(pid int) (found []Found, size int64, err error) {
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return nil, 0, err
	}
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return nil, 0, err
	}
	defer memory.Close()
	for line := range strings.Lines(string(maps)) {
		var first, end uint64
		var rights string
		if _, err := fmt.Sscanf(line, "%x-%x %s", &first, &end, &rights); err != nil {
			return nil, 0, fmt.Errorf("maps of the process: %w", err)
		}
		from, to := int64(first), int64(end)
		if rights[0] != 'r' || strings.Contains(line, "[vvar") || strings.Contains(line, "[vsyscall]") { // these two are of the kernel, and cannot be read
			continue
		}
		r := &counted{r: bufio.NewReaderSize(io.NewSectionReader(memory, from, to-from), window)}
		more, err := s.Reader(fmt.Sprintf("the memory of process %d from %x", pid, from), r)
		var gone *os.PathError
		if err != nil && !errors.As(err, &gone) {
			return nil, 0, err
		}
		found, size = append(found, more...), size+r.size
	}
	return found, size, nil
}

type counted struct {
	r    io.Reader
	size int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.size += int64(n)
	return n, err
}
