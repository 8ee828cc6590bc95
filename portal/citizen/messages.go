package citizen

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"time"

	"isoloir/register/access"
)

const (
	// patience is how long a message waits for the store.
	patience = 10 * time.Second
	// again is when who tried an account too often may try once more.
	again = 30 * time.Second
)

// wait is the body of a 429: the byte of the refusal.
var wait = []byte{access.RefusalNumber(access.ErrWait)}

// messages adds those of the protocol, which pages of this origin and of the voting ones
// send.
func (s *site) messages() {
	limiter := s.guard.NewLimiter(messageLimit)
	for _, name := range access.Messages {
		answer := s.guard.Limit(limiter, wait, s.answer(name))
		own, others := s.guard.Deposits(int64(access.Largest), answer), map[string]http.Handler{}
		for _, origin := range s.Voting {
			others[origin] = s.guard.Messages(origin, answer)
		}
		s.mux.HandleFunc("/v1/"+name, func(w http.ResponseWriter, r *http.Request) {
			if h := others[r.Header.Get("Origin")]; h != nil {
				h.ServeHTTP(w, r)
				return
			}
			own.ServeHTTP(w, r)
		})
	}
}

// answer answers one message in bytes.
func (s *site) answer(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		said, failed := s.Access.Serve(ctx, name, s.guard.Network(r), body)
		if failed != nil {
			s.Failed(r.Pattern, failed)
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		if len(said) == 1 && said[0] == wait[0] {
			w.Header().Set("Retry-After", strconv.Itoa(int(again.Seconds())))
			w.WriteHeader(http.StatusTooManyRequests)
		}
		w.Write(said)
	})
}
