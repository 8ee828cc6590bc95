//go:build !unix

package server

import (
	"io/fs"
	"os"
)

// Roles are served on Unix systems: elsewhere there are neither these locks nor these rights.
func lock(*os.File, bool) error { return nil }
func exposed(fs.FileInfo) bool  { return false }
