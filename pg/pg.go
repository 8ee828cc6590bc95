// Package pg is one database on a PostgreSQL server as the stores of this project
// use it: durable, under a user who may do what his store needs and nothing else,
// and with every write ready to be repeated.
//
// What it promises, and the choices that make it so:
//
//   - A commit is on the medium, and on the synchronous replicas where the server
//     has some, when Write returns: Check refuses a server that says otherwise.
//   - A transaction states its isolation, READ COMMITTED: a statement sees all that
//     was committed before it began. Stores first lock the one row that every
//     writer of a scrutin locks, their turn; what they read after it stands until
//     they commit. The same code is right, and slower, where every transaction is
//     serializable.
//   - What the server asks to repeat (serialization failure, deadlock, a lock not
//     had in time, a connection lost before or during a commit) is repeated, a
//     bounded number of times, at random intervals that grow. After a connection is
//     lost during a commit nobody knows whether it happened: what Write runs looks
//     first whether its work is done.
//   - No advisory locks, no LISTEN and NOTIFY, no sequences, no session state but
//     prepared statements: it works behind a pooler, and on engines that speak
//     PostgreSQL's protocol and have none of these.
package pg

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// ErrAddress says that a connection string is not one. What it holds is secret and
// is not repeated.
var ErrAddress = errors.New("this is no connection string: write postgres://USER:PASSWORD@HOST/DATABASE, or host=… user=… password=… dbname=…, on one line")

// patience is how long a call may take that comes without a deadline of its own.
const patience = 30 * time.Second

// Every write begins so: it waits neither for ever for a lock nor, when its
// process hangs, for ever with one.
const begin = "begin isolation level read committed read write; set local lock_timeout = '10s'; set local idle_in_transaction_session_timeout = '20s'"

// A DB is a pool of connections to one database. It is safe for concurrent use.
type DB struct{ pool *pgxpool.Pool }

// Open makes a pool for a connection string (a URL or key=value pairs, as
// PostgreSQL's own programs take them). It connects when it is used.
func Open(address string) (*DB, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, ErrAddress
	}
	config.ConnConfig.RuntimeParams["application_name"] = "isoloir"
	// Every row is asked for by a key. A plan that was made while a table was empty, as pending rows are after each flush, would read all of it.
	config.ConnConfig.RuntimeParams["enable_seqscan"] = "off"
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", config.ConnConfig.Database, err)
	}
	return &DB{pool}, nil
}

// Close closes every connection.
func (db *DB) Close() { db.pool.Close() }

// Clock is what the server's clock says.
func (db *DB) Clock(ctx context.Context) (at time.Time, err error) {
	err = db.Read(ctx, "SELECT clock_timestamp()", nil, []any{&at}, func() error { return nil })
	return at, err
}

// A Tx is a write transaction.
type Tx struct {
	ctx context.Context
	tx  pgx.Tx
}

// Write runs do in a transaction and commits it unless do fails. do may be run
// several times, also after a commit of which nobody knows whether it happened: it
// changes nothing outside but what it sets anew in each run. Without a deadline in
// ctx it gets one of 30 seconds.
func (db *DB) Write(ctx context.Context, do func(*Tx) error) error {
	ctx, cancel := deadline(ctx)
	defer cancel()
	return repeat(ctx, func() (again bool, err error) {
		tx, err := db.pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: begin})
		if err != nil {
			return passing(err) || !answered(err), err
		}
		// After a commit it does nothing, and where the connection is gone, so is the
		// transaction. Where do panics, the connection goes back as it does else.
		defer func() { _ = tx.Rollback(ctx) }()
		if err = do(&Tx{ctx, tx}); err == nil {
			err = tx.Commit(ctx)
		}
		return err != nil && (passing(err) || tx.Conn().IsClosed()), err
	})
}

func deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, set := ctx.Deadline(); set {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, patience)
}

// Exec runs one statement and returns how many rows it changed.
func (t *Tx) Exec(query string, args ...any) (int64, error) {
	tag, err := t.tx.Exec(t.ctx, query, args...)
	return tag.RowsAffected(), err
}

// Row reads the first row of a query into dest, and says whether there is one.
func (t *Tx) Row(query string, args []any, dest ...any) (bool, error) {
	err := t.tx.QueryRow(t.ctx, query, args...).Scan(dest...)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// A Query is a statement, where its rows go, and what is called after each.
type Query struct {
	SQL   string
	Args  []any
	Dest  []any
	Yield func() error
}

// Each has q's rows scanned into dest, and yield called after each.
func (q Query) Each(yield func(), dest ...any) Query {
	q.Dest, q.Yield = dest, func() error {
		yield()
		return nil
	}
	return q
}

// Rows runs queries one after the other, in one way there and back.
func (t *Tx) Rows(queries ...Query) error {
	var batch pgx.Batch
	for _, q := range queries {
		batch.Queue(q.SQL, q.Args...).Query(func(rows pgx.Rows) error { return scan(rows, q.Dest, q.Yield, func() {}) })
	}
	return t.tx.SendBatch(t.ctx, &batch).Close()
}

// Copy inserts n rows by COPY.
func (t *Tx) Copy(table string, columns []string, n int, row func(i int) []any) error {
	_, err := t.tx.CopyFrom(t.ctx, pgx.Identifier{table}, columns, pgx.CopyFromSlice(n, func(i int) ([]any, error) { return row(i), nil }))
	return err
}

// Stream inserts rows by COPY as next gives them, until it gives none. What next
// fails with comes back as it is.
func (t *Tx) Stream(table string, columns []string, next func() ([]any, error)) error {
	var failed error
	_, err := t.tx.CopyFrom(t.ctx, pgx.Identifier{table}, columns, pgx.CopyFromFunc(func() ([]any, error) {
		var row []any
		row, failed = next()
		return row, failed
	}))
	if failed != nil {
		return failed
	}
	return err
}

// Read calls yield after scanning each row of a query into dest, outside of any
// write, on what is committed. When yield fails the rest is not fetched. Without a
// deadline in ctx it takes the time that it takes.
func (db *DB) Read(ctx context.Context, query string, args, dest []any, yield func() error) error {
	return repeat(ctx, func() (again bool, err error) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		rows, err := db.pool.Query(ctx, query, args...)
		if err != nil {
			return passing(err) || !answered(err), err
		}
		given, ours := false, false
		err = scan(rows, dest, func() error {
			given = true
			return yield()
		}, func() { ours = true; cancel() })
		return !given && !ours && (passing(err) || !answered(err)), err
	})
}

// scan calls failed before it gives rows back of which it, or yield, refuses one.
func scan(rows pgx.Rows, dest []any, yield func() error, failed func()) error {
	defer rows.Close()
	for rows.Next() {
		err := rows.Scan(dest...)
		if err == nil {
			err = yield()
		}
		if err != nil {
			failed()
			return err
		}
	}
	return rows.Err()
}
