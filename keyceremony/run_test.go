package keyceremony_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	kc "isoloir/keyceremony"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

func TestHonestCeremony(t *testing.T) {
	tb := newTable(t)
	keys := tb.again()
	if len(keys.Faults) != 0 || len(keys.Clauses) != 2 || len(keys.Clauses[0].Holders) != 7 {
		t.Errorf("%+v", keys)
	}
	// Order of arrival and repetition do not matter.
	for i := range tb.messages {
		j := rand.IntN(i + 1)
		tb.messages[i], tb.messages[j] = tb.messages[j], tb.messages[i]
	}
	again, err := tb.Verify(append(slices.Clone(tb.messages), tb.messages[3]))
	if err != nil || again.Digest != keys.Digest || !again.Key.Equal(keys.Key) {
		t.Errorf("shuffled: %v", err)
	}
	// A completed ceremony admits no other run.
	if _, _, err := tb.Progress(2, tb.messages); !errors.Is(err, kc.ErrComplete) {
		t.Errorf("run 2 after a complete one: %v", err)
	}
}

func TestOneOfOneBesideOthers(t *testing.T) {
	tb := newTable(t,
		scrutintest.Clause{ID: "all", Threshold: 2, Holders: []int{1, 2, 3}},
		scrutintest.Clause{ID: "president", Threshold: 1, Holders: []int{1}})
	tb.again()
}

func TestAbsence(t *testing.T) {
	for _, step := range []kc.Step{kc.CommitStep, kc.RevealStep, kc.CheckStep, kc.SealStep} {
		t.Run(string(step), func(t *testing.T) {
			tb := newTable(t)
			tb.cheat = func(now kc.Step, holder string, body any, s *kc.State) ([]byte, bool) {
				return nil, now == step && holder == victim
			}
			s := tb.play(1)
			if s.Void() || s.Step != step || !slices.Equal(s.Pending, []string{victim}) {
				t.Fatalf("run 1 stands at %s, awaits %v, faults %v", s.Step, s.Pending, s.Faults)
			}
			if _, err := tb.Verify(tb.messages); !errors.Is(err, kc.ErrIncomplete) {
				t.Errorf("a ceremony that waits: %v", err)
			}
			tb.cheat = nil
			if s = tb.play(2); s.Step != kc.Done {
				t.Fatalf("run 2 stands at %s", s.Step)
			}
			keys := tb.again(victim)
			if len(keys.Faults) != 1 || !errors.Is(keys.Faults[0], kc.ErrAbsent) || keys.Faults[0].Holder != victim || keys.Faults[0].Step != step {
				t.Errorf("%v", keys.Faults)
			}
		})
	}
}

func TestTwoMessagesForOneStep(t *testing.T) {
	tb := newTable(t)
	tb.cheat = func(step kc.Step, holder string, body any, s *kc.State) ([]byte, bool) {
		if step == kc.CommitStep && holder == victim {
			tb.add(tb.sign(holder, body))
			body.(*kc.Commit).Coefficients[0] ^= 1
		}
		return nil, false
	}
	tb.names(tb.play(1), kc.ErrDouble, victim)
	tb.again(victim)
}

func TestTwoCulpritsAtOnce(t *testing.T) {
	tb := newTable(t)
	tb.cheat = func(step kc.Step, holder string, body any, s *kc.State) ([]byte, bool) {
		if step == kc.RevealStep && (holder == "member-1" || holder == "member-5") {
			body.(*kc.Reveal).Clauses[0].Boxes[1].Box[0] ^= 1
		}
		return nil, false
	}
	s := tb.play(1)
	tb.names(s, kc.ErrShare, "member-1", "member-5")
	tb.again("member-1", "member-5")
}

// "President or secretary" can lose one of the two: the other clauses hold.
func TestOneOfTwoBesideOthers(t *testing.T) {
	tb := newTable(t,
		scrutintest.Clause{ID: "all", Threshold: 3, Holders: []int{1, 2, 3, 4, 5}},
		scrutintest.Clause{ID: "office", Threshold: 1, Holders: []int{3, 4}})
	tb.cheat = func(step kc.Step, holder string, body any, s *kc.State) ([]byte, bool) {
		return nil, holder == victim
	}
	tb.play(1)
	tb.cheat = nil
	tb.play(2)
	if keys := tb.again(victim); len(keys.Clauses[1].Holders) != 1 || keys.Clauses[1].Holders[0].Index != 2 {
		t.Errorf("%+v", keys.Clauses[1])
	}
}

func TestTooFewAreLeft(t *testing.T) {
	tb := newTable(t, scrutintest.Clause{ID: "all", Threshold: 2, Holders: []int{1, 2, 3}})
	tb.cheat = func(step kc.Step, holder string, body any, s *kc.State) ([]byte, bool) {
		return nil, holder == victim
	}
	tb.play(1)
	_, faults, err := tb.Progress(2, tb.messages)
	if !errors.Is(err, kc.ErrTooFew) {
		t.Errorf("2 of 2 is left: %v", err)
	}
	if len(faults) != 1 || faults[0].Holder != victim {
		t.Errorf("%v", faults)
	}
}

func TestForeignMessagesAccuseNobody(t *testing.T) {
	tb := newTable(t)
	tb.again()
	other := newTable(t)
	other.again()
	sample := tb.messages[0].Bytes()
	rewrite := func(old, new string) []byte { return tb.reword("member-1", sample, old, new) }
	stranger, err := note.GenerateKey("member-1")
	if err != nil {
		t.Fatal(err)
	}
	text, _ := note.Text(sample)
	byStranger, _ := note.Sign(text, stranger)
	twice, _ := note.Add(sample, tb.Signers["member-2"])
	act, _ := note.Sign("{\n  \"record\": \"isoloir/v1/act\"\n}\n", tb.Signers["member-1"])
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"another manifest":  {other.messages[0].Bytes(), kc.ErrForeign},
		"unknown holder":    {rewrite(`"member-1"`, `"member-9"`), kc.ErrForeign},
		"signed by another": {rewrite(`"member-1"`, `"member-2"`), note.ErrUnknownSigner},
		"unknown step":      {rewrite("ceremony-commit", "ceremony-omit"), kc.ErrForeign},
		"run zero":          {rewrite(`"run": 1`, `"run": 0`), kc.ErrForeign},
		"another record":    {act, kc.ErrForeign},
		"stranger's key":    {byStranger, note.ErrUnknownSigner},
		"two signatures":    {twice, note.ErrUnknownSigner},
		"changed text":      {bytes.Replace(sample, []byte(`"run": 1`), []byte(`"run": 2`), 1), note.ErrSignature},
		"no signature":      {[]byte(text + "\n"), note.ErrMissing},
		"truncated":         {sample[:len(sample)-1], note.ErrMalformed},
		"empty":             {nil, note.ErrMalformed},
	} {
		if _, err := tb.Open(c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// A message of another run, step or of one left out has no place on the board.
func TestMisplacedMessages(t *testing.T) {
	tb := newTable(t)
	tb.cheat = func(step kc.Step, holder string, body any, s *kc.State) ([]byte, bool) {
		return nil, step == kc.RevealStep && holder == victim
	}
	tb.play(1)
	tb.cheat = nil
	early := tb.reword("member-1", tb.messages[0].Bytes(), "ceremony-commit", "ceremony-seal")
	m, err := tb.Open(early)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tb.RunState(1, nil, append(slices.Clone(tb.messages), m)); !errors.Is(err, kc.ErrEarly) {
		t.Errorf("a seal before its time: %v", err)
	}
	tb.play(2)
	var left *kc.Message
	for _, m := range tb.messages {
		if m.Holder == victim {
			left = m
		}
	}
	second, err := tb.Open(tb.reword(victim, left.Bytes(), `"run": 1`, `"run": 2`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tb.Verify(append(slices.Clone(tb.messages), second)); !errors.Is(err, kc.ErrForeign) {
		t.Errorf("a message of one left out: %v", err)
	}
	// The commit of run 1, shown again as that of run 2, is another text.
	for _, m := range tb.messages {
		if m.Run == 1 && m.Holder == "member-1" {
			if again, _ := tb.Open(m.Bytes()); again.Run != 1 {
				t.Error("a message changed its run")
			}
		}
	}
}

// Every message of the record is needed, and none can be swapped for another.
func TestRecordWithoutOneMessage(t *testing.T) {
	tb := newTable(t)
	tb.cheat = func(step kc.Step, holder string, body any, s *kc.State) ([]byte, bool) {
		return nil, step == kc.SealStep && holder == victim && s.Run == 1
	}
	tb.play(1)
	tb.play(2)
	keys, err := tb.Verify(tb.messages)
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range tb.messages {
		rest := slices.Delete(slices.Clone(tb.messages), i, i+1)
		got, err := tb.Verify(rest)
		if err == nil && got.Digest == keys.Digest && len(got.Faults) == 1 && got.Faults[0] == keys.Faults[0] {
			t.Errorf("nobody misses %s", m.Path())
		}
	}
}

func TestBoardDigest(t *testing.T) {
	tb := newTable(t)
	s := tb.play(1)
	h := sha256.New()
	for _, m := range tb.messages { // played step by step in the manifest's order
		h.Write(m.Hash[:])
	}
	if s.Board != scrutin.Digest(h.Sum(nil)) || s.Keys().Digest != s.Board {
		t.Error("the ceremony digest is not that of the specification")
	}
}
