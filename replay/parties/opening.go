package parties

import (
	"fmt"

	"isoloir/account"
	"isoloir/docs"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// Enrol adopts the issuers' statements, or the register's snapshot, which stand in the record.
func (s *Scrutin) Enrol() error {
	var paths []string
	for _, id := range s.Manifest.Enrollers() {
		paths = append(paths, record.Enrolment(id))
	}
	return s.adopt(scrutin.ActEnrol, paths...)
}

// Anonymise lets every mixer act in turn. The first one verifies the enrolment, as he would on his own machine.
func (s *Scrutin) Anonymise() error {
	p := s.accounts("anonymisation")
	source, err := p.Enrolment(&s.Record.Reader)
	if err != nil {
		return err
	}
	for i, mixer := range s.Manifest.Mixers {
		if err := p.Anonymise(&s.Record.Reader, s.Record, source, i+1, s.Signers[mixer.ID]); err != nil {
			return fmt.Errorf("anonymisation by %s: %w", mixer.ID, err)
		}
	}
	return s.adopt(scrutin.ActAnonymise, s.stages(record.Anonymisation)...)
}

// MakeOpening makes the opening record, for a browser client of that hash, has it signed by the bureau and by the witnesses, and returns the
// electors' keys before anonymisation, 32 bytes each, by urn: the roll judges by them.
func (s *Scrutin) MakeOpening(client scrutin.Digest) ([][]byte, error) {
	keys, err := s.keys()
	if err != nil {
		return nil, err
	}
	enrolled, opening, err := s.verifyAccounts()
	if err != nil {
		return nil, err
	}
	if opening.Software, err = record.Software(); err != nil {
		return nil, err
	}
	opening.Head = scrutin.Head{Manifest: s.Fingerprint}
	opening.Ceremony, opening.Key, opening.Clauses = keys.Digest, scrutin.PointOf(keys.Key), clauseKeys(keys)
	opening.RollKey, opening.UrnKey = s.Manifest.Platform.Roll.Key, s.Manifest.Platform.Urn.Key
	opening.Specification, opening.Client = scrutin.DigestOf(docs.Protocol), client
	text, err := scrutin.Text(opening)
	if err != nil {
		return nil, err
	}
	signers := append([]note.Signer{}, s.bench...)
	for _, w := range s.Manifest.Witnesses {
		signers = append(signers, s.Signers[w.ID])
	}
	signed, err := note.Sign(text, signers...)
	if err != nil {
		return nil, err
	}
	if err := s.Record.Write(record.Opening, signed); err != nil {
		return nil, err
	}
	s.Opening, s.OpeningDigest = opening, scrutin.TextDigest(text)
	return enrolled, nil
}

// Open is the act by which the vote opens: services are up, and the bureau found no mark and no ballot in them.
func (s *Scrutin) Open(found []scrutin.Finding) error {
	adopted, err := s.Bureau.Adopted(record.Opening)
	if err != nil {
		return err
	}
	if _, err = s.Bureau.Act(scrutin.ActOpen, scrutin.ActBody{Adopts: adopted, Found: found}); err != nil {
		return err
	}
	return s.date()
}

// verifyAccounts does what the bureau's experts do before the opening: it verifies enrolment and anonymisation, and returns the electors' keys
// by urn and what the opening record says of accounts.
func (s *Scrutin) verifyAccounts() ([][]byte, *scrutin.Opening, error) {
	p := s.accounts("verification of accounts")
	source, err := p.Enrolment(&s.Record.Reader)
	if err != nil {
		return nil, nil, err
	}
	enrolled := make([][]byte, len(s.Manifest.Urns))
	opening := &scrutin.Opening{Urns: make([]scrutin.OpenUrn, len(s.Manifest.Urns)), Enrolment: source.Statements}
	opening.Anonymisation, err = p.Verify(&s.Record.Reader, keeping{source, enrolled}, func(urn int, a account.Accounts) error {
		n := a.Population.Keys.Len()
		opening.Urns[urn] = scrutin.OpenUrn{Urn: a.Urn, Electors: n, Generator: scrutin.PointOf(a.Population.Generator),
			Accounts: n, Root: scrutin.Digest(a.Root)}
		return nil
	})
	return enrolled, opening, err
}

// keeping is a source that keeps the verified keys of each urn, 32 bytes each.
type keeping struct {
	account.Source
	keys [][]byte
}

func (k keeping) Population(urn, workers int) (account.Population, error) {
	p, err := k.Source.Population(urn, workers)
	if err == nil {
		k.keys[urn] = p.Keys.Bytes()
	}
	return p, err
}

func (s *Scrutin) accounts(stage string) *account.Procedure {
	return &account.Procedure{Manifest: s.Manifest, Fingerprint: s.Fingerprint, Workers: s.Workers, Progress: s.progress(stage)}
}
