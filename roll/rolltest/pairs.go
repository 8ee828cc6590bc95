package rolltest

import (
	"errors"
	"iter"
	"reflect"
	"testing"

	"isoloir/roll"
)

func pairs(list ...roll.Pair) iter.Seq2[roll.Pair, error] {
	return func(yield func(roll.Pair, error) bool) {
		for _, p := range list {
			if !yield(p, nil) {
				return
			}
		}
	}
}

func pair(urn uint16, number uint32, inUrn uint16, inNumber uint32) roll.Pair {
	return roll.Pair{Place: roll.Place{Urn: urn, Elector: number}, In: roll.Place{Urn: inUrn, Elector: inNumber}}
}

// paired keeps electors of companions, once each, all or none.
func paired(t *testing.T, b *bench) {
	broken := func(yield func(roll.Pair, error) bool) {
		_ = yield(pair(0, 0, 0, 5), nil) && yield(roll.Pair{}, roll.ErrFormat)
	}
	if err := b.Pair(ctx, b.scope, 0, broken); !errors.Is(err, roll.ErrFormat) {
		t.Fatalf("an extract that breaks off: %v", err)
	}
	for name, list := range map[string][]roll.Pair{
		"one of this roll twice":      {pair(0, 1, 0, 5), pair(0, 1, 0, 6)},
		"one of the companion twice":  {pair(0, 1, 0, 5), pair(0, 2, 0, 5)},
		"the same one in other words": {pair(0, 1, 0, 5), pair(0, 1, 0, 5)},
	} {
		if err := b.Pair(ctx, b.scope, 0, pairs(list...)); !errors.Is(err, roll.ErrFormat) {
			t.Fatalf("%s: %v", name, err)
		}
	}
	if n, err := b.Paired(ctx, b.scope, 0); n != 0 || err != nil {
		t.Fatalf("%d are kept of what was refused: %v", n, err)
	}
	for companion, list := range [][]roll.Pair{
		{pair(0, 2, 1, 1<<32-1), pair(1, 2, 0, 5)},
		{},
		{pair(0, 2, 0, 5), pair(0, 3, 0, 6), pair(1<<16-1, 1<<32-1, 0, 7)},
	} {
		if err := b.Pair(ctx, b.scope, companion, pairs(list...)); err != nil {
			t.Fatal(err)
		}
		if n, err := b.Paired(ctx, b.scope, companion); n != len(list) || err != nil {
			t.Fatalf("companion %d has %d electors, not %d: %v", companion, n, len(list), err)
		}
	}
	if err := b.Pair(ctx, b.scope, 2, pairs(pair(0, 9, 0, 9))); !errors.Is(err, roll.ErrFormat) {
		t.Fatalf("the same companion again: %v", err)
	}
	for place, want := range map[roll.Place][]roll.Companion{
		{Urn: 0, Elector: 2}:                 {{Number: 0, In: roll.Place{Urn: 1, Elector: 1<<32 - 1}}, {Number: 2, In: roll.Place{Urn: 0, Elector: 5}}},
		{Urn: 0, Elector: 3}:                 {{Number: 2, In: roll.Place{Urn: 0, Elector: 6}}},
		{Urn: 1, Elector: 2}:                 {{Number: 0, In: roll.Place{Urn: 0, Elector: 5}}},
		{Urn: 1<<16 - 1, Elector: 1<<32 - 1}: {{Number: 2, In: roll.Place{Urn: 0, Elector: 7}}},
		{Urn: 0, Elector: 9}:                 nil,
	} {
		got, err := b.Companions(ctx, b.scope, place)
		if err != nil || len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("elector %v may vote in %v, not %v: %v", place, got, want, err)
		}
	}
	b.scope.Scrutin = "other"
	if got, err := b.Companions(ctx, b.scope, roll.Place{Urn: 0, Elector: 2}); len(got) > 0 || err != nil {
		t.Errorf("in another scrutin he may vote in %v: %v", got, err)
	}
}
