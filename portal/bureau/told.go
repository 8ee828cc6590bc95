package bureau

import (
	"slices"
	"time"

	"isoloir/bve/journal"
	"isoloir/scrutin"
)

// told is what the journal has come to: what members are shown beside the session.
type told struct {
	head    scrutin.Digest
	entries int

	alerts       []*alert // the newest first, as all that follow
	observations []*journal.Entry
	media        []*journal.Entry // the last line of each medium
	access       []*journal.Entry // the last list of each processing
	reports      []*journal.Entry // of the expert
	opinions     []*journal.Entry
	maintenance  []*journal.Entry // interventions, begun and ended

	paraphs int // on the pages of what was drawn up last
	stale   int // on those of minutes that were drawn up again since

	delivery, turnout, checked *journal.Entry // the last one, nil for none
}

// An alert is what all members are told, until it is over.
type alert struct {
	*journal.Entry
	journal.Alert
	acknowledged []string // members
	over         time.Time
}

// tell reads the journal.
func tell(entries []*journal.Entry) *told {
	t := &told{entries: len(entries)}
	for _, e := range entries {
		t.head = e.Head
		t.take(e)
	}
	slices.Reverse(t.alerts)
	for _, list := range [][]*journal.Entry{t.observations, t.media, t.reports, t.opinions, t.maintenance} {
		slices.Reverse(list)
	}
	return t
}

func (t *told) take(e *journal.Entry) {
	switch b := e.Statement.Body.(type) {
	case journal.Alert:
		t.alerts = append(t.alerts, &alert{Entry: e, Alert: b})
	case journal.AlertEnd:
		if a := t.alert(b.Alert); a != nil {
			a.over = e.Time.Time
		}
	case journal.Acknowledged:
		if a := t.alert(b.Alert); a != nil && !slices.Contains(a.acknowledged, e.Statement.By) {
			a.acknowledged = append(a.acknowledged, e.Statement.By)
		}
	case journal.Custody:
		t.media = append(slices.DeleteFunc(t.media, func(o *journal.Entry) bool {
			return o.Statement.Body.(journal.Custody).Medium == b.Medium
		}), e)
	case journal.Access:
		t.access = append(slices.DeleteFunc(t.access, func(o *journal.Entry) bool {
			return o.Statement.Body.(journal.Access).Processing == b.Processing
		}), e)
	case journal.Observation:
		t.observations = append(t.observations, e)
	case journal.Report:
		t.reports = append(t.reports, e)
	case journal.Opinion:
		t.opinions = append(t.opinions, e)
	case journal.Intervention, journal.InterventionEnd:
		t.maintenance = append(t.maintenance, e)
	case journal.Page:
		t.paraphs++
	case journal.DrawnUp:
		if b.Annex == 0 {
			t.stale += t.paraphs
		}
		t.paraphs = 0
	case journal.Delivery:
		t.delivery = e
	case journal.Turnout:
		t.turnout = e
	case journal.Checked:
		t.checked = e
	}
}

func (t *told) alert(name scrutin.Digest) *alert {
	for _, a := range t.alerts {
		if a.Text == name {
			return a
		}
	}
	return nil
}

// standing are the alerts that are not over.
func (t *told) standing() []*alert {
	return slices.DeleteFunc(slices.Clone(t.alerts), func(a *alert) bool { return !a.over.IsZero() })
}

// awaited are the standing alerts that a member has not acknowledged.
func (t *told) awaited(member string) int {
	n := 0
	for _, a := range t.standing() {
		if !slices.Contains(a.acknowledged, member) {
			n++
		}
	}
	return n
}
