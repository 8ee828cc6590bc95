package integrity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// A Check watches one store. It may run beside other checks of the same store.
type Check struct {
	Role              string // roll or urn
	Subject           Subject
	Anchors           *Anchors
	Signer            note.Signer
	Manifest, Opening scrutin.Digest
	Now               func() time.Time
	// Every is how often Near is looked at, and the least time between two whole
	// checks; 0 for 5 s.
	Every time.Duration
	// Share is how much of the time Run may spend on reading everything again; 0 for a
	// twentieth.
	Share float64
	// Found is told of findings as they are met, and Settled, after each whole check,
	// of all that it met.
	Found   func([]Finding)
	Settled func([]Finding)
}

const (
	defaultEvery = 5 * time.Second
	defaultShare = 0.05
	// unreadable is for how long a store may not answer before that is a finding.
	unreadable = 30 * time.Second
	// atOnce is how long Near may look at one thing; what is left waits for the next time.
	atOnce = 250 * time.Millisecond
	// named is how many findings of a table and urn are told one by one.
	named = 20
)

func (c *Check) every() time.Duration {
	if c.Every > 0 {
		return c.Every
	}
	return defaultEvery
}

// Run watches until ctx ends. failed is told what could not be read, as an error; if
// that lasts it is a finding too.
func (c *Check) Run(ctx context.Context, failed func(error)) {
	share := c.Share
	if share <= 0 {
		share = defaultShare
	}
	w := &watch{Check: c, failed: failed, read: time.Now()}
	for ctx.Err() == nil {
		begun, since := c.Now(), time.Now()
		pass := collection{}
		steps := c.Subject.All()
		for len(steps) > 0 && ctx.Err() == nil {
			w.nearIfDue(ctx, pass)
			at := time.Now()
			more, ok := w.take(ctx, steps[0], pass)
			if !ok {
				sleep(ctx, c.every())
				continue
			}
			if !more {
				steps = steps[1:]
			}
			sleep(ctx, min(time.Duration(float64(time.Since(at))*(1/share-1)), c.every()))
		}
		if ctx.Err() != nil {
			return
		}
		w.near(ctx, pass)
		c.settle(pass.all(), begun)
		if err := c.Anchors.Save(); err != nil {
			failed(err)
		}
		sleep(ctx, c.every()-time.Since(since))
	}
}

// settle ends a whole check.
func (c *Check) settle(all []Finding, begun time.Time) {
	if len(all) == 0 {
		c.Anchors.SetWell(begun)
	}
	if c.Settled != nil {
		c.Settled(all)
	}
}

// watch is a Run.
type watch struct {
	*Check
	failed func(error)
	last   time.Time // when Near was looked at
	read   time.Time // when something could be read
}

func (w *watch) nearIfDue(ctx context.Context, pass collection) {
	if time.Since(w.last) >= w.every() {
		w.near(ctx, pass)
	}
}

func (w *watch) near(ctx context.Context, pass collection) {
	w.last = time.Now()
	for _, s := range w.Subject.Near() {
		for more, at := true, time.Now(); more && ctx.Err() == nil && time.Since(at) < atOnce; {
			more, _ = w.take(ctx, s, pass)
		}
	}
	if err := w.Anchors.Save(); err != nil {
		w.failed(err)
	}
}

// take takes a step, and says whether there is more and whether it could be taken.
func (w *watch) take(ctx context.Context, s Step, pass collection) (more, ok bool) {
	var l Look
	more, err := s.Do(ctx, &l)
	switch {
	case err == nil:
		w.read = time.Now()
		w.tell(pass.add(l))
		return more, true
	case ctx.Err() == nil:
		w.failed(fmt.Errorf("table %s of urn %q: %w", s.Table, s.Urn, err))
		if time.Since(w.read) >= unreadable {
			w.tell(pass.add(Look{Findings: []Finding{{s.Table, s.Urn, "", Unread}}}))
		}
	}
	return false, false
}

func (c *Check) tell(found []Finding) {
	if len(found) > 0 && c.Found != nil {
		c.Found(found)
	}
}

// collection gathers findings once, and says of a table where there are very many how
// many more there are.
type collection map[Finding]int

// add gives those that are new.
func (c collection) add(l Look) (fresh []Finding) {
	for _, f := range l.Findings {
		group := Finding{Table: f.Table, Urn: f.Urn}
		switch {
		case c[f] > 0:
			continue
		case c[group] >= named:
			f.Record = "more rows than are named here"
			if c[f] > 0 {
				continue
			}
		default:
			c[group]++
		}
		c[f]++
		fresh = append(fresh, f)
	}
	return fresh
}

func (c collection) all() (all []Finding) {
	for f := range c {
		if f.What != "" {
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(a, b Finding) int {
		return slices.Compare([]string{a.Table, a.Urn, a.Record, string(a.What)}, []string{b.Table, b.Urn, b.Record, string(b.What)})
	})
	return all
}

// Whole makes a whole check at once, and the signed report of it. What it finds is
// told too. An error says that the store could not be read to its end.
func (c *Check) Whole(ctx context.Context) (*Report, []byte, error) {
	r := &Report{Role: c.Role, Begun: scrutin.TimeOf(c.Now()), Since: scrutin.TimeOf(c.Anchors.Well())}
	r.Manifest, r.Opening = c.Manifest, c.Opening
	if c.Anchors.Well().IsZero() {
		r.Since = scrutin.Time{}
	}
	pass := collection{}
	for _, s := range append(c.Subject.Near(), c.Subject.All()...) {
		for tries, more := 0, true; more; {
			var l Look
			var err error
			if more, err = s.Do(ctx, &l); err != nil {
				if tries++; tries == 3 || !sleep(ctx, time.Second) {
					return nil, nil, fmt.Errorf("table %s of urn %q: %w", s.Table, s.Urn, err)
				}
				more = true
				continue
			}
			r.Rows += l.Rows
			c.tell(pass.add(l))
		}
	}
	r.Findings = pass.all()
	var err error
	if r.Urns, err = c.Subject.Figures(ctx); err != nil && len(r.Findings) == 0 {
		return nil, nil, err
	}
	r.Ended = scrutin.TimeOf(c.Now())
	signed, err := SignReport(r, c.Signer)
	return r, signed, err
}

// Accept ends a whole check whose report was kept: what it found stands, and if it found
// nothing, all was well when it began.
func (c *Check) Accept(r *Report) error {
	c.settle(r.Findings, r.Begun.Time)
	return c.Anchors.Save()
}

// sleep waits, and says whether ctx has not ended.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(max(d, 0))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return ctx.Err() == nil
	}
}
