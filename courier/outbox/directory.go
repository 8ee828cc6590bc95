package outbox

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"isoloir/courier"
)

var _ courier.Carrier = (*Directory)(nil)

// A Directory keeps messages in files, one for each, so that they are there after the process has ended, and for other processes.
type Directory struct {
	path string
	now  func() time.Time
}

// Open makes the directory if need be, for its owner only.
func Open(path string, now func() time.Time) (*Directory, error) {
	return &Directory{path, now}, os.MkdirAll(path, 0o700)
}

var names = regexp.MustCompile(`^[0-9a-f]{32}$`)

// Carry keeps the message. One of the same name takes the place of the former.
func (d *Directory) Carry(_ context.Context, m courier.Message) error {
	if !names.MatchString(m.Name) {
		return errors.New("the name of a message is not 32 hexadecimal digits")
	}
	data, err := json.Marshal(Letter{m, d.now().UTC()})
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(d.path, ".partial-")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), filepath.Join(d.path, m.Name+".json"))
	}
	if err != nil {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}

// Letters are the messages, the last one first.
func (d *Directory) Letters() ([]Letter, error) {
	files, err := filepath.Glob(filepath.Join(d.path, "*.json"))
	if err != nil {
		return nil, err
	}
	var all []Letter
	for _, name := range files {
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var l Letter
		if err = errors.Join(err, json.Unmarshal(data, &l)); err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b Letter) int { return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(a.Name, b.Name)) })
	return all, nil
}
