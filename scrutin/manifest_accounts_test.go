package scrutin_test

import (
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// ofAccounts makes a manifest one of a scrutin of accounts with a terminal.
func ofAccounts(m *scrutin.Manifest) {
	scrutintest.OfAccounts(m)
	m.Finality = scrutin.Finality{Mode: scrutin.Revote, HighestCounter: 3}
	m.Leaves = []string{"cast", "supervised"}
	m.Register[0].Terminals = []scrutin.Party{goldenParty("borne-1", "Borne", "ville")}
	m.Standing = []scrutin.Standing{{Manifest: scrutin.Digest{3}, Ceremony: scrutin.Digest{4}}}
	m.MinimumSize = 10
}

// onAccounts is an edit of such a manifest.
func onAccounts(edit func(*scrutin.Manifest)) func(*scrutin.Manifest) {
	return func(m *scrutin.Manifest) { ofAccounts(m); edit(m) }
}

// ofStanding leaves a manifest its bureau and its holders.
func ofStanding(m *scrutin.Manifest) {
	s := m.Scrutin
	s.Profile = scrutin.StandingKey
	*m = scrutin.Manifest{Record: m.Record, Organisation: m.Organisation, Scrutin: s, Bureau: m.Bureau, Holders: m.Holders, Clauses: m.Clauses, Protocol: m.Protocol}
}

var accountEdits = []edit{
	{"standing-empty", "urns", func(m *scrutin.Manifest) { urns := m.Urns; ofStanding(m); m.Urns = urns }},
	{"standing-empty", "codes", func(m *scrutin.Manifest) { ofStanding(m); m.Codes.Length = 12 }},
	{"standing-empty", "standing", func(m *scrutin.Manifest) { ofStanding(m); m.Standing = make([]scrutin.Standing, 1) }},
	{"standing-profile", "standing", func(m *scrutin.Manifest) {
		m.Standing = []scrutin.Standing{{Manifest: scrutin.Digest{3}, Ceremony: scrutin.Digest{4}}}
	}},
	{"supervised-register", "leaves", func(m *scrutin.Manifest) { consult(m); m.Leaves = append(m.Leaves, "supervised") }},
	{"register-profile", "register", onAccounts(func(m *scrutin.Manifest) { m.Scrutin.Profile = scrutin.WorksCouncil })},
	{"register-empty", "stations", onAccounts(func(m *scrutin.Manifest) {
		m.Stations = []scrutin.Station{{ID: "a", Label: "A", Territory: "japon", Urns: []string{"urne-japon"}}}
	})},
	{"register-empty", "codes", onAccounts(func(m *scrutin.Manifest) { m.Codes.Algorithm = "argon2id" })},
	{"register-empty", "issuers", onAccounts(func(m *scrutin.Manifest) {
		m.Issuers = []scrutin.Issuer{{ID: "i", Label: "I", Affiliation: "i", Channel: "sms", Key: goldenParty("i", "", "").Key}}
	})},
	{"register-college", "colleges[0]", onAccounts(func(m *scrutin.Manifest) { m.Colleges[0].Validation.Kind = "question" })},
	{"register-small", "urns[1].electors", onAccounts(func(m *scrutin.Manifest) { m.Urns[1].Electors = 9 })},
	{"weight-represented", "urns[1].represented", onAccounts(func(m *scrutin.Manifest) { mixed(m); m.Urns[1].Represented = 10 })},
	{"register-email", "publication.email_after_vote", onAccounts(func(m *scrutin.Manifest) { m.Publication.EmailAfterVote = "mark-only" })},
	{"register-addenda", "addenda.allowed", onAccounts(func(m *scrutin.Manifest) { m.Addenda.Allowed = []string{"roll"} })},
	{"register-terminals", "leaves", onAccounts(func(m *scrutin.Manifest) { m.Leaves = m.Leaves[:1] })},
	{"register-terminals", "leaves", onAccounts(func(m *scrutin.Manifest) { m.Register[0].Terminals = nil })},
	{"register-revote", "finality.mode", onAccounts(func(m *scrutin.Manifest) { m.Finality = scrutin.Finality{Mode: scrutin.Final} })},
	{"register-leaf", "leaves", onAccounts(func(m *scrutin.Manifest) { m.Leaves = []string{"cast", "void", "supervised"} })},
	{"minimum-size", "minimum_size", onAccounts(func(m *scrutin.Manifest) { m.MinimumSize = 9 })},
	{"same-key", "platform.urn.key", onAccounts(func(m *scrutin.Manifest) {
		m.Register[0].Terminals[0].Key = rename(m.Platform.Urn.Key, "borne-1")
	})},
}
