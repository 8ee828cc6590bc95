package privacy_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"isoloir/portal/axe"
	"isoloir/privacy"
	"isoloir/web/chrome"

	"github.com/chromedp/chromedp"
)

// TestBrowser opens each document at 320 px: axe finds nothing, and nothing but tables is wider than the window.
func TestBrowser(t *testing.T) {
	m, f := manifest(t)
	pages, err := privacy.Make(m, f, "fr")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	b := chrome.Start(t)
	tab := b.Tab(t, time.Minute)
	for name, page := range pages {
		file := filepath.Join(dir, privacy.Files[name])
		if err := os.WriteFile(file, page, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := chromedp.Do(tab, chromedp.EmulateViewport(320, 640), chromedp.Navigate("file://"+file)); err != nil {
			t.Fatal(err)
		}
		found, err := axe.Check(tab)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range found {
			t.Errorf("%s: %s", name, v)
		}
		if err := chrome.Fits(tab); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
