package public_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"isoloir/portal/public"
)

func ask(p *public.Press, f public.File, kind string, headers ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	p.Send(w, r, f, kind, public.Minute)
	return w.Result()
}

// TestTag: whoever has the bytes is told no more than that, compressed or not, and bytes
// that change have another tag.
func TestTag(t *testing.T) {
	p, f := &public.Press{}, public.FileOf([]byte(strings.Repeat("scrutin ", 100)))
	for _, encoding := range []string{"identity", "gzip"} {
		first := ask(p, f, "text/html; charset=utf-8", "Accept-Encoding", encoding)
		body := io.Reader(first.Body)
		if encoding == "gzip" {
			var err error
			if body, err = gzip.NewReader(body); err != nil || first.Header.Get("Content-Encoding") != "gzip" {
				t.Fatal("not compressed: ", err)
			}
		}
		if text, err := io.ReadAll(body); err != nil || string(text) != string(f.Data) {
			t.Fatalf("%s: %q, %v", encoding, text, err)
		}
		if first.Header.Get("Cache-Control") != public.Minute || first.Header.Get("Vary") != "Accept-Encoding" {
			t.Error(first.Header)
		}
		tag := first.Header.Get("ETag")
		if again := ask(p, f, "text/html", "Accept-Encoding", encoding, "If-None-Match", tag); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s: whoever has it is answered %d", encoding, again.StatusCode)
		}
		if other := ask(p, public.FileOf([]byte("autre")), "text/html", "Accept-Encoding", encoding, "If-None-Match", tag); other.StatusCode != http.StatusOK {
			t.Errorf("%s: whoever has other bytes is answered %d", encoding, other.StatusCode)
		}
	}
}

// TestKind: what is compressed already is sent as it is, and what a browser does not take
// is not compressed.
func TestKind(t *testing.T) {
	for _, c := range []struct {
		kind, accept string
		gzip         bool
	}{
		{"text/csv", "gzip, br", true}, {"image/svg+xml", "gzip;q=0.5", true}, {"application/manifest+json", "gzip", true},
		{"image/png", "gzip", false}, {"application/pdf", "gzip", false}, {"text/csv", "gzip;q=0", false}, {"text/csv", "", false},
	} {
		if got := ask(&public.Press{}, public.FileOf([]byte("a")), c.kind, "Accept-Encoding", c.accept).Header.Get("Content-Encoding") == "gzip"; got != c.gzip {
			t.Errorf("%s to %q: gzip is %v", c.kind, c.accept, got)
		}
	}
}

// TestShelf: a file is read once, and one that is not there is told.
func TestShelf(t *testing.T) {
	files, s := fstest.MapFS{"a": {Data: []byte("a")}}, &public.Shelf{}
	first, err := s.Read(files, "a")
	if err != nil || string(first.Data) != "a" {
		t.Fatal(first, err)
	}
	delete(files, "a")
	if again, err := s.Read(files, "a"); err != nil || again.Digest != first.Digest {
		t.Error(again, err)
	}
	if _, err := s.Read(files, "b"); err == nil {
		t.Error("a file that is not there was read")
	}
}
