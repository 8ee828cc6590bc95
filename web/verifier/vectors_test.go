package verifier_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"isoloir/web/build"
	"isoloir/web/chrome"
)

// The page judges the vectors of timestamps as they are written: each by the first rule that refuses it. (FP-9)
func TestTimestampVectors(t *testing.T) {
	dir, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	script, err := build.Script(dir, `import { readToken } from "../verifier/token.js"; globalThis.readToken = readToken;`)
	if err != nil {
		t.Fatal(err)
	}
	vectors, err := os.ReadFile("../../spec/vectors/timestamp.json")
	if err != nil {
		t.Fatal(err)
	}
	blank := filepath.Join(t.TempDir(), "blank.html")
	if err := os.WriteFile(blank, []byte("<!doctype html><title>vectors</title>"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := chrome.Start(t).Tab(t, 10*time.Minute)
	if err := chromedp.Do(ctx, chromedp.Navigate("file://"+blank)); err != nil {
		t.Fatal(err)
	}
	p := page{t, ctx}
	eval[bool](p, "eval("+string(must(json.Marshal(string(script)+"\ntrue")))+")")
	wrong := eval[[]string](p, `Promise.all(`+string(vectors)+`.cases.map(async (v) => {
		const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (x) => parseInt(x, 16));
		let said = "";
		try {
			const t = await readToken(bytes(v.response));
			if (t.digest !== v.digest) said = "digest";
			else if (t.certificate !== v.certificate) said = "certificate";
			else if (t.time !== v.time || String(t.serial) !== v.serial || String(t.nonce ?? "") !== v.nonce.replace("<nil>", "")) said = "otherwise";
		} catch (e) {
			said = e.reason ?? String(e);
		}
		return said === v.refused ? [] : [v.name + ": " + said + ", not " + v.refused];
	})).then((all) => all.flat())`)
	for _, w := range wrong {
		t.Error(w)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
