// Package build makes the files that a browser loads from the sources of the client:
// one script for each page, the worker, the stylesheet, and the list of their
// digests, by which anybody can compare what he was served. The bureau's pages have
// files and a list of their own.
//
// What it promises: the same sources give the same bytes, on every machine. Nothing
// is fetched, and no other program runs.
package build

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Sums is the name of the list of digests.
const Sums = "SHA256SUMS"

// Style is the name of the stylesheet.
const Style = "style.css"

// Pages are the scripts that pages load: to vote, to check a receipt, to check a device by
// a ballot that it opened, to see one's own mark, to vote by an anonymous account.
var Pages = []string{"vote.js", "check.js", "opened.js", "mark.js", "consult.js"}

// BureauPages are the scripts that the bureau's pages load: a member's, the login, the
// preview of the ballot, the room's.
var BureauPages = []string{"desk.js", "login.js", "preview.js", "room.js", "validate.js"}

// BureauWorker is the script of the worker that signs.
const BureauWorker = "sign.js"

// banner begins every script.
const banner = "/* Isoloir: the readable sources of this script are under /client/source/ */"

// Files builds the client from the directory that holds client, vendor and the
// stylesheet. It gives the bytes by the names under which they are served.
func Files(dir string) (map[string][]byte, error) {
	return files(dir, filepath.Join("client", "pages"), Pages, filepath.Join("client", "worker.js"), Style)
}

// Bureau builds what the bureau's pages load, from the same directory; its folder
// bureau has their sources. Their stylesheet is that of all pages and what they add.
func Bureau(dir string) (map[string][]byte, error) {
	return files(dir, "bureau", BureauPages, filepath.Join("bureau", BureauWorker), Style, filepath.Join("bureau", Style))
}

// Station builds what the page of a polling station loads; its folder station has the
// sources.
func Station(dir string) (map[string][]byte, error) {
	return files(dir, "station", []string{"station.js"}, filepath.Join("station", "worker.js"), Style, filepath.Join("station", Style))
}

// Citizen builds what the pages of anonymous accounts load; its folder citizen has the
// sources. Its worker is that of the voters' pages.
func Citizen(dir string) (map[string][]byte, error) {
	return files(dir, "citizen", []string{"account.js", "card.js", "consultations.js", "signon.js"}, filepath.Join("client", "worker.js"), Style, filepath.Join("citizen", Style))
}

// files builds pages' scripts, a worker and one stylesheet of several.
func files(dir, from string, pages []string, worker string, styles ...string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, page := range pages {
		if err := bundle(files, dir, api.FormatESModule, filepath.Join(dir, from, page)); err != nil {
			return nil, err
		}
	}
	if err := bundle(files, dir, api.FormatIIFE, filepath.Join(dir, worker)); err != nil {
		return nil, err
	}
	for _, name := range styles {
		style, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		files[Style] = append(files[Style], style...)
	}
	files[Sums] = sums(files)
	return files, nil
}

// Script builds one script of the client that is no page: a test of its modules. It
// is readable.
func Script(dir, source string) ([]byte, error) {
	o := options(dir, api.FormatESModule)
	o.MinifySyntax, o.MinifyWhitespace, o.MinifyIdentifiers = false, false, false
	o.Stdin = &api.StdinOptions{Contents: source, ResolveDir: filepath.Join(dir, "client"), Sourcefile: "test.js"}
	out, err := run(o)
	if err != nil {
		return nil, err
	}
	return out[0].Contents, nil
}

// bundle adds the script built from this entry point to files.
func bundle(files map[string][]byte, dir string, format api.Format, entry string) error {
	o := options(dir, format)
	o.EntryPoints, o.Outdir = []string{entry}, "/"
	out, err := run(o)
	if err != nil {
		return err
	}
	for _, f := range out {
		files[path.Base(filepath.ToSlash(f.Path))] = f.Contents
	}
	return nil
}

func options(dir string, format api.Format) api.BuildOptions {
	return api.BuildOptions{
		AbsWorkingDir: dir, Bundle: true, Write: false, Format: format,
		Alias:         map[string]string{"@noble": filepath.Join(dir, "vendor", "@noble"), "@scure": filepath.Join(dir, "vendor", "@scure"), "jsqr": filepath.Join(dir, "vendor", "jsqr", "dist", "jsQR.js")},
		Target:        api.ES2020, // the first with the large integers that the group needs
		Platform:      api.PlatformBrowser,
		Charset:       api.CharsetUTF8,
		LegalComments: api.LegalCommentsEndOfFile,
		TsconfigRaw:   "{}",
		Banner:        map[string]string{"js": banner},
		MinifySyntax:  true, MinifyWhitespace: true, MinifyIdentifiers: true,
	}
}

func run(o api.BuildOptions) ([]api.OutputFile, error) {
	result := api.Build(o)
	var failed []error
	for _, m := range append(result.Errors, result.Warnings...) {
		at := ""
		if m.Location != nil {
			at = fmt.Sprintf("%s:%d: ", m.Location.File, m.Location.Line)
		}
		failed = append(failed, errors.New(at+m.Text))
	}
	return result.OutputFiles, errors.Join(failed...)
}

// sums is the list of digests in the form of sha256sum, ascending by name.
func sums(files map[string][]byte) []byte {
	var lines []string
	for name, data := range files {
		lines = append(lines, fmt.Sprintf("%x  %s\n", sha256.Sum256(data), name))
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[64:], b[64:]) })
	return []byte(strings.Join(lines, ""))
}
