package pages_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"isoloir/portal/pages"
	"isoloir/scrutin"
	"isoloir/web"
)

func actOf(kind string) func(*scrutin.Act) bool {
	return func(a *scrutin.Act) bool { return a.Type == kind }
}

func under(root string, paths []string) (out []string) {
	for _, p := range paths {
		out = append(out, root+p)
	}
	return out
}

// TestRoot leads to the language that the browser prefers.
func TestRoot(t *testing.T) {
	v := &visitor{h: newFake(t).site()}
	for accept, want := range map[string]string{"": "/fr/", "en-GB,en;q=0.8": "/en/", "ja": "/fr/"} {
		r := v.do("GET", "/", nil, "Accept-Language", accept)
		if r.StatusCode != 303 || r.Header.Get("Location") != want || !strings.Contains(r.Header.Get("Vary"), "Accept-Language") {
			t.Errorf("%q: %d to %q", accept, r.StatusCode, r.Header.Get("Location"))
		}
	}
	for path, lang := range map[string]string{"/fr/rien": "fr", "/en/nothing": "en", "/rien": "en"} {
		if text := body(t, v.do("GET", path, nil, "Accept-Language", "en")); !strings.Contains(text, `<html lang="`+lang+`">`) {
			t.Errorf("%s is refused in another language than %s", path, lang)
		}
	}
}

// TestTraversal asks for what is outside the record and the client, in many ways.
func TestTraversal(t *testing.T) {
	f := newFake(t)
	secret := f.export.Dir() + "/../secret"
	if err := os.WriteFile(secret, []byte("outside"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, f.export.Dir()+"/acts/0002-link.note"); err != nil {
		t.Fatal(err)
	}
	f.enter(pages.Published)
	v := &visitor{h: f.site()}
	for _, root := range []string{"/record/", "/client/", "/client/source/", "/documents/"} {
		for _, path := range []string{"../secret", "%2e%2e/secret", "..%2fsecret", "acts/..%2f..%2fsecret", "acts/%2e%2e/%2e%2e/secret", "acts/../../secret", "%2fetc%2fpasswd", "/etc/passwd",
			"acts%5c..%5csecret", "acts/0002-link.note", "manifest.json%00", ".", "", "acts", "acts/", "./manifest.json", "acts//0001-constitute.note", "../client.go", "dist/../client.go", strings.Repeat("a/", 500) + "x"} {
			r := v.get(root + path)
			if text := body(t, r); r.StatusCode == 200 || strings.Contains(text, "outside") || strings.Contains(text, "root:") {
				t.Errorf("%s%s is served: %d", root, path, r.StatusCode)
			}
		}
	}
}

// TestDocument wants the bytes of the manifest or none.
func TestDocument(t *testing.T) {
	f := newFake(t)
	v := &visitor{h: f.site()}
	pdf, text := f.manifest.Questions[0].Options[1].Documents[0], f.manifest.Questions[0].Options[1].Documents[1]
	for doc, kind := range map[scrutin.Document]string{pdf: "application/pdf", text: "text/plain; charset=utf-8"} {
		r := v.get("/documents/" + doc.SHA256.String())
		if got := body(t, r); scrutin.DigestOf([]byte(got)) != doc.SHA256 || r.Header.Get("Content-Type") != kind || !strings.Contains(r.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d bytes as %s", doc.Title, len(got), r.Header.Get("Content-Type"))
		}
	}
	// another profession de foi in the place of this one
	f.documents[text.SHA256.String()] = &fstest.MapFile{Data: []byte("Votez pour un autre.")}
	r := v.get("/documents/" + text.SHA256.String())
	if got := body(t, r); r.StatusCode != 500 || strings.Contains(got, "Votez") || len(f.failed) != 1 {
		t.Errorf("%d, %q", r.StatusCode, f.failed)
	}
	// a file that stands beside the documents and that the manifest does not name
	stray := scrutin.DigestOf([]byte("stray"))
	f.documents[stray.String()] = &fstest.MapFile{Data: []byte("stray")}
	if r := v.get("/documents/" + stray.String()); r.StatusCode != 404 {
		t.Error(r.StatusCode)
	}
}

// TestExport wants the same bytes twice, every file of the record once, in order,
// without owner or date.
func TestExport(t *testing.T) {
	f := newFake(t)
	f.enter(pages.Published)
	v := &visitor{h: f.site()}
	first, second := body(t, v.get("/export.tar")), body(t, v.get("/export.tar"))
	if first != second {
		t.Error("two copies differ")
	}
	paths, err := f.export.List()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	in := tar.NewReader(strings.NewReader(first))
	for {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(in)
		want, err2 := f.export.Read(h.Name, 1<<20)
		if err != nil || err2 != nil || !bytes.Equal(data, want) {
			t.Errorf("%s: %q, not %q", h.Name, data, want)
		}
		if h.Mode != 0o644 || h.Uid != 0 || h.Uname != "" || h.ModTime.Unix() != 0 {
			t.Errorf("%s: %+v", h.Name, h)
		}
		got = append(got, h.Name)
	}
	if !slices.Equal(got, paths) {
		t.Errorf("%q, not %q", got, paths)
	}
	if r := v.do("HEAD", "/export.tar", nil); r.StatusCode != 200 || body(t, r) != "" {
		t.Error("the head of the export has a body")
	}
}

func TestStatus(t *testing.T) {
	f := newFake(t)
	for _, p := range phases {
		f.enter(p)
		var got map[string]any
		if err := json.Unmarshal([]byte(body(t, (&visitor{h: f.site()}).get("/status"))), &got); err != nil {
			t.Fatal(err)
		}
		if got["phase"] != string(p) || got["open"] != "2032-05-21T10:00:00Z" || got["close"] != "2032-05-26T10:00:00Z" || got["ends"] != got["close"] || got["server"] != scrutin.TimeOf(f.now).String() || len(got) != 6 || len(got["amendments"].([]any)) != 0 {
			t.Errorf("%s: %v", p, got)
		}
	}
}

// TestFailure lets what is behind a page fail: nothing of it is told.
func TestFailure(t *testing.T) {
	f := newFake(t)
	f.broken = true
	v := &visitor{h: f.site()}
	r := v.do("POST", "/en/assistance", map[string][]string{"subject": {"vote"}, "text": {"Hello"}})
	if text := body(t, r); r.StatusCode != http.StatusInternalServerError || strings.Contains(text, "secret detail") || !strings.Contains(text, "went wrong") {
		t.Errorf("%d %q", r.StatusCode, text)
	}
	if len(f.failed) != 1 || !strings.Contains(f.failed[0], "secret detail") || strings.Contains(f.failed[0], "Hello") {
		t.Errorf("the operator is told %q", f.failed)
	}
}

// TestCompressed wants the same bytes whether compressed or not, and few of them on
// the wire: the stylesheet under 20 kB, all scripts under 60 kB.
func TestCompressed(t *testing.T) {
	f := newFake(t)
	f.enter(pages.Open)
	v := &visitor{h: f.site()}
	scripts := 0
	paths := []string{"/fr/", "/en/notice", "/record/manifest.json", "/documents/" + f.manifest.Questions[0].Options[0].Documents[1].SHA256.String()}
	for line := range strings.Lines(string(web.Sums())) {
		paths = append(paths, "/client/"+strings.TrimSpace(line[66:]))
	}
	for _, path := range paths {
		plain, packed := v.get(path), v.do("GET", path, nil, "Accept-Encoding", "br, gzip;q=0.8")
		want, got := body(t, plain), body(t, packed)
		in, err := gzip.NewReader(strings.NewReader(got))
		if err != nil || packed.Header.Get("Content-Encoding") != "gzip" || plain.Header.Get("Content-Encoding") != "" || !strings.Contains(plain.Header.Get("Vary"), "Accept-Encoding") {
			t.Fatalf("%s is not compressed: %v", path, packed.Header)
		}
		if unpacked, err := io.ReadAll(in); err != nil || string(unpacked) != want {
			t.Errorf("%s: other bytes when compressed: %v", path, err)
		}
		if tag := packed.Header.Get("ETag"); tag != "" {
			if tag == plain.Header.Get("ETag") || v.do("GET", path, nil, "Accept-Encoding", "gzip", "If-None-Match", tag).StatusCode != http.StatusNotModified {
				t.Errorf("%s: the tag %s", path, tag)
			}
		}
		switch {
		case strings.HasSuffix(path, ".css") && len(got) > 20_000:
			t.Errorf("%s: %d bytes compressed", path, len(got))
		case path == "/client/vote.js", path == "/client/worker.js":
			scripts += len(got)
		}
	}
	if scripts > 60_000 {
		t.Errorf("the scripts of the vote have %d bytes compressed", scripts)
	}
	for _, accept := range []string{"", "identity", "gzip;q=0", "gzip; q=0.0", "br"} {
		if r := v.do("GET", "/fr/", nil, "Accept-Encoding", accept); r.Header.Get("Content-Encoding") != "" {
			t.Errorf("%q is sent what it does not take", accept)
		}
	}
}

// BenchmarkHome makes the first page, compressed.
func BenchmarkHome(b *testing.B) {
	f := newFake(b)
	f.enter(pages.Open)
	v := &visitor{h: f.site()}
	for b.Loop() {
		v.do("GET", "/fr/", nil, "Accept-Encoding", "gzip")
	}
}
