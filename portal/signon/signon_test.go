package signon

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/register"
	"isoloir/register/access"
	"isoloir/scrutin"
	"isoloir/sso"
)

// A site lets somebody in, as its library does it, and learns what was allowed and nothing else.
func TestLogin(t *testing.T) {
	c := newCity(t)
	north, x := c.person("nord")
	south, z := c.person("sud")
	for _, p := range []struct {
		name, site, territory string
		session               access.Secret
		x                     group.Scalar
	}{
		{"allowed", "forum", "nord", north, x},
		{"too few there", "forum", "", south, z},
		{"a site that learns no territory", "budget", "", north, x},
	} {
		t.Run(p.name, func(t *testing.T) {
			c.T = t
			v, to, status, said := c.visit(p.site)
			if to == nil || to.Path != LoginPath {
				t.Fatalf("%v %d %s", to, status, said)
			}
			asked, found := c.Visit(to.Query().Get(Asked))
			if !found || asked.Site.ID != p.site || asked.Territory != (p.site == "forum") {
				t.Errorf("%+v", asked)
			}
			id, info, token := c.told(v, c.come(v, p.session, p.x))
			allowed := []string{"aud", "auth_time", "azp", "client_id", "elector", "exp", "iat", "iss", "nonce", "sub", "at_hash", "c_hash", "territory", "jti", "amr"}
			for _, claims := range []map[string]any{id, info} {
				if claims["sub"] != sso.Subject(sso.Element(rho, p.site, p.x)) || claims["elector"] != true {
					t.Errorf("%v", claims)
				}
				if got, _ := claims["territory"].(string); got != p.territory {
					t.Errorf("territory %q, not %q", got, p.territory)
				}
				for name := range claims {
					if !slices.Contains(allowed, name) {
						t.Errorf("a site learns %s: %v", name, claims[name])
					}
				}
			}
			if token.RefreshToken != "" || time.Until(token.Expiry) > tokenLife {
				t.Errorf("%+v", token)
			}
		})
	}
	if len(c.storage.requests) != 0 || len(c.storage.codes) != 0 {
		t.Error("a login that is over is kept")
	}
}

// What a site may not, and what a device may not.
func TestRefused(t *testing.T) {
	c := newCity(t)
	c.site("ended")
	if err := errors.Join(c.End("ended", "M. Petit", "des publicités"), c.Ask(sso.Site{ID: "asked", Name: "Un autre", Redirects: []string{back}})); err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]struct {
		site   string
		change []oauth2.AuthCodeOption
		error  string // told to the site; empty: nobody is sent anywhere
	}{
		"unknown":         {"nobody", nil, ""},
		"not allowed yet": {"asked", nil, ""},
		"ended":           {"ended", nil, ""},
		"another address": {"forum", []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("redirect_uri", back+"/more")}, ""},
		"no PKCE":         {"forum", []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("code_challenge", ""), oauth2.SetAuthURLParam("code_challenge_method", "")}, "invalid_request"},
		"plain PKCE":      {"forum", []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("code_challenge_method", "plain")}, "invalid_request"},
		"implicit":        {"forum", []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("response_type", "id_token")}, "unauthorized_client"},
		"without a page":  {"forum", []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("prompt", "none")}, "login_required"},
		"without openid":  {"forum", []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("scope", "territory")}, "invalid_scope"},
		"by a fragment":   {"forum", []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("response_mode", "fragment")}, "invalid_request"},
		"an object":       {"forum", []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("request", "e30.e30.")}, "request_not_supported"},
	} {
		_, to, status, said := c.visit(p.site, p.change...)
		switch {
		case p.error == "" && (to != nil || status != http.StatusBadRequest):
			t.Errorf("%s: %v %d %s", name, to, status, said)
		case p.error != "" && (to == nil || !strings.HasPrefix(to.String(), back) || to.Query().Get("error") != p.error && !strings.Contains(to.Fragment, "error="+p.error)):
			t.Errorf("%s: %v %d %s", name, to, status, said)
		}
	}

	session, x := c.person("nord")
	gone, y := c.person("nord")
	a := c.people[gone]
	a.State = register.Suspended
	c.people[gone] = a
	v, _, _, _ := c.visit("forum")
	other, _, _, _ := c.visit("budget")
	good := message(t, "forum", session, x, v.id)
	for name, p := range map[string]struct {
		message []byte
		want    error
	}{
		"another session":          {message(t, "forum", access.Secret{1}, x, v.id), access.ErrSession},
		"a suspended account":      {message(t, "forum", gone, y, v.id), access.ErrInvalid},
		"another's element":        {message(t, "forum", session, y, v.id), access.ErrLogin},
		"the element of elsewhere": {message(t, "budget", session, x, v.id), access.ErrLogin},
		"a proof for elsewhere":    {slices.Concat(good[:32], other.id[:], good[48:]), access.ErrLogin},
		"no login":                 {slices.Concat(good[:32], make([]byte, 16), good[48:]), access.ErrFormat},
		"short":                    {good[1:], access.ErrFormat},
		"the identity":             {slices.Concat(good[:48], make([]byte, 32), good[80:]), access.ErrLogin},
		"no point":                 {slices.Concat(good[:48], slices.Repeat([]byte{255}, 32), good[80:]), access.ErrFormat},
	} {
		answer, err := c.Come(t.Context(), p.message)
		if name == "the identity" && (len(answer) != 1 || answer[0] == 0) {
			t.Errorf("%s: %v %v", name, answer, err)
		} else if name != "the identity" && (err != nil || len(answer) != 1 || answer[0] != access.RefusalNumber(p.want)) {
			t.Errorf("%s: %v %v, want %v", name, answer, err, p.want)
		}
	}
	code := c.come(v, session, x)
	if answer, _ := c.Come(t.Context(), good); answer[0] == 0 {
		t.Error("a login is answered twice")
	}

	exchange := func(v visit, code, verifier string) error {
		_, err := v.config.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
		return err
	}
	elsewhere := v
	elsewhere.config.ClientID, elsewhere.config.ClientSecret = "budget", c.secret["budget"]
	if exchange(elsewhere, code, v.verifier) == nil {
		t.Error("another site exchanges a code")
	}
	again := func() (visit, string) {
		v, _, _, _ := c.visit("forum")
		return v, c.come(v, session, x)
	}
	v, code = again()
	if exchange(v, code, oauth2.GenerateVerifier()) == nil {
		t.Error("a code is exchanged without its verifier")
	}
	v, code = again()
	wrong := v
	wrong.config.ClientSecret = c.secret["budget"]
	if exchange(wrong, code, v.verifier) == nil {
		t.Error("a code is exchanged without the site's secret")
	}
	v, code = again()
	if err := exchange(v, code, v.verifier); err != nil {
		t.Error(err)
	}
	if exchange(v, code, v.verifier) == nil {
		t.Error("a code is exchanged twice")
	}
	v, code = again()
	c.now = c.now.Add(codeLife)
	if exchange(v, code, v.verifier) == nil {
		t.Error("a code outlives its minute")
	}
	v, _, _, _ = c.visit("forum")
	c.now = c.now.Add(requestLife)
	if answer, _ := c.Come(t.Context(), message(t, "forum", session, x, v.id)); answer[0] == 0 {
		t.Error("a login outlives its ten minutes")
	}
	v, _, _, _ = c.visit("forum")
	to, _, _ := get(t, c.server.URL+"/refuse?"+Asked+"="+(&request{id: v.id}).GetID())
	if to == nil || to.Query().Get("error") != "access_denied" || to.Query().Get("state") != "s-1" {
		t.Errorf("who refuses is sent to %v", to)
	}
	if to, _, _ := get(t, c.server.URL+"/oidc/end_session?client_id=forum&post_logout_redirect_uri="+url.QueryEscape("http://127.0.0.1:9/left")); to == nil || to.String() != "http://127.0.0.1:9/left" {
		t.Errorf("who leaves is sent to %v", to)
	}
	if to, _, _ := get(t, c.server.URL+"/oidc/end_session?client_id=forum&post_logout_redirect_uri=https://evil.example/"); to != nil && to.Host == "evil.example" {
		t.Error("whoever leaves is sent anywhere")
	}
}

// Who sends a link to his own login elsewhere to somebody else, who comes in by it, is not led back in his place: the way back is known to the
// browser that came, and good once.
func TestTheWayBackIsOnes(t *testing.T) {
	c := newCity(t)
	session, x := c.person("nord")
	v, _, _, _ := c.visit("forum")
	if to, _, _ := get(t, fmt.Sprintf("%s%s?id=%x&way=", c.server.URL, wayBack, v.id)); to == nil || to.Path != LoginPath {
		t.Errorf("before somebody has come: %v", to)
	}
	answer, err := c.Come(t.Context(), message(t, "forum", session, x, v.id))
	if err != nil || answer[0] != 0 {
		t.Fatal(answer, err)
	}
	own := c.server.URL + string(answer[1:])
	for _, other := range []string{fmt.Sprintf("%s%s?id=%x", c.server.URL, wayBack, v.id), fmt.Sprintf("%s%s?id=%x&way=AAAAAAAAAAAAAAAAAAAAAAAAAA", c.server.URL, wayBack, v.id), own + "A"} {
		if to, _, _ := get(t, other); to == nil || to.Path != LoginPath {
			t.Errorf("%s leads to %v", other, to)
		}
	}
	if to, _, _ := get(t, own); to == nil || to.Query().Get("code") == "" {
		t.Errorf("his own browser: %v", to)
	}
	if to, _, _ := get(t, own); to == nil || to.Path != LoginPath {
		t.Errorf("a second time: %v", to)
	}
}

// Userinfo is told for five minutes, and no more once the site was ended.
func TestToken(t *testing.T) {
	c := newCity(t)
	session, x := c.person("nord")
	v, _, _, _ := c.visit("forum")
	_, _, token := c.told(v, c.come(v, session, x))
	ask := func() int {
		q, _ := http.NewRequest("GET", c.server.URL+"/oidc/userinfo", nil)
		token.SetAuthHeader(q)
		a, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		return a.StatusCode
	}
	if ask() != http.StatusOK {
		t.Error("userinfo refuses a token")
	}
	if err := c.End("forum", "M. Petit", "fermé"); err != nil {
		t.Fatal(err)
	}
	if ask() == http.StatusOK {
		t.Error("a site that was ended learns more")
	}
}

// Two sites that pool what they know, with the register's keys, match nobody; they would where both had one base.
func TestTwoSitesCannotBeMatched(t *testing.T) {
	const people = 50
	var keys, first, second, same []string
	for range people {
		x := group.RandomScalar()
		y := sigma.NewElement(group.MulBase(x))
		keys = append(keys, sso.Subject(y))
		first = append(first, sso.Subject(sso.Element(rho, "forum", x)))
		second = append(second, sso.Subject(sso.Element(rho, "budget", x)))
		same = append(same, sso.Subject(sso.Element(rho, "forum", x)))
	}
	matched := func(a, b []string) (n int) {
		for _, s := range a {
			if slices.Contains(b, s) {
				n++
			}
		}
		return n
	}
	if matched(first, second) != 0 || matched(first, keys) != 0 || matched(second, keys) != 0 {
		t.Error("two sites match their visitors")
	}
	if matched(first, same) != people {
		t.Error("the search finds nothing where there is something to find")
	}
	other := scrutin.DigestOf([]byte("another register"))
	if x := group.RandomScalar(); sso.Subject(sso.Element(other, "forum", x)) == sso.Subject(sso.Element(rho, "forum", x)) {
		t.Error("one subject in two registers")
	}
}

// The discovery document offers what is offered, and its addresses answer.
func TestDiscovery(t *testing.T) {
	c := newCity(t)
	_, status, text := get(t, c.server.URL+"/.well-known/openid-configuration")
	var d map[string]any
	if err := json.Unmarshal([]byte(text), &d); err != nil || status != http.StatusOK {
		t.Fatal(status, err)
	}
	if types, _ := d["subject_types_supported"].([]any); len(types) != 1 || types[0] != "pairwise" {
		t.Error(types)
	}
	keys, _ := d["jwks_uri"].(string)
	_, status, text = get(t, keys)
	var set struct {
		Keys []struct{ D, N, X, Alg string } `json:"keys"`
	}
	if err := json.Unmarshal([]byte(text), &set); err != nil || status != http.StatusOK || len(set.Keys) != 2 {
		t.Fatal(status, text)
	}
	for _, k := range set.Keys {
		if k.D != "" || k.N == "" && k.X == "" {
			t.Error("what is published is no public key")
		}
	}
}

// FuzzCome: whatever a device sends is answered, and lets nobody in who has proved nothing.
func FuzzCome(f *testing.F) {
	f.Add(make([]byte, MessageSize))
	f.Add([]byte{})
	p, err := New(Config{Origin: "http://127.0.0.1:9", Register: &register.Register{Kind: "rehearsal"}, Rho: rho, Keys: []sso.Key{{}}, Accounts: &city{}, Now: time.Now})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		if answer, err := p.Come(t.Context(), message); err != nil || len(answer) != 1 || answer[0] == 0 {
			t.Errorf("%v %v", answer, err)
		}
	})
}
