package space_test

import (
	"errors"
	"testing"

	"isoloir/scrutin"
	"isoloir/space"
	"isoloir/space/spacetest"
)

// TestRegistration: who asks comes once with a reference, staff decides with a reason, and what is kept afterwards is by whom
// somebody is found again, without an address or a day. One person has one card, whatever the accents.
func TestRegistration(t *testing.T) {
	w := spacetest.New(t, scrutin.Real, scrutin.Real)
	publisher, editor, author := w.Person("Nadia Bensaïd", space.Publisher, ""), w.Person("Paul", space.Editor, ""), w.Person("Les Amis", space.Author, "")
	s := w.Space
	ask := func(name, born string) string {
		t.Helper()
		id, err := s.Register(ctx, name, born, "nord", "3 rue du Lac")
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	if _, err := s.Register(ctx, "Anne Petit", "1980-05-30", "nord", "3 rue du Lac"); !errors.Is(err, space.ErrUnknown) {
		t.Errorf("while it is closed: %v", err)
	}
	if err := s.Turn(ctx, editor); !errors.Is(err, space.ErrRole) {
		t.Error(err)
	}
	if err := s.Turn(ctx, publisher); err != nil {
		t.Fatal(err)
	}
	var found space.Problems
	for field, form := range map[string][4]string{"name": {" ", "1980-05-30", "nord", "x"}, "born": {"Anne", "2080-05-30", "nord", "x"}, "constituency": {"Anne", "1980-05-30", "lune", "x"}, "address": {"Anne", "1980-05-30", "nord", ""}} {
		if _, err := s.Register(ctx, form[0], form[1], form[2], form[3]); !errors.As(err, &found) || len(found) != 1 || found[0].Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	first, twin, late := ask("Hélène  PETIT-Roy", "1980-05-30"), ask("helene petit roy", "1980-05-30"), ask("Hélène Petit Roy", "1981-05-30")
	if err := s.Decide(ctx, author, first, true, "carte d’identité"); !errors.Is(err, space.ErrRole) {
		t.Error(err)
	}
	if err := s.Decide(ctx, editor, first, true, " "); !errors.As(err, &found) || found[0].Code != "decided-why" {
		t.Error(err)
	}
	if err := s.Decide(ctx, editor, first, true, "carte d’identité"); err != nil {
		t.Fatal(err)
	}
	if err := s.Decide(ctx, editor, twin, true, "passeport"); !errors.As(err, &found) || found[0].Code != "registered" {
		t.Errorf("a second card: %v", err)
	}
	if err := errors.Join(s.Decide(ctx, editor, twin, false, "a déjà une carte"), s.Decide(ctx, publisher, late, true, "passeport")); err != nil {
		t.Fatal(err)
	}
	if err := s.Decide(ctx, editor, first, false, "non"); !errors.Is(err, space.ErrUnknown) {
		t.Errorf("decided twice: %v", err)
	}
	ask("Jean Attend", "1970-01-01")
	all, err := s.Registrations(ctx)
	if err != nil || len(all) != 4 {
		t.Fatal(all, err)
	}
	for _, r := range all {
		if (r.Address != "") != (r.State == space.Asked) || (r.Day == 0) != (r.State == space.Accepted) || r.State != space.Asked && (r.By == "" || r.Reason == "") {
			t.Errorf("%+v", r)
		}
	}
	w.At = w.At.AddDate(0, 0, 32)
	if all, err := s.Registrations(ctx); err != nil || len(all) != 2 || all[0].State != space.Accepted || all[1].State != space.Accepted {
		t.Errorf("a month later: %+v %v", all, err)
	}
}
