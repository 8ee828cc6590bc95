package audit_test

import (
	"slices"

	"isoloir/audit/audittest"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/urn"
)

// relisted changes the challenges of the first urn, and has them listed and signed again.
func relisted(change func(w *audittest.World)) func(*audittest.World) {
	return func(w *audittest.World) {
		change(w)
		w.ListChallenges(nil)
	}
}

// restated changes what the urn says of them.
func restated(edit func(*scrutin.ChallengeStatement)) func(*audittest.World) {
	return func(w *audittest.World) { w.ListChallenges(edit) }
}

// uncontested is the place of a challenge that nobody contests.
func uncontested(w *audittest.World) int {
	return slices.IndexFunc(w.Uncast, func(o audittest.Uncast) bool { return o.Code == urn.Hash{} })
}

var challengeMutations = []mutation{
	{name: "challenges stated by the roll", check: 1501, alone: true, shape: deputised, after: audittest.Logged,
		change: func(w *audittest.World) { w.WriteChallenges(nil, "roll") }},
	{name: "statement of another list of challenges", check: 1501, alone: true, shape: deputised, after: audittest.Logged,
		change: restated(func(s *scrutin.ChallengeStatement) { s.File[3] ^= 1 })},
	{name: "challenges of another urn's statement", check: 1501, alone: true, shape: deputised, after: audittest.Logged,
		change: restated(func(s *scrutin.ChallengeStatement) { s.Urn = "urn-2" })},
	{name: "challenge left out of the list", check: 1501, shape: deputised, after: audittest.Logged,
		change: restated(func(s *scrutin.ChallengeStatement) { s.Challenges++ })},
	{name: "list of challenges without a statement", check: 105, shape: deputised, after: audittest.Logged,
		change: func(w *audittest.World) {
			w.Files[record.ChallengeList("urn-2")] = w.Files[record.ChallengeList("urn-1")]
		}},
	{name: "challenges that nobody sealed", check: 105, alone: true, after: audittest.Mixed,
		change: relisted(func(w *audittest.World) {
			c, _ := w.Open(w.NewVote(0, 0))
			w.Uncast = append(w.Uncast, audittest.Uncast{Challenge: c})
		})},
	{name: "challenge listed after the seal", check: 1106, alone: true, shape: deputised, after: audittest.Counted,
		change: relisted(func(w *audittest.World) {
			c, _ := w.Open(w.NewVote(0, 0))
			w.Uncast = append(w.Uncast, audittest.Uncast{Challenge: c})
		})},
	{name: "challenges that were sealed and are gone", check: 1501, shape: deputised, after: audittest.Counted,
		change: func(w *audittest.World) {
			delete(w.Files, record.Challenges("urn-1"))
			delete(w.Files, record.ChallengeList("urn-1"))
		}},
	{name: "challenges in another order", check: 1502, alone: true, shape: deputised, after: audittest.Logged,
		change: func(w *audittest.World) {
			slices.Reverse(w.Uncast)
			w.WriteChallenges(nil, "urn")
		}},
	{name: "challenge of no option", check: 1502, alone: true, shape: deputised, after: audittest.Logged,
		change: relisted(func(w *audittest.World) {
			at := uncontested(w)
			w.Uncast[at].Challenge.Places = []uint16{3}
		})},
	{name: "challenge without a coin", check: 1502, alone: true, shape: deputised, after: audittest.Logged,
		change: relisted(func(w *audittest.World) {
			w.Uncast[uncontested(w)].Challenge.Coins = [][32]byte{{}}
		})},
	{name: "coins opened twice", check: 1503, alone: true, shape: deputised, after: audittest.Logged,
		change: relisted(func(w *audittest.World) {
			again := w.Uncast[uncontested(w)]
			again.Challenge.Name = urn.NameOf(urn.Hash{1})
			w.Uncast = append(w.Uncast, again)
		})},
	{name: "ballot cast and opened", check: 1503, alone: true, shape: deputised, after: audittest.Voted,
		change: func(w *audittest.World) {
			last := w.Marks[0][len(w.Marks[0])-1]
			for _, m := range w.Marks[0] { // of somebody who voted once
				if accountLeaves(w, int(m.Elector)) == 1 {
					last = m
				}
			}
			v := w.NewVote(0, int(last.Elector))
			c, _ := w.Open(v)
			replaceBallot(w, int(last.Elector), urn.CastLeaf(w.Ballot(v)))
			w.Uncast = append(w.Uncast, audittest.Uncast{Challenge: c})
		}},
	{name: "challenge contested by another's code", check: 1504, alone: true, shape: deputised, after: audittest.Logged,
		change: relisted(func(w *audittest.World) { w.Uncast[uncontested(w)].Code = urn.Hash{5} })},
	{name: "failed challenge called good", check: 1504, alone: true, shape: deputised, after: audittest.Logged,
		change: restated(func(s *scrutin.ChallengeStatement) { s.Failed = 0 })},
	{name: "contested challenge passed over", check: 1504, alone: true, shape: deputised, after: audittest.Logged,
		change: restated(func(s *scrutin.ChallengeStatement) { s.Contested, s.Failed = 0, 0 })},
}

// accountLeaves is how many ballots of an elector stand in the first urn.
func accountLeaves(w *audittest.World, elector int) (n int) {
	key := w.Bases[0].Mul(w.Secret(0, elector)).Bytes()
	for _, l := range slices.Concat(w.Batches[0]...) {
		if [32]byte(l[leafAccount:leafCounter]) == key {
			n++
		}
	}
	return n
}
