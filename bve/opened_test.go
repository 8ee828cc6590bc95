package bve

import (
	"slices"
	"testing"

	"isoloir/bve/journal"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// What an urn says of ballots that were opened instead of cast is adopted by the act that seals; no member can leave it out.
func TestSealAdoptsOpened(t *testing.T) {
	b := world(t)
	b.until(scrutin.ActSeal)
	b.says(journal.Checked{Verdict: journal.Well})
	urn := b.Manifest.Urns[0].ID
	signed, err := note.Sign("what the urn says\n", b.Signers["urn"])
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Record.Write(record.Challenges(urn), signed); err != nil {
		t.Fatal(err)
	}
	want, err := adopted(&b.Record.Reader, record.Challenges(urn))
	if err != nil {
		t.Fatal(err)
	}
	a, err := b.Draft(ctx, scrutin.ActSeal, scrutin.ActBody{})
	if err != nil {
		t.Fatal(err)
	}
	if last := len(a.Body.Adopts) - 1; !slices.Equal(a.Body.Adopts[last:], want) {
		t.Errorf("it adopts %v", a.Body.Adopts)
	}
	without := *a
	without.Body.Adopts = a.Body.Adopts[:len(a.Body.Adopts)-1]
	refused(t, b.tell(four[0], journal.Motion{Act: without}), RuleFigures)
	b.step(scrutin.ActSeal)
}
