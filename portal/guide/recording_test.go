package guide_test

import (
	"fmt"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// The window of the recorded phone, in CSS pixels, and how many pixels stand for one.
const (
	width, height = 390, 640
	density       = 1.5
)

// How long things take in a recording, whatever they took.
const (
	reading  = 3500 * time.Millisecond // a page is looked at
	pressing = 700 * time.Millisecond  // a finger is seen
	typing   = 120 * time.Millisecond  // two characters
	moving   = 60 * time.Millisecond   // a page scrolls a little further
)

// open goes to a page of the portal.
func (c *citizen) open(path string) {
	c.Helper()
	c.do(chromedp.Navigate(c.portal + "/" + c.language + path))
}

// begin begins a step of the guide in the recording.
func (c *citizen) begin(step int) {
	c.Helper()
	c.do(chromedp.Sleep(200 * time.Millisecond))
	c.film.begin(step)
}

// hold keeps what the window shows in the recording for so long.
func (c *citizen) hold(d time.Duration) {
	c.Helper()
	shot, err := chromedp.Call(c.tab, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng})
	if err != nil {
		c.Fatalf("%s, after %d frames: %v", c.language, len(c.film.frames), err)
	}
	c.film.add(shot.Data, d)
}

// look shows a page from its top to its end, as far as it is longer than the window.
func (c *citizen) look() {
	c.Helper()
	c.scroll(0)
	c.hold(reading)
	end, err := chromedp.Run(c.tab, chromedp.Evaluate[float64](`document.scrollingElement.scrollHeight - innerHeight`))
	if err != nil {
		c.Fatal(err)
	}
	if end > height/4 {
		c.scroll(min(end, height))
		c.hold(reading / 2)
	}
}

// scroll moves the page, as fingers do.
func (c *citizen) scroll(to float64) {
	c.Helper()
	from, err := chromedp.Run(c.tab, chromedp.Evaluate[float64](`scrollY`))
	if err != nil {
		c.Fatal(err)
	}
	const pieces = 6
	for i := 1; i <= pieces && from != to; i++ {
		c.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`scrollTo(0, %f)`, from+(to-from)*float64(i)/pieces)))
		c.hold(moving)
	}
}

// bring scrolls until an element is well within the window.
func (c *citizen) bring(selector string) {
	c.Helper()
	to, err := chromedp.Run(c.tab, chromedp.Evaluate[float64](fmt.Sprintf(`(r => r.top < 60 || r.bottom > innerHeight - 40
		? Math.max(0, Math.min(scrollY + r.top - innerHeight / 3, document.scrollingElement.scrollHeight - innerHeight)) : scrollY)(document.querySelector(%q).getBoundingClientRect())`, selector)))
	if err != nil {
		c.Fatal(err)
	}
	c.scroll(to)
}

// tap presses an element, with a spot where the finger is.
func (c *citizen) tap(selector string) {
	c.Helper()
	c.bring(selector)
	c.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`{ const r = document.querySelector(%q).getBoundingClientRect(), spot = document.createElement("div");
		spot.id = "finger";
		spot.style.cssText = "position: fixed; z-index: 9; width: 44px; height: 44px; border-radius: 50%%; background: rgb(20 80 120 / 45%%); border: 2px solid white; box-shadow: 0 0 4px black; box-sizing: border-box; pointer-events: none; left: " + (r.x + Math.min(r.width / 2, 160) - 22) + "px; top: " + (r.y + r.height / 2 - 22) + "px";
		document.documentElement.append(spot); }`, selector)))
	c.hold(pressing)
	c.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("finger").remove()`), chromedp.Click(selector))
}

// write types into a field.
func (c *citizen) write(selector, text string) {
	c.Helper()
	c.bring(selector)
	c.do(chromedp.Focus(selector))
	for text != "" {
		n := min(2, len(text))
		c.do(chromedp.KeyEvent(text[:n]))
		text = text[n:]
		c.hold(typing)
	}
	c.hold(time.Second)
}
