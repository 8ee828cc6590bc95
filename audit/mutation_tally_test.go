package audit_test

import (
	"slices"

	"isoloir/audit/audittest"
	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/record"
	"isoloir/scrutin"
)

// mixed lets the last mixer cheat on one list once his proof is made.
func mixed(cheat func(w *audittest.World, list, proof *[]byte)) func(w *audittest.World) {
	return func(w *audittest.World) {
		w.MixFrom(len(w.Manifest.Mixers), func(_, cell, q int, list, proof *[]byte) {
			if cell == 1 && q == 0 {
				*list, *proof = slices.Clone(*list), slices.Clone(*proof)
				cheat(w, list, proof)
			}
		})
	}
}

// editMix changes what the second mixer states of the first list.
func editMix(change func(m *scrutin.Mix, q *scrutin.MixQuestion)) func(w *audittest.World) {
	return func(w *audittest.World) {
		audittest.Edit(w, record.Mix(2), func(m *scrutin.Mix) { change(m, &m.Cells[0].Questions[0]) })
	}
}

// reencrypted is a ciphertext under other coins.
func reencrypted(w *audittest.World, c []byte) []byte {
	b := must(elgamal.Decode(c)).ReEncrypt(w.Keys.Key, group.RandomScalar()).Bytes()
	return b[:]
}

// shared lets one holder of the first clause cheat on his first list.
func shared(holder string, cheat func(w *audittest.World, list, proof *[]byte)) func(w *audittest.World) {
	return func(w *audittest.World) {
		w.Share("quorum", holder, func(cell, q int, list, proof *[]byte) {
			if cell == 1 && q == 0 {
				cheat(w, list, proof)
			}
		})
	}
}

// badShare is a list whose first share is another point.
func badShare(_ *audittest.World, list, _ *[]byte) {
	point := group.MulBase(group.RandomScalar()).Bytes()
	*list = slices.Concat(point[:], (*list)[32:])
}

// result changes what the bureau proclaims, table included.
func result(change func(r *scrutin.Result)) func(w *audittest.World) {
	return func(w *audittest.World) {
		r := must(scrutin.Parse[scrutin.Result](text(w, record.Result)))
		change(r)
		w.Proclaimed(r)
	}
}

// refusing counts without the shares of one holder of the first clause.
func refusing(w *audittest.World, holder, reason string) {
	verdicts := w.Verdicts()
	for i := range verdicts {
		if verdicts[i].Clause == "quorum" && verdicts[i].Holder == holder {
			verdicts[i].Valid, verdicts[i].Reason = false, reason
		}
	}
	w.Count(verdicts)
}

// filled is an option that has a ballot, and another place for it.
func move(q *scrutin.QuestionResult) {
	counts := []*int{&q.Options[0].Ballots, &q.Options[1].Ballots, &q.Blank}
	from := slices.IndexFunc(counts, func(n *int) bool { return *n > 0 })
	*counts[from]--
	*counts[(from+1)%len(counts)]++
}

var tallyMutations = []mutation{
	{name: "output digest of a mix", check: 801, with: "mixer", alone: true, after: audittest.Mixed,
		change: editMix(func(_ *scrutin.Mix, q *scrutin.MixQuestion) { q.Output[0] ^= 1 })},
	{name: "input digest of a mix", check: 801, with: "mixer", alone: true, after: audittest.Mixed,
		change: editMix(func(_ *scrutin.Mix, q *scrutin.MixQuestion) { q.Input[0] ^= 1 })},
	{name: "mix of another seal", check: 801, with: "mixer", alone: true, after: audittest.Mixed,
		change: editMix(func(m *scrutin.Mix, _ *scrutin.MixQuestion) { m.Seal[0] ^= 1 })},
	{name: "stages of the mix exchanged", check: 801, with: "mixers", after: audittest.Mixed,
		change: func(w *audittest.World) {
			a, b := record.Mix(1), record.Mix(2)
			w.Files[a], w.Files[b] = w.Files[b], w.Files[a]
		}},
	{name: "mix signed by the platform", check: 801, alone: true, after: audittest.Mixed,
		change: func(w *audittest.World) {
			w.Sign(record.Mix(1), must(scrutin.Parse[scrutin.Mix](text(w, record.Mix(1)))), "contents")
		}},
	{name: "ballot replaced in the mix", check: 802, with: "mixer", alone: true, after: audittest.Mixed,
		change: mixed(func(w *audittest.World, list, _ *[]byte) {
			m := elgamal.Option(w.Fingerprint, "question-1", "option-1")
			c := elgamal.Encrypt(w.Keys.Key, m, group.RandomScalar()).Bytes()
			copy(*list, c[:])
		})},
	{name: "ballot doubled in the place of another", check: 802, with: "mixer", alone: true, after: audittest.Mixed,
		change: mixed(func(w *audittest.World, list, _ *[]byte) { copy((*list)[64:], reencrypted(w, (*list)[:64])) })},
	{name: "ballot marked to be found again", check: 802, with: "mixer", alone: true, after: audittest.Mixed,
		change: mixed(func(_ *audittest.World, list, _ *[]byte) {
			m := must(group.Decode((*list)[32:64])).Double().Bytes()
			copy((*list)[32:], m[:])
		})},
	{name: "ballot dropped in the mix", check: 802, with: "mixer", after: audittest.Adopted,
		change: func(w *audittest.World) {
			path := record.MixList(1, "question-1", 2)
			w.Files[path] = w.Files[path][64:]
		}},
	{name: "proof of another cell", check: 802, with: "mixer", alone: true, after: audittest.Mixed,
		change: func(w *audittest.World) {
			var first []byte
			w.MixFrom(2, func(_, cell, _ int, _, proof *[]byte) {
				if cell == 1 {
					first = *proof
				} else {
					*proof = first
				}
			})
		}},
	{name: "proofs of two questions exchanged", check: 802, with: "mixer", shape: 1, alone: true, after: audittest.Mixed,
		change: func(w *audittest.World) {
			var first []byte
			w.MixFrom(2, func(_, cell, q int, _, proof *[]byte) {
				switch {
				case cell == 1 && q == 0:
					first = *proof
				case cell == 1:
					*proof = first
				}
			})
		}},
	{name: "lists of two questions exchanged", check: 802, with: "mixer", shape: 1, alone: true, after: audittest.Mixed,
		change: func(w *audittest.World) {
			first := w.Files[record.MixList(1, "question-1", 1)]
			w.MixFrom(2, func(_, cell, q int, list, _ *[]byte) {
				if cell == 1 && q == 1 {
					*list = first
				}
			})
		}},
	{name: "mixer who starts from a list of its own", check: 802, with: "mixer", alone: true, after: audittest.Mixed,
		change: mixed(func(w *audittest.World, list, _ *[]byte) {
			for at := 0; at < len(*list); at += 64 {
				m := elgamal.Option(w.Fingerprint, "question-1", "option-2")
				c := elgamal.Encrypt(w.Keys.Key, m, group.RandomScalar()).Bytes()
				copy((*list)[at:], c[:])
			}
		})},
	{name: "false scalar in the proof of a mix", check: 802, with: "mixer", alone: true, after: audittest.Mixed,
		change: mixed(func(_ *audittest.World, _, proof *[]byte) { setLast(*proof) })},
	{name: "small cell opened without an act", check: 803, with: "bureau", alone: true, shape: 4, after: audittest.Logged,
		change: func(w *audittest.World) { w.Skip[scrutin.ActOpenSmall] = true }},
	{name: "small cells opened under an act that names one", check: 803, with: "bureau", alone: true, shape: 4, after: audittest.Logged,
		change: func(w *audittest.World) {
			w.EditAct = func(a *scrutin.Act) {
				if a.Type == scrutin.ActOpenSmall {
					a.Body.Cells = a.Body.Cells[:1]
				}
			}
		}},
	{name: "share of another seal", check: 901, with: "holder", alone: true, after: audittest.Shared,
		change: func(w *audittest.World) {
			audittest.Edit(w, record.Shares("quorum", "member-1"), func(s *scrutin.Shares) { s.Seal[0] ^= 1 })
		}},
	{name: "shares signed by another holder", check: 901, with: "holder", alone: true, after: audittest.Shared,
		change: func(w *audittest.World) {
			path := record.Shares("quorum", "member-2")
			w.Sign(path, must(scrutin.Parse[scrutin.Shares](text(w, path))), "member-3")
		}},
	{name: "false share that the bureau calls valid", check: 902, with: "holder and bureau", alone: true, after: audittest.Shared,
		change: shared("member-1", badShare)},
	{name: "false proof of shares", check: 902, with: "holder and bureau", alone: true, after: audittest.Shared,
		change: shared("member-2", func(_ *audittest.World, _, proof *[]byte) { setLast(*proof) })},
	{name: "shares of another holder", check: 902, with: "holders and bureau", alone: true, after: audittest.Shared,
		change: shared("member-1", func(w *audittest.World, list, _ *[]byte) {
			*list = w.Files[record.SharesList(1, "question-1", "quorum", "member-2")]
		})},
	{name: "shares of another cell", check: 902, with: "holder and bureau", alone: true, after: audittest.Shared,
		change: shared("member-1", func(w *audittest.World, list, _ *[]byte) {
			*list = w.Files[record.SharesList(2, "question-1", "quorum", "member-1")]
		})},
	{name: "shares of another clause", check: 902, with: "holder and bureau", alone: true, after: audittest.Shared,
		change: shared("member-3", func(w *audittest.World, list, _ *[]byte) {
			*list = w.Files[record.SharesList(1, "question-1", "delegates", "member-3")]
		})},
	{name: "clause not met", check: 903, with: "holders and bureau", alone: true, after: audittest.Shared,
		change: clauseNotMet},
	{name: "valid shares left out", check: 1004, with: "bureau", alone: true, after: audittest.Shared,
		change: func(w *audittest.World) {
			w.Advance(audittest.Counted)
			refusing(w, "member-4", "proof")
		}},
	{name: "shares that the result does not name", check: 1004, with: "bureau", alone: true, after: audittest.Counted,
		change: result(func(r *scrutin.Result) { r.Shares = r.Shares[:len(r.Shares)-1] })},
	{name: "shares refused for another reason", check: 1004, with: "bureau", alone: true, after: audittest.Shared,
		change: func(w *audittest.World) {
			shared("member-4", badShare)(w)
			w.Advance(audittest.Counted)
			refusing(w, "member-4", "seal")
		}},
	{name: "result signed by a minority", check: 1001, alone: true, after: audittest.Shared,
		change: func(w *audittest.World) {
			w.Signing = func(path string, names []string) []string {
				if path == record.Result {
					return names[:2]
				}
				return names
			}
		}},
	{name: "a ballot given to another option", check: 1002, with: "bureau", alone: true, after: audittest.Counted,
		change: result(func(r *scrutin.Result) { move(&r.Cells[0].Questions[0]) })},
	{name: "results of two cells exchanged", check: 1002, with: "bureau", shape: 1, after: audittest.Counted,
		change: result(func(r *scrutin.Result) {
			move(&r.Cells[0].Questions[0])
			r.Cells[0].Questions, r.Cells[1].Questions = r.Cells[1].Questions, r.Cells[0].Questions
		})},
	{name: "null ballots called blank", check: 1002, with: "bureau", alone: true, after: audittest.Counted,
		change: result(func(r *scrutin.Result) {
			q := &r.Cells[0].Questions[0]
			move(q)
			q.Nul, q.Blank = q.Nul+q.Blank, 0
			for q.Nul == 0 {
				move(q)
				q.Nul, q.Blank = q.Nul+q.Blank, 0
			}
		})},
	{name: "other number of electors in the result", check: 1003, with: "bureau", alone: true, after: audittest.Counted,
		change: result(func(r *scrutin.Result) { r.Cells[0].Electors++ })},
	{name: "result of another seal", check: 1003, with: "bureau", alone: true, after: audittest.Counted,
		change: result(func(r *scrutin.Result) { r.Seal[0] ^= 1 })},
	{name: "table with other numbers", check: 1005, alone: true, after: audittest.Adopted,
		change: func(w *audittest.World) {
			w.Files[record.ResultCSV] = append(slices.Clone(w.Files[record.ResultCSV]), "urn-1,Liste 1,3\n"...)
		}},
}

// clauseNotMet counts with the shares of one holder where two are needed: the
// others give false ones, which are refused.
func clauseNotMet(w *audittest.World) {
	for _, holder := range []string{"member-2", "member-3", "member-4"} {
		shared(holder, badShare)(w)
	}
	w.Advance(audittest.Counted)
	verdicts := w.Verdicts()
	for i := range verdicts {
		if verdicts[i].Clause == "quorum" && verdicts[i].Holder != "member-1" {
			verdicts[i].Valid, verdicts[i].Reason = false, "proof"
		}
	}
	w.Count(verdicts)
}
