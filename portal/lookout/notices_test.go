package lookout_test

import (
	"slices"
	"testing"

	"isoloir/bve/journal"
)

// What had not left when the process died is told by the next one, and by that one alone once it has left; so is the end of an incident.
func TestDiedBeforeTelling(t *testing.T) {
	s := newSite(t)
	s.late = true
	s.states["roll"].Ready = false
	want := []string{"roll not-ready "}
	if heard := s.rounds(3); !slices.Equal(heard, want) {
		t.Fatalf("%v", heard)
	}
	s.start(t)
	if heard := s.rounds(3); !slices.Equal(heard, want) {
		t.Errorf("the next process tells %v", heard)
	}
	s.late = false
	s.start(t)
	if heard := s.rounds(3); !slices.Equal(heard, want) {
		t.Errorf("the third one, whose messages leave, tells %v", heard)
	}
	s.start(t)
	if heard := s.rounds(3); len(heard) != 0 {
		t.Errorf("what has left is told again: %v", heard)
	}
	s.late = true
	s.states["roll"].Ready = true
	s.rounds(4)
	s.late = false
	s.start(t)
	if heard := s.rounds(4); !slices.Equal(heard, []string{"roll not-ready  over"}) {
		t.Errorf("the end of it: %v", heard)
	}
}

// A carrier that takes a message late has it kept as told then.
func TestLeftLate(t *testing.T) {
	s := newSite(t)
	s.late = true
	s.states["roll"].Ready = false
	s.rounds(2)
	for _, left := range s.left {
		left()
	}
	s.rounds(1)
	s.start(t)
	if heard := s.rounds(2); len(heard) != 0 {
		t.Errorf("%v", heard)
	}
}

// What another process has entered is told too.
func TestEnteredElsewhere(t *testing.T) {
	s := newSite(t)
	s.rounds(1)
	if _, err := s.Open(t).Say(ctx, 0, journal.Alert{What: journal.AlertUnwrap, Severity: journal.Critical, Source: "issuer-b"}); err != nil {
		t.Fatal(err)
	}
	if heard := s.rounds(2); !slices.Equal(heard, []string{"issuer-b unwrap "}) {
		t.Errorf("%v", heard)
	}
}

// S003-28-5: an intervention that another process has entered is told to the members within a round, and once; so is its end.
func TestIntervention(t *testing.T) {
	s := newSite(t)
	s.rounds(1)
	say := func(b journal.Body) {
		t.Helper()
		if _, err := s.Open(t).Say(ctx, 0, b); err != nil {
			t.Fatal(err)
		}
	}
	work := journal.Maintenance{Ticket: "T-17", Who: "Ada", Why: "disk", Measures: "enlarge", Data: "none"}
	s.late = true
	say(journal.Intervention{Maintenance: work})
	begun := []string{"T-17 of Ada"}
	if heard := s.rounds(1); !slices.Equal(heard, begun) {
		t.Fatalf("%v", heard)
	}
	if heard := s.rounds(2); len(heard) != 0 {
		t.Errorf("again: %v", heard)
	}
	s.late = false
	s.start(t)
	if heard := s.rounds(2); !slices.Equal(heard, begun) {
		t.Errorf("what had not left is not told by the next process: %v", heard)
	}
	s.start(t)
	if heard := s.rounds(2); len(heard) != 0 {
		t.Errorf("what has left is told again: %v", heard)
	}
	say(journal.InterventionEnd{Maintenance: work})
	if heard := s.rounds(2); !slices.Equal(heard, []string{"T-17 of Ada over"}) {
		t.Errorf("its end: %v", heard)
	}
	s.start(t)
	if heard := s.rounds(2); len(heard) != 0 {
		t.Errorf("its end is told again: %v", heard)
	}
}
