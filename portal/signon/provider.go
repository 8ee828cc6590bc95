package signon

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
	"golang.org/x/text/language"

	"isoloir/crypto/sigma"
	"isoloir/register"
	"isoloir/register/access"
	"isoloir/scrutin"
	"isoloir/sso"
)

// A Config is what a provider is made from.
type Config struct {
	Origin   string // of the accounts' pages, https://HOST[:PORT]: the issuer
	Register *register.Register
	Rho      scrutin.Digest
	Book     *sso.Book
	Keys     []sso.Key // of which the first signs
	Accounts Accounts
	Now      func() time.Time
	// Failed is told of faults of what the provider keeps, of which a site learns nothing; nil to drop them.
	Failed func(what string, err error)
}

// A Provider answers sites, and the devices of those who come to them.
type Provider struct {
	storage *storage
	op      *op.Provider
	origin  string
}

// LoginPath is the address of the page on which one logs in, behind its language; Asked names the login in its query.
const (
	LoginPath = "/connexion"
	Asked     = "demande"
)

// New makes a provider.
func New(c Config) (*Provider, error) {
	if c.Failed == nil {
		c.Failed = func(string, error) {}
	}
	p := &Provider{origin: c.Origin, storage: &storage{
		desk: &desk{rho: c.Rho, minimum: c.Register.MinimumSize, book: c.Book, accounts: c.Accounts, now: c.Now,
			requests: map[sso.Request]*request{}, codes: map[string]sso.Request{}, tokens: map[string]token{}},
		keys:      c.Keys,
		login:     func(id string) string { return LoginPath + "?" + Asked + "=" + id },
		rehearsal: c.Register.Kind == "rehearsal",
		failed:    c.Failed,
	}}
	config := &op.Config{CodeMethodS256: true, AuthMethodPost: true, SupportedUILocales: []language.Tag{language.French, language.English},
		DefaultLogoutRedirectURI: c.Origin + LoginPath}
	rand.Read(config.CryptoKey[:])
	at := func(name string) *op.Endpoint { return op.NewEndpoint("oidc/" + name) }
	options := []op.Option{op.WithCustomEndpoints(at("authorize"), at("token"), at("userinfo"), at("revoke"), at("end_session"), at("keys"))}
	if strings.HasPrefix(c.Origin, "http:") {
		options = append(options, op.WithAllowInsecure())
	}
	var err error
	if p.op, err = op.NewProvider(config, p.storage, op.StaticIssuer(c.Origin), options...); err != nil {
		return nil, fmt.Errorf("provider of OpenID Connect: %w", err)
	}
	return p, nil
}

// Pages are the paths that browsers are sent to, and those of public files; Services those that sites post to.
var (
	Pages    = []string{"/oidc/authorize", wayBack, "/oidc/end_session", "/oidc/keys", "/oidc/userinfo"}
	Services = []string{"/oidc/token", "/oidc/userinfo"}
)

// ServeHTTP answers at Pages and Services.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if q := r.URL.Query(); r.URL.Path == wayBack && !p.storage.goes(q.Get("id"), q.Get("way")) {
		http.Redirect(w, r, LoginPath, http.StatusSeeOther)
		return
	}
	p.op.ServeHTTP(w, r)
}

// wayBack is where a browser goes once its owner has come.
const wayBack = "/oidc/authorize/callback"

// Discovery answers at /.well-known/openid-configuration: what is offered, and not what the library could.
func (p *Provider) Discovery(w http.ResponseWriter, r *http.Request) {
	algorithms, _ := p.storage.SignatureAlgorithms(r.Context())
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{
		"issuer":                                p.origin,
		"authorization_endpoint":                p.origin + "/oidc/authorize",
		"token_endpoint":                        p.origin + "/oidc/token",
		"userinfo_endpoint":                     p.origin + "/oidc/userinfo",
		"end_session_endpoint":                  p.origin + "/oidc/end_session",
		"jwks_uri":                              p.origin + "/oidc/keys",
		"scopes_supported":                      []string{oidc.ScopeOpenID, scopeTerritory},
		"response_types_supported":              []string{"code"},
		"response_modes_supported":              []string{"query"},
		"grant_types_supported":                 []string{"authorization_code"},
		"subject_types_supported":               []string{"pairwise"},
		"id_token_signing_alg_values_supported": algorithms,
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post", "none"},
		"code_challenge_methods_supported":      []string{"S256"},
		"claims_supported":                      []string{"sub", "elector", scopeTerritory},
		"ui_locales_supported":                  []string{"fr", "en"},
		"claims_parameter_supported":            false,
		"request_parameter_supported":           false,
		"request_uri_parameter_supported":       false,
	})
}

// A Visit is a login that is under way, as its page says it.
type Visit struct {
	Request string
	Site    sso.Site
	// Back is the address to which it goes back.
	Back string
	// Territory says that the site asks where the account is from, and may know.
	Territory bool
}

// Visit is the login of a number; false where there is none, or it is over.
func (p *Provider) Visit(text string) (Visit, bool) {
	id, ok := parseRequest(text)
	if !ok {
		return Visit{}, false
	}
	p.storage.mu.Lock()
	defer p.storage.mu.Unlock()
	r := p.storage.request(id)
	if r == nil || r.Done() {
		return Visit{}, false
	}
	v := Visit{Request: text, Site: r.site, Back: r.GetRedirectURI()}
	for _, s := range r.GetScopes() {
		v.Territory = v.Territory || s == scopeTerritory && len(r.site.Territory) > 0
	}
	return v, true
}

// Refuse sends the browser back to the site of a login, which is told that its visitor refused.
func (p *Provider) Refuse(w http.ResponseWriter, r *http.Request, text string) bool {
	id, ok := parseRequest(text)
	p.storage.mu.Lock()
	asked := p.storage.request(id)
	p.storage.mu.Unlock()
	if !ok || asked == nil {
		return false
	}
	p.storage.forget(id)
	op.AuthRequestError(w, r, asked.query, oidc.ErrAccessDenied(), p.op)
	return true
}

// MessageSize is the length in bytes of the message by which a device comes: session ‖ request ‖ s ‖ proof.
const MessageSize = access.SecretSize + sso.RequestSize + 32 + sigma.EqualitySize

// Come answers that message: the byte 0 and the path that leads back to the site, or the byte of a refusal of package access. An error failed is
// for the operator.
func (p *Provider) Come(ctx context.Context, message []byte) (answer []byte, failed error) {
	if len(message) != MessageSize {
		return []byte{access.RefusalNumber(access.ErrFormat)}, nil
	}
	session, rest := access.Secret(message[:access.SecretSize]), message[access.SecretSize:]
	id, rest := sso.Request(rest[:sso.RequestSize]), rest[sso.RequestSize:]
	element, err := sigma.DecodeElement(rest[:32])
	if err != nil {
		return []byte{access.RefusalNumber(access.ErrFormat)}, nil
	}
	proof, err := sigma.DecodeEquality(rest[32:])
	if err != nil {
		return []byte{access.RefusalNumber(access.ErrFormat)}, nil
	}
	way, err := p.storage.come(ctx, session, id, element, proof)
	if err != nil {
		if known := access.Refusal(""); !errors.As(err, &known) {
			failed = err
		}
		return []byte{access.RefusalNumber(err)}, failed
	}
	return append([]byte{0}, wayBack+"?"+url.Values{"id": {hex.EncodeToString(id[:])}, "way": {way}}.Encode()...), nil
}
