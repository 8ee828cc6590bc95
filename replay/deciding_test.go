package replay

import (
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"isoloir/mixte"
	"isoloir/mixte/assemblee"
	"isoloir/tally"
)

// Ballots of the Assemblée nationale, on which citizens drawn by lot vote too: every one of them encrypts, casts, and is counted from the opened
// urn, and the mixed result is then exactly that of the figures that went in. In make test it is a few constituencies; with -every
// (make replay-mixte), all 577, on an ordinary ballot, a solemn one and a motion of censure.
func TestMembersAndCitizens(t *testing.T) {
	dir := filepath.Join("..", "..", "shared", "data", "assemblee17")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the published ballots are not beside the project (../shared/data/assemblee17): nothing is replayed")
	}
	data, err := assemblee.Load(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		number         int
		scale, absent  string
		constituencies int
		every          bool
	}{
		{709, mixte.Constituency, mixte.Zero, 6, false},
		{310, mixte.Constituency, mixte.Counted, 577, true},
		{1116, mixte.Territory, mixte.Zero, 577, true},
		{solemn(data), mixte.Constituency, mixte.Zero, 577, true},
	} {
		t.Run(fmt.Sprintf("%d-%d", c.number, c.constituencies), func(t *testing.T) {
			if c.every && !*every {
				t.Skip("replayed by make replay-mixte")
			}
			b := &data.Ballots[c.number-1]
			o := few()
			if c.every {
				o = Default()
			}
			o.Title, o.MinimumSize = fmt.Sprintf("Assemblée nationale, scrutin n° %d du %s", b.Number, b.Date), 5
			alone := assemblee.Rules(c.scale, c.absent, 1)
			citizens := data.Synthetic(alone, big.NewRat(1, 10_000), uint64(b.Number))
			o.Votes, o.Decision = citizensOf(data, citizens, c.constituencies), &Decision{Absent: c.absent, Scale: c.scale,
				Electorates: data.Electorates[:c.constituencies], Members: data.Members(b)[:c.constituencies]}
			out := exact(t, o, Watcher{})

			rules := assemblee.Rules(c.scale, c.absent, o.MinimumSize)
			groups := mixte.Groups{Electorates: append([]mixte.Electorate(nil), o.Decision.Electorates...)}
			for _, x := range citizens.Counts {
				for _, e := range o.Decision.Electorates {
					if e.ID == x.ID {
						groups.Take(rules, x)
					}
				}
			}
			want, err := mixte.Compute(rules, o.Decision.Members, groups)
			if err != nil {
				t.Fatal(err)
			}
			if got := out.Decided.Result; !reflect.DeepEqual(got.Mixed, want.Mixed) || !reflect.DeepEqual(got.Citizens, want.Citizens) {
				t.Errorf("from the opened urns %v, from the figures %v", got.Mixed, want.Mixed)
			}
			closed := 0
			for _, e := range out.Decided.Electorates {
				closed += e.Closed
			}
			whole := want.Mixed.Expressed()
			t.Logf("%s: %d citizens' ballots, %d of them closed; for %s %%, published %t, mixed %t", o.Title, out.Ballots, closed,
				want.Mixed.Options[0].Percent(&whole, 3), b.Summary.Adopted, b.Adopted(&want.Mixed))
		})
	}
}

// solemn is the first solemn ballot.
func solemn(d *assemblee.Data) int {
	for _, b := range d.Ballots {
		if b.Type == "SPS" {
			return b.Number
		}
	}
	return 1
}

// citizensOf is what citizens have chosen in the first constituencies, each of which has twice as many accounts as voters, and one more.
func citizensOf(d *assemblee.Data, g mixte.Groups, constituencies int) []UrnResult {
	counts := map[string]mixte.Count{}
	for _, c := range g.Counts {
		counts[c.ID] = c
	}
	votes := make([]UrnResult, constituencies)
	for i, e := range d.Electorates[:constituencies] {
		c, voted := counts[e.ID]
		if !voted {
			c.Options = []int{0, 0}
		}
		votes[i] = UrnResult{ID: e.ID, Name: e.Label, Electors: 2*c.Ballots() + 1, Choices: []Choice{
			{assemblee.For, c.Options[0]}, {assemblee.Against, c.Options[1]}, {tally.BlankLabel, c.Blank}}}
	}
	return votes
}
