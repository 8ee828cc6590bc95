package scrutin_test

import (
	"slices"
	"strings"
	"testing"

	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

func TestLookups(t *testing.T) {
	m := golden(t)
	if n, ok := m.UrnNumber("urne-egypte"); n != 2 || !ok {
		t.Error(n, ok)
	}
	if _, ok := m.UrnNumber("lune"); ok {
		t.Error("an unknown urn has a number")
	}
	if q := m.QuestionsOf("urne-coree"); len(q) != 1 || q[0].ID != "asie-nord" || !slices.Equal(q[0].Choices(), []string{"liste-a", "liste-b", "blank"}) {
		t.Error(q)
	}
	c, ok := m.Clause("afe")
	if !ok || c.Index("membre-5") != 2 || c.Index("membre-1") != 0 || len(m.ClausesOf("membre-5")) != 2 || len(m.ClausesOf("membre-1")) != 1 {
		t.Error(c)
	}
	if m.Electors() != 8412+31+5120 || m.RevoteAllowed() || len(m.BureauVerifiers()) != 8 || m.WitnessVerifiers()[0].Algorithm() != note.Cosigning {
		t.Error("lookups")
	}
	if o := scrutin.Origin(scrutin.Digest{0xab}, "u"); o != "isoloir/v1/ab"+strings.Repeat("00", 31)+"/u" {
		t.Error(o)
	}
}
