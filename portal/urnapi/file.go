package urnapi

import (
	"encoding/hex"
	"io"
	"net/http"
	"time"
)

// A file is bytes that can be read from anywhere, for ranges.
type file interface {
	io.ReadSeeker
	Size() int64
}

// slowest is the pace, in bytes a second, below which a reader is cut off.
const slowest = 64 << 10

// A lasting is how long caches may keep a file without asking again.
type lasting string

const (
	fresh   lasting = "public, no-cache"                     // never
	forever lasting = "public, max-age=31536000, immutable"  // it never changes
	forOne  lasting = "private, max-age=31536000, immutable" // nor does this, which whoever else asks is not given
)

// send answers with a file, or part of it, or says that what a cache has is still
// good: digest stands for the bytes.
func send(w http.ResponseWriter, r *http.Request, media string, digest [32]byte, lasts lasting, f file) {
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("ETag", `"`+hex.EncodeToString(digest[:])+`"`)
	h.Set("Cache-Control", string(lasts))
	if f.Size() > slowest {
		// A writer without deadlines has none to move.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(30*time.Second + time.Duration(f.Size()/slowest)*time.Second))
	}
	http.ServeContent(w, r, "", time.Time{}, f)
}
