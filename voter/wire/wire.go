// Package wire carries a device's messages to the services over HTTP, as pages do
// (docs/online.md, section 0): POST /v1/NAME to a service's origin, in bytes. It stands
// for the browser where there is none: in load generators and tests.
//
// What it promises: an answer is a service's whole answer, or there is an error. It
// follows no redirection, keeps no cookie, and is answered in so many bytes at most as
// any message has.
package wire

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"isoloir/voter"
)

// maxAnswer is the length in bytes of the longest answer to a message.
const maxAnswer = 64 << 10

// A Service is a role's origin on the network.
type Service struct {
	Origin string       // such as https://roll.example
	Page   string       // the origin of the page that asks; empty for none
	Client *http.Client // Client, if nil
}

// A StatusError says that a service answered no message, but only a status of HTTP.
type StatusError struct {
	Service string
	Status  int
	After   time.Duration // how long to wait, as far as the service says
}

// Error implements error.
func (e *StatusError) Error() string {
	return fmt.Sprintf("%s answers %d %s", e.Service, e.Status, http.StatusText(e.Status))
}

// Client is an HTTP client that follows no redirection, and keeps so many connections
// to a service.
func Client(connections int) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConns, t.MaxIdleConnsPerHost = 0, connections
	return &http.Client{
		Transport:     t,
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

var _ voter.Ask = Service{}.Ask

// Ask is a voter.Ask. A refusal to wait, which comes with the status 429, is an answer
// too. Everything but an answer is an error, a *StatusError where there was a status.
func (s Service) Ask(ctx context.Context, name string, request []byte) ([]byte, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Origin+"/v1/"+name, bytes.NewReader(request))
	if err != nil {
		return nil, err
	}
	q.Header.Set("Content-Type", "application/octet-stream")
	if s.Page != "" {
		q.Header.Set("Origin", s.Page)
	}
	client := s.Client
	if client == nil {
		client = http.DefaultClient
	}
	a, err := client.Do(q)
	if err != nil {
		return nil, err
	}
	defer a.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(a.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, err
	case len(answer) > maxAnswer:
		return nil, fmt.Errorf("%s: an answer of more than %d bytes", s.Origin, maxAnswer)
	case a.StatusCode == http.StatusOK, a.StatusCode == http.StatusTooManyRequests && len(answer) == 1:
		return answer, nil
	}
	after, _ := strconv.Atoi(a.Header.Get("Retry-After"))
	return nil, &StatusError{s.Origin, a.StatusCode, time.Duration(after) * time.Second}
}
