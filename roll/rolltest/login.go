package rolltest

import (
	"crypto/rand"
	"errors"
	"reflect"
	"slices"
	"testing"

	"isoloir/roll"
)

func deposit(p roll.Place, issuer int, generation uint32) roll.Deposit {
	d := roll.Deposit{Place: p, Issuer: issuer}
	d.Generation = generation
	rand.Read(d.Half.Login[:])
	rand.Read(d.Masked[:])
	return d
}

func deposits(t *testing.T, b *bench) {
	p, q := roll.Place{Urn: 1, Elector: 7}, roll.Place{Urn: 1, Elector: 8}
	put := func(what string, want error, deposits ...roll.Deposit) {
		t.Helper()
		if err := b.Deposit(ctx, b.scope, deposits); !errors.Is(err, want) {
			t.Fatalf("%s: %v, not %v", what, err, want)
		}
	}
	is := func(what string, place roll.Place, halves ...roll.Deposit) {
		t.Helper()
		l, err := b.Login(ctx, b.scope, place)
		if len(halves) == 0 {
			if !errors.Is(err, roll.ErrElector) {
				t.Fatalf("%s: %v", what, err)
			}
			return
		}
		if want := (roll.Login{Place: place, Halves: [2]roll.Half{halves[0].Half, halves[1].Half}}); err != nil || l != want {
			t.Fatalf("%s: %+v, %v", what, l, err)
		}
	}
	first, second := deposit(p, 0, 0), deposit(p, 1, 0)
	is("nobody", p)
	put("one issuer", nil, first)
	is("one issuer", p)
	put("both, one of them again", nil, first, second, deposit(q, 0, 0))
	is("both", p, first, second)
	other := deposit(p, 1, 0)
	put("of the same generation", roll.ErrDeposit, deposit(q, 1, 0), other)
	is("nothing of a refused call", q)
	renewed := deposit(p, 1, 3)
	put("renewed", nil, renewed)
	is("renewed", p, first, renewed)
	put("of a lower generation", nil, second, deposit(p, 1, 2))
	is("renewed, after an older one", p, first, renewed)
	b.scope.Scrutin = "other"
	is("another scope", p)
}

func standing(t *testing.T, b *bench) {
	p := roll.Place{Urn: 0, Elector: 3}
	is := func(want roll.Standing) {
		t.Helper()
		if got, err := b.Standing(ctx, b.scope, p); err != nil || got != want {
			t.Fatalf("%+v, %v, where %+v is right", got, err, want)
		}
	}
	if _, err := b.Elector(ctx, b.scope, p); !errors.Is(err, roll.ErrElector) {
		t.Fatal(err)
	}
	if err := b.Import(ctx, b.scope, electors(person(0, 3))); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Elector(ctx, b.scope, p); err != nil || !reflect.DeepEqual(got, person(0, 3)) {
		t.Fatalf("%+v, %v", got, err)
	}
	is(roll.Standing{})
	r := reservation(0, 3)
	b.reserve(t, "reserve", nil, r, reservation(0, 4))
	is(roll.Standing{Reserved: true})
	b.mark(t, "mark", nil, marking(r))
	is(roll.Standing{Marked: true})
	again := marking(r)
	again.Hash = roll.Hash{}
	if o := b.mark(t, "the mark again, without τ", nil, again); o[0].Signature != r.Signature {
		t.Fatal("another signature")
	}
}

func told(t *testing.T, b *bench) {
	var want []roll.Place
	for i := range uint32(5) {
		r := reservation(uint16(i%2), i)
		b.reserve(t, "reserve", nil, r)
		m := marking(r)
		m.Tell = i != 4
		b.mark(t, "mark", nil, m)
		b.mark(t, "mark again", nil, m)
		if m.Tell {
			want = append(want, roll.Place{Urn: r.Urn, Elector: r.Elector})
		}
	}
	want = []roll.Place{want[0], want[2], want[1], want[3]}
	is := func(want []roll.Place, limit int) {
		t.Helper()
		if got, err := b.Untold(ctx, b.scope, limit); err != nil || !slices.Equal(got, want) {
			t.Fatalf("%v, %v, where %v is right", got, err, want)
		}
	}
	is(want, 10)
	is(want[:2], 2)
	if err := b.Told(ctx, b.scope, []roll.Place{want[0], want[3], {Urn: 7}}); err != nil {
		t.Fatal(err)
	}
	is(want[1:3], 10)
	b.Store = b.open(t)
	is(want[1:3], 10)
}
