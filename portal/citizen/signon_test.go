package citizen_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"isoloir/portal/citizen"
	"isoloir/portal/signon"
	"isoloir/sso"
)

// A forum is a civic site that relies on a town's accounts, as sites are written: by a
// library for the purpose, with state and nonce in a cookie.
type forum struct {
	*testing.T
	id, secret string
	issuer     string
	server     *httptest.Server
	came       []map[string]any // the claims of each who came in
	refused    []string         // the errors that it was told
}

// newForum opens a site, which the town allows.
func newForum(t *testing.T, book *sso.Book, id, name string) *forum {
	t.Helper()
	f := &forum{T: t, id: id}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", f.enter)
	mux.HandleFunc("GET /back", f.back)
	f.server = httptest.NewServer(mux)
	t.Cleanup(f.server.Close)
	err := book.Ask(sso.Site{ID: id, Name: name, Redirects: []string{f.server.URL + "/back"}, Territory: []sso.Territory{{Name: "Le nord", Constituencies: []string{"nord"}}}})
	if err == nil {
		err = book.Allow(id, "Mme Durand", func(secret string) error { f.secret = secret; return nil })
	}
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *forum) config(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	p, err := oidc.NewProvider(ctx, f.issuer)
	if err != nil {
		return nil, nil, err
	}
	return p, &oauth2.Config{ClientID: f.id, ClientSecret: f.secret, Endpoint: p.Endpoint(), RedirectURL: f.server.URL + "/back", Scopes: []string{oidc.ScopeOpenID, "territory"}}, nil
}

// enter sends the browser to the town.
func (f *forum) enter(w http.ResponseWriter, r *http.Request) {
	_, c, err := f.config(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	verifier, state := oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	http.SetCookie(w, &http.Cookie{Name: "login", Value: state + "." + verifier, HttpOnly: true, Path: "/"})
	http.Redirect(w, r, c.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier), oidc.Nonce(state)), http.StatusSeeOther)
}

// back takes in who comes back, and says as whom.
func (f *forum) back(w http.ResponseWriter, r *http.Request) {
	cookie, err := r.Cookie("login")
	state, verifier := "", ""
	if err == nil {
		state, verifier, _ = strings.Cut(cookie.Value, ".")
	}
	if q := r.URL.Query(); err != nil || q.Get("state") != state {
		http.Error(w, "another one's login", http.StatusForbidden)
		return
	} else if q.Has("error") {
		f.refused = append(f.refused, q.Get("error"))
		fmt.Fprintf(w, "<!doctype html><title>forum</title><p id=come>refused: %s", q.Get("error"))
		return
	}
	claims := map[string]any{}
	p, c, err := f.config(r.Context())
	if err == nil {
		var token *oauth2.Token
		if token, err = c.Exchange(r.Context(), r.URL.Query().Get("code"), oauth2.VerifierOption(verifier)); err == nil {
			raw, _ := token.Extra("id_token").(string)
			var id *oidc.IDToken
			if id, err = p.Verifier(&oidc.Config{ClientID: f.id}).Verify(r.Context(), raw); err == nil {
				err = id.Claims(&claims)
			}
			if err == nil && id.Nonce != state {
				err = errors.New("another nonce")
			}
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	f.came = append(f.came, claims)
	fmt.Fprintf(w, "<!doctype html><title>forum</title><p id=come>%s", claims["sub"])
}

// TestSites: a citizen comes to two civic sites with his account, by keyboard alone: what
// each is told, that each knows him again and neither can match the other's, and what
// happens to who refuses, is suspended, or waits too long.
func TestSites(t *testing.T) {
	v := newTown(t)
	dir := t.TempDir()
	book := sso.OpenBook(dir, v.Register)
	one, two := newForum(t, book, "forum", "Le forum de la ville"), newForum(t, book, "budget", "Le budget participatif")
	p := v.visit(t)
	one.issuer, two.issuer = p.url, p.url
	if _, err := sso.Rotate(dir, sso.ES256); err != nil {
		t.Fatal(err)
	}
	keys, err := sso.OpenKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now
	if v.config.SignOn, err = signon.New(signon.Config{Origin: p.url, Register: v.Register, Rho: v.Rho, Book: book, Keys: keys, Accounts: v.access, Now: func() time.Time { return now() }}); err != nil {
		t.Fatal(err)
	}
	if v.handler, err = citizen.New(v.config); err != nil {
		t.Fatal(err)
	}
	card := v.papers[0]
	ready := func(site *forum) {
		p.do(chromedp.Navigate(site.server.URL))
		p.until("the town's page", `document.querySelector("#account-page")?.hidden === false`)
	}
	open := func() {
		p.fill("#number", card.Number.String())
		p.fill("#passphrase", "cheval exact pile agrafe")
		p.press("#passphrase", "\r")
	}
	come := func(site *forum) string {
		ready(site)
		open()
		p.section("consent")
		p.press("#agree", "\r")
		p.until("back on the site", `document.querySelector("#come")`)
		return p.text("#come")
	}

	p.do(chromedp.Navigate(p.url + "/fr/compte"))
	p.until("the account's page", `document.querySelector("#account-page")?.hidden === false`)
	p.press("#to-first", "\r")
	p.section("first")
	p.fill("#first-number", card.Number.String())
	p.fill("#first-scratch", string(card.Scratch.Characters()))
	p.fill("#first-passphrase", "cheval exact pile agrafe")
	p.press("#first-scratch", "\r")
	p.section("account")

	ready(one)
	p.look("signon")
	if said := p.text("main"); !strings.Contains(said, "Le forum de la ville") || !strings.Contains(said, strings.TrimPrefix(one.server.URL, "http://")) || !strings.Contains(said, "at least 10 accounts") {
		t.Errorf("who asks, and for what: %s", said)
	}
	p.press(`a[hreflang="fr"]`, "\r")
	p.until("in French", `document.documentElement.lang === "fr" && document.querySelector("#account-page")?.hidden === false`)
	open()
	p.section("consent")
	p.look("signon-consent")
	p.press("#agree", "\r")
	p.until("back on the site", `document.querySelector("#come")`)
	first := p.text("#come")
	if again := come(one); again != first || len(first) != 43 {
		t.Errorf("the site knows him as %q, and then as %q", first, again)
	}
	if elsewhere := come(two); elsewhere == first || len(elsewhere) != 43 {
		t.Errorf("another site knows him as %q", elsewhere)
	}
	if c := one.came[0]; c["elector"] != true || c["territory"] != nil {
		t.Errorf("with fewer accounts than ten in use there, a site is told %v", c)
	}

	ready(two)
	p.press(`a[rel="nofollow"]`, "\r")
	p.until("refused", `document.querySelector("#come")?.textContent.includes("access_denied")`)

	ready(two)
	open()
	p.section("consent")
	now = func() time.Time { return time.Now().Add(time.Hour) }
	p.press("#agree", "\r")
	p.said("This request has waited too long")
	p.look("signon-over")
	now = time.Now
	p.do(chromedp.Navigate(p.url + "/fr/connexion"))
	p.until("no login", `document.querySelector("h1").textContent.includes("Aucune connexion")`)
	p.look("signon-none")

	p.do(chromedp.Navigate(p.url + "/fr/compte"))
	p.until("the account's page", `document.querySelector("#account-page")?.hidden === false`)
	open()
	p.section("account")
	p.press("#suspend", "\r")
	p.said("suspendu")
	ready(one)
	open()
	p.said("This account is suspended")
	if len(one.came) != 2 || len(two.came) != 1 || len(two.refused) != 1 || len(v.failed) != 0 {
		t.Errorf("%d and %d came, %d refused, %q", len(one.came), len(two.came), len(two.refused), v.failed)
	}
}
