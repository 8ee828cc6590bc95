package chrome_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"isoloir/web/chrome"
)

func TestTab(t *testing.T) {
	browser := chrome.Start(t)
	ctx := browser.Tab(t, 20*time.Second)
	if err := chrome.Throttle(ctx, 4); err != nil {
		t.Fatal(err)
	}
	sum, err := chromedp.Run(ctx, chromedp.Evaluate[int](`Promise.resolve(20 + 22)`, chromedp.EvalAwaitPromise))
	if err != nil || sum != 42 {
		t.Error(sum, err)
	}
}

// Where there is no browser Path says so, and Start fails the test.
func TestNoBrowser(t *testing.T) {
	t.Setenv("CHROMIUM", "")
	t.Setenv("PATH", t.TempDir())
	if path := chrome.Path(); path != "" {
		t.Errorf("found %s where nothing is installed", path)
	}
	if _, _, err := chrome.Open(); err == nil || err.Error() != chrome.Install {
		t.Errorf("without a browser: %v", err)
	}
}
