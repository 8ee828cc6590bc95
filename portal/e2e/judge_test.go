package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"isoloir/portal/axe"
)

// spacing is what a reader may ask of a text (WCAG 2.2, 1.4.12), and larger one text
// twice as large (1.4.4), as rules of the reader's own.
const (
	spacing = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }`
	larger  = `html { font-size: 200% }`
)

// judge looks at what shows, in every way in which people look: axe finds nothing;
// at 320 px, on a desk at 200 %, with wider spacing and with larger text nothing lies
// beyond the edge and no text is cut off; by night and in the reader's own colours
// there is contrast enough; and who asks for less motion sees none.
func (v *visitor) judge(name string) {
	v.Helper()
	before := eval[[]int64](v, "[innerWidth, scrollY]")
	v.accept(name)
	v.screen(320, false)
	v.fits(name + " at 320 px")
	v.size(640) // 1280 px at 200 %
	v.fits(name + " at 200 %")
	for _, rule := range []string{spacing, larger} {
		v.styled(rule, func() { v.fits(name + " with " + rule) })
	}
	v.size(before[0])
	v.media("prefers-color-scheme", "dark")
	v.accept(name+" by night", "color-contrast")
	v.pictured(name, "dark", 390)
	v.media("forced-colors", "active")
	v.accept(name+" in forced colours", "color-contrast")
	v.pictured(name, "forced", 390)
	v.media("prefers-color-scheme", "light")
	v.pictured(name, "light", 320, 390, 768, 1280)
	if n := eval[int](v, "document.getAnimations().length"); n != 0 {
		v.Errorf("%s: %d things move for who asks for less motion", name, n)
	}
	v.size(before[0])
	v.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("scrollTo(0, %d)", before[1])))
}

// accept has axe try what shows.
func (v *visitor) accept(name string, rules ...string) {
	v.Helper()
	found, err := axe.Check(v.ctx, rules...)
	if err != nil {
		v.Fatal(err)
	}
	for _, f := range found {
		v.Errorf("%s: %v", name, f)
	}
}

// styled does something under a rule of the reader's own.
func (v *visitor) styled(rule string, do func()) {
	v.Helper()
	v.do(chromedp.Evaluate[chromedp.Void](`{ const own = new CSSStyleSheet(); own.replaceSync(` + quoted(rule) + `); document.adoptedStyleSheets.push(own); }`))
	do()
	v.do(chromedp.Evaluate[chromedp.Void](`document.adoptedStyleSheets.pop()`))
}

// fits wants nothing beyond the edge.
func (v *visitor) fits(name string) {
	v.Helper()
	if bad := v.beyond(); len(bad) > 0 {
		v.Errorf("%s: %q", name, bad[:min(len(bad), 3)])
	}
}

// beyond finds what lies beyond the edge, and text that its own box cuts off.
func (v *visitor) beyond() []string {
	v.Helper()
	return eval[[]string](v, `[...document.querySelectorAll("body, body *")].filter(e => e.checkVisibility() && !e.closest(".unseen, .skip, svg, select, input")).flatMap(e => {
		const box = e.getBoundingClientRect(), style = getComputedStyle(e), at = e.tagName + "#" + e.id + "." + e.className + " " + e.textContent.trim().slice(0, 30);
		if (box.right > innerWidth + 1 && document.documentElement.scrollWidth > innerWidth && !e.closest(".scroll, pre")) return [at + " ends at " + box.right];
		if (["hidden", "clip"].includes(style.overflowX) && e.scrollWidth > e.clientWidth + 1) return [at + " is cut off"];
		return [];
	})`)
}

// pictured takes pictures of a state at some widths, where PICTURES names a directory.
func (v *visitor) pictured(name, kind string, widths ...int64) {
	v.Helper()
	if os.Getenv("PICTURES") == "" {
		return
	}
	for _, width := range widths {
		v.size(width)
		v.picture(fmt.Sprintf("%s-%s-%d", name, kind, width))
	}
}

// TestEyes says that what the other tests rely on sees: the edge, the console, axe.
func TestEyes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	v := w.visit(t, 320)
	v.open("/fr/notice")
	v.screen(320, false)
	v.do(chromedp.Evaluate[chromedp.Void](`{ const wide = document.createElement("p"); wide.textContent = "x"; wide.style.width = "400px"; document.querySelector("main").append(wide);
		const tight = document.createElement("p"); tight.textContent = "a long word"; tight.style.cssText = "width: 20px; overflow: hidden; white-space: nowrap"; document.querySelector("main").append(tight);
		const image = document.createElement("img"); document.querySelector("main").append(image); console.warn("said"); }`))
	if bad := v.beyond(); len(bad) < 2 {
		t.Errorf("beyond the edge: %q", bad)
	}
	if found, err := axe.Check(v.ctx, "image-alt"); err != nil || len(found) != 1 {
		t.Errorf("axe: %v, %v", found, err)
	}
	v.said.mu.Lock()
	defer v.said.mu.Unlock()
	if len(v.said.lines) != 1 || !strings.Contains(v.said.lines[0], "said") {
		t.Errorf("the console: %q", v.said.lines)
	}
	v.said.lines = nil
}
