package voting_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"isoloir/web/chrome"
)

// TestPages tries the three pages in one browser, against the real roll and urn.
func TestPages(t *testing.T) {
	b := chrome.Start(t)
	for _, group := range []struct {
		name string
		try  func(*testing.T, *chrome.Browser)
	}{
		{"vote", tryVote},
		{"approval", tryApproval},
		{"challenge", tryChallenge},
		{"flips", tryFlips},
		{"lies", tryLies},
		{"forged records", tryForgedRecords},
		{"lost", tryLost},
		{"reload", tryReload},
		{"twice", tryTwice},
		{"session", trySession},
		{"states", tryStates},
		{"problems", tryProblems},
		{"check", tryCheck},
		{"check lies", tryCheckLies},
		{"mark", tryMark},
		{"several", trySeveral},
		{"several, in the way", trySeveralInTheWay},
		{"several, again", trySeveralAgain},
		{"several marks", trySeveralMarks},
	} {
		t.Run(group.name, func(t *testing.T) { group.try(t, b) })
	}
}

// A visitor is a person at a tab.
type visitor struct {
	*testing.T
	world *world
	ctx   context.Context
}

// visit opens a tab with storage of its own.
func (w *world) visit(t *testing.T, b *chrome.Browser) *visitor {
	t.Helper()
	v := &visitor{t, w, b.Tab(t, 3*time.Minute)}
	v.media("prefers-color-scheme", "light") // and less motion, so that a click finds what it was aimed at
	return v
}

// beside is another tab over the same storage.
func (v *visitor) beside() *visitor {
	ctx, cancel := chromedp.NewContext(v.ctx)
	v.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // the tab lives as long as this context
		v.Fatal(err)
	}
	other := &visitor{v.T, v.world, ctx}
	other.media("prefers-color-scheme", "light")
	return other
}

// before runs a script in every page of the tab ahead of the page's own.
func (v *visitor) before(script string) {
	v.Helper()
	if _, err := chromedp.Call(v.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}); err != nil {
		v.Fatal(err)
	}
}

// do is for what must not fail.
func (v *visitor) do(actions ...chromedp.Action[chromedp.Void]) {
	v.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		v.Fatalf("%v (step %q, problem %q, check %q)", err, v.data("step"), v.data("problem"), v.data("check"))
	}
}

// eval gives what an expression, or the promise that it is, gives.
func eval[T any](v *visitor, expression string) T {
	v.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, time.Minute)
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
	ctx, cancel := context.WithTimeout(v.ctx, time.Minute)
	defer cancel()
	for {
		holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		if err == nil && holds {
			return
		}
		if ctx.Err() != nil {
			v.Fatalf("never: %s (%v; step %q, problem %q, check %q, found %q)", expression, err, v.data("step"), v.data("problem"), v.data("check"), v.data("found"))
		}
		time.Sleep(40 * time.Millisecond)
	}
}

// data is a data- attribute of #device.
func (v *visitor) data(name string) string {
	got, _ := chromedp.Run(v.ctx, chromedp.Evaluate[string]("document.getElementById('device')?.dataset."+name+" ?? ''"))
	return got
}

func (v *visitor) open(path string) {
	v.Helper()
	v.do(chromedp.Navigate(v.world.origins.Portal + path))
}

// at waits for a step.
func (v *visitor) at(step string) {
	v.Helper()
	v.until("document.getElementById('device')?.dataset.step === '" + step + "'")
}

// stopped waits for the page to stop at a check.
func (v *visitor) stopped(check string) {
	v.Helper()
	v.at("stop")
	if got := v.data("check"); got != check {
		v.Fatalf("the page stopped at the check %s, not %s", got, check)
	}
}

// met waits for what is in the way.
func (v *visitor) met(problem string) {
	v.Helper()
	v.at("problem")
	if got := v.data("problem"); got != problem {
		v.Fatalf("the page says %s, not %s", got, problem)
	}
}

func (v *visitor) click(id string) {
	v.Helper()
	v.do(chromedp.Click("#" + id))
}

// write puts a text into a field at once, as pasting does.
func (v *visitor) write(id, text string) {
	v.Helper()
	eval[bool](v, "((field) => (field.focus(), field.value = '', true))(document.getElementById("+quoted(id)+"))")
	if _, err := chromedp.Call(v.ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		v.Fatal(err)
	}
}

// press presses keys wherever the focus is.
func (v *visitor) press(keys ...string) {
	v.Helper()
	for _, k := range keys {
		v.do(chromedp.KeyEvent(k))
	}
}

// text is what an element says.
func (v *visitor) text(id string) string {
	v.Helper()
	return strings.TrimSpace(eval[string](v, "document.getElementById('"+id+"').textContent"))
}

// login types both codes of an elector.
func (v *visitor) login(elector int) {
	v.Helper()
	v.at("codes")
	v.write("identifier", v.world.identifier(elector))
	v.write("password", v.world.password(elector))
	v.click("codes-go")
}

// choose answers the first question by its option of this place, the last being
// blank, and goes to the confirmation.
func (v *visitor) choose(place int) {
	v.Helper()
	v.at("choice")
	v.do(chromedp.Click(`#questions input[id$="-` + string(rune('0'+place)) + `"]`))
	v.click("choice-go")
	v.at("confirm")
}

// ready goes from the codes to where the ballot can be sent, and gives its code.
func (v *visitor) ready(elector, place int) string {
	v.Helper()
	v.open("/fr/urne/urn-1/voter")
	v.login(elector)
	v.choose(place)
	v.click("confirm-yes")
	return v.made()
}

// made waits for the ballot, and gives its receipt code.
func (v *visitor) made() string {
	v.Helper()
	v.at("ready")
	v.until("!document.getElementById('ready-made').hidden")
	return v.text("ready-code")
}

// kept is all that the tab and the device keep, with the address and the state of
// the history.
func (v *visitor) kept() string {
	v.Helper()
	return eval[string](v, `(async () => JSON.stringify([{...localStorage}, {...sessionStorage}, await indexedDB.databases(), await caches.keys(),
		document.cookie, location.href, history.state, navigation?.entries().map((e) => [e.url, e.getState()])]))()`)
}

// tabTo presses the tabulator until an element has the focus.
func (v *visitor) tabTo(id string) {
	v.Helper()
	for range 80 {
		if eval[string](v, "document.activeElement.id") == id {
			return
		}
		v.press(kb.Tab)
	}
	v.Fatalf("the keyboard does not reach #%s", id)
}

// downloaded is the text of the file that a button hands over.
func (v *visitor) downloaded(id string) string {
	v.Helper()
	return v.downloadedBy("#" + id)
}

// downloadedBy is downloaded for the button of a selector.
func (v *visitor) downloadedBy(selector string) string {
	v.Helper()
	return eval[string](v, `new Promise((resolve) => {
		const made = URL.createObjectURL;
		URL.createObjectURL = (blob) => { blob.text().then(resolve); URL.createObjectURL = made; return made.call(URL, blob); };
		document.querySelector(`+quoted(selector)+`).click();
	})`)
}

// picture writes what the tab shows, where PICTURES names a directory.
func (v *visitor) picture(name string) {
	v.Helper()
	if err := chrome.Picture(v.ctx, name); err != nil {
		v.Fatal(err)
	}
}

// size makes the tab so wide.
func (v *visitor) size(width, height int64) {
	v.Helper()
	if err := chrome.Size(v.ctx, width, height); err != nil {
		v.Fatal(err)
	}
}

// media sets what the person prefers, such as prefers-color-scheme to dark.
func (v *visitor) media(name, value string) {
	v.Helper()
	features := []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}, {Name: name, Value: value}}
	if _, err := chromedp.Call(v.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		v.Fatal(err)
	}
}

// quoted is a text as an expression.
func quoted(text string) string {
	data, _ := json.Marshal(text)
	return string(data)
}
