package sqlfile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Snapshot writes a whole copy of the file at path, as it is committed at one moment, to another one, which must not exist and is its owner's alone.
// Others may write meanwhile. What was deleted is not in it.
func Snapshot(ctx context.Context, path, to string) (err error) {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("a copy of %s: %s: %w", path, to, fs.ErrExist)
	}
	if err := touch(to); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", source(path, []string{"busy_timeout(20000)", "temp_store(MEMORY)"}))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", to); err != nil {
		return fmt.Errorf("a copy of %s: %w", path, err)
	}
	return nil
}
