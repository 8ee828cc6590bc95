// Package urnapi is what the urn answers to the network, on an origin of its own:
// the messages of voters' devices, the public files of its logs, and the roll's
// question what became of authorisations (docs/online.md, sections 0 and 2).
//
// What it promises. Nothing is kept of who asked, when, or for what: the guard counts
// by route and status, and what is cached is the log, the same for everybody. The
// logs go out before the close only where the manifest says so, or to a witness of it.
// A tile and a full bundle never change, and say so to caches.
package urnapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"isoloir/portal/guard"
	"isoloir/portal/oversight"
	"isoloir/ratelimit"
	"isoloir/urn"
	"isoloir/urn/witness"
)

// A Config is what the urn's endpoints run on.
type Config struct {
	Urn    *urn.Service
	Guard  *guard.Guard
	Portal string // the origin whose pages may ask
	// Public says that the manifest's board is public: that the logs go out while the
	// urn is open.
	Public bool
	// Witnesses keeps the co-signatures of the witnesses, who read the logs before all
	// others; nil where none is served.
	Witnesses *witness.Book
	// Link is the secret shared with the roll; nil where the roll asks by a call.
	Link *[32]byte
	// Bureau is what the bureau may ask; nil for nothing.
	Bureau *oversight.Endpoints
	// Messages and Files are how often a network may ask, and Challenges how often it may
	// open a ballot or contest one; zero for as often as it likes.
	Messages, Files, Challenges ratelimit.Limit
}

// patience is how long a message waits for the store before it is refused as busy.
const patience = 20 * time.Second

// busy is the body of a 429: the byte of the refusal.
var busy = urn.AppendAnswer{Err: urn.ErrBusy}.Bytes()

// New is the handler of the urn's origin.
func New(c Config) http.Handler {
	mux := http.NewServeMux()
	messages, files := c.Guard.NewLimiter(c.Messages), c.Guard.NewLimiter(c.Files)
	for name, serve := range map[string]answerer{
		"append":     c.Urn.ServeAppend,
		"account":    c.Urn.ServeAccount,
		"receipt":    c.Urn.ServeReceipt,
		"chain":      c.Urn.ServeChain,
		"challenged": c.Urn.ServeChallenged,
	} {
		mux.Handle("/v1/"+name, c.Guard.Messages(c.Portal, c.Guard.Limit(messages, busy, serve)))
	}
	opened := c.Guard.NewLimiter(c.Challenges)
	mux.Handle("/v1/challenge", c.Guard.Messages(c.Portal, c.Guard.Limit(opened, busy, answerer(c.Urn.ServeChallenge))))
	mux.Handle("/v1/contest", c.Guard.Messages(c.Portal, c.Guard.Limit(opened, busy, answerer(c.Urn.ServeContest))))
	for path, show := range map[string]shower{
		"checkpoint":      c.checkpoint,
		"checkpoints":     c.checkpoints,
		"list":            c.afterClose(c.list),
		"leaves/{bundle}": c.afterClose(c.leaves),
		"challenges":      c.challenges,
	} {
		mux.Handle("/v1/{urn}/"+path, c.Guard.Files(c.Portal, c.Guard.Limit(files, busy, c.of(show))))
	}
	c.log(mux, func(show shower) http.Handler { return c.Guard.Files(c.Portal, c.Guard.Limit(files, busy, c.of(show))) },
		func(next http.Handler) http.Handler {
			return c.Guard.Messages(c.Portal, c.Guard.Limit(messages, busy, next))
		})
	if c.Link != nil {
		mux.Handle("/link/v1/fate", c.Guard.Links(*c.Link, answerer(c.Urn.ServeFate)))
	}
	c.Bureau.Mount(mux, c.Guard)
	mux.Handle("/", c.Guard.Files(c.Portal, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
	})))
	return c.Guard.Whole(mux)
}

// An answerer answers a message in bytes.
type answerer func(ctx context.Context, request []byte) []byte

// ServeHTTP implements http.Handler.
func (serve answerer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	request, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Write(serve(ctx, request))
}

// A shower writes a public file of an urn, or says why not.
type shower func(w http.ResponseWriter, r *http.Request, number uint16) error

// errNone and errSealed are the refusals of files.
var (
	errNone   = errors.New("no such file")
	errSealed = errors.New("the log is not public before the urn is closed")
	errForm   = errors.New("not in the one accepted form")
)

// of finds the urn of the path, and turns what cannot be shown into a status.
func (c Config) of(show shower) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		number, known := c.at(r)
		err := errNone
		if known {
			err = show(w, r, number)
		}
		switch {
		case err == nil:
		case errors.Is(err, errNone):
			w.WriteHeader(http.StatusNotFound)
		case errors.Is(err, errSealed):
			w.WriteHeader(http.StatusForbidden)
		case errors.Is(err, errForm):
			w.WriteHeader(http.StatusBadRequest)
		case errors.Is(err, errOther):
			w.WriteHeader(http.StatusConflict)
		default:
			w.Header().Set("Retry-After", "5")
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
}

func (c Config) afterClose(show shower) shower {
	if c.Public {
		return show
	}
	return func(w http.ResponseWriter, r *http.Request, number uint16) error {
		ended, err := c.Urn.Ended(r.Context(), number)
		if err != nil {
			return err
		}
		if !ended {
			return errSealed
		}
		return show(w, r, number)
	}
}

func (c Config) checkpoint(w http.ResponseWriter, r *http.Request, number uint16) error {
	log, err := c.Urn.Published(r.Context(), number)
	if err != nil {
		return err
	}
	send(w, r, "text/plain; charset=utf-8", log.Root, fresh, bytes.NewReader(log.Checkpoint))
	return nil
}

func (c Config) checkpoints(w http.ResponseWriter, r *http.Request, number uint16) error {
	file, err := c.Urn.Checkpoints(r.Context(), number)
	if err != nil {
		return err
	}
	send(w, r, "text/plain; charset=utf-8", sha256.Sum256(file), fresh, bytes.NewReader(file))
	return nil
}

// challenges is the list of the export, once nothing is added to it: before, it would say
// what some voters tried, while others vote.
func (c Config) challenges(w http.ResponseWriter, r *http.Request, number uint16) error {
	ended, err := c.Urn.Ended(r.Context(), number)
	if err != nil {
		return err
	}
	if !ended {
		return errSealed
	}
	var list bytes.Buffer
	if _, err := c.Urn.Challenges(r.Context(), number, &list); err != nil {
		return err
	}
	send(w, r, "application/octet-stream", sha256.Sum256(list.Bytes()), fresh, bytes.NewReader(list.Bytes()))
	return nil
}

func (c Config) list(w http.ResponseWriter, r *http.Request, number uint16) error {
	log, err := c.Urn.Published(r.Context(), number)
	if err != nil {
		return err
	}
	send(w, r, "application/octet-stream", log.Root, fresh, log.List())
	return nil
}

func (c Config) leaves(w http.ResponseWriter, r *http.Request, number uint16) error {
	name := r.PathValue("bundle")
	n, err := strconv.ParseUint(name, 10, 40)
	if err != nil || strconv.FormatUint(n, 10) != name {
		return errNone
	}
	file, leaves, err := c.Urn.Bundle(r.Context(), number, n)
	if err != nil {
		return err
	}
	if leaves == 0 {
		return errNone
	}
	lasts := fresh
	if leaves == urn.BundleSize {
		lasts = forever
	}
	send(w, r, "application/octet-stream", sha256.Sum256(file), lasts, bytes.NewReader(file))
	return nil
}
