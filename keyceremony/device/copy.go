package device

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Copy puts the device on another medium, reads the copy back and deciphers it.
// Nothing that stands there is replaced (ErrExists). The device must have been
// opened from one medium; it then has both.
func (d *Device) Copy(dir string) error {
	if len(d.paths) != 1 {
		return fmt.Errorf("%w: copy from one medium to another", ErrMedia)
	}
	path := filepath.Join(dir, filepath.Base(d.paths[0]))
	if sameFile(filepath.Dir(d.paths[0]), dir) {
		return fmt.Errorf("%w: %s is the medium to copy from", ErrMedia, dir)
	}
	if err := absent(path); err != nil {
		return err
	}
	data, err := read(d.paths[0])
	if err != nil {
		return err
	}
	if err := d.replace(path, data); err != nil {
		return err
	}
	if c, _, err := load(path, d.passphrase); err != nil || c.Serial != d.state.Serial {
		return errors.Join(fmt.Errorf("the copy on %s cannot be deciphered: take another medium", dir), err)
	}
	d.paths = append(d.paths, path)
	return nil
}

// ChangePassphrase encrypts the device with another passphrase on each medium in
// turn. A medium that bears the new one already, because an earlier change was
// interrupted, is left as it is: so the change can always be asked again.
func ChangePassphrase(old, new Passphrase, workFactor int, dirs ...string) error {
	return changePassphrase(media{}, old, new, workFactor, dirs...)
}

func changePassphrase(m media, old, new Passphrase, workFactor int, dirs ...string) error {
	if len(new) < MinPassphrase {
		return ErrShort
	}
	for _, dir := range dirs {
		path, err := find(dir)
		if err != nil {
			return err
		}
		if _, _, err := load(path, new); err == nil {
			continue
		}
		c, _, err := load(path, old)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		d := &Device{state: *c, passphrase: new, workFactor: workFactor, media: media{[]string{path}, m.before}}
		if err := d.write(); err != nil {
			return err
		}
	}
	return nil
}

func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}
