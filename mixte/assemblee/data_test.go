package assemblee_test

import (
	"encoding/csv"
	"errors"
	"math/big"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"isoloir/mixte"
	"isoloir/mixte/assemblee"
)

const shared = "../../../shared/data"

// real loads the published files, or skips the test.
func real(t *testing.T) *assemblee.Data {
	t.Helper()
	if _, err := os.Stat(shared + "/assemblee17"); err != nil {
		t.Skip("the published ballots are not here:", err)
	}
	d, err := assemblee.Load(os.DirFS(shared + "/assemblee17"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestOfficial: without citizens every ballot gives the published result, but the first, whose summary has 10 members
// who take no part where its positions have 21.
func TestOfficial(t *testing.T) {
	d := real(t)
	if len(d.Ballots) != 2000 || len(d.Electorates) != 577 {
		t.Fatalf("%d ballots, %d constituencies", len(d.Ballots), len(d.Electorates))
	}
	for scale, step := range map[string]int{mixte.Constituency: 1, mixte.Territory: 20} {
		rules := assemblee.Rules(scale, mixte.Counted, 20)
		for i := 0; i < len(d.Ballots); i += step {
			b := &d.Ballots[i]
			r, err := mixte.Compute(rules, d.Members(b), mixte.Groups{Electorates: d.Electorates})
			if err != nil {
				t.Fatal(b.Number, err)
			}
			err = b.Compare(r)
			if b.Number == 1 {
				if !errors.Is(err, assemblee.ErrSummary) || !strings.Contains(err.Error(), "(members who take no part: 10 published, 21 by the positions)") {
					t.Error(err)
				}
			} else if err != nil {
				t.Error(err)
			}
		}
	}
}

// TestCitizens weighs synthetic citizens on every fortieth ballot, under both rules for absent members; the sums hold.
func TestCitizens(t *testing.T) {
	d := real(t)
	for i := 0; i < len(d.Ballots); i += 40 {
		b := &d.Ballots[i]
		members := d.Members(b)
		for _, absent := range []string{mixte.Counted, mixte.Zero} {
			rules := assemblee.Rules(mixte.Constituency, absent, 20)
			g := d.Synthetic(rules, big.NewRat(1, 50), uint64(b.Number))
			r, err := mixte.Compute(rules, members, g)
			if err != nil {
				t.Fatal(err)
			}
			want := big.NewRat(int64(b.Summary.Voters), 1)
			for j, m := range members {
				if m.Position == mixte.Absent && absent == mixte.Counted {
					want.Add(want, big.NewRat(int64(g.Counts[j].Ballots()), int64(d.Electorates[j].Represented)))
				}
			}
			if total := r.Mixed.Total(); total.Rat().Cmp(want) != 0 {
				t.Fatalf("ballot %d: the weights together are %s, not %s", b.Number, total, want)
			}
		}
	}
}

// TestSynthetic: nobody at rate 0, everybody at rate 1, and the same for the same seed.
func TestSynthetic(t *testing.T) {
	d := real(t)
	rules := assemblee.Rules(mixte.Constituency, mixte.Counted, 1)
	if g := d.Synthetic(rules, new(big.Rat), 1); len(g.Counts) != 0 {
		t.Error("somebody votes at rate 0")
	}
	all := d.Synthetic(rules, big.NewRat(1, 1), 1)
	for i, c := range all.Counts {
		if c.Ballots() != d.Electorates[i].Represented {
			t.Fatalf("%s: %d of %d vote at rate 1", c.ID, c.Ballots(), d.Electorates[i].Represented)
		}
	}
	same := func(a, b mixte.Groups) bool {
		return slices.EqualFunc(a.Counts, b.Counts, func(x, y mixte.Count) bool { return slices.Equal(x.Options, y.Options) && x.Blank == y.Blank })
	}
	rate := big.NewRat(1, 50)
	if !same(d.Synthetic(rules, rate, 5), d.Synthetic(rules, rate, 5)) || same(d.Synthetic(rules, rate, 5), d.Synthetic(rules, rate, 6)) {
		t.Error("the seed does not decide the ballots")
	}
	if n := len(d.Synthetic(assemblee.Rules(mixte.Constituency, mixte.Counted, 110), rate, 1).Counts); n != 576 {
		t.Errorf("at k = 110 the smallest constituency alone stays closed, %d are open", n)
	}
}

// TestFiles compares the files with each other: the positions with the detailed list of solemn ballots and motions, the
// corrections with the positions, the constituencies with those of another source.
func TestFiles(t *testing.T) {
	d := real(t)
	position := func(number, member string) string {
		for i := range d.Ballots {
			if b := &d.Ballots[i]; number == strconv.Itoa(b.Number) {
				for _, m := range d.Members(b) {
					if m.ID == member {
						return m.Position
					}
				}
			}
		}
		return mixte.Absent
	}
	name := map[string]string{"pour": assemblee.For, "contre": assemblee.Against, "abstention": mixte.Abstain, "nonVotant": mixte.Absent, "": mixte.Absent}
	rows := read(t, shared+"/assemblee17/votes_nominatifs_sps_moc_1_2000.csv")
	for i := 0; i < len(rows); i += 97 {
		if got := position(rows[i][0], rows[i][1]); got != name[rows[i][2]] {
			t.Errorf("%v: the position is %s", rows[i], got)
		}
	}
	corrections, turned := 0, 0
	for i := range d.Ballots {
		b := &d.Ballots[i]
		members := d.Members(b)
		for _, c := range b.Corrections {
			corrections++
			at := slices.IndexFunc(members, func(m mixte.Member) bool { return m.ID == c.Member })
			if at >= 0 && members[at].Position != name[c.Recorded] || at < 0 && c.Recorded != "" {
				t.Errorf("ballot %d: %v is not what the positions say", b.Number, c)
			}
		}
		if b.Corrected() != b.Summary.Adopted {
			turned++
		}
	}
	if corrections != 881 || turned != 7 {
		t.Errorf("%d corrections, which would turn %d ballots", corrections, turned)
	}
	known := map[string]bool{}
	for _, row := range read(t, shared+"/fr_legislatives/legislatives_2022_circonscriptions.csv") {
		known[row[2]+"-"+row[4]] = true
	}
	for _, e := range d.Electorates {
		if !known[e.ID] {
			t.Errorf("constituency %s did not exist in 2022", e.ID)
		}
	}
}

func read(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}
