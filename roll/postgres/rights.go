package postgres

import (
	"context"
	"embed"
	"io/fs"

	"isoloir/pg"
)

//go:embed migrations/*.sql
var files embed.FS

// Rights is what the user of a roll's service may do, and the settings that its
// server must have.
var Rights = pg.Rights{
	Version: 5,
	Tables: map[string]string{
		"goose_db_version": "SELECT",
		"imported":         "INSERT SELECT",
		"elector":          "INSERT SELECT",
		"paired":           "INSERT SELECT",
		"pair":             "INSERT SELECT",
		"reservation":      "INSERT SELECT",
		"mark":             "INSERT SELECT",
		"struck":           "INSERT SELECT",
		"staged":           "DELETE INSERT SELECT",
		"held":             "DELETE INSERT SELECT",
		"untold":           "DELETE INSERT SELECT",
		"login":            "INSERT SELECT UPDATE",
		"session":          "DELETE INSERT SELECT UPDATE",
		"batch":            "INSERT SELECT UPDATE",
		"counted":          "INSERT SELECT UPDATE",
	},
	InsertOnly: []string{"imported", "elector", "paired", "pair", "reservation", "mark", "struck"},
}

// Migrate brings the database to the newest migration, by its owner's connection
// string.
func Migrate(ctx context.Context, address string) (version int64, err error) {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		return 0, err
	}
	return pg.Migrate(ctx, address, sub)
}
