package verifier_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"isoloir/web/build"
	"isoloir/web/chrome"
	"isoloir/web/verifier"
)

// The page is what the sources give, wherever they stand; its policy names what is in it
// and allows no connection.
func TestBuilt(t *testing.T) {
	dir, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "a", "copy")
	for _, part := range []string{"client", "vendor", "verifier"} {
		if err := os.CopyFS(filepath.Join(elsewhere, part), os.DirFS(filepath.Join(dir, part))); err != nil {
			t.Fatal(err)
		}
	}
	for _, from := range []string{dir, elsewhere} {
		built, err := build.Verifier(from)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(built[build.VerifierPage], verifier.Page()) {
			t.Errorf("%s is not what the sources of %s give: run make web", build.VerifierPage, from)
		}
		if want := fmt.Sprintf("%x  %s\n", verifier.Digest(), build.VerifierPage); string(built[build.Sums]) != want {
			t.Errorf("%s is %q, not %q", build.Sums, built[build.Sums], want)
		}
	}
	page := string(verifier.Page())
	policy := regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)
	if policy == nil || !strings.HasPrefix(policy[1], "default-src 'none'; ") || strings.Contains(policy[1], "connect-src") || strings.Contains(policy[1], "unsafe") {
		t.Fatalf("policy: %q", policy)
	}
	for _, part := range []string{`<script>(.*?)</script>`, `<style>(.*?)</style>`} {
		text := regexp.MustCompile(`(?s)` + part).FindStringSubmatch(page)
		digest := sha256.Sum256([]byte(text[1]))
		if !strings.Contains(policy[1], "'sha256-"+base64.StdEncoding.EncodeToString(digest[:])+"'") {
			t.Errorf("the policy does not name the SHA-256 of %s", part)
		}
	}
	for _, word := range []string{"eval(", "new Function", "WebAssembly", "innerHTML", "document.write", "importScripts", "fetch(", "XMLHttpRequest", "WebSocket", "src=", "href="} {
		if strings.Contains(page, word) {
			t.Errorf("the page holds %q", word)
		}
	}
}

// A page is a tab with the verifier, opened from a file.
type page struct {
	testing.TB
	ctx context.Context
}

// open writes the page to a disk and opens it from there.
func open(t testing.TB, limit time.Duration) page {
	t.Helper()
	file := filepath.Join(t.TempDir(), build.VerifierPage)
	if err := os.WriteFile(file, verifier.Page(), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := chrome.Start(t).Tab(t, limit)
	if err := chromedp.Do(ctx, chromedp.Navigate("file://"+file)); err != nil {
		t.Fatal(err)
	}
	return page{t, ctx}
}

func eval[T any](p page, expression string) T {
	p.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T]("(async () => ("+expression+"))()", chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatalf("%s: %v", expression, err)
	}
	return v
}

// A verdict is what the page's report for machines says.
type verdict struct {
	Verdict string `json:"verdict"`
	Checks  []struct {
		Number   int    `json:"number"`
		English  string `json:"english"`
		French   string `json:"french"`
		Section  string `json:"section"`
		Per      string `json:"per"`
		Outcome  string `json:"outcome"`
		Findings []struct {
			Subject, Reason, Detail string
		} `json:"findings"`
	} `json:"checks"`
	Cells   json.RawMessage `json:"cells"`
	Stopped []string        `json:"stopped"`
	Cost    struct {
		Seconds float64 `json:"seconds"`
		Workers int     `json:"workers"`
		Points  int     `json:"points"`
		Powers  int     `json:"powers"`
	} `json:"cost"`
}

// failed is the numbers of the checks that did not pass, and refused those of them that
// were made.
func (v verdict) failed() []int  { return v.numbers("refused", "not run") }
func (v verdict) refused() []int { return v.numbers("refused") }

func (v verdict) numbers(outcomes ...string) (numbers []int) {
	for _, c := range v.Checks {
		if slices.Contains(outcomes, c.Outcome) {
			numbers = append(numbers, c.Number)
		}
	}
	return numbers
}

func (v verdict) findings() string {
	var b strings.Builder
	for _, c := range v.Checks {
		for _, f := range c.Findings {
			fmt.Fprintf(&b, "%d %s %s %s\n", c.Number, f.Subject, f.Reason, f.Detail)
		}
	}
	return b.String() + strings.Join(v.Stopped, "\n")
}

// verify gives the page an archive, as a person does, and waits for its report.
func (p page) verify(archive, fingerprint string, witnesses []string) verdict {
	p.Helper()
	p.choose("archive", archive)
	fields, err := json.Marshal(map[string]string{"fingerprint": fingerprint, "witnesses": strings.Join(witnesses, "\n")})
	if err != nil {
		p.Fatal(err)
	}
	said := eval[string](p, fmt.Sprintf(`new Promise((resolve) => {
		const report = document.getElementById("report");
		for (const [id, value] of Object.entries(%s)) document.getElementById(id).value = value;
		new MutationObserver((_, o) => {
			if (!report.dataset.verdict) return;
			o.disconnect();
			resolve(document.getElementById("machine")?.textContent ?? JSON.stringify({verdict: report.dataset.verdict, stopped: [report.textContent]}));
		}).observe(report, {attributes: true, attributeFilter: ["data-verdict"]});
		document.getElementById("start").click();
	})`, fields))
	var v verdict
	if err := json.Unmarshal([]byte(said), &v); err != nil {
		p.Fatalf("%v: %.200s", err, said)
	}
	return v
}

// choose gives a field of the page files of the disk.
func (p page) choose(field string, files ...string) {
	p.Helper()
	if err := chromedp.Do(p.ctx, chromedp.SetUploadFiles("#"+field, files)); err != nil {
		p.Fatal(err)
	}
}
