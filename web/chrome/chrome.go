// Package chrome starts a real browser for tests: Chromium without a window, with
// a profile of its own that is thrown away, and nothing that it would ask of the
// network by itself.
//
// What it promises: a test that needs a browser never passes without one. The
// browser ends with the test that started it, and an exception that no script
// caught fails the test of its tab.
package chrome

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Install is what to do where there is no browser.
const Install = "no Chromium: install it (Debian: apt-get install chromium; elsewhere Chromium or Google Chrome), or set CHROMIUM to its path"

// names under which a browser is looked for, in this order.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}

// Path is that of the browser: what CHROMIUM names, else the first that is
// installed; empty if there is none.
func Path() string {
	if path := os.Getenv("CHROMIUM"); path != "" {
		return path
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// A Browser is one running Chromium.
type Browser struct{ ctx context.Context }

// Start starts a browser that ends with t, which fails if there is none.
func Start(t testing.TB) *Browser {
	t.Helper()
	b, end, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end)
	return b
}

// Open starts a browser for who ends it himself: a package whose tests share one, or
// that starts it with more options than all have.
func Open(more ...chromedp.ExecAllocatorOption) (b *Browser, end func(), err error) {
	path := Path()
	if path == "" {
		return nil, nil, errors.New(Install)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("no-pings", true))
	options = append(options, more...)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses its sandbox to root
	}
	allocator, wait := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	end = func() { cancel(); wait() }
	if err := chromedp.Do(ctx); err != nil {
		end()
		return nil, nil, fmt.Errorf("starting %s: %w", path, err)
	}
	return &Browser{ctx}, end, nil
}

// Tab opens a tab with cookies and storage of its own, for at most limit. Another
// tab over the same storage is chromedp.NewContext of what Tab returns.
func (b *Browser) Tab(t testing.TB, limit time.Duration) context.Context {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	ctx, stop := context.WithTimeout(ctx, limit)
	t.Cleanup(stop)
	if err := chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*runtime.EventExceptionThrown); ok {
			text := e.ExceptionDetails.Text
			if thrown := e.ExceptionDetails.Exception; thrown != nil {
				text += " " + thrown.Description
			}
			t.Errorf("a script of the page threw: %s", text)
		}
	}); err != nil {
		t.Fatalf("opening a tab: %v", err)
	}
	return ctx
}

// Throttle makes the tab compute so many times slower than this machine; 1 ends it.
func Throttle(ctx context.Context, times float64) error {
	_, err := chromedp.Call(ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: times})
	return err
}
