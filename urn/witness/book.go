package witness

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"isoloir/record"
	"isoloir/scrutin/note"
)

// Refusals of a co-signature, wrapped in a sentence.
var (
	ErrForm  = errors.New("not a co-signed checkpoint in the one accepted form")
	ErrOther = errors.New("the checkpoint is not the last one of this log")
	ErrTime  = errors.New("the co-signature is not dated at a slot of the schedule that has come")
)

// A Config is what a book needs to know.
type Config struct {
	Log       note.Verifier   // the urn's key
	Witnesses []note.Verifier // their cosigning keys, in the manifest's order
	Slot      time.Duration   // of the schedule; what co-signatures are dated by
	Now       func() time.Time
}

// A Book holds the co-signatures of the last checkpoint of each log, in one file for
// each. Several processes of an urn have a book each: a witness leaves his co-signature
// again where he does not find it.
type Book struct {
	Config
	dir string

	mu  sync.Mutex
	all map[string]page
}

// A page is one log's: the checkpoint with the urn's signature, and a line of each witness.
type page struct {
	checkpoint []byte
	lines      map[note.Verifier]line
}

type line struct {
	time uint64
	text string
}

// Open opens the book in a directory, which is made if it is missing.
func Open(dir string, c Config) (*Book, error) {
	if c.Slot < time.Second {
		return nil, errors.New("a witness's schedule has slots of a second at least")
	}
	return &Book{Config: c, dir: dir, all: map[string]page{}}, os.MkdirAll(dir, 0o700)
}

// Of gives a checkpoint of the log of that name with the co-signatures that the book holds
// for it, in the manifest's order; as it is where there are none.
func (b *Book) Of(name string, checkpoint []byte) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p, _, err := b.page(name, checkpoint)
	return b.written(p), err
}

// Leave takes one witness's co-signature of the last checkpoint of the log of that
// name: left is a note of the checkpoint's text with that signature and no other. An
// older one than the book's changes nothing. It is durable when Leave returns.
func (b *Book) Leave(name string, checkpoint, left []byte) error {
	n, err := note.Open(left, b.Witnesses...)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrForm, err)
	}
	if len(n.Signatures) != 1 {
		return fmt.Errorf("%w: it bears %d signatures, not one", ErrForm, len(n.Signatures))
	}
	text, err := note.Text(checkpoint)
	if err != nil {
		return err
	}
	s := n.Signatures[0]
	switch {
	case n.Text != text:
		return ErrOther
	case s.Time%uint64(b.Slot/time.Second) != 0, s.Time > uint64(b.Now().Add(Valid).Unix()):
		return ErrTime
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	p, last, err := b.page(name, checkpoint)
	switch {
	case err != nil:
		return err
	case !last:
		return ErrOther
	case p.lines[s.Verifier].time >= s.Time:
		return nil
	}
	p.lines[s.Verifier] = line{s.Time, strings.TrimPrefix(string(left), text+"\n")}
	if err := record.WriteWhole(b.path(name), b.written(p)); err != nil {
		delete(b.all, name)
		return err
	}
	return nil
}

func (b *Book) path(name string) string { return filepath.Join(b.dir, name) }

// page is the book's page for a checkpoint; a new one where the book has that of another
// one, whose co-signatures say nothing of this. It is the last one and takes the book's
// place unless the book is as far: who read the checkpoint just before a flush asks for
// the one before.
func (b *Book) page(name string, checkpoint []byte) (p page, last bool, err error) {
	p, open := b.all[name]
	if !open {
		data, err := os.ReadFile(b.path(name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return page{checkpoint, nil}, false, err
		}
		if err == nil {
			p, _ = b.read(data)
		}
	}
	if string(p.checkpoint) != string(checkpoint) {
		fresh := page{checkpoint, map[note.Verifier]line{}}
		if p.checkpoint != nil {
			last, err = grown(p.checkpoint, checkpoint)
			if err != nil || !last {
				return fresh, false, err
			}
		}
		p = fresh
	}
	b.all[name] = p
	return p, true, nil
}

// grown says whether the second of two checkpoints is of more leaves.
func grown(first, second []byte) (bool, error) {
	var sizes [2]uint64
	for i, signed := range [][]byte{first, second} {
		text, err := note.Text(signed)
		if err != nil {
			return false, err
		}
		c, err := note.ParseCheckpoint(text)
		if err != nil {
			return false, err
		}
		sizes[i] = c.Size
	}
	return sizes[0] < sizes[1], nil
}

// read reads what written wrote. What is no such file holds nothing: witnesses leave
// their co-signatures again.
func (b *Book) read(data []byte) (page, error) {
	n, err := note.Open(data, append([]note.Verifier{b.Log}, b.Witnesses...)...)
	if err != nil {
		return page{}, err
	}
	rest := strings.SplitAfter(string(data[len(n.Text)+1:]), "\n")
	p := page{lines: map[note.Verifier]line{}}
	for i, s := range n.Signatures {
		if s.Verifier == b.Log {
			p.checkpoint = []byte(n.Text + "\n" + rest[i])
			continue
		}
		p.lines[s.Verifier] = line{s.Time, rest[i]}
	}
	return p, nil
}

func (b *Book) written(p page) []byte {
	out := append([]byte(nil), p.checkpoint...)
	for _, w := range b.Witnesses {
		out = append(out, p.lines[w].text...)
	}
	return out
}
