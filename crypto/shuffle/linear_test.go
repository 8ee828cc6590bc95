//go:build unix

package shuffle

import (
	"syscall"
	"testing"
	"time"
)

// processorTime is what this process has used so far: unlike the clock, it
// does not run while others have the processor.
func processorTime(t *testing.T) time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		t.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// The cost of a ballot does not grow with their number.
func TestLinear(t *testing.T) {
	const n, allowed, tries = 500, 1.35, 10
	gens := new(Generators)
	gens.Prepare(2*n, 0)
	perBallot := func(n int) float64 {
		st, in := election(n)
		start := processorTime(t)
		out, proof, err := Reencrypt(st, in, gens, 1, nil)
		if err == nil {
			err = VerifyReencryption(st, in, out, proof, gens, 1, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		return float64((processorTime(t) - start).Nanoseconds()) / 1e3 / float64(n)
	}
	var small, large best
	for range tries {
		small.keep(perBallot(n))
		large.keep(perBallot(2 * n))
		if large.micros <= allowed*small.micros {
			return
		}
	}
	t.Errorf("%.1f µs for each of %d ballots, %.1f for each of %d", small.micros, n, large.micros, 2*n)
}
