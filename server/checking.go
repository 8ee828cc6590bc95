package server

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"isoloir/integrity"
	"isoloir/observe"
	"isoloir/roll"
	rollinspection "isoloir/roll/inspection"
	"isoloir/rowmac"
	"isoloir/scrutin/note"
	"isoloir/server/config"
)

// A StoreCheck is a check of a role's store from outside of its service, which may be at work.
type StoreCheck struct {
	*integrity.Check
	public *Public
	rows   rowmac.Key
	shut   []func() error
}

// OpenCheck opens a check of the store of roll or urn on what its configuration names. It remembers what the service remembers, and changes
// nothing of it.
func OpenCheck(ctx context.Context, c *config.Config, role string, now func() time.Time) (k *StoreCheck, err error) {
	place, _, err := Place(c, role)
	if err != nil {
		return nil, err
	}
	opened := &StoreCheck{}
	k = opened
	defer func() {
		if err != nil {
			err = errors.Join(err, opened.Shut())
		}
	}()
	if k.public, err = OpenPublic(c.Record); err != nil {
		return nil, err
	}
	k.shut = append(k.shut, k.public.Close)
	s := Setting{Public: k.public, Age: c.Age, Vault: c.Vault, Now: now, Watch: observe.Silent()}
	keeper, err := OpenKeeper(ctx, s, place)
	if err != nil {
		return nil, err
	}
	k.shut = append(k.shut, keeper.Close)
	name, verifier := "", k.public.Manifest.Platform.Roll.Verifier()
	var subject func(*integrity.Anchors) integrity.Subject
	if role == "urn" {
		name, verifier = c.Urn.Key, k.public.Manifest.Platform.Urn.Verifier()
		store, err := openUrn(ctx, *c.Urn)
		if err != nil {
			return nil, err
		}
		k.shut = append(k.shut, store.Shut)
		rules, err := k.public.urnRules()
		if err != nil {
			return nil, err
		}
		subject, k.rows = k.public.urnSubject(store, rules), store.Ledger().Key
	} else {
		name = c.Roll.Key
		store, err := OpenRoll(ctx, *c.Roll)
		if err != nil {
			return nil, err
		}
		k.shut = append(k.shut, store.Shut)
		subject, k.rows = k.public.rollSubject(store), store.Ledger().Key
	}
	signer, err := keeper.Signer(ctx, name, verifier)
	if err != nil {
		return nil, err
	}
	k.Check, err = s.check(role, filepath.Join(place.Directory, integrityDir), signer, subject)
	return k, err
}

// Shut closes what was opened.
func (k *StoreCheck) Shut() error {
	var failed error
	for i := len(k.shut) - 1; i >= 0; i-- {
		failed = errors.Join(failed, k.shut[i]())
	}
	return failed
}

// Elector finds who is meant by the name of a row, by urn and number.
func (k *StoreCheck) Elector(row string) (urn string, elector uint32, found bool) {
	row = strings.TrimPrefix(row, "#")
	for i, u := range k.public.Manifest.Urns {
		for n := range uint32(u.Electors) {
			if rollinspection.Name(k.rows, k.public.rollScope(), roll.Place{Urn: uint16(i), Elector: n}) == row {
				return u.ID, n, true
			}
		}
	}
	return "", 0, false
}

// IntegrityReport reads the report of a role's store.
func (p *Public) IntegrityReport(data []byte, role string) (*integrity.Report, error) {
	keys := map[string]note.Verifier{"urn": p.Manifest.Platform.Urn.Verifier(), "roll": p.Manifest.Platform.Roll.Verifier()}
	r, err := integrity.OpenReport(data, p.Fingerprint, p.OpeningDigest, keys[role])
	if err == nil && r.Role != role {
		err = fmt.Errorf("this is a report of the %s, not of the %s", r.Role, role)
	}
	return r, err
}
