package inspection_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"isoloir/integrity"
	"isoloir/integrity/integritytest"
	"isoloir/roll"
	"isoloir/roll/inspection"
)

// of is the first urn.
const of = "urn = 0 AND "

// manipulation is what an operator does, and the finding that names it.
type manipulation struct {
	name  string
	do    func(t *testing.T, s *site)
	want  string
	fresh bool // the service writes too
}

func statements(all ...string) func(*testing.T, *site) {
	return func(t *testing.T, s *site) { s.Do(t, all...) }
}

func flip(table, column, where string) func(*testing.T, *site) {
	return func(t *testing.T, s *site) { s.Flip(t, table, column, where) }
}

// chained rewrites the chain from a mark to its end, as anybody can who has the rows: it
// is whole again.
func chained(from uint64, change func(*roll.DatedMark)) func(*testing.T, *site) {
	return func(t *testing.T, s *site) {
		var all []roll.DatedMark
		if err := s.store.Chain(ctx, s.Scope, 0, func(d roll.DatedMark) error {
			all = append(all, d)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		var before roll.Hash
		for _, d := range all {
			if d.Previous = before; d.Sequence >= from {
				change(&d)
				h := d.Hash()
				s.Do(t, fmt.Sprintf("UPDATE mark SET time = %d, chain = %s WHERE urn = 0 AND sequence = %d", d.Time.Unix(), s.Blob(h[:]), d.Sequence))
			}
			before = d.Hash()
		}
		if err := s.store.Chain(ctx, s.Scope, 0, func(roll.DatedMark) error { return nil }); err != nil {
			t.Fatalf("this operator does not know how to make a chain: %v", err)
		}
	}
}

// forged marks an elector who holds an authorisation, at the end of the chain, with
// everything that follows from it but what the service alone can make.
func forged(t *testing.T, s *site) {
	var last roll.DatedMark
	if err := s.store.Chain(ctx, s.Scope, 0, func(d roll.DatedMark) error {
		last = d
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	d := roll.DatedMark{Sequence: last.Sequence + 1, Previous: last.Hash(), Time: last.Time, Mark: s.Request(t, 0, 5).Signed}
	signature := d.Mark.Signature
	s.Do(t, "UPDATE reservation SET signature = "+s.Blob(signature[:])+" WHERE urn = 0 AND number = 5", "DELETE FROM held WHERE urn = 0 AND number = 5")
	h := d.Hash()
	s.Do(t, "INSERT INTO mark (organisation, scrutin, urn, sequence, number, time, chain, mac) SELECT organisation, scrutin, urn, 8, 5, time, "+s.Blob(h[:])+", mac FROM mark WHERE urn = 0 AND sequence = 7")
	marked := false
	if err := s.store.Marks(ctx, s.Scope, 0, func(m roll.Signed) error {
		marked = marked || m.Elector == 5
		return nil
	}); err != nil || !marked {
		t.Fatalf("elector 5 is not marked: %v", err)
	}
}

const row = "row #[0-9a-f]{8}"

var manipulations = []manipulation{
	{"a mark taken away", statements("DELETE FROM mark WHERE " + of + "sequence = 3"), "table mark, urn urn-1, row 3: missing", false},
	{"the last mark taken away", statements("DELETE FROM mark WHERE " + of + "sequence = 7"), "table mark, urn urn-1, row 7: missing", false},
	{"the last mark taken away with its reservation", statements("DELETE FROM reservation WHERE "+of+"number = (SELECT number FROM mark WHERE urn = 0 AND sequence = 7)", "DELETE FROM mark WHERE "+of+"sequence = 7"),
		"table reservation, urn urn-1, 1 of 10 rows: missing", false},
	{"a mark put in", forged, "table mark, urn urn-1, row 8: added", false},
	{"another elector's mark", statements("UPDATE mark SET number = 5 WHERE " + of + "sequence = 3"), "table mark, urn urn-1, row 3: changed", false},
	{"a mark of another date", statements("UPDATE mark SET time = time - 3600 WHERE " + of + "sequence = 3"), "table mark, urn urn-1, row 3: changed", false},
	{"two marks exchanged", statements("UPDATE mark SET sequence = -1 WHERE "+of+"sequence = 2", "UPDATE mark SET sequence = 2 WHERE "+of+"sequence = 4", "UPDATE mark SET sequence = 4 WHERE "+of+"sequence = -1"),
		"table mark, urn urn-1, row 2: changed", false},
	{"all marks dated anew, in a chain that is whole", chained(3, func(d *roll.DatedMark) { d.Time = d.Time.Add(-time.Hour) }), "table mark, urn urn-1, row 3: changed", false},
	{"the signature of a mark", flip("reservation", "signature", of+"number = 9"), "table reservation, urn urn-1, " + row + ": changed", false},
	{"the reservation of a mark taken away", statements("DELETE FROM reservation WHERE " + of + "number = 9"), "table reservation, urn urn-1, 1 of 10 rows: missing", false},
	{"a login key", flip("login", "point", of+"number = 6 AND issuer = 0"), "table login, urn urn-1, " + row + ": changed", false},
	{"a masked half", flip("login", "masked", of+"number = 6 AND issuer = 1"), "table login, urn urn-1, " + row + ": changed", false},
	{"a login key taken away", statements("DELETE FROM login WHERE " + of + "number = 6 AND issuer = 0"), "table login, urn urn-1, 1 of 62 rows: missing", false},
	{"another elector's login key", statements("UPDATE login SET point = (SELECT l.point FROM login AS l WHERE l.urn = 0 AND l.number = 7 AND l.issuer = 0) WHERE " + of + "number = 6 AND issuer = 0"), "table login, urn urn-1, " + row + ": changed", false},
	{"a renewed code made the old one again", func(t *testing.T, s *site) {
		s.Do(t, "CREATE TABLE kept_login AS SELECT * FROM login WHERE urn = 0 AND number = 6 AND issuer = 0")
		if err := s.store.Deposit(ctx, s.Scope, []roll.Deposit{half(roll.Place{Elector: 6}, 0, 1)}); err != nil {
			t.Fatal(err)
		}
		s.Do(t, "DELETE FROM login WHERE urn = 0 AND number = 6 AND issuer = 0", "INSERT INTO login SELECT * FROM kept_login")
	}, "table login, urn urn-1, 1 of 63 rows: missing", true},
	{"an elector's name", statements("UPDATE elector SET family = 'Dupont' WHERE " + of + "number = 11"), "table elector, urn urn-1, " + row + ": changed", false},
	{"an elector's number", statements("UPDATE elector SET number = 30 WHERE " + of + "number = 11"), "table elector, urn urn-1, " + row + ": missing", false},
	{"two electors' numbers exchanged", statements("UPDATE elector SET number = 99 WHERE "+of+"number = 11", "UPDATE elector SET number = 11 WHERE "+of+"number = 12", "UPDATE elector SET number = 12 WHERE "+of+"number = 99"),
		"table elector, urn urn-1, " + row + ": changed", false},
	{"an elector put in", statements("INSERT INTO elector (organisation, scrutin, urn, number, reference, station, college, country, language, channels, born, family, given, mac) SELECT organisation, scrutin, urn, 30, 'X', station, college, country, language, channels, born, family, given, mac FROM elector WHERE " + of + "number = 0"),
		"table elector, urn urn-1, 1 rows more than 30: added", false},
	{"an elector taken away", statements("DELETE FROM elector WHERE " + of + "number = 29"), "table elector, urn urn-1, 1 of 30 rows: missing", false},
	{"an authorisation taken away", statements("DELETE FROM held WHERE " + of + "number = 5"), "table held, urn urn-1, 1 of 3 rows: missing", false},
	{"an authorisation given to somebody else", statements("UPDATE held SET number = 8 WHERE " + of + "number = 5"), "table held, urn urn-1, " + row + ": changed", false},
	{"an authorisation of an earlier time", statements("UPDATE held SET since = since - 600 WHERE " + of + "number = 5"), "table held, urn urn-1, " + row + ": changed", false},
	{"an authorisation for who has voted", func(t *testing.T, s *site) {
		s.Do(t, "CREATE TABLE kept_held AS SELECT * FROM held WHERE urn = 0 AND number = 5")
		token := s.reserve(t, 0, 5)
		if err := s.store.Release(ctx, s.Scope, nil); err != nil {
			t.Fatal(err)
		}
		if out, err := s.store.Mark(ctx, s.Scope, []roll.Marking{{Elector: 5, Hash: token[0], Time: time.Now()}}); err != nil || out[0].Err != nil {
			t.Fatal(out, err)
		}
		s.Do(t, "DELETE FROM held WHERE urn = 0 AND number = 2", "INSERT INTO held SELECT * FROM kept_held")
	}, "table held, urn urn-1, " + row + ": added", true},
	{"a place in a companion", statements("UPDATE pair SET in_number = 17 WHERE " + of + "number = 2"), "table pair, urn urn-1, " + row + ": changed", false},
	{"who was struck off let in again", statements("DELETE FROM struck WHERE " + of + "number = 13"), "table struck, urn urn-1, 1 of 1 rows: missing", false},
	{"somebody else struck off", statements("UPDATE struck SET number = 16 WHERE " + of + "number = 13"), "table struck, urn urn-1, " + row + ": changed", false},
	{"another name in an amendment under way", statements("UPDATE staged SET family = 'Grand' WHERE " + of + "number = 30"), "table staged, urn urn-1, " + row + ": changed", false},
	{"who is to be struck off barred before his time", statements("UPDATE staged SET change = 2 WHERE " + of + "number = 15"), "table staged, urn urn-1, " + row + ": changed", false},
	{"who is to be struck off taken out", statements("DELETE FROM staged WHERE " + of + "number = 15"), "table staged, urn urn-1, 1 of 2 rows: missing", false},
	{"what is counted", flip("counted", "state", "urn = 0"), "table counted, urn urn-1: changed", false},
	{"what is counted taken away", statements("DELETE FROM counted WHERE urn = 0"), "table counted, urn urn-1: older", false},
	{"an older copy, when the service begins anew", func(t *testing.T, s *site) {
		s.vote(t, 0, 20)
		s.well(t)
		s.reopen(t, true)
	}, "table counted, urn urn-1: older", true},
}

// TestOperator has an operator with full rights change the store, on each engine.
func TestOperator(t *testing.T) {
	sites(t, func(t *testing.T, fresh, next func(*testing.T) *site) {
		t.Run("honest", func(t *testing.T) { honest(t, fresh(t)) })
		t.Run("digest", func(t *testing.T) { digest(t, fresh(t)) })
		// The next whole check names what he did, and nobody by his number.
		for _, m := range manipulations {
			t.Run(m.name, func(t *testing.T) {
				site := next
				if m.fresh {
					site = fresh
				}
				s := site(t)
				m.do(t, s)
				if lines := integritytest.Whole(t, s.inspector(t)); !integritytest.Named(lines, m.want) {
					t.Errorf("found %q, not %q", lines, m.want)
				}
			})
		}
	})
}

// honest checks a store without a pause while it is at work: nothing is ever found.
func honest(t *testing.T, s *site) {
	ctx, cancel := context.WithCancel(ctx)
	var work sync.WaitGroup
	inspector, whole, seen := s.inspector(t), 0, []integrity.Finding{}
	check := &integrity.Check{Subject: inspector, Anchors: inspector.Anchors, Now: time.Now, Every: time.Millisecond, Share: 1,
		Found: func(f []integrity.Finding) { seen = append(seen, f...) }, Settled: func([]integrity.Finding) { whole++ }}
	work.Go(func() { check.Run(ctx, func(err error) { t.Logf("once again: %v", err) }) })
	work.Go(func() {
		for generation := uint32(3); ctx.Err() == nil; generation++ {
			if err := s.store.Deposit(context.Background(), s.Scope, []roll.Deposit{half(roll.Place{Urn: 1, Elector: generation % electors}, 1, generation)}); err != nil {
				t.Error(err)
			}
			time.Sleep(time.Millisecond)
		}
	})
	for n := 15; n < electors; n++ {
		s.vote(t, n%2, n)
		s.reserve(t, 1-n%2, n)
		if n%3 == 0 {
			if err := s.store.Forget(ctx); err != nil {
				t.Error(err)
			}
		}
	}
	time.Sleep(200 * time.Millisecond)
	cancel()
	work.Wait()
	if len(seen) > 0 || whole == 0 {
		t.Errorf("%d whole checks of an honest store found %v", whole, seen)
	}
	t.Logf("%d whole checks", whole)
	s.well(t)
}

// digest has the report say the same of the roll as long as it is the same.
func digest(t *testing.T, s *site) {
	figures := func() integrity.Figures {
		i := s.inspector(t)
		integritytest.Whole(t, i)
		all, err := i.Figures(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return all[0]
	}
	first := figures()
	s.vote(t, 0, 25)
	second := figures()
	if first.Roll.IsZero() || first.Roll != second.Roll || first.Votes+1 != second.Votes || first.Head == second.Head || second.Waiting != 3 {
		t.Errorf("%+v, then %+v", first, second)
	}
	s.Do(t, "UPDATE elector SET given = 'Zoe' WHERE urn = 0 AND number = 1")
	if third := figures(); third.Roll == first.Roll {
		t.Error("another roll has the same digest")
	}
	if name := inspection.Name(s.store.Ledger().Key, s.Scope, roll.Place{Elector: 1}); len(name) != 8 || strings.Trim(name, "0123456789abcdef") != "" {
		t.Errorf("a name of %q", name)
	}
}
