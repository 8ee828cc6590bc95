package lookout_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/bve/journal/journaltest"
	"isoloir/bve/journal/sqlite"
	"isoloir/portal/lookout"
	"isoloir/portal/oversight"
	"isoloir/scrutin"
)

var ctx = context.Background()

// site is a roll, an urn and an issuer that answer what the test wants, and who hears of incidents.
type site struct {
	*journaltest.Bench
	journal *journal.Journal
	states  map[string]*oversight.State
	away    map[string]bool
	way     time.Duration
	alerts  []oversight.Alert // of the urn
	rows    []oversight.DeliveryRow
	program scrutin.Digest
	opened  bool
	store   *failing

	late   bool     // carriers do not take what they are given
	left   []func() // what has not left then
	heard  []string
	failed int
	look   *lookout.Lookout
}

// failing is a store that can be away.
type failing struct {
	journal.Store
	away bool
}

var errAway = errors.New("away")

func (f *failing) Append(ctx context.Context, d scrutin.Digest, r journal.Row) error {
	if f.away {
		return errAway
	}
	return f.Store.Append(ctx, d, r)
}

func newSite(t *testing.T) *site {
	t.Helper()
	store, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "bureau.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Shut() })
	f := &failing{Store: store}
	s := &site{Bench: journaltest.NewBench(t, f), store: f, states: map[string]*oversight.State{}, away: map[string]bool{}, opened: true, program: scrutin.DigestOf([]byte("program"))}
	for _, r := range []string{"roll", "urn", "issuer-a"} {
		s.states[r] = &oversight.State{Role: r, Program: s.program, Ready: true, Disks: []oversight.Disk{{Name: "directory", Used: 40}}}
	}
	s.start(t)
	return s
}

// start is that of another process.
func (s *site) start(t *testing.T) {
	s.journal = s.Open(t)
	var roles []lookout.Role
	for _, name := range []string{"roll", "urn", "issuer-a"} {
		r := lookout.Role{Name: name, State: func(context.Context) (*oversight.State, time.Duration, error) {
			if s.away[name] {
				return nil, 0, errAway
			}
			state := *s.states[name]
			state.Clock += s.At.UnixMilli()
			return &state, s.way, nil
		}}
		if name == "urn" {
			r.Alerts = func(_ context.Context, since time.Time) ([]oversight.Alert, error) {
				return slices.DeleteFunc(slices.Clone(s.alerts), func(a oversight.Alert) bool { return a.Time.Before(since) }), nil
			}
		}
		if name == "issuer-a" {
			r.Delivery = func(context.Context) (*oversight.Delivery, error) { return &oversight.Delivery{Rows: s.rows}, nil }
		}
		roles = append(roles, r)
	}
	s.look = lookout.New(lookout.Config{Roles: roles, Journal: s.journal, Program: func() scrutin.Digest { return s.program }, Opened: func() bool { return s.opened }, Now: func() time.Time { return s.At },
		Failed: func(error) { s.failed++ }, Store: s.Store, Fingerprint: s.Fingerprint,
		Tell: func(all []lookout.Incident, left func()) {
			if s.left = append(s.left, left); !s.late {
				left()
			}
			for _, i := range all {
				over := ""
				if i.Over {
					over = " over"
				}
				if i.Work != nil {
					s.heard = append(s.heard, i.Work.Ticket+" of "+i.Work.Who+over)
					continue
				}
				s.heard = append(s.heard, fmt.Sprintf("%s %s %s%s", i.Source, i.What, i.Detail, over))
			}
		}})
}

// rounds lets so many rounds pass, and says who heard what meanwhile.
func (s *site) rounds(n int) (heard []string) {
	s.heard = nil
	for range n {
		s.At = s.At.Add(lookout.Every)
		s.look.Round(ctx)
	}
	return s.heard
}

// entered are the alerts of the journal, in their order.
func (s *site) entered() (all []string) {
	names := map[scrutin.Digest]string{}
	for _, e := range s.journal.Entries(0) {
		switch b := e.Statement.Body.(type) {
		case journal.Alert:
			names[e.Text] = b.Source + " " + b.What + " " + b.Detail
			all = append(all, names[e.Text])
		case journal.AlertEnd:
			all = append(all, names[b.Alert]+" over")
		}
	}
	return all
}

// TestIncidents: C26-2-04.
func TestIncidents(t *testing.T) {
	for name, c := range map[string]struct {
		wrong, right func(*site)
		want         string
		rounds       int // until it is told
	}{
		"a role is silent":    {func(s *site) { s.away["urn"] = true }, func(s *site) { s.away["urn"] = false }, "urn silent ", 2},
		"another one answers": {func(s *site) { s.states["urn"].Role = "roll" }, func(s *site) { s.states["urn"].Role = "urn" }, "urn silent ", 2},
		"it is not ready":     {func(s *site) { s.states["roll"].Ready = false }, func(s *site) { s.states["roll"].Ready = true }, "roll not-ready ", 1},
		"its clock is ahead":  {func(s *site) { s.states["roll"].Clock = 1100 }, func(s *site) { s.states["roll"].Clock = 900 }, "roll clock ", 1},
		"its clock is behind": {func(s *site) { s.states["roll"].Clock = -1100 }, func(s *site) { s.states["roll"].Clock = 0 }, "roll clock ", 1},
		"its secret was out":  {func(s *site) { s.states["urn"].Unwrapped = true }, func(s *site) { s.states["urn"].Unwrapped = false }, "urn unwrap ", 1},
		"its disk is full":    {func(s *site) { s.states["urn"].Disks[0].Used = 91 }, func(s *site) { s.states["urn"].Disks[0].Used = 90 }, "urn disk directory", 1},
		"another program":     {func(s *site) { s.states["urn"].Program = scrutin.Digest{1} }, func(s *site) { s.states["urn"].Program = s.program }, "urn program " + scrutin.Digest{1}.String(), 1},
		"codes do not arrive": {func(s *site) {
			s.rows = []oversight.DeliveryRow{{Channel: "email", Sent: 60, Delivered: 40, Bounced: 20}}
		}, func(s *site) { s.rows[0].Sent = 400 }, "issuer-a delivery email", 1},
		"in another country so": {func(s *site) {
			s.rows = []oversight.DeliveryRow{{Channel: "sms", Country: "FR", Sent: 30}, {Channel: "sms", Country: "CH", Sent: 20, Bounced: 20}}
		}, func(s *site) { s.rows = nil }, "issuer-a delivery sms", 1},
	} {
		s := newSite(t)
		if heard := s.rounds(3); len(heard) != 0 {
			t.Errorf("%s: before it %v", name, heard)
		}
		c.wrong(s)
		if c.rounds > 1 {
			if heard := s.rounds(c.rounds - 1); len(heard) != 0 {
				t.Errorf("%s: told too early: %v", name, heard)
			}
		}
		if heard := s.rounds(1); !slices.Equal(heard, []string{c.want}) {
			t.Errorf("%s: %q, want %q", name, heard, c.want)
		}
		if heard := s.rounds(3); len(heard) != 0 {
			t.Errorf("%s: told again: %v", name, heard)
		}
		s.start(t) // another process: the incident lasts
		if heard := s.rounds(3); len(heard) != 0 {
			t.Errorf("%s: told again by the next process: %v", name, heard)
		}
		c.right(s)
		if heard := s.rounds(2); len(heard) != 0 {
			t.Errorf("%s: over too early: %v", name, heard)
		}
		if heard := s.rounds(2); !slices.Equal(heard, []string{c.want + " over"}) {
			t.Errorf("%s: at its end %v", name, heard)
		}
		if got := s.entered(); !slices.Equal(got, []string{c.want, c.want + " over"}) {
			t.Errorf("%s: the journal has %v", name, got)
		}
		c.wrong(s)
		if heard := s.rounds(c.rounds); !slices.Equal(heard, []string{c.want}) {
			t.Errorf("%s: the second time %v", name, heard)
		}
	}
}

// A slow way does not make a clock wrong, nor few messages a collapse.
func TestNoIncident(t *testing.T) {
	s := newSite(t)
	s.way = 4 * time.Second
	s.states["roll"].Clock = -3900 // read when it left, at the latest
	s.rows = []oversight.DeliveryRow{{Channel: "email", Sent: 49, Bounced: 49}, {Channel: "sms", Sent: 1000, Delivered: 100, Bounced: 200, Pending: 5000}}
	s.program = scrutin.Digest{}
	for _, state := range s.states {
		state.Program = scrutin.Digest{2}
	}
	if heard := s.rounds(4); len(heard) != 0 {
		t.Errorf("%v", heard)
	}
}

// What roles tell of themselves is told once and lasts until they say that it is over; also where they are several processes.
func TestTold(t *testing.T) {
	s := newSite(t)
	begun := scrutin.TimeOf(s.At)
	at := func(minutes int) scrutin.Time { return scrutin.TimeOf(begun.Add(time.Duration(minutes) * time.Minute)) }
	leaf := func(minutes int, over bool) oversight.Alert {
		return oversight.Alert{Time: at(minutes), What: "integrity", Severity: "critical", Detail: "table leaf: changed", Over: over}
	}
	told := func(minutes int) string { return "urn integrity " + at(minutes).String() + " table leaf: changed" }
	s.alerts = []oversight.Alert{leaf(0, false), {Time: at(0), What: "integrity", Severity: "warning", Detail: "table head: unread"}}
	if heard := s.rounds(2); !slices.Equal(heard, []string{told(0), "urn integrity " + at(0).String() + " table head: unread"}) {
		t.Errorf("%v", heard)
	}
	s.start(t)
	if heard := s.rounds(5); len(heard) != 0 {
		t.Errorf("again: %v", heard)
	}
	s.alerts = append(s.alerts, leaf(3, true), leaf(5, false))
	if heard := s.rounds(3); !slices.Equal(heard, []string{told(0) + " over", told(5)}) {
		t.Errorf("%v", heard)
	}
	if got := s.entered(); len(got) != 4 || got[2] != told(0)+" over" {
		t.Errorf("the journal has %v", got)
	}
	s.start(t)
	if heard := s.rounds(3); len(heard) != 0 {
		t.Errorf("the next process tells again: %v", heard)
	}
	first := s.alerts
	s.alerts = []oversight.Alert{leaf(4, false)} // another process of the urn, which was slower
	if heard := s.rounds(1); !slices.Equal(heard, []string{told(4)}) {
		t.Errorf("of another process: %v", heard)
	}
	if s.alerts = first; len(s.rounds(2)) != 0 {
		t.Errorf("and the first one again: %v", s.heard)
	}
	s.alerts = append(s.alerts, oversight.Alert{Time: at(6), What: "gossip", Severity: "critical", Detail: "y"})
	if heard := s.rounds(2); !slices.Equal(heard, []string{"urn gossip " + at(6).String() + " y"}) {
		t.Errorf("what the journal does not take: %v", heard)
	}
	s.away["roll"] = true
	if heard := s.rounds(2); !slices.Equal(heard, []string{"roll silent "}) || s.failed > 0 {
		t.Errorf("and after it: %v, %d failed", heard, s.failed)
	}
}

// A process whose clock is ahead keeps nobody from hearing of the others, also when the watch was taken up anew.
func TestAhead(t *testing.T) {
	s := newSite(t)
	alert := func(at time.Time, detail string) oversight.Alert {
		return oversight.Alert{Time: scrutin.TimeOf(at), What: "integrity", Severity: "critical", Detail: detail}
	}
	told := func(a oversight.Alert) string { return "urn integrity " + a.Time.String() + " " + a.Detail }
	ahead := alert(s.At.Add(time.Hour), "ahead")
	s.alerts = []oversight.Alert{ahead}
	if heard := s.rounds(2); !slices.Equal(heard, []string{told(ahead)}) {
		t.Errorf("%v", heard)
	}
	now := alert(s.At, "of another process")
	s.alerts = []oversight.Alert{now}
	if heard := s.rounds(2); !slices.Equal(heard, []string{told(now)}) {
		t.Errorf("after one that is ahead: %v", heard)
	}
	s.start(t)
	later := alert(s.At, "later")
	s.alerts = []oversight.Alert{now, later}
	if heard := s.rounds(2); !slices.Equal(heard, []string{told(later)}) {
		t.Errorf("by the next process: %v", heard)
	}
}

// A journal that is away keeps nobody from being told; it is written when it is back.
func TestJournalAway(t *testing.T) {
	s := newSite(t)
	s.store.away = true
	s.away["urn"], s.states["roll"].Ready = true, false
	if heard := s.rounds(3); len(heard) != 2 {
		t.Errorf("%v", heard)
	}
	s.away["urn"] = false
	if heard := s.rounds(4); !slices.Equal(heard, []string{"urn silent  over"}) {
		t.Errorf("%v", heard)
	}
	if s.failed == 0 || len(s.entered()) != 0 {
		t.Errorf("%d failed, %v", s.failed, s.entered())
	}
	s.store.away = false
	s.rounds(1)
	if got := s.entered(); !slices.Equal(got, []string{"roll not-ready ", "urn silent ", "urn silent  over"}) {
		t.Errorf("%v", got)
	}
	if seen := s.look.Seen(); len(seen) != 3 || seen[1].Role != "urn" || seen[1].State == nil || seen[1].Answered != s.At {
		t.Errorf("%+v", seen)
	}
}
