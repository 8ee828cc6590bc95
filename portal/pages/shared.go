package pages

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"sync"

	"isoloir/portal/public"
)

// A copyOf is all that a page depends on within a second: its address, the form in
// which it goes, and what the bureau has done.
type copyOf struct {
	address         string
	packed          bool
	acts            int
	opening, result bool
	global          int64
}

// copies are the pages of the current second.
type copies struct {
	mu     sync.Mutex
	second int64
	of     map[copyOf]*copied
}

// maxCopies is how many different pages are kept in a second.
const maxCopies = 256

func (c *copies) at(second int64, page copyOf) *copied {
	c.mu.Lock()
	defer c.mu.Unlock()
	if second != c.second || len(c.of) >= maxCopies {
		c.second, c.of = second, map[copyOf]*copied{}
	}
	p := c.of[page]
	if p == nil {
		p = &copied{}
		c.of[page] = p
	}
	return p
}

// shared lets a page be made once in a second, whoever asks for it. It is for pages
// that depend on nothing of who asks.
func (s *Site) shared(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		done := s.config.Scrutin.Progress()
		p := s.copies.at(s.config.Now().Unix(), copyOf{r.URL.RequestURI(), public.Unzips(r), len(done.Acts), done.Opening != nil, done.Result != nil, done.Global.Unix()})
		p.make(next, r)
		maps.Copy(w.Header(), p.header)
		w.WriteHeader(p.status)
		w.Write(p.body.Bytes())
	})
}

// A copied is an answer that is kept instead of being sent.
type copied struct {
	mu     sync.Mutex
	whole  bool
	header http.Header
	status int
	body   bytes.Buffer
}

// make has next answer, unless that was done. Who asked first may go away meanwhile,
// and what panics is no answer.
func (p *copied) make(next http.Handler, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.whole {
		return
	}
	p.header, p.status = http.Header{}, http.StatusOK
	p.body.Reset()
	next.ServeHTTP(answer{p}, r.WithContext(context.WithoutCancel(r.Context())))
	p.whole = true
}

// answer writes a copy.
type answer struct{ *copied }

func (a answer) Header() http.Header         { return a.header }
func (a answer) WriteHeader(status int)      { a.status = status }
func (a answer) Write(b []byte) (int, error) { return a.body.Write(b) }
