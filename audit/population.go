package audit

import (
	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/crypto/transcript"
	"isoloir/record"
	"isoloir/scrutin"
)

// population is the electors of an urn who were enrolled and anonymised together:
// those of the opening record, or whom an amendment added.
type population struct {
	at    record.Population // where its files are; 0 for the opening record
	urn   string
	first int // number of its first elector

	enrolment     []*scrutin.EnrolledUrn   // by issuer
	anonymisation []*scrutin.AnonymisedUrn // by stage

	accounts []byte      // after the last stage, over ĝ; dropped once the urn is checked
	base     group.Point // ĝ, as the opening record or the amendment says
	proofs   *sigma.Ballots
}

// name says whose keys these are.
func (p *population) name() string {
	if p.at == 0 {
		return p.urn
	}
	return p.urn + ", " + record.Amendment(int(p.at))
}

// has says whether the elector of that number is one of them, by the first issuer.
func (p *population) has(elector int) bool {
	return elector >= p.first && elector < p.first+p.enrolment[0].Electors
}

// population is that of an amendment, or of the opening record for 0.
func (u *urnState) population(amendment int) *population {
	for _, p := range u.populations {
		if int(p.at) == amendment {
			return p
		}
	}
	return nil
}

// populationOf is the one that an account key belongs to: that of the opening record
// if it is of no other.
func (u *urnState) populationOf(account [group.PointSize]byte) *population {
	if p := u.newcomers[account]; p != nil {
		return p
	}
	return u.populations[0]
}

// made lists the populations of an amendment, or of the opening record for 0, in the
// order of the urns.
func (v *verification) made(at record.Population) (list []*population) {
	for _, u := range v.urns {
		if p := u.population(int(at)); p != nil {
			list = append(list, p)
		}
	}
	return list
}

// enrolled is the context of the proofs by which a population was made.
func (v *verification) enrolled(p *population) transcript.Context {
	if p.at == 0 {
		return v.context(scrutin.Digest{}, p.urn)
	}
	ctx := v.context(v.o, p.urn)
	ctx.Amendment = uint32(p.at)
	return ctx
}
