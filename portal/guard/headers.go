package guard

import (
	"net/http"
	"strings"
)

// A Policy names the foreign origins that a page may reach, each as
// https://host[:port].
type Policy struct {
	Connect []string // which its scripts ask: roll, urn, issuers
	Forms   []string // to which its forms are sent: issuers
}

// content is the Content-Security-Policy of pages. Scripts make trusted script
// addresses by one policy alone, named isoloir.
func (p Policy) content() string {
	with := func(origins []string) string { return strings.Join(append([]string{"'self'"}, origins...), " ") }
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self' data:",
		"media-src 'self'",
		"font-src 'self'",
		"connect-src " + with(p.Connect),
		"worker-src 'self'",
		"form-action " + with(p.Forms),
		"frame-ancestors 'none'",
		"base-uri 'none'",
		"require-trusted-types-for 'script'",
		"trusted-types isoloir",
	}, "; ")
}

// nothing is the Content-Security-Policy of what is no page.
const nothing = "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

// powers are the abilities of a browser that no page asks for, but copying a receipt
// and seeing the recording of the guide on the whole screen.
const powers = "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), clipboard-read=(), clipboard-write=(self), " +
	"display-capture=(), encrypted-media=(), fullscreen=(self), geolocation=(), gyroscope=(), hid=(), identity-credentials-get=(), idle-detection=(), " +
	"magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), " +
	"xr-spatial-tracking=()"

// passkeys are the same where members of the bureau log in.
var passkeys = strings.Replace(powers, "publickey-credentials-get=()", "publickey-credentials-create=(self), publickey-credentials-get=(self)", 1)

// camera are the same where cards are scanned.
var camera = strings.Replace(powers, "camera=()", "camera=(self)", 1)

// Whole is the guarded handlers of a role behind one router, whose own answers, as a
// redirection to a cleaned path, say what every answer says.
func (g *Guard) Whole(router http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.headers(w.Header(), nothing)
		router.ServeHTTP(w, r)
	})
}

// headers sets what every answer says, whoever gave it.
func (g *Guard) headers(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Origin-Agent-Cluster", "?1")
	h.Set("Permissions-Policy", powers)
	if g.config.Passkeys {
		h.Set("Permissions-Policy", passkeys)
	}
	if g.config.Camera {
		h.Set("Permissions-Policy", camera)
	}
	h.Set("Cache-Control", "no-store")
	if g.config.TLS {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}
