package replay

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isoloir/audit"
	"isoloir/record"
)

func TestSmall(t *testing.T) {
	votes, err := ParseVotes(strings.NewReader(header + "A,Alpha,30,x,5\nA,Alpha,30,y,7\nA,Alpha,30,blanc,1\nA,Alpha,30,nul,2\nB,Beta,12,x,1\nB,Beta,12,y,2\nB,Beta,12,blanc,0\nC,Gamma,20,z,6\nC,Gamma,20,blanc,1\n"))
	if err != nil {
		t.Fatal(err)
	}
	o := Default()
	o.Votes, o.MinimumSize = votes, 4
	dir := filepath.Join(t.TempDir(), "out")
	out, err := Run(context.Background(), o, dir, time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC), Watcher{
		Stage: func(string, int, int) {},
		Step: func(name string, c Cost) {
			t.Logf("%-16s %8v, processor %8v, %d MB", name, c.Took.Round(time.Millisecond), c.Processor.Round(time.Millisecond), c.Peak>>20)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	export, err := record.Open(out.Export)
	if err != nil {
		t.Fatal(err)
	}
	defer export.Close()
	report, err := audit.Verify(export, audit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	report.WriteText(os.Stdout, audit.English)
	if !report.Holds() {
		t.Fatal("the audit does not hold")
	}
}
