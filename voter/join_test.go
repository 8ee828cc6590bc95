package voter_test

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"testing"

	"isoloir/urn"
)

// verdict is how well the best guess did.
type verdict struct {
	matches int // electors joined to their ballots
	by      string
	score   float64 // the strongest correlation within batches, in standard deviations
	scoreBy string
	tokens  int // electors joined to their authorisations
	devices int // traces of the devices' keys
	tried   int
}

// judge compares every guess with the truth.
func (a *attacker) judge(t *testing.T, known truth) (v verdict) {
	arrival := map[urn.Hash]float64{}
	for i, elector := range a.marks {
		arrival[known[elector]] = float64(i)
	}
	for name, g := range a.guesses(t) {
		v.tried++
		owner := g.owner
		if owner == nil {
			owner = map[uint32]urn.Hash{}
			var ordered []int
			for i, x := range g.order {
				if !math.IsNaN(x) {
					ordered = append(ordered, i)
				}
			}
			slices.SortStableFunc(ordered, func(x, y int) int { return cmp.Compare(g.order[x], g.order[y]) })
			for rank, i := range ordered {
				owner[a.marks[rank]] = a.ballots[i].Hash()
			}
			batches := make([][]pair, a.batch[len(a.batch)-1]+1)
			for _, i := range ordered {
				batches[a.batch[i]] = append(batches[a.batch[i]], pair{g.order[i], arrival[a.ballots[i].Hash()]})
			}
			if z := correlation(batches); math.Abs(z) > math.Abs(v.score) {
				v.score, v.scoreBy = z, name
			}
		}
		matches := 0
		for elector, hash := range owner {
			if known[elector] == hash {
				matches++
			}
		}
		if matches > v.matches {
			v.matches, v.by = matches, name
		}
	}
	v.tokens, v.devices = len(a.tokens()), len(a.sent.in(a.evidence))
	return v
}

// With five batches or so, a guess that knows nothing but the batch finds as many
// ballots as there are batches, in the mean, with the spread of a Poisson law: more
// than chanceMatches has probability below 10^-6, and so has a correlation beyond
// chanceScore, for all guesses together.
const (
	chanceMatches = 21
	chanceScore   = 5.5
)

// TestJoin lets the attacker loose on honest stores: he does no better than one
// over the batch, and finds no τ and no device's key. (S004-05b)
func TestJoin(t *testing.T) {
	found, known := elect(t, leak{})
	a := newAttacker(t, found)
	if len(a.marks) != joinVoters || len(a.ballots) != joinVoters || len(a.spent) != joinVoters {
		t.Fatalf("the attacker sees %d marks, %d ballots, %d authorisations", len(a.marks), len(a.ballots), len(a.spent))
	}
	v := a.judge(t, known)
	t.Logf("%+v in %d batches", v, a.batch[len(a.batch)-1])
	if v.tried < 20 {
		t.Errorf("only %d guesses", v.tried)
	}
	if v.matches > chanceMatches {
		t.Errorf("%d of %d electors joined to their ballots by %s", v.matches, joinVoters, v.by)
	}
	if math.Abs(v.score) > chanceScore {
		t.Errorf("a correlation of %.1f deviations by %s", v.score, v.scoreBy)
	}
	if v.tokens > 0 {
		t.Errorf("%d τ found in the roll's files", v.tokens)
	}
	if v.devices > 0 || len(found.sent) != 4*joinVoters {
		t.Errorf("of the devices, %d of %d traces found: %q", v.devices, len(found.sent), found.sent.in(found)[:min(v.devices, 3)])
	}
	keys := 0
	for name := range found.files {
		if strings.HasPrefix(name, "urn/keys/") {
			keys++
		}
	}
	if keys != 1 || len(found.log) > 0 {
		t.Errorf("%d batch keys, %d bytes of log", keys, len(found.log))
	}
}

// TestJoinLeaky is the same attacker against services that leak: if he failed
// here, his failure above would prove nothing.
func TestJoinLeaky(t *testing.T) {
	for name, c := range map[string]struct {
		leak
		matches, tokens int
		score           float64
		devices         int
	}{
		"rowids":      {rowids, joinVoters * 3 / 4, 0, 2 * chanceScore, 0},
		"plaintext":   {plaintext, 0, 0, 1.5 * chanceScore, 0}, // a row written over shifts all that follow
		"dated":       {dated, joinVoters * 3 / 4, 0, 2 * chanceScore, 0},
		"talkative":   {talkative, joinVoters * 3 / 4, 0, 2 * chanceScore, 0},
		"unforgotten": {unforgotten, 0, joinVoters * 3 / 4, 0, 0},
		"nosy":        {nosy, 0, 0, 0, joinVoters},
		"both":        {both, joinVoters * 3 / 4, joinVoters * 3 / 4, 1.5 * chanceScore, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, known := elect(t, c.leak)
			v := newAttacker(t, found).judge(t, known)
			t.Logf("%+v", v)
			if v.matches < c.matches || v.tokens < c.tokens || math.Abs(v.score) < c.score || v.devices < c.devices {
				t.Errorf("%d matches, %d τ, a correlation of %.1f, %d traces of devices: the attacker does not see this leak", v.matches, v.tokens, v.score, v.devices)
			}
		})
	}
}
