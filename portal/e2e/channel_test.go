package e2e

import (
	"bytes"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"isoloir/server/config"
)

// An exchange is one request with its answer, as they pass.
type exchange struct {
	Role, Method, Path, Query string // the role by its name
	Request                   []byte
	Status                    int
	Header                    http.Header // of the answer
	Answer                    []byte
}

// name of the message, such as append; empty for what is none.
func (e *exchange) name() string {
	name, _ := strings.CutPrefix(e.Path, "/v1/")
	if name == e.Path || e.Method != http.MethodPost {
		return ""
	}
	return name
}

// A channel is what lies between browsers and roles, in the hands of a test.
type channel struct {
	mu     sync.Mutex
	deaf   func(*exchange) bool   // loses the request, before a role sees it
	meddle func(*exchange) []byte // gives another answer; nil cuts the connection instead
	seen   []*exchange            // all of them, in their order
}

// open takes the places of the roles at their origins, and has the roles listen elsewhere.
func (c *channel) open(t testing.TB, conf *config.Config) {
	t.Helper()
	for origin, place := range places(conf) {
		at, err := free()
		if err != nil {
			t.Fatal(err)
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		*origin, place.Listen = "http://"+l.Addr().String(), at
		s := &http.Server{Handler: c.to(place.Directory, at), ErrorLog: log.New(io.Discard, "", 0)}
		go s.Serve(l)
		t.Cleanup(func() { s.Close() })
	}
}

// to passes on what is asked of a role.
func (c *channel) to(directory, at string) http.Handler {
	role := directory[strings.LastIndex(directory, "/")+1:]
	proxy := &httputil.ReverseProxy{
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: "http", Host: at}); r.Out.Host = r.In.Host },
		ErrorLog:     log.New(io.Discard, "", 0),
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
		Transport:    &http.Transport{DisableKeepAlives: true, DisableCompression: true},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		e := &exchange{Role: role, Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Request: body}
		c.mu.Lock()
		deaf, meddle := c.deaf, c.meddle
		c.mu.Unlock()
		if deaf != nil && deaf(e) {
			panic(http.ErrAbortHandler)
		}
		if meddle != nil {
			r.Header.Del("Accept-Encoding")
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		p := *proxy
		p.ModifyResponse = func(a *http.Response) error {
			answer, err := io.ReadAll(a.Body)
			if err != nil {
				return err
			}
			e.Status, e.Header, e.Answer = a.StatusCode, a.Header.Clone(), answer
			c.mu.Lock()
			c.seen = append(c.seen, e)
			c.mu.Unlock()
			if meddle != nil && a.Request.Method != http.MethodOptions {
				if answer = meddle(e); answer == nil {
					return errors.New("cut")
				}
				a.Header.Set("Content-Length", strconv.Itoa(len(answer)))
				a.ContentLength = int64(len(answer))
			}
			a.Body = io.NopCloser(bytes.NewReader(answer))
			return nil
		}
		p.ServeHTTP(w, r)
	})
}

// lose loses the requests that f says; nil ends it.
func (c *channel) lose(f func(*exchange) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deaf = f
}

// change has answers be what f makes of them; nil ends it.
func (c *channel) change(f func(*exchange) []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.meddle = f
}

// passed are the exchanges so far that f says.
func (c *channel) passed(f func(*exchange) bool) (out []*exchange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.seen {
		if f(e) {
			out = append(out, e)
		}
	}
	return out
}

// times counts the messages of that name.
func (c *channel) times(name string) int {
	return len(c.passed(func(e *exchange) bool { return e.name() == name }))
}
