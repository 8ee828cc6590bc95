// Package web holds the browser client: what voters' devices compute, and the
// stylesheet of all pages.
//
// The sources stand in client, plain scripts whose types are checked, and in vendor;
// the pages load the files of dist, which [isoloir/web/build] makes of them. Both are
// published, so that anybody can read what runs on his device and build it again.
//
// What it promises: dist is what the sources give, byte for byte (a test builds it
// again), and [Hash], which the opening record fixes before the first ballot, names
// all of it.
package web

import (
	"embed"
	"io/fs"
	"path"

	"isoloir/scrutin"
)

//go:embed dist
var dist embed.FS

//go:embed all:client all:vendor
var sources embed.FS

// Files is what pages load, at /client/NAME: the scripts, the stylesheet, SHA256SUMS.
func Files() fs.FS { return Dist(dist) }

// Dist is what stands under dist in what a package embeds: what is built of its scripts.
func Dist(embedded embed.FS) fs.FS {
	files, err := fs.Sub(embedded, "dist")
	if err != nil {
		panic(err) // the name above is no path: a mistake of this file
	}
	return files
}

// Sources is what dist is built from, for people to read, at /client/source/PATH:
// client and vendor.
func Sources() fs.FS { return sources }

// Sums is SHA256SUMS: a line for each other file of [Files], in the form of
// sha256sum, ascending by name.
func Sums() []byte {
	sums, err := fs.ReadFile(dist, "dist/SHA256SUMS")
	if err != nil {
		panic(err) // every build writes it
	}
	return sums
}

// Hash is the client hash of the opening record: the SHA-256 of Sums.
func Hash() scrutin.Digest { return scrutin.DigestOf(Sums()) }

// ContentType is that of a file of this package, by its name.
func ContentType(name string) string {
	switch path.Ext(name) {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json":
		return "application/json"
	}
	return "text/plain; charset=utf-8"
}
