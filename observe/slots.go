package observe

import (
	"cmp"
	"slices"
	"time"
)

// A Count is how many answers of a route had a status, since the role started.
type Count struct {
	Route  string
	Status int
	Number uint64
}

// bounds are those of the durations that are told apart, in seconds.
var bounds = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}

// durations are how long answers took: how many in all, at most so long each, and together.
type durations struct {
	number uint64
	within [12]uint64 // by bound; each counts those below it too
	sum    float64    // seconds
}

func (d *durations) add(took time.Duration) {
	d.number++
	d.sum += took.Seconds()
	for i, b := range bounds {
		if took.Seconds() <= b {
			d.within[i]++
		}
	}
}

// rounded is what may be shown: every number is brought down to a multiple of k, the sum in proportion.
func (d durations) rounded(k uint64) durations {
	out := durations{number: d.number - d.number%k}
	if d.number > 0 {
		out.sum = d.sum * float64(out.number) / float64(d.number)
	}
	for i, n := range d.within {
		out.within[i] = n - n%k
	}
	return out
}

// slots holds back what counts requests.
type slots struct {
	k    uint64
	at   time.Time // of the last one
	held map[Role]held
}

// held is what may be shown of a role between two slots.
type held struct {
	answers []Count
	lasted  durations
}

// Group sets k, the multiple by which counts move. Before it nothing is shown of them.
func (w *Watch) Group(k int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.slots.k = uint64(max(k, 1))
}

// Answers has the answers of a role counted by source, whose counts only grow.
func (w *Watch) Answers(r Role, source func() []Count) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.of(r).answers = source
}

// Answered counts how long an answer of a role took.
func (w *Watch) Answered(r Role, took time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.of(r).lasted.add(took)
}

// Slot shows, until it is called again, what was counted to this moment, each number brought down to a multiple of k. It is called at the slots
// of the flushes, and at no other moment.
func (w *Watch) Slot() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.slots.k == 0 {
		return
	}
	w.slots.at, w.slots.held = w.config.Now(), map[Role]held{}
	for name, r := range w.roles {
		h := held{lasted: r.lasted.rounded(w.slots.k)}
		if r.answers != nil {
			h.answers = rounded(r.answers(), w.slots.k)
		}
		w.slots.held[name] = h
	}
}

// rounded gives routes their names, puts together those of one name, and leaves out what is less than k.
func rounded(counts []Count, k uint64) (out []Count) {
	all := map[Count]uint64{}
	for _, c := range counts {
		all[Count{Route: RouteOf(c.Route).pattern, Status: c.Status}] += c.Number
	}
	for c, n := range all {
		if c.Number = n - n%k; c.Number > 0 {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b Count) int { return cmp.Or(cmp.Compare(a.Route, b.Route), cmp.Compare(a.Status, b.Status)) })
	return out
}
