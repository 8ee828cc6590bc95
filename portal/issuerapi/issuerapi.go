// Package issuerapi is what an issuer answers to the network, on an origin of its own
// (docs/online.md, section 3): the page on which people ask for a new code, the
// e-mail with the receipt code that their devices ask for, what the gateway says of
// text messages, and what the roll has it tell electors.
//
// What it promises. Whoever asks for a new code is answered the same, once one row is durable
// that is as long for everybody: the work is done afterwards, so that neither words nor
// time tell whether an address is known or its elector has voted. Nothing is kept of who
// asked but that row, without the address, until the renewal is begun; an address that
// was typed becomes a hash under a key of this process, for the limit of three a day. Of
// a receipt code nothing is left when it has been handed to the carrier.
package issuerapi

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"time"

	"isoloir/account/exchange"
	"isoloir/courier/sms"
	"isoloir/issuer"
	"isoloir/portal/guard"
	"isoloir/portal/oversight"
	"isoloir/portal/words"
	"isoloir/ratelimit"
)

// Limits of docs/online.md, section 3, and of what devices ask.
var (
	perAddress = ratelimit.Limit{Every: 24 * time.Hour, Burst: 3}
	perNetwork = ratelimit.Limit{Every: 6 * time.Minute, Burst: 10}
	ofDesk     = ratelimit.Limit{Every: 5 * time.Second, Burst: 60}
)

// A Config is what an issuer's endpoints run on.
type Config struct {
	Station *issuer.Station
	Portal  string // the origin whose pages may ask
	Now     func() time.Time
	// Notify is the secret shared with the roll; nil for none.
	Notify *[32]byte
	// Bureau is what the bureau may ask; nil for nothing.
	Bureau *oversight.Endpoints
	// Gateway is the key of callbacks about text messages; empty for none.
	Gateway []byte
	// Receipts is how often a network may ask for receipts; zero for no limit.
	Receipts ratelimit.Limit
	// Desk is from where the portal asks for the help desk, which may ask more often
	// than other networks: whoever gets hold of it must not renew everybody's codes.
	Desk []netip.Prefix
	// Failed is told of requests that could not be kept, without the address; nil to drop
	// that.
	Failed func(error)
}

// An API is the endpoints of one issuer. It is safe for concurrent use.
type API struct {
	Config
	words     *words.Catalogue
	key       [32]byte // hashes addresses
	addresses *ratelimit.Limiter[[32]byte]
}

// New makes the endpoints.
func New(c Config) (*API, error) {
	catalogue, err := words.New()
	if err != nil {
		return nil, err
	}
	if c.Failed == nil {
		c.Failed = func(error) {}
	}
	a := &API{Config: c, words: catalogue, addresses: ratelimit.New[[32]byte](perAddress, 1_000_000, c.Now)}
	rand.Read(a.key[:])
	return a, nil
}

// Handler is the issuer's origin behind a guard, which answers people with Refuse.
func (a *API) Handler(g *guard.Guard) http.Handler {
	mux := http.NewServeMux()
	if !a.Station.Led {
		a.renewals(mux, g)
	}
	mux.Handle("/v1/receipt-mail", g.Messages(a.Portal, g.Limit(g.NewLimiter(a.Receipts), []byte{refusedBusy}, http.HandlerFunc(a.receipt))))
	if len(a.Gateway) > 0 {
		mux.Handle("/v1/delivery", g.Callbacks(http.HandlerFunc(a.delivery)))
	}
	if a.Notify != nil {
		mux.Handle("/link/v1/notify", g.Links(*a.Notify, http.HandlerFunc(a.notify)))
	}
	a.Bureau.Mount(mux, g)
	mux.Handle("/client/style.css", g.Pages(guard.Policy{}, http.HandlerFunc(style)))
	mux.Handle("/", g.Pages(guard.Policy{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.Refuse(w, r, http.StatusNotFound)
	})))
	return g.Whole(mux)
}

// renewals adds the page on which people ask for a new code, which the issuers of a
// companion do not have.
func (a *API) renewals(mux *http.ServeMux, g *guard.Guard) {
	asked := g.From(a.Desk, g.Limit(g.NewLimiter(ofDesk), nil, a.renew(true)), g.Limit(g.NewLimiter(perNetwork), nil, a.renew(false)))
	mux.Handle("/v1/renew", g.Forms(a.Portal, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet, http.MethodHead:
			a.show(w, r)
		case http.MethodPost:
			asked.ServeHTTP(w, r)
		default:
			w.Header().Set("Allow", "GET, HEAD, POST")
			a.Refuse(w, r, http.StatusMethodNotAllowed)
		}
	})))
}

// taken says whether there may be another renewal for an address today.
func (a *API) taken(address string) bool {
	h := hmac.New(sha256.New, a.key[:])
	h.Write([]byte(issuer.LookUp(a.Station.Channel(), address, a.Station.Plan.Home)))
	return a.addresses.Take([32]byte(h.Sum(nil))) == 0
}

// Refusals of receipt-mail, by their numbers on the wire.
const (
	refusedFormat byte = iota + 1
	refusedPolicy
	refusedSignature
	refusedAddress
	refusedBusy
)

func (a *API) receipt(w http.ResponseWriter, r *http.Request) {
	request, err := issuer.ParseReceiptRequest(body(r))
	if err == nil {
		err = a.Station.Receipt(r.Context(), request)
	}
	answer(w, number(err))
}

// number is what an error is on the wire.
func number(err error) byte {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, issuer.ErrFormat):
		return refusedFormat
	case errors.Is(err, issuer.ErrPolicy):
		return refusedPolicy
	case errors.Is(err, issuer.ErrSignature):
		return refusedSignature
	case errors.Is(err, issuer.ErrAddress):
		return refusedAddress
	}
	return refusedBusy
}

// notify answers the roll (account/exchange).
func (a *API) notify(w http.ResponseWriter, r *http.Request) {
	notice, err := exchange.ParseNotice(body(r))
	var said exchange.Answer
	switch n := notice.(type) {
	case exchange.Validation:
		said.Hint, err = a.Station.Validate(r.Context(), n)
	case exchange.Voted:
		err = a.Station.Voted(r.Context(), n)
	}
	switch {
	case err == nil:
	case errors.Is(err, exchange.ErrFormat):
		said = exchange.Answer{Refused: exchange.RefusedFormat}
	case errors.Is(err, issuer.ErrAddress):
		said = exchange.Answer{Refused: exchange.RefusedElector}
	default:
		said = exchange.Answer{Refused: exchange.RefusedBusy}
	}
	answer(w, said.Bytes()...)
}

// delivery notes what the gateway says of a message.
func (a *API) delivery(w http.ResponseWriter, r *http.Request) {
	said, err := sms.OpenCallback(a.Gateway, body(r), r.Header.Get(sms.SignatureHeader))
	switch {
	case errors.Is(err, sms.ErrSignature):
		w.WriteHeader(http.StatusForbidden)
		return
	case err != nil:
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	known, err := a.Station.Store.Report(r.Context(), said.Name, said.State)
	switch {
	case err != nil:
		w.WriteHeader(http.StatusServiceUnavailable)
	case !known:
		w.WriteHeader(http.StatusNotFound)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

func answer(w http.ResponseWriter, b ...byte) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Write(b)
}

// body is the request's, which the guard has read whole.
func body(r *http.Request) []byte {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return b
}
