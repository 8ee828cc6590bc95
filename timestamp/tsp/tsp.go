// Package tsp carries requests for timestamps to authorities over HTTP (RFC 3161, section 3.4). All that leaves is a digest and a random number. What
// comes back is bounded in size and time and verified by nobody here.
package tsp

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"isoloir/timestamp"
)

// Media types of requests and responses.
const (
	Query = "application/timestamp-query"
	Reply = "application/timestamp-reply"
)

// ErrUnanswered says that an authority gave no answer of the protocol, after all tries.
var ErrUnanswered = errors.New("the timestamp authority does not answer")

// A Client asks one authority.
type Client struct {
	URL            string
	User, Password string        // for authorities that ask for them (RFC 7617), over https alone; empty if not
	Timeout        time.Duration // of one try; zero: ten seconds
	Tries          int           // zero: three
	Wait           time.Duration // before the second try, doubled before each other; zero: one second

	// Transport is for tests; nil: that of the machine, with its proxies.
	Transport http.RoundTripper
}

// Check says what is wrong with the address.
func (c *Client) Check() error {
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Fragment != "":
		return fmt.Errorf("%q is no address of a timestamp authority: give it as https://host/path", c.URL)
	case c.User != "" && u.Scheme != "https":
		return fmt.Errorf("a password is only sent over https, not to %s", c.URL)
	}
	return nil
}

// Ask sends a request, again after failures of the network or of the server, and returns the body of the answer, at most timestamp.MaxSize bytes.
func (c *Client) Ask(ctx context.Context, request []byte) ([]byte, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	wait, tries := cmp.Or(c.Wait, time.Second), cmp.Or(c.Tries, 3)
	var failed error
	for try := range tries {
		if try > 0 {
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(wait):
			}
			wait *= 2
		}
		response, again, err := c.once(ctx, request)
		if err == nil {
			return response, nil
		}
		if failed = err; !again || ctx.Err() != nil {
			break
		}
	}
	return nil, fmt.Errorf("%w: %s: %w", ErrUnanswered, c.URL, failed)
}

// once is one try, and whether another one may do better.
func (c *Client) once(ctx context.Context, request []byte) (response []byte, again bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(c.Timeout, 10*time.Second))
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(request))
	if err != nil {
		return nil, false, err
	}
	q.Header.Set("Content-Type", Query)
	q.Header.Set("Accept", Reply)
	q.Header.Set("User-Agent", "")
	if c.User != "" {
		q.SetBasicAuth(c.User, c.Password)
	}
	client := http.Client{Transport: c.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := client.Do(q)
	if err != nil {
		return nil, true, err
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		return nil, a.StatusCode >= 500 || a.StatusCode == http.StatusTooManyRequests, errors.New(a.Status)
	}
	if kind, _, err := mime.ParseMediaType(a.Header.Get("Content-Type")); err != nil || kind != Reply {
		return nil, false, fmt.Errorf("the answer is %q, not %s", a.Header.Get("Content-Type"), Reply)
	}
	data, err := io.ReadAll(io.LimitReader(a.Body, timestamp.MaxSize+1))
	switch {
	case err != nil:
		return nil, true, err
	case len(data) > timestamp.MaxSize:
		return nil, false, fmt.Errorf("the answer has more than %d bytes", timestamp.MaxSize)
	}
	return data, false, nil
}

// Handler answers over HTTP what an authority answers.
func Handler(authority timestamp.Asker) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.Method != http.MethodPost || q.Header.Get("Content-Type") != Query {
			http.Error(w, "a timestamp is asked for by POST, as "+Query, http.StatusUnsupportedMediaType)
			return
		}
		request, err := io.ReadAll(http.MaxBytesReader(w, q.Body, 1<<12))
		if err != nil {
			http.Error(w, "a request is smaller", http.StatusRequestEntityTooLarge)
			return
		}
		response, err := authority.Ask(q.Context(), request)
		if err != nil {
			http.Error(w, "no timestamp can be given", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", Reply)
		w.Write(response)
	})
}
