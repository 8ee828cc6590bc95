package keyceremony_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	kc "isoloir/keyceremony"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

var small = []scrutintest.Clause{{ID: "all", Threshold: 2, Holders: []int{1, 2, 3}}}

// bodies are the types of message by step.
func body(step kc.Step) any {
	switch step {
	case kc.CommitStep:
		return new(kc.Commit)
	case kc.RevealStep:
		return new(kc.Reveal)
	case kc.CheckStep:
		return new(kc.Check)
	case kc.SealStep:
		return new(kc.Seal)
	}
	return new(kc.Rehearsal)
}

// Whatever a holder signs, nobody else is named for it, and what is accepted is
// canonical. Seeds say MANIFEST where the fingerprint stands, so that a found
// corpus keeps its meaning.
func FuzzMessage(f *testing.F) {
	tb := newTable(f, small...)
	tb.again()
	honest := tb.messages
	fingerprint := tb.Fingerprint.String()
	for _, m := range honest {
		if m.Holder == "member-1" {
			text, err := note.Text(m.Bytes())
			if err != nil {
				f.Fatal(err)
			}
			f.Add(strings.ReplaceAll(text, fingerprint, "MANIFEST"))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ReplaceAll(text, "MANIFEST", fingerprint)
		data, err := note.Sign(text, tb.Signers["member-1"])
		if err != nil {
			return
		}
		m, err := tb.Open(data)
		if err != nil {
			if !errors.Is(err, kc.ErrForeign) && !errors.Is(err, note.ErrUnknownSigner) {
				t.Fatalf("refused for %v", err)
			}
			return
		}
		b := body(m.Step)
		if canon.Unmarshal([]byte(text), b) != nil {
			return
		}
		again, err := canon.Marshal(b)
		if err != nil || string(again) != text {
			t.Fatalf("accepted, and written again as %s", again)
		}
		// Put in the place of the honest message, with what came before it.
		board := slices.DeleteFunc(slices.Clone(honest), func(o *kc.Message) bool {
			return strings.HasPrefix(string(o.Step), "rehearsal") || after(o.Step, m.Step) || o.Step == m.Step && o.Holder == m.Holder
		})
		s, err := tb.RunState(m.Run, nil, append(board, m))
		if err != nil {
			return
		}
		for _, fault := range s.Faults {
			if fault.Holder != "member-1" {
				t.Fatalf("%v, for a message of member-1", fault)
			}
		}
	})
}

func after(a, b kc.Step) bool {
	order := []kc.Step{kc.CommitStep, kc.RevealStep, kc.CheckStep, kc.SealStep}
	return slices.Index(order, a) > slices.Index(order, b) && slices.Contains(order, b)
}

// Any bytes are refused as a note, or were signed by a holder.
func FuzzOpen(f *testing.F) {
	tb := newTable(f, small...)
	tb.play(1)
	for _, m := range tb.messages[:2] {
		f.Add(m.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := tb.Open(data)
		if err == nil && !slices.ContainsFunc(tb.messages, func(o *kc.Message) bool { return bytes.Equal(o.Bytes(), m.Bytes()) }) {
			t.Fatalf("a note that nobody signed is accepted: %s", data)
		}
	})
}

// One holder replaces, at one step, some bytes of his message: he is named, or
// his message is none and he is absent, or nothing changed. Nobody else is ever
// named, and the ceremony can be run again.
func TestNobodyElseIsNamed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tb := newTable(t, small...)
		at := rapid.SampledFrom([]kc.Step{kc.CommitStep, kc.RevealStep, kc.CheckStep, kc.SealStep}).Draw(t, "step")
		cheat := rapid.SampledFrom([]string{"member-1", "member-2", "member-3"}).Draw(t, "holder")
		place, value := rapid.Float64Range(0, 0.999).Draw(t, "place"), rapid.SampledFrom([]byte("0a9f\"{\n ,")).Draw(t, "byte")
		changed := false
		tb.cheat = func(step kc.Step, holder string, body any, s *kc.State) ([]byte, bool) {
			if step != at || holder != cheat || s.Run != 1 {
				return nil, false
			}
			text, err := note.Text(tb.sign(holder, body))
			if err != nil {
				t.Fatal(err)
			}
			b := []byte(text)
			i := int(place * float64(len(b)-1))
			changed = b[i] != value
			b[i] = value
			data, err := note.Sign(string(b), tb.Signers[holder])
			if err != nil {
				return nil, true
			}
			if _, err := tb.Open(data); err != nil {
				return nil, true
			}
			return data, false
		}
		s := tb.play(1)
		for _, f := range s.Faults {
			if f.Holder != cheat {
				t.Fatalf("%v; the cheat was %s at %s", f, cheat, at)
			}
		}
		for _, name := range s.Pending {
			if name != cheat {
				t.Fatalf("%s is awaited; the cheat was %s at %s", name, cheat, at)
			}
		}
		if changed && s.Step == kc.Done {
			t.Fatalf("a change of byte %f of %s by %s passes", place, at, cheat)
		}
	})
}
