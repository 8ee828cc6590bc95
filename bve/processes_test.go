package bve

import (
	"errors"
	"testing"
	"time"

	"isoloir/record"
	"isoloir/scrutin"
)

// beside is the office as another process has it, over the same record and journal.
func (b *table) beside() *table {
	b.Helper()
	other := *b
	other.again()
	return &other
}

// Of two processes that write an act of one number, the second is refused, whatever its type: by command, where each holds the procedure it has read.
func TestTwoCommands(t *testing.T) {
	b := world(t)
	b.until(scrutin.ActEnrol)
	now := func() time.Time { return b.at }
	var both []*Bureau
	for range 2 {
		rec, err := record.Beside(b.dir)
		if err != nil {
			t.Fatal(err)
		}
		defer rec.Close()
		one, err := New(b.Manifest, b.Fingerprint, rec, now)
		if err != nil {
			t.Fatal(err)
		}
		if err := one.Sit(b.signers["member-1"], b.signers["member-2"], b.signers["member-3"]); err != nil {
			t.Fatal(err)
		}
		both = append(both, one)
	}
	if _, err := both[0].Act(scrutin.ActAnnul, scrutin.ActBody{Reason: "un motif"}); err != nil {
		t.Fatal(err)
	}
	if _, err := both[1].Adopt(scrutin.ActEnrol, record.Enrolment(b.Manifest.Issuers[0].ID), record.Enrolment(b.Manifest.Issuers[1].ID)); !errors.Is(err, record.ErrDifferent) {
		t.Errorf("another act of the same number: %v", err)
	}
	if s := b.state(); s.Acts()[len(s.Acts())-1].Type != scrutin.ActAnnul {
		t.Errorf("the last act is %s", s.Acts()[len(s.Acts())-1].Type)
	}
}

// An office that was held up between looking and writing keeps others from writing meanwhile: the motion that comes after finds its act.
func TestTwoOffices(t *testing.T) {
	b := world(t)
	b.until(scrutin.ActEnrol)
	name, err := b.move(scrutin.ActEnrol, scrutin.ActBody{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.support(name, four[:3]...); err != nil {
		t.Fatal(err)
	}
	other := b.beside()
	done := make(chan error)
	if err := b.Bring(ctx, func(*State) error {
		go func() { done <- other.Adopt(ctx, "member-1", name) }()
		select {
		case err := <-done:
			t.Errorf("an act was written while another process was alone with the record: %v", err)
			return err
		case <-time.After(50 * time.Millisecond):
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if err := b.support(name, "member-4"); !errors.Is(err, RuleMotion) {
		t.Errorf("a voice for what stands in the record: %v", err)
	}
	if err := b.Adopt(ctx, "member-2", name); err != nil {
		t.Errorf("asked again, of the first: %v", err)
	}
	if acts, err := b.Record.Acts(); err != nil || len(acts) != len(b.state().Acts()) {
		t.Errorf("%d acts, %v", len(acts), err)
	}
}
