package pages

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"time"

	"isoloir/scrutin"
)

// A press compresses files once, by their digest. It is safe for concurrent use, and
// holds no more than the client, the documents and the small files of a record.
type press struct {
	mu   sync.Mutex
	done map[scrutin.Digest][]byte
}

func (p *press) gzip(d scrutin.Digest, data []byte) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	if out, ok := p.done[d]; ok {
		return out
	}
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	w.Write(data)
	w.Close()
	if p.done == nil {
		p.done = map[scrutin.Digest][]byte{}
	}
	p.done[d] = out.Bytes()
	return out.Bytes()
}

// A file is bytes that may be sent, with their digest.
type file struct {
	data   []byte
	digest scrutin.Digest
}

func fileOf(data []byte) file { return file{data, scrutin.DigestOf(data)} }

// A shelf holds files that were asked for and are part of the program: each is read, and its digest taken, once. It is safe for concurrent use.
type shelf struct{ files sync.Map }

func (s *shelf) read(from fs.FS, name string) (file, error) {
	if f, ok := s.files.Load(name); ok {
		return f.(file), nil
	}
	data, err := fs.ReadFile(from, name)
	if err != nil {
		return file{}, err
	}
	f := fileOf(data)
	s.files.Store(name, f)
	return f, nil
}

// send answers with bytes that a browser may keep, compressed where that is of use:
// none of them is secret, so that their length tells nothing.
func (s *Site) send(w http.ResponseWriter, r *http.Request, f file, kind, cache string) {
	h, data, d := w.Header(), f.data, f.digest
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", cache)
	tag := d.String()
	if strings.HasPrefix(kind, "text/") || kind == "application/json" || kind == "image/svg+xml" {
		h.Add("Vary", "Accept-Encoding")
		if unzips(r) {
			data, tag = s.press.gzip(d, data), tag+"-gzip"
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

// unzips says whether a browser takes gzip (RFC 9110, section 12.5.3).
func unzips(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(part, ";")
		if strings.TrimSpace(name) == "gzip" {
			weight = strings.ReplaceAll(weight, " ", "")
			return !strings.HasPrefix(weight, "q=0") || strings.Trim(weight, "q=0.") != ""
		}
	}
	return false
}

var writers = sync.Pool{New: func() any { w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed); return w }}

// sendPage writes a page, compressed if the browser takes that.
func sendPage(w http.ResponseWriter, r *http.Request, status int, page string) {
	w.Header().Add("Vary", "Accept-Encoding")
	if !unzips(r) {
		w.WriteHeader(status)
		w.Write([]byte(page))
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	out := writers.Get().(*gzip.Writer)
	defer writers.Put(out)
	out.Reset(w)
	out.Write([]byte(page))
	out.Close()
}
