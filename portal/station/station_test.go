package station_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
	"github.com/chromedp/chromedp"

	"isoloir/portal/axe"
	"isoloir/portal/guard"
	"isoloir/portal/station"
	"isoloir/register"
	"isoloir/register/registertest"
	"isoloir/register/sqlite"
	"isoloir/web/chrome"
)

// A town is a register whose stations are served.
type town struct {
	*registertest.Town
	service *register.Service
	store   *sqlite.Store
	papers  []registertest.Paper
	handler http.Handler
	now     time.Time
}

func newTown(t *testing.T) *town {
	t.Helper()
	v := &town{Town: registertest.NewTown(t, "nord"), now: registertest.Opens.Add(-time.Hour)}
	dir := t.TempDir()
	var err error
	if v.store, err = sqlite.Open(t.Context(), filepath.Join(dir, "register.db"), filepath.Join(dir, "keys")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.store.Shut() })
	v.service = &register.Service{Register: v.Register, Rho: v.Rho, Opener: v.Opener, Store: v.store, Now: func() time.Time { return v.now }}
	d := v.Distribution(1, 14, 6)
	papers, cards := v.Cards(t, d)
	v.papers = papers
	if err := errors.Join(v.service.Load(t.Context()), v.service.Open(t.Context(), registertest.Text(t, d), cards)); err != nil {
		t.Fatal(err)
	}
	if v.handler, err = station.New(station.Config{Service: v.service, Guard: func(refuse func(http.ResponseWriter, *http.Request, int)) *guard.Guard {
		return guard.New(guard.Config{Now: time.Now, Camera: true, Refuse: refuse})
	}}); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v *town) code(t *testing.T) string {
	t.Helper()
	code, err := v.service.Invite(t.Context(), "nord-1")
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", code)
}

// TestAccess asks every route by every method, and every message in a wrong form: nothing
// is answered that should not be, and what no device has signed changes nothing.
func TestAccess(t *testing.T) {
	v := newTown(t)
	stranger := v.NewPhone(t)
	scan := stranger.Scan(t, register.Activate, v.papers[0].Sealed).Bytes()
	for _, c := range []struct {
		method, path string
		body         []byte
		origin       string
		want         int
	}{
		{"GET", "/fr/", nil, "", 200}, {"GET", "/en/", nil, "", 200}, {"GET", "/", nil, "", 303}, {"GET", "/de/", nil, "", 404}, {"POST", "/fr/", nil, "", 415},
		{"GET", "/client/station.js", nil, "", 200}, {"GET", "/client/style.css", nil, "", 200}, {"GET", "/client/none.js", nil, "", 404}, {"GET", "/client/../station.go", nil, "", 307},
		{"GET", "/worker.js", nil, "", 200}, {"GET", "/app.webmanifest", nil, "", 200}, {"GET", "/icon.svg", nil, "", 200},
		{"GET", "/v1/scan", nil, "", 405}, {"POST", "/v1/scan", scan, "", 200}, {"POST", "/v1/scan", scan[1:], "", 400}, {"POST", "/v1/scan", append(scan, 0), "", 413},
		{"POST", "/v1/scan", scan, "https://elsewhere.example", 403},
		{"POST", "/v1/tell", stranger.Notice(t, register.TellState, 0).Bytes(), "", 403}, {"POST", "/v1/tell", nil, "", 400},
		{"POST", "/v1/enrol", make([]byte, 97), "", 400}, {"POST", "/v1/enrol", append(make([]byte, 32), stranger.Key(t)...), "", 403}, {"POST", "/v1/enrol", nil, "", 400},
		{"POST", "/v1/other", scan, "", 415}, {"GET", "/v1/other", nil, "", 404},
	} {
		r := httptest.NewRequest(c.method, "http://station.example"+c.path, bytes.NewReader(c.body))
		r.Header.Set("Content-Type", "application/octet-stream")
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		w := httptest.NewRecorder()
		v.handler.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s %s from %q: %d, not %d", c.method, c.path, c.origin, w.Code, c.want)
		}
		if policy := w.Header().Get("Permissions-Policy"); !strings.Contains(policy, "camera=(self)") || w.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("%s %s: headers are missing", c.method, c.path)
		}
	}
	r := httptest.NewRequest("POST", "http://station.example/v1/scan", bytes.NewReader(scan))
	r.Header.Set("Content-Type", "application/octet-stream")
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	if body, _ := io.ReadAll(w.Body); len(body) != 1 || register.Answer(body[0]) != register.UnknownDevice {
		t.Errorf("a stranger's scan is answered %v", body)
	}
}

// video is a stream in which a camera sees a card: frames of YUV 4:2:0.
func video(t *testing.T, text string) string {
	t.Helper()
	code, err := qr.Encode(text, qr.M, qr.AlphaNumeric)
	if err != nil {
		t.Fatal(err)
	}
	if code, err = barcode.Scale(code, 400, 400); err != nil {
		t.Fatal(err)
	}
	const width, height = 640, 480
	picture := bytes.Repeat([]byte{200}, width*height)
	for y := range 400 {
		for x := range 400 {
			picture[(y+40)*width+x+120] = grey(code, x, y)
		}
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n", width, height)
	for range 5 {
		out.WriteString("FRAME\n")
		out.Write(picture)
		out.Write(bytes.Repeat([]byte{128}, width*height/2))
	}
	path := filepath.Join(t.TempDir(), "card.y4m")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func grey(i image.Image, x, y int) byte {
	r, _, _, _ := i.At(x, y).RGBA()
	return byte(20 + r>>8*9/10)
}

// TestStation is a morning at a polling station, in a browser whose camera sees a real
// card: the device is enrolled, the box counted, cards are handed out by camera and by
// hand scanner, one of them twice, and the connection drops in between.
func TestStation(t *testing.T) {
	v := newTown(t)
	v.now = registertest.Opens
	var cut atomic.Bool
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if cut.Load() && strings.HasPrefix(r.URL.Path, "/v1/") {
			panic(http.ErrAbortHandler)
		}
		v.handler.ServeHTTP(w, r)
	}))
	defer s.Close()
	b, end, err := chrome.Open(chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-video-capture", video(t, v.papers[0].Sealed.Text())))
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	p := &page{T: t, tab: b.Tab(t, 4*time.Minute)}
	p.wide(390)
	p.do(chromedp.Navigate(s.URL + "/fr/#code=" + v.code(t)))
	p.until("the code of the address is there", `document.querySelector("#code").value.length === 32 && !location.hash`)
	p.check("enrol")
	p.do(chromedp.Focus("#code"), chromedp.KeyEvent("\r"))
	p.until("the device is of its station", `document.querySelector("#name").textContent === "École" && !document.querySelector("#blocked").hidden`)

	typed := func(i int) {
		p.do(chromedp.SetValue("#text", v.papers[i].Sealed.Text()), chromedp.Focus("#text"), chromedp.KeyEvent("\r"))
	}
	answered := func(colour, words string) {
		t.Helper()
		p.until(words, fmt.Sprintf(`document.querySelector("#answer").classList.contains(%q) && document.querySelector("#answer-text").textContent.includes(%q)`, colour, words))
	}
	typed(1)
	answered("danger", "Le compte des cartes n’est pas juste")
	p.do(chromedp.SetValue("#count-number", "14"), chromedp.Focus("#count-number"), chromedp.KeyEvent("\r"))
	p.until("the box agrees", `document.querySelector("#blocked").hidden && document.querySelector("#counted").textContent === "14"`)

	p.press("#camera")
	answered("good", "Remettez-la à l’électeur")
	p.check("camera")
	p.press("#camera")
	typed(1)
	p.until("two cards are handed out", `document.querySelector("#n-activated").textContent === "2"`)

	typed(1)
	p.until("the device asks", `document.querySelector("#doubt").open`)
	p.check("doubt")
	p.press("#doubt-same")
	typed(1)
	p.until("the device asks again", `document.querySelector("#doubt").open`)
	p.press("#doubt-new")
	answered("warning", "elle vient d’être annulée")

	cut.Store(true)
	typed(2)
	answered("wait", "pile d’attente")
	p.until("one waits", `document.querySelector("#n-waiting").textContent === "1"`)
	typed(2)
	answered("wait", "pile d’attente")
	cut.Store(false)
	answered("good", "peuvent être remises")
	p.until("none waits", `document.querySelector("#n-waiting").textContent === "0" && document.querySelector("#n-activated").textContent === "3"`)
	typed(2)
	p.until("the device knows the card", `document.querySelector("#doubt").open`)
	p.press("#doubt-same")
	p.press("#proxy")
	p.until("a proxy is counted", `document.querySelector("#n-proxies").textContent === "1"`)
	typed(3)
	typed(4) // before the first is answered
	p.until("both are handed out", `document.querySelector("#n-activated").textContent === "5"`)
	if _, err := chromedp.Run(p.tab, chromedp.Evaluate[bool](`(() => {
		globalThis.opens = IDBFactory.prototype.open;
		IDBFactory.prototype.open = () => { throw new DOMException("the disk is full", "QuotaExceededError"); };
		return document.querySelector("#answer").classList.contains("good");
	})()`)); err != nil {
		t.Fatal(err)
	}
	typed(5) // the device refuses to keep it, and the answer of the card before goes
	answered("danger", "L’appareil n’a pas pu noter cette carte")
	p.until("there is room again", `(IDBFactory.prototype.open = globalThis.opens)`)
	p.do(chromedp.SetValue("#text", "https://example.fr/"), chromedp.Focus("#text"), chromedp.KeyEvent("\r"))
	answered("danger", "pas une carte")

	p.do(chromedp.Navigate(s.URL + "/en/"))
	p.until("the device is known in the other language", `document.querySelector("#name").textContent === "École" && document.querySelector("#n-activated").textContent === "5"`)
	p.check("english")
	p.wide(320)
	p.check("narrow")
	p.wide(1280)
	p.check("wide")

	count, err := v.store.Counts(t.Context(), 1, "nord-1")
	if want := (register.Count{Activated: 5, Again: 1, Proxies: 1}); err != nil || count != want {
		t.Errorf("%+v, not %+v; %v", count, want, err)
	}
	if _, err := chromedp.Run(p.tab, chromedp.Evaluate[bool](`((async () => {
		const db = await new Promise(r => { const q = indexedDB.open("isoloir-station", 1); q.onsuccess = () => r(q.result); });
		const all = n => new Promise(r => { const q = db.transaction(n).objectStore(n).getAll(); q.onsuccess = () => r(q.result); });
		const [d] = await all("device");
		window.kept = [d.keys.privateKey.extractable, JSON.stringify(await all("known")).includes("ISOLOIR1"), (await all("waiting")).length].join(" ");
	})(), true)`)); err != nil {
		t.Fatal(err)
	}
	p.until("the device keeps a key that is not given away, no card's code, and nothing that waits", `window.kept === "false false 0"`)
}

// A page is a tab and its test.
type page struct {
	*testing.T
	tab context.Context
}

func (p *page) do(actions ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	if err := chromedp.Do(p.tab, actions...); err != nil {
		p.Fatal(err)
	}
}

// press works by the keyboard: a mouse misses what moves while it is aimed at.
func (p *page) press(selector string) {
	p.Helper()
	p.do(chromedp.Focus(selector), chromedp.KeyEvent("\r"))
}

func (p *page) until(what, condition string) {
	p.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if met, err := chromedp.Run(p.tab, chromedp.Evaluate[bool](`Boolean(`+condition+`)`)); err == nil && met {
			return
		}
	}
	now, _ := chromedp.Run(p.tab, chromedp.Evaluate[string](`document.body.innerText`))
	p.Fatalf("never: %s\n%s", what, now)
}

func (p *page) wide(width int64) {
	p.Helper()
	if err := chrome.Size(p.tab, width, 800); err != nil {
		p.Fatal(err)
	}
}

// check has axe look at the page, finds what is wider than the screen, and keeps a picture
// in the directory PICTURES where somebody wants to see it.
func (p *page) check(name string) {
	p.Helper()
	found, err := axe.Check(p.tab)
	if err != nil {
		p.Fatal(err)
	}
	for _, f := range found {
		p.Errorf("%s: %v", name, f)
	}
	if err := chrome.Fits(p.tab); err != nil {
		p.Errorf("%s: %v", name, err)
	}
	if err := chrome.Picture(p.tab, "station-"+name); err != nil {
		p.Error(err)
	}
}
