package keyceremony_test

import (
	"testing"

	kc "isoloir/keyceremony"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

func decodeReveal(t testing.TB, m *kc.Message) *kc.Reveal {
	t.Helper()
	text, err := note.Text(m.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	r := new(kc.Reveal)
	if err := canon.Unmarshal([]byte(text), r); err != nil {
		t.Fatal(err)
	}
	return r
}
