// Package public sends what is everybody's: pages and files that depend on nothing of who
// asks. Each is known by the digest of its bytes, so that whoever has it is told no more
// than that (entity tags of RFC 9110, section 8.8.3), is compressed where that is of use,
// and says how long it may be kept.
//
// Nothing sent by it is secret: the length of what is compressed tells nothing then.
package public

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

// How long an answer may be kept: until it is asked for again by its tag; for a minute, by
// whatever stands between as well; for ever, which is for what is named by its digest.
const (
	Checked = "no-cache"
	Minute  = "public, max-age=60"
	Quarter = "public, max-age=900"
	Day     = "public, max-age=86400"
	Forever = "public, max-age=31536000, immutable"
)

// Everybody lets pages of every origin read an answer.
func Everybody(w http.ResponseWriter) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// A File is bytes that may be sent, with their digest.
type File struct {
	Data   []byte
	Digest scrutin.Digest
}

// FileOf takes the digest of bytes.
func FileOf(data []byte) File { return File{data, scrutin.DigestOf(data)} }

// A Shelf holds files that are part of the program: each is read, and its digest taken,
// once. It is safe for concurrent use.
type Shelf struct{ files sync.Map }

// Read is a file by its name: an error of from.
func (s *Shelf) Read(from fs.FS, name string) (File, error) {
	if f, ok := s.files.Load(name); ok {
		return f.(File), nil
	}
	data, err := fs.ReadFile(from, name)
	if err != nil {
		return File{}, err
	}
	f := FileOf(data)
	s.files.Store(name, f)
	return f, nil
}

// maxPressed is how many bytes of compressed files are kept at once, at most.
const maxPressed = 32 << 20

// A Press compresses a file once, by its digest, and sends it. It is safe for concurrent use.
type Press struct {
	mu   sync.Mutex
	done map[scrutin.Digest][]byte
	size int
}

// Send answers with a file, to be kept as long as one of this package's words says.
func (p *Press) Send(w http.ResponseWriter, r *http.Request, f File, kind, keep string) {
	h, data, tag := w.Header(), f.Data, f.Digest.String()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", keep)
	if compressible(kind) {
		h.Add("Vary", "Accept-Encoding")
		if Unzips(r) {
			data, tag = p.gzip(f), tag+"-gzip"
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

func compressible(kind string) bool {
	media, _, _ := strings.Cut(kind, ";")
	return strings.HasPrefix(media, "text/") || media == "application/json" || strings.HasSuffix(media, "+json") || strings.HasSuffix(media, "+xml")
}

func (p *Press) gzip(f File) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	if out, ok := p.done[f.Digest]; ok {
		return out
	}
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	w.Write(f.Data)
	w.Close()
	if p.done == nil || p.size+out.Len() > maxPressed {
		p.done, p.size = map[scrutin.Digest][]byte{}, 0
	}
	p.done[f.Digest] = out.Bytes()
	p.size += out.Len()
	return out.Bytes()
}

// Unzips says whether a browser takes gzip (RFC 9110, section 12.5.3).
func Unzips(r *http.Request) bool {
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

// Page writes a page that is not kept, compressed if the browser takes that.
func Page(w http.ResponseWriter, r *http.Request, status int, page string) {
	w.Header().Add("Vary", "Accept-Encoding")
	if !Unzips(r) {
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
