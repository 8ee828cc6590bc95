package urnapi

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"

	"isoloir/merkle/tiles"
	"isoloir/scrutin"
	"isoloir/urn/witness"
)

// The files of a log stand below the first line of its checkpoints, which names the
// scrutin: so what an address holds never changes, whatever the origin serves later.
const logs = "/" + scrutin.Version + "/{f}/{urn}/"

// errOther is the refusal of a co-signature of what is no longer the last checkpoint.
var errOther = errors.New("another checkpoint is the last one")

// log answers for a log as C2SP tlog-tiles lays it out: its last checkpoint, with the
// co-signatures that witnesses have left, and its tiles (docs/log.md).
func (c Config) log(mux *http.ServeMux, files func(shower) http.Handler, messages func(http.Handler) http.Handler) {
	mux.Handle(logs+"checkpoint", files(c.cosigned))
	mux.Handle(logs+"tile/{tile...}", files(c.forReaders(c.tile)))
	if c.Witnesses != nil {
		mux.Handle(logs+"cosignature", messages(c.of(c.cosignature)))
	}
}

// at finds the urn whose log has this address.
func (c Config) at(r *http.Request) (number uint16, known bool) {
	number, known = c.Urn.NumberOf(r.PathValue("urn"))
	if f := r.PathValue("f"); known && f != "" {
		known = c.Urn.Origin(number) == scrutin.Version+"/"+f+"/"+r.PathValue("urn")
	}
	return number, known
}

func (c Config) cosigned(w http.ResponseWriter, r *http.Request, number uint16) error {
	log, err := c.Urn.Published(r.Context(), number)
	if err != nil {
		return err
	}
	signed := log.Checkpoint
	if c.Witnesses != nil {
		if signed, err = c.Witnesses.Of(r.PathValue("urn"), signed); err != nil {
			return err
		}
	}
	send(w, r, "text/plain; charset=utf-8", sha256.Sum256(signed), fresh, bytes.NewReader(signed))
	return nil
}

// forReaders shows a file to whoever may read the log now. What a witness alone is
// given no cache may give to others.
func (c Config) forReaders(show func(http.ResponseWriter, *http.Request, uint16, lasting) error) shower {
	return func(w http.ResponseWriter, r *http.Request, number uint16) error {
		if c.Public {
			return show(w, r, number, forever)
		}
		w.Header().Add("Vary", "Authorization")
		ended, err := c.Urn.Ended(r.Context(), number)
		switch {
		case err != nil:
			return err
		case ended:
			return show(w, r, number, forever)
		case c.Witnesses == nil || witness.Admit(r.Header.Get("Authorization"), c.Urn.Origin(number), c.Witnesses.Now(), c.Witnesses.Witnesses) != nil:
			return errSealed
		}
		return show(w, r, number, forOne)
	}
}

func (c Config) tile(w http.ResponseWriter, r *http.Request, number uint16, lasts lasting) error {
	t, err := tiles.Parse("tile/" + r.PathValue("tile"))
	if err != nil {
		return errNone
	}
	data, err := c.Urn.Tile(r.Context(), number, t)
	if err != nil {
		return err
	}
	if len(data) == 0 {
		return errNone
	}
	send(w, r, "application/octet-stream", sha256.Sum256(data), lasts, bytes.NewReader(data))
	return nil
}

// cosignature takes what a witness has signed of the last checkpoint.
func (c Config) cosignature(w http.ResponseWriter, r *http.Request, number uint16) error {
	left, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	log, err := c.Urn.Published(r.Context(), number)
	if err != nil {
		return err
	}
	err = c.Witnesses.Leave(r.PathValue("urn"), log.Checkpoint, left)
	switch {
	case errors.Is(err, witness.ErrOther):
		return errOther
	case errors.Is(err, witness.ErrForm), errors.Is(err, witness.ErrTime):
		return errForm
	}
	return err
}
