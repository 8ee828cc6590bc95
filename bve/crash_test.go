package bve

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"isoloir/bve/journal"
	"isoloir/record"
	"isoloir/scrutin"
)

// An act that was written while the service stopped is found when it starts again, once.
func TestCrash(t *testing.T) {
	b := world(t)
	b.open(four...)
	name, err := b.move(scrutin.ActConstitute, scrutin.ActBody{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.support(name, four...); err != nil {
		t.Fatal(err)
	}
	down := errors.New("the power is out")
	b.store.fail = func(journal.Row) error { return down }
	if err := b.Adopt(ctx, "member-1", name); !errors.Is(err, down) {
		t.Fatal(err)
	}
	if !b.Record.Exists(record.Act(1, scrutin.ActConstitute)) {
		t.Fatal("the act is not in the record")
	}
	b.store.fail = nil
	b.again()
	for range 2 {
		s := b.state()
		m, _ := s.Motion(name)
		if m.Outcome != Adopted || !m.Said || s.Procedure.Seq() != 1 {
			t.Fatalf("%+v", m)
		}
		if err := b.Adopt(ctx, "member-2", name); err != nil { // asked again it answers the same
			t.Fatal(err)
		}
		b.again()
	}
	said := 0
	for _, e := range b.Office.Journal().Entries(0) {
		if e.Statement.Body.Kind() == "adopted" {
			said++
		}
	}
	if said != 1 {
		t.Errorf("the journal says %d times that it was adopted", said)
	}
	if _, err := b.Say(ctx, journal.Lapsed{Motion: name, Reason: "non"}); !errors.Is(err, RuleRegister) {
		t.Errorf("an act of the record is said to have lapsed: %v", err)
	}
}

// Two processes over one record and one journal write an act once.
func TestTwoProcesses(t *testing.T) {
	b := world(t)
	b.open(four...)
	name, err := b.move(scrutin.ActConstitute, scrutin.ActBody{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.support(name, four...); err != nil {
		t.Fatal(err)
	}
	first := b.Office
	b.again()
	var all sync.WaitGroup
	for _, o := range []*Office{first, b.Office, first, b.Office} {
		all.Go(func() {
			if err := o.Adopt(ctx, "member-1", name); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	said := 0
	for _, r := range b.store.rows[b.Fingerprint] {
		if strings.Contains(string(r.Note), `"kind": "adopted"`) {
			said++
		}
	}
	if s := b.state(); said != 1 || s.Procedure.Seq() != 1 {
		t.Errorf("said %d times, %d acts", said, s.Procedure.Seq())
	}
}
