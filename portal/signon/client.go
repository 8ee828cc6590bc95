package signon

import (
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"isoloir/sso"
)

// A client is a site as the provider sees it: op.Client.
type client struct {
	site sso.Site
	*storage
}

var _ op.Client = (*client)(nil)

func (c *client) GetID() string                    { return c.site.ID }
func (c *client) RedirectURIs() []string           { return c.site.Redirects }
func (c *client) PostLogoutRedirectURIs() []string { return c.site.Logouts }
func (c *client) ResponseTypes() []oidc.ResponseType {
	return []oidc.ResponseType{oidc.ResponseTypeCode}
}
func (c *client) GrantTypes() []oidc.GrantType                                 { return []oidc.GrantType{oidc.GrantTypeCode} }
func (c *client) LoginURL(id string) string                                    { return c.login(id) }
func (c *client) AccessTokenType() op.AccessTokenType                          { return op.AccessTokenTypeBearer }
func (c *client) IDTokenLifetime() time.Duration                               { return tokenLife }
func (c *client) DevMode() bool                                                { return c.rehearsal } // then addresses of this machine are allowed, without TLS
func (c *client) IsScopeAllowed(scope string) bool                             { return scope == scopeTerritory }
func (c *client) IDTokenUserinfoClaimsAssertion() bool                         { return true }
func (c *client) ClockSkew() time.Duration                                     { return 0 }
func (c *client) RestrictAdditionalIdTokenScopes() func([]string) []string     { return same }
func (c *client) RestrictAdditionalAccessTokenScopes() func([]string) []string { return same }

// ApplicationType is that of who can keep a secret, or cannot.
func (c *client) ApplicationType() op.ApplicationType {
	if c.site.Public {
		return op.ApplicationTypeNative
	}
	return op.ApplicationTypeWeb
}

// AuthMethod is how it shows its secret: in either way.
func (c *client) AuthMethod() oidc.AuthMethod {
	if c.site.Public {
		return oidc.AuthMethodNone
	}
	return oidc.AuthMethodBasic
}

func same(scopes []string) []string { return scopes }

// signing is the key that signs: op.SigningKey.
type signing struct{ k sso.Key }

func (s signing) ID() string { return s.k.ID }
func (s signing) SignatureAlgorithm() jose.SignatureAlgorithm {
	return jose.SignatureAlgorithm(s.k.Algorithm)
}
func (s signing) Key() any { return s.k.Private }

// public is a key by which signatures are verified: op.Key.
type public struct{ k sso.Key }

func (p public) ID() string                         { return p.k.ID }
func (p public) Algorithm() jose.SignatureAlgorithm { return jose.SignatureAlgorithm(p.k.Algorithm) }
func (p public) Use() string                        { return "sig" }
func (p public) Key() any                           { return p.k.Private.Public() }
