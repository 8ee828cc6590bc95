package bureau

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"isoloir/keyceremony/device/leak"
	"isoloir/portal/guard"
	"isoloir/portal/passkey"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/trustee/trusteetest"
	"isoloir/web/chrome"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// A seat is a member at his own browser, with a passkey of his device and his medium.
type seat struct {
	*testing.T
	*world
	id  string
	url string
	tab context.Context
}

func (s *seat) do(steps ...chromedp.Action[chromedp.Void]) {
	s.Helper()
	if err := chromedp.Do(s.tab, steps...); err != nil {
		text, _ := chromedp.Run(s.tab, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText.slice(0, 1500)`))
		s.T.Fatalf("%s: %v\n%s", s.id, err, text)
	}
}

// until waits for something of the page, and of the one after it.
func (s *seat) until(condition string) {
	s.Helper()
	var met bool
	var err error
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if met, err = chromedp.Run(s.tab, chromedp.Evaluate[bool](`Boolean(`+condition+`)`)); err == nil && met {
			return
		}
	}
	text, _ := chromedp.Run(s.tab, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText.slice(0, 1500)`))
	s.T.Fatalf("%s waits for %s: %v\n%s", s.id, condition, err, text)
}

// says waits for a text on the page.
func (s *seat) says(text string) {
	s.Helper()
	s.until(`document.querySelector("main").innerText.includes(` + quoted(text) + `)`)
}

func quoted(text string) string { return "`" + text + "`" }

// arrive gives the member a browser with an authenticator, and lets him in by his invitation.
func (s *seat) arrive(code string) {
	s.Helper()
	if _, err := chromedp.Call(s.tab, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		s.T.Fatal(err)
	}
	options := &webauthn.VirtualAuthenticatorOptions{Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true,
		IsUserVerified: true, AutomaticPresenceSimulation: true}
	if _, err := chromedp.Call(s.tab, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: options}); err != nil {
		s.T.Fatal(err)
	}
	s.do(chromedp.Navigate(s.url+"/fr/entrer"), chromedp.SendKeys("#code", code), chromedp.KeyEvent("\r"))
	s.until(`location.pathname === "/fr/"`)
	s.until(`document.querySelector(".me")?.innerText.startsWith(` + quoted(s.label()) + `)`)
}

func (s *seat) label() string {
	m, _ := s.Manifest.Member(s.id)
	return m.Label
}

// press asks for a statement's dialog, where the member opens his medium if it is not open.
func (s *seat) press(kind string) {
	s.Helper()
	s.click(`form[data-kind="` + kind + `"] button:not([data-elsewhere])`)
	s.until(`document.getElementById("sign").open`)
}

// click presses what the page has, or will have when it is brought up to date.
func (s *seat) click(selector string) {
	s.Helper()
	s.until(`document.readyState === "complete" && (b => b && (b.click(), true))(document.querySelector('` + selector + `'))`)
}

// open gives the dialog the medium and its passphrase.
func (s *seat) open(passphrase string) {
	s.Helper()
	s.do(chromedp.SetUploadFiles("#medium", []string{s.medium(s.id)}), chromedp.SendKeys("#passphrase", passphrase))
}

func (s *seat) sign() {
	s.Helper()
	s.do(chromedp.Click("#sign-do"))
	s.until(`!document.getElementById("sign").open`)
}

// TestSitting is a session in six browsers: the members come in by passkeys, the president
// opens it, all say that they are present, an act is proposed, four sign it with their
// media, and it is written to the record (S004-09, S004-10c, S003-31).
func TestSitting(t *testing.T) {
	w := newWorld(t, nil)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	origin := "http://localhost:" + port
	var keys *passkey.Service
	site := w.open(t, func(g *guard.Guard) (Passkeys, error) {
		keys, err = passkey.New(passkey.Config{Store: w.store, Journal: w.office.Journal(), Manifest: w.Manifest, Fingerprint: w.Fingerprint, Origin: origin, Guard: g, Now: w.now})
		return keys, err
	})
	heard := &wire{next: site}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: heard}}
	server.Start()
	defer server.Close()

	seats := map[string]*seat{}
	for _, id := range holders {
		code, err := keys.Invite(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		seats[id] = &seat{t, w, id, origin, shared(t).Tab(t, 2*time.Minute)}
		seats[id].arrive(code)
	}
	president := seats["member-1"]
	president.do(chromedp.Click(`form[data-leave] button`))
	president.until(`location.pathname === "/fr/entrer"`)
	president.do(chromedp.Click(`form[data-ask="` + passkey.RouteLogin + `"] button`))
	president.until(`location.pathname === "/fr/"`)

	president.do(chromedp.Navigate(origin+"/fr/seance"), chromedp.SendKeys("#purpose", "Constitution du bureau"))
	president.press("session-open")
	president.open("another passphrase")
	if err := errors.Join(accessible(president.tab), narrow(president.tab), chrome.Picture(president.tab, "dialog-800")); err != nil {
		t.Errorf("the dialog: %v", err)
	}
	president.do(chromedp.Click("#sign-do"))
	president.until(`document.getElementById("sign-error").innerText.includes("La phrase secrète n’ouvre pas")`)
	president.do(chromedp.SendKeys("#passphrase", string(trusteetest.Passphrase)))
	president.sign()
	president.says("Séance 1 ouverte")
	for _, id := range holders {
		s := seats[id]
		if s != president {
			s.do(chromedp.Navigate(origin + "/fr/seance"))
		}
		s.press("present")
		if s != president {
			s.open(string(trusteetest.Passphrase))
		}
		s.sign()
		s.until(`document.querySelector('form[data-kind="leave"]') !== null`)
	}
	president.do(chromedp.Navigate(origin+"/fr/seance"), chromedp.SetValue("#act", scrutin.ActConstitute), chromedp.Submit("#act"))
	president.says("Voici l’acte tel qu’il serait signé")
	president.press("motion")
	president.open(string(trusteetest.Passphrase))
	president.sign()
	president.until(`location.pathname === "/fr/seance"`)
	for _, id := range []string{"member-1", "member-2", "member-3", "member-4"} {
		s := seats[id]
		s.press("support")
		s.until(`document.getElementById("sign-lines").innerText.includes("Constitution du bureau")`)
		if s == president {
			s.open(string(trusteetest.Passphrase))
		}
		s.sign()
		s.says("Vous avez signé cet acte.")
	}
	last := seats["member-4"]
	last.click(`form[action$="/ecrire"] button`)
	last.says("L’acte est écrit au dossier.")
	if !w.Out.Exists(record.Act(1, scrutin.ActConstitute)) {
		t.Error("the act is not in the record")
	}
	s, err := w.office.State(ctx)
	if err != nil || len(s.Acts()) != 1 || len(s.Acts()[0].Present) != 6 || len(s.Motions[0].For) != 4 {
		t.Errorf("%v, %+v", err, s.Acts())
	}
	heard.secrets(t, w)
}

// A wire keeps all that browsers send.
type wire struct {
	next http.Handler
	mu   sync.Mutex
	sent bytes.Buffer
}

func (h *wire) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	h.mu.Lock()
	fmt.Fprintf(&h.sent, "%s %s\n%v\n", r.Method, r.URL, r.Header)
	h.sent.Write(body)
	h.mu.Unlock()
	h.next.ServeHTTP(w, r)
}

// secrets wants nothing of a medium in what reached the service, in any form; what was to
// reach it is found by the same search (S003-25b, S004-18a).
func (h *wire) secrets(t *testing.T, w *world) {
	t.Helper()
	sent := leak.Secret{Name: "the purpose of the session", Bytes: []byte("Constitution du bureau")}
	all := []leak.Secret{sent}
	for _, id := range holders {
		kept, err := leak.Read(w.medium(id), string(trusteetest.Passphrase))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, kept.Secrets()...)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	seen := false
	for _, f := range leak.New(all...).Bytes("what browsers sent", h.sent.Bytes()) {
		if seen = seen || f.Secret == sent.Name; f.Secret != sent.Name {
			t.Errorf("a secret left a browser: %v", f)
		}
	}
	if !seen {
		t.Error("the search does not find what was sent")
	}
}
