package faults

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// A wire stands between a service and its database, and knows from PostgreSQL's messages
// (protocol 3.0) what a transaction is about when it is committed.
type wire struct {
	name   string // of the role
	socket string // of the server
	victim *process
	tally  *tally

	mu    sync.Mutex
	armed map[fault]bool
}

// newWire listens, and leads to a server's socket. Its victim is who uses it.
func newWire(t testing.TB, name, socket string, c *tally) (w *wire, address string) {
	t.Helper()
	w = &wire{name: name, socket: socket, tally: c, armed: map[fault]bool{}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.serve(c)
		}
	}()
	return w, l.Addr().String()
}

// arm has the next commit of that step struck.
func (w *wire) arm(kind, step string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.armed[fault{kind, step}] = true
}

// take says whether a commit is to be struck so.
func (w *wire) take(kind, step string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := fault{kind, step}
	found := w.armed[f]
	delete(w.armed, f)
	return found
}

// writes are the statements by which one knows what a transaction of a store does. The
// last of them that is met names the step.
var writes = map[string][]struct{ statement, step string }{
	"roll": {
		{"INSERT INTO session ", "login"},
		{"INSERT INTO held ", "reserve"},
		{"INSERT INTO mark ", "mark"},
		{"DELETE FROM held WHERE ", "forget"},
	},
	"urn": {
		{"INSERT INTO spent ", "append"},
		{"copy \"leaf\" ", "flush"},
		{"INSERT INTO checkpoint ", "checkpoint"},
	},
}

// A dialogue is one connection.
type dialogue struct {
	*wire
	service, server net.Conn
	prepared        map[string]string // statements by name
	rank            int               // of what the transaction does, in writes; 0 for nothing

	mu     sync.Mutex
	struck string // what is done when the commit is answered
	step   string
}

func (w *wire) serve(service net.Conn) {
	defer service.Close()
	server, err := net.Dial("unix", w.socket)
	if err != nil {
		return
	}
	defer server.Close()
	d := &dialogue{wire: w, service: service, server: server, prepared: map[string]string{}}
	var both sync.WaitGroup
	both.Go(func() { d.asks(); service.Close(); server.Close() })
	both.Go(func() { d.answers(); service.Close(); server.Close() })
	both.Wait()
}

// asks carries what the service says.
func (d *dialogue) asks() {
	if first, err := message(d.service, 0); err != nil || !send(d.server, first) {
		return
	}
	for {
		m, err := message(d.service, 1)
		if err != nil || !d.read(m) || !send(d.server, m) {
			return
		}
	}
}

// read looks at a message of the service, and says whether it may pass.
func (d *dialogue) read(m []byte) bool {
	switch body := m[5:]; m[0] {
	case 'P': // parse
		if name, rest, ok := bytes.Cut(body, []byte{0}); ok {
			text, _, _ := bytes.Cut(rest, []byte{0})
			d.prepared[string(name)] = string(text)
		}
	case 'B': // bind
		if _, rest, ok := bytes.Cut(body, []byte{0}); ok {
			name, _, _ := bytes.Cut(rest, []byte{0})
			d.does(d.prepared[string(name)])
		}
	case 'Q': // query
		text := strings.TrimSuffix(string(body), "\x00")
		switch {
		case strings.HasPrefix(text, "begin"):
			d.rank = 0
		case text == "commit" && d.rank > 0:
			return d.commits(writes[d.name][d.rank-1].step)
		default:
			d.does(text)
		}
	}
	return true
}

func (d *dialogue) does(statement string) {
	for i, w := range writes[d.name] {
		if strings.HasPrefix(statement, w.statement) {
			d.rank = max(d.rank, i+1)
		}
	}
}

// commits lets the server not hear of a commit, or remembers what is to follow it.
func (d *dialogue) commits(step string) bool {
	if d.take(cutUndone, step) {
		d.tally.add(cutUndone, d.name+", "+step)
		return false
	}
	if d.take(killedUndone, step) {
		if d.victim.kill() {
			d.tally.add(killedUndone, d.name+", "+step)
		}
		return false
	}
	for _, kind := range []string{killedDone, cutDone} {
		if d.take(kind, step) {
			d.mu.Lock()
			d.struck, d.step = kind, step
			d.mu.Unlock()
			break
		}
	}
	return true
}

// answers carries what the server says, unless it is of a commit that is to be struck.
func (d *dialogue) answers() {
	for {
		m, err := message(d.server, 1)
		if err != nil {
			return
		}
		if m[0] == 'C' && bytes.HasPrefix(m[5:], []byte("COMMIT")) {
			d.mu.Lock()
			kind, step := d.struck, d.step
			d.mu.Unlock()
			if kind == killedDone && !d.victim.kill() {
				return
			}
			if kind != "" {
				d.tally.add(kind, d.name+", "+step)
				return
			}
		}
		if !send(d.service, m) {
			return
		}
	}
}

// longestMessage is more than any that the stores send.
const longestMessage = 64 << 20

// message reads one, with so many bytes before its length: 0 for the first one.
func message(from io.Reader, before int) ([]byte, error) {
	head := make([]byte, before+4)
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint32(head[before:]))
	if n < 4 || n > longestMessage {
		return nil, errors.New("this is no message of PostgreSQL's protocol")
	}
	m := append(head, make([]byte, n-4)...)
	_, err := io.ReadFull(from, m[before+4:])
	return m, err
}

func send(to io.Writer, m []byte) bool {
	_, err := to.Write(m)
	return err == nil
}
