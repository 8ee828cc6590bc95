// Package scrutintest makes small valid scrutins, with every private key in hand,
// for the tests of the packages above. No command imports it.
package scrutintest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"isoloir/crypto/group"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// Options says what to make. A zero field takes the default in brackets.
type Options struct {
	Urns      int       // number of urns [2], named urn-1, urn-2 …
	Electors  int       // of each urn [40]
	Questions int       // asked in every urn [1], named question-1 …
	Choices   int       // options of each question [3], named option-1 …
	Holders   int       // [4], members member-1 …; the last has the class delegates
	Clauses   []Clause  // [one clause named quorum, threshold Holders/2+1, of all]
	Mixers    int       // [3], mixer-1 … of distinct affiliations
	Witnesses int       // [3], witness-1 …
	MinSize   int       // k [10]
	Revotes   uint32    // highest revote counter [0: votes are final]
	Merge     bool      // all urns on one merge list
	Open      time.Time // [2026-12-03 08:00 UTC]; closes after a week
	// Edit changes the manifest before it is validated and written.
	Edit func(*scrutin.Manifest)
}

// A Clause names holders by their number, from 1.
type Clause struct {
	ID        string
	Threshold int
	Holders   []int
}

// A Fixture is a valid manifest with all private keys.
type Fixture struct {
	Manifest    *scrutin.Manifest
	Bytes       []byte
	Fingerprint scrutin.Digest
	// Signers of members (by ID), and of mixers, issuers, witnesses and platform
	// services (roll, urn, contents). A holder signs with the member's key.
	Signers map[string]*note.PrivateKey
	// Reception is the secret z of each holder's reception key g^z.
	Reception map[string]group.Scalar
}

// New makes a fixture, or fails the test.
func New(t testing.TB, o Options) *Fixture {
	t.Helper()
	f, err := Make(o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Make makes a fixture.
func Make(o Options) (*Fixture, error) {
	o.defaults()
	f := &Fixture{Signers: map[string]*note.PrivateKey{}, Reception: map[string]group.Scalar{}}
	m := f.manifest(o)
	if o.Edit != nil {
		o.Edit(m)
	}
	if m.Weight.IsMixed() {
		m.Addenda.Allowed = slices.DeleteFunc(m.Addenda.Allowed, func(a string) bool { return a == "roll" })
	}
	data, print, err := m.Bytes()
	if err != nil {
		return nil, err
	}
	f.Manifest, f.Bytes, f.Fingerprint = m, data, print
	return f, nil
}

// OfAccounts makes a manifest one of a consultation of anonymous accounts, of no terminal: an Edit.
func OfAccounts(m *scrutin.Manifest) {
	m.Scrutin.Profile, m.Schedule.PollingDay = scrutin.Consultation, ""
	m.RestrictedCountries, m.Stations, m.Issuers, m.Codes, m.Companions = nil, nil, nil, scrutin.Codes{}, nil
	m.Colleges[0].Factors, m.Colleges[0].Validation = []scrutin.Factor{{Kind: "card", Channel: "none"}}, scrutin.Validation{Kind: "none", Channel: "none"}
	m.Publication.EmailAfterVote, m.Addenda.Allowed, m.Leaves = "none", nil, []string{"cast"}
	m.Register = []scrutin.AccountRegister{{Register: scrutin.Digest{1}, Snapshot: scrutin.Digest{2}}}
}

func (o *Options) defaults() {
	for _, d := range []struct {
		field *int
		value int
	}{{&o.Urns, 2}, {&o.Electors, 40}, {&o.Questions, 1}, {&o.Choices, 3}, {&o.Holders, 4}, {&o.Mixers, 3}, {&o.Witnesses, 3}, {&o.MinSize, 10}} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if o.Open.IsZero() {
		o.Open = time.Date(2026, 12, 3, 8, 0, 0, 0, time.UTC)
	}
	if o.Clauses == nil {
		all := Clause{ID: "quorum", Threshold: o.Holders/2 + 1}
		for i := range o.Holders {
			all.Holders = append(all.Holders, i+1)
		}
		o.Clauses = []Clause{all}
	}
}

func (f *Fixture) key(name string) string {
	k, err := note.GenerateKey(name)
	if err != nil {
		panic(err)
	}
	f.Signers[name] = k
	return k.Verifier().String()
}

func (f *Fixture) party(id, affiliation string) scrutin.Party {
	return scrutin.Party{ID: id, Label: id, Affiliation: affiliation, Key: f.key(id)}
}

func (f *Fixture) manifest(o Options) *scrutin.Manifest {
	profile, finality := scrutin.PublicService, scrutin.Finality{Mode: scrutin.Final}
	if o.Revotes > 0 {
		profile, finality = scrutin.Consultation, scrutin.Finality{Mode: scrutin.Revote, HighestCounter: o.Revotes}
	}
	m := &scrutin.Manifest{
		Record:       scrutin.KindManifest,
		Organisation: scrutin.Organisation{ID: "ville", Label: "Ville de Chartres"},
		Scrutin: scrutin.Scrutin{ID: "conseil-2026", Title: "Élection du conseil", Kind: scrutin.Rehearsal, Profile: profile, Level: 3,
			LegalBasis: []string{"Code général de la fonction publique, articles R. 211-503 et suivants"}},
		Territories: []scrutin.Territory{{ID: "chartres", Label: "Chartres"}},
		Colleges: []scrutin.College{{ID: "agents", Label: "Agents",
			Factors:    []scrutin.Factor{{Kind: "identifier", Channel: "email"}, {Kind: "password", Channel: "sms"}},
			Validation: scrutin.Validation{Kind: "code", Channel: "email"}}},
		Draw: scrutin.Draw{Method: "given"},
		Schedule: scrutin.Schedule{Zone: "Europe/Paris", Open: scrutin.TimeOf(o.Open), Close: scrutin.TimeOf(o.Open.AddDate(0, 0, 7)),
			GraceMinutes: 15, SlotMinutes: 60, FlushMinutes: 10},
		Finality:    finality,
		Publication: scrutin.Publication{Rule: "evidence", Board: "witnesses", Release: "proclamation", EmailAfterVote: "mark-only"},
		Decision:    scrutin.Decision{Rule: "relative-majority", Tie: "eldest", Turnout: scrutin.Fraction{Denominator: 1}},
		Weight:      scrutin.Weight{Rule: "equal", Absent: "none", Several: "none"},
		Leaves:      []string{"cast", "challenged", "quarantined", "void"},
		MinimumSize: o.MinSize,
		Platform: scrutin.Platform{Roll: f.party("roll", scrutin.Operator), Urn: f.party("urn", scrutin.Operator),
			Contents: f.party("contents", scrutin.Operator)},
		Addenda: scrutin.Addenda{Allowed: []string{"suspend", "extend", "client", "roll", "append"}, Opinion: true},
		Codes: scrutin.Codes{Length: 12, Alphabet: "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", Algorithm: "argon2id",
			Passes: 3, MemoryKiB: 65536, Lanes: 4},
		Protocol: scrutin.Version,
	}
	f.urns(m, o)
	f.people(m, o)
	return m
}

func (f *Fixture) urns(m *scrutin.Manifest, o Options) {
	var ids []string
	for i := range o.Urns {
		id := fmt.Sprintf("urn-%d", i+1)
		ids = append(ids, id)
		m.Urns = append(m.Urns, scrutin.Urn{ID: id, Label: fmt.Sprintf("Urne %d", i+1), Territory: "chartres", College: "agents", Electors: o.Electors})
	}
	for i := range o.Questions {
		q := scrutin.Question{ID: fmt.Sprintf("question-%d", i+1), Title: fmt.Sprintf("Question %d", i+1), Urns: ids, Seats: 1}
		for j := range o.Choices {
			q.Options = append(q.Options, scrutin.Option{ID: fmt.Sprintf("option-%d", j+1), Label: fmt.Sprintf("Liste %d", j+1)})
		}
		m.Questions = append(m.Questions, q)
	}
	m.Stations = []scrutin.Station{{ID: "mairie", Label: "Hôtel de ville", Territory: "chartres", Urns: ids[:1]}}
	if o.Merge && o.Urns > 1 {
		m.MergeLists = []scrutin.MergeList{{ID: "all", Urns: ids}}
	}
}

func (f *Fixture) people(m *scrutin.Manifest, o Options) {
	for i := range o.Holders {
		id := fmt.Sprintf("member-%d", i+1)
		b := scrutin.Member{ID: id, Label: "Membre " + fmt.Sprint(i+1), Role: scrutin.Assessor, Voice: scrutin.Deliberative,
			Class: "administration", Rank: scrutin.Titular, Born: scrutin.Date(fmt.Sprintf("%d-05-17", 1960+i%40)), Key: f.key(id)}
		if i == 0 {
			b.Role = scrutin.President
		}
		if i > 0 && i == o.Holders-1 {
			b.Class = "delegates"
		}
		m.Bureau.Members = append(m.Bureau.Members, b)
		f.Reception[id] = group.RandomScalar()
		m.Holders = append(m.Holders, scrutin.Holder{Member: id, Key: b.Key, Reception: scrutin.PointOf(group.MulBase(f.Reception[id]))})
	}
	m.Bureau.Quorum = scrutin.Quorum{Count: o.Holders/2 + 1}
	m.Bureau.CastingVote = true
	for _, c := range o.Clauses {
		clause := scrutin.Clause{ID: c.ID, Label: c.ID, Threshold: c.Threshold}
		for _, h := range c.Holders {
			clause.Holders = append(clause.Holders, fmt.Sprintf("member-%d", h))
		}
		m.Clauses = append(m.Clauses, clause)
	}
	for i := range o.Mixers {
		m.Mixers = append(m.Mixers, f.party(fmt.Sprintf("mixer-%d", i+1), fmt.Sprintf("party-%d", i+1)))
	}
	for i, channel := range []string{"email", "sms"} {
		id := fmt.Sprintf("issuer-%d", i+1)
		m.Issuers = append(m.Issuers, scrutin.Issuer{ID: id, Label: id, Affiliation: id, Channel: channel, Key: f.key(id)})
	}
	for i := range o.Witnesses {
		w := f.party(fmt.Sprintf("witness-%d", i+1), fmt.Sprintf("list-%d", i+1))
		v, err := note.ParseVerifier(w.Key)
		if err != nil {
			panic(err)
		}
		w.Key = v.Cosigner().String()
		m.Witnesses = append(m.Witnesses, w)
	}
}
