package demonstration

import (
	"bytes"
	"encoding/hex"
	"isoloir/observe"
	"net/http"
	"strings"
	"testing"

	"isoloir/custody"
	"isoloir/custody/agefile"
	"isoloir/server"
)

// ask sends a request and returns the status.
func ask(t *testing.T, method, address string, header map[string]string, body string) int {
	t.Helper()
	q, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		q.Header.Set(k, v)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := client.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	a.Body.Close()
	return a.StatusCode
}

// Who may ask what, on one demonstration that is served.
func TestAccess(t *testing.T) {
	w := serve(t, copied(t))
	t.Run("links", func(t *testing.T) { linksAsked(t, w) })
	t.Run("origins", func(t *testing.T) { originsAsked(t, w) })
	t.Run("page", func(t *testing.T) { pageAsked(t, w) })
}

// linksAsked: each link opens to the secret that both ends share, and to no other, none, or one in another form; and never to a page.
func linksAsked(t *testing.T, w *world) {
	c := w.Config
	for _, link := range []struct{ name, origin, secret, other string }{
		{"fate", c.Origins.Urn, c.Roll.Links.Fate, c.Roll.Links.NotifyA},
		{"deposit", c.Origins.Roll, c.IssuerA.Links.Deposit, c.IssuerA.Links.Notify},
		{"deposit", c.Origins.Roll, c.IssuerB.Links.Deposit, c.Roll.Challenges},
		{"notify", c.Origins.IssuerA, c.Roll.Links.NotifyA, c.Roll.Links.NotifyB},
		{"notify", c.Origins.IssuerB, c.Roll.Links.NotifyB, c.Roll.Links.NotifyA},
	} {
		bearer := func(path string) string {
			secret, err := custody.Bearer(t.Context(), new(agefile.Keeper), path)
			if err != nil {
				t.Fatal(err)
			}
			return "Bearer " + hex.EncodeToString(secret[:])
		}
		right := bearer(link.secret)
		at := link.origin + "/link/v1/" + link.name
		header := func(authorization string) map[string]string {
			h := map[string]string{"Content-Type": "application/octet-stream"}
			if authorization != "" {
				h["Authorization"] = authorization
			}
			return h
		}
		if got := ask(t, "POST", at, header(right), "x"); got != http.StatusOK {
			t.Errorf("%s: the right secret: %d", at, got)
		}
		for what, wrong := range map[string]string{"none": "", "another link's": bearer(link.other), "in capitals": strings.ToUpper(right),
			"cut": right[:len(right)-1], "basic": "Basic " + right[7:], "longer": right + "00"} {
			if got := ask(t, "POST", at, header(wrong), "x"); got < 400 || got == http.StatusNotFound {
				t.Errorf("%s: secret %s: %d", at, what, got)
			}
		}
		page := header(right)
		page["Origin"], page["Sec-Fetch-Site"] = c.Origins.Portal, "cross-site"
		if got := ask(t, "POST", at, page, "x"); got < 400 {
			t.Errorf("%s: from a page: %d", at, got)
		}
		if got := ask(t, "GET", at, header(right), ""); got != http.StatusMethodNotAllowed && got != http.StatusForbidden {
			t.Errorf("%s: GET: %d", at, got)
		}
	}
}

// originsAsked: each origin answers its own paths, and nobody else's.
func originsAsked(t *testing.T, w *world) {
	o := w.Config.Origins
	type request struct{ method, path string }
	owned := map[string][]request{
		o.Portal:  {{"GET", "/fr/"}, {"GET", "/status"}, {"GET", "/record/manifest.json"}, {"GET", "/client/SHA256SUMS"}, {"GET", "/demo/fr"}, {"GET", "/fr/urne/centre/voter"}},
		o.Roll:    {{"POST", "/v1/hello"}, {"POST", "/v1/login"}, {"POST", "/v1/reserve"}, {"POST", "/v1/mark"}, {"POST", "/link/v1/deposit"}},
		o.Urn:     {{"POST", "/v1/append"}, {"POST", "/v1/account"}, {"POST", "/v1/receipt"}, {"GET", "/v1/centre/checkpoint"}, {"GET", "/v1/centre/list"}, {"POST", "/link/v1/fate"}},
		o.IssuerA: {{"POST", "/v1/renew"}, {"POST", "/v1/receipt-mail"}, {"POST", "/link/v1/notify"}},
		o.IssuerB: {{"POST", "/v1/renew"}, {"POST", "/v1/receipt-mail"}, {"POST", "/link/v1/notify"}},
	}
	// Issuers show a renewal form of their own kind each; what one has the other has too.
	alike := map[string]string{o.IssuerA: o.IssuerB, o.IssuerB: o.IssuerA}
	for owner, requests := range owned {
		for _, q := range requests {
			header := map[string]string{"Content-Type": "application/octet-stream", "Origin": o.Portal}
			if q.method == "GET" {
				header = nil
			}
			for origin := range owned {
				got := ask(t, q.method, origin+q.path, header, "x")
				mine := origin == owner || alike[origin] == owner
				if mine && (got == http.StatusNotFound || got == http.StatusMethodNotAllowed) || !mine && got < 400 {
					t.Errorf("%s %s: %d", q.method, origin+q.path, got)
				}
			}
		}
	}
}

// What a process does not serve yet, or no more, answers 503.
func TestStarting(t *testing.T) {
	d, err := Open(copied(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	h := server.NewHouse(d.Config, server.Names, d.Clock.Now, observe.Silent())
	if err := h.Listen(); err != nil {
		t.Fatal(err)
	}
	defer h.Shut()
	for _, origin := range []string{d.Config.Origins.Portal, d.Config.Origins.Roll, d.Config.Origins.Urn} {
		if got := ask(t, "GET", origin+"/fr/", nil, ""); got != http.StatusServiceUnavailable {
			t.Errorf("%s: %d", origin, got)
		}
	}
}

// pageAsked: the page of the demonstration takes no form from elsewhere, and shows each elector his messages alone.
func pageAsked(t *testing.T, w *world) {
	at := w.Config.Origins.Portal + "/demo/fr"
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
	if got := ask(t, "POST", at+"/fin", form, ""); got < 400 {
		t.Errorf("a form from elsewhere: %d", got)
	}
	for path, want := range map[string]int{"/demo": 307, "/demo/": 303, "/demo/de": 404, "/demo/fr/M99999": 404, "/demo/en": 200, "/demo/fr/fin": 404} {
		if got := ask(t, "GET", w.Config.Origins.Portal+path, nil, ""); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	a, err := http.Get(at + "/" + w.People[0].Reference)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	var page bytes.Buffer
	page.ReadFrom(a.Body)
	if !strings.Contains(page.String(), w.People[0].Email) || strings.Contains(page.String(), w.People[1].Email) {
		t.Error("the page of an elector is not his")
	}
	if strings.Count(page.String(), "<article>") != 4 { // information and code, from each issuer
		t.Errorf("%d messages", strings.Count(page.String(), "<article>"))
	}
	if csp := a.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("Content-Security-Policy: %q", csp)
	}
}
