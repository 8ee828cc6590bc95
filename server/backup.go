package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"isoloir/batchkey"
	"isoloir/custody/agefile"
	"isoloir/server/config"
)

// Files of a role's directory backup.
const (
	backupDir      = "backup"
	backupIdentity = "identity" // opens the copies of its store
	backupCopy     = "copy"     // one that is not encrypted yet
)

// ErrDump says that the store of a role is not copied from here.
var ErrDump = errors.New("this role's store is a PostgreSQL database: have pg_dump write it, and give that here (-dump)")

// Backup writes a copy of a role's store as an age file for the role's backup key, which is drawn where there is none. dump is one that pg_dump wrote;
// nil for a file of SQLite, of which whole writes a copy as it is at one moment (sqlfile.Snapshot).
func Backup(ctx context.Context, c *config.Config, role string, dump io.Reader, out io.Writer, whole func(ctx context.Context, path, to string) error) (err error) {
	place, _, err := Place(c, role)
	if err != nil {
		return err
	}
	if err := ending(place.Directory); err != nil {
		return err
	}
	dir := filepath.Join(place.Directory, backupDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	identity := filepath.Join(dir, backupIdentity)
	if _, err := os.Stat(identity); errors.Is(err, fs.ErrNotExist) {
		if _, err := agefile.NewIdentity(identity); err != nil {
			return err
		}
	}
	keeper, err := agefile.Open(identity)
	if err != nil {
		return err
	}
	if dump == nil {
		copied, err := snapshot(ctx, c, role, dir, whole)
		if err != nil {
			return err
		}
		defer func() {
			err = errors.Join(err, copied.Close(), batchkey.Destroy(filepath.Join(dir, backupCopy)))
		}()
		dump = copied
	}
	sealed, err := keeper.Sealing(out)
	if err != nil {
		return err
	}
	_, err = io.Copy(sealed, dump)
	return errors.Join(err, sealed.Close())
}

// snapshot is a copy of a role's file of SQLite, in the clear beside it. What a stopped process left there is destroyed first.
func snapshot(ctx context.Context, c *config.Config, role, dir string, whole func(ctx context.Context, path, to string) error) (*os.File, error) {
	path := storeOf(c, role)
	if path == "" {
		return nil, ErrDump
	}
	to := filepath.Join(dir, backupCopy)
	if err := batchkey.Destroy(to); err != nil {
		return nil, err
	}
	if err := whole(ctx, path, to); err != nil {
		return nil, errors.Join(err, batchkey.Destroy(to))
	}
	return os.Open(to)
}

// storeOf is a role's file of SQLite; empty where it has none.
func storeOf(c *config.Config, role string) string {
	switch {
	case role == "roll" && c.Roll != nil:
		return c.Roll.Database
	case role == "urn" && c.Urn != nil:
		return c.Urn.Database
	case role == "issuer-a" && c.IssuerA != nil:
		return c.IssuerA.Database
	case role == "issuer-b" && c.IssuerB != nil:
		return c.IssuerB.Database
	case role == "bureau" && c.Bureau != nil:
		return c.Bureau.Database
	}
	return ""
}

// Restore opens a copy by the backup key in a file, and writes it to another file, which must not exist.
func Restore(identity string, from io.Reader, to string) (err error) {
	keeper, err := agefile.Open(identity)
	if err != nil {
		return err
	}
	opened, err := keeper.Opening(from)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, opened)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("this copy is not whole: %w", err), os.Remove(to))
	}
	return nil
}
