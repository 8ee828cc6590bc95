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

// send answers with a file, or part of it, or says that what a cache has is still
// good: digest stands for the bytes. What is fixed is kept by caches without asking
// again.
func send(w http.ResponseWriter, r *http.Request, media string, digest [32]byte, fixed bool, f file) {
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("ETag", `"`+hex.EncodeToString(digest[:])+`"`)
	h.Set("Cache-Control", "public, no-cache")
	if fixed {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if f.Size() > slowest {
		// A writer without deadlines has none to move.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(30*time.Second + time.Duration(f.Size()/slowest)*time.Second))
	}
	http.ServeContent(w, r, "", time.Time{}, f)
}
