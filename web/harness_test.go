package web_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"isoloir/web"
	"isoloir/web/build"
	"isoloir/web/chrome"
)

// policy is that of the voting page, which the client must do with; origins follow.
const policy = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'"

// modules are those that tests reach as client.NAME.
var modules = []string{"account", "amendment", "ballot", "bytes", "canonical", "casting", "codes", "counted", "errors", "group", "index", "mark", "merkle", "note", "proof", "quorum",
	"receipt", "scrutin", "session", "store", "stretch", "transcript", "transport", "wire"}

// browser is shared by all tests of this package; TestMain ends it.
var browser struct {
	sync.Once
	*chrome.Browser
	end func()
	err error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if browser.end != nil {
		browser.end()
	}
	os.Exit(code)
}

// best is the shortest of some runs, in milliseconds.
const best = `
globalThis.best = async (runs, run) => {
	let least = Infinity;
	for (let i = 0; i < runs; i++) {
		const start = performance.now();
		await run();
		least = Math.min(least, performance.now() - start);
	}
	return least;
};`

// A page is a tab with the client's modules in it.
type page struct {
	testing.TB
	ctx context.Context
	url string // its origin
}

// newPage opens a page, which may ask the origins that services starts for its own.
func newPage(t testing.TB, services func(origin string) []string) *page {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	admitted := policy
	if services != nil {
		admitted += " " + strings.Join(services(server.URL), " ")
	}
	source := `import { judgeVectors } from "../testdata/vectors.js"; import { ed25519 } from "@noble/curves/ed25519.js"; import { sha512 } from "@noble/hashes/sha2.js";`
	for _, m := range modules {
		source += fmt.Sprintf("\nimport * as %s from %q;", m, "./"+m+".js")
	}
	source += best + fmt.Sprintf("\nglobalThis.client = { judgeVectors, ed25519, sha512, %s };", strings.Join(modules, ", "))
	script, err := build.Script(here(t), source)
	if err != nil {
		t.Fatal(err)
	}
	worker, err := fs.ReadFile(web.Files(), "worker.js")
	if err != nil {
		t.Fatal(err)
	}
	serve := func(path, kind string, data []byte) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Content-Security-Policy", admitted)
			w.Write(data)
		})
	}
	serve("/{$}", "text/html; charset=utf-8", []byte(`<!doctype html><title>client</title><script type="module" src="/test.js"></script>`))
	serve("/favicon.ico", "image/png", nil)
	serve("/test.js", web.ContentType("test.js"), script)
	serve("/client/worker.js", web.ContentType("worker.js"), worker)
	mux.Handle("GET /vectors/", http.StripPrefix("/vectors/", http.FileServer(http.Dir(filepath.Join(here(t), "..", "spec", "vectors")))))
	browser.Do(func() { browser.Browser, browser.end, browser.err = chrome.Open() })
	if browser.err != nil {
		t.Fatal(browser.err)
	}
	p := &page{t, browser.Tab(t, 3*time.Minute), server.URL}
	if err := chromedp.Do(p.ctx, chromedp.Navigate(server.URL)); err != nil {
		t.Fatal(err)
	}
	call[bool](p, "typeof client === 'object'")
	return p
}

// here is the directory of this package.
func here(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// call evaluates an expression in the page, whose promise is awaited. Arguments
// replace $1, $2 …, as JSON.
func call[T any](p *page, expression string, args ...any) T {
	p.Helper()
	v, err := try[T](p, expression, args...)
	if err != nil {
		p.Fatalf("%s: %v", expression, err)
	}
	return v
}

// try is call for what may throw.
func try[T any](p *page, expression string, args ...any) (T, error) {
	p.Helper()
	for i := len(args); i > 0; i-- {
		data, err := json.Marshal(args[i-1])
		if err != nil {
			p.Fatal(err)
		}
		expression = strings.ReplaceAll(expression, fmt.Sprint("$", i), string(data))
	}
	return chromedp.Run(p.ctx, chromedp.Evaluate[T]("(async () => ("+expression+"))()", chromedp.EvalAwaitPromise))
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
