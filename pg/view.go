package pg

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// A View is the database as it was committed before its first read.
type View struct {
	ctx context.Context
	tx  pgx.Tx
}

// View runs do on a view, which ends with it. Nothing is repeated: what failed is
// looked at again by whoever looks.
func (db *DB) View(ctx context.Context, do func(*View) error) error {
	return pgx.BeginTxFunc(ctx, db.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly},
		func(tx pgx.Tx) error { return do(&View{ctx, tx}) })
}

// Read calls yield after scanning each row of a query into dest. When yield fails the
// view is of no more use.
func (v *View) Read(query string, args, dest []any, yield func() error) error {
	rows, err := v.tx.Query(v.ctx, query, args...)
	if err != nil {
		return err
	}
	return scan(rows, dest, yield, func() {})
}
