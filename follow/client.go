package follow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Sizes of answers, in bytes.
const (
	checkpointSize = 64 << 10
	bundleSize     = 256 * (2 + 1<<16)
)

// Failures of a server. Nothing of its answer is kept.
var (
	ErrServer  = errors.New("the server does not answer as a log does")
	errSealed  = errors.New("the leaves are for witnesses alone until the close")
	errChanged = errors.New("the urn has signed another checkpoint since")
)

// tries is how often a request is made that the server puts off; hold the longest that
// it may ask to wait.
const (
	tries = 10
	hold  = time.Minute
)

// A client asks one server, and follows it nowhere else.
type client struct {
	base     string
	http     *http.Client
	patience time.Duration
	sleep    func(ctx context.Context, d time.Duration) error
}

// get gives a file of at most so many bytes.
func (c *client) get(ctx context.Context, path string, most int64, pass string) ([]byte, error) {
	return c.ask(ctx, http.MethodGet, path, nil, most, pass)
}

// post leaves a body.
func (c *client) post(ctx context.Context, path string, body []byte) error {
	_, err := c.ask(ctx, http.MethodPost, path, body, checkpointSize, "")
	return err
}

func (c *client) ask(ctx context.Context, method, path string, body []byte, most int64, pass string) ([]byte, error) {
	for try := 1; ; try++ {
		data, wait, err := c.once(ctx, method, path, body, most, pass)
		if wait == 0 || try == tries {
			return data, err
		}
		if err := c.sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// once makes one request. wait says that it may be made again, and after how long.
func (c *client) once(ctx context.Context, method, path string, body []byte, most int64, pass string) (data []byte, wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/octet-stream")
	}
	if pass != "" {
		r.Header.Set("Authorization", pass)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrServer, err)
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK:
	case http.StatusForbidden:
		return nil, 0, errSealed
	case http.StatusConflict:
		return nil, 0, errChanged
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
		return nil, min(max(time.Duration(seconds)*time.Second, time.Second), hold), fmt.Errorf("%w: %s: %s", ErrServer, path, answer.Status)
	default:
		return nil, 0, fmt.Errorf("%w: %s: %s", ErrServer, path, answer.Status)
	}
	data, err = io.ReadAll(io.LimitReader(answer.Body, most+1))
	switch {
	case err != nil:
		return nil, 0, fmt.Errorf("%w: %s: %w", ErrServer, path, err)
	case int64(len(data)) > most:
		return nil, 0, fmt.Errorf("%w: %s has more than %d bytes", ErrServer, path, most)
	}
	return data, 0, nil
}
