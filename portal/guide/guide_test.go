package guide_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"isoloir/courier"
	"isoloir/observe"
	"isoloir/portal/words"
	"isoloir/server"
	"isoloir/server/demonstration"
	"isoloir/web/chrome"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

var write = flag.Bool("write", false, "make the pictures and recordings of the guide anew")

// where the pages have their pictures and recordings.
const where = "../pages/guide"

// TestPictures makes the pictures and the recording in both languages: a citizen of
// the demonstration votes for the first list, in a phone's window.
func TestPictures(t *testing.T) {
	if !*write {
		t.Skip("the pictures are made by make guide")
	}
	catalogue, err := words.New()
	if err != nil {
		t.Fatal(err)
	}
	d, house := serve(t)
	browser := chrome.Start(t)
	voters, err := d.Voters()
	if err != nil {
		t.Fatal(err)
	}
	voters = slices.DeleteFunc(voters, func(v demonstration.Voter) bool { return v.Urn != house.Public.Manifest.Urns[0].ID })
	for i, language := range words.Languages() {
		c := &citizen{T: t, tab: browser.Tab(t, 5*time.Minute), portal: d.Config.Origins.Portal, language: string(language), voter: voters[i], demonstration: d}
		c.film.speaker = catalogue.In(language)
		c.vote()
		c.film.write(t, browser.Tab(t, 5*time.Minute), c.portal, string(language))
	}
}

// serve serves a small demonstration until the end of the test.
func serve(t *testing.T) (*demonstration.Demonstration, *server.House) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	o := demonstration.Default()
	o.Electors, o.MemoryKiB, o.WorkFactor, o.Companion = 20, 64, 1, false // the guide is that of one scrutin
	quiet := demonstration.Watcher{Step: func(string) {}, Stage: func(string, int, int) {}}
	if err := demonstration.Prepare(context.Background(), dir, o, listen(t), quiet); err != nil {
		t.Fatal(err)
	}
	d, err := demonstration.Open(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	h := server.NewHouse(d.Config, server.Names, d.Clock.Now, observe.Silent())
	if err := errors.Join(h.Listen(), h.Open(ctx)); err != nil {
		t.Fatal(errors.Join(err, h.Shut()))
	}
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-done, h.Shut()); err != nil {
			t.Error(err)
		}
	})
	return d, h
}

// listen finds as many free ports in a row as there are roles.
func listen(t *testing.T) netip.AddrPort {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		first := l.Addr().(*net.TCPAddr).AddrPort()
		l.Close()
		if first.Port() < 60000 {
			return first
		}
	}
	t.Fatal("no free ports")
	return netip.AddrPort{}
}

// A citizen votes in a window of a phone, and keeps a picture of every step.
type citizen struct {
	*testing.T
	tab              context.Context
	portal, language string
	voter            demonstration.Voter
	demonstration    *demonstration.Demonstration
	pictures         int
	film             film
}

func (c *citizen) do(actions ...chromedp.Action[chromedp.Void]) {
	c.Helper()
	if err := chromedp.Do(c.tab, actions...); err != nil {
		c.Fatalf("%s, after %d pictures: %v", c.language, c.pictures, err)
	}
}

// until waits for a script to be true.
func (c *citizen) until(script string) {
	c.Helper()
	for range 300 {
		if is, err := chromedp.Run(c.tab, chromedp.Evaluate[bool](script)); err == nil && is {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	now, _ := chromedp.Run(c.tab, chromedp.Evaluate[string](`document.querySelector("main").innerText`))
	c.Fatalf("%s, after %d pictures: waiting for %s, the page says %q", c.language, c.pictures, script, now)
}

func (c *citizen) step(name string) {
	c.Helper()
	c.until(fmt.Sprintf(`document.getElementById("step-%s")?.hidden === false`, name))
}

// picture keeps what the window shows below the page's head.
func (c *citizen) picture() {
	c.Helper()
	c.pictures++
	c.do(chromedp.Sleep(300 * time.Millisecond))
	top, err := chromedp.Run(c.tab, chromedp.Evaluate[float64](`document.activeElement.blur(), document.querySelector("main").getBoundingClientRect().top + scrollY`))
	if err != nil {
		c.Fatal(err)
	}
	height, err := chromedp.Run(c.tab, chromedp.Evaluate[float64](`Math.min(640, document.querySelector("main").scrollHeight - 24)`))
	if err != nil {
		c.Fatal(err)
	}
	quality, beyond := int64(70), true
	shot, err := chromedp.Call(c.tab, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatWebp, Quality: &quality,
		CaptureBeyondViewport: &beyond, Clip: &page.Viewport{X: 0, Y: top, Width: 390, Height: height, Scale: 1}})
	if err != nil {
		c.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(where, fmt.Sprintf("%s-%d.webp", c.language, c.pictures)), shot.Data, 0o644); err != nil {
		c.Fatal(err)
	}
}

func (c *citizen) vote() {
	c.Helper()
	light := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}, {Name: "prefers-reduced-motion", Value: "reduce"}}}
	if _, err := chromedp.Call(c.tab, emulation.SetEmulatedMedia, light); err != nil {
		c.Fatal(err)
	}
	c.do(chromedp.EmulateViewport(390, 640, chromedp.EmulateScale(density)))
	c.open("/")
	c.begin(1)
	c.look()
	c.picture()
	c.tap(`a[href$="/urne/` + c.voter.Urn + `"]`)
	c.until(`document.querySelector("a.button.vote") !== null`)
	c.begin(2)
	c.look()
	c.picture()
	c.tap("a.button.vote")
	c.step("codes")
	c.begin(3)
	c.hold(time.Second)
	c.write("#identifier", c.voter.Identifier)
	c.write("#password", c.voter.Password)
	c.picture()
	c.tap("#codes-go")
	c.step("choice")
	c.begin(4)
	c.look()
	c.tap("#questions fieldset input[type=radio]")
	if err := c.choose(); err != nil {
		c.Fatal(err)
	}
	c.picture()
	c.tap("#choice-go")
	c.step("confirm")
	c.begin(5)
	c.look()
	c.picture()
	c.tap("#confirm-yes")
	c.step("validate")
	c.begin(6)
	c.hold(2 * time.Second)
	c.write("#validate-text", c.digits())
	c.picture()
	c.tap("#validate button.button")
	c.step("ready")
	c.until(`document.getElementById("ready-made").hidden === false`)
	c.look()
	c.tap("#ready-send")
	c.step("receipt")
	c.begin(7)
	c.look()
	c.picture()
	code, err := chromedp.Run(c.tab, chromedp.Evaluate[string](`document.getElementById("receipt-code").textContent`))
	if err != nil {
		c.Fatal(err)
	}
	c.open("/verifier")
	c.step("ask")
	c.begin(8)
	c.hold(time.Second)
	c.write("#code", code)
	c.tap("#check-go")
	c.step("found")
	c.look()
	c.picture()
}

// choose takes the first list of every question.
func (c *citizen) choose() error {
	_, err := chromedp.Run(c.tab, chromedp.Evaluate[bool](`document.querySelectorAll("#questions fieldset").forEach(f => f.querySelector("input[type=radio]").click()), true`))
	return err
}

var six = regexp.MustCompile(`\b[0-9]{6}\b`)

// digits are those of the last message that the citizen was sent for it.
func (c *citizen) digits() string {
	c.Helper()
	for range 100 {
		letters, err := c.demonstration.Letters()
		if err != nil {
			c.Fatal(err)
		}
		for _, l := range letters {
			if l.Kind == courier.Validation && l.To == c.voter.Email {
				return six.FindString(l.Body)
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	c.Fatal("no digits came")
	return ""
}
