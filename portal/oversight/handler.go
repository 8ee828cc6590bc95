package oversight

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"isoloir/portal/guard"
	"isoloir/ratelimit"
)

// Why a question is not answered, as HTTP says it.
var (
	ErrNone     = errors.New("there is none yet")               // 404
	ErrQuestion = errors.New("this is not a question of these") // 400
)

// Answers are what a role answers. What is nil is no route of the role's.
type Answers struct {
	Turnout  func(context.Context) (*Turnout, error)
	List     func(context.Context, *ListQuestion) (*ListPage, error)
	Check    func(context.Context) error // begins one
	Report   func(context.Context) ([]byte, error)
	Delivery func(context.Context) (*Delivery, error)
	Alerts   func(context.Context, *AlertsQuestion) (*Alerts, error)
	State    func(context.Context) (*State, error)
	// Challenges are of the urn alone.
	Challenges func(context.Context) (*Challenges, error)
}

// patience is how long a question may take.
const patience = 20 * time.Second

// How often the bureau may ask for what costs little, and have a store checked whole.
var (
	questions = ratelimit.Limit{Every: 100 * time.Millisecond, Burst: 200}
	checks    = ratelimit.Limit{Every: time.Minute, Burst: 3}
)

// Endpoints are a role's, for the bureau that shares its secret.
type Endpoints struct {
	Secret  [32]byte
	Answers Answers
}

// Mount lets the bureau ask. Nobody asks a nil.
func (e *Endpoints) Mount(mux *http.ServeMux, g *guard.Guard) {
	if e == nil {
		return
	}
	a, secret := e.Answers, e.Secret
	asked, checked := g.NewLimiter(questions), g.NewLimiter(checks)
	route := func(name string, l *ratelimit.Limiter[ratelimit.Network], answer func(context.Context, []byte) ([]byte, error)) {
		mux.Handle("/link/v1/"+name, g.Links(secret, g.Limit(l, []byte{}, respond(answer))))
	}
	if a.Turnout != nil {
		route(AskTurnout, asked, plain(a.Turnout))
	}
	if a.List != nil {
		route(AskList, asked, about(a.List))
	}
	if a.Check != nil {
		route(AskCheck, checked, func(ctx context.Context, q []byte) ([]byte, error) {
			if len(q) > 0 {
				return nil, ErrQuestion
			}
			return nil, a.Check(ctx)
		})
	}
	if a.Report != nil {
		route(AskReport, asked, func(ctx context.Context, q []byte) ([]byte, error) {
			if len(q) > 0 {
				return nil, ErrQuestion
			}
			return a.Report(ctx)
		})
	}
	if a.Delivery != nil {
		route(AskDelivery, asked, plain(a.Delivery))
	}
	if a.Alerts != nil {
		route(AskAlerts, asked, about(a.Alerts))
	}
	if a.State != nil {
		route(AskState, asked, plain(a.State))
	}
	if a.Challenges != nil {
		route(AskChallenges, asked, plain(a.Challenges))
	}
}

// plain answers a question that says nothing but its name.
func plain[T any](answer func(context.Context) (*T, error)) func(context.Context, []byte) ([]byte, error) {
	return func(ctx context.Context, q []byte) ([]byte, error) {
		if len(q) > 0 {
			return nil, ErrQuestion
		}
		v, err := answer(ctx)
		if err != nil {
			return nil, err
		}
		return Encode(v)
	}
}

// about answers one that says more.
func about[Q, T any](answer func(context.Context, *Q) (*T, error)) func(context.Context, []byte) ([]byte, error) {
	return func(ctx context.Context, data []byte) ([]byte, error) {
		q, err := Decode[Q](data)
		if err != nil {
			return nil, ErrQuestion
		}
		v, err := answer(ctx, q)
		if err != nil {
			return nil, err
		}
		return Encode(v)
	}
}

func respond(answer func(context.Context, []byte) ([]byte, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		question, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		said, err := answer(ctx, question)
		switch {
		case errors.Is(err, ErrQuestion):
			w.WriteHeader(http.StatusBadRequest)
		case errors.Is(err, ErrNone):
			w.WriteHeader(http.StatusNotFound)
		case err != nil:
			w.Header().Set("Retry-After", strconv.Itoa(2))
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			w.Header().Set("Content-Type", "application/octet-stream")
			w.Write(said)
		}
	})
}
