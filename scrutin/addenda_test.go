package scrutin_test

import (
	"errors"
	"fmt"
	"runtime"
	"testing"

	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// Acts between opening and seal, each refused for its own reason.
func TestAddenda(t *testing.T) {
	start := func(kind string, o scrutintest.Options) *board {
		b := newBoard(t, o)
		b.until(t, kind)
		return b
	}
	refuse := func(name string, b *board, kind string, want scrutin.Rule, edit func(*scrutin.Act)) {
		t.Helper()
		a := b.draft(kind)
		if edit != nil {
			edit(a)
		}
		if err := b.p.Apply(b.sign(a, b.present...)); !errors.Is(err, want) {
			t.Errorf("%s: %v, expected rule %q", name, err, string(want))
		}
	}
	open := func() *board { return start(scrutin.ActClose, scrutintest.Options{}) }
	refuse("resume unsuspended", open(), scrutin.ActResume, scrutin.RuleOrder, nil)
	b := open()
	if err := b.apply(scrutin.ActSuspend); err != nil {
		t.Fatal(err)
	}
	refuse("suspend twice", b, scrutin.ActSuspend, scrutin.RuleOrder, nil)
	refuse("no opinion", open(), scrutin.ActSuspend, scrutin.RuleOpinion, func(a *scrutin.Act) { a.Body.Opinion = "" })
	refuse("no reason", open(), scrutin.ActSuspend, scrutin.RuleBody, func(a *scrutin.Act) { a.Body.Reason = "" })
	refuse("shorter", open(), scrutin.ActExtend, scrutin.RuleTime, func(a *scrutin.Act) { a.Body.Close = b.p.Closes() })
	refuse("extend after close", open(), scrutin.ActExtend, scrutin.RuleTime, func(a *scrutin.Act) { a.Time = b.p.Closes() })
	refuse("addendum of a result", open(), scrutin.ActAddendum, scrutin.RuleBody, func(a *scrutin.Act) { a.Body.Adopts[0].Path = "result.note" })
	refuse("empty addendum", open(), scrutin.ActAddendum, scrutin.RuleBody, func(a *scrutin.Act) { a.Body.Adopts = nil })
	refuse("append while open", open(), scrutin.ActAppend, scrutin.RuleOrder, nil)
	closed := start(scrutin.ActSeal, scrutintest.Options{})
	refuse("append to an unknown urn", closed, scrutin.ActAppend, scrutin.RuleBody, func(a *scrutin.Act) { a.Body.Adopts[0].Path = "log/urn-9" })
	refuse("append twice", closed, scrutin.ActAppend, scrutin.RuleBody, func(a *scrutin.Act) { a.Body.Adopts = append(a.Body.Adopts, a.Body.Adopts[0]) })
	if err := closed.apply(scrutin.ActAppend); err != nil {
		t.Fatal(err)
	}
	seal := func(marks, ballots int) func(*scrutin.Act) {
		return func(a *scrutin.Act) { a.Body.Found[0].Marks, a.Body.Found[0].Ballots = marks, ballots }
	}
	refuse("appended ballot not there", closed, scrutin.ActSeal, scrutin.RuleSince, seal(20, 20))
	refuse("appended ballot in another urn", closed, scrutin.ActSeal, scrutin.RuleSince, func(a *scrutin.Act) {
		seal(20, 20)(a)
		a.Body.Found[1].Marks, a.Body.Found[1].Ballots = 31, 31
	})
	refuse("two for one appended", closed, scrutin.ActSeal, scrutin.RuleSince, seal(22, 22))
	if err := closed.apply(scrutin.ActSeal); err != nil {
		t.Error(err)
	}
	revotes := start(scrutin.ActSeal, scrutintest.Options{Revotes: 1})
	if err := revotes.apply(scrutin.ActAppend); err != nil {
		t.Fatal(err)
	}
	refuse("two for one appended, with revotes", revotes, scrutin.ActSeal, scrutin.RuleSince, seal(22, 22))
	a := revotes.draft(scrutin.ActSeal)
	seal(20, 20)(a) // it replaced another one
	if err := revotes.p.Apply(revotes.sign(a, revotes.present...)); err != nil {
		t.Error(err)
	}
	lost := newBoard(t, scrutintest.Options{})
	lost.until(t, scrutin.ActClose)
	a = lost.draft(scrutin.ActClose)
	a.Body.Found[0].Marks++
	if err := lost.p.Apply(lost.sign(a, lost.present...)); err != nil {
		t.Fatal(err)
	}
	refuse("mark lost after close", lost, scrutin.ActSeal, scrutin.RuleSince, nil)
	none := scrutintest.Options{Edit: func(m *scrutin.Manifest) { m.Addenda.Allowed = nil }}
	for _, k := range []string{scrutin.ActSuspend, scrutin.ActExtend, scrutin.ActAddendum} {
		refuse("not allowed", start(scrutin.ActClose, none), k, scrutin.RuleAddendum, nil)
	}
	refuse("not allowed", start(scrutin.ActSeal, none), scrutin.ActAppend, scrutin.RuleAddendum, nil)
}

// An act that names very many ballots is read in a time that grows with their
// number, not with its square.
func TestAppendMany(t *testing.T) {
	b := newBoard(t, scrutintest.Options{})
	b.until(t, scrutin.ActSeal)
	a := b.draft(scrutin.ActAppend)
	a.Body.Adopts = nil
	for i := range 10000 {
		a.Body.Adopts = append(a.Body.Adopts, scrutin.Adopted{Path: "log/urn-1", SHA256: scrutin.DigestOf([]byte(fmt.Sprint(i)))})
	}
	signed := b.sign(a, b.present...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := b.p.Apply(signed); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 100*uint64(len(signed)) {
		t.Errorf("%d bytes were allocated to read an act of %d", used, len(signed))
	}
}

// A small cell is opened only under an act that names it.
func TestOpenSmall(t *testing.T) {
	small := func() *board {
		b := newBoard(t, scrutintest.Options{})
		b.ballots = []int{3, 30}
		b.until(t, scrutin.ActMix)
		return b
	}
	b := small()
	if err := b.apply(scrutin.ActMix); !errors.Is(err, scrutin.RuleSmallCell) {
		t.Error(err)
	}
	for _, names := range [][]string{{"urn-2"}, {"urn-9"}, {"urn-1", "urn-1"}} {
		a := b.draft(scrutin.ActOpenSmall)
		a.Body.Cells = names
		if err := b.p.Apply(b.sign(a, b.present...)); !errors.Is(err, scrutin.RuleSmallCell) {
			t.Error(names, err)
		}
	}
	a := b.draft(scrutin.ActOpenSmall)
	a.Body.Reason = ""
	if err := b.p.Apply(b.sign(a, b.present...)); !errors.Is(err, scrutin.RuleBody) {
		t.Error(err)
	}
	for _, kind := range []string{scrutin.ActOpenSmall, scrutin.ActMix, scrutin.ActDecrypt} {
		if err := b.apply(kind); err != nil {
			t.Error(err)
		}
	}
	empty := newBoard(t, scrutintest.Options{})
	empty.ballots = []int{0, 30}
	empty.until(t, "") // a cell without ballots needs no act
	if !empty.p.Proclaimed() {
		t.Error("not at the end")
	}
}
