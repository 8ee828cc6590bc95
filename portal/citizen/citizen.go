// Package citizen is what the owner of an anonymous account reaches, on an origin of its
// own (docs/accounts.md, section 6): the messages by which he comes to his key, the pages
// on which he does so, and the lists by which he checks his card.
//
// What it promises. Nothing is kept of who asked, or from where, or when. No page sets a
// cookie or has a name for its reader in an address; what he types is computed on his
// device, and no message but those of the protocol has his number. Who looks for his card
// is sent the whole list.
package citizen

import (
	"io/fs"
	"net/http"

	"isoloir/portal/guard"
	"isoloir/ratelimit"
	"isoloir/register"
	"isoloir/register/access"
	"isoloir/scrutin"
)

// A Config is what the origin is made from.
type Config struct {
	Register *register.Register
	Rho      scrutin.Digest
	Text     []byte // of register.json
	Access   *access.Service
	// Published holds N.csv and N.note of each distribution that is over.
	Published fs.FS
	// Shelf has the consultations of the register's space; nil for none.
	Shelf Shelf
	// Voting are the origins whose pages may open accounts too: those on which one votes.
	Voting []string
	// Passkeys is the domain for which passkeys are made: this origin's host, or an end of
	// it that the voting pages share. Empty for none.
	Passkeys string
	// Guard makes the guard that stands before all, and that refuses by a page; it allows
	// passkeys.
	Guard func(refuse func(http.ResponseWriter, *http.Request, int)) *guard.Guard
	// Failed is told of errors behind an answer; nil to drop them.
	Failed func(route string, err error)
}

// messageLimit is how often a network may send: many citizens are behind one address.
var messageLimit = ratelimit.Limit{Every: limitEvery, Burst: 600}

type site struct {
	Config
	guard *guard.Guard
	mux   *http.ServeMux
}

// New makes the handler of the origin.
func New(c Config) (http.Handler, error) {
	if c.Failed == nil {
		c.Failed = func(string, error) {}
	}
	s := &site{Config: c, mux: http.NewServeMux()}
	s.guard = c.Guard(func(w http.ResponseWriter, _ *http.Request, status int) {
		http.Error(w, http.StatusText(status), status)
	})
	s.messages()
	return s.guard.Whole(s.mux), nil
}
