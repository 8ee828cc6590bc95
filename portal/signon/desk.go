package signon

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"slices"
	"sync"
	"time"

	"isoloir/crypto/sigma"
	"isoloir/register/access"
	"isoloir/scrutin"
	"isoloir/sso"
)

// Lives, and how many logins may be under way at once.
const (
	requestLife = 10 * time.Minute
	codeLife    = time.Minute
	tokenLife   = 5 * time.Minute
	mostAtOnce  = 100_000
	longest     = 512 // characters of a site's words that are kept with a login
	sweepEvery  = time.Second
)

// Accounts are what the register tells of the account of a session. A *access.Service is one.
type Accounts interface {
	// Standing is the account as it stands now: access.ErrSession, and access.ErrInvalid where it is not used.
	Standing(ctx context.Context, session access.Secret) (access.Account, error)
	// Used is how many accounts of constituencies are used, at most enough.
	Used(ctx context.Context, constituencies []string, enough int) (int, error)
}

// A Person is what a site learns of somebody.
type Person struct {
	Subject   string
	Territory string // empty: nothing is said
}

// desk holds the logins that are under way, and the tokens.
type desk struct {
	rho      scrutin.Digest
	minimum  int // k
	book     *sso.Book
	accounts Accounts
	now      func() time.Time

	mu       sync.Mutex
	requests map[sso.Request]*request
	codes    map[string]sso.Request
	tokens   map[string]token
	swept    time.Time
}

type token struct {
	Person
	site    string
	expires time.Time
}

// come lets somebody in at a login: the account of the session, which has proved its element there. It is done once, and gives the way back, which
// nobody else has: who sent a link to his own login elsewhere to somebody else does not come in as him.
func (d *desk) come(ctx context.Context, session access.Secret, id sso.Request, element sigma.Element, proof sigma.Equality) (way string, err error) {
	d.mu.Lock()
	r := d.request(id)
	d.mu.Unlock()
	if r == nil || r.Done() {
		return "", access.ErrFormat
	}
	a, err := d.accounts.Standing(ctx, session)
	if err != nil {
		return "", err
	}
	key, err := sigma.DecodeElement(a.Key[:])
	if err != nil {
		return "", err
	}
	if sso.Claim(d.rho, r.site.ID, key, element, id).Verify(proof) != nil {
		return "", access.ErrLogin
	}
	p := &Person{Subject: sso.Subject(element)}
	if of := r.site.Of(a.Constituency); slices.Contains(r.GetScopes(), scopeTerritory) && of.Name != "" {
		switch n, err := d.accounts.Used(ctx, of.Constituencies, d.minimum); {
		case err != nil:
			return "", err
		case n >= d.minimum:
			p.Territory = of.Name
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if r.Done() {
		return "", access.ErrFormat
	}
	r.person, r.at, r.way = p, d.now(), rand.Text()
	return r.way, nil
}

// goes says whether this is the way back of a login, and takes it back.
func (d *desk) goes(text, way string) bool {
	id, ok := parseRequest(text)
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.request(id)
	if !ok || r == nil || r.way == "" || subtle.ConstantTimeCompare([]byte(r.way), []byte(way)) != 1 {
		return false
	}
	r.way = ""
	return true
}

// request is one that is under way; the caller holds the lock.
func (d *desk) request(id sso.Request) *request {
	r := d.requests[id]
	if r == nil || d.now().Sub(r.asked) >= requestLife {
		return nil
	}
	return r
}

var errBusy = errors.New("too many logins at once")

// enter enters a login, and forgets those that are over.
func (d *desk) enter(r *request) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if now := d.now(); now.Sub(d.swept) >= sweepEvery {
		d.swept = now
		d.sweep(now)
	}
	if len(d.requests) >= mostAtOnce {
		return errBusy
	}
	rand.Read(r.id[:])
	r.asked = d.now()
	d.requests[r.id] = r
	return nil
}

// sweep forgets what is over; the caller holds the lock.
func (d *desk) sweep(now time.Time) {
	for id, old := range d.requests {
		if now.Sub(old.asked) >= requestLife {
			delete(d.requests, id)
		}
	}
	for id, t := range d.tokens {
		if !now.Before(t.expires) {
			delete(d.tokens, id)
		}
	}
	for code, id := range d.codes {
		if d.requests[id] == nil {
			delete(d.codes, code)
		}
	}
}

// forget ends a login, and its code.
func (d *desk) forget(id sso.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.requests, id)
	for code, of := range d.codes {
		if of == id {
			delete(d.codes, code)
		}
	}
}

// parseRequest reads the number of a login: 32 lower-case hexadecimal digits.
func parseRequest(text string) (id sso.Request, ok bool) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(id) || hex.EncodeToString(b) != text {
		return id, false
	}
	return sso.Request(b), true
}
