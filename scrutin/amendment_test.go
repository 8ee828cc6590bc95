package scrutin_test

import (
	"errors"
	"slices"
	"testing"

	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// amendment is an addendum that adopts the amendment of that number with these notes
// of others.
func amendment(b *board, number string, others ...string) *scrutin.Act {
	a := b.draft(scrutin.ActAddendum)
	paths := []string{"addenda/" + number + "/roll.note"}
	for _, o := range others {
		paths = append(paths, "addenda/"+number+"/"+o+".note")
	}
	a.Body.Adopts = adopt(paths...).Adopts
	return a
}

var addedBy = []string{"enrolment/issuer-1", "enrolment/issuer-2", "anonymisation/1", "anonymisation/2", "anonymisation/3"}

// Amendments are adopted in turn, by all their notes, until voting ends.
func TestAmendmentActs(t *testing.T) {
	b := newBoard(t, scrutintest.Options{})
	b.until(t, scrutin.ActClose)
	refuse := func(name string, want scrutin.Rule, a *scrutin.Act) {
		t.Helper()
		if err := b.p.Apply(b.sign(a, b.present...)); !errors.Is(err, want) {
			t.Errorf("%s: %v, expected rule %q", name, err, string(want))
		}
	}
	refuse("a gap", scrutin.RuleBody, amendment(b, "2"))
	refuse("a number from 0", scrutin.RuleBody, amendment(b, "0"))
	refuse("an issuer is missing", scrutin.RuleBody, amendment(b, "1", addedBy[1:]...))
	refuse("a mixer is missing", scrutin.RuleBody, amendment(b, "1", addedBy[:4]...))
	refuse("no note of the roll", scrutin.RuleBody, func() *scrutin.Act {
		a := amendment(b, "1", addedBy...)
		a.Body.Adopts = a.Body.Adopts[1:]
		return a
	}())
	refuse("a digest alone, as by no file", scrutin.RuleBody, func() *scrutin.Act {
		a := amendment(b, "1")
		a.Body.Adopts[0].Path = "roll"
		return a
	}())
	refuse("with a client", scrutin.RuleBody, func() *scrutin.Act {
		a := amendment(b, "1")
		a.Body.Adopts = append(a.Body.Adopts, adopt("client").Adopts...)
		return a
	}())
	refuse("after the end of voting", scrutin.RuleTime, func() *scrutin.Act {
		a := amendment(b, "1")
		a.Time = b.p.Closes()
		return a
	}())
	for _, a := range []func() *scrutin.Act{
		func() *scrutin.Act { return amendment(b, "1", addedBy...) },
		func() *scrutin.Act { return amendment(b, "2") },
	} {
		if err := b.p.Apply(b.sign(a(), b.present...)); err != nil {
			t.Fatal(err)
		}
	}
	if len(b.p.Amendments) != 2 || len(b.p.Amendments[0]) != 6 || len(b.p.Amendments[1]) != 1 || b.p.Amendments[1][0].SHA256 != some("addenda/2/roll.note") {
		t.Errorf("%+v", b.p.Amendments)
	}
	refuse("adopted already", scrutin.RuleBody, amendment(b, "2"))
	b.ballots = []int{45, 30} // more than the opening record's electors
	if err := b.apply(scrutin.ActClose); err != nil {
		t.Fatal(err)
	}
	refuse("after close", scrutin.RuleOrder, amendment(b, "3"))

	b = newBoard(t, scrutintest.Options{Edit: func(m *scrutin.Manifest) { m.Addenda.Allowed = []string{"client"} }})
	b.until(t, scrutin.ActClose)
	refuse("not allowed", scrutin.RuleAddendum, amendment(b, "1"))
}

// register is two urns of 40 electors, as an opening record gives them.
func register() []scrutin.Register {
	o := &scrutin.Opening{Urns: []scrutin.OpenUrn{{Urn: "urn-1", Electors: 40, Generator: base, Root: some("r")}, {Urn: "urn-2", Electors: 40, Generator: base, Root: some("s")}}}
	return o.Registers()
}

// adds is an amendment that adds m electors to urn-1 and strikes off some of urn-2.
func adds(number, before, m int, struck ...int) *scrutin.Amendment {
	u := scrutin.AmendedUrn{Urn: "urn-1", Before: before, Added: m}
	if m > 0 {
		u.Generator, u.Root = base, some("r")
	}
	return &scrutin.Amendment{OpenHead: openHead, Number: number, Urns: []scrutin.AmendedUrn{u, {Urn: "urn-2", Before: 40, Struck: struck}}}
}

func TestAmend(t *testing.T) {
	before := register()
	after, err := scrutin.Amend(before, adds(1, 40, 12, 3, 39), 1, 10)
	if err != nil {
		t.Fatal(err)
	}
	again, err := scrutin.Amend(after, adds(2, 52, 10, 4), 2, 10)
	if err != nil {
		t.Fatal(err)
	}
	if before[0].Numbered() != 40 || after[0].Numbered() != 52 || again[0].Electors() != 62 || before[1].Struck(3) ||
		after[1].Electors() != 38 || after[1].Struck(4) || again[1].Electors() != 37 || !again[1].Struck(3) || !again[1].Struck(4) || again[1].Numbered() != 40 {
		t.Errorf("%+v\n%+v\n%+v", before, after, again)
	}
	want := []scrutin.Population{{Electors: 40, Generator: base, Root: some("r")}, {1, 40, 12, base, some("r")}, {2, 52, 10, base, some("r")}}
	if !slices.Equal(again[0].Populations, want) || len(after[0].Populations) != 2 {
		t.Errorf("%+v", again[0].Populations)
	}
	all := make([]int, 40)
	for i := range all {
		all[i] = i
	}
	for name, a := range map[string]*scrutin.Amendment{
		"another number":            adds(2, 40, 12),
		"numbers that others have":  adds(1, 39, 12),
		"a gap in the numbers":      adds(1, 41, 12),
		"fewer than k":              adds(1, 40, 9),
		"nobody left":               adds(1, 40, 0, all...),
		"an urn that is not listed": func() *scrutin.Amendment { a := adds(1, 40, 12); a.Urns[1].Urn = "urn-3"; return a }(),
		"an urn that is left out":   func() *scrutin.Amendment { a := adds(1, 40, 12); a.Urns = a.Urns[:1]; return a }(),
		"urns in another order":     func() *scrutin.Amendment { a := adds(1, 40, 12); slices.Reverse(a.Urns); return a }(),
	} {
		if _, err := scrutin.Amend(before, a, 1, 10); !errors.Is(err, scrutin.ErrAmendment) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := scrutin.Amend(after, adds(2, 52, 0, 39), 2, 10); !errors.Is(err, scrutin.ErrAmendment) {
		t.Errorf("struck off twice: %v", err)
	}
	for name, edit := range map[string]func(a *scrutin.Amendment){
		"no change":                  func(a *scrutin.Amendment) { *a = *adds(1, 40, 0) },
		"a number of nobody":         func(a *scrutin.Amendment) { a.Urns[1].Struck = []int{40} },
		"a number below zero":        func(a *scrutin.Amendment) { a.Urns[1].Struck = []int{-1} },
		"a number twice":             func(a *scrutin.Amendment) { a.Urns[1].Struck = []int{3, 3} },
		"numbers out of order":       func(a *scrutin.Amendment) { a.Urns[1].Struck = []int{4, 3} },
		"no generator for the added": func(a *scrutin.Amendment) { a.Urns[0].Generator = scrutin.Point{} },
		"no root for the added":      func(a *scrutin.Amendment) { a.Urns[0].Root = scrutin.Digest{} },
		"a generator for nobody":     func(a *scrutin.Amendment) { a.Urns[1].Generator = base },
		"a root for nobody":          func(a *scrutin.Amendment) { a.Urns[1].Root = some("r") },
	} {
		a := adds(1, 40, 12, 3)
		edit(a)
		if _, err := scrutin.Text(a); !errors.Is(err, scrutin.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzAmendment(f *testing.F)          { fuzzKind(f, "amendment") }
func FuzzAddedEnrolment(f *testing.F)     { fuzzKind(f, "added-enrolment") }
func FuzzAddedAnonymisation(f *testing.F) { fuzzKind(f, "added-anonymisation") }

// However an amendment is asked for, the register after it has the numbers it had, the
// new ones behind them, and at least one elector.
func FuzzAmend(f *testing.F) {
	f.Add(1, 40, 12, 3, 39)
	f.Add(1, 40, 0, 39, 39)
	f.Add(2, 41, 9, -1, 40)
	f.Fuzz(func(t *testing.T, number, before, m, first, last int) {
		if last-first > 100 || m > 1000 {
			t.Skip()
		}
		var struck []int
		for n := first; n <= last; n++ {
			struck = append(struck, n)
		}
		a := adds(number, before, m, struck...)
		if a.Check() != nil {
			return
		}
		after, err := scrutin.Amend(register(), a, 1, 10)
		if err != nil {
			return
		}
		if after[0].Numbered() != 40+m || after[1].Numbered() != 40 || after[0].Electors() < 1 || after[1].Electors() != 40-len(struck) || after[1].Electors() < 1 {
			t.Errorf("%+v gives %+v", a, after)
		}
	})
}
