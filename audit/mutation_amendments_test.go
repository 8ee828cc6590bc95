package audit_test

import (
	"slices"

	"isoloir/account"
	"isoloir/audit/audittest"
	"isoloir/crypto/group"
	"isoloir/crypto/shuffle"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/urn"
)

// editAmendment changes what the first amendment says of the first urn, under the
// roll's own signature.
func editAmendment(change func(a *scrutin.Amendment, u *scrutin.AmendedUrn)) func(w *audittest.World) {
	return func(w *audittest.World) {
		audittest.Edit(w, record.Amendment(1), func(a *scrutin.Amendment) { change(a, &a.Urns[0]) })
	}
}

// remade makes the first amendment again after a change of what goes into it.
func remade(change func(w *audittest.World)) func(w *audittest.World) {
	return func(w *audittest.World) {
		change(w)
		w.EnrolAt(1)
		w.AnonymiseAt(1, 1, nil)
		w.RollNote(1)
	}
}

// added lets the last mixer cheat on whom the first amendment adds, once his proof is
// made.
func added(cheat func(w *audittest.World, p *account.Population)) func(w *audittest.World) {
	return func(w *audittest.World) {
		w.AnonymiseAt(1, len(w.Manifest.Mixers), func(_, _ int, p *account.Population, _ *[]byte) { cheat(w, p) })
		w.RollNote(1)
	}
}

// instead opens the vote with other amendments.
func instead(changes ...audittest.Change) func(w *audittest.World) {
	return func(w *audittest.World) { w.Amend = changes }
}

// amendedBy changes the acts that adopt amendments.
func amendedBy(change func(a *scrutin.Act)) func(w *audittest.World) {
	return act(scrutin.ActAddendum, change)
}

// newVoter is an elector of the first urn whom the first amendment added, and who voted.
func newVoter(w *audittest.World) int {
	for _, m := range w.Marks[0] {
		if int(m.Elector) >= w.Amendments[0].First[0] {
			return int(m.Elector)
		}
	}
	panic("nobody new voted")
}

// newBallot replaces the ballot of a new voter, whose key stands in it at first, by one
// that is proved with the opening's generator.
func newBallot(change func(honest [32]byte, leaf []byte)) func(w *audittest.World) {
	return func(w *audittest.World) {
		voter := newVoter(w)
		v := w.NewVote(0, voter)
		honest := v.Base.Mul(v.Secret).Bytes()
		v.Base = w.Bases[0]
		leaf := urn.CastLeaf(w.Ballot(v))
		change(honest, leaf)
		for _, batch := range w.Batches[0] {
			for i, l := range batch {
				if [32]byte(l[leafAccount:leafCounter]) == honest {
					batch[i] = leaf
				}
			}
		}
		w.Tidy(0)
	}
}

var amendmentMutations = []mutation{
	{name: "amendment signed by the urn", check: 411, alone: true, shape: amended, after: audittest.Amended,
		change: func(w *audittest.World) {
			r := must(scrutin.Parse[scrutin.Amendment](text(w, record.Amendment(1))))
			w.Sign(record.Amendment(1), r, "urn")
		}},
	{name: "amendment of another number", check: 411, alone: true, shape: amended, after: audittest.Amended,
		change: editAmendment(func(a *scrutin.Amendment, _ *scrutin.AmendedUrn) { a.Number = 2 })},
	{name: "amendment of urns in another order", check: 411, shape: amended, after: audittest.Amended,
		change: editAmendment(func(a *scrutin.Amendment, _ *scrutin.AmendedUrn) { slices.Reverse(a.Urns) })},
	{name: "additions adopted without issuers and mixers", check: 411, with: "bureau", alone: true, shape: amended, after: audittest.Amended,
		change: amendedBy(func(a *scrutin.Act) { a.Body.Adopts = a.Body.Adopts[:1] })},
	{name: "amendment lost", check: 411, shape: amended, after: audittest.Adopted,
		change: func(w *audittest.World) { delete(w.Files, record.Amendment(1)) }},
	{name: "one elector added alone", check: 412, with: "bureau", alone: true, shape: amended, after: audittest.Opened,
		change: instead(audittest.Change{Added: []int{1, 0}, Struck: [][]int{nil, nil}})},
	{name: "numbers of additions that leave a gap", check: 412, alone: true, shape: amended, after: audittest.Amended,
		change: editAmendment(func(_ *scrutin.Amendment, u *scrutin.AmendedUrn) { u.Before++ })},
	{name: "root of other keys in an amendment", check: 413, alone: true, shape: amended, after: audittest.Amended,
		change: editAmendment(func(_ *scrutin.Amendment, u *scrutin.AmendedUrn) { u.Root[0] ^= 1 })},
	{name: "opening's generator in an amendment", check: 413, alone: true, shape: amended, after: audittest.Amended,
		change: func(w *audittest.World) {
			w.Amendments[0].Bases[0] = w.Bases[0]
			w.RollNote(1)
			w.Abstain = 0
		}},
	{name: "account of the opening added again", check: 413, with: "mixer", shape: amended, after: audittest.Amended,
		change: added(func(w *audittest.World, p *account.Population) {
			withPoints(p, func(points []group.Point) { points[0] = must(group.Decode(w.Accounts[0][:32])) })
		})},
	{name: "phantom elector in an amendment", check: 414, with: "both issuers", alone: true, shape: amended, after: audittest.Opened,
		change: func(w *audittest.World) {
			instead(audittest.Change{Added: []int{2, 0}, Struck: [][]int{nil, nil}})(w)
			w.Advance(audittest.Amended)
			for i := range w.Halves {
				w.Halves[i][0] = append(w.Halves[i][0], group.RandomScalar())
			}
			a := w.Amendments[0]
			a.Added[0]++
			w.EnrolAt(1)
			w.AnonymiseAt(1, 1, nil)
			a.Added[0]--
			w.RollNote(1)
		}},
	{name: "elector struck off twice", check: 415, with: "bureau", alone: true, shape: amended, after: audittest.Opened,
		change: func(w *audittest.World) {
			instead(audittest.Change{Added: []int{0, 0}, Struck: [][]int{{1}, nil}}, audittest.Change{Added: []int{0, 0}, Struck: [][]int{{1}, nil}})(w)
			w.Advance(audittest.Amended)
			w.Amendments[1].Struck[0] = nil // he is one elector less all the same
		}},
	{name: "mark and ballot of an elector who was struck off", check: 705, alone: true, shape: amended, after: audittest.Voted,
		change: func(w *audittest.World) {
			w.Batches[0][0] = append(w.Batches[0][0], urn.CastLeaf(w.Ballot(w.NewVote(0, 1))))
			w.Marks[0] = append(w.Marks[0], w.Mark(0, 1))
			w.Tidy(0)
		}},
	{name: "digest of keys in an issuer's statement for an amendment", check: 301, with: "issuer", alone: true, shape: amended, after: audittest.Amended,
		change: func(w *audittest.World) {
			audittest.Edit(w, record.Population(1).Enrolment("issuer-1"), func(e *scrutin.AddedEnrolment) { e.Urns[0].Keys[0] ^= 1 })
		}},
	{name: "issuer's statement for another amendment", check: 301, with: "issuer", alone: true, shape: amended, after: audittest.Amended,
		change: func(w *audittest.World) {
			audittest.Edit(w, record.Population(1).Enrolment("issuer-1"), func(e *scrutin.AddedEnrolment) { e.Amendment = 2 })
		}},
	{name: "false proof of an issuer in an amendment", check: 302, with: "issuer", alone: true, shape: amended, after: audittest.Amended,
		change: func(w *audittest.World) {
			audittest.Edit(w, record.Population(1).Enrolment("issuer-2"), func(e *scrutin.AddedEnrolment) { e.Urns[0].Response = scrutin.ScalarOf(group.RandomScalar()) })
		}},
	{name: "key of the opening enrolled again", check: 303, with: "both issuers", alone: true, shape: amended, after: audittest.Amended,
		change: remade(func(w *audittest.World) {
			for i := range w.Halves {
				w.Halves[i][0][6] = w.Halves[i][0][0]
			}
		})},
	{name: "input digest of a mixer in an amendment", check: 401, with: "mixer", alone: true, shape: amended, after: audittest.Amended,
		change: func(w *audittest.World) {
			audittest.Edit(w, record.Population(1).Anonymisation(1), func(a *scrutin.AddedAnonymisation) { a.Urns[0].Input[0] ^= 1 })
		}},
	{name: "mixer's statement for another amendment", check: 401, with: "mixer", alone: true, shape: amended, after: audittest.Amended,
		change: func(w *audittest.World) {
			audittest.Edit(w, record.Population(1).Anonymisation(2), func(a *scrutin.AddedAnonymisation) { a.Amendment = 2 })
		}},
	{name: "two exponents in an amendment", check: 402, with: "mixer", alone: true, shape: amended, after: audittest.Amended,
		change: added(func(_ *audittest.World, p *account.Population) {
			withPoints(p, func(points []group.Point) { points[0] = points[0].Double() })
		})},
	{name: "elector left out of an amendment's anonymisation", check: 402, with: "mixer", shape: amended, after: audittest.Amended,
		change: added(func(_ *audittest.World, p *account.Population) {
			p.Keys = must(shuffle.EncodeKeys(p.Keys.Points()[1:], 1))
		})},
	{name: "keys of an amendment lost", check: 402, shape: amended, after: audittest.Adopted,
		change: func(w *audittest.World) { delete(w.Files, record.Population(1).AnonymisationKeys("urn-1", 1)) }},
	{name: "new elector's account over the opening's generator", check: 612, alone: true, shape: amended, after: audittest.Voted,
		change: newBallot(func([32]byte, []byte) {})},
	{name: "new elector's ballot proved with the opening's generator", check: 613, alone: true, shape: amended, after: audittest.Voted,
		change: newBallot(func(honest [32]byte, leaf []byte) { copy(leaf[leafAccount:], honest[:]) })},
	{name: "roll statement that forgets an amendment", check: 701, alone: true, shape: amended, after: audittest.Logged,
		change: func(w *audittest.World) {
			audittest.Edit(w, record.Roll("urn-1"), func(r *scrutin.RollStatement) { r.Electors = 6 })
		}},
	{name: "result that forgets an amendment", check: 1003, with: "bureau", alone: true, shape: amended, after: audittest.Counted,
		change: func(w *audittest.World) {
			audittest.Edit(w, record.Result, func(r *scrutin.Result) { r.Cells[0].Electors = 6 })
		}},
	{name: "amendment that no act adopts", check: 105, alone: true, shape: amended, after: audittest.Adopted,
		change: func(w *audittest.World) {
			w.AddAmendment(audittest.Change{Added: []int{2, 0}, Struck: [][]int{nil, {0}}})
		}},
	{name: "issuer's statement of another opening record in an amendment", check: 113, with: "issuer", alone: true, shape: amended, after: audittest.Amended,
		change: func(w *audittest.World) {
			audittest.Edit(w, record.Population(1).Enrolment("issuer-1"), func(e *scrutin.AddedEnrolment) { e.Opening[0] ^= 1 })
		}},
	{name: "amendment adopted after close", check: 1103, with: "bureau", shape: amended, after: audittest.Logged,
		change: func(w *audittest.World) {
			var found []scrutin.Finding
			for u, urn := range w.Manifest.Urns {
				found = append(found, scrutin.Finding{Urn: urn.ID, Marks: w.Cast(u), Ballots: w.Cast(u)})
			}
			w.Clock = w.Manifest.Schedule.Close.AddDate(0, 0, 1)
			w.Act(scrutin.ActClose, scrutin.ActBody{Found: found})
			w.AddAmendment(audittest.Change{Added: []int{0, 0}, Struck: [][]int{{0}, nil}})
			w.Act(scrutin.ActAddendum, scrutin.ActBody{Adopts: w.Adopts(record.Amendment(3)), Reason: "late", Opinion: "yes"})
			w.Skip[scrutin.ActClose] = true
		}},
	{name: "amendments with a gap", check: 1105, with: "bureau", shape: amended, after: audittest.Amended,
		change: amendedBy(func(a *scrutin.Act) {
			if a.Body.Adopts[0].Path == record.Amendment(2) {
				a.Body.Adopts[0].Path = record.Amendment(3)
			}
		})},
	{name: "another amendment than the one adopted", check: 1106, with: "bureau", alone: true, shape: amended, after: audittest.Amended,
		change: amendedBy(func(a *scrutin.Act) { a.Body.Adopts[0].SHA256[0] ^= 1 })},
}
