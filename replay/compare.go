package replay

import (
	"fmt"
	"strings"

	"isoloir/tally"
)

// Compare says where the opened urns differ from the results that were replayed: every cell against the sum of its urns, option by option,
// blank and nul votes included.
func (o *Outcome) Compare(votes []UrnResult) error {
	byUrn := map[string]UrnResult{}
	for _, u := range votes {
		byUrn[u.ID] = u
	}
	seen := 0
	for _, cell := range o.Result.Cells {
		want := map[string]int{}
		for _, id := range cell.Urns {
			seen++
			for _, c := range byUrn[id].Choices {
				want[c.Option] += c.Ballots
			}
		}
		for _, q := range cell.Questions {
			question, _ := o.Manifest.Question(q.Question)
			got := map[string]int{tally.BlankLabel: q.Blank, tally.NulLabel: q.Nul}
			for i, option := range q.Options {
				got[question.Options[i].Label] = option.Ballots
			}
			for label, n := range got {
				if want[label] != n {
					return fmt.Errorf("%s, %s: the urn holds %d ballots, the file %d", strings.Join(cell.Urns, "+"), label, n, want[label])
				}
				delete(want, label)
			}
			if len(want) > 0 {
				return fmt.Errorf("%s: the result lacks the options %v", strings.Join(cell.Urns, "+"), want)
			}
		}
	}
	if seen != len(votes) {
		return fmt.Errorf("the result holds %d urns, the file %d", seen, len(votes))
	}
	return nil
}
