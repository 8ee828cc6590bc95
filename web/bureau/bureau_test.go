package bureau_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/keyceremony/device"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
	"isoloir/web"
	"isoloir/web/build"
	"isoloir/web/bureau"
	"isoloir/web/chrome"

	"github.com/chromedp/chromedp"
)

// The files that pages load are what the sources give, byte for byte, and the voters' are
// built without them.
func TestBuilt(t *testing.T) {
	dir, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	want, err := build.Bureau(dir)
	if err != nil {
		t.Fatal(err)
	}
	served, err := fs.ReadDir(bureau.Files(), ".")
	if err != nil {
		t.Fatal(err)
	}
	if len(served) != len(want) {
		t.Errorf("%d files are served, %d are built", len(served), len(want))
	}
	for name, data := range want {
		if got, err := fs.ReadFile(bureau.Files(), name); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s is not what the sources give: run make web (%v)", name, err)
		}
		for _, word := range []string{"eval(", "new Function", "WebAssembly", "innerHTML", "document.write", "importScripts"} {
			if strings.HasSuffix(name, ".js") && bytes.Contains(data, []byte(word)) {
				t.Errorf("%s holds %q", name, word)
			}
		}
	}
	for line := range strings.Lines(string(want[build.Sums])) {
		digest, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if fmt.Sprintf("%x", sha256.Sum256(want[name])) != digest {
			t.Errorf("SHA256SUMS is wrong about %q", name)
		}
	}
	if bytes.Contains(web.Sums(), []byte("desk.js")) {
		t.Error("the voters' list names a script of the bureau")
	}
	if _, err := fs.ReadFile(bureau.Sources(), "sign.js"); err != nil {
		t.Error(err)
	}
}

const passphrase = device.Passphrase("gutih-dobol-sarin-motuz é")

// page serves a page with the modules of the bureau's scripts, and the worker that signs.
func page(t *testing.T) func(expression string, args ...any) (string, error) {
	t.Helper()
	dir, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	script, err := build.Script(dir, `
		import { decrypt } from "../bureau/age.js";
		import { Keyring } from "../bureau/keyring.js";
		import { open } from "../bureau/medium.js";
		import { statementText, note, plain } from "../bureau/statement.js";
		globalThis.bureau = { decrypt, Keyring, open, statementText, note, plain };`)
	if err != nil {
		t.Fatal(err)
	}
	worker, err := fs.ReadFile(bureau.Files(), "sign.js")
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	for path, data := range map[string][]byte{"/{$}": []byte(`<!doctype html><title>bureau</title><script type="module" src="/test.js"></script>`), "/test.js": script, "/client/sign.js": worker} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", web.ContentType(r.URL.Path))
			if r.URL.Path == "/" {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
			}
			w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types isoloir")
			w.Write(data)
		})
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	tab := chrome.Start(t).Tab(t, time.Minute)
	if err := chromedp.Do(tab, chromedp.Navigate(server.URL)); err != nil {
		t.Fatal(err)
	}
	return func(expression string, args ...any) (string, error) {
		for i := len(args); i > 0; i-- {
			expression = strings.ReplaceAll(expression, fmt.Sprint("$", i), fmt.Sprintf("%q", args[i-1]))
		}
		return chromedp.Run(tab, chromedp.Evaluate[string]("(async () => {"+expression+"})()", chromedp.EvalAwaitPromise))
	}
}

// file is a file's bytes in the page.
const file = `const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (x) => parseInt(x, 16));`

// TestMedium opens a device's file of Go in the worker: what it signs is what the device
// signs, byte for byte, a statement and an act alike; another passphrase, another member
// and a damaged file are refused by name.
func TestMedium(t *testing.T) {
	dir := t.TempDir()
	d, err := device.Create("member-1", passphrase, 10, dir)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "member-1"+device.Suffix))
	if err != nil {
		t.Fatal(err)
	}
	call := page(t)
	f := scrutintest.New(t, scrutintest.Options{Edit: func(m *scrutin.Manifest) {
		m.Bureau.Members[0].Key, m.Holders[0].Key = d.Card().Key, d.Card().Key
	}})
	statement := journal.Statement{Manifest: f.Fingerprint, By: "member-1", Session: 3, Time: scrutin.TimeOf(time.Unix(1_780_000_000, 0)), Nonce: journal.Nonce{1, 2, 3},
		Seen: scrutin.DigestOf([]byte("head")), Body: journal.Custody{Medium: `Support « rouge » \ "A"`, Holder: "member-1", State: journal.In}}
	want, err := statement.Sign(d.Signer())
	if err != nil {
		t.Fatal(err)
	}
	got, err := call(file+`
		const ring = new bureau.Keyring($3);
		await ring.unlock(bytes($1), $2);
		const text = bureau.statementText({ manifest: $4, by: "member-1", session: 3, seen: $5 }, "custody",
			{ medium: $6, sha256: "0".repeat(64), seal: "", holder: "member-1", state: "in" }, $7, "01020300000000000000000000000000");
		const note = bureau.note(text, await ring.line(text));
		ring.lock();
		return note + ring.unlocked;`, fmt.Sprintf("%x", data), string(passphrase), d.Card().Key, f.Fingerprint, statement.Seen, `Support « rouge » \ "A"`, statement.Time)
	if err != nil || got != string(want)+"false" {
		t.Errorf("%v: the statement is\n%s\nwhere the device makes\n%s", err, got, want)
	}
	act := scrutin.NewProcedure(f.Manifest, f.Fingerprint).Draft(scrutin.ActConstitute, statement.Time, 1, []string{"member-1"},
		scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: "manifest.json", SHA256: f.Fingerprint}}})
	text, err := scrutin.Text(act)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := note.Sign(text, d.Signer())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := call(file+`return bureau.note($3, bureau.open(bytes($1), $2).line($3));`, fmt.Sprintf("%x", data), string(passphrase), text); err != nil || got != string(signed) {
		t.Errorf("%v: the act is\n%s\nwhere the device makes\n%s", err, got, signed)
	}

	refused := file + `try { const ring = new bureau.Keyring($3); await ring.unlock(bytes($1), $2); return "taken"; } catch (e) { return e.reason ?? String(e); }`
	damaged := func(i int) []byte {
		c := bytes.Clone(data)
		c[i] ^= 1
		return c
	}
	costly := bytes.Replace(data, []byte(" 10\n"), []byte(" 21\n"), 1)
	for name, c := range map[string]struct {
		file       []byte
		passphrase string
		key, want  string
	}{
		"another passphrase": {data, "gutih-dobol-sarin-motuz e", d.Card().Key, "passphrase"},
		"another member":     {data, string(passphrase), f.Manifest.Bureau.Members[1].Key, "other"},
		"damaged body":       {damaged(len(data) - 20), string(passphrase), d.Card().Key, "form"},
		"damaged header":     {damaged(bytes.Index(data, []byte("---")) + 6), string(passphrase), d.Card().Key, "form"},
		"cut":                {data[:len(data)-1], string(passphrase), d.Card().Key, "form"},
		"empty":              {nil, string(passphrase), d.Card().Key, "form"},
		"too costly":         {costly, string(passphrase), d.Card().Key, "form"},
		"no medium":          {[]byte("hello"), string(passphrase), d.Card().Key, "form"},
	} {
		if got, err := call(refused, fmt.Sprintf("%x", c.file), c.passphrase, c.key); err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %s", name, got, err, c.want)
		}
	}
}

// TestLong opens files of several chunks: whole ones, and one whose end was cut at a chunk.
func TestLong(t *testing.T) {
	call := page(t)
	for _, size := range []int{0, 1, 65535, 65536, 65537, 200000} {
		plain := bytes.Repeat([]byte("a"), size)
		sealed := encrypted(t, plain)
		got, err := call(file+`try { return String(bureau.decrypt(bytes($1), "passphrase").length); } catch (e) { return e.reason; }`, fmt.Sprintf("%x", sealed))
		if err != nil || got != fmt.Sprint(size) {
			t.Errorf("%d bytes: %q, %v", size, got, err)
		}
		if size == 200000 {
			cut := sealed[:len(sealed)-(200000-3*65536)-16]
			if got, err := call(file+`try { return String(bureau.decrypt(bytes($1), "passphrase").length); } catch (e) { return e.reason; }`, fmt.Sprintf("%x", cut)); err != nil || got != "form" {
				t.Errorf("without its last chunk: %q, %v", got, err)
			}
		}
	}
}

// TestPlain writes what people type as records hold it.
func TestPlain(t *testing.T) {
	call := page(t)
	got, err := call(`return JSON.stringify(["  a\n b\t\u2028c ", "e\u0301", "\u00a0x\u0007y"].map(bureau.plain));`)
	if err != nil || got != `["a b c","é","x y"]` {
		t.Errorf("%s, %v", got, err)
	}
}
