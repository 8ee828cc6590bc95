// Package citizen holds the scripts of the pages on which citizens open and keep their
// anonymous accounts, check their cards, and read what they are asked.
//
// What it promises: dist is what the sources give, byte for byte. What is typed is
// computed on the device and leaves it in no form; what stays on the device is the number
// of the account, where its owner asks for that, and on a terminal nothing.
package citizen

import (
	"embed"
	"io/fs"

	"isoloir/web"
)

//go:embed dist
var dist embed.FS

// Files is what the pages load, at /client/NAME.
func Files() fs.FS { return web.Dist(dist) }
