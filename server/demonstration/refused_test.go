package demonstration

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"isoloir/custody/agefile"
	"isoloir/issuer"
	"isoloir/observe"
	"isoloir/scrutin"
	"isoloir/server"
	"isoloir/server/config"
)

// What makes roles one another's, or a real vote a demonstration, is not served.
func TestNotServed(t *testing.T) {
	d, err := Open(copied(t), 2)
	if err != nil {
		t.Fatal(err)
	}
	public, err := server.OpenPublic(d.Config.Record)
	if err != nil {
		t.Fatal(err)
	}
	defer public.Close()
	open := func(kind string, edit func(*config.Issuer)) error {
		m, c := *public.Manifest, *d.Config.IssuerA
		m.Scrutin.Kind = kind
		edit(&c)
		_, store, _, err := server.OpenStation(context.Background(), 0, c, d.Config.Origins, new(agefile.Keeper), nil, issuer.Config{Manifest: &m, Fingerprint: public.Fingerprint, Now: time.Now})
		if err == nil {
			err = store.Shut()
		}
		return err
	}
	if err := open(scrutin.Rehearsal, func(*config.Issuer) {}); err != nil {
		t.Fatal(err)
	}
	if err := open(scrutin.Real, func(*config.Issuer) {}); !errors.Is(err, config.ErrConfig) {
		t.Errorf("codes of a real vote in an outbox: %v", err)
	}
	if err := open(scrutin.Rehearsal, func(c *config.Issuer) {
		c.Email = &config.Email{Host: "smtp.example", Port: 587, From: "vote@vote.example"}
	}); !errors.Is(err, config.ErrConfig) {
		t.Errorf("messages that would be kept and not carried: %v", err)
	}

	links := d.Config.Roll.Links
	secret, err := os.ReadFile(links.DepositA)
	if err == nil {
		err = os.WriteFile(links.Fate, secret, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := server.NewRoll(context.Background(), *d.Config.Roll, server.Setting{Public: public, Origins: d.Config.Origins, Now: time.Now, Watch: observe.Silent()})
	if !errors.Is(err, server.ErrSecret) {
		t.Errorf("an issuer's secret opens the urn: %v", err)
	}
	if r != nil {
		r.Shut()
	}
}
