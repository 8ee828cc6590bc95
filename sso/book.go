package sso

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"isoloir/register"
	"isoloir/scrutin/canon"
)

const bookFile = "sites.json"

// A Book is the sites of a register: the file sites.json of its directory, which one command writes at a time and the provider reads again at
// each login.
type Book struct {
	path string
	of   *register.Register
}

// OpenBook is the book of the register that lies in a directory.
func OpenBook(dir string, of *register.Register) *Book {
	return &Book{filepath.Join(dir, bookFile), of}
}

// Sites are all sites, as they asked and were decided on: ErrInvalid where the file is not one that these commands write.
func (b *Book) Sites() ([]Site, error) {
	data, err := os.ReadFile(b.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Site
	if err := canon.Known(data, &all); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", b.path, ErrInvalid, err)
	}
	for i := range all {
		if err := all[i].stands(b.of); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", b.path, all[i].ID, err)
		}
	}
	return all, nil
}

// Site is the site of an identifier: ErrUnknown.
func (b *Book) Site(id string) (Site, error) {
	all, err := b.Sites()
	if err != nil {
		return Site{}, err
	}
	if i := slices.IndexFunc(all, func(s Site) bool { return s.ID == id }); i >= 0 {
		return all[i], nil
	}
	return Site{}, fmt.Errorf("%s: %w", id, ErrUnknown)
}

// Ask enters a site that asks to be let in: ErrInvalid, ErrTaken.
func (b *Book) Ask(s Site) error {
	s.State, s.Secret, s.Reviews = Asked, "", []Review{}
	if err := s.Check(b.of); err != nil {
		return err
	}
	return b.change(func(all []Site) ([]Site, error) {
		if slices.ContainsFunc(all, func(other Site) bool { return other.ID == s.ID }) {
			return nil, fmt.Errorf("%s: %w", s.ID, ErrTaken)
		}
		return append(all, s), nil
	})
}

// Allow lets a site in that has asked. It draws the secret of the site, 43 characters, and gives it to keep before anything is decided: where that
// fails nothing is. Of the secret the book has a hash. A public site has none, and keep is not called.
func (b *Book) Allow(id, by string, keep func(secret string) error) error {
	return b.review(id, Asked, Review{To: Allowed, By: by}, func(s *Site) error {
		if s.Public {
			return nil
		}
		var drawn [32]byte
		rand.Read(drawn[:])
		secret := base64.RawURLEncoding.EncodeToString(drawn[:])
		d := sha256.Sum256([]byte(secret))
		s.Secret = hex.EncodeToString(d[:])
		return keep(secret)
	})
}

// End lets a site in no more, for ever, whether it was let in or has only asked.
func (b *Book) End(id, by, reason string) error {
	return b.review(id, "", Review{To: Ended, By: by, Reason: reason}, func(s *Site) error { s.Secret = ""; return nil })
}

func (b *Book) review(id, from string, r Review, change func(*Site) error) error {
	if r.By == "" || r.To == Ended && r.Reason == "" {
		return fmt.Errorf("%w: who decides has a name, and who ends a site a reason", ErrInvalid)
	}
	return b.change(func(all []Site) ([]Site, error) {
		i := slices.IndexFunc(all, func(s Site) bool { return s.ID == id })
		if i < 0 {
			return nil, fmt.Errorf("%s: %w", id, ErrUnknown)
		}
		if s := &all[i]; s.State == Ended || from != "" && s.State != from {
			return nil, fmt.Errorf("%s is %s: %w", id, s.State, ErrState)
		}
		if err := change(&all[i]); err != nil {
			return nil, err
		}
		all[i].State, all[i].Reviews = r.To, append(all[i].Reviews, r)
		return all, nil
	})
}

// change writes the file anew, whole or not at all.
func (b *Book) change(how func([]Site) ([]Site, error)) error {
	return alone(b.path, func() ([]byte, error) {
		all, err := b.Sites()
		if err != nil {
			return nil, err
		}
		if all, err = how(all); err != nil {
			return nil, err
		}
		return json.MarshalIndent(all, "", "  ")
	})
}

// alone writes a file of its owner's alone in the place of the one that next reads. From
// before it is read until it is replaced no other command does the same.
func alone(path string, next func() ([]byte, error)) error {
	other := path + ".next"
	f, err := os.OpenFile(other, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("another command may be writing it (else remove what an interrupted one left): %w", err)
	}
	data, err := next()
	if err == nil {
		_, err = f.Write(append(data, '\n'))
	}
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(other, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(other))
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
