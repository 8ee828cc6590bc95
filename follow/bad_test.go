package follow_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isoloir/follow"
	"isoloir/scrutin"
)

// TestBadServers is told of each, keeps nothing of it, and goes on when it is over.
func TestBadServers(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { t.Error("somebody else is asked") }))
	defer elsewhere.Close()
	for name, bad := range map[string]struct {
		of    string // what is answered so
		serve func(w http.ResponseWriter, r *http.Request)
	}{
		"nothing there":         {"checkpoint", http.NotFound},
		"an error":              {"checkpoint", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) }},
		"another address":       {"checkpoint", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) }},
		"a page":                {"checkpoint", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "<html>welcome</html>") }},
		"no byte":               {"checkpoint", func(w http.ResponseWriter, r *http.Request) {}},
		"an endless checkpoint": {"checkpoint", endless},
		"a slow checkpoint":     {"checkpoint", slow},
		"busy for ever": {"checkpoint", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(429)
		}},
		"leaves elsewhere": {"tile", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusMovedPermanently)
		}},
		"no leaves":              {"tile", http.NotFound},
		"endless leaves":         {"tile", endless},
		"slow leaves":            {"tile", slow},
		"no bundle":              {"tile", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "hello") }},
		"half a bundle":          {"tile", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte{0, 1, 'x', 0}) }},
		"other leaves":           {"tile", func(w http.ResponseWriter, r *http.Request) { w.Write(bytes.Repeat([]byte{0, 1, 'x'}, 5)) }},
		"more leaves than named": {"tile", func(w http.ResponseWriter, r *http.Request) { w.Write(bytes.Repeat([]byte{0, 1, 'x'}, 6)) }},
		"cut off": {"tile", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "50")
			w.Write([]byte("x"))
		}},
	} {
		w := newWorld(t)
		w.history("", 5)
		on := true
		w.serve = func(rw http.ResponseWriter, r *http.Request) bool {
			if on && strings.Contains(r.URL.Path, bad.of) {
				bad.serve(rw, r)
				return true
			}
			return false
		}
		f := w.open()
		if err := f.Round(ctx); !errors.Is(err, follow.ErrServer) {
			t.Errorf("%s: %v", name, err)
		}
		if len(w.told) != 1 || w.told[0].What != follow.Trouble {
			t.Errorf("%s: %+v", name, w.told)
		}
		for file := range w.mirrored() {
			if !strings.HasPrefix(file, "seen/5-") && !strings.HasPrefix(file, "incoming") {
				t.Errorf("%s: %s is kept", name, file)
			}
		}
		on = false
		w.round(f)
		if w.mirrored()["checkpoint"] != string(w.signed) {
			t.Errorf("%s: it does not go on", name)
		}
	}
	for name, sign := range map[string]func(w *world){
		"another key":    func(w *world) { w.key = newKey(t, "urn"); w.show(5) },
		"another log":    func(w *world) { w.signed = bytes.Replace(w.signed, []byte("urn-1"), []byte("urn-2"), 1) },
		"a changed size": func(w *world) { w.signed = bytes.Replace(w.signed, []byte("\n5\n"), []byte("\n6\n"), 1) },
		"the witness's":  func(w *world) { w.key = w.witness; w.show(5) },
		"no signature":   func(w *world) { w.signed = w.signed[:bytes.Index(w.signed, []byte("— "))] },
	} {
		w := newWorld(t)
		w.history("", 5)
		f := w.open()
		sign(w)
		if err := f.Round(ctx); !errors.Is(err, follow.ErrServer) || len(w.mirrored()) != 0 {
			t.Errorf("a checkpoint of %s: %v, %v", name, err, w.mirrored())
		}
	}
}

func endless(w http.ResponseWriter, r *http.Request) {
	for block := make([]byte, 1<<16); r.Context().Err() == nil; {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

func slow(w http.ResponseWriter, r *http.Request) {
	w.Write([]byte("i"))
	w.(http.Flusher).Flush()
	select {
	case <-r.Context().Done():
	case <-time.After(5 * time.Second):
	}
}

// TestConfig refuses what cannot be followed.
func TestConfig(t *testing.T) {
	w := newWorld(t)
	for _, address := range []string{"", "urn.example", "http://urn.example", "ftp://urn.example", "https://", "https://urn.example/log", "https://a@urn.example", "https://urn.example?x"} {
		w.config.URL = address
		if _, err := follow.Open(w.config); !errors.Is(err, follow.ErrConfig) {
			t.Errorf("%q: %v", address, err)
		}
	}
	w.config.URL = "https://urn.example/"
	w.config.Witness = newKey(t, "anne")
	if _, err := follow.Open(w.config); !errors.Is(err, follow.ErrConfig) {
		t.Errorf("a stranger's key: %v", err)
	}
}

// TestDamaged goes on from no mirror whose files are not those that were written.
func TestDamaged(t *testing.T) {
	for _, file := range []string{"checkpoint", "tile/0/000.p/5"} {
		for _, change := range []func(path string) error{os.Remove, func(path string) error { return os.WriteFile(path, make([]byte, 160), 0o644) }} {
			w := newWorld(t)
			w.history("", 5)
			w.round(w.open())
			path := filepath.Join(w.config.Dir, filepath.FromSlash(scrutin.Origin(fingerprint, "urn-1")), file)
			if err := change(path); err != nil {
				t.Fatal(err)
			}
			_, err := follow.Open(w.config)
			if _, gone := os.Stat(path); file == "checkpoint" && gone != nil {
				if err != nil {
					t.Errorf("a mirror without checkpoint begins again: %v", err)
				}
			} else if err == nil {
				t.Errorf("%s is damaged, and taken", file)
			}
		}
	}
}
