// Package bureau holds the scripts of the bureau's pages: a member's signature, made
// on his machine with the key of his medium, his login by passkey, and a page that
// brings itself up to date.
//
// The sources stand here, plain scripts whose types are checked; they share modules
// with the voters' client and are built apart from it, with a list of digests of their
// own, so that what voters load is the same whatever is changed here.
//
// What it promises: dist is what the sources give, byte for byte. A member's key stays
// in one worker, answers by signatures, and is asked for nothing that the page has not
// told in words from the text that is signed.
package bureau

import (
	"embed"
	"io/fs"

	"isoloir/web"
)

//go:embed dist
var dist embed.FS

//go:embed *.js style.css
var sources embed.FS

// Files is what the pages load, at /client/NAME: the scripts, the stylesheet,
// SHA256SUMS.
func Files() fs.FS { return web.Dist(dist) }

// Sources is what Files are built from beside [isoloir/web.Sources], for people to read.
func Sources() fs.FS { return sources }
