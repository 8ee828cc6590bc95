package scrutin

import (
	"fmt"
	"slices"

	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// ParseManifest reads manifest.json: canonical, and free of every problem that
// Validate finds. The second value is f, the digest of the bytes.
func ParseManifest(data []byte) (*Manifest, Digest, error) {
	m := new(Manifest)
	if err := canon.Unmarshal(data, m); err != nil {
		return nil, Digest{}, fmt.Errorf("manifest: %w", err)
	}
	if err := m.Validate(); err != nil {
		return nil, Digest{}, err
	}
	return m, DigestOf(data), nil
}

// Bytes returns the canonical text of a valid manifest, and its fingerprint f.
func (m *Manifest) Bytes() ([]byte, Digest, error) {
	if err := m.Validate(); err != nil {
		return nil, Digest{}, err
	}
	data, err := canon.Marshal(m)
	if err != nil {
		return nil, Digest{}, fmt.Errorf("manifest: %w", err)
	}
	return data, DigestOf(data), nil
}

// UrnNumber returns the number, from 0, of the urn with this ID.
func (m *Manifest) UrnNumber(id string) (int, bool) {
	i := slices.IndexFunc(m.Urns, func(u Urn) bool { return u.ID == id })
	return i, i >= 0
}

// Urn returns the urn with this ID.
func (m *Manifest) Urn(id string) (*Urn, bool) {
	return byID(m.Urns, func(u *Urn) string { return u.ID }, id)
}

// Document returns the document of a digest, of a question or an option; nil if there is none.
func (m *Manifest) Document(d Digest) *Document {
	for _, q := range m.Questions {
		lists := [][]Document{q.Documents}
		for _, o := range q.Options {
			lists = append(lists, o.Documents)
		}
		for _, list := range lists {
			for i := range list {
				if list[i].SHA256 == d {
					return &list[i]
				}
			}
		}
	}
	return nil
}

// QuestionsOf returns the questions asked in an urn, in the order of the manifest,
// which is that of the ciphertexts in a ballot.
func (m *Manifest) QuestionsOf(urn string) []*Question {
	var out []*Question
	for i := range m.Questions {
		if slices.Contains(m.Questions[i].Urns, urn) {
			out = append(out, &m.Questions[i])
		}
	}
	return out
}

// Question returns the question with this ID.
func (m *Manifest) Question(id string) (*Question, bool) {
	return byID(m.Questions, func(q *Question) string { return q.ID }, id)
}

// College returns the college with this ID.
func (m *Manifest) College(id string) (*College, bool) {
	return byID(m.Colleges, func(c *College) string { return c.ID }, id)
}

// Member returns the member of the bureau with this ID.
func (m *Manifest) Member(id string) (*Member, bool) {
	return byID(m.Bureau.Members, func(b *Member) string { return b.ID }, id)
}

// Holder returns the holder who is this member.
func (m *Manifest) Holder(member string) (*Holder, bool) {
	return byID(m.Holders, func(h *Holder) string { return h.Member }, member)
}

// Clause returns the clause with this ID.
func (m *Manifest) Clause(id string) (*Clause, bool) {
	return byID(m.Clauses, func(c *Clause) string { return c.ID }, id)
}

// ClausesOf returns the clauses in which a holder has a fragment, in the order of
// the manifest.
func (m *Manifest) ClausesOf(holder string) []*Clause {
	var out []*Clause
	for i := range m.Clauses {
		if slices.Contains(m.Clauses[i].Holders, holder) {
			out = append(out, &m.Clauses[i])
		}
	}
	return out
}

// Index returns the holder's index in the clause, from 1; 0 if there is none.
func (c *Clause) Index(holder string) int { return slices.Index(c.Holders, holder) + 1 }

// CompanionNumber returns the number, from 0, of the companion with this fingerprint.
func (m *Manifest) CompanionNumber(f Digest) (int, bool) {
	i := slices.Index(m.Companions, f)
	return i, i >= 0
}

// Electors is the number of electors of all urns.
func (m *Manifest) Electors() int {
	n := 0
	for _, u := range m.Urns {
		n += u.Electors
	}
	return n
}

// RevoteAllowed says whether an account may cast more than one ballot.
func (m *Manifest) RevoteAllowed() bool { return m.Finality.Mode == Revote }

// WitnessVerifiers returns the witnesses' cosigning keys, in order.
func (m *Manifest) WitnessVerifiers() []note.Verifier {
	vs := make([]note.Verifier, len(m.Witnesses))
	for i, w := range m.Witnesses {
		vs[i] = w.Verifier().Cosigner()
	}
	return vs
}

// BureauVerifiers returns the keys of all members of the bureau, in order.
func (m *Manifest) BureauVerifiers() []note.Verifier {
	vs := make([]note.Verifier, len(m.Bureau.Members))
	for i, b := range m.Bureau.Members {
		vs[i] = b.Verifier()
	}
	return vs
}

// Origin is the first line of the checkpoints of an urn's log.
func Origin(f Digest, urn string) string {
	return Version + "/" + f.String() + "/" + urn
}

func byID[T any](list []T, id func(*T) string, want string) (*T, bool) {
	for i := range list {
		if id(&list[i]) == want {
			return &list[i], true
		}
	}
	return nil, false
}
