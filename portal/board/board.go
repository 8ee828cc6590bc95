// Package board is what a space has published, as files: its back office writes them, and the
// citizens' pages, which another process serves beside the register of accounts, read them
// (docs/consultations.md, section 11). Neither process reaches the other's store.
//
// What it promises. Only what is published gets there, whole or not at all. A file that is
// not what its name or the consultation says is not served. Where one votes, where the
// result is, and what members and citizens have decided together, whoever runs the vote
// writes beside it.
package board

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"isoloir/portal/citizen"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/space"
)

// Names of files, in the directory of a consultation, ID.
const (
	textFile   = "consultation.json"
	peopleFile = "members.json" // of all consultations, beside them
	votingFile = "voting"
	resultFile = "result"
)

// Sizes in bytes that are read at most.
const (
	textSize    = 4 << 20
	fileSize    = 8 << 20
	addressSize = 2 << 10
)

// ErrInvalid is what a board's files give that no back office wrote, or that somebody changed.
var ErrInvalid = errors.New("this is not what a back office publishes")

// Write puts a published consultation of a shelf on the board of a directory, with its
// documents and its picture, and what has changed of it again.
func Write(ctx context.Context, dir string, c *citizen.Consultation, from citizen.Shelf) error {
	at := filepath.Join(dir, c.ID)
	if err := os.MkdirAll(at, 0o755); err != nil {
		return err
	}
	for _, digest := range digests(c.Draft) {
		path := filepath.Join(at, digest.String())
		if _, err := os.Lstat(path); err == nil {
			continue
		}
		f, err := from.File(ctx, c.ID, digest)
		if err != nil {
			return err
		}
		if err := record.WriteWhole(path, f.Data); err != nil {
			return err
		}
	}
	written := *c
	written.Voting, written.Result = "", ""
	text, err := json.Marshal(&written)
	if err != nil {
		return err
	}
	path := filepath.Join(at, textFile)
	if there, err := os.ReadFile(path); err == nil && bytes.Equal(there, text) {
		return nil
	}
	return record.WriteWhole(path, text)
}

// digests are those of a consultation's documents, and of its picture.
func digests(d *space.Draft) (all []scrutin.Digest) {
	for _, f := range d.Documents {
		all = append(all, f.SHA256)
	}
	if d.Picture.SHA256 != (scrutin.Digest{}) {
		all = append(all, d.Picture.SHA256)
	}
	return all
}

// A Board reads the files of a directory: a citizen.Shelf.
type Board struct {
	root   *os.Root
	failed func(what string, err error)
}

var _ citizen.Shelf = (*Board)(nil)

// Open opens the board of a directory. It is closed by the caller. A file that somebody has
// damaged takes nothing away but what it says: failed, if it is not nil, is told.
func Open(dir string, failed func(what string, err error)) (*Board, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	if failed == nil {
		failed = func(string, error) {}
	}
	return &Board{root, failed}, nil
}

// Close closes it.
func (b *Board) Close() error { return b.root.Close() }

var name = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// Published implements citizen.Shelf.
func (b *Board) Published(ctx context.Context) (all []citizen.Consultation, err error) {
	entries, err := fs.ReadDir(b.root.FS(), ".")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		switch c, err := b.Consultation(ctx, e.Name()); {
		case err == nil:
			all = append(all, *c)
		case !errors.Is(err, space.ErrUnknown):
			b.failed("consultations that are published", err)
		}
	}
	slices.SortStableFunc(all, func(a, b citizen.Consultation) int { return b.Opens.Compare(a.Opens) })
	return all, nil
}

// Consultation implements citizen.Shelf.
func (b *Board) Consultation(_ context.Context, id string) (*citizen.Consultation, error) {
	if !name.MatchString(id) {
		return nil, space.ErrUnknown
	}
	text, err := b.read(filepath.Join(id, textFile), textSize)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, space.ErrUnknown
	}
	if err != nil {
		return nil, err
	}
	c, err := parse(text)
	if err == nil && c.ID != id {
		err = fmt.Errorf("%w: it is %s", ErrInvalid, c.ID)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", id, err)
	}
	c.Voting, c.Result = b.address(id, votingFile), b.address(id, resultFile)
	return c, nil
}

// parse reads a consultation as Write wrote it.
func parse(text []byte) (*citizen.Consultation, error) {
	c := new(citizen.Consultation)
	if err := canon.Known(text, c); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	again, err := json.Marshal(c)
	if err != nil || !bytes.Equal(again, text) || c.Draft == nil || c.Voting != "" || c.Result != "" {
		return nil, ErrInvalid
	}
	for i := range c.Arguments {
		if err := c.Arguments[i].Verify(c.Organisation, c.ID, c.Fingerprint); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
		}
	}
	return c, nil
}

// address is what whoever runs the vote has written: a line, https or a path; empty for none,
// and for what cannot be used.
func (b *Board) address(id, file string) string {
	text, err := b.read(filepath.Join(id, file), addressSize)
	line := strings.TrimSuffix(string(text), "\n")
	if err == nil && !reachable(line) {
		err = fmt.Errorf("%s/%s: %w: write https://HOST/PATH, or a path of this origin", id, file, ErrInvalid)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	if err != nil {
		b.failed("addresses of a consultation", err)
		return ""
	}
	return line
}

// File implements citizen.Shelf.
func (b *Board) File(ctx context.Context, id string, digest scrutin.Digest) (space.File, error) {
	c, err := b.Consultation(ctx, id)
	if err != nil {
		return space.File{}, err
	}
	f := space.File{Digest: digest, Media: c.Draft.Picture.Media}
	if i := slices.IndexFunc(c.Draft.Documents, func(d space.Document) bool { return d.SHA256 == digest }); i >= 0 {
		f.Media = c.Draft.Documents[i].Media
	} else if digest != c.Draft.Picture.SHA256 || digest == (scrutin.Digest{}) {
		return space.File{}, space.ErrUnknown
	}
	if !slices.Contains(space.Media, f.Media) {
		return space.File{}, fmt.Errorf("%s/%s: %w: files of %q", id, digest, ErrInvalid, f.Media)
	}
	if f.Data, err = b.read(filepath.Join(id, digest.String()), fileSize); err != nil {
		return space.File{}, err
	}
	if scrutin.DigestOf(f.Data) != digest {
		return space.File{}, fmt.Errorf("%s/%s: %w: it was changed", id, digest, ErrInvalid)
	}
	return f, nil
}

// read reads a file of at most so many bytes, which is a plain one.
func (b *Board) read(path string, most int64) ([]byte, error) {
	info, err := b.root.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > most {
		return nil, fmt.Errorf("%s: %w: it is no file, or too long", path, ErrInvalid)
	}
	f, err := b.root.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}
