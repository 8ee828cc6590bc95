package scrutin

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// An Amendment is what the roll adds and strikes off while the vote is open. It has
// effect from the act that adopts it on.
type Amendment struct {
	OpenHead
	Number int          `json:"number" validate:"min=1,max=9999"` // from 1
	Urns   []AmendedUrn `json:"urns" validate:"min=1,dive"`       // all of the manifest, in its order
}

// Kind implements Record.
func (*Amendment) Kind() string { return Version + "/amendment" }

// An AmendedUrn is one urn's part: Before electors have numbers so far, Added ones
// get the next; Generator and Root are those of their account keys, zero where
// nobody is added. Struck are the numbers, ascending, of those struck off.
type AmendedUrn struct {
	Urn       string `json:"urn" validate:"name"`
	Before    int    `json:"before" validate:"min=1,max=1000000000"`
	Added     int    `json:"added" validate:"min=0,max=100000000"`
	Generator Point  `json:"generator"`
	Root      Digest `json:"root"`
	Struck    []int  `json:"struck"`
}

// Check implements the check of a Record.
func (a *Amendment) Check() error {
	changes := 0
	for _, u := range a.Urns {
		changes += u.Added + len(u.Struck)
		_, err := u.Generator.Decode()
		if u.Added > 0 && (err != nil || u.Root.IsZero()) || u.Added == 0 && (u.Generator != Point{} || !u.Root.IsZero()) {
			return fmt.Errorf("urn %s: a generator and a root stand where electors are added, and nowhere else", u.Urn)
		}
		for i, n := range u.Struck {
			if n < 0 || n >= u.Before || i > 0 && n <= u.Struck[i-1] {
				return fmt.Errorf("urn %s: it strikes off number %d, out of order or of nobody numbered before", u.Urn, n)
			}
		}
	}
	if changes == 0 {
		return errors.New("it adds nobody and strikes off nobody")
	}
	return nil
}

// Adds says whether the amendment adds anybody.
func (a *Amendment) Adds() bool {
	return slices.ContainsFunc(a.Urns, func(u AmendedUrn) bool { return u.Added > 0 })
}

// An AddedEnrolment is an issuer's statement of the halves of those whom an amendment
// adds, for the urns to which it adds anybody.
type AddedEnrolment struct {
	OpenHead
	Amendment int           `json:"amendment" validate:"min=1,max=9999"`
	Issuer    string        `json:"issuer" validate:"name"`
	Urns      []EnrolledUrn `json:"urns" validate:"min=1,dive"`
}

// Kind implements Record.
func (*AddedEnrolment) Kind() string { return Version + "/added-enrolment" }

// An AddedAnonymisation is a mixer's statement of its stage for those whom an
// amendment adds, for the urns to which it adds anybody.
type AddedAnonymisation struct {
	OpenHead
	Amendment int             `json:"amendment" validate:"min=1,max=9999"`
	Mixer     string          `json:"mixer" validate:"name"`
	Stage     int             `json:"stage" validate:"min=1"`
	Urns      []AnonymisedUrn `json:"urns" validate:"min=1,dive"`
}

// Kind implements Record.
func (*AddedAnonymisation) Kind() string { return Version + "/added-anonymisation" }

// ErrAmendment says that an amendment does not follow from the register.
var ErrAmendment = errors.New("this amendment cannot be applied to the roll")

// A Register is who may vote in an urn, by number.
type Register struct {
	Urn string
	// Populations are the electors of the opening record and then those whom
	// amendments added, in the order of their numbers.
	Populations []Population

	struck map[int]bool
}

// A Population is the electors of an urn who were enrolled and anonymised together:
// they have the numbers from First on, and account keys over one generator.
type Population struct {
	Amendment int // that added them; 0 for those of the opening record
	First     int
	Electors  int
	Generator Point  // ĝ
	Root      Digest // RFC 6962, of the account keys in their order
}

// Registers are those of the opening record, in the manifest's order.
func (o *Opening) Registers() []Register {
	registers := make([]Register, len(o.Urns))
	for i, u := range o.Urns {
		registers[i] = Register{Urn: u.Urn, Populations: []Population{{0, 0, u.Electors, u.Generator, u.Root}}}
	}
	return registers
}

// Numbered is how many electors have numbers: from 0 to one less.
func (r *Register) Numbered() int {
	last := r.Populations[len(r.Populations)-1]
	return last.First + last.Electors
}

// Electors is how many may vote, or did: the numbered but those struck off.
func (r *Register) Electors() int { return r.Numbered() - len(r.struck) }

// Left is how many of a population are not struck off.
func (r *Register) Left(p Population) int {
	left := p.Electors
	for n := range r.struck {
		if n >= p.First && n < p.First+p.Electors {
			left--
		}
	}
	return left
}

// Struck says whether the elector of that number is struck off.
func (r *Register) Struck(number int) bool { return r.struck[number] }

// Amend returns the registers after an amendment, which is the one of that number
// (ErrAmendment), and adds to an urn nobody or at least k electors; the registers
// given stay as they are. Whether the amendment is signed and adopted, and what its
// account keys come from, is not seen here.
func Amend(registers []Register, a *Amendment, number, k int) ([]Register, error) {
	if a.Number != number || len(a.Urns) != len(registers) {
		return nil, fmt.Errorf("%w: number %d, of %d urns, where number %d of %d is next", ErrAmendment, a.Number, len(a.Urns), number, len(registers))
	}
	after := slices.Clone(registers)
	for i, u := range a.Urns {
		r := &after[i]
		if u.Urn != r.Urn || u.Before != r.Numbered() {
			return nil, fmt.Errorf("%w: %d electors numbered in urn %s, where %d are in %s", ErrAmendment, u.Before, u.Urn, r.Numbered(), r.Urn)
		}
		if u.Added > 0 {
			if u.Added < k {
				return nil, fmt.Errorf("%w: %d electors are added to urn %s, where at least %d are needed together: wait for more", ErrAmendment, u.Added, u.Urn, k)
			}
			r.Populations = append(slices.Clone(r.Populations), Population{number, u.Before, u.Added, u.Generator, u.Root})
		}
		r.struck = maps.Clone(r.struck)
		for _, n := range u.Struck {
			if r.struck[n] {
				return nil, fmt.Errorf("%w: number %d of urn %s is struck off already", ErrAmendment, n, u.Urn)
			}
			if r.struck == nil {
				r.struck = make(map[int]bool)
			}
			r.struck[n] = true
		}
		if r.Electors() < 1 {
			return nil, fmt.Errorf("%w: urn %s is left without an elector", ErrAmendment, u.Urn)
		}
	}
	return after, nil
}

// amended requires the next amendment of the roll, by its notes: that of the roll
// alone, or with those of all issuers and mixers.
func (p *Procedure) amended(b *ActBody) error {
	dir := "addenda/" + strconv.Itoa(len(p.Amendments)+1) + "/"
	paths := []string{dir + "roll.note"}
	for _, i := range p.manifest.Issuers {
		paths = append(paths, dir+"enrolment/"+i.ID+".note")
	}
	paths = append(paths, p.stages(dir+"anonymisation")...)
	_, alone := adoptsPaths(b, paths[:1]...)
	if _, err := adoptsPaths(b, paths...); alone != nil && err != nil {
		return lack(RuleBody, "an addendum adopts %q, or the next amendment of the roll by %s, alone or with %s", AdoptClient, paths[0], strings.Join(paths[1:], ", "))
	}
	p.Amendments = append(slices.Clip(p.Amendments), b.Adopts)
	return p.addendum(b, "roll")
}
