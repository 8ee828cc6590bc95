package replay

import (
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isoloir/record"
	"isoloir/scrutin"
)

var every = flag.Bool("every", false, "replay real results with every k: make replay-real")

// Real results of the size of our users' elections, replayed exactly, each with several k, every one of them a whole replay. One of each kind,
// a single large urn and many small ones, has the parties of the default: two clauses, three mixers; the others have fewer (few). Of the many
// small ones the first urns of the file stand for all, which wait for -every with the rest, so that it takes a minute.
func TestRealResults(t *testing.T) {
	dir := filepath.Join("..", "..", "shared", "data", "votes")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the public results are not beside the project (../shared/data/votes)")
	}
	for _, c := range []struct {
		file    string
		k       int
		options Options
		urns    int  // the first of the file; 0: all
		small   bool // a group stays below k: it is opened under an act
		rare    bool
	}{
		{"pays-bas-2021-internet.csv", 20, few(), 0, false, false},
		{"pays-bas-2021-internet.csv", 20, Default(), 0, false, true},
		{"pays-bas-2021-internet.csv", 3000, few(), 0, true, true},
		{"eure-et-loir-1-2017-t2.csv", 20, Default(), 8, false, false},
		{"eure-et-loir-1-2017-t2.csv", 300, few(), 1, true, false},
		{"eure-et-loir-1-2017-t2.csv", 20, Default(), 0, false, true},
		{"eure-et-loir-1-2017-t2.csv", 400, few(), 0, false, true},
		{"grenoble-2017-t2.csv", 20, few(), 0, false, true},
		{"grenoble-2017-t2.csv", 500, few(), 0, false, true},
	} {
		t.Run(fmt.Sprintf("%s-k%d-%d-%d", strings.TrimSuffix(c.file, ".csv"), c.k, c.urns, c.options.Holders), func(t *testing.T) {
			if c.rare && !*every {
				t.Skip("replayed by make replay-real")
			}
			file, err := os.Open(filepath.Join(dir, c.file))
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			o := c.options
			if o.Votes, err = ParseVotes(file); err != nil {
				t.Fatal(err)
			}
			if c.urns > 0 {
				o.Votes = o.Votes[:c.urns]
			}
			o.MinimumSize = c.k
			out := exact(t, o, Watcher{})

			groups := ballotsByGroup(t, out.Table)
			below := 0
			for _, n := range groups {
				if n < c.k {
					below++
				}
			}
			act := filepath.Join(out.Export, filepath.FromSlash(record.Act(9, scrutin.ActOpenSmall)))
			_, err = os.Stat(act)
			if (below > 0) != c.small || (err == nil) != c.small {
				t.Errorf("%d groups of %d are below %d ballots; act: %v", below, len(groups), c.k, err)
			}
			if c.k > 20 && !c.small && len(groups) >= len(o.Votes) {
				t.Errorf("%d urns in %d groups: k joins none", len(o.Votes), len(groups))
			}
		})
	}
}

func ballotsByGroup(t *testing.T, table string) map[string]int {
	t.Helper()
	file, err := os.Open(table)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	groups := map[string]int{}
	for _, row := range rows[1:] {
		n, err := count(row[2])
		if err != nil {
			t.Fatal(err)
		}
		groups[row[0]] += n
	}
	return groups
}
