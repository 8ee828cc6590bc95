package bve

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
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

// adopt writes a note at each path, as the party of the procedure would, and names them.
func adopt(t *testing.T, b *Bureau, rec *record.Writer, party note.Signer, paths ...string) []scrutin.Adopted {
	t.Helper()
	for _, p := range paths {
		data, err := note.Sign(p+"\n", party)
		if err != nil {
			t.Fatal(err)
		}
		if err := rec.Write(p, data); err != nil {
			t.Fatal(err)
		}
	}
	adopted, err := b.Adopted(paths...)
	if err != nil {
		t.Fatal(err)
	}
	return adopted
}

// Every kind of act, in a procedure of two urns, one of which holds fewer ballots than may be opened without an act.
func TestWholeProcedure(t *testing.T) {
	f, rec, b, now := bureau(t)
	m, party := f.Manifest, f.Signers["contents"]
	if err := b.Sit(f.Signers["member-1"], f.Signers["member-2"], f.Signers["member-3"]); err != nil {
		t.Fatal(err)
	}
	found := func(first, second int) []scrutin.Finding {
		return []scrutin.Finding{{Urn: "urn-1", Marks: first, Ballots: first}, {Urn: "urn-2", Marks: second, Ballots: second}}
	}
	stages := func(path func(int) string) (paths []string) {
		for i := range m.Mixers {
			paths = append(paths, path(i+1))
		}
		return paths
	}
	digest := func(path string) []scrutin.Adopted {
		return []scrutin.Adopted{{Path: path, SHA256: scrutin.DigestOf([]byte(path))}}
	}
	reason, opinion := "the line was cut for an hour", "heard: no objection"
	open, later := m.Schedule.Open.Time, scrutin.TimeOf(m.Schedule.Close.Add(2*time.Hour))
	acts := []struct {
		kind string
		at   time.Time // zero: a minute later
		body func() scrutin.ActBody
	}{
		{kind: scrutin.ActConstitute, body: func() scrutin.ActBody {
			a, err := b.Adopted(record.Manifest)
			if err != nil {
				t.Fatal(err)
			}
			return scrutin.ActBody{Adopts: a}
		}},
		{kind: scrutin.ActCeremony, body: func() scrutin.ActBody { return scrutin.ActBody{Adopts: digest(scrutin.AdoptCeremony)} }},
		{kind: scrutin.ActRehearse, body: func() scrutin.ActBody {
			return scrutin.ActBody{Adopts: adopt(t, b, rec, party, record.Ceremony(1, "rehearsal-1", "member-1"))}
		}},
		{kind: scrutin.ActEnrol, body: func() scrutin.ActBody {
			return scrutin.ActBody{Adopts: adopt(t, b, rec, party, record.Enrolment("issuer-1"), record.Enrolment("issuer-2"))}
		}},
		{kind: scrutin.ActAnonymise, body: func() scrutin.ActBody {
			return scrutin.ActBody{Adopts: adopt(t, b, rec, party, stages(record.Anonymisation)...)}
		}},
		{kind: scrutin.ActOpen, body: func() scrutin.ActBody {
			return scrutin.ActBody{Adopts: adopt(t, b, rec, party, record.Opening), Found: found(0, 0)}
		}},
		{kind: scrutin.ActSuspend, at: open.Add(time.Hour), body: func() scrutin.ActBody { return scrutin.ActBody{Reason: reason, Opinion: opinion} }},
		{kind: scrutin.ActResume, body: func() scrutin.ActBody { return scrutin.ActBody{Reason: reason, Opinion: opinion} }},
		{kind: scrutin.ActExtend, body: func() scrutin.ActBody { return scrutin.ActBody{Close: later, Reason: reason, Opinion: opinion} }},
		{kind: scrutin.ActAddendum, body: func() scrutin.ActBody {
			return scrutin.ActBody{Adopts: digest(scrutin.AdoptClient), Reason: reason, Opinion: opinion}
		}},
		{kind: scrutin.ActClose, at: later.Add(time.Hour), body: func() scrutin.ActBody { return scrutin.ActBody{Found: found(4, 20)} }},
		{kind: scrutin.ActAppend, body: func() scrutin.ActBody {
			return scrutin.ActBody{Adopts: digest("log/urn-1"), Reason: reason, Opinion: opinion}
		}},
		{kind: scrutin.ActSeal, body: func() scrutin.ActBody {
			return scrutin.ActBody{Found: found(5, 20),
				Adopts: adopt(t, b, rec, party, record.Seal("urn-1"), record.Roll("urn-1"), record.Seal("urn-2"), record.Roll("urn-2"))}
		}},
		{kind: scrutin.ActOpenSmall, body: func() scrutin.ActBody { return scrutin.ActBody{Cells: []string{"urn-1"}, Reason: reason} }},
		{kind: scrutin.ActMix, body: func() scrutin.ActBody {
			return scrutin.ActBody{Adopts: adopt(t, b, rec, party, stages(record.Mix)...)}
		}},
		{kind: scrutin.ActDecrypt, body: func() scrutin.ActBody {
			return scrutin.ActBody{Adopts: adopt(t, b, rec, party, record.Shares("quorum", "member-2"), record.Shares("quorum", "member-3"), record.Shares("quorum", "member-4"))}
		}},
		{kind: scrutin.ActProclaim, body: func() scrutin.ActBody { return scrutin.ActBody{Adopts: adopt(t, b, rec, party, record.Result)} }},
	}
	seen := map[string]bool{}
	for i, act := range acts {
		seen[act.kind] = true
		if *now = now.Add(time.Minute); !act.at.IsZero() {
			*now = act.at
		}
		body := act.body()
		for _, other := range acts {
			if slices.Contains(b.Procedure().Next(), other.kind) {
				continue
			}
			if _, err := b.Act(other.kind, scrutin.ActBody{}); !errors.Is(err, scrutin.RuleOrder) {
				t.Fatalf("%s in the place of %s: %v", other.kind, act.kind, err)
			}
		}
		last, err := b.Act(act.kind, body)
		if err != nil {
			t.Fatalf("%s: %v", act.kind, err)
		}
		if last != b.Procedure().Last() || b.Procedure().Seq() != i+1 || !rec.Exists(record.Act(i+1, act.kind)) {
			t.Fatalf("%s is not act %d of the record", act.kind, i+1)
		}
		again, err := New(m, f.Fingerprint, rec, func() time.Time { return *now })
		if err != nil {
			t.Fatalf("after %s: %v", act.kind, err)
		}
		if !reflect.DeepEqual(again.Procedure(), b.Procedure()) {
			t.Fatalf("after %s, who takes the record up is not where the bureau is", act.kind)
		}
	}
	if !b.Procedure().Proclaimed() || len(seen) != 17 {
		t.Fatalf("the procedure is not at its end after %d kinds of act", len(seen))
	}
}

// An act that cannot be written was not adopted: the bureau is where it was, and can do it again.
func TestUnwrittenActIsNotAdopted(t *testing.T) {
	f, rec, b, _ := bureau(t)
	if err := b.Sit(f.Signers["member-1"], f.Signers["member-2"], f.Signers["member-3"]); err != nil {
		t.Fatal(err)
	}
	path := record.Act(1, scrutin.ActConstitute)
	if err := rec.Write(path, []byte("something else\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Adopt(scrutin.ActConstitute, record.Manifest); !errors.Is(err, record.ErrDifferent) {
		t.Fatalf("error %v, want that of the record", err)
	}
	if p := b.Procedure(); p.Seq() != 0 || !p.Last().IsZero() {
		t.Fatalf("act %d counts as adopted", p.Seq())
	}
	if err := os.Remove(filepath.Join(rec.Dir(), filepath.FromSlash(path))); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Adopt(scrutin.ActConstitute, record.Manifest); err != nil {
		t.Fatal(err)
	}
	if b.Procedure().Seq() != 1 {
		t.Fatal("the act is not the first one")
	}
}

// What is to be adopted must be there, and be a note.
func TestNothingElseIsAdopted(t *testing.T) {
	f, rec, b, _ := bureau(t)
	if err := b.Sit(f.Signers["member-1"], f.Signers["member-2"], f.Signers["member-3"]); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Adopt(scrutin.ActEnrol, record.Enrolment("issuer-1")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a record that is not there: %v", err)
	}
	if err := rec.Write(record.Enrolment("issuer-1"), []byte("no note")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Adopt(scrutin.ActEnrol, record.Enrolment("issuer-1")); err == nil {
		t.Error("a file that is no note is adopted")
	}
	if b.Procedure().Seq() != 0 {
		t.Error("an act was adopted")
	}
}

// A record whose acts do not hold is not gone on with.
func TestBrokenRecordIsNotTakenUp(t *testing.T) {
	f, rec, b, now := bureau(t)
	if err := b.Sit(f.Signers["member-1"], f.Signers["member-2"], f.Signers["member-3"]); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Adopt(scrutin.ActConstitute, record.Manifest); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(rec.Dir(), filepath.FromSlash(record.Act(1, scrutin.ActConstitute)))
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"cut":        data[:len(data)-10],
		"changed":    bytes.Replace(data, []byte("member-1"), []byte("member-4"), 1),
		"not signed": data[:bytes.Index(data, []byte("\n\n"))+2],
		"empty":      nil,
	} {
		if err := os.WriteFile(path, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := New(f.Manifest, f.Fingerprint, rec, func() time.Time { return *now }); err == nil {
			t.Errorf("an act that is %s is taken up", name)
		}
	}
}
