package keyceremony_test

import (
	"errors"
	"slices"

	"isoloir/crypto/group"
	"isoloir/keyceremony"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

// tester is what testing.TB and rapid.T have in common.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Error(args ...any)
	Errorf(format string, args ...any)
}

// table is a ceremony with every holder's secrets in hand.
type table struct {
	tester
	*scrutintest.Fixture
	*keyceremony.Ceremony
	messages []*keyceremony.Message
	drawn    map[string][]keyceremony.Polynomial
	alone    bool // every holder reads the whole board for himself
	// cheat, if any, sees each honest message before it is signed and may change
	// it in place, return another note in its stead, or say nothing at all.
	cheat func(step keyceremony.Step, holder string, body any, s *keyceremony.State) (instead []byte, silent bool)
}

// newTable sits seven holders down, "4 of all" and "1 of three delegates", unless
// it is given other clauses.
func newTable(t tester, clauses ...scrutintest.Clause) *table {
	t.Helper()
	if clauses == nil {
		clauses = []scrutintest.Clause{
			{ID: "all", Threshold: 4, Holders: []int{1, 2, 3, 4, 5, 6, 7}},
			{ID: "delegates", Threshold: 1, Holders: []int{6, 2, 4}},
		}
	}
	holders := 0
	for _, c := range clauses {
		holders = max(holders, slices.Max(c.Holders))
	}
	f, err := scrutintest.Make(scrutintest.Options{Holders: holders, Clauses: clauses})
	if err != nil {
		t.Fatal(err)
	}
	c, err := keyceremony.New(f.Manifest, f.Fingerprint)
	if err != nil {
		t.Fatal(err)
	}
	return &table{tester: t, Fixture: f, Ceremony: c}
}

func (tb *table) add(data []byte) *keyceremony.Message {
	tb.Helper()
	m, err := tb.Open(data)
	if err != nil {
		tb.Fatal(err)
	}
	tb.messages = append(tb.messages, m)
	return m
}

func (tb *table) sign(holder string, body any) []byte {
	tb.Helper()
	data, err := keyceremony.Sign(body, tb.Signers[holder])
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func (tb *table) honest(s *keyceremony.State, holder string) any {
	tb.Helper()
	var body any
	var err error
	switch s.Step {
	case keyceremony.CommitStep:
		tb.drawn[holder] = s.Draw(holder)
		body, err = s.Commit(holder, tb.drawn[holder])
	case keyceremony.RevealStep:
		body, err = s.Reveal(holder, tb.drawn[holder])
	case keyceremony.CheckStep:
		body, err = s.Check(holder, tb.Reception[holder])
	case keyceremony.SealStep:
		body, err = s.Seal(holder)
	}
	if errors.Is(err, keyceremony.ErrCommitment) {
		return nil // his own commitment on the board is not his: an honest tool stops
	}
	if err != nil {
		tb.Fatal(err)
	}
	return body
}

// play lets everybody speak until a run is void, done, or waits for somebody.
func (tb *table) play(run int) *keyceremony.State {
	tb.Helper()
	tb.drawn = map[string][]keyceremony.Polynomial{}
	for {
		s, _, err := tb.Progress(run, tb.messages)
		if err != nil {
			tb.Fatal(err)
		}
		if s.Step == keyceremony.Done || s.Void() {
			return s
		}
		before := len(tb.messages)
		board := slices.Clone(tb.messages)
		for _, holder := range s.Pending {
			if tb.alone {
				if s, _, err = tb.Progress(run, board); err != nil {
					tb.Fatal(err)
				}
			}
			body := tb.honest(s, holder)
			if body == nil {
				continue
			}
			if tb.cheat != nil {
				instead, silent := tb.cheat(s.Step, holder, body, s)
				if silent {
					continue
				}
				if instead != nil {
					tb.add(instead)
					continue
				}
			}
			tb.add(tb.sign(holder, body))
		}
		if len(tb.messages) == before {
			return s
		}
	}
}

// names checks that a run is void by exactly these holders, for this reason.
func (tb *table) names(s *keyceremony.State, reason error, culprits ...string) {
	tb.Helper()
	var named []string
	for _, f := range s.Faults {
		if !errors.Is(f, reason) {
			tb.Errorf("%v, want the reason %q", f, reason)
		}
		named = append(named, f.Holder)
	}
	if !slices.Equal(named, culprits) {
		tb.Errorf("named %v, want %v", named, culprits)
	}
}

// again plays the next run without cheating and checks the whole record.
func (tb *table) again(culprits ...string) *keyceremony.Keys {
	tb.Helper()
	tb.cheat = nil
	s := tb.play(0)
	if s.Step != keyceremony.Done {
		tb.Fatalf("run %d stands at %s: %v", s.Run, s.Step, s.Faults)
	}
	for _, c := range culprits {
		if slices.Contains(s.Holders(), c) {
			tb.Errorf("%s takes part in run %d", c, s.Run)
		}
	}
	keys, err := tb.Verify(tb.messages)
	if err != nil {
		tb.Fatal(err)
	}
	tb.opens(s, keys)
	return keys
}

// opens checks that the holders' fragments open the test text.
func (tb *table) opens(s *keyceremony.State, keys *keyceremony.Keys) {
	tb.Helper()
	sum := group.Identity()
	for _, c := range keys.Clauses {
		sum = sum.Add(c.Key)
	}
	if !sum.Equal(keys.Key) {
		tb.Error("Y is not the product of the clauses' keys")
	}
	for medium := 1; medium <= 2; medium++ {
		for _, holder := range s.Holders() {
			fragments, err := s.Fragments(holder, tb.Reception[holder])
			if err != nil {
				tb.Fatal(err)
			}
			body, err := s.Rehearse(holder, medium, fragments)
			if err != nil {
				tb.Fatal(err)
			}
			tb.add(tb.sign(holder, body))
		}
	}
	if err := tb.VerifyRehearsals(keys, tb.messages); err != nil {
		tb.Error(err)
	}
}

func decodeReveal(t tester, m *keyceremony.Message) *keyceremony.Reveal {
	t.Helper()
	text, err := note.Text(m.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	r := new(keyceremony.Reveal)
	if err := canon.Unmarshal([]byte(text), r); err != nil {
		t.Fatal(err)
	}
	return r
}
