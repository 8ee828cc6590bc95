package voting_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"isoloir/account/exchange"
	"isoloir/portal/pages"
	"isoloir/roll/login"
	"isoloir/scrutin"
	"isoloir/web"
)

// origin serves a role, whose answers the world can change, and gives its origin.
func (w *world) origin(t *testing.T, role http.Handler) string {
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		request, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(request))
		r.Header.Del("If-None-Match") // what was true before is not asked about
		w.mu.Lock()
		deaf := w.deaf
		w.mu.Unlock()
		if deaf != nil && r.Method != http.MethodOptions && deaf(r.URL.Path[len("/v1/"):]) {
			panic(http.ErrAbortHandler) // the request is lost
		}
		honest := httptest.NewRecorder()
		role.ServeHTTP(honest, r)
		answer := honest.Body.Bytes()
		if r.Method != http.MethodOptions {
			w.mu.Lock()
			name, meddle := r.URL.Path[len("/v1/"):], w.meddle
			w.asked = append(w.asked, name)
			w.mu.Unlock()
			if meddle != nil {
				if answer = meddle(name, request, answer); answer == nil {
					panic(http.ErrAbortHandler) // the connection is cut
				}
			}
		}
		for name, values := range honest.Header() {
			out.Header()[name] = values
		}
		out.Header().Set("Content-Length", strconv.Itoa(len(answer)))
		out.WriteHeader(honest.Code)
		out.Write(answer)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(server.Close)
	return server.URL
}

// rewritten lets the world change the documents of the portal.
func (w *world) rewritten(site http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		change, deaf, instead := w.page, w.deaf, w.records[r.URL.Path]
		w.mu.Unlock()
		if deaf != nil && deaf(r.URL.Path) {
			panic(http.ErrAbortHandler)
		}
		if instead != nil {
			out.Header().Set("Access-Control-Allow-Origin", "*")
			if strings.HasSuffix(r.URL.Path, ".js") {
				out.Header().Set("Content-Type", "text/javascript")
			}
			out.Write(instead)
			return
		}
		if change == nil || len(r.URL.Path) < 4 || r.URL.Path[3] != '/' {
			site.ServeHTTP(out, r)
			return
		}
		honest := httptest.NewRecorder()
		r.Header.Del("Accept-Encoding") // what is compressed cannot be changed
		site.ServeHTTP(honest, r)
		for name, values := range honest.Header() {
			out.Header()[name] = values
		}
		out.WriteHeader(honest.Code)
		out.Write(change(honest.Body.Bytes()))
	})
}

// lie has the services answer what change makes of their answers; nil ends it.
func (w *world) lie(change meddler) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.meddle = change
}

// deafen loses the requests that f says, before a service sees them; nil ends it.
func (w *world) deafen(f func(name string) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.deaf = f
}

// times counts the requests of that name so far.
func (w *world) times(name string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.asked {
		if a == name {
			n++
		}
	}
	return n
}

// mail is the issuer's endpoint for receipts by e-mail.
func (w *world) mail(out http.ResponseWriter, r *http.Request) {
	request, _ := io.ReadAll(r.Body)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mails = append(w.mails, request)
	out.Header().Set("Content-Type", "application/octet-stream")
	out.Write([]byte{0})
}

// Send implements login.Sender.
func (w *world) Send(_ context.Context, _ string, v exchange.Validation) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.digits = v.Digits
	return "c…@e…", nil
}

// sent is the last code that was sent.
func (w *world) sent() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.digits
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.late)
}

// setLate moves the clock of roll and urn ahead of the world's.
func (w *world) setLate(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.late = d
}

// act adds an act of the bureau.
func (w *world) act(kind string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.acts = append(w.acts, &scrutin.Act{Type: kind})
	if kind == scrutin.ActClose {
		w.closed = time.Now().Add(-time.Second)
	}
}

func (w *world) window() login.Window {
	p := w.Progress()
	closes := p.Closes(w.Manifest)
	if a := p.Act(scrutin.ActClose); a != nil {
		closes = w.ended()
	}
	return login.Window{Open: w.Manifest.Schedule.Open.Time, Close: closes, Ends: closes, Suspended: p.Suspended() != nil}
}

// ended is when the bureau closed the vote.
func (w *world) ended() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.closed
}

func (w *world) voting(at time.Time) bool { return w.window().Voting(at) }

// Progress implements pages.Scrutin.
func (w *world) Progress() pages.Progress {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := pages.Progress{Acts: slices.Clone(w.acts), Opening: w.opening}
	if p.Act(scrutin.ActProclaim) != nil {
		p.Result = new(scrutin.Result)
	}
	return p
}

// site is w as the pages see it.
type site struct{ *world }

func (s site) Manifest() *scrutin.Manifest { return s.world.Manifest }

func (s site) Fingerprint() scrutin.Digest { return s.world.Fingerprint }

func (s site) Record() pages.Files { return recordFiles{s.world} }

func (s site) Documents() fs.FS { return s.documents }

func (s site) Client() fs.FS { return web.Files() }

func (s site) Origins() pages.Origins { return s.origins }

// recordFiles are the two records that a device reads, or what stands in their place.
type recordFiles struct{ w *world }

func (r recordFiles) Stream(path string) (io.ReadSeekCloser, int64, error) {
	r.w.mu.Lock()
	defer r.w.mu.Unlock()
	data, changed := r.w.records[path]
	switch {
	case changed:
	case path == "manifest.json":
		data = r.w.Bytes
	case path == "opening.note":
		data = r.w.note
	default:
		return nil, 0, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	}
	return struct {
		io.ReadSeeker
		io.Closer
	}{bytes.NewReader(data), io.NopCloser(nil)}, int64(len(data)), nil
}

func (r recordFiles) List() ([]string, error) { return []string{"manifest.json", "opening.note"}, nil }

// secretsOf are what of an elector of the first urn no storage may hold, and what he
// may choose.
func (w *world) secretsOf(elector int) []string {
	x := w.secrets[0][elector].Bytes()
	reversed := x
	slices.Reverse(reversed[:])
	secrets := []string{hex.EncodeToString(x[:]), hex.EncodeToString(reversed[:]), new(big.Int).SetBytes(reversed[:]).String(), w.sent(),
		w.codes[0][0][elector].Reveal(), w.codes[1][0][elector].Reveal(), "option-1", "option-2", "option-3", "blank"}
	for _, code := range secrets[4:6] {
		secrets = append(secrets, strings.ReplaceAll(code, "-", ""))
	}
	return slices.DeleteFunc(secrets, func(s string) bool { return s == "" })
}
