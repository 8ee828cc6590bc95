package device

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Suffix ends the name of a device's file.
const Suffix = ".isoloir-fragment"

// maxFile bounds what is read from a medium, in bytes.
const maxFile = 64 << 20

// media writes a device's files. before, if not nil, is called ahead of every
// operation that changes a medium: tests stop the process there.
type media struct {
	paths  []string // of the file on each medium, one or two
	before func(operation string)
}

func (m *media) at(operation string) {
	if m.before != nil {
		m.before(operation)
	}
}

// find returns the path of the one device file in a medium's directory.
func find(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", fmt.Errorf("cannot read the medium %s: plug it in and give its directory: %w", dir, err)
	}
	var found []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), Suffix) && !strings.HasPrefix(e.Name(), ".") {
			found = append(found, filepath.Join(dir, e.Name()))
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", fmt.Errorf("the medium %s holds no file %s: give the directory of your medium: %w", dir, "NAME"+Suffix, fs.ErrNotExist)
	}
	return "", fmt.Errorf("the medium %s holds %d files %s, and must hold one: %w", dir, len(found), "NAME"+Suffix, ErrMedia)
}

// read returns the bytes of a device's file.
func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read your medium: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("cannot read your medium: %w", err)
	}
	if len(data) > maxFile {
		return nil, ErrNotFragment
	}
	return data, nil
}

// replace puts data in the place of the file at path, or makes it: written
// beside, made durable, read back, and only then renamed.
func (m *media) replace(path string, data []byte) (err error) {
	dir, name := filepath.Split(path)
	temp := filepath.Join(dir, "."+name+".partial")
	defer func() {
		if err != nil {
			os.Remove(temp)
			err = fmt.Errorf("cannot write on your medium; what was there is untouched, make room or use another medium: %w", err)
		}
	}()
	m.at("create " + path)
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	m.at("write " + path)
	_, err = f.Write(data)
	m.at("sync " + path)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	m.at("read back " + path)
	back, err := read(temp)
	if err != nil {
		return err
	}
	if !bytes.Equal(back, data) {
		return errors.New("the medium gives back other bytes than were written: it is broken")
	}
	m.at("rename " + path)
	if err = os.Rename(temp, path); err != nil {
		return err
	}
	m.at("sync directory of " + path)
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// absent refuses a path at which something stands.
func absent(path string) error {
	switch _, err := os.Lstat(path); {
	case err == nil:
		return fmt.Errorf("%s: %w", path, ErrExists)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	default:
		return fmt.Errorf("cannot read your medium: %w", err)
	}
}
