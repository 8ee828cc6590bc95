package voters

import (
	"testing"
	"time"
)

// TestQuantile compares with what is known.
func TestQuantile(t *testing.T) {
	all := make([]time.Duration, 200)
	for i := range all {
		all[i] = time.Duration(i + 1)
	}
	for q, want := range map[float64]time.Duration{0: 1, 0.5: 100, 0.95: 190, 0.99: 198, 1: 200} {
		if got := quantile(all, q); got != want {
			t.Errorf("%v: %d, not %d", q, got, want)
		}
	}
	if got := quantile(all[:1], 0.99); got != 1 {
		t.Errorf("of one: %d", got)
	}
}
