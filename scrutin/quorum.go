package scrutin

import (
	"slices"

	"isoloir/scrutin/note"
)

// A Sitting is what the bureau is with some members present.
type Sitting struct {
	manifest *Manifest
	present  []string
}

// Sitting returns the bureau with these members present. It fails when one is
// unknown or they are not in the manifest's order, each once.
func (m *Manifest) Sitting(present []string) (*Sitting, error) {
	last := -1
	for _, id := range present {
		i := slices.IndexFunc(m.Bureau.Members, func(b Member) bool { return b.ID == id })
		if i < 0 {
			return nil, lack(RulePresence, "%s is no member of the bureau", id)
		}
		if i <= last {
			return nil, lack(RulePresence, "%s is not named in the manifest's order, or twice", id)
		}
		last = i
	}
	return &Sitting{m, present}, nil
}

// AdoptedBy returns nil if the members of the bureau who signed n, taken as those
// present, adopt it. n is a note opened with their keys. Else it returns a *Lack.
func (m *Manifest) AdoptedBy(n *note.Note) error {
	var signers []string
	for i, key := range m.BureauVerifiers() {
		if n.SignedBy(key) {
			signers = append(signers, m.Bureau.Members[i].ID)
		}
	}
	sitting, err := m.Sitting(signers)
	if err != nil {
		return err
	}
	return sitting.Adopted(signers)
}

// Voices returns those of the members named who are present with a deliberative
// voice: a substitute has the voice of a titular who is not present, and a seat
// has one voice.
func (s *Sitting) Voices(members []string) []string { return s.seats(members, true) }

// seats returns the members named who take a seat, one for each seat.
func (s *Sitting) seats(members []string, deliberative bool) []string {
	taken := map[string]bool{}
	for _, id := range s.present {
		if b, _ := s.manifest.Member(id); b.Rank == Titular {
			taken[id] = true
		}
	}
	var out []string
	for _, id := range s.present {
		b, _ := s.manifest.Member(id)
		if deliberative && b.Voice != Deliberative {
			continue
		}
		if b.Rank == Substitute {
			if taken[b.Replaces] {
				continue
			}
			taken[b.Replaces] = true
		}
		if slices.Contains(members, id) {
			out = append(out, id)
		}
	}
	return out
}

// Presiding returns who presides: the president; else who takes the president's
// seat; else the oldest assessor with a deliberative voice. Empty if there is none.
func (s *Sitting) Presiding() string {
	return s.inOffice(President, func(a, b Date) bool { return a < b })
}

// Keeping returns who keeps the minutes: the secretary, or who takes that seat, or
// the youngest assessor. Empty if there is none.
func (s *Sitting) Keeping() string {
	return s.inOffice(Secretary, func(a, b Date) bool { return a > b })
}

func (s *Sitting) inOffice(role string, before func(a, b Date) bool) string {
	var substitute string
	var assessor *Member
	for _, id := range s.present {
		b, _ := s.manifest.Member(id)
		switch {
		case b.Role == role && b.Rank == Titular:
			return id
		case b.Role == role && substitute == "":
			substitute = id
		case b.Role == Assessor && b.Voice == Deliberative && (assessor == nil || before(b.Born, assessor.Born)):
			assessor = b
		}
	}
	if substitute != "" || assessor == nil {
		return substitute
	}
	return assessor.ID
}

// Adopted returns nil if the signers' voices adopt an act: they are present, reach
// the quorum's count and its clauses, and are more than half of the voices
// present, or half with the presiding member's casting vote. Else it returns a *Lack.
func (s *Sitting) Adopted(signers []string) error {
	for _, id := range signers {
		if !slices.Contains(s.present, id) {
			return lack(RulePresence, "%s signed without being present", id)
		}
	}
	q, voices := s.manifest.Bureau.Quorum, s.Voices(signers)
	if len(voices) < q.Count {
		return lack(RuleQuorum, "%d members with deliberative voice signed where %d are required: let more of them sign", len(voices), q.Count)
	}
	seated := s.seats(signers, false)
	for _, c := range q.Clauses {
		n := 0
		for _, id := range seated {
			if b, _ := s.manifest.Member(id); c.Names(b) {
				n++
			}
		}
		if n < c.AtLeast {
			return lack(RuleClause, "%q requires the signatures of %d, and there are %d", c.Label, c.AtLeast, n)
		}
	}
	all := len(s.Voices(s.present))
	casting := s.manifest.Bureau.CastingVote && slices.Contains(voices, s.Presiding())
	if 2*len(voices) < all || 2*len(voices) == all && !casting {
		return lack(RuleMajority, "%d of %d voices present are no majority", len(voices), all)
	}
	return nil
}

// Names says whether a clause counts this member.
func (c *QuorumClause) Names(b *Member) bool {
	return slices.Contains(c.Roles, b.Role) || slices.Contains(c.Classes, b.Class)
}
