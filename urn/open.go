package urn

import (
	"fmt"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/scrutin"
)

// RulesOf gives the rules of an urn from the manifest (of fingerprint f), the
// opening record (of hash o) and the file of the urn's account keys, which must
// be those of the opening record.
func RulesOf(m *scrutin.Manifest, f scrutin.Digest, opening *scrutin.Opening, o scrutin.Digest, urn string, keys []byte) (*Rules, error) {
	number, listed := m.UrnNumber(urn)
	fixed, opened := opening.Urn(urn)
	if !listed || !opened {
		return nil, fmt.Errorf("urn %s is not in the manifest and the opening record", urn)
	}
	accounts, err := NewAccounts(keys)
	if err != nil {
		return nil, fmt.Errorf("urn %s: %w", urn, err)
	}
	if accounts.Len() != fixed.Accounts || accounts.Root() != Hash(fixed.Root) {
		return nil, fmt.Errorf("urn %s: these are not the %d account keys of the opening record", urn, fixed.Accounts)
	}
	p := Params{
		Manifest: Hash(f), Opening: Hash(o),
		Number: uint16(number), Name: urn,
		Questions:      len(m.QuestionsOf(urn)),
		Accounts:       accounts,
		HighestCounter: m.Finality.HighestCounter,
	}
	if a := m.Accounts(); a != nil {
		p.Register = true
		for _, t := range a.Terminals {
			p.Terminals = append(p.Terminals, t.Verifier().PublicKey())
		}
	}
	if p.Base, err = fixed.Generator.Decode(); err != nil {
		return nil, fmt.Errorf("urn %s: generator: %w", urn, err)
	}
	if p.Key, err = opening.Key.Decode(); err != nil {
		return nil, fmt.Errorf("key of the scrutin: %w", err)
	}
	p.Options = OptionCodes(m, f, urn)
	for _, name := range m.Leaves {
		for _, t := range []LeafType{Cast, Challenged, Quarantined, Void, Supervised} {
			if t.String() == name {
				p.Leaves = append(p.Leaves, t)
			}
		}
	}
	return NewRules(p)
}

// OptionCodes are the codes of what each question of an urn offers, in the manifest's order
// and then blank.
func OptionCodes(m *scrutin.Manifest, f scrutin.Digest, urn string) (codes [][]group.Point) {
	for _, q := range m.QuestionsOf(urn) {
		var of []group.Point
		for _, option := range q.Choices() {
			of = append(of, elgamal.Option(f, q.ID, option))
		}
		codes = append(codes, of)
	}
	return codes
}
