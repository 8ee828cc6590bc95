//go:build !unix

package agefile

import "io/fs"

// exposed cannot be told here.
func exposed(fs.FileInfo) bool { return false }
