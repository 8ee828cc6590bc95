package bve

import (
	"context"
	"errors"
	"slices"

	"isoloir/bve/journal"
)

// Date has authorities date what the record holds ([Timestamp]), and enters an alert for each text that none of them has dated and one could still
// date, which is over once one has, or none can any more. It is asked again and again beside the bureau's work, which waits for nothing of it.
func (o *Office) Date(ctx context.Context, authorities map[string]Authority) error {
	gaps, err := Timestamp(ctx, o.Config.Journal.Manifest, o.Record, authorities)
	if err != nil {
		return err
	}
	lacking := map[string]int{}
	for _, g := range gaps {
		if !errors.Is(g.Why, ErrLate) {
			lacking[g.Of]++
		}
	}
	s, err := o.State(ctx)
	if err != nil {
		return err
	}
	undated := func(of string) bool { return lacking[of] == len(o.Config.Journal.Manifest.Timestamps) }
	var known []string
	for _, a := range s.Alerts {
		if a.What != journal.AlertTimestamp {
			continue
		}
		known = append(known, a.Detail)
		if !undated(a.Detail) {
			if _, err := o.Say(ctx, journal.AlertEnd{Alert: a.Name}); err != nil {
				return err
			}
		}
	}
	for _, g := range gaps {
		if !undated(g.Of) || slices.Contains(known, g.Of) {
			continue
		}
		known = append(known, g.Of)
		if _, err := o.Say(ctx, journal.Alert{What: journal.AlertTimestamp, Severity: journal.Warning, Source: alertSource, Detail: g.Of}); err != nil {
			return err
		}
	}
	return nil
}

// alertSource is who alerts are from that are no other role's.
const alertSource = "bureau"
