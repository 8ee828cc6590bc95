// Package rolltest is the conformance suite that every engine of roll.Store must
// pass, and small rolls with all their keys for tests. No command imports it.
package rolltest

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// A Fixture is the rolls of some urns with the secrets of their electors.
type Fixture struct {
	Scope   roll.Scope
	Rules   []*roll.Rules
	Secrets [][]group.Scalar // by urn and elector number
	Roll    *note.PrivateKey
	Urn     *note.PrivateKey
}

// New makes the rolls of urns named urn-1 …, numbered from 0.
func New(t testing.TB, urns, electors int) *Fixture {
	t.Helper()
	f := &Fixture{Scope: roll.Scope{Organisation: "ville", Scrutin: "conseil-2026"}, Roll: signer(t, "roll"), Urn: signer(t, "urn")}
	var print, opening roll.Hash
	rand.Read(print[:])
	rand.Read(opening[:])
	for u := range urns {
		secrets, points := make([]group.Scalar, electors), make([]group.Point, electors)
		for i := range secrets {
			secrets[i] = group.RandomScalar()
			points[i] = group.MulBase(secrets[i])
		}
		f.Secrets = append(f.Secrets, secrets)
		f.Rules = append(f.Rules, &roll.Rules{Manifest: print, Opening: opening, Number: uint16(u), Name: fmt.Sprint("urn-", u+1), Keys: group.EncodeBatch(points, 0)})
	}
	return f
}

func signer(t testing.TB, name string) *note.PrivateKey {
	t.Helper()
	k, err := note.GenerateKey(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// Service runs the fixture's rolls over a store, open at any time.
func (f *Fixture) Service(store roll.Store) *roll.Service {
	return roll.NewService(f.Config(store))
}

// Config is what Service runs on.
func (f *Fixture) Config(store roll.Store) roll.Config {
	return roll.Config{Store: store, Scope: f.Scope, Rules: f.Rules, Signer: f.Roll, Urn: f.Urn.Verifier(),
		Open: func(time.Time) bool { return true }, Now: time.Now}
}

// Statement is what the elector's device knows.
func (f *Fixture) Statement(number, elector int) roll.Statement {
	r := f.Rules[number]
	return roll.Statement{Manifest: r.Manifest, Opening: r.Opening, Urn: r.Name, Elector: uint32(elector),
		Key: sigma.NewElement(group.MulBase(f.Secrets[number][elector]))}
}

// Request is the elector's signed reservation for a fresh device.
func (f *Fixture) Request(t testing.TB, number, elector int) roll.ReserveRequest {
	t.Helper()
	var device [32]byte
	rand.Read(device[:])
	q, err := f.Statement(number, elector).Request(uint16(number), device, f.Secrets[number][elector])
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// Says is the urn's signed text of a kind over H(τ).
func (f *Fixture) Says(t testing.TB, kind string, number int, token roll.Hash) []byte {
	t.Helper()
	r := f.Rules[number]
	signed, err := scrutin.SignCasting(scrutin.CastingText{Kind: kind, Opening: scrutin.Digest(r.Opening), Urn: r.Name, Value: scrutin.Digest(token)}, f.Urn)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// HashOf is H(τ).
func HashOf(token [32]byte) roll.Hash { return sha256.Sum256(token[:]) }
