package bve

import (
	"testing"

	"isoloir/bve/journal"
	"isoloir/scrutin"
)

// signed is a statement of a member as his device signs it now, which somebody can keep and hand in later.
func (b *table) signed(by string, body journal.Body) []byte {
	b.Helper()
	st := journal.Statement{Manifest: b.Fingerprint, By: by, Session: b.state().Session.Number, Time: scrutin.TimeOf(b.at), Nonce: journal.NewNonce(),
		Seen: b.Office.Journal().Place().Head, Body: body}
	data, err := st.Sign(b.signers[by])
	if err != nil {
		b.Fatal(err)
	}
	return data
}

// Whoever runs the service withholds what a member says of his attendance, and hands it in when it suits him: it is not taken.
func TestWithheldAttendance(t *testing.T) {
	b := world(t)
	b.told("member-1", journal.SessionOpen{Purpose: "séance"})
	b.told("member-2", journal.Present{})
	kept := b.signed("member-3", journal.Present{}) // the page says that it failed, and he signs another
	b.told("member-3", journal.Present{})
	b.told("member-3", journal.Leave{})
	_, err := b.Submit(ctx, kept)
	refused(t, err, RuleSession)
	b.told("member-3", journal.Present{})
	gone := b.signed("member-3", journal.Leave{})
	b.told("member-3", journal.Leave{})
	b.told("member-3", journal.Present{})
	_, err = b.Submit(ctx, gone)
	refused(t, err, RuleSession)

	before := journal.Statement{Manifest: b.Fingerprint, By: "member-4", Session: b.state().Session.Number, Time: scrutin.TimeOf(b.at), Nonce: journal.NewNonce(), Body: journal.Present{}}
	data, err := before.Sign(b.signers["member-4"])
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Submit(ctx, data) // it names the session, and its author had not seen it open
	refused(t, err, RuleSession)
	b.told("member-4", journal.Present{})
	if got := b.state().Session.Present; len(got) != 3 {
		t.Errorf("present are %v", got)
	}
}
