package story

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"isoloir/portal/axe"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// look judges pages as a member sees them, in both languages: axe finds nothing, and nothing is wider than a phone. With PICTURES set, a picture of each
// is kept there, at 390 and at 1280. Without paths it is the page that shows.
func (s *story) look(at *seat, scene string, paths ...string) {
	s.Helper()
	if !*whole {
		return
	}
	s.scene++
	name := func(path, language string, width int64) string {
		text := fmt.Sprintf("%02d-%s-%s-%s-%d", s.scene, scene, path, language, width)
		return strings.Trim(other.ReplaceAllString(text, "-"), "-") + ".png"
	}
	if len(paths) == 0 {
		s.judge(at, func(width int64) string { return name("", "fr", width) })
		return
	}
	for _, path := range paths {
		for _, language := range []string{"fr", "en"} {
			at.open("/" + language + path)
			at.until(`document.readyState === "complete" && document.querySelector("main h1")`)
			s.judge(at, func(width int64) string { return name(path, language, width) })
		}
	}
}

var other = regexp.MustCompile(`[^A-Za-z0-9]+`)

func (s *story) judge(at *seat, name func(int64) string) {
	s.Helper()
	pictures := os.Getenv("PICTURES")
	for _, width := range []int64{390, 1280} {
		size := emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 844, DeviceScaleFactor: 1}
		if _, err := chromedp.Call(at.tab, emulation.SetDeviceMetricsOverride, size); err != nil {
			s.Fatal(err)
		}
		if wide, err := chromedp.Run(at.tab, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > innerWidth + 1`)); err != nil || wide {
			s.Errorf("%s is wider than the screen (%v)", name(width), err)
		}
		if raw, err := chromedp.Run(at.tab, chromedp.Evaluate[bool](`/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:/.test(document.querySelector("main").innerText)`)); err != nil || raw {
			s.Errorf("%s shows an instant as records write it (%v)", name(width), err)
		}
		if pictures != "" {
			shot, err := chromedp.Run(at.tab, chromedp.FullScreenshot(100))
			must(s, err)
			must(s, os.WriteFile(filepath.Join(pictures, name(width)), shot, 0o600))
		}
		if width > 390 {
			continue
		}
		found, err := axe.Check(at.tab)
		must(s, err)
		for _, v := range found {
			s.Errorf("%s: %v", name(width), v)
		}
	}
}
