package audit_test

import (
	"slices"

	"isoloir/account"
	"isoloir/audit/audittest"
	"isoloir/crypto/group"
	"isoloir/crypto/shuffle"
	"isoloir/crypto/sigma"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// withKeys replaces an issuer's file of keys for an urn, and its digest in the
// statement, under the issuer's own signature.
func withKeys(w *audittest.World, issuer, urn string, change func(keys []byte)) {
	path := record.EnrolmentKeys(urn, issuer)
	keys := slices.Clone(w.Files[path])
	change(keys)
	w.Files[path] = keys
	audittest.Edit(w, record.Enrolment(issuer), func(e *scrutin.Enrolment) {
		for i := range e.Urns {
			if e.Urns[i].Urn == urn {
				e.Urns[i].Keys = scrutin.DigestOf(keys)
			}
		}
	})
}

// editIssuer changes what the first issuer states of the first urn.
func editIssuer(change func(e *scrutin.EnrolledUrn)) func(w *audittest.World) {
	return func(w *audittest.World) {
		audittest.Edit(w, record.Enrolment("issuer-1"), func(e *scrutin.Enrolment) { change(&e.Urns[0]) })
	}
}

// editMixer changes what the second mixer states of the first urn.
func editMixer(change func(a *scrutin.AnonymisedUrn)) func(w *audittest.World) {
	return func(w *audittest.World) {
		audittest.Edit(w, record.Anonymisation(2), func(a *scrutin.Anonymisation) { change(&a.Urns[0]) })
	}
}

// anonymised lets the last mixer cheat on the first urn once his proof is made.
func anonymised(cheat func(w *audittest.World, p *account.Population, proof *[]byte)) func(w *audittest.World) {
	return func(w *audittest.World) {
		w.AnonymiseFrom(len(w.Manifest.Mixers), func(_, u int, p *account.Population, proof *[]byte) {
			if u == 0 {
				cheat(w, p, proof)
			}
		})
	}
}

// withPoints replaces some keys of a population.
func withPoints(p *account.Population, change func(points []group.Point)) {
	points := slices.Clone(p.Keys.Points())
	change(points)
	p.Keys = must(shuffle.EncodeKeys(points, 1))
}

// opening changes the opening record, under the bureau's and witnesses' own
// signatures.
func opening(change func(w *audittest.World, o *scrutin.Opening)) func(w *audittest.World) {
	return func(w *audittest.World) {
		audittest.Edit(w, record.Opening, func(o *scrutin.Opening) { change(w, o) })
		w.O = w.Text(record.Opening)
	}
}

// signedOpening lets only some sign the opening record.
func signedOpening(keep func(name string) bool) func(w *audittest.World) {
	return func(w *audittest.World) {
		w.Signing = func(path string, names []string) []string {
			if path == record.Opening {
				return slices.DeleteFunc(names, func(n string) bool { return !keep(n) })
			}
			return names
		}
	}
}

var accountMutations = []mutation{
	{name: "small cell of accounts opened without an act that names it", check: 801, shape: ofAccounts, after: audittest.Logged,
		change: func(w *audittest.World) { w.OpenAll = true }},
	{name: "digest of keys in an issuer's statement", check: 301, with: "issuer", alone: true, after: audittest.Enrolled,
		change: editIssuer(func(e *scrutin.EnrolledUrn) { e.Keys[0] ^= 1 })},
	{name: "statement in the name of another issuer", check: 301, with: "issuer", alone: true, after: audittest.Enrolled,
		change: func(w *audittest.World) {
			audittest.Edit(w, record.Enrolment("issuer-1"), func(e *scrutin.Enrolment) { e.Issuer = "issuer-2" })
		}},
	{name: "issuer's statement signed by the platform", check: 301, alone: true, after: audittest.Enrolled,
		change: func(w *audittest.World) {
			r := must(scrutin.Parse[scrutin.Enrolment](text(w, record.Enrolment("issuer-1"))))
			w.Sign(record.Enrolment("issuer-1"), r, "roll")
		}},
	{name: "false proof of an issuer", check: 302, with: "issuer", alone: true, after: audittest.Enrolled,
		change: editIssuer(func(e *scrutin.EnrolledUrn) { e.Response = scrutin.ScalarOf(group.RandomScalar()) })},
	{name: "proof of another urn", check: 302, with: "issuer", alone: true, after: audittest.Enrolled,
		change: func(w *audittest.World) {
			audittest.Edit(w, record.Enrolment("issuer-2"), func(e *scrutin.Enrolment) {
				e.Urns[0].Commitment, e.Urns[0].Response = e.Urns[1].Commitment, e.Urns[1].Response
			})
		}},
	{name: "key derived from another elector's", check: 302, with: "issuer", after: audittest.Enrolled,
		change: func(w *audittest.World) {
			withKeys(w, "issuer-1", "urn-1", func(keys []byte) {
				related := must(group.Decode(keys[:32])).Add(group.Base()).Bytes()
				copy(keys[32:], related[:])
			})
		}},
	{name: "keys of two electors exchanged after the proof", check: 302, with: "issuer", after: audittest.Enrolled,
		change: func(w *audittest.World) {
			withKeys(w, "issuer-2", "urn-1", func(keys []byte) {
				first := slices.Clone(keys[:32])
				copy(keys, keys[32:64])
				copy(keys[32:], first)
			})
		}},
	{name: "key that is no canonical point", check: 302, with: "issuer", after: audittest.Enrolled,
		change: func(w *audittest.World) {
			withKeys(w, "issuer-1", "urn-1", func(keys []byte) { keys[31] |= 0x80 })
		}},
	{name: "one secret for two electors", check: 303, with: "both issuers", alone: true, after: audittest.Enrolled,
		change: func(w *audittest.World) {
			for i := range w.Halves {
				w.Halves[i][1][0] = w.Halves[i][0][0]
			}
			w.Enrol()
		}},
	{name: "account key that is the identity", check: 303, with: "both issuers", after: audittest.Adopted,
		change: func(w *audittest.World) {
			w.Halves[1][0][0] = w.Halves[0][0][0].Neg()
			w.Enrol()
		}},
	{name: "phantom elector", check: 504, with: "both issuers", alone: true, after: audittest.Enrolled,
		change: func(w *audittest.World) {
			for i := range w.Halves {
				w.Halves[i][0] = append(w.Halves[i][0], group.RandomScalar())
			}
			w.Enrol()
		}},
	{name: "elector left out of the anonymisation", check: 402, with: "mixer", after: audittest.Anonymised,
		change: anonymised(func(_ *audittest.World, p *account.Population, _ *[]byte) {
			p.Keys = must(shuffle.EncodeKeys(p.Keys.Points()[1:], 1))
		})},
	{name: "input digest of a mixer", check: 401, with: "mixer", alone: true, after: audittest.Anonymised,
		change: editMixer(func(a *scrutin.AnonymisedUrn) { a.Input[0] ^= 1 })},
	{name: "output digest of a mixer", check: 401, with: "mixer", alone: true, after: audittest.Anonymised,
		change: editMixer(func(a *scrutin.AnonymisedUrn) { a.Output[0] ^= 1 })},
	{name: "digest of a proof", check: 401, with: "mixer", alone: true, after: audittest.Anonymised,
		change: editMixer(func(a *scrutin.AnonymisedUrn) { a.Proof[0] ^= 1 })},
	{name: "mixer's statement signed by another", check: 401, with: "mixer", alone: true, after: audittest.Anonymised,
		change: func(w *audittest.World) {
			r := must(scrutin.Parse[scrutin.Anonymisation](text(w, record.Anonymisation(1))))
			w.Sign(record.Anonymisation(1), r, "mixer-2")
		}},
	{name: "two exponents", check: 402, with: "mixer", alone: true, after: audittest.Anonymised,
		change: anonymised(func(_ *audittest.World, p *account.Population, _ *[]byte) {
			withPoints(p, func(points []group.Point) { points[0] = points[0].Double() })
		})},
	{name: "account of a mixer's own", check: 402, with: "mixer", alone: true, after: audittest.Anonymised,
		change: anonymised(func(_ *audittest.World, p *account.Population, _ *[]byte) {
			withPoints(p, func(points []group.Point) { points[1] = p.Generator.Mul(group.RandomScalar()) })
		})},
	{name: "account doubled in the place of another", check: 402, with: "mixer", alone: true, after: audittest.Anonymised,
		change: anonymised(func(_ *audittest.World, p *account.Population, _ *[]byte) {
			withPoints(p, func(points []group.Point) { points[1] = points[0] })
		})},
	{name: "proof of another stage", check: 402, with: "mixer", alone: true, after: audittest.Anonymised,
		change: anonymised(func(w *audittest.World, p *account.Population, proof *[]byte) {
			*proof = w.Files[record.AnonymisationProof("urn-1", 1)]
		})},
	{name: "proof of another urn's stage", check: 402, with: "mixer", after: audittest.Anonymised,
		change: func(w *audittest.World) {
			var first []byte
			w.AnonymiseFrom(2, func(_, u int, _ *account.Population, proof *[]byte) {
				if u == 0 {
					first = *proof
				} else {
					*proof = first
				}
			})
		}},
	{name: "false scalar in a proof", check: 402, with: "mixer", alone: true, after: audittest.Anonymised,
		change: anonymised(func(_ *audittest.World, _ *account.Population, proof *[]byte) {
			s := group.RandomScalar().Bytes()
			*proof = slices.Concat((*proof)[:len(*proof)-32], s[:])
		})},
	{name: "stages of two mixers exchanged", check: 401, with: "mixers", after: audittest.Anonymised,
		change: func(w *audittest.World) {
			a, b := record.Anonymisation(1), record.Anonymisation(2)
			w.Files[a], w.Files[b] = w.Files[b], w.Files[a]
		}},
	{name: "opening signed by a minority", check: 501, alone: true, after: audittest.Anonymised,
		change: signedOpening(func(n string) bool { return n != "member-1" && n != "member-2" })},
	{name: "opening that one witness did not see", check: 502, alone: true, after: audittest.Anonymised,
		change: signedOpening(func(n string) bool { return n != "witness-2" })},
	{name: "opening on other enrolments", check: 503, with: "bureau", alone: true, after: audittest.Opened,
		change: opening(func(_ *audittest.World, o *scrutin.Opening) { o.Enrolment[1].Digest[0] ^= 1 })},
	{name: "opening on other anonymisations", check: 503, with: "bureau", alone: true, after: audittest.Opened,
		change: opening(func(_ *audittest.World, o *scrutin.Opening) { o.Anonymisation[0].Digest[0] ^= 1 })},
	{name: "root of other account keys", check: 505, with: "bureau", alone: true, after: audittest.Opened,
		change: opening(func(_ *audittest.World, o *scrutin.Opening) { o.Urns[1].Root[0] ^= 1 })},
	{name: "generator of another urn", check: 505, with: "bureau", alone: true, after: audittest.Opened,
		change: otherGenerator},
	{name: "other key of the roll", check: 506, with: "bureau", alone: true, after: audittest.Opened,
		change: opening(func(_ *audittest.World, o *scrutin.Opening) { o.RollKey = o.UrnKey })},
}

// otherGenerator opens an urn over a generator that its keys do not stand on.
// Its accounts are powers of it all the same, known to nobody; nobody votes.
func otherGenerator(w *audittest.World) {
	audittest.Edit(w, record.Opening, func(o *scrutin.Opening) {
		w.Bases[0] = group.MulBase(group.RandomScalar())
		o.Urns[0].Generator = scrutin.PointOf(w.Bases[0])
	})
	w.O = w.Text(record.Opening)
	w.Abstain = 0
}

// text is the text of a note.
func text(w *audittest.World, path string) string { return must(note.Text(w.Files[path])) }

// forgedMark is a mark that its elector did not sign.
func forgedMark(w *audittest.World, u int, elector uint32) audittest.Mark {
	x := group.RandomScalar()
	claim := sigma.Reservation(w.Context(w.Manifest.Urns[u].ID), sigma.NewElement(group.MulBase(x)), elector)
	signature := must(claim.Prove(x)).Bytes()
	return audittest.Mark{Elector: elector, Signature: signature[:]}
}
