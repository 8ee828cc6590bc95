package leak

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"unicode/utf8"
)

// pieceSize is how much of a secret is looked for at once, in bytes.
const pieceSize = 16

// MinSecret is the size of the shortest secret that can be looked for, in bytes.
const MinSecret = 8

// A Secret is what must not be found.
type Secret struct {
	Name  string // whose, and what of his
	Bytes []byte
}

// String and GoString are the name: a secret is never printed.
func (s Secret) String() string   { return s.Name }
func (s Secret) GoString() string { return s.Name }

// A Found is a piece of a secret where it should not be.
type Found struct {
	Secret, Form string
	Where        string // the file, the traffic or the memory
	At           int64  // bytes from its beginning
}

func (f Found) String() string {
	return fmt.Sprintf("%s, as %s, in %s at byte %d", f.Secret, f.Form, f.Where, f.At)
}

// A Search looks for secrets. It is safe for concurrent use.
type Search struct {
	patterns []pattern
	begin    map[uint64][]int32 // patterns by their first eight bytes
	maybe    []uint64           // which of these there can be: a bit for each value of few
	longest  int
}

type pattern struct {
	data         []byte
	secret, form string
}

// few is how many bits of a hash of eight bytes tell that no pattern begins so.
const few = 23

func hash(begin uint64) uint64 { return begin * 0x9e3779b97f4a7c15 >> (64 - few) }

// New prepares the search for secrets. It panics if one is shorter than MinSecret: what is so short is everywhere.
func New(secrets ...Secret) *Search {
	s := &Search{begin: map[uint64][]int32{}, maybe: make([]uint64, 1<<(few-6))}
	forms := Forms()
	for _, secret := range secrets {
		if len(secret.Bytes) < MinSecret {
			panic("leak: " + secret.Name + " is too short to look for")
		}
		for _, form := range forms {
			for _, data := range form.pieces(secret.Bytes) {
				s.add(pattern{data, secret.Name, form.Name})
			}
		}
	}
	return s
}

// pieces are what is looked for of a secret in a form.
func (f Form) pieces(b []byte) (all [][]byte) {
	if f.whole {
		for _, data := range f.Of(b[:min(len(b), 4*pieceSize)]) {
			half := len(data) / 4 * 2
			all = append(all, data[:half], data[half:])
		}
		return all
	}
	for _, piece := range pieces(b) {
		all = append(all, f.Of(piece)...)
	}
	return all
}

// pieces are the first and last bytes of a secret, of a text whole characters; of a long one some between them, so that lines of sixty-four
// characters of base64 hold one whole.
func pieces(b []byte) [][]byte {
	size := min(pieceSize, max(MinSecret, (len(b)+1)/2))
	first, last := size, len(b)-size
	if utf8.Valid(b) {
		for first < len(b) && !utf8.RuneStart(b[first]) {
			first++
		}
		for !utf8.RuneStart(b[last]) {
			last--
		}
	}
	all := [][]byte{b[:first], b[last:]}
	const line = 48
	for at := line + pieceSize; at+pieceSize <= len(b) && len(all) < 16; at += 3 * line {
		all = append(all, b[at:at+pieceSize])
	}
	return all
}

func (s *Search) add(p pattern) {
	if len(p.data) < MinSecret {
		return
	}
	key := binary.LittleEndian.Uint64(p.data)
	if slices.ContainsFunc(s.begin[key], func(i int32) bool { return bytes.Equal(s.patterns[i].data, p.data) }) {
		return
	}
	s.begin[key] = append(s.begin[key], int32(len(s.patterns)))
	s.patterns = append(s.patterns, p)
	s.maybe[hash(key)>>6] |= 1 << (hash(key) & 63)
	s.longest = max(s.longest, len(p.data))
}

// Bytes looks in bytes that are called where.
func (s *Search) Bytes(where string, data []byte) []Found {
	return s.within(nil, where, 0, data, len(data))
}

// within adds what begins in the first so many bytes of data.
func (s *Search) within(found []Found, where string, from int64, data []byte, begins int) []Found {
	for i := 0; i < begins && i+8 <= len(data); i++ {
		key := binary.LittleEndian.Uint64(data[i:])
		if h := hash(key); s.maybe[h>>6]>>(h&63)&1 == 0 {
			continue
		}
		for _, p := range s.begin[key] {
			if p := s.patterns[p]; bytes.HasPrefix(data[i:], p.data) {
				found = append(found, Found{p.secret, p.form, where, from + int64(i)})
			}
		}
	}
	return found
}

// window is how much of a stream is looked through at once, in bytes.
const window = 1 << 20

// Reader looks in a stream to its end.
func (s *Search) Reader(where string, r io.Reader) (found []Found, err error) {
	buffer := make([]byte, window+s.longest)
	for kept, from := 0, int64(0); ; {
		n, err := io.ReadFull(r, buffer[kept:])
		data := buffer[:kept+n]
		if err != nil {
			found = s.within(found, where, from, data, len(data))
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				err = nil
			}
			return found, err
		}
		begins := len(data) - s.longest
		found = s.within(found, where, from, data, begins)
		kept, from = copy(buffer, data[begins:]), from+int64(begins)
	}
}

// Directory looks in every file under a directory, and in their names.
func (s *Search) Directory(dir string) (found []Found, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		found = append(found, s.Bytes("the name of "+path, []byte(d.Name()))...)
		if !d.Type().IsRegular() {
			return nil
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		more, err := s.Reader(path, f)
		found = append(found, more...)
		return err
	})
	return found, err
}
