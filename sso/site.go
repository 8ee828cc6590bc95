package sso

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"isoloir/register"
)

// States of a site.
const (
	Asked   = "asked"
	Allowed = "allowed"
	Ended   = "ended"
)

// Errors of sites.
var (
	ErrInvalid = errors.New("this is no site as docs/sso.md describes one")
	ErrTaken   = errors.New("this identifier has been a site's: choose another one, it is never used twice")
	ErrUnknown = errors.New("there is no such site")
	ErrState   = errors.New("the state of this site does not admit it")
)

// A Site is one that relies on the accounts of a register.
type Site struct {
	ID        string      `json:"id"`
	Name      string      `json:"name"`
	Redirects []string    `json:"redirects"`
	Logouts   []string    `json:"logouts"`
	Public    bool        `json:"public"` // it keeps no secret: an application on people's devices
	Territory []Territory `json:"territory"`
	State     string      `json:"state"`
	Secret    string      `json:"secret"`  // SHA-256 of its secret, hex; empty for none
	Reviews   []Review    `json:"reviews"` // who decided
}

// A Territory is what a site may learn of where an account is of: its name, of which the claim is made, and its constituencies. Without any the
// claim is not made.
type Territory struct {
	Name           string   `json:"name"`
	Constituencies []string `json:"constituencies"`
}

// A Review is a decision on a site.
type Review struct {
	To     string `json:"to"`
	By     string `json:"by"`
	Reason string `json:"reason"`
}

var siteID = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{2,62}$`)

// Check says what is wrong with a site that asks, among the constituencies of r.
func (s *Site) Check(r *register.Register) error {
	if !siteID.MatchString(s.ID) {
		return fmt.Errorf("%w: the identifier %q: 3 to 63 of a-z, 0-9, dot and hyphen", ErrInvalid, s.ID)
	}
	if n := len([]rune(s.Name)); n < 3 || n > 80 || strings.TrimSpace(s.Name) != s.Name {
		return fmt.Errorf("%w: the name that citizens read has 3 to 80 characters", ErrInvalid)
	}
	if len(s.Redirects) == 0 || len(s.Redirects) > 8 || len(s.Logouts) > 8 {
		return fmt.Errorf("%w: one to eight addresses to come back to, and at most eight after leaving", ErrInvalid)
	}
	for _, address := range slices.Concat(s.Redirects, s.Logouts) {
		if err := checkAddress(address, r.Kind == "rehearsal"); err != nil {
			return err
		}
	}
	seen := map[string]bool{}
	for _, t := range s.Territory {
		if t.Name == "" || len(t.Constituencies) == 0 {
			return fmt.Errorf("%w: a territory has a name and constituencies", ErrInvalid)
		}
		for _, id := range t.Constituencies {
			if seen[id] || !slices.ContainsFunc(r.Constituencies, func(p register.Place) bool { return p.ID == id }) {
				return fmt.Errorf("%w: the constituency %q is named twice, or is none of the register", ErrInvalid, id)
			}
			seen[id] = true
		}
	}
	return nil
}

// stands says what is wrong with a site that the book has.
func (s *Site) stands(r *register.Register) error {
	if d, err := hex.DecodeString(s.Secret); err != nil || len(d) != sha256.Size && len(d) != 0 {
		return fmt.Errorf("%w: what is kept of its secret", ErrInvalid)
	}
	if secret := s.State == Allowed && !s.Public; secret != (s.Secret != "") || !slices.Contains([]string{Asked, Allowed, Ended}, s.State) {
		return fmt.Errorf("%w: its state and its secret", ErrInvalid)
	}
	return s.Check(r)
}

func checkAddress(address string, rehearsal bool) error {
	u, err := url.Parse(address)
	local := err == nil && u.Scheme == "http" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost")
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || strings.Contains(address, "*") || u.Scheme != "https" && !(rehearsal && local) {
		return fmt.Errorf("%w: the address %q: https, without a fragment, a user or a star", ErrInvalid, address)
	}
	return nil
}

// Of is the territory of a constituency, as this site may learn it; empty for none.
func (s *Site) Of(constituency string) (t Territory) {
	for _, t := range s.Territory {
		if slices.Contains(t.Constituencies, constituency) {
			return t
		}
	}
	return t
}

// Knows says whether this is the secret of the site, in constant time. A public site has none.
func (s *Site) Knows(secret string) bool {
	if s.Secret == "" {
		return false
	}
	d := sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare([]byte(hex.EncodeToString(d[:])), []byte(s.Secret)) == 1
}
