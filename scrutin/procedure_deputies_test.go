package scrutin_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// A deputy is withdrawn at any time between the acts open and seal, once, for a reason; from then on he is known to be.
func TestWithdraw(t *testing.T) {
	b := newBoard(t, scrutintest.Options{})
	stolen := some("stolen")
	path := scrutin.Withdrawal{Role: scrutin.RoleUrn, Key: stolen}.Path()
	act := func(reason string, paths ...string) error {
		a := b.draft(scrutin.ActWithdraw)
		a.Body.Adopts, a.Body.Reason = adopt(paths...).Adopts, reason
		return b.p.Apply(b.sign(a, b.present...))
	}
	for _, kind := range straight {
		allowed := kind == scrutin.ActClose || kind == scrutin.ActSeal // open, or closed
		if !allowed {
			if err := act("volé", path); !errors.Is(err, scrutin.RuleOrder) {
				t.Errorf("before %s: %v", kind, err)
			}
		} else {
			for name, paths := range map[string][]string{"nobody": nil, "no deputy": {"roll/urn-1.note"}, "of a third role": {strings.Replace(path, "urn", "contents", 1)},
				"no key": {"withdrawn/urn/x.note"}, "in capitals": {"withdrawn/urn/" + strings.ToUpper(stolen.String()) + ".note"}, "twice": {path, path},
				"out of order": {path, scrutin.Withdrawal{Role: scrutin.RoleRoll, Key: stolen}.Path()}} {
				if err := act("volé", paths...); !errors.Is(err, scrutin.RuleBody) {
					t.Errorf("before %s, %s: %v", kind, name, err)
				}
			}
			if err := act("", path); !errors.Is(err, scrutin.RuleBody) {
				t.Errorf("without a reason: %v", err)
			}
		}
		if kind == scrutin.ActSeal {
			if b.p.Withdrawn(scrutin.RoleUrn, stolen) || b.p.Withdrawn(scrutin.RoleRoll, stolen) {
				t.Error("withdrawn by nobody")
			}
			if err := act("volé", path); err != nil {
				t.Fatal(err)
			}
			if !b.p.Withdrawn(scrutin.RoleUrn, stolen) || b.p.Withdrawn(scrutin.RoleRoll, stolen) {
				t.Error("withdrawn, and not known to be")
			}
			if err := act("volé", path); !errors.Is(err, scrutin.RuleBody) {
				t.Errorf("again: %v", err)
			}
		}
		if err := b.apply(kind); err != nil {
			t.Fatal(err)
		}
	}
}

// The act that seals adopts the lists of deputies that there are, and what urns say of opened ballots, after all else.
func TestSealedLists(t *testing.T) {
	for name, c := range map[string]struct {
		lists []string
		want  error
	}{
		"of nobody":     {nil, nil},
		"of the urn":    {[]string{"deputies/urn"}, nil},
		"of both":       {[]string{"deputies/roll", "deputies/urn"}, nil},
		"out of order":  {[]string{"deputies/urn", "deputies/roll"}, scrutin.RuleBody},
		"twice":         {[]string{"deputies/urn", "deputies/urn"}, scrutin.RuleBody},
		"of a stranger": {[]string{"deputies/contents"}, scrutin.RuleBody},

		"opened ballots of one urn":        {[]string{"challenges/urn-2.note"}, nil},
		"opened ballots, after deputies":   {[]string{"deputies/urn", "challenges/urn-1.note", "challenges/urn-2.note"}, nil},
		"opened ballots before deputies":   {[]string{"challenges/urn-1.note", "deputies/urn"}, scrutin.RuleBody},
		"opened ballots out of order":      {[]string{"challenges/urn-2.note", "challenges/urn-1.note"}, scrutin.RuleBody},
		"opened ballots twice":             {[]string{"challenges/urn-1.note", "challenges/urn-1.note"}, scrutin.RuleBody},
		"the list of them by itself":       {[]string{"challenges/urn-1.list"}, scrutin.RuleBody},
		"opened ballots of an unknown urn": {[]string{"challenges/urn-9.note"}, scrutin.RuleBody},
	} {
		b := newBoard(t, scrutintest.Options{})
		b.until(t, scrutin.ActSeal)
		a := b.draft(scrutin.ActSeal)
		a.Body.Adopts = append(slices.Clone(a.Body.Adopts), adopt(c.lists...).Adopts...)
		if err := b.p.Apply(b.sign(a, b.present...)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
