package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"isoloir/custody/agefile"
	"isoloir/issuer"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/server"
	"isoloir/server/config"
)

// Names in an issuer's directory.
const (
	issuerConfig = "issuer.yaml"
	issuerKey    = "issuer.key"
	issuerSecret = "secret"
	issuerStore  = "issuer.db"
	issuerRecord = "record"
	issuerLinks  = "links"
)

// init makes an issuer's directory, before the manifest that names its key.
func (d *desk) init() error {
	if !note.ValidName(d.id) {
		return &exit{exitUsage, fmt.Errorf(d.words(badName), d.id)}
	}
	path := filepath.Join(d.dir, issuerConfig)
	if _, err := os.Stat(path); err == nil {
		return &exit{exitCannot, fmt.Errorf(d.words(alreadyThere), path)}
	}
	role := &config.Issuer{Place: config.Place{Directory: ".", Listen: "127.0.0.1:8443"}, Key: issuerKey, Secret: issuerSecret, Database: issuerStore,
		Links: config.IssuerLinks{Deposit: issuerLinks + "/deposit", Notify: issuerLinks + "/notify"}, InformationFirst: true}
	c := &config.Config{Record: issuerRecord, Origins: config.Origins{Portal: d.portal, Roll: d.roll, Urn: "https://urn.invalid",
		IssuerA: "https://issuer-a.invalid", IssuerB: "https://issuer-b.invalid"}}
	if d.role == "issuer-a" {
		c.IssuerA = role
	} else {
		c.IssuerB = role
	}
	data, err := c.Bytes()
	if err != nil {
		return err
	}
	if _, err := config.Parse(data); err != nil {
		return &exit{exitUsage, err}
	}
	key, err := note.GenerateKey(d.id)
	if err != nil {
		return err
	}
	secret, err := d.initSecret()
	if err != nil {
		return err
	}
	for _, sub := range []string{"", issuerLinks, issuerRecord} {
		if err := os.MkdirAll(filepath.Join(d.dir, sub), 0o700); err != nil {
			return &exit{exitCannot, err}
		}
	}
	// The configuration comes last: with it the directory is one.
	if err := errors.Join(server.WriteSecret(filepath.Join(d.dir, issuerSecret), secret.Reveal()),
		server.WriteSecret(filepath.Join(d.dir, issuerKey), key.Encode()), record.WriteWhole(path, data)); err != nil {
		return &exit{exitCannot, err}
	}
	return d.tell(initDone, d.dir, key.Verifier(), filepath.Join(d.dir, issuerSecret), path)
}

// initSecret is a new secret, or that of the leading scrutin's issuer for one of a companion.
func (d *desk) initSecret() (issuer.Secret, error) {
	if d.secret == "" {
		return issuer.NewSecret(), nil
	}
	line, err := new(agefile.Keeper).Secret(d.ctx, d.secret)
	if err != nil {
		return issuer.Secret{}, err
	}
	secret, err := issuer.ParseSecret(line)
	if err != nil {
		err = &exit{exitData, fmt.Errorf("%s: %w: %w", d.secret, server.ErrSecret, err)}
	}
	return secret, err
}

// A table is an issuer's station at work for one command.
type table struct {
	*issuer.Station
	shut   func() error
	c      *config.Config
	public *server.Public // nil before the directory's record has an opening
}

// configuration reads the directory's, and which of the two issuers it is of.
func (d *desk) configuration() (c *config.Config, role *config.Issuer, number int, err error) {
	if c, err = config.Read(filepath.Join(d.dir, issuerConfig)); err != nil {
		return nil, nil, 0, err
	}
	switch {
	case (c.IssuerA == nil) == (c.IssuerB == nil):
		return nil, nil, 0, fmt.Errorf("%w: %s", config.ErrConfig, d.words(oneIssuer))
	case c.IssuerA != nil:
		return c, c.IssuerA, 0, nil
	}
	return c, c.IssuerB, 1, nil
}

// station opens the station on the manifest in its directory.
func (d *desk) station() (*table, error) {
	c, role, number, err := d.configuration()
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(c.Record, record.Manifest))
	if errors.Is(err, os.ErrNotExist) {
		return nil, &exit{exitWaits, errors.New(d.words(noManifest))}
	}
	if err != nil {
		return nil, err
	}
	m, f, err := scrutin.ParseManifest(data)
	if err != nil {
		return nil, err
	}
	companions, err := server.OpenCompanions(c, m)
	if err != nil {
		return nil, err
	}
	ctx := context.WithoutCancel(d.ctx)
	keeper, err := server.OpenKeeper(ctx, server.Setting{Age: c.Age, Vault: c.Vault, Now: time.Now}, role.Place)
	if err != nil {
		return nil, errors.Join(err, server.CloseCompanions(companions))
	}
	shut := func() error { return errors.Join(keeper.Close(), server.CloseCompanions(companions)) }
	given := issuer.Config{Manifest: m, Fingerprint: f, Led: c.Leading != "", Now: time.Now, Workers: d.workers}
	var public *server.Public
	if _, err := os.Stat(filepath.Join(c.Record, record.Opening)); err == nil {
		if public, err = server.OpenPublic(c.Record); err != nil {
			return nil, errors.Join(err, shut())
		}
		given.Opening, given.Numbered = public.OpeningDigest, public.Numbered
		before := shut
		shut = func() error { return errors.Join(public.Close(), before()) }
	}
	s, store, _, err := server.OpenStation(ctx, number, *role, c.Origins, keeper, companions, given)
	if err != nil {
		return nil, errors.Join(err, shut())
	}
	return &table{s, func() error { return errors.Join(store.Shut(), shut()) }, c, public}, nil
}

// with does something on the station, and closes it.
func (d *desk) with(do func(*table) error) error {
	t, err := d.station()
	if err != nil {
		return err
	}
	return errors.Join(do(t), t.shut())
}

// enrol takes the manifest into the directory, once, and writes the issuer's part of the record.
func (d *desk) enrol() error {
	c, _, _, err := d.configuration()
	if err != nil {
		return err
	}
	file, err := d.open(d.manifest)
	if err != nil {
		return err
	}
	file.Close()
	data, err := os.ReadFile(d.manifest)
	if err != nil {
		return &exit{exitNoInput, err}
	}
	if _, _, err := scrutin.ParseManifest(data); err != nil {
		return err
	}
	own, err := record.Resume(c.Record)
	if err != nil {
		return err
	}
	if err := errors.Join(own.Write(record.Manifest, data), own.Close()); err != nil {
		return err
	}
	return d.with(func(t *table) error {
		if err := os.MkdirAll(d.outDir, 0o755); err != nil {
			return &exit{exitCannot, err}
		}
		out, err := record.Resume(d.outDir)
		if err != nil {
			return &exit{exitCannot, err}
		}
		defer out.Close()
		if _, err := out.Read(record.Enrolment(t.Station.Issuer), note.MaxSize); err == nil {
			return &exit{exitCannot, fmt.Errorf(d.words(alreadyThere), filepath.Join(d.outDir, record.Enrolment(t.Station.Issuer)))}
		}
		if err := t.Enrol(out, d.progress(enrolling)); err != nil {
			return err
		}
		return d.tell(enrolDone, t.Manifest.Electors(), d.outDir, t.Fingerprint)
	})
}
