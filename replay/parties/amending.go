package parties

import (
	"context"
	"fmt"

	"isoloir/account"
	"isoloir/record"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
)

// A Change is what an amendment does to the roll: it adds these electors, whose numbers
// follow in their urns, and strikes off others.
type Change struct {
	Added  []roll.Elector // in ascending order of urn and number
	Struck []roll.Place   // in ascending order
}

// Amend makes the next amendment of the roll and lets the bureau adopt it: the roll keeps it, issuers enrol whom it adds, handing the halves
// to sink, mixers anonymise them, the roll bars whom it strikes off and signs; then both services take it up. It returns the new account keys, by urn.
func (s *Scrutin) Amend(ctx context.Context, v Services, c Change, reason string, sink account.Sink) ([]account.Accounts, error) {
	registers, err := s.registers()
	if err != nil {
		return nil, err
	}
	number := len(s.Bureau.Procedure().Amendments) + 1
	a := &scrutin.Amendment{OpenHead: scrutin.OpenHead{Head: scrutin.Head{Manifest: s.Fingerprint}, Opening: s.OpeningDigest}, Number: number}
	for i, u := range s.Manifest.Urns {
		changed := scrutin.AmendedUrn{Urn: u.ID, Before: registers[i].Numbered(), Struck: []int{}}
		for _, e := range c.Added {
			if int(e.Urn) == i {
				changed.Added++
			}
		}
		for _, p := range c.Struck {
			if int(p.Urn) == i {
				changed.Struck = append(changed.Struck, int(p.Elector))
			}
		}
		a.Urns = append(a.Urns, changed)
	}
	if err := v.Roll.Store.Stage(ctx, v.Roll.Scope, roll.Staging{Amendment: number, Added: c.Added, Struck: c.Struck}); err != nil {
		return nil, err
	}
	accounts, enrolled, err := s.add(a, sink)
	if err != nil {
		return nil, err
	}
	if err := v.Roll.Bar(ctx, v.Urn); err != nil {
		return nil, err
	}
	signed, err := scrutin.Sign(a, s.Signers[s.Manifest.Platform.Roll.ID])
	if err != nil {
		return nil, err
	}
	if err := s.Record.Write(record.Amendment(number), signed); err != nil {
		return nil, err
	}
	adopted, err := s.Bureau.Adopted(s.amendmentNotes(a)...)
	if err != nil {
		return nil, err
	}
	if _, err := s.Bureau.Act(scrutin.ActAddendum, scrutin.ActBody{Adopts: adopted, Reason: reason}); err != nil {
		return nil, err
	}
	return accounts, s.takeUp(ctx, v, a, accounts, enrolled)
}

// registers are those of the opening record and the amendments so far.
func (s *Scrutin) registers() ([]scrutin.Register, error) {
	registers := s.Opening.Registers()
	for i := range s.Bureau.Procedure().Amendments {
		data, err := s.Record.Read(record.Amendment(i+1), note.MaxSize)
		if err != nil {
			return nil, err
		}
		a, _, err := scrutin.Open[scrutin.Amendment](data, s.Fingerprint, s.OpeningDigest, s.Manifest.Platform.Roll.Verifier())
		if err != nil {
			return nil, err
		}
		if registers, err = scrutin.Amend(registers, a, i+1, s.Manifest.MinimumSize); err != nil {
			return nil, err
		}
	}
	return registers, nil
}

// add enrols and anonymises whom an amendment adds, and completes it by their generators and roots. It returns the account keys after and before
// anonymisation, by urn.
func (s *Scrutin) add(a *scrutin.Amendment, sink account.Sink) ([]account.Accounts, [][]byte, error) {
	accounts, enrolled := make([]account.Accounts, len(a.Urns)), make([][]byte, len(a.Urns))
	if !a.Adds() {
		return accounts, enrolled, nil
	}
	p := s.accounts("keys of an amendment")
	p.Added = &account.Addition{Opening: s.OpeningDigest, Amendment: a.Number}
	for _, u := range a.Urns {
		p.Added.First, p.Added.Electors = append(p.Added.First, u.Before), append(p.Added.Electors, u.Added)
	}
	for _, i := range s.Manifest.Issuers {
		if err := p.Issue(s.Record, i.ID, s.Signers[i.ID], sink); err != nil {
			return nil, nil, fmt.Errorf("enrolment by %s: %w", i.ID, err)
		}
	}
	source, err := p.Enrolment(&s.Record.Reader)
	if err != nil {
		return nil, nil, err
	}
	for i, mixer := range s.Manifest.Mixers {
		if err := p.Anonymise(&s.Record.Reader, s.Record, source, i+1, s.Signers[mixer.ID]); err != nil {
			return nil, nil, fmt.Errorf("anonymisation by %s: %w", mixer.ID, err)
		}
	}
	_, err = p.Verify(&s.Record.Reader, keeping{source, enrolled}, func(urn int, made account.Accounts) error {
		a.Urns[urn].Generator, a.Urns[urn].Root = scrutin.PointOf(made.Population.Generator), scrutin.Digest(made.Root)
		accounts[urn] = made
		return nil
	})
	return accounts, enrolled, err
}

// amendmentNotes are the paths that the act adopts.
func (s *Scrutin) amendmentNotes(a *scrutin.Amendment) []string {
	at, paths := record.Population(a.Number), []string{record.Amendment(a.Number)}
	if !a.Adds() {
		return paths
	}
	for _, i := range s.Manifest.Issuers {
		paths = append(paths, at.Enrolment(i.ID))
	}
	return append(paths, s.stages(at.Anonymisation)...)
}

// takeUp lets both services take up an amendment that the bureau has adopted.
func (s *Scrutin) takeUp(ctx context.Context, v Services, a *scrutin.Amendment, accounts []account.Accounts, enrolled [][]byte) error {
	adoption := roll.Adoption{Amendment: a.Number}
	for i, u := range a.Urns {
		of := roll.AmendedUrn{Urn: uint16(i), Before: u.Before, Added: u.Added}
		for _, n := range u.Struck {
			of.Struck = append(of.Struck, uint32(n))
		}
		adoption.Urns = append(adoption.Urns, of)
	}
	if err := v.Roll.Adopt(ctx, v.Urn, adoption, enrolled); err != nil {
		return err
	}
	for i, made := range accounts {
		if made.Population.Keys == nil {
			continue
		}
		keys, err := urn.NewAccounts(made.Population.Keys.Bytes())
		if err != nil {
			return err
		}
		if err := v.Urn.Amend(uint16(i), urn.Population{Base: made.Population.Generator, Accounts: keys}); err != nil {
			return err
		}
	}
	return nil
}
