package archive

import (
	"errors"
	"io"
	"os"
	"path"
)

// Unpack writes all files of the archive into a directory, which must not exist: names of an archive lead nowhere else. It says how many.
func (r *Reader) Unpack(dir string) (int, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return 0, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return 0, err
	}
	defer root.Close()
	for _, name := range r.Names() {
		if err := r.place(root, name); err != nil {
			return 0, err
		}
	}
	return len(r.Names()), nil
}

func (r *Reader) place(root *os.Root, name string) error {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	from, _, err := r.Stream(name)
	if err != nil {
		return err
	}
	to, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Sync(), to.Close())
}
