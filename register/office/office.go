// Package office is a register at its organisation's desk: its directory, with its keys and
// its store, and what is done there between and after the hours of the stations
// (docs/accounts.md): a distribution planned and opened, boxes settled, what was handed
// out laid beside what is left, and the list that everybody can add up.
//
// What it promises: a directory holds one register, which never changes; nothing is
// written over; what is published is signed and follows from the store alone.
package office

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"isoloir/custody"
	"isoloir/custody/agefile"
	"isoloir/record"
	"isoloir/register"
	"isoloir/register/sqlite"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// Files of a register's directory.
const (
	registerFile   = "register.json"
	signingFile    = "signing.key"
	activationFile = "activation.key"
	storeFile      = "register.db"
	batchKeys      = "batch-keys" // no backup sees it
)

// Init makes a register's directory: it draws the keys, completes the register by them,
// and gives its digest ρ. A directory that has one already is left as it is: fs.ErrExist.
func Init(dir string, r register.Register) (rho scrutin.Digest, err error) {
	if _, err := os.Lstat(filepath.Join(dir, registerFile)); err == nil {
		return rho, fmt.Errorf("%s: %w", filepath.Join(dir, registerFile), os.ErrExist)
	}
	signer, err := note.GenerateKey(r.ID)
	if err != nil {
		return rho, fmt.Errorf("%w: id: %w", register.ErrInvalid, err)
	}
	activation, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return rho, err
	}
	r.Record = scrutin.Version + "/register"
	r.Signing, r.Activation = signer.Verifier().String(), hex.EncodeToString(activation.PublicKey().Bytes())
	if err := r.Validate(); err != nil {
		return rho, err
	}
	text, err := canon.Marshal(&r)
	if err != nil {
		return rho, fmt.Errorf("%w: %w", register.ErrInvalid, err)
	}
	files, err := agefile.Open("")
	if err != nil {
		return rho, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return rho, err
	}
	if err := errors.Join(
		files.Write(filepath.Join(dir, signingFile), signer.Encode()),
		files.Write(filepath.Join(dir, activationFile), hex.EncodeToString(activation.Bytes()))); err != nil {
		return rho, err
	}
	return scrutin.DigestOf(text), record.WriteWhole(filepath.Join(dir, registerFile), text)
}

// An Office is an open register.
type Office struct {
	Text    []byte // of register.json
	Service *register.Service
	Store   *sqlite.Store
	Signer  note.Signer

	dir string
}

// Open opens the register of a directory, whose keys are files of it. ErrEnding once its destruction has begun.
func Open(ctx context.Context, dir string, now func() time.Time) (d *Office, err error) {
	if err := ending(dir); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(dir, registerFile))
	if err != nil {
		return nil, err
	}
	r, rho, err := register.ParseRegister(text)
	if err != nil {
		return nil, err
	}
	files, err := agefile.Open("")
	if err != nil {
		return nil, err
	}
	verifier, err := r.Verifier()
	if err != nil {
		return nil, err
	}
	signer, err := files.Signer(ctx, filepath.Join(dir, signingFile), verifier)
	if err != nil {
		return nil, err
	}
	secret, err := custody.Bearer(ctx, files, filepath.Join(dir, activationFile))
	if err != nil {
		return nil, err
	}
	opener, err := register.NewOpener(secret[:])
	if err != nil {
		return nil, err
	}
	store, err := sqlite.Open(ctx, filepath.Join(dir, storeFile), filepath.Join(dir, batchKeys))
	if err != nil {
		return nil, err
	}
	d = &Office{dir: dir, Text: text, Store: store, Signer: signer, Service: &register.Service{Register: r, Rho: rho, Opener: opener, Store: store, Now: now}}
	if err := d.Service.Load(ctx); err != nil {
		return nil, errors.Join(err, store.Shut())
	}
	return d, nil
}

// Discard lets a register that was restored from a backup be opened again: what had waited
// under a key that is in no backup is given up. It says how many cards that were; they are
// as at the last flush, and not handed out.
func Discard(ctx context.Context, dir string) (int64, error) {
	return sqlite.Discard(ctx, filepath.Join(dir, storeFile))
}

// Shut closes the store.
func (d *Office) Shut() error { return d.Store.Shut() }
