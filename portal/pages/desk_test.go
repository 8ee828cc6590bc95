package pages_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/portal/pages"
	"isoloir/portal/passphrase"
)

// TestAssistance sends what is well asked, and says what is wrong with the rest
// without losing it.
func TestAssistance(t *testing.T) {
	f := newFake(t)
	v := &visitor{h: f.site()}
	good := url.Values{"subject": {"receipt"}, "text": {"Le code n'est pas trouvé. <b>"}, "reply": {"anne@example.org"}}
	r := v.do("POST", "/en/assistance", good)
	if r.StatusCode != 303 || r.Header.Get("Location") != "/en/assistance?sent" {
		t.Fatal(r.StatusCode, r.Header)
	}
	want := pages.Request{Subject: "receipt", Text: "Le code n'est pas trouvé. <b>", Reply: "anne@example.org", Language: "en"}
	if len(f.sent) != 1 || f.sent[0] != want {
		t.Fatalf("%+v", f.sent)
	}
	for name, change := range map[string][2]string{
		"no subject": {"subject", ""}, "another subject": {"subject", "lottery"}, "no text": {"text", "  "}, "too long": {"text", strings.Repeat("é", 3001)},
		"a code": {"text", "Mon code est K7QF-2MWX-9TRA, aidez-moi"}, "a code without hyphens": {"text", "j'ai K7QF2MWX9TRA"}, "no address": {"reply", "anne"}, "two addresses": {"reply", "a@b.fr, c@d.fr"},
		"a header": {"reply", "a@b.fr\r\nBcc: c@d.fr"}, "a name": {"reply", "Anne <a@b.fr>"}, "not text": {"text", "\xff"},
	} {
		form := url.Values{}
		for k, list := range good {
			form[k] = slices.Clone(list)
		}
		form.Set(change[0], change[1])
		f.now = f.now.Add(time.Hour)
		r := v.do("POST", "/fr/assistance", form)
		page := body(t, r)
		if r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, `role="alert"`) {
			t.Errorf("%s: %d", name, r.StatusCode)
		}
		if change[0] != "reply" && !strings.Contains(page, `value="anne@example.org"`) {
			t.Errorf("%s: what was well typed is lost", name)
		}
	}
	if len(f.sent) != 1 {
		t.Errorf("%d messages are sent", len(f.sent))
	}
	// words of four letters are no code
	good.Set("text", "vous avez bien reçu 2032-05-26, numéro 0612345678")
	if r := v.do("POST", "/fr/assistance", good); r.StatusCode != 303 {
		t.Error(r.StatusCode)
	}
}

// TestForeignForms come from pages of other sites, and reach nothing.
func TestForeignForms(t *testing.T) {
	f := newFake(t)
	v := &visitor{h: f.site()}
	v.do("POST", "/fr/bureau-assistance/entrer", url.Values{"name": {"anne"}, "passphrase": {deskPhrase}})
	for _, path := range []string{"/fr/assistance", "/fr/bureau-assistance/entrer", "/fr/bureau-assistance/renouveler", "/fr/bureau-assistance/sortir"} {
		form := url.Values{"subject": {"vote"}, "text": {"spam"}, "issuer": {"emetteur-sms"}, "address": {"0612345678"}}
		if r := v.do("POST", path, form, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"); r.StatusCode != 403 {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	if len(f.sent)+len(f.renewed) != 0 {
		t.Error(f.sent, f.renewed)
	}
}

// TestPatience lets a network ask the assistance and the desk again and again.
func TestPatience(t *testing.T) {
	f := newFake(t)
	v := &visitor{h: f.site()}
	for path, form := range map[string]url.Values{"/fr/assistance": {"subject": {"vote"}, "text": {"Bonjour"}}, "/fr/bureau-assistance/entrer": {"name": {"anne"}, "passphrase": {"devinette longue"}}} {
		burst := map[string]int{"/fr/assistance": 10, "/fr/bureau-assistance/entrer": 5}[path]
		refused := 0
		for range burst + 2 {
			if r := v.do("POST", path, form); r.StatusCode == http.StatusTooManyRequests {
				refused++
				if r.Header.Get("Retry-After") == "" || !strings.Contains(body(t, r), "Trop de demandes") {
					t.Errorf("%s does not say when to come back", path)
				}
			}
		}
		if refused != 2 {
			t.Errorf("%s: %d wait after %d", path, refused, burst)
		}
	}
	f.now = f.now.Add(time.Hour)
	if r := v.do("POST", "/fr/assistance", url.Values{"subject": {"vote"}, "text": {"Bonjour"}}); r.StatusCode != 303 {
		t.Error("who waited is not heard: ", r.StatusCode)
	}
}

// TestDesk goes through a shift, with a real book of passphrases: enter, renew,
// leave.
func TestDesk(t *testing.T) {
	f := newFake(t)
	line, err := passphrase.Line("anne", deskPhrase)
	if err != nil {
		t.Fatal(err)
	}
	if f.staff, err = passphrase.Parse([]byte(line)); err != nil {
		t.Fatal(err)
	}
	f.enter(pages.Open)
	v := &visitor{h: f.site()}
	const at = "/fr/bureau-assistance"
	enter := url.Values{"name": {"anne"}, "passphrase": {deskPhrase}}
	if r := v.do("POST", at+"/entrer", url.Values{"name": {"bob"}, "passphrase": {deskPhrase}}); r.StatusCode != 422 || len(v.cookies) != 0 {
		t.Error("a stranger enters")
	}
	r := v.do("POST", at+"/entrer", enter)
	if r.StatusCode != 303 || len(r.Cookies()) != 1 {
		t.Fatal(r.StatusCode, r.Cookies())
	}
	c := r.Cookies()[0]
	if c.Name != pages.DeskCookie || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 0 || len(c.Value) < 40 {
		t.Errorf("%+v", c)
	}
	if page := body(t, v.get(at)); !strings.Contains(page, "anne") || !strings.Contains(page, at+"/renouveler") {
		t.Error("the desk is not open")
	}
	for name, form := range map[string]url.Values{
		"no issuer": {"address": {"0612345678"}}, "another issuer": {"issuer": {"x"}, "address": {"0612345678"}}, "an address of the other way": {"issuer": {"emetteur-sms"}, "address": {"a@b.fr"}},
		"a number by e-mail": {"issuer": {"emetteur-courriel"}, "address": {"0612345678"}}, "nothing": {},
	} {
		if r := v.do("POST", at+"/renouveler", form); r.StatusCode != 422 {
			t.Errorf("%s: %d", name, r.StatusCode)
		}
	}
	asks := url.Values{"issuer": {"emetteur-courriel"}, "address": {" a@b.fr "}}
	if r := v.do("POST", at+"/renouveler", asks); r.StatusCode != 303 {
		t.Error(r.StatusCode)
	}
	if !slices.Equal(f.renewed, []string{"0 a@b.fr"}) {
		t.Errorf("%q", f.renewed)
	}
	if page := body(t, v.get(at)); !strings.Contains(page, "La demande est partie") {
		t.Error("what was done is not said")
	}
	if page := body(t, v.get(at)); strings.Contains(page, "La demande est partie") {
		t.Error("what was done is said twice")
	}
	old := slices.Clone(v.cookies)
	v.do("POST", at+"/sortir", url.Values{})
	v.cookies = old
	if page := body(t, v.get(at)); strings.Contains(page, "anne") {
		t.Error("who has left is still in")
	}
	if r := v.do("POST", at+"/renouveler", asks); r.StatusCode != 303 || len(f.renewed) != 1 {
		t.Error("who has left still renews")
	}
	// a session of another's choice is not taken on at the entrance
	fixed := &visitor{h: f.site(), cookies: []*http.Cookie{{Name: pages.DeskCookie, Value: "chosen-by-another"}}}
	if r := fixed.do("POST", at+"/entrer", enter); len(r.Cookies()) != 1 || r.Cookies()[0].Value == "chosen-by-another" {
		t.Error("the session is the one that was chosen")
	}
}

// slow tries passphrases as long as it is let.
type slow struct{ tries, let chan struct{} }

func (s slow) Admits(string, string) bool {
	s.tries <- struct{}{}
	<-s.let
	return false
}

// TestManyAtTheDesk has networks try passphrases all at once: some wait for their turn,
// the others are told to come back, and keep nothing busy.
func TestManyAtTheDesk(t *testing.T) {
	f := newFake(t)
	s := slow{make(chan struct{}, 100), make(chan struct{})}
	f.staff = s
	h := f.site()
	status := make(chan int)
	for i := range 40 {
		go func() {
			r := httptest.NewRequest("POST", "/fr/bureau-assistance/entrer", strings.NewReader("name=anne&passphrase=x"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.RemoteAddr = fmt.Sprintf("10.0.%d.1:5", i)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			status <- w.Code
		}()
	}
	got := map[int]int{}
	for range 40 - 16 {
		got[<-status]++
	}
	close(s.let)
	for range 16 {
		got[<-status]++
	}
	if got[http.StatusServiceUnavailable] != 24 || got[http.StatusUnprocessableEntity] != 16 || len(s.tries) != 16 {
		t.Errorf("%v, %d tries", got, len(s.tries))
	}
}
