package assemblee

import (
	"errors"
	"fmt"
	"math/big"
	"strings"

	"isoloir/mixte"
)

// Rules are those of a ballot of the Assemblée: For and Against, one seat for each constituency, k ballots at least.
func Rules(scale, absent string, k int) mixte.Rules {
	return mixte.Rules{Scale: scale, Absent: absent, Several: mixte.Equal, MinimumSize: k, Options: []string{For, Against}}
}

// Members returns one member for each seat: whoever took part in the ballot, or else nobody, absent, under the name of
// the seat, as the files do not say who held it that day. Who is present without voting (the president of the sitting, a
// member of the government: nonVotant) is absent from the vote.
func (d *Data) Members(b *Ballot) []mixte.Member {
	members := make([]mixte.Member, len(d.Electorates))
	for i, e := range d.Electorates {
		members[i] = mixte.Member{ID: "siege-" + e.ID, Label: "siège " + e.ID, Electorate: e.ID, Position: mixte.Absent}
	}
	position := map[byte]string{'P': For, 'C': Against, 'A': mixte.Abstain, 'N': mixte.Absent}
	for i, p := range []byte(b.positions) {
		if p != '.' {
			x := d.deputies[i]
			m := &members[x.seat]
			m.ID, m.Label, m.Position = x.id, x.name, position[p]
		}
	}
	return members
}

// Adopted says whether a tally adopts what was voted on: For weighs more than Against or, for a motion of censure,
// at least the number required.
func (b *Ballot) Adopted(t *mixte.Tally) bool {
	if b.Censure() {
		required := mixte.Frac(int64(b.Summary.Required), 1)
		return t.Options[0].Cmp(&required) >= 0
	}
	return t.Options[0].Cmp(&t.Options[1]) > 0
}

// ErrSummary is wrapped by Compare: what was published of a ballot contradicts its positions.
var ErrSummary = errors.New("the published summary is not what the published positions give")

// Compare says whether a result without citizens is the published one, in all its figures.
func (b *Ballot) Compare(r *mixte.Result) error {
	t, s := &r.Mixed, &b.Summary
	total, expressed := t.Total(), t.Expressed()
	required := new(big.Int).Quo(expressed.Rat().Num(), big.NewInt(2)).Int64() + 1
	if b.Censure() {
		required = int64(s.Required)
	}
	var faults []string
	for _, x := range []struct {
		what      string
		published int
		found     mixte.Fraction
	}{
		{"voters", s.Voters, total},
		{"votes expressed", s.Expressed, expressed},
		{"votes required", s.Required, mixte.Frac(required, 1)},
		{"votes for", s.For, t.Options[0]},
		{"votes against", s.Against, t.Options[1]},
		{"abstentions", s.Abstentions, t.Abstain},
		{"members who take no part", s.NonVoters, mixte.Frac(int64(strings.Count(b.positions, "N")), 1)},
	} {
		if published := mixte.Frac(int64(x.published), 1); published.Cmp(&x.found) != 0 {
			faults = append(faults, fmt.Sprintf("%s: %d published, %s by the positions", x.what, x.published, strings.TrimSuffix(x.found.String(), "/1")))
		}
	}
	if adopted := b.Adopted(t); adopted != s.Adopted {
		faults = append(faults, fmt.Sprintf("adopted: %t published, %t by the positions", s.Adopted, adopted))
	}
	if len(faults) > 0 {
		return fmt.Errorf("ballot %d: %w (%s)", b.Number, ErrSummary, strings.Join(faults, "; "))
	}
	return nil
}

// Corrected says whether the ballot would adopt what was voted on, had every member voted as he declared afterwards.
func (b *Ballot) Corrected() bool {
	votes := map[string]int{"pour": strings.Count(b.positions, "P"), "contre": strings.Count(b.positions, "C")}
	for _, c := range b.Corrections {
		votes[c.Recorded]--
		votes[c.Wanted]++
	}
	if b.Censure() {
		return votes["pour"] >= b.Summary.Required
	}
	return votes["pour"] > votes["contre"]
}
