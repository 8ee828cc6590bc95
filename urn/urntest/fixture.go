// Package urntest is the conformance suite that every engine of urn.Store must
// pass, and small urns with all their keys for tests. No command imports it.
package urntest

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
)

// Size says what urns to make. A zero field takes the default in brackets.
type Size struct {
	Urns      int    // [1], named urn-1 …, numbered from 0
	Electors  int    // of each urn [20]
	Questions int    // [1]
	Choices   int    // options of each question, after blank [2]
	Revotes   uint32 // highest counter [0]
	K         int    // minimum size of a batch [3]
	Register  bool   // the electors are accounts of a register, and there is no roll
	// Secrets are those of the electors of every urn; drawn if there are none.
	Secrets []group.Scalar
}

// A Fixture is urns with the secrets of their accounts.
type Fixture struct {
	Scope   urn.Scope
	Rules   []*urn.Rules
	Keys    [][]byte         // the file of account keys of each urn
	Secrets [][]group.Scalar // by urn, in the order of the file
	Options [][]group.Point  // by question
	Roll    *note.PrivateKey
	Urn     *note.PrivateKey
	// Terminal is that of the town hall, where the electors are accounts of a register
	// and revotes are allowed.
	Terminal ed25519.PrivateKey
	K        int
}

// New makes a fixture, or fails the test.
func New(t testing.TB, size Size) *Fixture {
	t.Helper()
	for _, d := range []struct {
		field *int
		value int
	}{{&size.Urns, 1}, {&size.Electors, 20}, {&size.Questions, 1}, {&size.Choices, 2}, {&size.K, 3}} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	f := &Fixture{Scope: urn.Scope{Organisation: "ville", Scrutin: "conseil-2026"}, K: size.K}
	var print, opening urn.Hash
	rand.Read(print[:])
	rand.Read(opening[:])
	for q := range size.Questions {
		var options []group.Point
		for c := range size.Choices + 1 {
			options = append(options, elgamal.Option(print, fmt.Sprint("question-", q+1), fmt.Sprint("option-", c)))
		}
		f.Options = append(f.Options, options)
	}
	key := group.MulBase(group.RandomScalar())
	leaves, terminals := []urn.LeafType{urn.Cast}, [][32]byte(nil)
	if size.Register && size.Revotes > 0 {
		f.Terminal = NewDevice()
		leaves, terminals = append(leaves, urn.Supervised), append(terminals, KeyOf(f.Terminal))
	}
	for u := range size.Urns {
		base := group.MulBase(group.RandomScalar())
		table := group.NewTable(base, 7)
		secrets, points := make([]group.Scalar, size.Electors), make([]group.Point, size.Electors)
		for i := range secrets {
			secrets[i] = group.RandomScalar()
			if size.Secrets != nil {
				secrets[i] = size.Secrets[i]
			}
			points[i] = table.Mul(secrets[i])
		}
		keys := group.EncodeBatch(points, 0)
		accounts, err := urn.NewAccounts(keys)
		if err != nil {
			t.Fatal(err)
		}
		rules, err := urn.NewRules(urn.Params{
			Manifest: print, Opening: opening, Number: uint16(u), Name: fmt.Sprint("urn-", u+1), Questions: size.Questions,
			Base: base, Key: key, Accounts: accounts, HighestCounter: size.Revotes, Leaves: leaves, Options: f.Options,
			Register: size.Register, Terminals: terminals,
		})
		if err != nil {
			t.Fatal(err)
		}
		f.Rules, f.Keys, f.Secrets = append(f.Rules, rules), append(f.Keys, keys), append(f.Secrets, secrets)
	}
	f.Roll, f.Urn = signer(t, "roll"), signer(t, "urn")
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

// Service runs the fixture's urns over a store, open at any time.
func (f *Fixture) Service(t testing.TB, store urn.Store) *urn.Service {
	t.Helper()
	s, err := urn.NewService(context.Background(), f.Config(store))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Config is what Service runs on.
func (f *Fixture) Config(store urn.Store) urn.Config {
	return urn.Config{
		Store: store, Scope: f.Scope, Rules: f.Rules, Signer: f.Urn, Roll: f.Roll.Verifier(), MinimumSize: f.K,
		Open: func(time.Time) bool { return true }, Now: time.Now,
	}
}

// Ballot makes the elector's first ballot in the urn, for the option numbered
// choice in every question.
func (f *Fixture) Ballot(t testing.TB, number, elector, choice int) *urn.Ballot {
	t.Helper()
	return f.Later(t, number, elector, choice, 0, urn.Hash{})
}

// Later makes a ballot of a chain.
func (f *Fixture) Later(t testing.TB, number, elector, choice int, counter uint32, previous urn.Hash) *urn.Ballot {
	t.Helper()
	var options []group.Point
	for _, o := range f.Options {
		options = append(options, o[choice%len(o)])
	}
	b, err := urn.NewBallot(f.Rules[number], f.Secrets[number][elector], counter, previous, options)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Opened makes an elector's first ballot for the option numbered choice in every
// question, and the challenge that opens it.
func (f *Fixture) Opened(t testing.TB, number, elector, choice int) (*urn.Ballot, urn.Challenge) {
	t.Helper()
	var places []uint16
	for _, o := range f.Options {
		places = append(places, uint16(choice%len(o)))
	}
	b, c, err := urn.NewChallengedBallot(f.Rules[number], f.Secrets[number][elector], places)
	if err != nil {
		t.Fatal(err)
	}
	return b, c
}

// Token is the H(τ) of a fresh authorisation.
func Token() urn.Hash {
	var tau [32]byte
	rand.Read(tau[:])
	return sha256.Sum256(tau[:])
}

// NewDevice draws the key pair of a device.
func NewDevice() ed25519.PrivateKey {
	var seed [ed25519.SeedSize]byte
	rand.Read(seed[:])
	return ed25519.NewKeyFromSeed(seed[:])
}

// Authorise signs an H(τ) for a device as the roll does.
func (f *Fixture) Authorise(t testing.TB, number int, token urn.Hash, device ed25519.PrivateKey) []byte {
	t.Helper()
	r := f.Rules[number]
	signed, err := scrutin.SignCasting(scrutin.CastingText{Kind: scrutin.Authorisation, Opening: scrutin.Digest(r.Opening),
		Urn: r.Name, Value: scrutin.AuthorisationValue(scrutin.Digest(token), KeyOf(device))}, f.Roll)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// KeyOf is T of a device.
func KeyOf(device ed25519.PrivateKey) [32]byte { return [32]byte(device.Public().(ed25519.PublicKey)) }

// Send signs a ballot as the device does.
func (f *Fixture) Send(number int, device ed25519.PrivateKey, ballot urn.Hash) [ed25519.SignatureSize]byte {
	r := f.Rules[number]
	text := scrutin.CastingText{Kind: scrutin.Append, Opening: scrutin.Digest(r.Opening), Urn: r.Name, Value: scrutin.Digest(ballot)}
	return [ed25519.SignatureSize]byte(ed25519.Sign(device, []byte(text.Text())))
}

// Request is the message by which a first ballot reaches its urn from a fresh
// device.
func (f *Fixture) Request(t testing.TB, token urn.Hash, b *urn.Ballot) urn.AppendRequest {
	t.Helper()
	return f.RequestFrom(t, NewDevice(), token, b)
}

// RequestFrom is the same from a device.
func (f *Fixture) RequestFrom(t testing.TB, device ed25519.PrivateKey, token urn.Hash, b *urn.Ballot) urn.AppendRequest {
	t.Helper()
	number := int(b.Urn())
	return urn.AppendRequest{Urn: b.Urn(), Token: token, Device: KeyOf(device), Signature: f.Send(number, device, b.Hash()),
		Authorisation: f.Authorise(t, number, token, device), Ballot: b.Bytes()}
}

// Count exports the log of an urn and replays it.
func (f *Fixture) Count(t testing.TB, s *urn.Service, number int, book *urn.Book) (*urn.Count, error) {
	t.Helper()
	return Replay(s, f.Rules[number], f.Urn.Verifier(), book)
}
