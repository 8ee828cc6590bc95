package audit

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
)

// blockSize is how much of a file is compared at once where it is read in parts.
const blockSize = 1 << 16

// stream is read for files that are folded piece by piece, up to io.EOF. Parts of
// them can be read again.
func (r *files) stream(path string) (io.ReadCloser, int64, error) {
	r.claim(path)
	f, size, err := r.source.Stream(path)
	if err != nil {
		return nil, 0, r.readError(err)
	}
	return &hashedFile{ReadCloser: f, of: r, path: path, whole: sha256.New()}, size, nil
}

// hashedFile compares what was read of a file once it ends, and keeps the digests
// of its blocks.
type hashedFile struct {
	io.ReadCloser
	of     *files
	path   string
	whole  hash.Hash
	block  bytes.Buffer // the one that is not full yet
	blocks [][sha256.Size]byte
}

func (f *hashedFile) Read(b []byte) (int, error) {
	n, err := f.ReadCloser.Read(b)
	f.whole.Write(b[:n])
	for rest := b[:n]; len(rest) > 0; {
		take := min(len(rest), blockSize-f.block.Len())
		f.block.Write(rest[:take])
		rest = rest[take:]
		if f.block.Len() == blockSize {
			f.endBlock()
		}
	}
	if errors.Is(err, io.EOF) {
		f.endBlock()
		if changed := f.of.unchanged(f.path, [sha256.Size]byte(f.whole.Sum(nil))); changed != nil {
			return n, changed
		}
		f.of.mu.Lock()
		defer f.of.mu.Unlock()
		f.of.blocks[f.path] = f.blocks
	}
	return n, err
}

func (f *hashedFile) endBlock() {
	if f.block.Len() > 0 {
		f.blocks = append(f.blocks, sha256.Sum256(f.block.Bytes()))
		f.block.Reset()
	}
}

// errShort says that a file ends before what is to be read of it.
var errShort = errors.New("the file is too short")

// part returns the bytes of a file from one place up to another. They are those
// of every other reading of it.
func (r *files) part(path string, from, to int64) ([]byte, error) {
	blocks, err := r.blocksOf(path)
	if err != nil {
		return nil, err
	}
	f, _, err := r.source.Stream(path)
	if err != nil {
		return nil, r.readError(err)
	}
	defer f.Close()
	first, last := from/blockSize, (to+blockSize-1)/blockSize
	if last > int64(len(blocks)) {
		return nil, fmt.Errorf("%s: %w", path, errShort)
	}
	if _, err := f.Seek(first*blockSize, io.SeekStart); err != nil {
		return nil, r.readError(err)
	}
	data := make([]byte, (last-first)*blockSize)
	n, err := io.ReadFull(f, data)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, r.readError(err)
	}
	data = data[:n]
	for i, want := range blocks[first:last] {
		at := min(i*blockSize, n)
		if sha256.Sum256(data[at:min(at+blockSize, n)]) != want {
			return nil, r.changed(path)
		}
	}
	if int64(n) < to-first*blockSize {
		return nil, fmt.Errorf("%s: %w", path, errShort)
	}
	return data[from-first*blockSize : to-first*blockSize], nil
}

// blocksOf gives the digests of a file's blocks, for which the whole is read once.
func (r *files) blocksOf(path string) ([][sha256.Size]byte, error) {
	r.mu.Lock()
	blocks, known := r.blocks[path]
	r.mu.Unlock()
	if known {
		return blocks, nil
	}
	f, _, err := r.stream(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if _, err := io.Copy(io.Discard, f); err != nil {
		return nil, r.readError(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.blocks[path], nil
}
