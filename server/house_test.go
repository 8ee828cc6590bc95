package server

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"isoloir/observe"
	"isoloir/server/config"
)

// A house that is to stop shuts its doors before its roles finish what was asked of them: else who goes on asking keeps it from stopping.
func TestDoorsFirst(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + l.Addr().String()
	open := func() bool {
		a, err := http.Get(address)
		if err != nil {
			return false
		}
		a.Body.Close()
		return a.StatusCode == http.StatusNoContent
	}
	ctx, cancel := context.WithCancel(t.Context())
	role := &Role{Name: "portal", Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }),
		hours: []func(context.Context){func(ctx context.Context) {
			for !open() {
				time.Sleep(time.Millisecond)
			}
			cancel()
			<-ctx.Done()
			for end := time.Now().Add(5 * time.Second); open(); time.Sleep(time.Millisecond) {
				if time.Now().After(end) {
					t.Error("there is always more to do")
					return
				}
			}
		}}}
	h := &House{Public: &Public{}, Roles: &Roles{Portal: &Portal{Role: role}}, config: &config.Config{},
		setting: Setting{Watch: observe.Silent()}, doors: map[string]*Door{"portal": NewDoor(l)}}
	if err := h.Run(ctx); err != nil {
		t.Error(err)
	}
}

// A report counts who has voted to the moment. Who reads the metrics from another machine, or has a browser here ask, is given none.
func TestReportsAtHome(t *testing.T) {
	i := &Inspection{dir: t.TempDir()}
	if err := os.WriteFile(filepath.Join(i.dir, reportFile), []byte("report"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := &House{setting: Setting{Watch: observe.Silent()}}
	h.inspections.Store(&map[string]*Inspection{"urn": i})
	for _, c := range []struct {
		from, header string
		want         int
	}{{"127.0.0.1:5000", "", http.StatusOK}, {"[::1]:5000", "", http.StatusOK}, {"10.0.9.20:5000", "", http.StatusNotFound}, {"[fd00::1]:5000", "", http.StatusNotFound},
		{"127.0.0.1:5000", "Origin", http.StatusNotFound}, {"127.0.0.1:5000", "X-Forwarded-For", http.StatusNotFound}} {
		q := httptest.NewRequest(http.MethodGet, "/integrity/urn", nil)
		if q.RemoteAddr = c.from; c.header != "" {
			q.Header.Set(c.header, "https://page.example")
		}
		w := httptest.NewRecorder()
		if h.observed(w, q); w.Code != c.want {
			t.Errorf("from %s with %q: %d, not %d", c.from, c.header, w.Code, c.want)
		}
	}
}
