//go:build unix

package agefile

import "io/fs"

// exposed says whether others than its owner have any right to a file.
func exposed(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }
