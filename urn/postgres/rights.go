package postgres

import (
	"context"
	"embed"
	"io/fs"

	"isoloir/pg"
)

//go:embed migrations/*.sql
var files embed.FS

// Rights is what the user of an urn's service may do, and the settings that its
// server must have.
var Rights = pg.Rights{
	Version: 4,
	Tables: map[string]string{
		"goose_db_version": "SELECT",
		"opened":           "INSERT SELECT",
		"closed":           "INSERT SELECT",
		"spent":            "INSERT SELECT",
		"ballot":           "INSERT SELECT",
		"half":             "INSERT SELECT",
		"leaf":             "INSERT SELECT",
		"head":             "INSERT SELECT",
		"checkpoint":       "INSERT SELECT",
		"challenge":        "INSERT SELECT",
		"contested":        "INSERT SELECT",
		"pending":          "DELETE INSERT SELECT",
		"pending_tag":      "DELETE INSERT SELECT",
		"batch":            "INSERT SELECT UPDATE",
		"counted":          "INSERT SELECT UPDATE",
	},
	InsertOnly: []string{"opened", "closed", "spent", "ballot", "half", "leaf", "head", "checkpoint", "challenge", "contested"},
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
