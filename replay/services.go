package replay

import (
	"context"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"isoloir/crypto/group"
	"isoloir/record"
	"isoloir/replay/parties"
	"isoloir/roll"
	rollsqlite "isoloir/roll/sqlite"
	"isoloir/scrutin"
	"isoloir/urn"
	urnsqlite "isoloir/urn/sqlite"
)

// services are the roll and the urn, each on a store of its own, in directories that could be on two machines.
type services struct {
	parties.Services
	rollStore *rollsqlite.Store
	rollRules []*roll.Rules
	urnStore  *urnsqlite.Store
	urnRules  []*urn.Rules
	late      []*urn.Rules // of the devices of those whom an amendment added, by urn; nil where it added nobody
	outage    outage
}

func (s *services) shut() {
	if s.rollStore != nil {
		s.rollStore.Shut()
	}
	if s.urnStore != nil {
		s.urnStore.Shut()
	}
}

// serve sets up roll and urn: the roll gets the electors and their enrolled keys, the urn the anonymised ones.
func (r *run) serve(ctx context.Context) (err error) {
	s := &r.services
	for _, dir := range []string{"roll", "urn"} {
		if err := os.MkdirAll(filepath.Join(r.dir, dir), 0o700); err != nil {
			return err
		}
	}
	if err := r.rules(); err != nil {
		return err
	}
	if s.rollStore, err = rollsqlite.Open(ctx, filepath.Join(r.dir, "roll", "roll.db"), rollsqlite.Options{}); err != nil {
		return err
	}
	scope := r.Manifest.Organisation.ID
	rollScope := roll.Scope{Organisation: scope, Scrutin: r.Manifest.Scrutin.ID}
	if err := r.importRoll(ctx, rollScope); err != nil {
		return err
	}
	s.Roll = roll.NewService(roll.Config{Store: watchedRoll{s.rollStore, &s.outage}, Scope: rollScope, Rules: s.rollRules, Signer: r.Signers[r.Manifest.Platform.Roll.ID],
		Urn: r.Manifest.Platform.Urn.Verifier(), Open: r.voting, Now: r.clock.Now, Workers: r.opts.Workers, Waiting: atOnce})
	if s.urnStore, err = urnsqlite.Open(ctx, filepath.Join(r.dir, "urn", "urn.db"), filepath.Join(r.dir, "urn", "batch-keys"), urnsqlite.Options{}); err != nil {
		return err
	}
	s.Urn, err = urn.NewService(ctx, urn.Config{Store: watchedUrn{s.urnStore, &s.outage}, Scope: urn.Scope{Organisation: scope, Scrutin: r.Manifest.Scrutin.ID}, Rules: s.urnRules,
		Signer: r.Signers[r.Manifest.Platform.Urn.ID], Roll: r.Manifest.Platform.Roll.Verifier(), MinimumSize: r.Manifest.MinimumSize, Open: r.voting, Now: r.clock.Now,
		Workers: r.opts.Workers, Waiting: atOnce})
	return err
}

// rules are what each service judges by: the roll has the enrolled keys, the urn reads the anonymised ones from the record.
func (r *run) rules() error {
	tell := r.progress("account keys")
	for i, u := range r.Manifest.Urns {
		forRoll, err := roll.RulesOf(r.Manifest, r.Fingerprint, r.Opening, r.OpeningDigest, u.ID, r.enrolled[i])
		if err != nil {
			return err
		}
		anonymised, err := r.record.Read(record.AnonymisationKeys(u.ID, len(r.Manifest.Mixers)), int64(u.Electors)*group.PointSize)
		if err != nil {
			return err
		}
		forUrn, err := urn.RulesOf(r.Manifest, r.Fingerprint, r.Opening, r.OpeningDigest, u.ID, anonymised)
		if err != nil {
			return err
		}
		r.services.rollRules, r.services.urnRules = append(r.services.rollRules, forRoll), append(r.services.urnRules, forUrn)
		tell(i+1, len(r.Manifest.Urns))
	}
	r.enrolled = nil
	return nil
}

// importRoll brings in a roll file of as many electors as the results name, whose names say only where they stand in it.
func (r *run) importRoll(ctx context.Context, scope roll.Scope) error {
	in, out := io.Pipe()
	go func() {
		w := csv.NewWriter(out)
		w.Write(roll.Columns)
		n := 0
		for _, u := range r.Manifest.Urns {
			for range u.Electors {
				n++
				s := strconv.Itoa(n)
				w.Write([]string{s, u.ID, stationOf(r.Manifest, u.ID), u.College, "FR", "fr", "email sms", "1980-01-01", "ÉLECTEUR", s})
			}
		}
		w.Flush()
		out.CloseWithError(w.Error())
	}()
	defer in.Close()
	return r.services.rollStore.Import(ctx, scope, roll.ReadElectors(in, r.Manifest))
}

// stationOf is the first polling station of an urn; empty where there is none.
func stationOf(m *scrutin.Manifest, urn string) string {
	for _, s := range m.Stations {
		if slices.Contains(s.Urns, urn) {
			return s.ID
		}
	}
	return ""
}
