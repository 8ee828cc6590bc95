package pages_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"isoloir/portal/pages"
)

// The pages show how many may vote after the amendments of the roll, not how many the manifest had.
func TestAmendedElectors(t *testing.T) {
	f := newFake(t)
	f.enter(pages.Open)
	total := 0
	for i, u := range f.Manifest().Urns {
		f.progress.Electors = append(f.progress.Electors, u.Electors+70001+i)
		total += u.Electors + 70001 + i
	}
	first := f.Manifest().Urns[0]
	before, now := f.Manifest().Urns[0].Electors, f.progress.Electors[0]
	between := regexp.MustCompile(`(\d)[,\x{a0}\x{202f}](\d)`)
	shown := func(page string, n int) bool {
		return strings.Contains(between.ReplaceAllString(page, "$1$2"), ">"+strconv.Itoa(n)+" electors") ||
			strings.Contains(between.ReplaceAllString(page, "$1$2"), " "+strconv.Itoa(n)+" electors")
	}
	v := &visitor{h: f.site()}
	for path, n := range map[string]int{"/en/": now, "/en/urne/" + first.ID: now, "/en/notice": total} {
		if page := body(t, v.get(path)); !shown(page, n) || shown(page, before) {
			t.Errorf("%s shows another number of electors than %d", path, n)
		}
	}
}
