package server

import (
	"context"
	"errors"
	"fmt"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/record"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
)

// amendment is one of the roll that the bureau has adopted, as the record has it.
type amendment struct {
	*scrutin.Amendment
	adopted []scrutin.Adopted // the notes, its own first
}

// amendment reads the amendment of that number that the bureau has adopted, from 1: it is
// signed by the roll's key, what the act names, and follows from those before. It is nil
// where no act adopts it.
func (p *Public) amendment(number int) (*amendment, error) {
	if number > len(p.Procedure().Amendments) {
		return nil, nil
	}
	registers, err := p.registers(number - 1)
	if err != nil {
		return nil, err
	}
	a, err := p.adopted(number)
	if err == nil {
		_, err = scrutin.Amend(registers, a.Amendment, number, p.Manifest.MinimumSize)
	}
	return a, err
}

// behind says whether the bureau has adopted more than so many amendments.
func (p *Public) behind(amended int64) bool { return int64(len(p.Procedure().Amendments)) > amended }

// registers are who may vote in each urn after so many amendments that the bureau has
// adopted.
func (p *Public) registers(amendments int) ([]scrutin.Register, error) {
	registers := p.Opening.Registers()
	for n := 1; n <= amendments; n++ {
		a, err := p.adopted(n)
		if err != nil {
			return nil, err
		}
		if registers, err = scrutin.Amend(registers, a.Amendment, n, p.Manifest.MinimumSize); err != nil {
			return nil, err
		}
	}
	return registers, nil
}

// electors are how many may vote in each urn after the amendments of a procedure; nil where there are none, or they cannot be read.
func (p *Public) electors(procedure *scrutin.Procedure, opening *scrutin.Opening) (all []int) {
	if opening == nil || len(procedure.Amendments) == 0 {
		return nil
	}
	registers := opening.Registers()
	for n := 1; n <= len(procedure.Amendments); n++ {
		a, err := p.amended(procedure.Amendments, n)
		if err != nil {
			return nil
		}
		if registers, err = scrutin.Amend(registers, a.Amendment, n, p.Manifest.MinimumSize); err != nil {
			return nil
		}
	}
	for i := range registers {
		all = append(all, registers[i].Electors())
	}
	return all
}

// adopted reads the note of an amendment that an act adopts.
func (p *Public) adopted(number int) (*amendment, error) {
	return p.amended(p.Procedure().Amendments, number)
}

// amended reads the note of one of the amendments that acts adopt.
func (p *Public) amended(adopted [][]scrutin.Adopted, number int) (*amendment, error) {
	path := record.Amendment(number)
	data, err := p.Record.Read(path, note.MaxSize)
	if err != nil {
		return nil, err
	}
	a, n, err := scrutin.Open[scrutin.Amendment](data, p.Fingerprint, p.OpeningDigest, p.Manifest.Platform.Roll.Verifier())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	notes := adopted[number-1]
	if len(notes) == 0 || notes[0].SHA256 != scrutin.TextDigest(n.Text) || a.Number != number || len(a.Urns) != len(p.Manifest.Urns) {
		return nil, fmt.Errorf("%s: it is not what the bureau has adopted", path)
	}
	return &amendment{a, notes}, nil
}

// Numbered is how many electors of each urn have numbers, by the amendments that the
// bureau has adopted, as far as they can be read.
func (p *Public) Numbered() []int {
	numbered := make([]int, len(p.Manifest.Urns))
	for i, u := range p.Manifest.Urns {
		numbered[i] = u.Electors
	}
	for n := 1; ; n++ {
		a, err := p.amendment(n)
		if err != nil || a == nil {
			return numbered
		}
		for i, u := range a.Urns {
			numbered[i] = u.Before + u.Added
		}
	}
}

// enrolled are the account keys before anonymisation of those whom an amendment adds, by
// urn: what the issuers have signed and the bureau has adopted, verified again.
func (p *Public) enrolled(a *amendment, workers int) ([][]byte, error) {
	keys := make([][]byte, len(a.Urns))
	if !a.Adds() {
		return keys, nil
	}
	accounts := account.Procedure{Manifest: p.Manifest, Fingerprint: p.Fingerprint, Added: AdditionOf(a.Amendment, p.OpeningDigest), Workers: workers}
	enrolment, err := accounts.Enrolment(p.Record)
	if err != nil {
		return nil, err
	}
	for i, s := range enrolment.Statements {
		if len(a.adopted) <= i+1 || a.adopted[i+1].SHA256 != s.Digest {
			return nil, fmt.Errorf("amendment %d: the statement of issuer %s is not what the bureau has adopted", a.Number, s.Party)
		}
	}
	for i, u := range a.Urns {
		if u.Added == 0 {
			continue
		}
		population, err := enrolment.Population(i, workers)
		if err != nil {
			return nil, err
		}
		keys[i] = population.Keys.Bytes()
	}
	return keys, nil
}

// AdditionOf is whom an amendment adds, under the opening record of hash o.
func AdditionOf(a *scrutin.Amendment, o scrutin.Digest) *account.Addition {
	added := &account.Addition{Opening: o, Amendment: a.Number}
	for _, u := range a.Urns {
		added.First, added.Electors = append(added.First, u.Before), append(added.Electors, u.Added)
	}
	return added
}

// amend takes up the amendments that have come since, each in its turn.
func (r *Roll) amend(ctx context.Context, p *Public, workers int) error {
	for {
		a, err := p.amendment(int(r.amended.Load()) + 1)
		if err != nil || a == nil {
			return err
		}
		keys, err := p.enrolled(a, workers)
		if err != nil {
			return err
		}
		adoption := roll.Adoption{Amendment: a.Number}
		for i, u := range a.Urns {
			in := roll.AmendedUrn{Urn: uint16(i), Before: u.Before, Added: u.Added}
			for _, n := range u.Struck {
				in.Struck = append(in.Struck, uint32(n))
			}
			adoption.Urns = append(adoption.Urns, in)
		}
		err = r.Service.Adopt(ctx, r.Urn, adoption, keys)
		if err != nil && !errors.Is(err, roll.ErrMarked) {
			return err
		}
		r.amended.Add(1) // who has voted stays marked, and is told of once
		if err != nil {
			return err
		}
	}
}

// amend takes up the accounts of amendments that have come since, each in its turn.
func (u *Urn) amend(p *Public) error {
	for {
		a, err := p.amendment(int(u.amended.Load()) + 1)
		if err != nil || a == nil {
			return err
		}
		var all []urn.Population
		for _, added := range a.Urns {
			one, err := p.added(a.Amendment, added)
			if err != nil {
				return err
			}
			all = append(all, one)
		}
		for i, one := range all {
			if one.Accounts.Len() == 0 {
				continue
			}
			if err := u.Service.Amend(uint16(i), one); err != nil {
				return err
			}
		}
		u.amended.Add(1)
	}
}

// added is the population that an amendment adds to an urn, which is as it says; nobody
// where it adds nobody.
func (p *Public) added(a *scrutin.Amendment, u scrutin.AmendedUrn) (urn.Population, error) {
	if u.Added == 0 {
		return urn.Population{}, nil
	}
	keys, err := p.Record.Read(record.Population(a.Number).AnonymisationKeys(u.Urn, len(p.Manifest.Mixers)), int64(u.Added)*group.PointSize)
	if err != nil {
		return urn.Population{}, err
	}
	accounts, err := urn.NewAccounts(keys)
	if err != nil {
		return urn.Population{}, fmt.Errorf("amendment %d, urn %s: %w", a.Number, u.Urn, err)
	}
	if accounts.Len() != u.Added || accounts.Root() != urn.Hash(u.Root) {
		return urn.Population{}, fmt.Errorf("amendment %d, urn %s: these are not the %d account keys that it adds", a.Number, u.Urn, u.Added)
	}
	base, err := u.Generator.Decode()
	return urn.Population{Base: base, Accounts: accounts}, err
}
