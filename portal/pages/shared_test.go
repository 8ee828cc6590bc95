package pages_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"isoloir/portal/guard"
	"isoloir/portal/pages"
	"isoloir/ratelimit"

	"github.com/a-h/templ"
)

// TestOneForAll makes a page once in a second, whoever asks, and again when the hour,
// the address or what the bureau has done is another.
func TestOneForAll(t *testing.T) {
	f := newFake(t)
	f.enter(pages.Open)
	site, err := pages.New(pages.Config{Scrutin: f, Now: func() time.Time { return f.now }})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	made, broken := 0, false
	site.Page("/essai/{x}", func(v *pages.Visit) (pages.View, error) {
		mu.Lock()
		defer mu.Unlock()
		if made++; broken {
			panic("broken")
		}
		return pages.View{Title: "Essai", Body: templ.Raw(strings.Repeat(fmt.Sprint("page ", v.Value("x"), " "), 500))}, nil
	})
	gate := guard.New(guard.Config{Now: func() time.Time { return f.now }, Refuse: site.Refuse})
	h := site.Handler(gate, gate.NewLimiter(ratelimit.Limit{}))
	ask := func(path, accept string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Accept-Encoding", accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	want := func(what string, n int) {
		t.Helper()
		if made != n {
			t.Errorf("%s: made %d times, not %d", what, made, n)
		}
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/fr/essai/a", nil).WithContext(gone))
	plain := ask("/fr/essai/a", "")
	if plain.Code != http.StatusOK || !strings.Contains(plain.Body.String(), "page a") || plain.Header().Get("Content-Security-Policy") == "" {
		t.Fatalf("after a browser that went away: %d %v", plain.Code, plain.Header())
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { ask("/fr/essai/a", "gzip") })
	}
	all.Wait()
	want("many at once", 2) // one in each form
	for accept, packed := range map[string]bool{"gzip": true, "br, gzip;q=0.5": true, "gzip;q=0": false, "gzip; q=0.0": false, "identity": false, "": false} {
		w := ask("/fr/essai/a", accept)
		body := io.Reader(w.Body)
		if (w.Header().Get("Content-Encoding") == "gzip") != packed || w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: %v", accept, w.Header())
		}
		if packed {
			if body, err = gzip.NewReader(body); err != nil {
				t.Fatal(err)
			}
		}
		if text, err := io.ReadAll(body); err != nil || string(text) != plain.Body.String() {
			t.Errorf("%q: another page, %v", accept, err)
		}
	}
	want("in either form", 2)
	if w := ask("/fr/essai/b", ""); strings.Contains(w.Body.String(), "page a") {
		t.Error("a page of another address")
	}
	ask("/en/essai/a", "")
	want("at three addresses", 4)
	f.enter(pages.Suspended)
	ask("/fr/essai/a", "")
	want("after an act", 5)
	f.now = f.now.Add(time.Second)
	ask("/fr/essai/a", "")
	want("a second later", 6)
	f.now, broken = f.now.Add(time.Second), true
	if w := ask("/fr/essai/a", ""); w.Code != http.StatusInternalServerError {
		t.Error(w.Code)
	}
	broken = false
	if w := ask("/fr/essai/a", ""); w.Code != http.StatusOK {
		t.Errorf("what failed is kept: %d", w.Code)
	}
}
