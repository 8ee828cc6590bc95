package demonstration

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"isoloir/courier"
	"isoloir/courier/outbox"
	"isoloir/issuer"
	issuersqlite "isoloir/issuer/sqlite"
	"isoloir/roll"
	"isoloir/roll/login"
	"isoloir/scrutin"
	"isoloir/server"
	"isoloir/server/config"
)

// rollStore is the roll while it is prepared. Issuers leave their deposits with it by a call.
type rollStore struct {
	server.RollStore
	scope       roll.Scope
	manifest    *scrutin.Manifest
	fingerprint scrutin.Digest
}

var _ issuer.Roll = (*rollStore)(nil)

// Deposit implements issuer.Roll.
func (r *rollStore) Deposit(ctx context.Context, note []byte) error {
	return login.Deposit(ctx, r.RollStore, r.scope, r.manifest, r.fingerprint, note)
}

func (r *rollStore) shut() error {
	if r == nil {
		return nil
	}
	return r.Shut()
}

// importRoll brings the people onto the roll, where each gets a number by lot.
func (p *preparation) importRoll(ctx context.Context) error {
	m := p.scrutin.Manifest
	store, err := server.OpenRoll(ctx, *p.config.Roll)
	if err != nil {
		return err
	}
	p.roll = &rollStore{store, roll.Scope{Organisation: m.Organisation.ID, Scrutin: m.Scrutin.ID}, m, p.scrutin.Fingerprint}
	if err := store.Import(ctx, p.roll.scope, roll.ReadElectors(rollFile(p.people), m)); err != nil || p.companion == nil {
		return err
	}
	return p.pair(ctx)
}

// enrol lets both issuers publish their halves, leave their deposits, and spool what must leave: the general information, and then the codes. Those of
// a companion publish their halves only.
func (p *preparation) enrol(ctx context.Context) error {
	for i, c := range []*config.Issuer{p.config.IssuerA, p.config.IssuerB} {
		if err := p.issue(ctx, i, c); err != nil {
			return fmt.Errorf("%s: %w", p.scrutin.Manifest.Issuers[i].ID, err)
		}
	}
	return p.scrutin.Enrol()
}

func (p *preparation) issue(ctx context.Context, number int, c *config.Issuer) (err error) {
	m := p.scrutin.Manifest
	of := m.Issuers[number]
	secret, err := readLine(c.Secret)
	if err != nil {
		return err
	}
	root, err := issuer.ParseSecret(secret)
	if err != nil {
		return err
	}
	store, err := issuersqlite.Open(ctx, c.Database, issuersqlite.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Shut()) }()
	box, err := outbox.Open(c.Outbox, time.Now)
	if err != nil {
		return err
	}
	origins := p.config.Origins
	station, err := issuer.New(issuer.Config{Manifest: m, Fingerprint: p.scrutin.Fingerprint, Issuer: of.ID, Signer: p.scrutin.Signers[of.ID],
		Secret: root, Store: store, Plan: issuer.Plan{Site: origins.Portal, InformationFirst: true, Home: c.Home},
		Carriers: map[courier.Channel]courier.Carrier{courier.Channel(of.Channel): box}, Roll: p.roll, Companions: p.led(of.ID), Led: p.leading != nil, Now: time.Now, Workers: p.Workers})
	if err != nil {
		return err
	}
	address := func(p Person) string { return p.Email }
	if of.Channel == "sms" {
		address = func(p Person) string { return p.Telephone }
	}
	extract, err := p.extract(ctx)
	if err != nil {
		return err
	}
	known, err := issuer.ReadBooks(m, issuer.File{Name: "extract", Reader: extract},
		[]issuer.Book{{Channel: courier.Channel(of.Channel), File: issuer.File{Name: filepath.Base(c.Directory), Reader: book(p.people, address)}}})
	if err != nil {
		return err
	}
	if _, _, err := station.Import(ctx, known); err != nil {
		return err
	}
	if p.companion != nil {
		extract, err := p.companion.extract(ctx)
		if err != nil {
			return err
		}
		if _, err := station.ImportCompanion(ctx, p.companion.scrutin.Fingerprint, issuer.File{Name: companionDir, Reader: extract}); err != nil {
			return err
		}
	}
	stage := func(name string) func(done, total int) {
		return func(done, total int) { p.watch.Stage(name+" ("+of.ID+")", done, total) }
	}
	if err := station.Enrol(p.scrutin.Record, stage("enrolment")); err != nil {
		return err
	}
	if p.leading != nil {
		return nil
	}
	if _, err := station.Deposit(ctx, p.roll, stage("codes")); err != nil {
		return err
	}
	return p.write(ctx, station)
}

// write has the general information leave, and then the codes.
func (p *preparation) write(ctx context.Context, station *issuer.Station) error {
	for _, spool := range []func(context.Context) (int, error){station.Inform, station.Release} {
		if _, err := spool(ctx); err != nil {
			return err
		}
		if _, err := station.Dispatch(ctx, station.Channel(), nil); err != nil {
			return err
		}
	}
	return nil
}
