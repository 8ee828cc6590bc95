package guard

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"mime"
	"net/http"
	"net/netip"
	"strconv"

	"isoloir/ratelimit"
)

// Sizes of bodies, in bytes.
const (
	MessageSize = 64 << 10 // of a message of the protocol
	FormSize    = 32 << 10 // of a form
	LinkSize    = 8 << 20  // of a message between roles
)

// Pages guards pages for people: what is no GET or HEAD is a form of at most
// FormSize bytes that a page of this same origin sent (net/http's
// CrossOriginProtection).
func (g *Guard) Pages(p Policy, next http.Handler) http.Handler {
	same := http.NewCrossOriginProtection()
	return g.before(p.content(), func(w http.ResponseWriter, r *http.Request) {
		if same.Check(r) != nil {
			g.config.Refuse(w, r, http.StatusForbidden)
			return
		}
		g.form(w, r, next)
	})
}

// Deposits guards what the script of a page sends to the page's own origin: POST,
// application/octet-stream, at most max bytes, which the handler finds whole in the
// request's body.
func (g *Guard) Deposits(max int64, next http.Handler) http.Handler {
	return g.posts(http.NewCrossOriginProtection().Check, "application/octet-stream", max, next)
}

// Uploads guards forms with a file from pages of this same origin: POST,
// multipart/form-data, at most max bytes, which the handler finds whole in the request's body.
func (g *Guard) Uploads(p Policy, max int64, next http.Handler) http.Handler {
	same := http.NewCrossOriginProtection()
	return g.before(p.content(), func(w http.ResponseWriter, r *http.Request) {
		switch {
		case same.Check(r) != nil:
			g.config.Refuse(w, r, http.StatusForbidden)
		case r.Method != http.MethodPost:
			g.config.Refuse(w, r, http.StatusMethodNotAllowed)
		case !typed(r, "multipart/form-data"):
			g.config.Refuse(w, r, http.StatusUnsupportedMediaType)
		case !whole(w, r, max):
			g.config.Refuse(w, r, http.StatusRequestEntityTooLarge)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// Forms guards what receives forms from pages of another origin, the portal's:
// POST of at most FormSize bytes, answered by a page that may send nothing.
func (g *Guard) Forms(portal string, next http.Handler) http.Handler {
	return g.before(Policy{}.content(), func(w http.ResponseWriter, r *http.Request) {
		if foreign(r, portal) && r.Header.Get("Sec-Fetch-Site") != "same-origin" {
			g.config.Refuse(w, r, http.StatusForbidden)
			return
		}
		g.form(w, r, next)
	})
}

// form hands a form on that has the size and the type of one.
func (g *Guard) form(w http.ResponseWriter, r *http.Request, next http.Handler) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		if r.Method == http.MethodPost && !typed(r, "application/x-www-form-urlencoded") {
			g.config.Refuse(w, r, http.StatusUnsupportedMediaType)
			return
		}
		if !whole(w, r, FormSize) {
			g.config.Refuse(w, r, http.StatusRequestEntityTooLarge)
			return
		}
	}
	next.ServeHTTP(w, r)
}

// Messages guards the protocol's messages: POST, application/octet-stream, at most
// MessageSize bytes, which the handler finds whole in the request's body. A page
// that asks must be the portal's, or Config.Leading's; what is no page bears no origin
// and is heard.
func (g *Guard) Messages(portal string, next http.Handler) http.Handler {
	return g.api(portal, []string{http.MethodPost}, func(w http.ResponseWriter, r *http.Request) {
		body(w, r, "application/octet-stream", MessageSize, next)
	})
}

// Calls guards what the scripts of pages of this same origin ask, with the cookie of whoever
// has logged in: POST, application/json, at most MessageSize bytes, which the handler
// finds whole in the request's body.
func (g *Guard) Calls(next http.Handler) http.Handler {
	return g.posts(http.NewCrossOriginProtection().Check, "application/json", MessageSize, next)
}

// Files guards public files that the same pages read: GET and HEAD.
func (g *Guard) Files(portal string, next http.Handler) http.Handler {
	return g.api(portal, []string{http.MethodGet, http.MethodHead}, next.ServeHTTP)
}

// Public guards what anybody may ask, from pages of any origin or none: the handler itself
// says so, and what it takes.
func (g *Guard) Public(next http.Handler) http.Handler {
	return g.before(nothing, next.ServeHTTP)
}

// Links guards what another role asks: POST of at most LinkSize bytes with the
// bearer secret that both ends share, 64 hexadecimal digits; never a page.
func (g *Guard) Links(secret [32]byte, next http.Handler) http.Handler {
	want := sha256.Sum256([]byte("Bearer " + hex.EncodeToString(secret[:])))
	return g.before(nothing, func(w http.ResponseWriter, r *http.Request) {
		got := sha256.Sum256([]byte(r.Header.Get("Authorization")))
		switch {
		case noPage(r) != nil, subtle.ConstantTimeCompare(got[:], want[:]) != 1:
			w.WriteHeader(http.StatusForbidden)
		case r.Method != http.MethodPost:
			notAllowed(w, http.MethodPost)
		case !whole(w, r, LinkSize):
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// Callbacks guards what a gateway says, whose words the handler finds signed: POST,
// application/json, at most MessageSize bytes, which the handler finds whole in the
// request's body; never a page.
func (g *Guard) Callbacks(next http.Handler) http.Handler {
	return g.posts(noPage, "application/json", MessageSize, next)
}

// Services guards what programs of sites elsewhere ask by a form, with a secret of their own that the handler reads: POST of at most FormSize
// bytes, which the handler finds whole in the request's body; never a page.
func (g *Guard) Services(next http.Handler) http.Handler {
	return g.posts(noPage, "application/x-www-form-urlencoded", FormSize, next)
}

// posts hands on what a sender that may ask posts in one media type, at most max bytes,
// whole.
func (g *Guard) posts(may func(*http.Request) error, media string, max int64, next http.Handler) http.Handler {
	return g.before(nothing, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case may(r) != nil:
			w.WriteHeader(http.StatusForbidden)
		case r.Method != http.MethodPost:
			notAllowed(w, http.MethodPost)
		default:
			body(w, r, media, max, next)
		}
	})
}

// body hands a request on whose body has the media type and the size, and is there whole.
func body(w http.ResponseWriter, r *http.Request, media string, max int64, next http.Handler) {
	switch {
	case !typed(r, media):
		w.WriteHeader(http.StatusUnsupportedMediaType)
	case !whole(w, r, max):
		w.WriteHeader(http.StatusRequestEntityTooLarge)
	default:
		next.ServeHTTP(w, r)
	}
}

// Limit refuses with 429 and Retry-After whoever's network asks more often; handlers
// given the same limiter share it. The answer's body is the byte of the refusal, or
// for nil what a person reads.
func (g *Guard) Limit(l *ratelimit.Limiter[ratelimit.Network], body []byte, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wait := l.Take(g.Network(r))
		if wait == 0 {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		if body == nil {
			g.config.Refuse(w, r, http.StatusTooManyRequests)
			return
		}
		w.WriteHeader(http.StatusTooManyRequests)
		w.Write(body)
	})
}

// From has one handler answer who comes from these networks, and another one all others.
func (g *Guard) From(networks []netip.Prefix, known, others http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if among(networks, g.config.Address(r)) {
			known.ServeHTTP(w, r)
			return
		}
		others.ServeHTTP(w, r)
	})
}

// NewLimiter keeps a limit for each network, 100,000 at once.
func (g *Guard) NewLimiter(l ratelimit.Limit) *ratelimit.Limiter[ratelimit.Network] {
	return ratelimit.New[ratelimit.Network](l, 100_000, g.config.Now)
}

// api is what foreign origins, the portal's and that of a leading scrutin's, may ask
// without credentials.
func (g *Guard) api(portal string, methods []string, next http.HandlerFunc) http.Handler {
	return g.before(nothing, func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Add("Vary", "Origin")
		from := r.Header.Get("Origin")
		if foreign(r, portal) && from != g.config.Leading {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		if from != "" {
			h.Set("Access-Control-Allow-Origin", from)
			h.Set("Access-Control-Expose-Headers", "Retry-After")
		}
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			h.Set("Access-Control-Allow-Methods", methods[0])
			h.Set("Access-Control-Allow-Headers", "Content-Type")
			h.Set("Access-Control-Max-Age", "7200")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		for _, m := range methods {
			if r.Method == m {
				next(w, r)
				return
			}
		}
		notAllowed(w, methods...)
	})
}

// before sets the headers, counts the answer, and answers for a handler that
// panics.
func (g *Guard) before(policy string, next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.headers(w.Header(), policy)
		seen := &answer{ResponseWriter: w}
		defer func() {
			said := recover()
			if said == http.ErrAbortHandler {
				panic(said)
			}
			if said != nil {
				g.config.Failed(r.Pattern, said)
				if seen.status != 0 { // half an answer must not look like one
					g.counts.add(r.Pattern, http.StatusInternalServerError)
					panic(http.ErrAbortHandler)
				}
				g.fail(seen, r)
			}
			g.counts.add(r.Pattern, seen.status)
		}()
		next(seen, r)
	})
}

// fail answers for a handler that panicked; for Refuse too, if that panics.
func (g *Guard) fail(w *answer, r *http.Request) {
	defer func() {
		if recover() != nil && w.status == 0 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}()
	g.config.Refuse(w, r, http.StatusInternalServerError)
}

// foreign says whether a page of another origin than this one asks.
func foreign(r *http.Request, origin string) bool {
	from := r.Header.Get("Origin")
	return from != "" && from != origin
}

var errPage = errors.New("a page asks")

// noPage refuses what a browser sends for a page.
func noPage(r *http.Request) error {
	if r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") != "" {
		return errPage
	}
	return nil
}

func typed(r *http.Request, media string) bool {
	got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && got == media
}

// whole reads the body into memory, so that the handler finds all of it or is not
// asked.
func whole(w http.ResponseWriter, r *http.Request, max int64) bool {
	if r.ContentLength > max {
		return false
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, max))
	if large := new(http.MaxBytesError); errors.As(err, &large) {
		return false
	}
	if err != nil {
		panic(http.ErrAbortHandler) // the other end has gone
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return true
}

func notAllowed(w http.ResponseWriter, methods ...string) {
	for _, m := range methods {
		w.Header().Add("Allow", m)
	}
	w.WriteHeader(http.StatusMethodNotAllowed)
}
