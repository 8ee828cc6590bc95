package bve

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// insert puts a statement into the store, as somebody does who can write there: in its place of the chain, well signed.
func (b *table) insert(data []byte, at time.Time) {
	b.Helper()
	rows := b.store.rows[b.Fingerprint]
	_, name, err := journal.OpenStatement(data, b.Manifest, b.Fingerprint)
	if err != nil {
		b.Fatal(err)
	}
	place, flaws := journal.Verify(b.Manifest, b.Fingerprint, rows)
	if len(flaws) > 0 {
		b.Fatal(flaws)
	}
	stamp := scrutin.TimeOf(at)
	b.store.rows[b.Fingerprint] = append(rows, journal.Row{Number: place.Number + 1, Seconds: stamp.Unix(), Text: name, Head: place.Next(stamp, data), Note: data})
}

// service is a statement of the platform, signed with its key by who has it.
func (b *table) service(session int, body journal.Body) []byte {
	b.Helper()
	st := journal.Statement{Manifest: b.Fingerprint, By: b.Manifest.Platform.Contents.ID, Session: session, Time: scrutin.TimeOf(b.at), Nonce: journal.NewNonce(), Body: body}
	data, err := st.Sign(b.Signers["contents"])
	if err != nil {
		b.Fatal(err)
	}
	return data
}

// Whoever can write into the store, and has the platform's key, puts there what no member could have entered: the chain is whole and every signature
// holds, and the service does not go on, nor does the command verify it, which names the entry and the rule.
func TestInsertedRows(t *testing.T) {
	for name, c := range map[string]struct {
		rule error
		row  func(*table) []byte
	}{
		"a withheld arrival": {RuleSession, func(b *table) []byte { return b.signedBefore }},
		"what a technician says": {RuleOffice, func(b *table) []byte {
			return b.signed("technicien", journal.Observation{Who: "t", Quality: "member", Text: []string{"x"}})
		}},
		"the end of no intervention": {RuleRegister, func(b *table) []byte {
			return b.service(0, journal.InterventionEnd{Maintenance: journal.Maintenance{Ticket: "1", Who: "t", Why: "w", Measures: "m", Data: "d"}})
		}},
		"an adoption of nothing": {RuleRegister, func(b *table) []byte {
			return b.service(1, journal.Adopted{Motion: scrutin.DigestOf(nil), Path: "acts/0002-ceremony.note"})
		}},
		"a session of other days": {RuleSession, func(b *table) []byte { return b.service(7, journal.Invited{Member: "member-1"}) }},
		"an annex before the minutes": {RuleRegister, func(b *table) []byte {
			return b.service(0, journal.Observation{Who: "v", Quality: "voter", Text: []string{"x"}, Annex: true})
		}},
		"an expert's report by a member": {RuleOffice, func(b *table) []byte {
			return b.signed("member-2", journal.Report{Title: "x", SHA256: scrutin.DigestOf(nil), Size: 1})
		}},
		"a session opened by nobody who": {RuleSession, func(b *table) []byte { return b.signed("member-1", journal.SessionOpen{Purpose: "encore"}) }},
	} {
		t.Run(name, func(t *testing.T) {
			b := world(t)
			b.told("member-1", journal.SessionOpen{Purpose: "séance"})
			b.signedBefore = b.signed("member-2", journal.Present{})
			for _, m := range four {
				b.told(m, journal.Present{})
			}
			b.told("member-2", journal.Leave{})
			b.step(scrutin.ActConstitute)
			b.insert(c.row(b), b.at)
			rows := b.store.rows[b.Fingerprint]
			entries, err := journal.EntriesOf(b.Manifest, b.Fingerprint, rows)
			if err != nil {
				t.Fatal(err)
			}
			acts, err := b.Record.Acts()
			if err != nil {
				t.Fatal(err)
			}
			for _, acts := range [][][]byte{acts, ActsOf(entries)} {
				err := Judge(b.Manifest, b.Fingerprint, acts, entries)
				var found Misplaced
				if !errors.As(err, &found) || found.Number != len(rows) || !errors.Is(err, c.rule) {
					t.Fatalf("%v, expected entry %d and %v", err, len(rows), c.rule)
				}
				if fr := found.Sentence("fr"); !strings.HasPrefix(fr, "entrée ") || fr == found.Sentence("en") {
					t.Errorf("%q", fr)
				}
			}
			if _, err := b.State(ctx); !errors.Is(err, journal.ErrBroken) || !errors.Is(err, c.rule) {
				t.Errorf("the service at work: %v", err)
			}
			if _, err := OpenOffice(ctx, b.Office.Config); !errors.Is(err, journal.ErrBroken) || !errors.Is(err, c.rule) {
				t.Errorf("the service started again: %v", err)
			}
		})
	}
}

// A statement whose author was ahead of the clock at which it was entered has no place either.
func TestInsertedFuture(t *testing.T) {
	b := world(t)
	b.insert(b.service(0, journal.Invited{Member: "member-1"}), b.at.Add(-time.Hour))
	if _, err := b.State(ctx); !errors.Is(err, journal.ErrBroken) || !errors.Is(err, journal.ErrFuture) {
		t.Errorf("%v", err)
	}
	_, flaws := journal.Verify(b.Manifest, b.Fingerprint, b.store.rows[b.Fingerprint])
	if !slices.ContainsFunc(flaws, func(f journal.Flaw) bool { return errors.Is(f.What, journal.ErrFuture) }) {
		t.Errorf("%v", flaws)
	}
}

// A whole procedure is judged anew as it was judged when it came: by the acts of its record, and by those that its journal tells of. Acts that were
// made by command stand in the record alone.
func TestJudgedAnew(t *testing.T) {
	b := world(t)
	b.until(scrutin.ActEnrol)
	name, err := b.move(scrutin.ActEnrol, scrutin.ActBody{})
	if err != nil {
		t.Fatal(err)
	}
	b.told("member-4", journal.Leave{}) // the motion lapses
	if err := b.support(name, "member-1"); err == nil {
		t.Error("a voice for what has lapsed")
	}
	b.told("member-4", journal.Present{})
	for _, k := range path[slices.Index(path, scrutin.ActEnrol):slices.Index(path, scrutin.ActMinutes)] {
		b.step(k)
	}
	b.told("member-3", journal.Observation{Who: "member-3", Quality: "member", Text: []string{"x"}})
	entries := b.Office.Journal().Entries(0)
	acts, err := b.Record.Acts()
	if err != nil {
		t.Fatal(err)
	}
	for _, acts := range [][][]byte{acts, ActsOf(entries)} {
		if err := Judge(b.Manifest, b.Fingerprint, acts, entries); err != nil {
			t.Error(err)
		}
	}
	if err := Judge(b.Manifest, b.Fingerprint, acts[:4], entries); !errors.As(err, new(Misplaced)) {
		t.Errorf("without its last acts: %v", err)
	}
	command, err := New(b.Manifest, b.Fingerprint, b.Record, func() time.Time { return b.at })
	if err != nil {
		t.Fatal(err)
	}
	if err := b.close(); err != nil {
		t.Fatal(err)
	}
	var signers []note.Signer
	for _, m := range four {
		signers = append(signers, b.signers[m])
	}
	if err := command.Sit(signers...); err != nil {
		t.Fatal(err)
	}
	if _, err := command.Act(scrutin.ActHold, scrutin.ActBody{Reason: "un recours"}); err != nil {
		t.Fatal(err)
	}
	b.at = b.at.Add(time.Hour)
	b.open(four...)
	b.step(scrutin.ActMinutes)
	b.again()
	if b.state().Session.Number != 3 {
		t.Errorf("session %d", b.state().Session.Number)
	}
}

// judged requires that the whole journal is taken, by the acts of its record and by the service that starts again.
func (b *table) judged() {
	b.Helper()
	acts, err := b.Record.Acts()
	if err != nil {
		b.Fatal(err)
	}
	if err := Judge(b.Manifest, b.Fingerprint, acts, b.Office.Journal().Entries(0)); err != nil {
		b.Error(err)
	}
	b.again()
}

// said requires that the last entry of the journal says that a motion has lapsed.
func (b *table) said(name scrutin.Digest) {
	b.Helper()
	entries := b.Office.Journal().Entries(0)
	if last, ok := entries[len(entries)-1].Statement.Body.(journal.Lapsed); !ok || last.Motion != name {
		b.Fatalf("the last entry is %+v", entries[len(entries)-1].Statement.Body)
	}
}

// overtaken moves that the urn be opened, and a holder brings his shares beside the motion, which is named.
func (b *table) overtaken() scrutin.Digest {
	b.Helper()
	name, err := b.move(scrutin.ActDecrypt, scrutin.ActBody{})
	if err != nil {
		b.Fatal(err)
	}
	share, err := note.Sign("shares of the first\n", b.Signers["contents"])
	if err != nil {
		b.Fatal(err)
	}
	if err := b.Record.Write(record.Shares("quorum", "member-1"), share); err != nil {
		b.Fatal(err)
	}
	return name
}

// A motion that lapses because a holder brought shares beside it stands in the journal as it was, and the journal holds: without the record too, whose
// shares nobody then sees.
func TestJudgedShares(t *testing.T) {
	b := world(t)
	b.until(scrutin.ActDecrypt)
	b.at = b.Manifest.Schedule.Count.Time
	name := b.overtaken()
	refused(t, b.support(name, "member-2"), RuleMotion)
	b.said(name)
	b.judged()
	again, err := b.move(scrutin.ActDecrypt, scrutin.ActBody{})
	if err != nil {
		t.Fatal(err)
	}
	rows := b.store.rows[b.Fingerprint]
	b.insert(b.service(1, journal.Lapsed{Motion: again, Reason: "a share that never came"}), b.at)
	entries, err := journal.EntriesOf(b.Manifest, b.Fingerprint, b.store.rows[b.Fingerprint])
	if err != nil {
		t.Fatal(err)
	}
	if err := Judge(b.Manifest, b.Fingerprint, ActsOf(entries), entries); err != nil {
		t.Errorf("without the record, whose shares nobody sees: %v", err)
	}
	if err := JudgeRecord(b.Manifest, b.Fingerprint, &b.Record.Reader, entries); !errors.Is(err, RuleRegister) {
		t.Errorf("no share has come that the motion does not adopt, and it is said to have lapsed: %v", err)
	}
	b.store.rows[b.Fingerprint] = rows
	if err := b.support(again, "member-1", "member-2", "member-3", "member-4"); err != nil {
		t.Fatal(err)
	}
	if err := b.Adopt(ctx, "member-1", again); err != nil {
		t.Fatal(err)
	}
	b.judged()
	if err := JudgeRecord(b.Manifest, b.Fingerprint, &b.Record.Reader, b.Office.Journal().Entries(0)); err != nil {
		t.Errorf("with its record: %v", err)
	}
	b.says(journal.Invited{Member: "member-1"})
	b.insert(b.service(1, journal.Lapsed{Motion: b.state().Motions[0].Name, Reason: "non"}), b.at)
	entries, err = journal.EntriesOf(b.Manifest, b.Fingerprint, b.store.rows[b.Fingerprint])
	if err != nil {
		t.Fatal(err)
	}
	if err := Judge(b.Manifest, b.Fingerprint, ActsOf(entries), entries); !errors.Is(err, RuleRegister) {
		t.Errorf("what was adopted is said to have lapsed: %v", err)
	}
}

// An act that comes beside the journal, by command, ends the motion before the session: the journal that says so holds, and the bureau goes on.
func TestJudgedBeside(t *testing.T) {
	b := world(t)
	b.until(scrutin.ActEnrol)
	name, err := b.move(scrutin.ActEnrol, scrutin.ActBody{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.support(name, "member-1"); err != nil {
		t.Fatal(err)
	}
	b.at = b.at.Add(time.Minute)
	command, err := New(b.Manifest, b.Fingerprint, b.Record, func() time.Time { return b.at })
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Sit(b.signers["member-1"], b.signers["member-2"], b.signers["member-3"]); err != nil {
		t.Fatal(err)
	}
	if _, err := command.Adopt(scrutin.ActEnrol, record.Enrolment(b.Manifest.Issuers[0].ID), record.Enrolment(b.Manifest.Issuers[1].ID)); err != nil {
		t.Fatal(err)
	}
	refused(t, b.support(name, "member-2"), RuleMotion)
	b.said(name)
	b.judged()
	if err := b.close(); err != nil {
		t.Fatal(err)
	}
	b.open(four...)
	b.step(scrutin.ActAnonymise)
	b.judged()
}
