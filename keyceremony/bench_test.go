package keyceremony_test

import (
	"testing"

	"isoloir/scrutin/scrutintest"
)

// One operation is a whole ceremony of 4 of 11: every device reads the board
// again at every step, as it does at a table, and the two rehearsals are made and
// verified. Passphrases are not in it.
func BenchmarkCeremony4of11(b *testing.B) {
	clause := scrutintest.Clause{ID: "all", Threshold: 4}
	for i := range 11 {
		clause.Holders = append(clause.Holders, i+1)
	}
	for b.Loop() {
		tb := newTable(b, clause)
		tb.alone = true
		tb.again()
	}
}
