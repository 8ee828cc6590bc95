package bve

import (
	"cmp"
	"context"
	"slices"
	"time"

	"isoloir/bve/journal"
	"isoloir/scrutin"
)

// A Medium is one on the custody register: a fragment's, a copy of the roll, the archive.
type Medium struct {
	journal.Custody
	By     string
	At     time.Time
	Tested time.Time // when it was last said to have opened the test text; zero for never
}

// An Accessed is who may reach a processing, with what changed since the list before.
type Accessed struct {
	journal.Access
	At     time.Time
	Came   []string
	Gone   []string
	During bool // it changed while the vote was open: adding somebody then is for the bureau to know
}

// A Repair is an intervention that has begun.
type Repair struct {
	journal.Maintenance
	At time.Time
}

// repair is the intervention under way with this ticket.
func (s *State) repair(ticket string) (journal.Maintenance, error) {
	for _, r := range s.Repairs {
		if r.Ticket == ticket {
			return r.Maintenance, nil
		}
	}
	return journal.Maintenance{}, s.refuse(RuleRegister, nil, "no intervention %q has begun: its ticket comes first", ticket)
}

// Intervened enters that the intervention with this ticket has ended, as it was announced, but for the measures where others were taken.
func (o *Office) Intervened(ctx context.Context, ticket, measures string) (*journal.Entry, error) {
	s, err := o.State(ctx)
	if err != nil {
		return nil, err
	}
	done, err := s.repair(ticket)
	if err != nil {
		return nil, err
	}
	done.Measures = cmp.Or(measures, done.Measures)
	return o.Say(ctx, journal.InterventionEnd{Maintenance: done})
}

// A Check is what an integrity check gave, and when.
type Check struct {
	journal.Checked
	At time.Time
}

// A Standing is an alert that is not over, named by the digest of its text.
type Standing struct {
	journal.Alert
	Name scrutin.Digest
	At   time.Time
	Seen []string // members who have said that they saw it, in their order
}

// register takes in the entries of registers.
func (s *State) register(e *journal.Entry) {
	by, at := e.Statement.By, e.Time.Time
	switch b := e.Statement.Body.(type) {
	case journal.Custody:
		i := slices.IndexFunc(s.Media, func(m Medium) bool { return m.Medium == b.Medium })
		if i < 0 {
			i = len(s.Media)
			s.Media = append(s.Media, Medium{})
		}
		line := Medium{b, by, at, s.Media[i].Tested}
		if b.State == journal.Tested {
			line.Tested = at
		}
		s.Media[i] = line
	case journal.Access:
		list := Accessed{Access: b, At: at, During: s.votingAt(at)}
		i := slices.IndexFunc(s.Accesses, func(a Accessed) bool { return a.Processing == b.Processing })
		if i < 0 {
			list.Came = b.List
			s.Accesses = append(s.Accesses, list)
			return
		}
		list.Came, list.Gone = without(b.List, s.Accesses[i].List), without(s.Accesses[i].List, b.List)
		s.Accesses[i] = list
	case journal.Checked:
		s.Checked = &Check{b, at}
	case journal.Alert:
		s.Alerts = append(s.Alerts, Standing{Alert: b, Name: e.Text, At: at})
	case journal.Acknowledged:
		if i := slices.IndexFunc(s.Alerts, func(a Standing) bool { return a.Name == b.Alert }); i >= 0 {
			s.Alerts[i].Seen = append(slices.Clip(s.Alerts[i].Seen), by)
		}
	case journal.AlertEnd:
		s.Alerts = slices.DeleteFunc(s.Alerts, func(a Standing) bool { return a.Name == b.Alert })
	case journal.Intervention:
		s.Repairs = append(s.Repairs, Repair{b.Maintenance, at})
	case journal.InterventionEnd:
		s.Repairs = slices.DeleteFunc(s.Repairs, func(r Repair) bool { return r.Ticket == b.Ticket })
	}
}

// without is the list without those of another.
func without(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(x string) bool { return slices.Contains(other, x) })
}

// Missing are the media that were taken out and have not been seen since, nor declared lost.
func (s *State) Missing() []Medium {
	return slices.DeleteFunc(slices.Clone(s.Media), func(m Medium) bool { return m.State != journal.Out })
}

// untested are the media that opened the test text before the vote, and have not done so again since it was opened, nor are lost.
func (s *State) untested() []Medium {
	opened := s.last(scrutin.ActOpen)
	return slices.DeleteFunc(slices.Clone(s.Media), func(m Medium) bool {
		return opened == nil || m.Tested.IsZero() || m.State == journal.Lost || !m.Tested.Before(opened.Time.Time)
	})
}

// A Rate is what came of the messages of one channel in one country, by one operator.
type Rate struct {
	journal.DeliveryRow
	Go bool
}

// DeliveredOfAll and DeliveredOfEach are the parts of messages that must have arrived before the vote opens, in hundredths: of all, and of each channel of each country and operator
// that has enough of them to say something. Two elections were annulled where fewer than four in ten text messages arrived (Conseil
// constitutionnel, 2022-5813/5814 AN and 2022-5760 AN).
const (
	DeliveredOfAll  = 95
	DeliveredOfEach = 80
	SentToCount     = 20
)

// Rates judges the last report of delivery: each row, and the whole. Without a report it is no go.
func (s *State) Rates() (rows []Rate, overall bool) {
	if s.Delivery == nil || len(s.Delivery.Rows) == 0 {
		return nil, false
	}
	sent, delivered := 0, 0
	overall = true
	for _, r := range s.Delivery.Rows {
		rate := Rate{r, r.Sent < SentToCount || 100*r.Delivered >= DeliveredOfEach*r.Sent}
		overall = overall && rate.Go
		sent, delivered = sent+r.Sent, delivered+r.Delivered
		rows = append(rows, rate)
	}
	return rows, overall && 100*delivered >= DeliveredOfAll*sent
}
