package townhall

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"isoloir/portal/axe"
	"isoloir/scrutin"
	"isoloir/space"
	"isoloir/space/spacetest"
	"isoloir/web/chrome"
)

// A desk is somebody of the town hall before a browser, whose keyboard is all that he uses.
type desk struct {
	*world
	tab context.Context
	url string
}

// sit opens the pages of a space in a browser with an authenticator.
func (w *world) sit() *desk {
	w.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	d := &desk{w, chrome.Start(w.TB).Tab(w.TB, 4*time.Minute), "http://localhost:" + port}
	w.open(w.Space, d.url)
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: w.handler}}
	server.Start()
	w.Cleanup(server.Close)
	if _, err := chromedp.Call(d.tab, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		w.Fatal(err)
	}
	options := &webauthn.VirtualAuthenticatorOptions{Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true,
		IsUserVerified: true, AutomaticPresenceSimulation: true}
	if _, err := chromedp.Call(d.tab, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: options}); err != nil {
		w.Fatal(err)
	}
	return d
}

func (d *desk) do(actions ...chromedp.Action[chromedp.Void]) {
	d.Helper()
	if err := chromedp.Do(d.tab, actions...); err != nil {
		d.Fatal(err)
	}
}

// until waits for a state of the page.
func (d *desk) until(condition string) {
	d.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		if met, err := chromedp.Run(d.tab, chromedp.Evaluate[bool](`Boolean(`+condition+`)`)); err == nil && met {
			return
		}
	}
	now, _ := chromedp.Run(d.tab, chromedp.Evaluate[string](`location.pathname + "\n" + document.body.innerText`))
	d.Fatalf("never %s:\n%s", condition, now)
}

// arrived waits for a page whose address ends so.
func (d *desk) arrived(path string) {
	d.Helper()
	d.until(fmt.Sprintf(`document.readyState === "complete" && location.pathname.endsWith(%q)`, path))
}

// press is the return key, or the space bar, on what has the focus.
func (d *desk) press(at, key string) {
	d.Helper()
	d.do(chromedp.Focus(at), chromedp.KeyEvent(key))
}

func (d *desk) write(field, text string) {
	d.Helper()
	d.do(chromedp.Focus(field), chromedp.SendKeys(field, text))
}

// look tries a page with axe on a small phone, in both languages, has it fit three widths, and keeps
// pictures of it where somebody wants to see them.
func (d *desk) look(name string) {
	d.Helper()
	here, err := chromedp.Run(d.tab, chromedp.Evaluate[string](`location.pathname + location.search`))
	if err != nil {
		d.Fatal(err)
	}
	for _, at := range []struct {
		language string
		width    int64
	}{{"en", 320}, {"fr", 390}, {"fr", 1280}} {
		d.do(chromedp.Navigate(d.url + language.ReplaceAllString(here, "/"+at.language+"/")))
		if err := errors.Join(chrome.Size(d.tab, at.width, 900), chrome.Fits(d.tab), chrome.Picture(d.tab, fmt.Sprintf("%s-%s-%d", name, at.language, at.width))); err != nil {
			d.Errorf("%s at %d: %v", name, at.width, err)
		}
		if at.width == 390 {
			continue
		}
		found, err := axe.Check(d.tab)
		if err != nil {
			d.Fatal(err)
		}
		for _, v := range found {
			d.Errorf("%s at %d: %s", name, at.width, v)
		}
	}
}

var language = regexp.MustCompile(`/(fr|en)/`)

// TestTownHall takes a consultation from the invitation to its publication, by the keyboard alone: it is refused
// until the standing bureau has its key.
func TestTownHall(t *testing.T) {
	w := &world{World: spacetest.New(t, scrutin.Real, scrutin.Real)}
	d := w.sit()
	publisher := w.Person("Nadia Bensaïd", space.Publisher, "")
	code, err := w.hall.Invite(t.Context(), publisher.ID)
	if err != nil {
		t.Fatal(err)
	}
	d.do(chromedp.Navigate(d.url + "/ville/fr/entrer"))
	d.look("enter")
	d.write("#code", code)
	d.do(chromedp.KeyEvent("\r"))
	d.arrived("/ville/fr/")
	d.press("#begin", "\r")
	d.arrived("texte")
	d.press("#texte button", "\r") // nothing typed yet
	d.until(`document.querySelector("#title-error")`)
	d.look("text")
	d.write("#title", "La place du marché")
	d.write("#context", "La place peut être rendue aux piétons.")
	d.press("#texte button", "\r")
	d.arrived("questions/1")
	d.write("#title", "Faut-il fermer la place du marché aux voitures ?")
	d.look("question")
	d.write("#title", "Faut-il fermer la place du marché aux voitures ?")
	d.press("#question button", "\r")
	d.arrived("documents")
	d.look("documents")
	d.press(`.actions a.button:not(.quiet)`, "\r")
	d.arrived("territoire")
	d.look("territory")
	d.press("#territory-hameaux", " ")
	d.press("#territoire button", "\r")
	d.arrived("dates")
	d.do(chromedp.SetValue("#opens-day", "2032-05-21"), chromedp.SetValue("#opens-hour", "10:00"), chromedp.SetValue("#closes-day", "2032-05-20"), chromedp.SetValue("#closes-hour", "18:00"))
	d.press("#dates button", "\r")
	d.until(`document.querySelector("#closes-error")`)
	d.look("dates")
	d.do(chromedp.SetValue("#closes-day", "2032-05-26"))
	d.press("#dates button", "\r")
	d.arrived("regles")
	d.press("#deciders-both", " ")
	d.press("#rule-absolute-majority", " ")
	d.look("rules")
	d.press("#deciders-both", " ")
	d.press("#rule-absolute-majority", " ")
	d.press("#regles button", "\r")
	d.until(`document.querySelector("#problems")?.innerText.includes("cérémonie")`)
	d.until(`!document.querySelector("#publish")`)
	d.look("refused")
	id, err := chromedp.Run(d.tab, chromedp.Evaluate[string](`location.pathname.split("/").pop()`))
	if err != nil {
		t.Fatal(err)
	}
	w.Act(scrutin.ActConstitute, scrutin.ActBody{Adopts: w.Constitutes()})
	w.Commit(2)
	d.do(chromedp.Navigate(d.url + "/ville/fr/bureau"))
	d.until(`document.querySelector(".path .possible")?.innerText.includes("Hélène Le Goff")`)
	d.look("bureau")
	w.Ceremony()
	w.List(id, "nord", "sud")
	d.do(chromedp.Navigate(d.url + "/ville/fr/bureau"))
	d.until(`document.querySelector("#bureau-state.good")`)
	d.do(chromedp.Navigate(d.url + "/ville/fr/consultations/" + id + "/apercu"))
	d.until(`document.querySelector("#preview h1")?.innerText === "La place du marché"`)
	d.look("preview")
	d.do(chromedp.Navigate(d.url + "/ville/fr/consultations/" + id))
	d.until(`document.querySelector("#publish")`)
	d.look("ready")
	d.press("#publish", "\r")
	d.until(`document.querySelector("#state.published")`)
	d.look("published")
	if !w.sealed(id) {
		t.Error("the page says that it is published, and no record begins")
	}
	d.do(chromedp.Navigate(d.url + "/ville/fr/personnes"))
	d.write("#label", "Marie Tran")
	d.do(chromedp.SetValue("#role", space.Member), chromedp.SetValue("#constituency", "nord"))
	d.press("#invite button", "\r")
	d.until(`/^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/.test(document.querySelector("#code")?.innerText)`)
	d.look("people")
	d.do(chromedp.Navigate(d.url + "/ville/fr/consultations/" + id + "/votes"))
	d.look("votes")
	d.do(chromedp.Navigate(d.url + "/ville/fr/"))
	d.look("list")
	for _, err := range w.failed {
		t.Error(err)
	}
	w.member(d, id)
}

// member has the member say his position, and look at his page.
func (w *world) member(d *desk, id string) {
	w.Helper()
	people, err := w.Space.Store.People(w.Context(), "ville")
	if err != nil {
		w.Fatal(err)
	}
	d.press(`form[action$="/sortir"] button`, "\r")
	d.arrived("entrer")
	for _, p := range people {
		if p.Role != space.Member {
			continue
		}
		code, err := w.hall.Invite(w.Context(), p.ID)
		if err != nil {
			w.Fatal(err)
		}
		d.write("#code", code)
		d.do(chromedp.KeyEvent("\r"))
		d.arrived("/ville/fr/")
		d.press(`.cards h2 a`, "\r")
		d.until(`document.querySelector("#position-1")`)
		d.press("#position-1-pour", " ")
		d.write("#reasons-1", "Pour les piétons.")
		d.press("#position-1 button", "\r")
		d.until(`document.querySelector("details")`)
		d.press("#side-for", " ")
		d.write("#argument-title", "Plus sûr")
		d.write("#argument-text", "Les enfants y jouent.")
		d.press("#argue button", "\r")
		d.until(`[...document.querySelectorAll(".motion h3")].some((h) => h.innerText === "Plus sûr")`)
		d.look("member")
	}
}
