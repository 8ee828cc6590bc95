package server

import (
	"context"

	"isoloir/custody"
	"isoloir/custody/agefile"
)

// Refusals of files that hold secrets. The errors never show what the files hold.
var (
	ErrExposed = custody.ErrExposed
	ErrSecret  = custody.ErrSecret
)

// ReadAddress reads the file of a database's connection string.
func ReadAddress(path string) (string, error) {
	return new(agefile.Keeper).Secret(context.Background(), path)
}

// WriteSecret writes a secret of one line where there is none yet, for its owner only, durably.
func WriteSecret(path, line string) error { return new(agefile.Keeper).Write(path, line) }
