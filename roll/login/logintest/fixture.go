// Package logintest is the conformance suite that every engine of login.Store must
// pass, and small rolls whose electors have codes, for tests. No command imports it.
package logintest

import (
	"testing"

	"isoloir/account"
	"isoloir/account/exchange"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
	"isoloir/roll"
	"isoloir/roll/login"
	"isoloir/roll/rolltest"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// A Fixture is rolls with the codes of their electors, and the manifest that says what
// is asked of them. The manifest's bytes are not those of the rules' fingerprint.
type Fixture struct {
	*rolltest.Fixture
	Manifest *scrutin.Manifest
	Issuers  *scrutintest.Fixture
	// Codes and halves of secrets, by urn, elector and issuer.
	Codes  [][][2]account.Code
	Halves [][][2]group.Scalar
}

// New gives codes to the electors of rolls. edit changes the manifest: its one college
// has the two codes as factors, and nothing to validate.
func New(t testing.TB, rolls *rolltest.Fixture, edit func(*scrutin.Manifest)) *Fixture {
	t.Helper()
	f := &Fixture{Fixture: rolls}
	f.Issuers = scrutintest.New(t, scrutintest.Options{Urns: len(rolls.Rules), Electors: rolls.Rules[0].Electors(), Edit: func(m *scrutin.Manifest) {
		m.Codes.Passes, m.Codes.MemoryKiB, m.Codes.Lanes = 1, 8, 1
		m.Colleges[0].Validation = scrutin.Validation{Kind: "none", Channel: "none"}
		if edit != nil {
			edit(m)
		}
	}})
	f.Manifest = f.Issuers.Manifest
	for _, secrets := range rolls.Secrets {
		codes, halves := make([][2]account.Code, len(secrets)), make([][2]group.Scalar, len(secrets))
		for i, x := range secrets {
			first := group.RandomScalar()
			halves[i] = [2]group.Scalar{first, x.Sub(first)}
			codes[i] = [2]account.Code{account.NewCode(f.Manifest.Codes), account.NewCode(f.Manifest.Codes)}
		}
		f.Codes, f.Halves = append(f.Codes, codes), append(f.Halves, halves)
	}
	return f
}

// Fingerprint is f.
func (f *Fixture) Fingerprint() scrutin.Digest { return scrutin.Digest(f.Rules[0].Manifest) }

// Stretched is what the code of one issuer becomes on the elector's device.
func (f *Fixture) Stretched(p roll.Place, issuer int) account.Stretched {
	return f.Codes[p.Urn][p.Elector][issuer].Stretch(f.Manifest.Codes, f.Fingerprint(),
		account.Number{Urn: f.Rules[p.Urn].Name, Index: p.Elector}, f.Manifest.Issuers[issuer].ID)
}

// Line is what an issuer deposits under the code of this moment.
func (f *Fixture) Line(p roll.Place, issuer int, generation uint32) exchange.Deposit {
	d := f.Stretched(p, issuer).Deposit(f.Halves[p.Urn][p.Elector][issuer])
	return exchange.Deposit{Urn: p.Urn, Elector: p.Elector, Generation: generation, Login: scrutin.PointOf(d.Login), Masked: scrutin.ScalarOf(d.Masked)}
}

// Note is the note of an issuer's deposits.
func (f *Fixture) Note(t testing.TB, issuer int, lines ...exchange.Deposit) []byte {
	t.Helper()
	id := f.Manifest.Issuers[issuer].ID
	note, err := (&exchange.Deposits{Manifest: f.Fingerprint(), Issuer: id, Lines: lines}).Sign(f.Issuers.Signers[id])
	if err != nil {
		t.Fatal(err)
	}
	return note
}

// Deposits gives every elector's deposits, generation 0, by issuer.
func (f *Fixture) Deposits() (lines [2][]exchange.Deposit) {
	for issuer := range lines {
		for urn, secrets := range f.Secrets {
			for elector := range secrets {
				lines[issuer] = append(lines[issuer], f.Line(roll.Place{Urn: uint16(urn), Elector: uint32(elector)}, issuer, 0))
			}
		}
	}
	return lines
}

// Claim is what an elector of that login key proves.
func (f *Fixture) Claim(p roll.Place, key group.Point, c login.Challenge) sigma.Claim {
	r := f.Rules[p.Urn]
	return sigma.Login(transcript.Context{Manifest: r.Manifest, Opening: r.Opening, Urn: r.Name}, sigma.NewElement(key), p.Elector, c)
}

// Answer answers a challenge with both codes of the elector at from.
func (f *Fixture) Answer(t testing.TB, from, p roll.Place, c login.Challenge) login.LoginRequest {
	t.Helper()
	l := f.Stretched(from, 0).Login.Add(f.Stretched(from, 1).Login)
	proof, err := f.Claim(p, group.MulBase(l), c).Prove(l)
	if err != nil {
		t.Fatal(err)
	}
	return login.LoginRequest{Place: p, Challenge: c, Proof: proof.Bytes()}
}
