package bureau

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"isoloir/archive/ustar"
	"isoloir/record"
)

// depositSize is the size of the largest file that a holder can bring, in bytes. Larger
// shares are put in the record by who keeps it.
const depositSize = 64 << 20

// An exchange is the record as far as holders take from it and bring to it. It is safe
// for concurrent use.
type exchange struct {
	record *record.Writer // nil where there is none

	mu      sync.Mutex // held while something is brought
	board   boardCache
	opening openingCache
}

// take sends the files of the record that are wanted as one tar file, paths in ascending
// order, no owner, no date.
func (x *exchange) take(name string, wanted func(path string) bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		paths, err := x.record.List()
		if err != nil {
			panic(err) // the guard answers for a record that cannot be read
		}
		w.Header().Set("Content-Type", "application/x-tar")
		w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
		out := ustar.NewWriter(w)
		for _, path := range paths {
			if !wanted(path) {
				continue
			}
			if err := x.pack(w, out, path); err != nil {
				panic(http.ErrAbortHandler) // half a file must not look like a whole one
			}
		}
		out.Close()
	}
}

func (x *exchange) pack(w http.ResponseWriter, out *ustar.Writer, path string) error {
	f, size, err := x.record.Stream(path)
	if err != nil {
		return err
	}
	defer f.Close()
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(30*time.Second + time.Duration(size>>16)*time.Second))
	return out.Add(path, size, f)
}

// errBrought says that what was brought is neither a message nor a tar file of some.
var errBrought = errors.New("this is neither a message nor a tar file of messages")

// A brought is one file that somebody has brought.
type brought struct {
	path string // as a tar file names it; empty for a message alone
	data []byte
}

// unpack reads a message, or a tar file of some.
func unpack(data []byte) (all []brought, err error) {
	if bytes.HasPrefix(data, []byte("{")) {
		return []brought{{data: data}}, nil
	}
	size := int64(0) // of what comes out, which is no more than what went in
	for in := tar.NewReader(bytes.NewReader(data)); ; {
		head, err := in.Next()
		if err == io.EOF && len(all) > 0 {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errBrought, err)
		}
		if head.Typeflag != tar.TypeReg {
			continue
		}
		if size += head.Size; size > int64(len(data)) {
			return nil, errBrought
		}
		file, err := io.ReadAll(in)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errBrought, err)
		}
		all = append(all, brought{strings.TrimPrefix(head.Name, "./"), file})
	}
}

// listed are the paths of the record under a prefix.
func (x *exchange) listed(prefix string) ([]string, error) {
	paths, err := x.record.List()
	return slices.DeleteFunc(paths, func(p string) bool { return !strings.HasPrefix(p, prefix) }), err
}
