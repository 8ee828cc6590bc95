// Package rollapi is what the roll answers to the network, on an origin of its own: the
// messages by which a device logs in, reserves and has its elector marked, and the
// deposits of issuers (docs/online.md, sections 0 and 1).
//
// What it promises. Nothing is kept of who asked, or from where: the guard counts by
// route and status, and an address is a ratelimit.Network at once. A refusal is an
// answer like any other, but for the one to wait, which is also said in HTTP. An issuer
// is heard with its own secret alone, and its note must bear its signature besides.
package rollapi

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"

	"isoloir/portal/guard"
	"isoloir/portal/oversight"
	"isoloir/ratelimit"
	"isoloir/roll"
	"isoloir/roll/login"
)

// A Config is what the roll's endpoints run on.
type Config struct {
	// Login answers the devices; nil before the vote has its opening record: then 503.
	Login  *login.Service
	Guard  *guard.Guard
	Portal string // the origin whose pages may ask
	// Deposit takes an issuer's note, as login.Deposit does.
	Deposit func(ctx context.Context, note []byte) error
	// Links are the secrets shared with the issuers, one with each; none where they
	// deposit by a call.
	Links [][32]byte
	// Bureau is what the bureau may ask; nil for nothing.
	Bureau *oversight.Endpoints
	// Messages is how often a network may ask; zero for as often as it likes.
	Messages ratelimit.Limit
}

// patience is how long a message waits for the store before it is refused as busy.
const patience = 20 * time.Second

// wait is the body of a 429: the byte of the refusal.
var wait = []byte{roll.RefusalNumber(roll.ErrWait)}

// New is the handler of the roll's origin.
func New(c Config) http.Handler {
	mux := http.NewServeMux()
	messages := c.Guard.NewLimiter(c.Messages)
	for _, name := range login.Messages {
		mux.Handle("/v1/"+name, c.Guard.Messages(c.Portal, c.Guard.Limit(messages, wait, c.answer(name))))
	}
	if len(c.Links) > 0 {
		mux.Handle("/link/v1/deposit", c.links(http.HandlerFunc(c.deposit)))
	}
	c.Bureau.Mount(mux, c.Guard)
	mux.Handle("/", c.Guard.Files(c.Portal, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
	})))
	return c.Guard.Whole(mux)
}

// answer answers one message in bytes.
func (c Config) answer(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.Login == nil {
			unavailable(w)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		answer, pause := c.Login.Serve(ctx, name, c.Guard.Network(r), read(r))
		w.Header().Set("Content-Type", "application/octet-stream")
		if len(answer) == 1 && answer[0] == wait[0] {
			w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(pause.Seconds())))))
			w.WriteHeader(http.StatusTooManyRequests)
		}
		w.Write(answer)
	})
}

// deposit answers 0 once a note is durable, or the number of the refusal.
func (c Config) deposit(w http.ResponseWriter, r *http.Request) {
	var answer [1]byte
	if err := c.Deposit(r.Context(), read(r)); err != nil {
		answer[0] = roll.RefusalNumber(err)
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Write(answer[:])
}

// links guards what any of the issuers may ask, each with its own secret.
func (c Config) links(next http.Handler) http.Handler {
	guarded := make([]http.Handler, len(c.Links))
	for i, secret := range c.Links {
		guarded[i] = c.Guard.Links(secret, next)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at, said := 0, []byte(r.Header.Get("Authorization"))
		for i, secret := range c.Links {
			at = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(said, []byte("Bearer "+hex.EncodeToString(secret[:]))), i, at)
		}
		guarded[at].ServeHTTP(w, r)
	})
}

func unavailable(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "5")
	w.WriteHeader(http.StatusServiceUnavailable)
}

// read is the body, which the guard has read whole.
func read(r *http.Request) []byte {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return body
}
