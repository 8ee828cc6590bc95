package issuer

import (
	"context"
	"slices"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/record"
	"isoloir/scrutin"
)

func numberedBy(m *scrutin.Manifest) func() []int {
	numbered := make([]int, len(m.Urns))
	for i, u := range m.Urns {
		numbered[i] = u.Electors
	}
	return func() []int { return numbered }
}

// electors is how many have numbers.
func (s *Station) electors() (n int) {
	for _, one := range s.Numbered() {
		n += one
	}
	return n
}

// Whole is the manifest with as many electors in each urn as have numbers now, for
// [ReadBooks].
func (s *Station) Whole() *scrutin.Manifest {
	m := *s.Manifest
	m.Urns = slices.Clone(m.Urns)
	for i, n := range s.Numbered() {
		m.Urns[i].Electors = n
	}
	return &m
}

// ReadAdded reads the extract of those whom the next amendment of the roll adds, and the
// address books of the same people, as [ReadBooks] does: in each urn their numbers follow
// those that are given, without a gap.
func (s *Station) ReadAdded(extract File, books []Book) (Reconciliation, error) {
	return readBooks(reconciler{m: s.Manifest, from: s.Numbered()}, extract, books)
}

// Amend writes those whom the next amendment of the roll adds into the address book, as
// ReadAdded gives them, and the issuer's keys and its signed statement for them to the
// record. It may be done again, also with others, until the bureau has adopted the
// amendment; codes leave only then. It refuses what [Station.Fits] refuses, and ErrLed.
func (s *Station) Amend(ctx context.Context, amendment int, r Reconciliation, out *record.Writer) error {
	if s.Led {
		return ErrLed
	}
	if err := s.Fits(r); err != nil {
		return err
	}
	added := &account.Addition{Opening: s.Opening, Amendment: amendment, First: s.Numbered(), Electors: make([]int, len(s.Manifest.Urns))}
	for _, p := range r.People {
		added.Electors[p.Urn]++
	}
	if err := s.Store.Add(ctx, added.First, r.People); err != nil {
		return err
	}
	p := account.Procedure{Manifest: s.Manifest, Fingerprint: s.Fingerprint, Added: added, Workers: s.Workers}
	return p.IssueFrom(out, s.Issuer, s.Signer, s.derived.half, func(account.Number, group.Scalar) error { return nil })
}

// added reads the extract of those whom an amendment adds.
func (r *reconciler) added(file File) error {
	seen := make([]map[uint64]bool, len(r.m.Urns))
	for i := range seen {
		seen[i] = map[uint64]bool{}
	}
	err := r.places(file, func(urn int, number uint64) (string, int) {
		switch {
		case number < uint64(r.from[urn]):
			return "number-before", r.from[urn]
		case seen[urn][number]:
			return "number-twice", 0
		}
		seen[urn][number] = true
		return "", 0
	})
	if err != nil || len(r.problems) > 0 {
		return err
	}
	for i, u := range r.m.Urns {
		for n := range seen[i] {
			if n >= uint64(r.from[i]+len(seen[i])) {
				r.problems.add(file.Name, 0, "number-gap", u.ID, len(seen[i]), r.from[i])
				break
			}
		}
	}
	if len(r.entries) == 0 {
		r.problems.add(file.Name, 0, "nobody")
	}
	return nil
}
