package signon

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/register"
	"isoloir/register/access"
	"isoloir/scrutin"
	"isoloir/sso"
)

// A city has accounts that are open, and sites.
type city struct {
	*testing.T
	*Provider
	*sso.Book
	server *httptest.Server
	now    time.Time
	people map[access.Secret]access.Account
	used   map[string]int
	secret map[string]string
}

func (c *city) Standing(_ context.Context, session access.Secret) (access.Account, error) {
	a, found := c.people[session]
	switch {
	case !found:
		return a, access.ErrSession
	case a.State != register.Used:
		return a, access.ErrInvalid
	}
	return a, nil
}

func (c *city) Used(_ context.Context, constituencies []string, enough int) (n int, err error) {
	for _, id := range constituencies {
		n += c.used[id]
	}
	return min(n, enough), nil
}

var rho = scrutin.DigestOf([]byte("a register"))

func newCity(t *testing.T) *city {
	t.Helper()
	c := &city{T: t, now: time.Now() /* the clock of the sites' library */, people: map[access.Secret]access.Account{}, used: map[string]int{"nord": 12, "sud": 3}, secret: map[string]string{}}
	r := &register.Register{Kind: "rehearsal", MinimumSize: 10, Constituencies: []register.Place{{ID: "nord"}, {ID: "sud"}}}
	dir := t.TempDir()
	c.Book = sso.OpenBook(dir, r)
	for _, algorithm := range []string{sso.ES256, sso.RS256} {
		if _, err := sso.Rotate(dir, algorithm); err != nil {
			t.Fatal(err)
		}
	}
	keys, err := sso.OpenKeys(dir)
	if err != nil || len(keys) != 2 || keys[0].Algorithm != sso.RS256 {
		t.Fatal(keys, err)
	}
	mux := http.NewServeMux()
	c.server = httptest.NewServer(mux)
	t.Cleanup(c.server.Close)
	c.Provider, err = New(Config{Origin: c.server.URL, Register: r, Rho: rho, Book: c.Book, Keys: keys, Accounts: c, Now: func() time.Time { return c.now }})
	if err != nil {
		t.Fatal(err)
	}
	mux.HandleFunc("/.well-known/openid-configuration", c.Discovery)
	for _, path := range Pages {
		mux.Handle("GET "+path, c.Provider)
	}
	for _, path := range Services {
		mux.Handle("POST "+path, c.Provider)
	}
	mux.HandleFunc("/refuse", func(w http.ResponseWriter, r *http.Request) { c.Refuse(w, r, r.FormValue(Asked)) })
	c.site("forum", sso.Territory{Name: "nord", Constituencies: []string{"nord"}}, sso.Territory{Name: "sud", Constituencies: []string{"sud"}})
	c.site("budget")
	return c
}

const back = "http://127.0.0.1:9/back"

// site is one that was allowed.
func (c *city) site(id string, territory ...sso.Territory) {
	c.Helper()
	err := c.Ask(sso.Site{ID: id, Name: "Un site", Redirects: []string{back}, Logouts: []string{"http://127.0.0.1:9/left"}, Territory: territory})
	if err == nil {
		err = c.Allow(id, "Mme Durand", func(secret string) error { c.secret[id] = secret; return nil })
	}
	if err != nil {
		c.Fatal(err)
	}
}

// person has an account that is open.
func (c *city) person(constituency string) (session access.Secret, x group.Scalar) {
	x = group.RandomScalar()
	b := group.RandomScalar().Bytes()
	session = access.Secret(b)
	c.people[session] = access.Account{Constituency: constituency, State: register.Used, Key: group.MulBase(x).Bytes()}
	return session, x
}

// A visit is what a site knows of one login.
type visit struct {
	config   oauth2.Config
	verifier string
	id       sso.Request
}

var still = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// get asks without following, and is where one is sent to, or the status and what is said.
func get(t *testing.T, address string) (*url.URL, int, string) {
	t.Helper()
	a, err := still.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	body, _ := io.ReadAll(a.Body)
	to, _ := a.Location()
	return to, a.StatusCode, string(body)
}

// visit has a site send a browser to the provider, with changes of what is asked.
func (c *city) visit(site string, change ...oauth2.AuthCodeOption) (v visit, to *url.URL, status int, said string) {
	c.Helper()
	at := c.server.URL + "/oidc/"
	v = visit{verifier: oauth2.GenerateVerifier(), config: oauth2.Config{ClientID: site, ClientSecret: c.secret[site], RedirectURL: back, Scopes: []string{"openid", "territory"},
		Endpoint: oauth2.Endpoint{AuthURL: at + "authorize", TokenURL: at + "token", AuthStyle: oauth2.AuthStyleInHeader}}}
	options := append([]oauth2.AuthCodeOption{oauth2.S256ChallengeOption(v.verifier), oidc.Nonce("n-1")}, change...)
	to, status, said = get(c.T, v.config.AuthCodeURL("s-1", options...))
	if to != nil && to.Path == LoginPath {
		v.id, _ = parseRequest(to.Query().Get(Asked))
	}
	return v, to, status, said
}

// message is what a device sends.
func message(t *testing.T, site string, session access.Secret, x group.Scalar, id sso.Request) []byte {
	t.Helper()
	element := sso.Element(rho, site, x)
	proof, err := sso.Claim(rho, site, sigma.NewElement(group.MulBase(x)), element, id).Prove(x)
	if err != nil {
		t.Fatal(err)
	}
	s, p := element.Bytes(), proof.Bytes()
	return slices.Concat(session[:], id[:], s[:], p[:])
}

// come lets somebody in at a login, and is the code that his browser brings back.
func (c *city) come(v visit, session access.Secret, x group.Scalar) string {
	c.Helper()
	answer, err := c.Come(c.Context(), message(c.T, v.config.ClientID, session, x, v.id))
	if err != nil || answer[0] != 0 {
		c.Fatalf("%v, %v", answer, err)
	}
	to, status, said := get(c.T, c.server.URL+string(answer[1:]))
	if to == nil || to.Query().Get("state") != "s-1" || !strings.HasPrefix(to.String(), back) {
		c.Fatalf("%v %d %s", to, status, said)
	}
	return to.Query().Get("code")
}

// told are the claims of an ID token, verified as a site verifies it, and those of userinfo.
func (c *city) told(v visit, code string) (id, info map[string]any, token *oauth2.Token) {
	c.Helper()
	provider, err := oidc.NewProvider(c.Context(), c.server.URL)
	if err != nil {
		c.Fatal(err)
	}
	if token, err = v.config.Exchange(c.Context(), code, oauth2.VerifierOption(v.verifier)); err != nil {
		c.Fatal(err)
	}
	raw, _ := token.Extra("id_token").(string)
	verified, err := provider.Verifier(&oidc.Config{ClientID: v.config.ClientID}).Verify(c.Context(), raw)
	if err != nil {
		c.Fatal(err)
	}
	if verified.Nonce != "n-1" {
		c.Errorf("nonce %q", verified.Nonce)
	}
	user, err := provider.UserInfo(c.Context(), oauth2.StaticTokenSource(token))
	if err == nil {
		err = errors.Join(verified.Claims(&id), user.Claims(&info))
	}
	if err != nil {
		c.Fatal(err)
	}
	return id, info, token
}
