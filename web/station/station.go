// Package station holds the scripts of a polling station's page: cards scanned and
// answered, a queue for when the connection drops, counters.
//
// What it promises: dist is what the sources give, byte for byte. The device's key is one
// that the browser does not give away; a card is kept as a digest; nothing that is kept or
// sent says who stood there, or when.
package station

import (
	"embed"
	"io/fs"

	"isoloir/web"
)

//go:embed dist
var dist embed.FS

//go:embed *.js style.css
var sources embed.FS

// Files is what the page loads, at /client/NAME, and its service worker.
func Files() fs.FS { return web.Dist(dist) }

// Sources is what Files are built from beside [isoloir/web.Sources], for people to read.
func Sources() fs.FS { return sources }
