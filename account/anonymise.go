package account

import (
	"fmt"
	"sync"

	"isoloir/crypto/group"
	"isoloir/crypto/shuffle"
	"isoloir/merkle"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// Anonymise is a mixer's whole work at its stage, from 1: it reads what the
// stage before gave (at the first, verifies the enrolled populations of source),
// raises and shuffles the keys of every urn, and writes keys, proofs and the
// signed statement. The exponents and the orders are forgotten; a stage that
// was stopped half way is begun again in another directory. in and out may be
// one directory. It refuses a signer that is not the mixer's (ErrStatement) and
// an input that is not the one stated (ErrFile).
func (p *Procedure) Anonymise(in *record.Reader, out *record.Writer, source Source, stage int, signer note.Signer) error {
	if stage < 1 || stage > len(p.Manifest.Mixers) || p.Manifest.Mixers[stage-1].Verifier() != signer.Verifier() {
		return fmt.Errorf("%s signs for mixer number %d: %w", signer.Verifier().Name(), stage, ErrStatement)
	}
	mixer, urns := p.Manifest.Mixers[stage-1].ID, make([]scrutin.AnonymisedUrn, len(p.Manifest.Urns))
	var before *scrutin.Anonymisation
	if stage > 1 {
		var err error
		if before, _, err = p.stage(in, stage-1); err != nil {
			return err
		}
	}
	err := p.each(func(urn, workers int, progress func(done, total int)) (err error) {
		urns[urn], err = p.anonymiseUrn(in, out, source, before, stage, urn, workers, progress)
		return err
	})
	if err != nil {
		return err
	}
	var statement scrutin.Record = &scrutin.Anonymisation{Head: scrutin.Head{Manifest: p.Fingerprint}, Mixer: mixer, Stage: stage, Urns: urns}
	if p.Added != nil {
		statement = &scrutin.AddedAnonymisation{OpenHead: p.head(), Amendment: p.Added.Amendment, Mixer: mixer, Stage: stage, Urns: gathered(p, urns)}
	}
	signed, err := scrutin.Sign(statement, signer)
	if err != nil {
		return err
	}
	return out.Write(p.population().Anonymisation(stage), signed)
}

func (p *Procedure) anonymiseUrn(in *record.Reader, out *record.Writer, source Source, before *scrutin.Anonymisation, stage, urn, workers int, progress func(done, total int)) (scrutin.AnonymisedUrn, error) {
	u := p.Manifest.Urns[urn]
	input, err := p.input(in, source, before, urn, workers)
	if err != nil {
		return scrutin.AnonymisedUrn{}, err
	}
	st := shuffle.KeyStatement{Context: p.context(u.ID), Stage: uint32(stage), Generator: input.Generator}
	raised, keys, proof, err := shuffle.Exponentiate(st, input.Keys, &p.generators, workers, progress)
	if err != nil {
		return scrutin.AnonymisedUrn{}, fmt.Errorf("urn %s: %w", u.ID, err)
	}
	if err := out.Write(p.population().AnonymisationKeys(u.ID, stage), keys.Bytes()); err != nil {
		return scrutin.AnonymisedUrn{}, err
	}
	return scrutin.AnonymisedUrn{
		Urn: u.ID, Electors: keys.Len(), Input: input.Digest(), Generator: scrutin.PointOf(raised),
		Output: Population{raised, keys}.Digest(), Proof: scrutin.DigestOf(proof),
	}, out.Write(p.population().AnonymisationProof(u.ID, stage), proof)
}

// input is the population from which a stage starts: that of source where there
// is no stage before.
func (p *Procedure) input(in *record.Reader, source Source, before *scrutin.Anonymisation, urn, workers int) (Population, error) {
	if before == nil {
		return source.Population(urn, workers)
	}
	return p.output(in, before, urn, workers)
}

// output reads the population that a stage gave for an urn: ErrFile unless its
// digest is the one stated.
func (p *Procedure) output(in *record.Reader, s *scrutin.Anonymisation, urn, workers int) (Population, error) {
	stated := s.Urns[urn]
	path := p.population().AnonymisationKeys(stated.Urn, s.Stage)
	raw, err := readExactly(in, path, stated.Electors*group.PointSize)
	if err != nil {
		return Population{}, err
	}
	keys, err := shuffle.DecodeKeys(raw, workers)
	if err != nil {
		return Population{}, fmt.Errorf("%s: %w: %w", path, ErrProof, err)
	}
	generator, err := stated.Generator.Decode()
	if err != nil {
		return Population{}, fmt.Errorf("%s, generator: %w", p.population().Anonymisation(s.Stage), err)
	}
	population := Population{generator, keys}
	if population.Digest() != stated.Output {
		return Population{}, fmt.Errorf("%s: %w", path, ErrFile)
	}
	return population, nil
}

// stage reads the statement of a stage, which its mixer has signed for all urns
// with anybody to anonymise.
func (p *Procedure) stage(in *record.Reader, stage int) (*scrutin.Anonymisation, scrutin.Digest, error) {
	mixer := p.Manifest.Mixers[stage-1]
	s, digest, err := p.anonymised(in, stage, mixer)
	if err != nil {
		return nil, digest, err
	}
	if s.Mixer != mixer.ID || s.Stage != stage {
		return nil, digest, fmt.Errorf("anonymisation by %s, stage %d, in the place of stage %d by %s: %w", s.Mixer, s.Stage, stage, mixer.ID, ErrStatement)
	}
	if s.Urns, err = spread(p, s.Urns, func(u *scrutin.AnonymisedUrn) string { return u.Urn }); err != nil {
		return nil, digest, fmt.Errorf("anonymisation, stage %d: %w", stage, err)
	}
	return s, digest, nil
}

// anonymised reads what a mixer states, for the opening or for an amendment.
func (p *Procedure) anonymised(in *record.Reader, stage int, mixer scrutin.Party) (*scrutin.Anonymisation, scrutin.Digest, error) {
	path := p.population().Anonymisation(stage)
	if p.Added == nil {
		return open[scrutin.Anonymisation](p, in, path, mixer.Verifier())
	}
	s, digest, err := open[scrutin.AddedAnonymisation](p, in, path, mixer.Verifier())
	if err == nil && s.Amendment != p.Added.Amendment {
		err = fmt.Errorf("%s, for amendment %d: %w", path, s.Amendment, ErrStatement)
	}
	if err != nil {
		return nil, digest, err
	}
	return &scrutin.Anonymisation{Mixer: s.Mixer, Stage: s.Stage, Urns: s.Urns}, digest, nil
}

// A Chain is what the mixers stated, in the manifest's order.
type Chain struct {
	// Statements names the mixers' statements.
	Statements []scrutin.Statement

	p      *Procedure
	in     *record.Reader
	stages []*scrutin.Anonymisation
}

// Chain reads the statements of all mixers of the manifest, in their order, and
// checks that each starts from what the one before gave (ErrChain), and that
// there is no further one (ErrStatement). Files and proofs are verified by
// Verify.
func (p *Procedure) Chain(in *record.Reader) (*Chain, error) {
	c := &Chain{p: p, in: in}
	for i, mixer := range p.Manifest.Mixers {
		s, digest, err := p.stage(in, i+1)
		if err != nil {
			return nil, err
		}
		for u := range s.Urns {
			if i > 0 && (s.Urns[u].Input != c.stages[i-1].Urns[u].Output || s.Urns[u].Electors != c.stages[i-1].Urns[u].Electors) {
				return nil, fmt.Errorf("anonymisation of urn %s, stage %d: %w", s.Urns[u].Urn, i+1, ErrChain)
			}
		}
		c.stages = append(c.stages, s)
		c.Statements = append(c.Statements, scrutin.Statement{Party: mixer.ID, Digest: digest})
	}
	if extra := len(p.Manifest.Mixers) + 1; in.Exists(p.population().Anonymisation(extra)) {
		return nil, fmt.Errorf("anonymisation, stage %d, which no mixer of the manifest made: %w", extra, ErrStatement)
	}
	return c, nil
}

// Accounts is what may vote in an urn.
type Accounts struct {
	Urn        string
	Population Population  // over ĝ
	Root       merkle.Hash // of RFC 6962, over the keys
}

// Verify follows the keys of one urn from the enrolled population through all
// stages, with so many workers: the digests (ErrChain, ErrFile) and the proofs
// (ErrProof). It is safe for concurrent use.
func (c *Chain) Verify(urn int, enrolled Population, workers int, progress func(done, total int)) (Accounts, error) {
	id := c.p.Manifest.Urns[urn].ID
	current := enrolled
	for i, s := range c.stages {
		stated := s.Urns[urn]
		if stated.Electors != current.Keys.Len() || stated.Input != current.Digest() {
			return Accounts{}, fmt.Errorf("anonymisation of urn %s, stage %d: %w", id, s.Stage, ErrChain)
		}
		next, err := c.p.output(c.in, s, urn, workers)
		if err != nil {
			return Accounts{}, err
		}
		path := c.p.population().AnonymisationProof(id, s.Stage)
		proof, err := readExactly(c.in, path, shuffle.ProofSize(stated.Electors))
		if err != nil {
			return Accounts{}, err
		}
		if scrutin.DigestOf(proof) != stated.Proof {
			return Accounts{}, fmt.Errorf("%s: %w", path, ErrFile)
		}
		st := shuffle.KeyStatement{Context: c.p.context(id), Stage: uint32(s.Stage), Generator: current.Generator}
		step := func(done, total int) {
			if progress != nil {
				progress(i*total+done, len(c.stages)*total)
			}
		}
		if err := shuffle.VerifyExponentiation(st, next.Generator, current.Keys, next.Keys, proof, &c.p.generators, workers, step); err != nil {
			return Accounts{}, fmt.Errorf("%s: %w: %w", path, ErrProof, err)
		}
		current = next
	}
	return Accounts{id, current, merkle.Root(current.Keys.Bytes(), group.PointSize)}, nil
}

// Verify verifies the accounts of the whole scrutin, or of an amendment: the
// populations of source, that no two keys are equal (ErrEqualKeys), and the mixers'
// chain. It hands the accounts of each urn to each, one at a time and in no order, and
// returns the mixers' statements. One large urn, or as many small ones as there
// are workers, are in memory at a time.
func (p *Procedure) Verify(in *record.Reader, source Source, each func(urn int, a Accounts) error) ([]scrutin.Statement, error) {
	chain, err := p.Chain(in)
	if err != nil {
		return nil, err
	}
	var distinct Distinct
	var turn sync.Mutex
	if p.Added != nil {
		for urn, keys := range p.Added.Enrolled {
			distinct.Add(p.Manifest.Urns[urn].ID, keys)
		}
	}
	err = p.each(func(urn, workers int, progress func(done, total int)) error {
		enrolled, err := source.Population(urn, workers)
		if err != nil {
			return err
		}
		accounts, err := chain.Verify(urn, enrolled, workers, progress)
		if err != nil {
			return err
		}
		if err := p.newcomers(urn, accounts); err != nil {
			return err
		}
		turn.Lock()
		defer turn.Unlock()
		distinct.Add(accounts.Urn, enrolled.Keys.Bytes())
		return each(urn, accounts)
	})
	if err != nil {
		return nil, err
	}
	return chain.Statements, distinct.Check()
}

// newcomers refuses account keys of an amendment that the urn has already
// (ErrEqualKeys).
func (p *Procedure) newcomers(urn int, a Accounts) error {
	if p.Added == nil || p.Added.Accounts == nil {
		return nil
	}
	var distinct Distinct
	distinct.Add(a.Urn, p.Added.Accounts[urn])
	distinct.Add(a.Urn, a.Population.Keys.Bytes())
	return distinct.Check()
}
