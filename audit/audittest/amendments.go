package audittest

import (
	"slices"
	"time"

	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
	"isoloir/merkle"
	"isoloir/record"
	"isoloir/scrutin"
)

// A Change is what an amendment does to the roll, by urn.
type Change struct {
	Added  []int
	Struck [][]int // ascending
}

// An Amendment is a change in the making, by urn.
type Amendment struct {
	Change
	First    []int         // the number of the first who is added
	Bases    []group.Point // ĝ
	Accounts [][]byte      // after the last stage
}

func (a *Amendment) clone() *Amendment {
	return &Amendment{Change{slices.Clone(a.Added), slices.Clone(a.Struck)}, slices.Clone(a.First), slices.Clone(a.Bases), slices.Clone(a.Accounts)}
}

// amend opens the vote and makes the notes and files of the amendments, which acts
// adopt before anybody votes.
func (w *World) amend() {
	found := make([]scrutin.Finding, len(w.Manifest.Urns))
	for u, urn := range w.Manifest.Urns {
		found[u].Urn = urn.ID
	}
	w.Clock = w.Manifest.Schedule.Open.Time.Add(-time.Hour)
	w.Act(scrutin.ActOpen, scrutin.ActBody{Adopts: w.Adopts(record.Opening), Found: found})
	for _, c := range w.Amend {
		w.AddAmendment(c)
	}
}

// AddAmendment makes the next amendment, whole.
func (w *World) AddAmendment(c Change) {
	a := (&Amendment{Change: c}).clone()
	for u, urn := range w.Manifest.Urns {
		a.First = append(a.First, urn.Electors)
		for _, before := range w.Amendments {
			a.First[u] += before.Added[u]
		}
		for i := range w.Halves {
			for range a.Added[u] {
				w.Halves[i][u] = append(w.Halves[i][u], group.RandomScalar())
			}
		}
	}
	w.Amendments = append(w.Amendments, a)
	at := record.Population(len(w.Amendments))
	if a.adds() {
		w.EnrolAt(at)
		w.AnonymiseAt(at, 1, nil)
	}
	w.RollNote(at)
}

func (a *Amendment) adds() bool {
	return slices.ContainsFunc(a.Added, func(n int) bool { return n > 0 })
}

// RollNote writes what the roll says of an amendment, from 1.
func (w *World) RollNote(at record.Population) {
	a := w.Amendments[at-1]
	r := &scrutin.Amendment{OpenHead: w.Head(), Number: int(at)}
	for u, urn := range w.Manifest.Urns {
		stated := scrutin.AmendedUrn{Urn: urn.ID, Before: a.First[u], Added: a.Added[u], Struck: slices.Clone(a.Struck[u])}
		if a.Added[u] > 0 {
			stated.Generator, stated.Root = scrutin.PointOf(a.Bases[u]), scrutin.Digest(merkle.Root(a.Accounts[u], group.PointSize))
		}
		r.Urns = append(r.Urns, stated)
	}
	w.Sign(record.Amendment(int(at)), r, "roll")
}

// adoptAmendments lets the bureau adopt each amendment.
func (w *World) adoptAmendments() {
	for i, a := range w.Amendments {
		at := record.Population(i + 1)
		paths := []string{record.Amendment(i + 1)}
		if a.adds() {
			for _, issuer := range w.Manifest.Issuers {
				paths = append(paths, at.Enrolment(issuer.ID))
			}
			for s := range w.Manifest.Mixers {
				paths = append(paths, at.Anonymisation(s+1))
			}
		}
		w.Act(scrutin.ActAddendum, scrutin.ActBody{Adopts: w.Adopts(paths...), Reason: "the roll was amended", Opinion: "yes"})
	}
}

// span is which electors of an urn a population has.
func (w *World) span(at record.Population, u int) (first, n int) {
	switch {
	case at > 0:
		return w.Amendments[at-1].First[u], w.Amendments[at-1].Added[u]
	case len(w.Amendments) > 0:
		return 0, w.Amendments[0].First[u]
	}
	return 0, len(w.Halves[0][u])
}

// made is the context of the proofs by which a population is made.
func (w *World) made(at record.Population, urn string) transcript.Context {
	ctx := w.Context(urn)
	ctx.Amendment = uint32(at)
	return ctx
}

// Base is the generator that an elector's account key stands on, and the keys among
// which it is.
func (w *World) Base(u, elector int) (group.Point, []byte) {
	base, accounts := w.Bases[u], w.Accounts[u]
	for _, a := range w.Amendments {
		if a.Added[u] > 0 && elector >= a.First[u] {
			base, accounts = a.Bases[u], a.Accounts[u]
		}
	}
	return base, accounts
}

// Struck says whether an elector is struck off.
func (w *World) Struck(u, elector int) bool {
	return slices.ContainsFunc(w.Amendments, func(a *Amendment) bool { return slices.Contains(a.Struck[u], elector) })
}

// Electors is how many may vote in an urn.
func (w *World) Electors(u int) int {
	n := w.Manifest.Urns[u].Electors
	for _, a := range w.Amendments {
		n += a.Added[u] - len(a.Struck[u])
	}
	return n
}
