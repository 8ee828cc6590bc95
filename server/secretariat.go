package server

import (
	"context"
	"errors"
	"time"

	"isoloir/bve"
	"isoloir/bve/journal"
	"isoloir/observe"
	"isoloir/portal/passkey"
	"isoloir/record"
	"isoloir/server/config"
)

// ErrNoBureau says that a configuration describes no bureau.
var ErrNoBureau = errors.New("the configuration has no section bureau")

// A Secretariat is the bureau's store and journal as who runs the service works on them from the command line, beside the service if need be.
type Secretariat struct {
	*passkey.Service // which invites
	Office           *bve.Office
	Store            journal.Store
	Public           *Public

	shut []func() error
}

// OpenSecretariat opens what a configuration names.
func OpenSecretariat(ctx context.Context, c *config.Config, now func() time.Time) (d *Secretariat, err error) {
	if c.Bureau == nil {
		return nil, ErrNoBureau
	}
	opened := &Secretariat{}
	d = opened
	defer func() {
		if err != nil {
			d, err = nil, errors.Join(err, opened.Shut())
		}
	}()
	if d.Public, err = OpenConstituted(c.Record); err != nil {
		return nil, err
	}
	d.shut = append(d.shut, d.Public.Close)
	keeper, err := OpenKeeper(ctx, Setting{Public: d.Public, Age: c.Age, Vault: c.Vault, Now: now, Watch: observe.Silent()}, c.Bureau.Place)
	if err != nil {
		return nil, err
	}
	d.shut = append(d.shut, keeper.Close)
	signer, err := keeper.Signer(ctx, c.Bureau.Key, d.Public.Manifest.Platform.Contents.Verifier())
	if err != nil {
		return nil, err
	}
	if d.Store, err = OpenJournal(ctx, *c.Bureau); err != nil {
		return nil, err
	}
	d.shut = append(d.shut, d.Store.Shut)
	written, err := record.Beside(d.Public.Record.Dir())
	if err != nil {
		return nil, err
	}
	d.shut = append(d.shut, written.Close)
	if d.Office, err = bve.OpenOffice(ctx, bve.Config{Record: written,
		Journal: journal.Config{Store: d.Store, Manifest: d.Public.Manifest, Fingerprint: d.Public.Fingerprint, Signer: signer, Now: now}}); err != nil {
		return nil, err
	}
	d.Service, err = passkey.New(passkey.Config{Store: d.Store, Journal: d.Office.Journal(), Manifest: d.Public.Manifest, Fingerprint: d.Public.Fingerprint,
		Origin: c.Origins.Bureau, Now: now})
	return d, err
}

// Uninvited are the members whom the journal does not say to have been invited, in the manifest's order.
func (d *Secretariat) Uninvited() (ids []string) {
	invited := map[string]bool{}
	for _, e := range d.Office.Journal().Entries(0) {
		if b, is := e.Statement.Body.(journal.Invited); is && e.Statement.By == d.Public.Manifest.Platform.Contents.ID {
			invited[b.Member] = true
		}
	}
	for _, m := range d.Public.Manifest.Bureau.Members {
		if !invited[m.ID] {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// Shut closes what was opened.
func (d *Secretariat) Shut() error {
	var failed error
	for i := len(d.shut) - 1; i >= 0; i-- {
		failed = errors.Join(failed, d.shut[i]())
	}
	return failed
}
