// Package sqlfile is one embedded SQLite file as the stores of this project use
// it: durable, with one writer at a time, and with nothing left behind of what is
// deleted.
//
// What it promises, and the choices that make it so:
//
//   - A commit is on the medium when Write returns: write-ahead log,
//     synchronous=FULL. A transaction takes the write lock before it reads
//     (BEGIN IMMEDIATE), also against other processes.
//   - What is deleted is overwritten in the file (secure_delete), and Empty cuts
//     the write-ahead log, which holds older pages, to nothing.
//   - A new file is its owner's alone, and so are the files that SQLite puts beside it.
//   - No copies elsewhere: temporary tables stay in memory; nothing runs VACUUM,
//     which would write everything again, and auto_vacuum, which moves pages, is
//     off.
//   - Triggers that refuse UPDATE and DELETE hold against INSERT OR REPLACE too
//     (recursive_triggers).
package sqlfile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"sync"
	"time"

	"modernc.org/sqlite"
	code "modernc.org/sqlite/lib"
)

var pragmas = []string{
	"busy_timeout(20000)",
	"journal_mode(WAL)",
	"synchronous(FULL)",
	"secure_delete(ON)",
	"auto_vacuum(NONE)",
	"temp_store(MEMORY)",
	"recursive_triggers(ON)",
	"trusted_schema(OFF)",
	"cell_size_check(ON)",
}

// writerCache is the pages that the writer keeps in memory, 64 MiB at most: with few,
// a transaction that writes all over a large file reads most of its pages twice.
const writerCache = "cache_size(-65536)"

// ErrBusy says that readers kept the write-ahead log from being emptied.
var ErrBusy = errors.New("the write-ahead log is being read")

// OfDisk says whether an error of a File is the disk's: it is full, a limit is
// reached, or it cannot be read or written.
func OfDisk(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff {
	case code.SQLITE_FULL, code.SQLITE_IOERR, code.SQLITE_CANTOPEN, code.SQLITE_READONLY:
		return true
	}
	return false
}

// A File is an open SQLite file. It is safe for concurrent use.
type File struct {
	db      *sql.DB
	readers *sql.DB
	mu      sync.Mutex // of the writer and its statements
	writer  *sql.Conn
	stmts   map[string]*sql.Stmt
	reads   sync.Map // from query to *sql.Stmt of the readers
}

// Open opens the file at path, or makes it, and runs the schema, which can be
// run again. maxPages limits the file to so many pages of 4,096 bytes; 0 is no
// limit.
func Open(ctx context.Context, path, schema string, maxPages int) (*File, error) {
	if err := touch(path); err != nil {
		return nil, err
	}
	with := append([]string(nil), pragmas...)
	if maxPages > 0 {
		with = append(with, fmt.Sprintf("max_page_count(%d)", maxPages))
	}
	f := &File{stmts: map[string]*sql.Stmt{}}
	var err error
	if f.db, err = sql.Open("sqlite", source(path, append(with[:len(with):len(with)], writerCache))); err != nil {
		return nil, err
	}
	if f.readers, err = sql.Open("sqlite", source(path, append(with, "query_only(ON)"))); err != nil {
		return nil, errors.Join(err, f.db.Close())
	}
	f.readers.SetMaxOpenConns(4)
	if f.writer, err = f.db.Conn(ctx); err == nil {
		_, err = f.writer.ExecContext(ctx, schema)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", path, err), f.Close())
	}
	return f, nil
}

// touch makes an empty file for its owner where there is none. One that is there, and
// what SQLite keeps beside it, becomes its owner's alone; it is not opened: to close it
// would end the locks that this process has on it.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		return f.Close()
	}
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Chmod(path+suffix, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func source(path string, pragmas []string) string {
	u := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: url.Values{"_pragma": pragmas}.Encode()}
	return u.String()
}

// Close closes the file.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var err error
	for _, s := range f.stmts {
		err = errors.Join(err, s.Close())
	}
	clear(f.stmts)
	if f.writer != nil {
		err = errors.Join(err, f.writer.Close())
		f.writer = nil
	}
	return errors.Join(err, f.readers.Close(), f.db.Close())
}

// A Tx is the one write transaction of a file.
type Tx struct {
	f   *File
	ctx context.Context
}

// Write runs do in a transaction that holds the write lock from its beginning,
// and commits unless do fails. After an error, or a panic, nothing of it is there.
func (f *File) Write(ctx context.Context, do func(*Tx) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.writer == nil {
		return sql.ErrConnDone
	}
	t := &Tx{f, context.WithoutCancel(ctx)}
	if err := ctx.Err(); err != nil {
		return err
	}
	if _, err := t.Exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	committed := false
	defer func() {
		if !committed {
			// Where SQLite has rolled back by itself, as on a full disk, this fails
			// and nothing is left to undo.
			_, _ = f.writer.ExecContext(t.ctx, "ROLLBACK")
		}
	}()
	err := do(t)
	if err == nil {
		_, err = t.Exec("COMMIT")
		committed = err == nil
	}
	return err
}

func (t *Tx) stmt(query string) (*sql.Stmt, error) {
	s := t.f.stmts[query]
	if s == nil {
		var err error
		if s, err = t.f.writer.PrepareContext(t.ctx, query); err != nil {
			return nil, err
		}
		t.f.stmts[query] = s
	}
	return s, nil
}

// Exec runs one statement and returns how many rows it changed. Statements are
// prepared once and kept: their texts should be few.
func (t *Tx) Exec(query string, args ...any) (int64, error) {
	s, err := t.stmt(query)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// Row reads the first row of a query into dest, and says whether there is one.
func (t *Tx) Row(query string, args []any, dest ...any) (bool, error) {
	s, err := t.stmt(query)
	if err != nil {
		return false, err
	}
	err = s.QueryRowContext(t.ctx, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Rows calls yield after scanning each row of a query into dest.
func (t *Tx) Rows(query string, args []any, dest []any, yield func() error) error {
	s, err := t.stmt(query)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(t.ctx, args...)
	return scan(rows, err, dest, yield)
}

// Read is Rows outside of any write, on what is committed.
func (f *File) Read(ctx context.Context, query string, args []any, dest []any, yield func() error) error {
	s, err := f.read(ctx, query)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(ctx, args...)
	return scan(rows, err, dest, yield)
}

// read is the statement of the readers for a query, prepared once.
func (f *File) read(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, kept := f.reads.Load(query); kept {
		return s.(*sql.Stmt), nil
	}
	s, err := f.readers.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	kept, others := f.reads.LoadOrStore(query, s)
	if others {
		err = s.Close()
	}
	return kept.(*sql.Stmt), err
}

func scan(rows *sql.Rows, err error, dest []any, yield func() error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		if err := yield(); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Empty copies the write-ahead log into the file and cuts it to nothing. ErrBusy
// if somebody reads it for seconds on end.
func (f *File) Empty(ctx context.Context) error {
	for wait := time.Millisecond; ; wait *= 2 {
		busy, err := f.empty(ctx)
		if err != nil || !busy {
			return err
		}
		if wait > 4*time.Second {
			return ErrBusy
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

func (f *File) empty(ctx context.Context) (busy bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.writer == nil {
		return false, sql.ErrConnDone
	}
	var blocked, log, copied int
	err = f.writer.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&blocked, &log, &copied)
	return blocked != 0, err
}
