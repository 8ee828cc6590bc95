package replay

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"isoloir/crypto/group"
	"isoloir/record"
	"isoloir/roll"
	rollsqlite "isoloir/roll/sqlite"
	"isoloir/scrutin"
	"isoloir/urn"
	urnsqlite "isoloir/urn/sqlite"
)

// services are the roll and the urn, each on a store of its own, in directories that could be on two machines.
type services struct {
	roll      *roll.Service
	rollStore *rollsqlite.Store
	rollRules []*roll.Rules
	urn       *urn.Service
	urnStore  *urnsqlite.Store
	urnRules  []*urn.Rules
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
	scope := r.m.Organisation.ID
	rollScope := roll.Scope{Organisation: scope, Scrutin: r.m.Scrutin.ID}
	if err := r.importRoll(ctx, rollScope); err != nil {
		return err
	}
	s.roll = roll.NewService(roll.Config{Store: watchedRoll{s.rollStore, &s.outage}, Scope: rollScope, Rules: s.rollRules, Signer: r.parties.signers["roll"],
		Urn: r.m.Platform.Urn.Verifier(), Open: r.voting, Now: r.clock.Now, Workers: r.opts.Workers, Waiting: atOnce})
	if s.urnStore, err = urnsqlite.Open(ctx, filepath.Join(r.dir, "urn", "urn.db"), filepath.Join(r.dir, "urn", "batch-keys"), urnsqlite.Options{}); err != nil {
		return err
	}
	s.urn, err = urn.NewService(ctx, urn.Config{Store: watchedUrn{s.urnStore, &s.outage}, Scope: urn.Scope{Organisation: scope, Scrutin: r.m.Scrutin.ID}, Rules: s.urnRules,
		Signer: r.parties.signers["urn"], Roll: r.m.Platform.Roll.Verifier(), MinimumSize: r.m.MinimumSize, Open: r.voting, Now: r.clock.Now,
		Workers: r.opts.Workers, Waiting: atOnce})
	return err
}

// rules are what each service judges by: the roll has the enrolled keys, the urn reads the anonymised ones from the record.
func (r *run) rules() error {
	tell := r.progress("account keys")
	for i, u := range r.m.Urns {
		forRoll, err := roll.RulesOf(r.m, r.f, r.opening, r.o, u.ID, r.enrolled[i])
		if err != nil {
			return err
		}
		anonymised, err := r.record.Read(record.AnonymisationKeys(u.ID, len(r.m.Mixers)), int64(u.Electors)*group.PointSize)
		if err != nil {
			return err
		}
		forUrn, err := urn.RulesOf(r.m, r.f, r.opening, r.o, u.ID, anonymised)
		if err != nil {
			return err
		}
		r.services.rollRules, r.services.urnRules = append(r.services.rollRules, forRoll), append(r.services.urnRules, forUrn)
		tell(i+1, len(r.m.Urns))
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
		for _, u := range r.m.Urns {
			for range u.Electors {
				n++
				s := strconv.Itoa(n)
				w.Write([]string{s, u.ID, "", "electors", "FR", "fr", "email sms", "1980-01-01", "ÉLECTEUR", s})
			}
		}
		w.Flush()
		out.CloseWithError(w.Error())
	}()
	defer in.Close()
	return r.services.rollStore.Import(ctx, scope, roll.ReadElectors(in, r.m))
}

// found is what the bureau finds in every urn and on every roll: marks and ballots, by asking the two services.
func (r *run) found(ctx context.Context) ([]scrutin.Finding, error) {
	pending, err := r.services.urnStore.Pending(ctx, r.services.urn.Scope)
	if err != nil {
		return nil, err
	}
	var all []scrutin.Finding
	for i, u := range r.m.Urns {
		number := uint16(i)
		ballots, err := r.services.urnStore.Size(ctx, r.services.urn.Scope, number)
		if err != nil {
			return nil, err
		}
		marks := 0
		if err := r.services.rollStore.Marks(ctx, r.services.roll.Scope, number, func(roll.Signed) error { marks++; return nil }); err != nil {
			return nil, err
		}
		all = append(all, scrutin.Finding{Urn: u.ID, Marks: marks, Ballots: int(ballots) + pending[number]})
	}
	return all, nil
}

// freeze closes both services: what is between them is settled, the logs and the marks are written to the record.
func (r *run) freeze(ctx context.Context) error {
	s := &r.services
	if err := s.urn.Close(ctx); err != nil {
		return err
	}
	if _, err := s.roll.Settle(ctx, s.urn, r.clock.Now()); err != nil {
		return err
	}
	if err := s.rollStore.Forget(ctx); err != nil {
		return err
	}
	tell := r.progress("freeze")
	for i, u := range r.m.Urns {
		if err := r.freezeUrn(ctx, uint16(i), u.ID); err != nil {
			return fmt.Errorf("urn %s: %w", u.ID, err)
		}
		tell(i+1, len(r.m.Urns))
	}
	return nil
}

func (r *run) freezeUrn(ctx context.Context, number uint16, id string) error {
	leaves, err := r.record.Begin(record.Leaves(id))
	if err != nil {
		return err
	}
	defer leaves.Abort()
	var checkpoints bytes.Buffer
	seal, err := r.services.urn.Export(ctx, number, leaves, &checkpoints)
	if err != nil {
		return err
	}
	if _, err := leaves.Commit(); err != nil {
		return err
	}
	if err := r.record.Write(record.Checkpoints(id), checkpoints.Bytes()); err != nil {
		return err
	}
	if err := r.witness(id, seal); err != nil {
		return err
	}

	marks, err := r.record.Begin(record.Marks(id))
	if err != nil {
		return err
	}
	defer marks.Abort()
	statement, err := r.services.roll.Statement(ctx, number, marks)
	if err != nil {
		return err
	}
	if _, err := marks.Commit(); err != nil {
		return err
	}
	signed, err := scrutin.Sign(statement, r.parties.signers["roll"])
	if err != nil {
		return err
	}
	return r.record.Write(record.Roll(id), signed)
}
