package audit_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"slices"
	"strings"

	"isoloir/account"
	"isoloir/audit/audittest"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
)

// resnapped is a register that signs what edit makes of its snapshot before the manifest names it.
func resnapped(change func(w *audittest.World), edit func(*account.Snapshot)) func(*audittest.World) {
	return func(w *audittest.World) {
		if change != nil {
			change(w)
		}
		w.Resnap(edit)
	}
}

// alsoCast puts a leaf into the log of the first urn, beside the others.
func alsoCast(leaf func(w *audittest.World) []byte) func(*audittest.World) {
	return func(w *audittest.World) {
		w.Batches[0][1] = append(w.Batches[0][1], leaf(w))
		w.Tidy(0)
	}
}

// supervisedAs replaces a supervised leaf of the first urn.
func supervisedAs(change func(w *audittest.World, leaf []byte) []byte) func(*audittest.World) {
	return func(w *audittest.World) {
		for b, batch := range w.Batches[0] {
			for i, leaf := range batch {
				if leaf[0] == byte(urn.Supervised) {
					w.Batches[0][b][i] = change(w, append([]byte(nil), leaf...))
					w.Tidy(0)
					return
				}
			}
		}
	}
}

// atTerminal is a further supervised ballot of an elector of the first urn.
func atTerminal(elector int, edit func(v *audittest.Vote)) func(w *audittest.World) []byte {
	return func(w *audittest.World) []byte {
		v := w.NewVote(0, elector)
		v.Counter = urn.SupervisedCounter
		edit(&v)
		return w.AtTerminal(v)
	}
}

var registerMutations = []mutation{
	{name: "standing manifest with another clause", check: 204, alone: true, shape: ofAccounts, after: audittest.Founded,
		change: func(w *audittest.World) { w.Stand(func(m *scrutin.Manifest) { m.Clauses[0].Label = "autre" }) }},
	{name: "standing manifest of another organisation", check: 204, alone: true, shape: ofAccounts, after: audittest.Founded,
		change: func(w *audittest.World) { w.Stand(func(m *scrutin.Manifest) { m.Organisation.ID = "voisine" }) }},
	{name: "ceremony of another standing manifest", check: 201, shape: ofAccounts, after: audittest.Adopted, with: "the holders",
		change: func(w *audittest.World) {
			foreign := w.Clone()
			foreign.Stand(func(m *scrutin.Manifest) { m.Scrutin.Title = "autre" })
			for path, data := range foreign.Files {
				if strings.HasPrefix(path, "ceremony/") {
					w.Files[path] = data
				}
			}
		}},
	{name: "ceremony that the manifest does not take up", check: 204, shape: ofAccounts, after: audittest.Founded,
		change: func(w *audittest.World) {
			s := w.Manifest.Standing[0]
			s.Ceremony[0] ^= 1
			w.SetManifest(func(m *scrutin.Manifest) { m.Standing = []scrutin.Standing{s} })
		}},
	{name: "snapshot of another scrutin", check: 304, alone: true, shape: ofAccounts, after: audittest.Founded,
		change: resnapped(nil, func(s *account.Snapshot) { s.Scrutin = "autre" })},
	{name: "snapshot of another register", check: 304, alone: true, shape: ofAccounts, after: audittest.Founded,
		change: resnapped(nil, func(s *account.Snapshot) { s.Register[0] ^= 1 })},
	{name: "constituency in two urns", check: 304, alone: true, shape: ofAccounts, after: audittest.Founded,
		change: resnapped(nil, func(s *account.Snapshot) { s.Urns[1].Constituencies = s.Urns[0].Constituencies })},
	{name: "snapshot that the manifest does not name", check: 304, shape: ofAccounts, after: audittest.Enrolled,
		change: func(w *audittest.World) {
			w.Snapshot(func(s *account.Snapshot) { s.Urns[0].Constituencies[0] = "autre" })
		}},
	{name: "snapshot signed by the urn", check: 301, alone: true, shape: ofAccounts, after: audittest.Enrolled,
		change: func(w *audittest.World) {
			w.Signers["roll"] = w.Signers["urn"]
			w.Snapshot(nil)
		}},
	{name: "proof of an account to another register", check: 302, alone: true, shape: ofAccounts, after: audittest.Founded,
		change: resnapped(func(w *audittest.World) {
			x := w.Halves[0][0][4]
			for i, a := range w.Register[0] {
				if there := audittest.AccountOf(audittest.Rho, x); there.Key == a.Key {
					w.Register[0][i] = audittest.AccountOf(scrutin.DigestOf(nil), x)
				}
			}
		}, nil)},
	{name: "accounts out of order", check: 305, alone: true, shape: ofAccounts, after: audittest.Founded,
		change: resnapped(func(w *audittest.World) {
			list := append([]account.Enrolled(nil), w.Register[0]...)
			list[2], list[3] = list[3], list[2]
			w.Register = [][]account.Enrolled{list, w.Register[1]}
		}, nil)},
	{name: "account twice in a snapshot", check: 305, shape: ofAccounts, after: audittest.Founded,
		change: resnapped(func(w *audittest.World) {
			list := append([]account.Enrolled(nil), w.Register[0]...)
			list[3] = list[2]
			w.Register = [][]account.Enrolled{list, w.Register[1]}
		}, nil)},
	{name: "account in two urns", check: 303, shape: ofAccounts, after: audittest.Founded,
		change: resnapped(func(w *audittest.World) {
			list := append([]account.Enrolled{w.Register[0][0]}, w.Register[1][1:]...)
			w.Register = [][]account.Enrolled{w.Register[0], list}
		}, nil)},
	{name: "supervised leaf with a false signature", check: 616, alone: true, shape: ofAccounts, after: audittest.Voted,
		change: supervisedAs(func(w *audittest.World, leaf []byte) []byte {
			leaf[len(leaf)-40] ^= 1
			return leaf
		})},
	{name: "supervised leaf of a terminal that nobody named", check: 616, alone: true, shape: ofAccounts, after: audittest.Voted,
		change: supervisedAs(func(w *audittest.World, leaf []byte) []byte {
			_, key, _ := ed25519.GenerateKey(nil)
			return w.Vouch(0, audittest.Envelope(leaf).Bytes(), key)
		})},
	{name: "supervised ballot in a cast leaf", check: 616, alone: true, shape: ofAccounts, after: audittest.Voted,
		change: supervisedAs(func(w *audittest.World, leaf []byte) []byte { return urn.CastLeaf(audittest.Envelope(leaf).Bytes()) })},
	{name: "chain of supervised ballots without its first", check: 614, alone: true, shape: ofAccounts, after: audittest.Voted,
		change: alsoCast(func(w *audittest.World) []byte {
			for e := range w.Halves[0][0] {
				v := w.NewVote(0, e)
				if key := v.Base.Mul(v.Secret).Bytes(); !atTerminalAlready(w, key) {
					v.Counter, v.Previous = urn.SupervisedCounter+1, sha256.Sum256(nil)
					return w.AtTerminal(v)
				}
			}
			panic("everybody was at the terminal")
		})},
	{name: "two chains of supervised ballots", check: 614, alone: true, shape: ofAccounts, after: audittest.Voted,
		change: alsoCast(func(w *audittest.World) []byte {
			for e := range w.Halves[0][0] {
				v := w.NewVote(0, e)
				if key := v.Base.Mul(v.Secret).Bytes(); atTerminalAlready(w, key) {
					return atTerminal(e, func(*audittest.Vote) {})(w)
				}
			}
			panic("nobody was at the terminal")
		})},
	{name: "authorisation closed where there is no roll", check: 606, alone: true, shape: ofAccounts, after: audittest.Voted,
		change: alsoCast(func(*audittest.World) []byte { return append([]byte{byte(urn.Void)}, make([]byte, 32)...) })},
	{name: "roll statement where there is no roll", check: 105, alone: true, shape: ofAccounts, after: audittest.Adopted,
		change: func(w *audittest.World) { w.Roll(0) }},
	{name: "closed cell of which the result says something", check: 1002, shape: ofAccounts, after: audittest.Counted,
		change: func(w *audittest.World) {
			audittest.Edit(w, record.Result, func(r *scrutin.Result) {
				q := &r.Cells[1].Questions[0]
				q.Blank = r.Cells[1].Ballots
			})
			text, err := note.Text(w.Files[record.Result])
			if err != nil {
				panic(err)
			}
			r, err := scrutin.Parse[scrutin.Result](text)
			if err != nil {
				panic(err)
			}
			w.Proclaimed(r)
		}},
	{name: "fewer marks than accounts where there is no roll", check: 1105, alone: true, shape: ofAccounts, after: audittest.Logged,
		change: func(w *audittest.World) {
			w.EditAct = func(a *scrutin.Act) {
				if a.Type == scrutin.ActClose {
					a.Body.Found = slices.Clone(a.Body.Found)
					a.Body.Found[0].Marks--
				}
			}
		}},
}

// atTerminalAlready says whether an account of the first urn has a supervised ballot.
func atTerminalAlready(w *audittest.World, account [32]byte) bool {
	for _, batch := range w.Batches[0] {
		for _, leaf := range batch {
			if leaf[0] == byte(urn.Supervised) && audittest.Envelope(leaf).Account() == account {
				return true
			}
		}
	}
	return false
}
