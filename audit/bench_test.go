package audit_test

import (
	"testing"

	"isoloir/audit"
	"isoloir/audit/audittest"
	"isoloir/scrutin/scrutintest"
)

// BenchmarkVerify verifies one urn with as many voters as abstainers, through
// three mixers and the shares of four holders.
func BenchmarkVerify(b *testing.B) {
	const electors = 2000
	w, err := audittest.New(audittest.Shape{Abstain: electors / 2, Fixture: scrutintest.Options{Urns: 1, Electors: electors, MinSize: 10}}, 1)
	if err != nil {
		b.Fatal(err)
	}
	w.Advance(audittest.Listed)
	for b.Loop() {
		if r := verify(b, w, audit.Options{}); !r.Holds() {
			b.Fatal(findings(r))
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/(electors/2), "µs/ballot")
}
