package bve

import (
	"testing"

	"isoloir/keyceremony"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// Between the motion that adopts the ceremony and the act, no message makes the run void: the service takes none, and what somebody puts into the
// record by another way ends the motion before it is written.
func TestSealBesideTheMotion(t *testing.T) {
	b := world(t)
	b.until(scrutin.ActCeremony)
	if err := b.state().TakesMessage(keyceremony.SealStep); err != nil {
		t.Errorf("before the motion: %v", err)
	}
	name, err := b.move(scrutin.ActCeremony, scrutin.ActBody{})
	if err != nil {
		t.Fatal(err)
	}
	refused(t, b.state().TakesMessage(keyceremony.SealStep), RuleMissing)
	if err := b.state().TakesMessage(keyceremony.RehearsalStep1); err != nil {
		t.Errorf("a rehearsal, which changes no ceremony: %v", err)
	}
	if err := b.support(name, four...); err != nil {
		t.Fatal(err)
	}
	data, err := b.Record.Read(record.Ceremony(1, string(keyceremony.SealStep), "member-3"), note.MaxSize)
	if err != nil {
		t.Fatal(err)
	}
	text, err := note.Text(data)
	if err != nil {
		t.Fatal(err)
	}
	var seal keyceremony.Seal
	if err := canon.Unmarshal([]byte(text), &seal); err != nil {
		t.Fatal(err)
	}
	seal.Key = seal.Clauses[0].Holders[0].Key
	if data, err = keyceremony.Sign(&seal, b.signers["member-3"]); err != nil {
		t.Fatal(err)
	}
	if err := b.Record.Write(record.CeremonyAgain(1, string(keyceremony.SealStep), "member-3"), data); err != nil {
		t.Fatal(err)
	}
	refused(t, b.Adopt(ctx, "member-1", name), RuleFigures)
	if m, _ := b.state().Motion(name); m.Outcome != Lapsed {
		t.Errorf("the motion is %s", m.Outcome)
	}
}
