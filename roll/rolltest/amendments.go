package rolltest

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"isoloir/roll"
)

func elector(urn uint16, number uint32, reference string) roll.Elector {
	return roll.Elector{Urn: urn, Number: number, Reference: reference, College: "all", Country: "FR", Language: "fr", Channels: []string{"email", "sms"}, Born: "1970-01-01", Family: "Durand", Given: "Zoé"}
}

func listed(all ...roll.Elector) iter.Seq2[roll.Elector, error] {
	return func(yield func(roll.Elector, error) bool) {
		for _, e := range all {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// lets says whether an elector who has left both halves can log in.
func (b *bench) lets(t *testing.T, p roll.Place) bool {
	t.Helper()
	switch _, err := b.Login(ctx, b.scope, p); {
	case err == nil:
		return true
	case !errors.Is(err, roll.ErrElector):
		t.Fatal(err)
	}
	return false
}

// amended takes an amendment from its files to the roll: nothing of it counts before, what
// is asked twice is done once, and who has voted is struck off by nobody.
func amended(t *testing.T, b *bench) {
	var first []roll.Elector
	for n := range uint32(6) {
		first = append(first, elector(0, n, fmt.Sprint("A", n)))
	}
	if err := b.Import(ctx, b.scope, listed(first...)); err != nil {
		t.Fatal(err)
	}
	var halves []roll.Deposit
	for n := range uint32(8) {
		p := roll.Place{Elector: n}
		for issuer := range 2 {
			halves = append(halves, roll.Deposit{Place: p, Issuer: issuer})
		}
	}
	if err := b.Deposit(ctx, b.scope, halves); err != nil {
		t.Fatal(err)
	}
	place := func(n uint32) roll.Place { return roll.Place{Elector: n} }
	vote := func(n uint32, mark bool) roll.Outcome {
		t.Helper()
		r := roll.Reservation{Signed: roll.Signed{Elector: n}, Token: [32]byte{byte(n), 1}, Since: noon}
		o, err := b.Reserve(ctx, b.scope, []roll.Reservation{r})
		if err != nil {
			t.Fatal(err)
		}
		if mark {
			if o, err = b.Mark(ctx, b.scope, []roll.Marking{{Elector: n, Hash: HashOf(r.Token), Time: noon}}); err != nil {
				t.Fatal(err)
			}
		}
		return o[0]
	}
	staging := roll.Staging{Amendment: 1, Added: []roll.Elector{elector(0, 6, "B0"), elector(0, 7, "B1")}, Struck: []roll.Place{place(1), place(2), place(3)}}
	if err := b.Stage(ctx, b.scope, roll.Staging{Amendment: 1, Added: []roll.Elector{elector(0, 6, "B0"), elector(0, 7, "A3")}}); !errors.Is(err, roll.ErrFormat) {
		t.Fatalf("somebody who is on the roll is added: %v", err)
	}
	for range 2 {
		if err := b.Stage(ctx, b.scope, staging); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Stage(ctx, b.scope, roll.Staging{Amendment: 1, Struck: staging.Struck}); !errors.Is(err, roll.ErrFormat) {
		t.Fatalf("another one while one is under way: %v", err)
	}
	if got, err := b.Staged(ctx, b.scope); err != nil || !got.Equal(staging) || got.Barred != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := b.Elector(ctx, b.scope, place(6)); !errors.Is(err, roll.ErrElector) || !b.lets(t, place(1)) {
		t.Fatalf("what is staged counts: %v", err)
	}
	// One of those who are struck off votes, and one begins to.
	if vote(1, true).Err != nil || vote(2, false).Err != nil {
		t.Fatal("they could not vote")
	}
	if spared, err := b.Bar(ctx, b.scope); err != nil || !slices.Equal(spared.Voted, []roll.Place{place(1)}) || !b.lets(t, place(3)) {
		t.Fatalf("%+v, %v: who has voted is barred, or somebody with him", spared, err)
	}
	if err := errors.Join(b.Unstage(ctx, b.scope), b.Unstage(ctx, b.scope)); err != nil {
		t.Fatal(err)
	}
	staging.Struck = staging.Struck[1:]
	if err := b.Stage(ctx, b.scope, staging); err != nil {
		t.Fatal(err)
	}
	for _, holding := range [][]roll.Place{{place(2)}, nil} {
		spared, err := b.Bar(ctx, b.scope)
		if err != nil || !slices.Equal(spared.Holding, holding) || len(spared.Voted) > 0 || b.lets(t, place(3)) || b.lets(t, place(2)) != (holding != nil) {
			t.Fatalf("%+v, %v", spared, err)
		}
		if err := b.Release(ctx, b.scope, []roll.Marking{{Elector: 2, Hash: HashOf([32]byte{2, 1})}}); err != nil {
			t.Fatal(err)
		}
	}
	if o := vote(3, false); !errors.Is(o.Err, roll.ErrSession) || !errors.Is(vote(2, false).Err, roll.ErrSession) {
		t.Fatalf("who is barred reserves: %v", o.Err)
	}
	if got, err := b.Staged(ctx, b.scope); err != nil || got.Barred != 2 || !got.Equal(staging) {
		t.Fatalf("%+v, %v", got, err)
	}
	if err := b.Unstage(ctx, b.scope); err != nil || !b.lets(t, place(3)) {
		t.Fatalf("who is not struck off after all is not let in: %v", err)
	}
	if err := b.Stage(ctx, b.scope, staging); err != nil {
		t.Fatal(err)
	}
	for name, u := range map[string]roll.AmendedUrn{
		"of another roll": {Before: 5, Added: 2}, "with others": {Before: 6, Added: 3}, "that nobody staged": {Urn: 1, Before: 0, Added: 2},
	} {
		if u.Before == 5 {
			u.Added = 3
		}
		if _, err := b.Adopt(ctx, b.scope, roll.Adoption{Amendment: 1, Urns: []roll.AmendedUrn{u}}); !errors.Is(err, roll.ErrFormat) {
			t.Fatalf("an amendment %s is taken up: %v", name, err)
		}
	}
	if vote(2, false).Err != nil {
		t.Fatal("who is not barred cannot begin")
	}
	a := roll.Adoption{Amendment: 1, Urns: []roll.AmendedUrn{{Before: 6, Added: 2, Struck: []uint32{2, 3}}}}
	for _, want := range [][]roll.Place{{place(2)}, {place(2)}} {
		if spared, err := b.Adopt(ctx, b.scope, a); err != nil || !slices.Equal(spared.Holding, want) {
			t.Fatalf("%+v, %v", spared, err)
		}
	}
	if o := vote(2, true); o.Err != nil {
		t.Fatal(o.Err)
	}
	if spared, err := b.Adopt(ctx, b.scope, a); err != nil || !slices.Equal(spared.Voted, []roll.Place{place(2)}) {
		t.Fatalf("%+v, %v", spared, err)
	}
	if b.lets(t, place(3)) || !b.lets(t, place(2)) || !b.lets(t, place(6)) || !errors.Is(vote(3, false).Err, roll.ErrSession) {
		t.Fatal("the wrong ones are let in")
	}
	var struck, all []uint32
	if err := b.Statuses(ctx, b.scope, 0, func(s roll.Status) error {
		if all = append(all, s.Elector.Number); s.Struck {
			struck = append(struck, s.Elector.Number)
		}
		return nil
	}); err != nil || len(all) != 8 || !slices.Equal(struck, []uint32{3}) {
		t.Fatalf("%v are on the roll, %v struck off: %v", all, struck, err)
	}
	if e, err := b.Elector(ctx, b.scope, place(7)); err != nil || e.Reference != "B1" {
		t.Fatalf("%+v, %v", e, err)
	}
	later := roll.Staging{Amendment: 2, Added: []roll.Elector{elector(0, 8, "C0")}}
	if err := b.Unstage(ctx, b.scope); err != nil {
		t.Fatal(err)
	}
	if err := b.Stage(ctx, b.scope, later); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Adopt(ctx, b.scope, roll.Adoption{Amendment: 2, Urns: []roll.AmendedUrn{{Before: 8, Added: 1}, {Urn: 1}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Adopt(ctx, b.scope, a); err != nil { // an earlier one again
		t.Fatal(err)
	}
	if e, err := b.Elector(ctx, b.scope, place(8)); err != nil || e.Reference != "C0" {
		t.Fatalf("%+v, %v", e, err)
	}
	// A note that was signed before the amendment was dropped and made anew is adopted after all.
	signed, again := []roll.Place{place(4)}, []roll.Place{place(5)}
	if err := b.Stage(ctx, b.scope, roll.Staging{Amendment: 3, Struck: signed}); err != nil {
		t.Fatal(err)
	}
	_, barred := b.Bar(ctx, b.scope)
	if err := errors.Join(barred, b.Unstage(ctx, b.scope), b.Stage(ctx, b.scope, roll.Staging{Amendment: 3, Struck: again})); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Bar(ctx, b.scope); err != nil || b.lets(t, place(5)) || !b.lets(t, place(4)) {
		t.Fatalf("the wrong one is barred: %v", err)
	}
	if _, err := b.Adopt(ctx, b.scope, roll.Adoption{Amendment: 3, Urns: []roll.AmendedUrn{{Before: 9, Struck: []uint32{4}}, {Urn: 1}}}); err != nil {
		t.Fatal(err)
	}
	if b.lets(t, place(4)) || !b.lets(t, place(5)) {
		t.Fatal("who is not struck off is kept out, or who is struck off is let in")
	}
	if err := b.Stage(ctx, b.scope, roll.Staging{Amendment: 4, Struck: again}); err != nil {
		t.Fatalf("the roll is stuck: %v", err)
	}
	if held, err := b.Held(ctx, b.scope, 0, noon.Add(time.Hour), -1, 10); err != nil || len(held) != 0 {
		t.Fatalf("%+v, %v", held, err)
	}
}
