package pg

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// oldest is the server version that is supported at least: since 15 nobody but the
// owner of a database makes tables in its schema public.
const oldest = 150000

// Migrate brings the database of its owner's connection string to the newest of the
// migrations, which only go forward, each in one transaction. It may run while
// services work: a statement that does not get its lock within five seconds
// fails, and Migrate can be run again. It returns the version reached.
func Migrate(ctx context.Context, address string, migrations fs.FS) (int64, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return 0, ErrAddress
	}
	config.RuntimeParams["application_name"] = "isoloir migration"
	config.RuntimeParams["lock_timeout"] = "5s"
	db := stdlib.OpenDB(*config)
	defer db.Close()
	var version int
	if err := db.QueryRowContext(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		return 0, fmt.Errorf("database %s: %w", config.Database, err)
	}
	if version < oldest {
		return 0, fmt.Errorf("database %s: the server is PostgreSQL %d, and 15 is the oldest that will do", config.Database, version/10000)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return 0, fmt.Errorf("migrations of database %s: %w", config.Database, err)
	}
	return provider.GetDBVersion(ctx)
}
