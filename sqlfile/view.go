package sqlfile

import (
	"context"
	"database/sql"
	"errors"
)

// A View is the file as the last commit before its first read left it. While it
// lasts the write-ahead log cannot be emptied: nobody looks long.
type View struct {
	ctx  context.Context
	conn *sql.Conn
}

// View runs do on a view, which ends with it.
func (f *File) View(ctx context.Context, do func(*View) error) (err error) {
	conn, err := f.readers.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return err
	}
	defer func() {
		_, over := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		err = errors.Join(err, over)
	}()
	return do(&View{ctx, conn})
}

// Read calls yield after scanning each row of a query into dest.
func (v *View) Read(query string, args, dest []any, yield func() error) error {
	rows, err := v.conn.QueryContext(v.ctx, query, args...)
	return scan(rows, err, dest, yield)
}
