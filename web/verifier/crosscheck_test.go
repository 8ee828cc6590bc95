package verifier_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

var (
	every = flag.Bool("every", false, "200 honest exports and every mutation, and not 20 and one mutation of each kind")
	part  = flag.String("part", "1/1", "N/OF: of these every OF-th from the N-th on")
)

// An exported is one export with what the auditor in Go said of it, as package audit
// writes it.
type exported struct {
	File        string          `json:"file"`
	Name        string          `json:"name"`
	Check       int             `json:"check"`
	Alone       bool            `json:"alone"`
	Fingerprint string          `json:"fingerprint"`
	Witnesses   []string        `json:"witnesses"`
	Verdict     string          `json:"verdict"`
	Failed      []int           `json:"failed"`
	Result      json.RawMessage `json:"result"`
}

// exports has the auditor's tests write exports, and gives their list.
func exports(t testing.TB, dir string) (list []exported) {
	t.Helper()
	args := []string{"test", "-count=1", "-timeout=3h", "isoloir/audit", "-run=^TestExports$", "-exports=" + dir, "-exports-part=" + *part}
	if *every {
		args = append(args, "-exports-honest=200", "-exports-every")
	}
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	index, err := os.ReadFile(filepath.Join(dir, "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(index, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// TestCrosscheck shows both verifiers the same exports, honest ones of random shapes and
// mutated ones. They agree on the verdict and, of an honest export, on every number of
// its result. Both refuse a mutation by the check that it is made against; and where the
// auditor refuses it by that one alone, so does the page. (C19-3-02, S002-g4d)
func TestCrosscheck(t *testing.T) {
	dir := t.TempDir()
	list := exports(t, dir)
	p := open(t, 4*time.Hour)
	honest, mutated := 0, 0
	for _, e := range list {
		v := p.verify(filepath.Join(dir, e.File), e.Fingerprint, e.Witnesses)
		if v.Verdict != e.Verdict || len(v.Stopped) > 0 {
			t.Errorf("%s (%d): the page says %s by %v, the auditor %s by %v\n%s", e.Name, e.Check, v.Verdict, v.failed(), e.Verdict, e.Failed, v.findings())
			continue
		}
		if e.Check == 0 {
			honest++
			if got, want := numbers(t, v.Cells), numbers(t, e.Result); got != want {
				t.Errorf("%s: the page counts\n%s\nand the auditor\n%s", e.Name, got, want)
			}
			continue
		}
		mutated++
		if !slices.Contains(v.failed(), e.Check) || e.Alone && !slices.Equal(v.refused(), e.Failed) {
			t.Errorf("%s (%d): the page refuses by %v, the auditor by %v\n%s", e.Name, e.Check, v.failed(), e.Failed, v.findings())
		}
	}
	t.Logf("part %s: %d honest exports and %d mutations were compared", *part, honest, mutated)
	if *part == "1/1" && (honest < 20 || mutated < 15) || honest+mutated == 0 {
		t.Errorf("only %d honest exports and %d mutations", honest, mutated)
	}
}

// numbers are those of a result, in one form of both reports.
func numbers(t testing.TB, cells json.RawMessage) string {
	t.Helper()
	var list []struct {
		Name                     string
		Electors, Marks, Ballots int
		Questions                []struct {
			Options []struct {
				Option  string
				Ballots int
			}
			Blank, Nul int
		}
	}
	if err := json.Unmarshal(cells, &list); err != nil {
		t.Fatalf("%v: %s", err, cells)
	}
	return fmt.Sprintf("%+v", list)
}
