package audit

import (
	"errors"
	"testing"
)

// passAll reports every check of the registry as passed for its subjects.
func passAll(l *ledger) {
	l.expect(PerUrn, []string{"u1", "u2"})
	l.expect(PerCell, []string{"c1"})
	for _, c := range registry {
		switch c.Per {
		case Whole:
			l.enter(c.Number, "", nil)
		case PerUrn:
			l.enter(c.Number, "u1", nil)
			l.enter(c.Number, "u2", nil)
		case PerCell:
			l.enter(c.Number, "c1", nil)
		}
	}
}

func verdict(l *ledger, figures ...Figure) Verdict {
	r := &Report{Counted: figures}
	r.conclude(l)
	return r.Verdict
}

func TestVerdictNeedsEveryCheck(t *testing.T) {
	if got := verdict(newLedger()); got != Rejected {
		t.Errorf("nothing run: %s", got)
	}
	all := newLedger()
	passAll(all)
	if got := verdict(all); got != Consistent {
		t.Errorf("all passed, no anchor: %s", got)
	}
	all.asked[1201], all.asked[1202] = true, true
	if got := verdict(all); got != Rejected {
		t.Errorf("anchor asked, not reached: %s", got)
	}
	for _, c := range registry {
		if c.Per == Anchor {
			all.enter(c.Number, "", nil)
		}
	}
	if got := verdict(all); got != Verified {
		t.Errorf("all passed with anchors: %s", got)
	}
	if got := verdict(all, Figure{"ballots", 4, 5}); got != Rejected {
		t.Errorf("a ballot not checked: %s", got)
	}
}

func TestOneFailureRefuses(t *testing.T) {
	for _, c := range registry {
		l := newLedger()
		passAll(l)
		l.asked[1201], l.asked[1202] = true, true
		l.enter(1201, "", nil)
		l.enter(1202, "", nil)
		l.enter(c.Number, "", errors.New("no"))
		l.enter(c.Number, "", nil) // a later success does not take it back
		if got := verdict(l); got != Rejected {
			t.Errorf("check %d failed, verdict %s", c.Number, got)
		}
	}
}

func TestOneSubjectMissingRefuses(t *testing.T) {
	for _, c := range registry {
		l := newLedger()
		passAll(l)
		for _, scope := range []Scope{PerUrn, PerCell} {
			if c.Per == scope {
				l.expect(scope, []string{"u1", "u2", "u3"})
				if outcome, _ := l.outcome(c.Number); outcome != NotRun {
					t.Errorf("check %d without one %s: %s", c.Number, scope, outcome)
				}
			}
		}
	}
}

func TestUnregisteredCheckPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a report to check 999 was taken")
		}
	}()
	newLedger().enter(999, "", nil)
}

func TestRegistry(t *testing.T) {
	last := 0
	for _, c := range registry {
		if c.Number <= last {
			t.Errorf("check %d is out of order", c.Number)
		}
		last = c.Number
		if c.English == "" || c.French == "" || c.Section == "" || c.Per == "" {
			t.Errorf("check %d lacks a column", c.Number)
		}
	}
}
