package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"isoloir/web/chrome"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A visitor is a person at a tab.
type visitor struct {
	*testing.T
	world *world
	ctx   context.Context

	said *console
}

// A console is what pages and browser wrote where developers look.
type console struct {
	mu    sync.Mutex
	lines []string
}

// visit opens a tab with storage of its own, so wide. Whatever is written to the
// console fails the test, but what the browser itself says of lost answers.
func (w *world) visit(t *testing.T, width int64) *visitor {
	t.Helper()
	b, _, err := browser()
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t, w, b.Tab(t, 10*time.Minute), &console{}}
	v.listen()
	v.media("prefers-color-scheme", "light")
	v.size(width)
	t.Cleanup(func() {
		v.said.mu.Lock()
		defer v.said.mu.Unlock()
		for _, line := range v.said.lines {
			t.Errorf("the console says: %s", line)
		}
		if t.Failed() {
			v.picture("failed-" + strings.ReplaceAll(t.Name(), "/", "-"))
		}
	})
	return v
}

// listen hears what the tab writes to its console.
func (v *visitor) listen() {
	v.Helper()
	err := chromedp.Listen(v.ctx, func(event any) {
		line := ""
		switch e := event.(type) {
		case *cdplog.EventEntryAdded:
			if !strings.HasPrefix(e.Entry.Text, "Failed to load resource: ") {
				line = e.Entry.Text + " " + e.Entry.URL
			}
		case *runtime.EventConsoleAPICalled:
			line = string(e.Type)
			for _, a := range e.Args {
				line += fmt.Sprintf(" %s%s", a.Value, a.Description)
			}
		}
		if line != "" {
			v.said.mu.Lock()
			defer v.said.mu.Unlock()
			v.said.lines = append(v.said.lines, line)
		}
	})
	if err != nil {
		v.Fatal(err)
	}
}

// beside is another tab over the same storage.
func (v *visitor) beside() *visitor {
	v.Helper()
	ctx, cancel := chromedp.NewContext(v.ctx)
	v.Cleanup(cancel)
	other := &visitor{v.T, v.world, ctx, v.said}
	other.listen()
	other.media("prefers-color-scheme", "light")
	other.size(390)
	return other
}

// patience is how long a page may take, on a machine that does much else.
const patience = 2 * time.Minute

// do is for what must not fail.
func (v *visitor) do(actions ...chromedp.Action[chromedp.Void]) {
	v.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		v.Fatalf("%v (%s)", err, v.state())
	}
}

// eval gives what an expression, or the promise that it is, gives.
func eval[T any](v *visitor, expression string) T {
	v.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[T]("(async () => ("+expression+"))()", chromedp.EvalAwaitPromise))
	if err != nil {
		v.Fatalf("%s: %v", expression, err)
	}
	return got
}

// until waits for an expression to hold.
func (v *visitor) until(expression string) {
	v.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	for {
		holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		if err == nil && holds {
			return
		}
		if ctx.Err() != nil {
			v.Fatalf("never: %s (%s)", expression, v.state())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// state says where the tab is.
func (v *visitor) state() string {
	got, err := chromedp.Run(v.ctx, chromedp.Evaluate[string](`location.pathname + " " + JSON.stringify(document.getElementById("device")?.dataset ?? {}) +
		" " + [...document.querySelectorAll("h1, [role=status], [role=alert], .error")].filter(e => e.checkVisibility()).map(e => e.textContent.trim()).join(" | ")`))
	if err != nil {
		return err.Error()
	}
	return got
}

func (v *visitor) open(path string) {
	v.Helper()
	v.do(chromedp.Navigate(v.world.Config.Origins.Portal + path))
}

// at waits for a step.
func (v *visitor) at(step string) {
	v.Helper()
	v.until("document.getElementById('device')?.dataset.step === '" + step + "'")
}

// met waits for what is in the way.
func (v *visitor) met(problem string) {
	v.Helper()
	v.at("problem")
	if got := eval[string](v, "device.dataset.problem"); got != problem {
		v.Fatalf("the page says %s, not %s", got, problem)
	}
}

// stopped waits for the page to stop at a check.
func (v *visitor) stopped(check string) {
	v.Helper()
	v.at("stop")
	if got := eval[string](v, "device.dataset.check"); got != check {
		v.Fatalf("the page stopped at %s, not %s", got, check)
	}
}

func (v *visitor) click(id string) {
	v.Helper()
	v.do(chromedp.Click("#" + id))
}

// tap touches an element, as a finger does.
func (v *visitor) tap(id string) {
	v.Helper()
	v.until("document.getElementById('" + id + "').checkVisibility()")
	at := eval[[]float64](v, `(document.getElementById('`+id+`').scrollIntoView({block: "center"}), await new Promise(requestAnimationFrame),
		(r => [r.x + r.width / 2, r.y + r.height / 2])(document.getElementById('`+id+`').getBoundingClientRect()))`)
	v.do(chromedp.TapXY(at[0], at[1]))
}

// write puts a text into a field, as keys do, in place of what it holds.
func (v *visitor) write(id, text string) {
	v.Helper()
	v.do(chromedp.Focus("#"+id), chromedp.Evaluate[chromedp.Void]("document.activeElement.select()"), chromedp.KeyEvent(text))
}

// paste puts a text into a field in one piece, in place of what it holds.
func (v *visitor) paste(id, text string) {
	v.Helper()
	v.do(chromedp.Focus("#" + id))
	if !eval[bool](v, `(document.activeElement.select(), document.execCommand("insertText", false, `+quoted(text)+`))`) {
		v.Fatalf("#%s refuses what is pasted", id)
	}
}

// press presses keys wherever the focus is.
func (v *visitor) press(keys ...string) {
	v.Helper()
	for _, k := range keys {
		v.do(chromedp.KeyEvent(k))
	}
}

// tabTo presses the tabulator until an element has the focus.
func (v *visitor) tabTo(id string) {
	v.Helper()
	for range 60 {
		if eval[string](v, "document.activeElement.id") == id {
			return
		}
		v.press(kb.Tab)
	}
	v.Fatalf("the keyboard does not reach #%s", id)
}

// text is what an element says.
func (v *visitor) text(id string) string {
	v.Helper()
	return plain(eval[string](v, "document.getElementById('"+id+"').textContent"))
}

// plain is a text with spaces of one kind, where French has several.
func plain(text string) string { return strings.Join(strings.Fields(text), " ") }

// kept is all that tab and device keep, with addresses and states of the history.
func (v *visitor) kept() string {
	v.Helper()
	return eval[string](v, `JSON.stringify([{...localStorage}, {...sessionStorage}, await indexedDB.databases(), await caches.keys(), document.cookie, window.name,
		location.href, history.state, navigation.entries().map((e) => [e.url, e.getState()]), await navigator.storage.estimate(),
		(await navigator.serviceWorker?.getRegistrations?.())?.length])`)
}

// downloaded is the text of the file that a button hands over.
func (v *visitor) downloaded(id string) string {
	v.Helper()
	return eval[string](v, `new Promise((resolve) => {
		const made = URL.createObjectURL;
		URL.createObjectURL = (blob) => { blob.text().then(resolve); URL.createObjectURL = made; return made.call(URL, blob); };
		document.getElementById(`+quoted(id)+`).click();
	})`)
}

// before runs a script in every page of the tab ahead of the page's own.
func (v *visitor) before(script string) {
	v.Helper()
	if _, err := chromedp.Call(v.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}); err != nil {
		v.Fatal(err)
	}
}

// size makes the tab so wide; a phone's where it is narrow.
func (v *visitor) size(width int64) {
	v.Helper()
	v.screen(width, width < 500)
}

// screen makes the tab so wide. A phone shows the page at the width of its screen, or
// of what is wider than that, and is touched.
func (v *visitor) screen(width int64, phone bool) {
	v.Helper()
	if _, err := chromedp.Call(v.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 844, DeviceScaleFactor: 1, Mobile: phone}); err != nil {
		v.Fatal(err)
	}
	if _, err := chromedp.Call(v.ctx, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: phone}); err != nil {
		v.Fatal(err)
	}
}

// media sets what the person prefers, such as prefers-color-scheme to dark, and less
// motion, so that a click finds what it was aimed at.
func (v *visitor) media(name, value string) {
	v.Helper()
	features := []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}, {Name: name, Value: value}}
	if _, err := chromedp.Call(v.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		v.Fatal(err)
	}
}

// picture writes what the tab shows, where PICTURES names a directory.
func (v *visitor) picture(name string) {
	if err := chrome.Picture(v.ctx, name); err != nil {
		v.Error(err)
	}
}

// quoted is a text as an expression.
func quoted(text string) string {
	data, _ := json.Marshal(text)
	return string(data)
}
