package voters

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// A Browser is one voter's: a connection of its own to each origin, from a network of
// its own, that stays open between requests. It speaks HTTP by net/http's reader and
// writer, without that package's client, whose goroutines would cost the processors
// that server and generator share as much as a ballot does.
type Browser struct {
	dial   net.Dialer
	lines  map[string]*line // by host
	portal string           // its origin, which the pages bear
	Bytes  int64            // received
	times  *Times
	fails  *Counts
}

// A line is a connection, and what is read of it.
type line struct {
	net.Conn
	in *bufio.Reader
}

// patience is how long a request may take, and pause how long one that failed waits.
const (
	patience = 20 * time.Second
	pause    = 100 * time.Millisecond
	longest  = 2 * time.Second
)

// NewBrowser gives a browser that asks from the n-th network of the loopback device.
func NewBrowser(n int, portal string, t *Times, fails *Counts) *Browser {
	from := &net.TCPAddr{IP: net.IPv4(127, byte(1+n/250%250), byte(1+n%250), 1)}
	return &Browser{dial: net.Dialer{LocalAddr: from, Timeout: patience}, lines: map[string]*line{}, portal: portal, times: t, fails: fails}
}

// Close closes the page.
func (b *Browser) Close() {
	for host, l := range b.lines {
		l.Close()
		delete(b.lines, host)
	}
}

// Get brings a file as a page or the browser itself does.
func (b *Browser) Get(ctx context.Context, step, url string) ([]byte, error) {
	return b.until(ctx, step, func() (*http.Request, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err == nil {
			r.Header.Set("Accept-Encoding", "gzip")
		}
		return r, err
	})
}

// post sends a message of the protocol, and again until it is answered.
func (b *Browser) post(ctx context.Context, step, url string, message []byte) ([]byte, error) {
	return b.until(ctx, step, func() (*http.Request, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(message))
		if err == nil {
			r.Header.Set("Content-Type", "application/octet-stream")
			r.Header.Set("Origin", b.portal)
		}
		return r, err
	})
}

// until tries until it has an answer of status 200, and notes how long all took.
func (b *Browser) until(ctx context.Context, step string, make func() (*http.Request, error)) ([]byte, error) {
	start := time.Now()
	wait := pause
	for {
		r, err := make()
		if err != nil {
			return nil, err
		}
		answer, after, err := b.try(r)
		if err == nil {
			b.times.Add(step, time.Since(start))
			return answer, nil
		}
		b.fails.Add(step + ": " + err.Error())
		if err := Sleep(ctx, max(wait, after)); err != nil {
			return nil, err
		}
		wait = min(2*wait, longest)
	}
}

// try asks once. after is how long the server wants to be left alone.
func (b *Browser) try(r *http.Request) (answer []byte, after time.Duration, err error) {
	w, answer, err := b.exchange(r)
	if err != nil {
		if l := b.lines[r.URL.Host]; l != nil {
			l.Close()
			delete(b.lines, r.URL.Host)
		}
		return nil, 0, plain(err)
	}
	b.Bytes += int64(len(answer))
	if w.StatusCode != http.StatusOK {
		seconds, _ := strconv.Atoi(w.Header.Get("Retry-After"))
		return nil, min(time.Duration(seconds)*time.Second, longest), fmt.Errorf("status %d", w.StatusCode)
	}
	return answer, 0, nil
}

// exchange sends a request over the origin's connection, and reads all of the answer.
func (b *Browser) exchange(r *http.Request) (*http.Response, []byte, error) {
	l := b.lines[r.URL.Host]
	if l == nil {
		c, err := b.dial.DialContext(r.Context(), "tcp", r.URL.Host)
		if err != nil {
			return nil, nil, err
		}
		l = &line{c, bufio.NewReader(c)}
		b.lines[r.URL.Host] = l
	}
	if err := l.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, nil, err
	}
	if err := r.Write(l); err != nil {
		return nil, nil, err
	}
	w, err := http.ReadResponse(l.in, r)
	if err != nil {
		return nil, nil, err
	}
	answer, err := io.ReadAll(w.Body)
	if err == nil && w.Close {
		delete(b.lines, r.URL.Host)
		err = l.Close()
	}
	return w, answer, err
}

// Unzip gives what came compressed, which no JSON or note looks like.
func Unzip(data []byte) ([]byte, error) {
	if !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return data, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// plain says what happened to a connection, without its addresses.
func plain(err error) error {
	if op := new(net.OpError); errors.As(err, &op) {
		return errors.New(op.Op + " failed")
	}
	if net := net.Error(nil); errors.As(err, &net) && net.Timeout() {
		return errors.New("no answer in time")
	}
	return errors.New("cut off")
}

// Sleep waits, unless ctx ends before.
func Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
