package audit_test

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"isoloir/audit"
	"isoloir/audit/audittest"
)

var mutationRuns = flag.Int("mutation-runs", 1, "how many elections, each with another seed, every mutation is tried on")

// A mutation is what a corrupt party does to an election. The adversary holds
// all keys of the platform, and of whoever else is named; whatever comes after
// what it did is made again, and signed again, by everybody. So the bureau, the
// witnesses, the mixers and the holders sign in good faith what they are shown,
// and only recomputing finds the fault.
type mutation struct {
	name   string
	check  int             // that must refuse it
	with   string          // who is corrupt beside the platform
	alone  bool            // no other check refuses it
	shape  int             // of the election
	after  audittest.Stage // what stands when the adversary acts
	change func(w *audittest.World)
	known  func(honest *audittest.World) audit.Options // from outside
}

var mutations = slices.Concat(contentsMutations, keyMutations, accountMutations, amendmentMutations, ballotMutations, logMutations, rollMutations, tallyMutations, deputyMutations, challengeMutations, registerMutations, actMutations, timestampMutations, mixteMutations)

// ladder is one honest election, kept as it stood after each stage.
type ladder []*audittest.World

func climb(t testing.TB, shape int, seed uint64) ladder {
	t.Helper()
	w, err := audittest.New(shapes[shape], seed)
	if err != nil {
		t.Fatal(err)
	}
	var rungs ladder
	for s := audittest.Founded; s <= audittest.Listed; s++ {
		w = w.Advance(s)
		rungs = append(rungs, w.Clone())
	}
	return rungs
}

// apply lets the adversary act and everybody else go on.
func (m *mutation) apply(honest ladder) *audittest.World {
	w := honest[m.after].Clone()
	m.change(w)
	return w.Advance(audittest.Listed)
}

func (m *mutation) options(honest ladder) audit.Options {
	if m.known == nil {
		return audit.Options{}
	}
	return m.known(honest[audittest.Listed])
}

// TestMutationsAreRefused: S002-g4d.
func TestMutationsAreRefused(t *testing.T) {
	for run := range *mutationRuns {
		honest := make([]ladder, len(shapes))
		for i := range shapes {
			honest[i] = climb(t, i, uint64(1000*run+i))
		}
		for _, m := range mutations {
			t.Run(fmt.Sprintf("%d/%d/%s", run, m.check, m.name), func(t *testing.T) {
				w, opt := m.apply(honest[m.shape]), m.options(honest[m.shape])
				r := verify(t, w, opt)
				for _, l := range []audit.Language{audit.English, audit.French} {
					if err := r.WriteText(io.Discard, l); err != nil {
						t.Fatal(err)
					}
				}
				if r.Holds() || !slices.Contains(r.Failed(), m.check) {
					t.Fatalf("verdict %s, refused by %v:\n%s", r.Verdict, r.Failed(), findings(r))
				}
				if !m.alone {
					return
				}
				if r := verify(t, w, opt.Without(m.check)); !r.Holds() {
					t.Errorf("without check %d it is still refused, by %v:\n%s", m.check, r.Failed(), findings(r))
				}
			})
		}
	}
}

// TestEveryCheckIsNeeded shows for each check a mutation that passes without
// it: the check is neither dead nor a double of others.
func TestEveryCheckIsNeeded(t *testing.T) {
	needed := map[int]bool{}
	for _, m := range mutations {
		if m.alone {
			needed[m.check] = true
		}
	}
	for _, c := range audit.Checks() {
		if !needed[c.Number] {
			t.Errorf("no mutation is refused by check %d alone: %s", c.Number, c.English)
		}
	}
	if len(mutations) < 60 {
		t.Errorf("%d mutations", len(mutations))
	}
}

func findings(r *audit.Report) string {
	var b strings.Builder
	for _, c := range r.Checks {
		for _, f := range c.Findings {
			fmt.Fprintf(&b, "%d %s %s\n", c.Number, f.Subject, f.Text)
		}
	}
	for _, f := range r.Counted {
		if f.Checked != f.Record {
			fmt.Fprintf(&b, "%s: %d of %d\n", f.Name, f.Checked, f.Record)
		}
	}
	return b.String()
}
