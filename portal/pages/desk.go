package pages

import (
	"context"
	"net/http"
	"net/mail"
	"regexp"
	"strings"
	"time"

	"isoloir/portal/guard"
	"isoloir/ratelimit"

	"github.com/alexedwards/scs/v2"
	"github.com/alexedwards/scs/v2/memstore"
)

// A Desk is the help desk: who works there, and the one thing that it does. It sees
// no code, no émargement, and not even whether an address is known.
type Desk struct {
	// Staff says who may enter; *passphrase.Book does.
	Staff interface {
		Admits(name, phrase string) bool
	}
	// Renew asks an issuer, by its place in the manifest, to replace the code of
	// whoever has this address. It returns nil whether the address is known or not.
	Renew func(ctx context.Context, issuer int, address string) error
}

// DeskCookie is the name of the only cookie of the site: of the desk's staff.
const DeskCookie = "__Host-desk"

// A shift is the state of the desk's page.
type shift struct {
	name string // who has come in, empty for nobody
	// said is the key of what is to be told: a refusal, or what was done.
	said    string
	refused bool
}

// desk adds the pages of the help desk.
func (s *Site) desk(g *guard.Guard) {
	const at = "/bureau-assistance"
	sessions := scs.New()
	sessions.Store = memstore.NewWithCleanupInterval(0) // a few people, and gone with the process
	sessions.HashTokenInStore = true
	sessions.Lifetime, sessions.IdleTimeout = 9*time.Hour, 30*time.Minute
	sessions.Cookie.Name, sessions.Cookie.Secure, sessions.Cookie.SameSite, sessions.Cookie.Persist = DeskCookie, true, http.SameSiteStrictMode, false
	limit := g.NewLimiter(ratelimit.Limit{Every: time.Minute, Burst: 5})
	limited := func(next http.Handler) http.Handler { return sessions.LoadAndSave(g.Limit(limit, nil, s.few(next))) }

	view := func(v *Visit, d shift) (View, error) {
		d.name = sessions.GetString(v.request.Context(), "name")
		status := http.StatusOK
		if d.refused {
			status = http.StatusUnprocessableEntity
		}
		return View{Title: v.Say("link.desk"), Body: desk(v, s.config.Desk != nil, d), TellsOrigin: true, Status: status}, nil
	}
	s.page(at, http.MethodGet, func(v *Visit) (View, error) {
		return view(v, shift{said: sessions.PopString(v.request.Context(), "said")})
	}, sessions.LoadAndSave)
	s.only(at, "GET, HEAD")
	if s.config.Desk == nil {
		return
	}
	s.page(at+"/entrer", http.MethodPost, func(v *Visit) (View, error) {
		ctx, who := v.request.Context(), v.request.PostFormValue("name")
		if !s.config.Desk.Staff.Admits(who, v.request.PostFormValue("passphrase")) {
			return view(v, shift{said: "desk.refused", refused: true})
		}
		if err := sessions.RenewToken(ctx); err != nil {
			return View{}, err
		}
		sessions.Put(ctx, "name", who)
		return View{redirect: v.Href(at)}, nil
	}, limited)
	s.page(at+"/sortir", http.MethodPost, func(v *Visit) (View, error) {
		return View{redirect: v.Href(at)}, sessions.Destroy(v.request.Context())
	}, sessions.LoadAndSave)
	s.page(at+"/renouveler", http.MethodPost, func(v *Visit) (View, error) {
		ctx := v.request.Context()
		if !sessions.Exists(ctx, "name") {
			return View{redirect: v.Href(at)}, nil
		}
		issuer, address, ok := v.renewal()
		if !ok {
			return view(v, shift{said: "desk.wrong", refused: true})
		}
		if err := s.config.Desk.Renew(ctx, issuer, address); err != nil {
			return View{}, err
		}
		sessions.Put(ctx, "said", "desk.asked")
		return View{redirect: v.Href(at)}, nil
	}, sessions.LoadAndSave)
	for _, path := range []string{"/entrer", "/sortir", "/renouveler"} {
		s.only(at+path, "POST")
	}
}

// few refuses, for a moment, all but the first who wait: passphrases are tried one after
// the other, each at a cost.
func (s *Site) few(next http.Handler) http.Handler {
	places := make(chan struct{}, 16)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
			next.ServeHTTP(w, r)
		default:
			w.Header().Set("Retry-After", "5")
			s.Refuse(w, r, http.StatusServiceUnavailable)
		}
	})
}

var telephone = regexp.MustCompile(`^\+?[0-9][0-9 ().-]{5,38}$`)

// renewal reads what the desk's form asks: which issuer, and a well-formed address
// of its channel.
func (v *Visit) renewal() (issuer int, address string, ok bool) {
	address = strings.TrimSpace(v.request.PostFormValue("address"))
	id := v.request.PostFormValue("issuer")
	for i, known := range v.Manifest.Issuers {
		if known.ID != id {
			continue
		}
		switch known.Channel {
		case "email":
			at, err := mail.ParseAddress(address)
			return i, address, err == nil && at.Address == address && len(address) <= 254
		case "sms":
			return i, address, telephone.MatchString(address)
		}
	}
	return 0, "", false
}
