package faults

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"path"
	"sync"
	"testing"
	"time"
)

// A passage stands on the way of messages over HTTP between those who ask and one role,
// and does to some of them what it was told to.
type passage struct {
	at     string // its origin
	tally  *tally
	behind []behind
	client http.Client

	mu     sync.Mutex
	random *rand.Rand
	armed  map[fault]strike
	often  float64 // the part of messages of the protocol whose answer is lost, and of those that come twice
}

// behind is a process of the role that is asked, and the line that leads to it.
type behind struct {
	line   *line
	victim *process
}

// A strike is what is done to the next message of a step.
type strike struct {
	kind   string
	victim *process // nil for whom is asked
}

// newPassage listens at an address.
func newPassage(t testing.TB, listen string, seed uint64, c *tally, all ...behind) *passage {
	t.Helper()
	p := &passage{at: "http://" + listen, tally: c, behind: all, armed: map[fault]strike{}, random: rand.New(rand.NewPCG(seed, 1)),
		client: http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 100}}}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: p}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return p
}

// steps are the messages of the protocol that a passage knows.
var steps = []string{"hello", "login", "open", "reserve", "append", "mark", "fate"}

// arm has the next message of a step struck.
func (p *passage) arm(step string, s strike) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed[fault{s.kind, step}] = s
}

// loses has so large a part of the messages of the protocol struck besides; nothing that was
// armed strikes any more where it is 0.
func (p *passage) loses(part float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.often = part
	if part == 0 {
		clear(p.armed)
	}
}

// next says what is done to a message of a step, and who of the role is asked.
func (p *passage) next(step string) (s strike, to behind, pause time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	to, pause = p.behind[p.random.IntN(len(p.behind))], time.Duration(p.random.IntN(6000))*time.Microsecond
	for f := range p.armed {
		if f.where == step {
			s = p.armed[f]
			delete(p.armed, f)
			break
		}
	}
	if known(step) && s.kind == "" {
		switch x := p.random.Float64(); {
		case x < p.often:
			s.kind = lost
		case x < 2*p.often:
			s.kind = doubled
		}
	}
	if s.victim == nil {
		s.victim = to.victim
	}
	return s, to, pause
}

func known(step string) bool {
	for _, s := range steps {
		if s == step {
			return true
		}
	}
	return false
}

// ServeHTTP carries a message there, and its answer back.
func (p *passage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	step := path.Base(r.URL.Path)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	s, to, pause := p.next(step)
	where := step
	if s.victim != nil && s.kind != lost && s.kind != doubled {
		where = s.victim.name + ", " + step
	}
	strike := func() {
		if s.victim.kill() {
			p.tally.add(s.kind, where)
		}
	}
	switch s.kind {
	case killedBefore:
		strike()
		panic(http.ErrAbortHandler)
	case killedDuring:
		go func() {
			time.Sleep(pause)
			strike()
		}()
	case doubled:
		p.tally.add(doubled, step)
		first := make(chan struct{})
		go func() {
			defer close(first)
			p.carry(r, to, body)
		}()
		defer func() { <-first }()
	}
	a, answer, err := p.carry(r, to, body)
	switch {
	case err != nil:
		panic(http.ErrAbortHandler)
	case s.kind == killedAfter:
		strike()
		panic(http.ErrAbortHandler)
	case s.kind == lost:
		p.tally.add(lost, step)
		panic(http.ErrAbortHandler)
	}
	for name, values := range a.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.StatusCode)
	if _, err := w.Write(answer); err != nil {
		panic(http.ErrAbortHandler)
	}
}

// carry asks whom is behind, and reads the whole answer.
func (p *passage) carry(r *http.Request, to behind, body []byte) (*http.Response, []byte, error) {
	q, err := http.NewRequestWithContext(r.Context(), r.Method, "http://"+to.line.at()+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	q.Header, q.Host = r.Header.Clone(), r.Host
	if from, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		q.Header.Set("X-Forwarded-For", from)
	}
	a, err := p.client.Do(q)
	if err != nil {
		return nil, nil, err
	}
	defer a.Body.Close()
	answer, err := io.ReadAll(a.Body)
	return a, answer, err
}
