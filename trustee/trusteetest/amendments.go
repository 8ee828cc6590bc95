package trusteetest

import (
	"fmt"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/trustee"
)

// Announce lets the issuers enrol so many more electors of each urn, for the next
// amendment.
func (w *World) Announce(added []int) *World {
	w.Helper()
	w.announce(added)
	return w
}

func (w *World) announce(added []int) account.Addition {
	w.Helper()
	addition := account.Addition{Opening: w.acts.Opening, Amendment: len(w.acts.Amendments) + 1, Electors: added}
	for i, u := range w.Manifest.Urns {
		addition.First = append(addition.First, w.registers[i].Numbered())
		w.halves[u.ID] = append(w.halves[u.ID], make([]group.Scalar, added[i])...)
	}
	for _, issuer := range w.Manifest.Issuers {
		p := &account.Procedure{Manifest: w.Manifest, Fingerprint: w.Fingerprint, Added: &addition}
		w.must(p.Issue(w.Out, issuer.ID, w.Signers[issuer.ID], w.keep))
	}
	return addition
}

// Amend adds so many electors to each urn and strikes some off in the first one, by an
// amendment that issuers, mixers and roll make; edit, which may be nil, is what the roll
// signs instead of it.
func (w *World) Amend(added []int, struck []int, edit func(*scrutin.Amendment)) *World {
	w.Helper()
	addition := w.announce(added)
	number := addition.Amendment
	at, paths := record.Population(number), []string{record.Amendment(number)}
	for _, issuer := range w.Manifest.Issuers {
		paths = append(paths, at.Enrolment(issuer.ID))
	}
	for i, m := range w.Manifest.Mixers {
		_, err := w.Board().AnonymiseAdded(w.Devices[m.ID], w.Out, number, trustee.Options{})
		w.must(err)
		paths = append(paths, at.Anonymisation(i+1))
	}
	r := &scrutin.Amendment{OpenHead: scrutin.OpenHead{Head: scrutin.Head{Manifest: w.Fingerprint}, Opening: w.acts.Opening}, Number: number}
	for i, u := range w.Manifest.Urns {
		r.Urns = append(r.Urns, scrutin.AmendedUrn{Urn: u.ID, Before: addition.First[i], Added: added[i], Struck: []int{}})
	}
	r.Urns[0].Struck = struck
	p := &account.Procedure{Manifest: w.Manifest, Fingerprint: w.Fingerprint, Added: &addition}
	source, err := p.Enrolment(&w.Out.Reader)
	w.must(err)
	_, err = p.Verify(&w.Out.Reader, source, func(urn int, a account.Accounts) error {
		r.Urns[urn].Generator, r.Urns[urn].Root = scrutin.PointOf(a.Population.Generator), scrutin.Digest(a.Root)
		return nil
	})
	w.must(err)
	w.registers, err = scrutin.Amend(w.registers, r, number, w.Manifest.MinimumSize)
	w.must(err)
	if edit != nil {
		edit(r)
	}
	signed, err := scrutin.Sign(r, w.Signers[w.Manifest.Platform.Roll.ID])
	w.must(err)
	w.must(w.Out.Write(record.Amendment(number), signed))
	w.Act(scrutin.ActAddendum, scrutin.ActBody{Adopts: w.adopt(paths...), Reason: "the roll was amended", Opinion: "heard"})
	return w
}

// keep adds a half to an elector's secret.
func (w *World) keep(elector account.Number, half group.Scalar) error {
	halves := w.halves[elector.Urn]
	if int(elector.Index) >= len(halves) {
		return fmt.Errorf("a half for elector %d of urn %s, of %d", elector.Index, elector.Urn, len(halves))
	}
	x := &halves[elector.Index]
	*x = x.Add(half)
	return nil
}

// base is the generator that an elector's account key stands on.
func (w *World) base(number, elector int) group.Point {
	w.Helper()
	var base group.Point
	for _, p := range w.registers[number].Populations {
		if elector >= p.First {
			var err error
			base, err = p.Generator.Decode()
			w.must(err)
		}
	}
	return base
}
