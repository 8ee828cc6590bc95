package ratelimit_test

import (
	"net/netip"
	"testing"
	"time"

	"isoloir/ratelimit"

	"pgregory.net/rapid"
)

// clock is a time that tests move.
type clock struct{ time.Time }

func (c *clock) now() time.Time          { return c.Time }
func (c *clock) forward(d time.Duration) { c.Time = c.Add(d) }

var noon = time.Date(2026, 12, 3, 12, 0, 0, 0, time.UTC)

func TestTake(t *testing.T) {
	c := &clock{noon}
	l := ratelimit.New[string](ratelimit.Limit{Every: 10 * time.Second, Burst: 3}, 100, c.now)
	for i := range 3 {
		if wait := l.Take("a"); wait != 0 {
			t.Fatalf("number %d of the burst waits %v", i, wait)
		}
	}
	for range 5 { // what is asked in vain costs nothing
		if wait := l.Take("a"); wait != 10*time.Second {
			t.Fatalf("after the burst: %v", wait)
		}
	}
	if wait := l.Take("b"); wait != 0 {
		t.Fatalf("another key waits %v", wait)
	}
	c.forward(9 * time.Second)
	if wait := l.Take("a"); wait != time.Second {
		t.Fatalf("a second early: %v", wait)
	}
	c.forward(time.Second)
	if wait := l.Take("a"); wait != 0 {
		t.Fatalf("in time: %v", wait)
	}
	if wait := l.Take("a"); wait != 10*time.Second {
		t.Fatalf("the next one: %v", wait)
	}
	if wait := ratelimit.New[int](ratelimit.Limit{}, 1, c.now).Take(1); wait != 0 {
		t.Fatal("no limit is one")
	}
}

// TestAverage takes at any times: never more than the burst and one each period,
// and who keeps to the period never waits.
func TestAverage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := ratelimit.Limit{Every: time.Duration(rapid.IntRange(1, 50).Draw(t, "every")), Burst: rapid.IntRange(1, 5).Draw(t, "burst")}
		c := &clock{noon}
		l := ratelimit.New[int](limit, 10, c.now)
		taken, last := 0, noon.Add(-limit.Every)
		for range 200 {
			c.forward(time.Duration(rapid.IntRange(0, 30).Draw(t, "pause")))
			wait := l.Take(1)
			if wait > 0 && c.Sub(last) >= limit.Every {
				t.Fatalf("waits %v after a whole period", wait)
			}
			if wait == 0 {
				taken, last = taken+1, c.Time
			}
			if most := limit.Burst + int(c.Sub(noon)/limit.Every); taken > most {
				t.Fatalf("%d taken, where %d can be", taken, most)
			}
		}
	})
}

// TestRoom asks for more keys than there is room for.
func TestRoom(t *testing.T) {
	c := &clock{noon}
	l := ratelimit.New[int](ratelimit.Limit{Every: time.Minute, Burst: 2}, 100, c.now)
	l.Take(-1)
	l.Take(-1) // has most to wait
	for i := range 10_000 {
		if wait := l.Take(i); wait != 0 {
			t.Fatalf("a new key waits %v", wait)
		}
	}
	if l.Take(-1) == 0 {
		t.Error("who has most to wait was forgotten first")
	}
	if n := l.Known(); n > 100 {
		t.Errorf("%d keys are kept, where there is room for 100", n)
	}
	c.forward(time.Hour)
	l.Take(0)
	for i := range 100 {
		l.Take(i)
	}
	if n := l.Known(); n > 100 {
		t.Errorf("%d keys are kept", n)
	}
	for i := range 10 { // room for one
		ratelimit.New[int](ratelimit.Limit{Every: time.Minute, Burst: 1}, 0, c.now).Take(i)
	}
}

func TestNetworks(t *testing.T) {
	c := &clock{noon}
	n := ratelimit.NewNetworks(c.now)
	of := func(s string) ratelimit.Network { return n.Of(netip.MustParseAddr(s)) }
	for _, same := range [][2]string{
		{"192.0.2.1", "192.0.2.254"}, {"192.0.2.1", "::ffff:192.0.2.9"},
		{"2001:db8:1:200::1", "2001:db8:1:2ff:5::2"}, {"fe80::1%eth0", "fe80::1%eth1"},
	} {
		if of(same[0]) != of(same[1]) {
			t.Errorf("%s and %s are of two networks", same[0], same[1])
		}
	}
	for _, apart := range [][2]string{
		{"192.0.2.1", "192.0.3.1"}, {"2001:db8:1:200::1", "2001:db8:1:300::1"}, {"192.0.2.1", "2001:db8::1"}, {"0.0.0.0", "::"},
	} {
		if of(apart[0]) == of(apart[1]) {
			t.Errorf("%s and %s are of one network", apart[0], apart[1])
		}
	}
	if n.Of(netip.Addr{}) != n.Of(netip.Addr{}) || n.Of(netip.Addr{}) == of("192.0.2.1") {
		t.Error("what is no address is of a network")
	}
	before := of("192.0.2.1")
	c.forward(time.Hour)
	if of("192.0.2.1") == before {
		t.Error("the key lives for more than an hour")
	}
	if ratelimit.NewNetworks(c.now).Of(netip.MustParseAddr("192.0.2.1")) == of("192.0.2.1") {
		t.Error("two keys are the same")
	}
}

func BenchmarkTake(b *testing.B) {
	l := ratelimit.New[int](ratelimit.Limit{Every: time.Minute, Burst: 5}, 1<<16, time.Now)
	for i := 0; b.Loop(); i++ {
		l.Take(i)
	}
}
