package pg

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Admits tries whether the database of one connection string lets in the user of
// another, with his own password or certificate. An error says that it could not be
// tried.
func Admits(ctx context.Context, database, user string) (bool, error) {
	ctx, cancel := deadline(ctx)
	defer cancel()
	at, err := pgx.ParseConfig(database)
	if err != nil {
		return false, ErrAddress
	}
	as, err := pgx.ParseConfig(user)
	if err != nil {
		return false, ErrAddress
	}
	at.User, at.Password = as.User, as.Password
	if at.TLSConfig != nil && as.TLSConfig != nil {
		at.TLSConfig = at.TLSConfig.Clone()
		at.TLSConfig.Certificates = as.TLSConfig.Certificates
	}
	c, err := pgx.ConnectConfig(ctx, at)
	var refused *pgconn.PgError
	switch {
	case err == nil:
		return true, c.Close(ctx)
	case errors.As(err, &refused) && !passing(err):
		return false, nil
	}
	return false, fmt.Errorf("database %s could not be tried as %s: %w", at.Database, as.User, err)
}

// An Identity tells databases and servers apart.
type Identity struct{ Server, Database, User string }

// Identity is that of the database, and whose connection it is.
func (db *DB) Identity(ctx context.Context) (id Identity, err error) {
	ctx, cancel := deadline(ctx)
	defer cancel()
	err = db.Read(ctx, "SELECT system_identifier::text, current_database(), current_user FROM pg_control_system()", nil,
		[]any{&id.Server, &id.Database, &id.User}, func() error { return nil })
	return id, err
}
