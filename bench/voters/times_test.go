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

// Of the steps that began after an instant the first end counts.
func TestAfter(t *testing.T) {
	var times Times
	begun := time.Now()
	if times.After("page", begun) != 0 || times.Quantile("page", 0.5) != 0 {
		t.Error("there was no step")
	}
	times.Add("page", time.Hour)
	times.Add("script", 0)
	if d := times.After("page", begun); d != 0 {
		t.Errorf("a step that began before: %v", d)
	}
	times.Add("page", time.Nanosecond)
	first := times.After("page", begun)
	time.Sleep(time.Millisecond)
	times.Add("page", time.Nanosecond)
	if first <= 0 || times.After("page", begun) != first || times.Quantile("page", 0.5) != time.Nanosecond || times.Quantile("page", 1) != time.Hour {
		t.Errorf("%v, then %v", first, times.After("page", begun))
	}
}
