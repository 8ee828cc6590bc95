package story

import (
	"fmt"
	"strings"

	"isoloir/portal/axe"
	"isoloir/web/chrome"

	"github.com/chromedp/chromedp"
)

// look judges pages as a member sees them, in both languages: axe finds nothing, and nothing is wider than the window, at 320, 390 and 1280 px. With
// PICTURES set, a picture of each is kept there, at the last two. Without paths it is the page that shows.
func (s *story) look(at *seat, scene string, paths ...string) {
	s.Helper()
	if !*whole {
		return
	}
	s.scene++
	name := func(path, language string, width int64) string {
		return fmt.Sprintf("%02d-%s-%s-%s-%d", s.scene, scene, path, language, width)
	}
	if len(paths) == 0 {
		s.judge(at, func(width int64) string { return name("", "fr", width) })
		return
	}
	for _, path := range paths {
		if at.origin == s.config.Origins.Bureau {
			s.looked[path] = true
		}
		path = strings.Replace(path, "{motion}", s.motion(), 1)
		for _, language := range []string{"fr", "en"} {
			at.open("/" + language + path)
			at.until(`document.readyState === "complete" && document.querySelector("main h1")`)
			s.judge(at, func(width int64) string { return name(path, language, width) })
		}
	}
}

// motion is the name of the last one.
func (s *story) motion() string {
	all := s.state().Motions
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1].Name.String()
}

func (s *story) judge(at *seat, name func(int64) string) {
	s.Helper()
	for _, width := range []int64{320, 390, 1280} {
		must(s, chrome.Size(at.tab, width, 844))
		if err := chrome.Fits(at.tab); err != nil {
			s.Errorf("%s: %v", name(width), err)
		}
		if width < 390 {
			continue
		}
		if raw, err := chromedp.Run(at.tab, chromedp.Evaluate[bool](`/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:/.test(document.querySelector("main").innerText)`)); err != nil || raw {
			s.Errorf("%s shows an instant as records write it (%v)", name(width), err)
		}
		must(s, chrome.Picture(at.tab, name(width)))
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
