package signon

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"isoloir/sso"
)

const scopeTerritory = "territory"

// A request is a login that is under way: op.AuthRequest.
type request struct {
	id    sso.Request
	site  sso.Site
	query *oidc.AuthRequest
	asked time.Time

	person *Person // nil until somebody has come
	at     time.Time
	way    string // that the browser of who came is given to go back by, once; empty before and after
}

var _ op.AuthRequest = (*request)(nil)

func (r *request) GetID() string          { return hex.EncodeToString(r.id[:]) }
func (r *request) GetACR() string         { return "" }
func (r *request) GetAMR() []string       { return nil }
func (r *request) GetAudience() []string  { return []string{r.site.ID} }
func (r *request) GetAuthTime() time.Time { return r.at }
func (r *request) GetClientID() string    { return r.site.ID }
func (r *request) GetCodeChallenge() *oidc.CodeChallenge {
	return &oidc.CodeChallenge{Challenge: r.query.CodeChallenge, Method: r.query.CodeChallengeMethod}
}
func (r *request) GetNonce() string                   { return r.query.Nonce }
func (r *request) GetRedirectURI() string             { return r.query.RedirectURI }
func (r *request) GetResponseType() oidc.ResponseType { return r.query.ResponseType }
func (r *request) GetResponseMode() oidc.ResponseMode { return r.query.ResponseMode }
func (r *request) GetScopes() []string                { return r.query.Scopes }
func (r *request) GetState() string                   { return r.query.State }
func (r *request) Done() bool                         { return r.person != nil }
func (r *request) GetSubject() string {
	if r.person == nil {
		return ""
	}
	return r.person.Subject
}

// storage is what the provider asks of the desk: op.Storage. What it does not offer is refused.
type storage struct {
	*desk
	keys      []sso.Key
	login     func(id string) string // the page on which one logs in
	rehearsal bool
	failed    func(what string, err error)
}

var _ op.Storage = (*storage)(nil)

var errNotOffered = oidc.ErrInvalidRequest().WithDescription("not offered here")

// CreateAuthRequest implements op.AuthStorage: a code with PKCE, and nothing else.
func (s *storage) CreateAuthRequest(_ context.Context, q *oidc.AuthRequest, _ string) (op.AuthRequest, error) {
	site, err := s.allowed(q.ClientID)
	switch {
	case err != nil:
		return nil, err
	case q.ResponseType != oidc.ResponseTypeCode:
		return nil, oidc.ErrInvalidRequest().WithDescription("response_type: code")
	case q.ResponseMode != "" && q.ResponseMode != oidc.ResponseModeQuery:
		return nil, oidc.ErrInvalidRequest().WithDescription("response_mode: query")
	case q.CodeChallenge == "" || q.CodeChallengeMethod != oidc.CodeChallengeMethodS256:
		return nil, oidc.ErrInvalidRequest().WithDescription("PKCE with S256 is required of every site")
	case !slices.Contains(q.Scopes, oidc.ScopeOpenID):
		return nil, oidc.ErrInvalidScope().WithDescription("scope: openid")
	case slices.Contains(q.Prompt, oidc.PromptNone):
		return nil, oidc.ErrLoginRequired()
	case len(q.State) > longest || len(q.Nonce) > longest || len(q.CodeChallenge) > longest:
		return nil, oidc.ErrInvalidRequest().WithDescription("state, nonce, code_challenge: 512 characters at most")
	}
	asked := &oidc.AuthRequest{ClientID: q.ClientID, RedirectURI: q.RedirectURI, ResponseType: q.ResponseType, ResponseMode: q.ResponseMode, State: q.State,
		Nonce: q.Nonce, CodeChallenge: q.CodeChallenge, CodeChallengeMethod: q.CodeChallengeMethod, Scopes: oidc.SpaceDelimitedArray{oidc.ScopeOpenID}}
	if slices.Contains(q.Scopes, scopeTerritory) {
		asked.Scopes = append(asked.Scopes, scopeTerritory)
	}
	r := &request{site: site, query: asked}
	if err := s.enter(r); err != nil {
		return nil, oidc.ErrServerError().WithDescription("too many logins at once: try again")
	}
	return r, nil
}

// allowed is a site that may let people in.
func (s *storage) allowed(id string) (sso.Site, error) {
	site, err := s.book.Site(id)
	if err == nil && site.State != sso.Allowed {
		err = sso.ErrState
	}
	if err != nil && !errors.Is(err, sso.ErrUnknown) && !errors.Is(err, sso.ErrState) {
		s.failed("sites of the sign-on", err)
	}
	return site, err
}

// AuthRequestByID implements op.AuthStorage.
func (s *storage) AuthRequestByID(_ context.Context, text string) (op.AuthRequest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id, ok := parseRequest(text); ok {
		if r := s.request(id); r != nil {
			return r, nil
		}
	}
	return nil, oidc.ErrInvalidRequest().WithDescription("this login is over: begin again on the site")
}

// SaveAuthCode implements op.AuthStorage.
func (s *storage) SaveAuthCode(_ context.Context, text, code string) error {
	id, ok := parseRequest(text)
	if !ok {
		return errNotOffered
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.request(id)
	if r == nil || r.person == nil {
		return errNotOffered
	}
	r.at = s.now()
	s.codes[code] = id
	return nil
}

// AuthRequestByCode implements op.AuthStorage: a code is good once, for a minute.
func (s *storage) AuthRequestByCode(_ context.Context, code string) (op.AuthRequest, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, found := s.codes[code]
	delete(s.codes, code)
	r := s.request(id)
	if !found || r == nil || s.now().Sub(r.at) >= codeLife {
		return nil, oidc.ErrInvalidGrant().WithDescription("this code was used, or its minute is over")
	}
	return r, nil
}

// DeleteAuthRequest implements op.AuthStorage.
func (s *storage) DeleteAuthRequest(_ context.Context, text string) error {
	if id, ok := parseRequest(text); ok {
		s.forget(id)
	}
	return nil
}

// CreateAccessToken implements op.AuthStorage.
func (s *storage) CreateAccessToken(_ context.Context, q op.TokenRequest) (string, time.Time, error) {
	r, ok := q.(*request)
	if !ok || r.person == nil {
		return "", time.Time{}, errNotOffered
	}
	var drawn [16]byte
	rand.Read(drawn[:])
	id := base64.RawURLEncoding.EncodeToString(drawn[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	t := token{*r.person, r.site.ID, s.now().Add(tokenLife)}
	s.tokens[id] = t
	return id, t.expires, nil
}

// SetUserinfoFromRequest implements op.CanSetUserinfoFromRequest: what stands in the ID token.
func (s *storage) SetUserinfoFromRequest(_ context.Context, info *oidc.UserInfo, q op.IDTokenRequest, _ []string) error {
	r, ok := q.(*request)
	if !ok || r.person == nil {
		return errNotOffered
	}
	r.person.tell(info)
	return nil
}

// SetUserinfoFromToken implements op.OPStorage.
func (s *storage) SetUserinfoFromToken(_ context.Context, info *oidc.UserInfo, id, subject, _ string) error {
	s.mu.Lock()
	t, found := s.tokens[id]
	s.mu.Unlock()
	if _, err := s.allowed(t.site); !found || err != nil || t.Subject != subject || !s.now().Before(t.expires) {
		return oidc.ErrAccessDenied()
	}
	t.tell(info)
	return nil
}

// tell writes what a site learns.
func (p *Person) tell(info *oidc.UserInfo) {
	info.Subject = p.Subject
	info.AppendClaims("elector", true)
	if p.Territory != "" {
		info.AppendClaims("territory", p.Territory)
	}
}

// GetClientByClientID implements op.OPStorage.
func (s *storage) GetClientByClientID(_ context.Context, id string) (op.Client, error) {
	site, err := s.allowed(id)
	if err != nil {
		return nil, err
	}
	return &client{site, s}, nil
}

// AuthorizeClientIDSecret implements op.OPStorage.
func (s *storage) AuthorizeClientIDSecret(_ context.Context, id, secret string) error {
	site, err := s.allowed(id)
	if err != nil || !site.Knows(secret) {
		return oidc.ErrInvalidClient()
	}
	return nil
}

// SigningKey implements op.AuthStorage.
func (s *storage) SigningKey(context.Context) (op.SigningKey, error) { return signing{s.keys[0]}, nil }

// SignatureAlgorithms implements op.AuthStorage.
func (s *storage) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{jose.SignatureAlgorithm(s.keys[0].Algorithm)}, nil
}

// KeySet implements op.AuthStorage.
func (s *storage) KeySet(context.Context) (all []op.Key, err error) {
	for _, k := range s.keys {
		all = append(all, public{k})
	}
	return all, nil
}

// Health implements op.Storage.
func (s *storage) Health(context.Context) error { return nil }

// What is not offered: refresh tokens, revocation, introspection, other grants. There is no session to end.

func (s *storage) CreateAccessAndRefreshTokens(context.Context, op.TokenRequest, string) (string, string, time.Time, error) {
	return "", "", time.Time{}, errNotOffered
}
func (s *storage) TokenRequestByRefreshToken(context.Context, string) (op.RefreshTokenRequest, error) {
	return nil, errNotOffered
}
func (s *storage) TerminateSession(context.Context, string, string) error { return nil }
func (s *storage) RevokeToken(context.Context, string, string, string) *oidc.Error {
	return errNotOffered
}
func (s *storage) GetRefreshTokenInfo(context.Context, string, string) (string, string, error) {
	return "", "", op.ErrInvalidRefreshToken
}
func (s *storage) SetUserinfoFromScopes(context.Context, *oidc.UserInfo, string, string, []string) error {
	return nil
}
func (s *storage) SetIntrospectionFromToken(context.Context, *oidc.IntrospectionResponse, string, string, string) error {
	return errNotOffered
}
func (s *storage) GetPrivateClaimsFromScopes(context.Context, string, string, []string) (map[string]any, error) {
	return nil, nil
}
func (s *storage) GetKeyByIDAndClientID(context.Context, string, string) (*jose.JSONWebKey, error) {
	return nil, errors.New("not offered")
}
func (s *storage) ValidateJWTProfileScopes(context.Context, string, []string) ([]string, error) {
	return nil, errNotOffered
}
