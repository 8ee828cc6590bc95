package main

import (
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

// A browser is one voter's: connections of its own, from a network of its own, that
// stay open between requests.
type browser struct {
	client *http.Client
	portal string // its origin, which the pages bear
	bytes  int64  // received
	times  *times
	fails  *counts
}

// patience is how long a request may take, and pause how long one that failed waits.
const (
	patience = 20 * time.Second
	pause    = 100 * time.Millisecond
	longest  = 2 * time.Second
)

// newBrowser asks from the n-th network of the loopback device.
func newBrowser(n int, portal string, t *times, fails *counts) *browser {
	from := &net.TCPAddr{IP: net.IPv4(127, byte(1+n/250%250), byte(1+n%250), 1)}
	dial := &net.Dialer{LocalAddr: from, Timeout: patience}
	return &browser{portal: portal, times: t, fails: fails,
		client: &http.Client{Timeout: patience, Transport: &http.Transport{DialContext: dial.DialContext,
			MaxConnsPerHost: 2, MaxIdleConnsPerHost: 2, DisableCompression: true}}}
}

func (b *browser) close() { b.client.CloseIdleConnections() }

// get brings a file as a page or the browser itself does.
func (b *browser) get(ctx context.Context, step, url string) ([]byte, error) {
	return b.until(ctx, step, func() (*http.Request, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err == nil {
			r.Header.Set("Accept-Encoding", "gzip")
		}
		return r, err
	})
}

// post sends a message of the protocol, and again until it is answered.
func (b *browser) post(ctx context.Context, step, url string, message []byte) ([]byte, error) {
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
func (b *browser) until(ctx context.Context, step string, make func() (*http.Request, error)) ([]byte, error) {
	start := time.Now()
	wait := pause
	for {
		r, err := make()
		if err != nil {
			return nil, err
		}
		answer, after, err := b.try(r)
		if err == nil {
			b.times.add(step, time.Since(start))
			return answer, nil
		}
		b.fails.add(step + ": " + err.Error())
		if err := sleep(ctx, max(wait, after)); err != nil {
			return nil, err
		}
		wait = min(2*wait, longest)
	}
}

// try asks once. after is how long the server wants to be left alone.
func (b *browser) try(r *http.Request) (answer []byte, after time.Duration, err error) {
	w, err := b.client.Do(r)
	if err != nil {
		return nil, 0, plain(err)
	}
	defer w.Body.Close()
	if answer, err = io.ReadAll(w.Body); err != nil {
		return nil, 0, plain(err)
	}
	b.bytes += int64(len(answer))
	if w.StatusCode != http.StatusOK {
		seconds, _ := strconv.Atoi(w.Header.Get("Retry-After"))
		return nil, min(time.Duration(seconds)*time.Second, longest), fmt.Errorf("status %d", w.StatusCode)
	}
	return answer, 0, nil
}

// unzip gives what came compressed, which no JSON or note looks like.
func unzip(data []byte) ([]byte, error) {
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

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
