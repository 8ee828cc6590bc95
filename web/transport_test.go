package web_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestUnending gives up a service that begins an answer and never ends it, whether it
// sends nothing more or more than any answer has.
func TestUnending(t *testing.T) {
	mux := http.NewServeMux()
	begin := func(w http.ResponseWriter) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "*")
		w.Write([]byte("{"))
		w.(http.Flusher).Flush()
	}
	mux.HandleFunc("POST /v1/silent", func(w http.ResponseWriter, r *http.Request) {
		begin(w)
		<-r.Context().Done()
	})
	mux.HandleFunc("GET /silent", func(w http.ResponseWriter, r *http.Request) {
		begin(w)
		<-r.Context().Done()
	})
	spaces := bytes.Repeat([]byte(" "), 1<<20)
	mux.HandleFunc("GET /endless", func(w http.ResponseWriter, r *http.Request) {
		begin(w)
		for range 40 {
			if _, err := w.Write(spaces); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("OPTIONS /", func(w http.ResponseWriter, _ *http.Request) { begin(w) })
	service := httptest.NewServer(mux)
	t.Cleanup(service.Close)
	p := newPage(t, func(string) []string { return []string{service.URL} })
	call[bool](p, "((later) => { globalThis.setTimeout = (f, ms) => later(f, ms / 40); return true; })(setTimeout)")
	for name, ask := range map[string]string{
		"silent file":    "client.transport.reading($1 + '/silent')",
		"silent service": "client.transport.asking('roll', $1)('silent', [new Uint8Array(1)])",
		"endless file":   "client.transport.reading($1 + '/endless')",
	} {
		got := call[string](p, "Promise.race([("+ask+").then(() => 'answer', (e) => e.name), new Promise((r) => setTimeout(() => r('never'), 400000))])", service.URL)
		if got != "Unreachable" {
			t.Errorf("%s: %s", name, got)
		}
	}
	if !strings.Contains(call[string](p, "client.transport.reading($1 + '/v1/none').catch(String)", service.URL), "Unreachable") {
		t.Error("what is not there was read")
	}
}
