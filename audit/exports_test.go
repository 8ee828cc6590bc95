package audit_test

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"isoloir/audit"
	"isoloir/audit/audittest"
	"isoloir/scrutin/scrutintest"
)

var (
	exportsTo     = flag.String("exports", "", "directory that TestExports writes exports into, with what the auditor says of them; none without it")
	exportsHonest = flag.Int("exports-honest", 20, "how many honest exports it writes, of random shapes")
	exportsEvery  = flag.Bool("exports-every", false, "every mutation, and not one of each kind")
	exportsPart   = flag.String("exports-part", "1/1", "N/OF: of what it would write, every OF-th from the N-th on")
)

// An exported is one export that another verifier is shown, and what the auditor said.
type exported struct {
	File        string   `json:"file"` // a tar
	Name        string   `json:"name"`
	Check       int      `json:"check"` // that must refuse it; 0 for an honest one
	Alone       bool     `json:"alone"` // no other check refuses it
	Fingerprint string   `json:"fingerprint"`
	Witnesses   []string `json:"witnesses"`
	Verdict     string   `json:"verdict"`
	Failed      []int    `json:"failed"` // the checks that refuse it; not those that they left no room for
	Result      any      `json:"result"` // the cells, of an honest one
}

// TestExports writes honest and mutated exports as archives, for the verifier of the
// browser to be compared with (web/verifier).
func TestExports(t *testing.T) {
	if *exportsTo == "" {
		t.Skip("no -exports")
	}
	var all []exported
	var part, parts, turn int
	if _, err := fmt.Sscanf(*exportsPart, "%d/%d", &part, &parts); err != nil || part < 1 || part > parts {
		t.Fatalf("-exports-part %s: write N/OF", *exportsPart)
	}
	mine := func() bool {
		turn++
		return (turn-part)%parts == 0
	}
	write := func(w *audittest.World, opt audit.Options, e exported) {
		r := verify(t, w, opt)
		e.File, e.Verdict = fmt.Sprintf("%03d.tar", len(all)), string(r.Verdict)
		for _, c := range r.Checks {
			if c.Outcome == audit.Refused {
				e.Failed = append(e.Failed, c.Number)
			}
		}
		if opt.Fingerprint != nil {
			e.Fingerprint = fmt.Sprintf("%x", *opt.Fingerprint)
		}
		for _, k := range opt.Witnesses {
			e.Witnesses = append(e.Witnesses, k.String())
		}
		if e.Check == 0 {
			e.Result = r.Cells
		}
		if err := os.WriteFile(filepath.Join(*exportsTo, e.File), packed(t, w.Files), 0o600); err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	for i := range *exportsHonest {
		if !mine() {
			continue
		}
		r := rand.New(rand.NewPCG(uint64(i), 31))
		shape := shapes[i%len(shapes)]
		if i >= len(shapes) {
			shape = randomShape(r)
		}
		w, err := audittest.New(shape, uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		var opt audit.Options
		if w.Advance(audittest.Listed); i%2 == 1 {
			opt = known(t, w)
		}
		write(w, opt, exported{Name: fmt.Sprint("honest ", i)})
	}
	honest := map[int]ladder{}
	seen := map[[2]int]bool{} // by the hundred of the check, which is its kind; those of accounts, and of members and citizens, apart
	for _, m := range mutations {
		kind := [2]int{m.check / 100}
		if m.shape == ofAccounts || m.shape == joint {
			kind[1] = m.shape
		}
		if seen[kind] && !*exportsEvery {
			continue
		}
		seen[kind] = true
		if !mine() {
			continue
		}
		if honest[m.shape] == nil {
			honest[m.shape] = climb(t, m.shape, uint64(m.shape))
		}
		write(m.apply(honest[m.shape]), m.options(honest[m.shape]), exported{Name: m.name, Check: m.check, Alone: m.alone})
	}
	index, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*exportsTo, "index.json"), index, 0o600); err != nil {
		t.Fatal(err)
	}
}

// known is what the election's own people publish outside.
func known(t testing.TB, w *audittest.World) audit.Options {
	t.Helper()
	f := [32]byte(w.Fingerprint)
	var lines string
	for _, witness := range w.Manifest.Witnesses {
		lines += witness.Key + "\n"
	}
	keys, err := audit.ParseWitnesses(lines)
	if err != nil {
		t.Fatal(err)
	}
	return audit.Options{Fingerprint: &f, Witnesses: keys}
}

// randomShape is a small election of any kind.
func randomShape(r *rand.Rand) audittest.Shape {
	k := 2 + r.IntN(3)
	s := audittest.Shape{
		Fixture: scrutintest.Options{Urns: 1 + r.IntN(4), Electors: k + 1 + r.IntN(6), Choices: 2 + r.IntN(3), Questions: 1 + r.IntN(2), Mixers: 1 + r.IntN(3),
			Witnesses: 1 + r.IntN(4), MinSize: k, Edit: consultation, Clauses: clauses},
		Stamped: r.IntN(3), Deputies: r.IntN(2) * 3, Void: r.IntN(3) == 0,
	}
	if s.Double = s.Void && r.IntN(2) == 0; s.Double {
		s.Fixture.Holders, s.Fixture.Clauses = 5, roomy
	}
	switch r.IntN(6) {
	case 0: // of accounts
		s.Fixture.MinSize, s.Fixture.Edit, s.Fixture.Electors, s.Fixture.Revotes = 10, nil, 11+r.IntN(3), 1+r.Uint32N(3)
		s.Accounts, s.Standing, s.Supervised, s.Few = true, !s.Void && r.IntN(2) == 0, r.IntN(3), r.IntN(4)
		s.Abstain, s.Revoters = r.IntN(4), r.IntN(3)
		if r.IntN(2) == 0 { // whose citizens decide with members
			s.Fixture.Edit, s.Paper = weighed, r.IntN(s.Abstain+1)
		}
		return s
	case 1: // of members and citizens
		s.Fixture.Edit, s.Abstain = together, 1+r.IntN(s.Fixture.Electors)
		s.Paper = 1 + r.IntN(s.Abstain)
		return s
	}
	s.Fixture.Merge = s.Fixture.Urns > 1 && r.IntN(2) == 0
	s.Abstain = r.IntN(s.Fixture.Electors)
	if r.IntN(3) == 0 {
		s.Fixture.Revotes = 1 + r.Uint32N(3)
		s.Revoters = r.IntN(3)
	}
	if r.IntN(3) == 0 {
		added, struck := make([]int, s.Fixture.Urns), make([][]int, s.Fixture.Urns)
		added[0], struck[s.Fixture.Urns-1] = k, []int{r.IntN(s.Fixture.Electors)}
		s.Amend = []audittest.Change{{Added: added, Struck: struck}}
	}
	return s
}

// packed is a tar of files.
func packed(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if err := w.WriteHeader(&tar.Header{Name: path, Size: int64(len(files[path])), Mode: 0o644, Format: tar.FormatUSTAR}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(files[path]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
