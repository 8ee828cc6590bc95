package web_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isoloir/web"
	"isoloir/web/build"
)

// The files that pages load are what the sources give, byte for byte, wherever they
// stand, and nothing else is served.
func TestBuilt(t *testing.T) {
	want, err := build.Files(here(t))
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "a", "copy")
	if err := os.CopyFS(elsewhere, web.Sources()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(elsewhere, build.Style), want[build.Style], 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := build.Files(elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	served := 0
	err = fs.WalkDir(web.Files(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		served++
		got, err := fs.ReadFile(web.Files(), name)
		if err != nil {
			return err
		}
		if !bytes.Equal(got, want[name]) {
			t.Errorf("%s is not what the sources give: run make web", name)
		}
		if !bytes.Equal(again[name], want[name]) {
			t.Errorf("%s is another one when it is built in another place", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if served != len(want) {
		t.Errorf("%d files are served, %d are built", served, len(want))
	}
	if web.Hash() != sha256.Sum256(want[build.Sums]) {
		t.Error("the client hash is not that of SHA256SUMS")
	}
	for line := range strings.Lines(string(web.Sums())) {
		digest, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if fmt.Sprintf("%x", sha256.Sum256(want[name])) != digest {
			t.Errorf("SHA256SUMS is wrong about %q", name)
		}
	}
}

// All scripts of a page are light enough for a slow line.
func TestWeight(t *testing.T) {
	const most = 60_000 // bytes, compressed
	weight := func(name string) int {
		data, err := fs.ReadFile(web.Files(), name)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(data)
		z.Close()
		return b.Len()
	}
	for _, page := range build.Pages {
		n := weight(page) + weight("worker.js")
		t.Logf("%s and its worker: %d bytes compressed", page, n)
		if n >= most {
			t.Errorf("the scripts of %s weigh %d bytes, more than %d", page, n, most)
		}
	}
}

// Scripts run under the policy of the pages: nothing is evaluated from a text, and
// nothing is asked of another origin than those that the page names.
func TestScripts(t *testing.T) {
	for _, name := range append([]string{"worker.js"}, build.Pages...) {
		data, err := fs.ReadFile(web.Files(), name)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"eval(", "new Function", "WebAssembly", "innerHTML", "document.write", "importScripts"} {
			if bytes.Contains(data, []byte(word)) {
				t.Errorf("%s holds %q", name, word)
			}
		}
	}
	for name, kind := range map[string]string{"vote.js": "text/javascript; charset=utf-8", "style.css": "text/css; charset=utf-8", "SHA256SUMS": "text/plain; charset=utf-8",
		"vendor/@noble/curves/package.json": "application/json", "vendor/@noble/curves/LICENSE": "text/plain; charset=utf-8"} {
		if got := web.ContentType(name); got != kind {
			t.Errorf("%s is served as %s", name, got)
		}
	}
}
