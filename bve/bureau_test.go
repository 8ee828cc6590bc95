package bve

import (
	"errors"
	"testing"
	"time"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

func bureau(t *testing.T) (*scrutintest.Fixture, *record.Writer, *Bureau, *time.Time) {
	t.Helper()
	f := scrutintest.New(t, scrutintest.Options{})
	rec, err := record.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := rec.Write(record.Manifest, f.Bytes); err != nil {
		t.Fatal(err)
	}
	now := f.Manifest.Schedule.Open.AddDate(0, 0, -7)
	b, err := New(f.Manifest, f.Fingerprint, rec, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	return f, rec, b, &now
}

func TestNoActOutsideASession(t *testing.T) {
	_, rec, b, _ := bureau(t)
	if _, err := b.Adopt(scrutin.ActConstitute, record.Manifest); err == nil {
		t.Fatal("an act was adopted with nobody present")
	}
	if files, _ := rec.List(); len(files) != 1 {
		t.Fatalf("the record holds %v", files)
	}
}

func TestOnlyMembersSit(t *testing.T) {
	f, _, b, _ := bureau(t)
	if err := b.Sit(f.Signers["member-1"], f.Signers["mixer-1"]); err == nil {
		t.Fatal("a mixer sits in the bureau")
	}
	if err := b.Sit(f.Signers["member-1"], f.Signers["member-1"]); err == nil {
		t.Fatal("a member sits twice")
	}
}

func TestRefusedActsLeaveNoTrace(t *testing.T) {
	f, rec, b, now := bureau(t)
	if err := b.Sit(f.Signers["member-1"], f.Signers["member-2"]); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Adopt(scrutin.ActConstitute, record.Manifest); !errors.Is(err, scrutin.RuleQuorum) {
		t.Fatalf("two of four members: %v, want the rule of the quorum", err)
	}
	if err := b.Sit(f.Signers["member-3"], f.Signers["member-1"], f.Signers["member-2"]); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Act(scrutin.ActClose, scrutin.ActBody{}); !errors.Is(err, scrutin.RuleOrder) {
		t.Fatalf("close first: %v, want the rule of order", err)
	}
	if files, _ := rec.List(); len(files) != 1 {
		t.Fatalf("refused acts left %v", files)
	}
	if _, err := b.Adopt(scrutin.ActConstitute, record.Manifest); err != nil {
		t.Fatal(err)
	}

	again, err := New(f.Manifest, f.Fingerprint, rec, func() time.Time { return *now })
	if err != nil {
		t.Fatal(err)
	}
	if again.Procedure().Last() != b.Procedure().Last() {
		t.Fatal("a bureau that takes the record up again is not where the first one was")
	}
	if err := again.Sit(f.Signers["member-1"], f.Signers["member-2"], f.Signers["member-3"]); err != nil {
		t.Fatal(err)
	}
	*now = now.Add(-time.Hour)
	if _, err := again.Act(scrutin.ActCeremony, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: scrutin.AdoptCeremony, SHA256: scrutin.DigestOf([]byte("keys"))}}}); !errors.Is(err, scrutin.RuleTime) {
		t.Fatalf("an act before the previous one: %v, want the rule of time", err)
	}
	*now = now.Add(2 * time.Hour)
	if _, err := again.Act(scrutin.ActCeremony, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: scrutin.AdoptCeremony, SHA256: scrutin.DigestOf([]byte("keys"))}}}); err != nil {
		t.Fatal(err)
	}
}
