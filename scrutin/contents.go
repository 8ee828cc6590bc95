package scrutin

import (
	"fmt"
	"path"
)

// Contents names every file of an export but itself, in ascending byte order of
// the paths.
type Contents struct {
	OpenHead
	Files []File `json:"files" validate:"min=1,dive"`
}

// Kind implements Record.
func (*Contents) Kind() string { return Version + "/contents" }

// A File is a file of the export by its path, its size in bytes and its digest.
type File struct {
	Path   string `json:"path" validate:"required,max=500"`
	Size   int64  `json:"size" validate:"min=0"`
	SHA256 Digest `json:"sha256" validate:"required"`
}

// Check implements the check of a Record.
func (c *Contents) Check() error {
	for i, f := range c.Files {
		if path.Clean(f.Path) != f.Path || path.IsAbs(f.Path) || f.Path == ".." || len(f.Path) > 2 && f.Path[:3] == "../" {
			return fmt.Errorf("%q is not the path of a file of an export", f.Path)
		}
		if i > 0 && f.Path <= c.Files[i-1].Path {
			return fmt.Errorf("%q stands after %q: paths go in ascending byte order, each once", f.Path, c.Files[i-1].Path)
		}
	}
	return nil
}
