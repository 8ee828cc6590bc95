package chrome

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Size makes the window of a tab so wide and high, in CSS pixels.
func Size(tab context.Context, width, height int64) error {
	_, err := chromedp.Call(tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1})
	return err
}

// Fits is an error where the page of a tab is wider than its window, and says what is (WCAG 2.2, 1.4.10); what scrolls in a place of its own
// (.scroll, pre) is not.
func Fits(tab context.Context) error {
	wide, err := chromedp.Run(tab, chromedp.Evaluate[[]string](`document.documentElement.scrollWidth <= innerWidth ? [] : ["the page, by " + (document.documentElement.scrollWidth - innerWidth),
		...[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll, pre, .unseen"))
			.map(e => e.tagName + "." + e.className + " " + e.textContent.slice(0, 30))]`))
	if err == nil && len(wide) > 0 {
		err = fmt.Errorf("wider than the window: %q", wide)
	}
	return err
}

// Picture writes what a tab shows, whole, as NAME.png where PICTURES names a directory in which somebody wants to see it.
func Picture(tab context.Context, name string) error {
	dir := os.Getenv("PICTURES")
	if dir == "" {
		return nil
	}
	shot, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, strings.Trim(unnamed.ReplaceAllString(name, "-"), "-")+".png"), shot, 0o600)
}

var unnamed = regexp.MustCompile(`[^A-Za-z0-9]+`)
