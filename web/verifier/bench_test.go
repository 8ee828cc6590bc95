package verifier_test

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"
)

var (
	benchArchive  = flag.String("archive", "", "a tar that TestSpeed verifies in Chromium; none without it")
	benchOutside  = flag.String("fingerprint", "", "its fingerprint")
	benchWitness  = flag.String("witness", "", "the file of its witnesses' keys")
	benchMostTime = flag.Duration("most", time.Hour, "how long it may take")
)

// TestSpeed prints how long the page takes for an archive, as a row of docs/verifier.md.
func TestSpeed(t *testing.T) {
	if *benchArchive == "" {
		t.Skip("no -archive")
	}
	var witnesses []string
	if *benchWitness != "" {
		keys, err := os.ReadFile(*benchWitness)
		if err != nil {
			t.Fatal(err)
		}
		witnesses = strings.Split(strings.TrimSpace(string(keys)), "\n")
	}
	p := open(t, *benchMostTime)
	v := p.verify(*benchArchive, *benchOutside, witnesses)
	if v.Verdict == "refused" || len(v.Checks) == 0 {
		t.Fatalf("%s by %v\n%s", v.Verdict, v.failed(), v.findings())
	}
	c := v.Cost
	t.Logf("| verdict | workers | points decoded | powers | seconds |\n| --- | ---: | ---: | ---: | ---: |\n| %s | %d | %d | %d | %.0f |", v.Verdict, c.Workers, c.Points, c.Powers, c.Seconds)
}
