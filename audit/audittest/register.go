package audittest

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"slices"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
)

// Rho is that of the register of a scrutin of accounts.
var Rho = scrutin.DigestOf([]byte("register.json"))

// AccountOf is the account of a secret, whose device proves that it knows it to the register rho.
func AccountOf(rho scrutin.Digest, x group.Scalar) account.Enrolled {
	key := sigma.NewElement(group.MulBase(x))
	return account.Enrolled{Key: key.Bytes(), Proof: must(sigma.Account(account.RegisterContext(rho), key, "").Prove(x)).Bytes()}
}

// registered is what a scrutin of accounts begins with.
type registered struct {
	halves   [][][]group.Scalar // as those of one who enrols alone
	accounts [][]account.Enrolled
	terminal ed25519.PrivateKey
}

// register draws the accounts of a scrutin of them, and the key of a terminal, and has the
// manifest name them.
func register(s *Shape) (r registered) {
	r.halves = [][][]group.Scalar{make([][]group.Scalar, s.Fixture.Urns)}
	r.accounts = make([][]account.Enrolled, s.Fixture.Urns)
	for u := range r.accounts {
		for range s.Fixture.Electors {
			x := group.RandomScalar()
			r.halves[0][u], r.accounts[u] = append(r.halves[0][u], x), append(r.accounts[u], AccountOf(Rho, x))
		}
		slices.SortFunc(r.accounts[u], func(a, b account.Enrolled) int { return bytes.Compare(a.Key[:], b.Key[:]) })
	}
	public, private, err := ed25519.GenerateKey(nil)
	v := must(note.NewVerifier("terminal-1", note.Ed25519, [32]byte(must(public, err))))
	r.terminal = private
	edit := s.Fixture.Edit
	s.Fixture.Edit = func(m *scrutin.Manifest) {
		if edit != nil {
			edit(m)
		}
		m.Stations, m.Issuers, m.Codes, m.Addenda.Allowed = nil, nil, scrutin.Codes{}, []string{"suspend", "extend", "client", "append"}
		m.Colleges[0].Factors = []scrutin.Factor{{Kind: "card", Channel: "none"}}
		m.Colleges[0].Validation, m.Publication.EmailAfterVote = scrutin.Validation{Kind: "none", Channel: "none"}, "none"
		m.Leaves = []string{"cast", "supervised"}
		snapshot, _ := snapshotOf(m, r.accounts)
		_, digest, err := snapshot.Sign(must(note.GenerateKey("roll")))
		m.Register = []scrutin.AccountRegister{{Register: Rho, Snapshot: must(digest, err),
			Terminals: []scrutin.Party{{ID: "terminal-1", Label: "Borne de la mairie", Affiliation: "ville", Key: v.String()}}}}
	}
	return r
}

// snapshotOf is that of accounts in this order, with the files of the urns.
func snapshotOf(m *scrutin.Manifest, accounts [][]account.Enrolled) (*account.Snapshot, [][]byte) {
	s, files := &account.Snapshot{Register: Rho, Scrutin: m.Scrutin.ID}, make([][]byte, len(accounts))
	for u, list := range accounts {
		for _, a := range list {
			files[u] = append(append(files[u], a.Key[:]...), a.Proof[:]...)
		}
		s.Urns = append(s.Urns, account.SnapshotUrn{Urn: m.Urns[u].ID, Constituencies: []string{fmt.Sprintf("canton-%d", u+1)}, Electors: len(list), Keys: scrutin.DigestOf(files[u])})
	}
	return s, files
}

// Snapshot writes that of the accounts as they are, as edit has it, and returns the digest
// of its text.
func (w *World) Snapshot(edit func(*account.Snapshot)) scrutin.Digest {
	s, files := snapshotOf(w.Manifest, w.Register)
	if w.EditSnapshot != nil {
		w.EditSnapshot(s)
	}
	if edit != nil {
		edit(s)
	}
	register := w.Manifest.Platform.Roll.ID
	for u, file := range files {
		w.Files[record.EnrolmentKeys(w.Manifest.Urns[u].ID, register)] = file
	}
	data, digest, err := s.Sign(w.Signers[register])
	w.Files[record.Enrolment(register)] = must(data, err)
	return digest
}

// Resnap has the manifest name the accounts as they are, in a snapshot as edit has it.
func (w *World) Resnap(edit func(*account.Snapshot)) {
	w.EditSnapshot = edit
	digest := w.Snapshot(nil)
	w.SetManifest(func(m *scrutin.Manifest) {
		a := m.Register[0]
		a.Snapshot = digest
		m.Register = []scrutin.AccountRegister{a}
	})
}

// Stand makes the key under a standing manifest, as edit has it, and has the manifest take
// it up.
func (w *World) Stand(edit func(*scrutin.Manifest)) {
	m := w.Manifest
	standing := &scrutin.Manifest{Record: m.Record, Organisation: m.Organisation, Scrutin: m.Scrutin, Bureau: m.Bureau, Holders: m.Holders, Clauses: slices.Clone(m.Clauses), Protocol: m.Protocol}
	standing.Scrutin.Profile = scrutin.StandingKey
	if edit != nil {
		edit(standing)
	}
	text, f, err := standing.Bytes()
	w.Files[record.Standing] = must(text, err)
	for path := range w.Files {
		if len(path) > 9 && path[:9] == "ceremony/" {
			delete(w.Files, path)
		}
	}
	w.SetManifest(func(m *scrutin.Manifest) { m.Standing = []scrutin.Standing{{Manifest: f}} })
	w.holdCeremony()
	w.SetManifest(func(m *scrutin.Manifest) { m.Standing = []scrutin.Standing{{Manifest: f, Ceremony: w.Keys.Digest}} })
}

// AtTerminal is the leaf of a vote at the terminal, the account's first one there unless its
// counter says otherwise.
func (w *World) AtTerminal(v Vote) []byte {
	if v.Counter < urn.SupervisedCounter {
		v.Counter += urn.SupervisedCounter
	}
	return w.Vouch(v.Urn, w.Ballot(v), w.Terminal)
}

// Vouch is the supervised leaf of a ballot, for which this key signs.
func (w *World) Vouch(u int, ballot []byte, terminal ed25519.PrivateKey) []byte {
	said := scrutin.CastingText{Kind: scrutin.Supervised, Opening: w.O, Urn: w.Manifest.Urns[u].ID, Value: scrutin.DigestOf(ballot)}
	return urn.SupervisedLeaf(ballot, [32]byte(terminal.Public().(ed25519.PublicKey)), [64]byte(ed25519.Sign(terminal, []byte(said.Text()))))
}
