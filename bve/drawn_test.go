package bve

import (
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/scrutin"
)

// A motion that adopts minutes ends when others are drawn up, or an observation comes that they lack: what the bureau signs is what its members read.
func TestMinutesReadAnew(t *testing.T) {
	b := world(t)
	b.until(scrutin.ActMinutes)
	drawn := func(what string) {
		t.Helper()
		b.at = b.at.Add(time.Second)
		of := b.state()
		b.says(journal.DrawnUp{Member: "member-1", Language: "fr", Act: of.Procedure.Last(), Entries: of.Place.Number, SHA256: scrutin.DigestOf([]byte(what)), Pages: []scrutin.Digest{scrutin.DigestOf([]byte(what + " 1"))}})
	}
	moved := func() scrutin.Digest {
		t.Helper()
		name, err := b.move(scrutin.ActMinutes, scrutin.ActBody{})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.support(name, four[:3]...); err != nil {
			t.Fatal(err)
		}
		return name
	}
	ended := func(name scrutin.Digest) {
		t.Helper()
		refused(t, b.support(name, "member-4"), RuleMotion)
		b.said(name)
		refused(t, b.Adopt(ctx, "member-1", name), RuleFigures)
		b.judged()
	}
	observed := journal.Observation{Who: "Rose Abadie", Quality: "voter", Text: []string{"x"}}

	drawn("first")
	name := moved()
	drawn("second")
	ended(name)
	if got := b.state().Drawn[0].SHA256; got != scrutin.DigestOf([]byte("second")) {
		t.Errorf("the minutes that are drawn up are %s", got)
	}
	name = moved()
	b.says(observed)
	ended(name)
	drawn("third")
	if err := b.Adopt(ctx, "member-1", moved()); err != nil {
		t.Fatal(err)
	}
	if s := b.state(); !s.Adopted() || s.Untold() != 0 {
		t.Errorf("adopted %v, %d observations of which nothing tells", s.Adopted(), s.Untold())
	}
	observed.Annex = true
	b.says(observed)
	b.judged()

	elsewhere := world(t)
	elsewhere.until(scrutin.ActMinutes)
	name, err := elsewhere.move(scrutin.ActMinutes, scrutin.ActBody{Adopts: elsewhere.minutes()})
	if err != nil {
		t.Fatal(err)
	}
	elsewhere.says(journal.Observation{Who: "Rose Abadie", Quality: "voter", Text: []string{"x"}})
	refused(t, elsewhere.support(name, four[0]), RuleMotion) // minutes that were made elsewhere lack it too
}
