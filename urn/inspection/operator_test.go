package inspection_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"isoloir/integrity"
	"isoloir/integrity/integritytest"
	"isoloir/urn"
	"isoloir/urn/urntest"
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

// inserted inserts a row into spent.
func inserted(fate string) func(*testing.T, *site) {
	return func(t *testing.T, s *site) {
		token := urntest.Token()
		s.Do(t, "INSERT INTO spent (organisation, scrutin, urn, token, fate, mac) SELECT organisation, scrutin, urn, "+s.Blob(token[:])+", "+fate+", mac FROM head WHERE urn = 0 AND number = 0")
	}
}

const lastTag = "tag = (SELECT tag FROM pending WHERE urn = 0 ORDER BY tag DESC LIMIT 1)"

// opened is one of the ballots that were opened.
const opened = "name = (SELECT name FROM challenge WHERE urn = 0 ORDER BY name LIMIT 1)"

var manipulations = []manipulation{
	{"a byte of a leaf", flip("leaf", "leaf", of+"position = 4"), "table leaf, urn urn-1, row 4: changed", false},
	{"a leaf and what is looked up of it", func(t *testing.T, s *site) {
		s.Flip(t, "leaf", "leaf", of+"position = 4")
		s.Flip(t, "ballot", "hash", of+"position = 4")
	}, "table leaf, urn urn-1, row 4: changed", false},
	{"a leaf taken away", statements("DELETE FROM leaf WHERE " + of + "position = 2"), "table leaf, urn urn-1, row 2: missing", false},
	{"the last leaves taken away", statements("DELETE FROM leaf WHERE " + of + "position >= 7"), "table leaf, urn urn-1, rows 7 to 8: missing", false},
	{"two leaves exchanged", statements("UPDATE leaf SET position = -1 WHERE "+of+"position = 1", "UPDATE leaf SET position = 1 WHERE "+of+"position = 3", "UPDATE leaf SET position = 3 WHERE "+of+"position = -1"),
		"table leaf, urn urn-1, row 1: changed", false},
	{"a leaf put in", statements("INSERT INTO leaf (organisation, scrutin, urn, position, leaf, mac) SELECT organisation, scrutin, urn, 9, leaf, mac FROM leaf WHERE " + of + "position = 0"),
		"table leaf, urn urn-1, row 9: added", false},
	{"a leaf put before the first", statements("INSERT INTO leaf (organisation, scrutin, urn, position, leaf, mac) SELECT organisation, scrutin, urn, -7, leaf, mac FROM leaf WHERE " + of + "position = 0"),
		"table leaf, urn urn-1, 1 rows more than 0: added", false},
	{"what is looked up of a ballot", statements("UPDATE ballot SET position = 3 WHERE " + of + "position = 5"), "table ballot, urn urn-1, row #[0-9a-f]{8}: changed", false},
	{"a ballot that is not looked up any more", statements("DELETE FROM ballot WHERE " + of + "position = 5"), "table ballot, urn urn-1, 1 of 9 rows: missing", false},
	{"half a ciphertext forgotten", statements("DELETE FROM half WHERE half = (SELECT half FROM half ORDER BY half LIMIT 1)"), "table half, 1 of 24 rows: missing", false},
	{"half a ciphertext invented", flip("half", "half", "organisation = 'ville'"), "table half, row #[0-9a-f]{8}: changed", false},
	{"a checkpoint", flip("checkpoint", "note", of+"number = 1"), "table checkpoint, urn urn-1, row 1: changed", false},
	{"a checkpoint of another log", statements("UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE urn = 1 AND number = 0) WHERE " + of + "number = 0"), "table checkpoint, urn urn-1, row 0: changed", false},
	{"the newest checkpoint taken away", statements("DELETE FROM checkpoint WHERE " + of + "number = 2"), "table checkpoint, urn urn-1, row 2: missing", false},
	{"a head", flip("head", "peaks", of+"number = 2"), "table head, urn urn-1, row 2: changed", false},
	{"the last batch taken away", statements("DELETE FROM leaf WHERE "+of+"position >= 5", "DELETE FROM ballot WHERE "+of+"position >= 5", "DELETE FROM head WHERE "+of+"number = 2", "DELETE FROM checkpoint WHERE "+of+"number = 2"),
		"table head, urn urn-1, row 2: missing", false},
	{"a pending ballot taken away", statements("DELETE FROM pending WHERE " + lastTag), "table pending, urn urn-1, 1 of 3 rows: missing", false},
	{"a pending ballot and an authorisation taken away", statements("DELETE FROM pending WHERE "+lastTag, "DELETE FROM spent WHERE "+of+"token = (SELECT token FROM spent WHERE urn = 0 AND fate = 1 ORDER BY token LIMIT 1)"),
		"table spent, urn urn-1, 1 of 12 rows: missing", false},
	{"a pending ballot replaced by another's", statements("UPDATE pending SET box = (SELECT box FROM pending WHERE urn = 0 ORDER BY tag LIMIT 1) WHERE " + lastTag), "table pending, urn urn-1, row #[0-9a-f]{8}: changed", false},
	{"a pending ballot carried to another urn", statements("UPDATE pending SET urn = 1 WHERE " + lastTag), "table pending, urn urn-2, row #[0-9a-f]{8}: changed", false},
	{"a name of what waits taken away", statements("DELETE FROM pending_tag WHERE tag = (SELECT tag FROM pending_tag ORDER BY tag LIMIT 1)"), "table pending_tag, row #[0-9a-f]{8}: missing", false},
	{"a spent authorisation put in", inserted("1"), "table spent, urn urn-1, row #[0-9a-f]{8}: changed", false},
	{"a void authorisation put in", inserted("2"), "table spent, urn urn-1, 1 rows more than 1: added", false},
	{"an authorisation declared void", statements("UPDATE spent SET fate = 2 WHERE " + of + "token = (SELECT token FROM spent WHERE urn = 0 AND fate = 1 ORDER BY token LIMIT 1)"), "table spent, urn urn-1, row #[0-9a-f]{8}: changed", false},
	{"a void authorisation freed", statements("DELETE FROM spent WHERE " + of + "fate = 2"), "table spent, urn urn-1, 1 of 1 rows: missing", false},
	{"an opened ballot", flip("challenge", "record", of+opened), "table challenge, urn urn-1, row #[0-9a-f]{8}: changed", false},
	{"an opened ballot under another name", flip("challenge", "name", of+opened), "table challenge, urn urn-1, row #[0-9a-f]{8}: changed", false},
	{"an opened ballot carried to another urn", statements("UPDATE challenge SET urn = 1 WHERE " + of + opened), "table challenge, urn urn-2, row #[0-9a-f]{8}: changed", false},
	{"an opened ballot taken away", statements("DELETE FROM challenge WHERE " + of + opened), "table challenge, urn urn-1, 1 of 3 rows: missing", false},
	{"all that was opened, and contested, taken away", statements("DELETE FROM contested", "DELETE FROM challenge"), "table challenge, urn urn-1, 3 of 3 rows: missing", false},
	{"a code that contests", flip("contested", "code", "urn = 0"), "table contested, urn urn-1, row #[0-9a-f]{8}: changed", false},
	{"a code that contests, taken away", statements("DELETE FROM contested WHERE urn = 0"), "table challenge, urn urn-1, 1 of 3 rows: missing", false},
	{"a code that contests another opened ballot", statements("UPDATE contested SET name = (SELECT name FROM challenge WHERE urn = 0 AND name NOT IN (SELECT name FROM contested)) WHERE urn = 0"),
		"table contested, urn urn-1, row #[0-9a-f]{8}: changed", false},
	{"a code that contests, put in", statements("INSERT INTO contested (organisation, scrutin, urn, name, code, mac) SELECT organisation, scrutin, 1, name, code, mac FROM contested WHERE urn = 0"),
		"table contested, urn urn-2, row #[0-9a-f]{8}: changed", false},
	{"a closed urn reopened", func(t *testing.T, s *site) {
		if err := s.service.Close(ctx); err != nil {
			t.Fatal(err)
		}
		s.well(t)
		s.Do(t, "DELETE FROM closed WHERE urn = 0")
	}, "table closed, urn urn-1, 1 of 1 rows: missing", true},
	{"an urn closed", statements("INSERT INTO closed (organisation, scrutin, urn) SELECT organisation, scrutin, urn FROM opened WHERE urn = 1"), "table closed, urn urn-2, 1 rows more than 0: added", false},
	{"what is counted", flip("counted", "state", "urn = 0"), "table counted, urn urn-1: changed", false},
	{"what is counted, of another urn", statements("UPDATE counted SET state = (SELECT state FROM counted WHERE urn = 1) WHERE urn = 0"), "table counted, urn urn-1: changed", false},
	{"what is counted taken away", statements("DELETE FROM counted WHERE urn = 0"), "table counted, urn urn-1: older", false},
	{"an older copy, when the service begins anew", func(t *testing.T, s *site) {
		s.append(t, 0, 20)
		s.well(t)
		s.reopen(t, true)
	}, "table counted, urn urn-1: older", true},
}

// TestOperator has an operator with full rights change the store, on each engine. (S004-12c)
func TestOperator(t *testing.T) {
	sites(t, func(t *testing.T, fresh, next func(*testing.T) *site) {
		t.Run("refuses", func(t *testing.T) { refuses(t, fresh) })
		t.Run("honest", func(t *testing.T) { honest(t, fresh(t)) })
		// The next whole check names what he did.
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

// refuses has the service itself refuse to go on where it would sign, or count, what
// an operator has put there.
func refuses(t *testing.T, fresh func(*testing.T) *site) {
	s := fresh(t)
	s.append(t, 0, 20, 21, 22)
	s.Flip(t, "head", "peaks", of+"number = 2")
	if n, err := s.service.Flush(ctx); err == nil {
		t.Errorf("a batch of %d was put behind a head that the service did not write", n)
	}
	s = fresh(t)
	s.Flip(t, "counted", "state", "urn = 0")
	if a := s.service.Append(ctx, []urn.AppendRequest{s.Request(t, urntest.Token(), s.Ballot(t, 0, 20, 0))}); a[0].Err == nil {
		t.Error("a ballot was taken into a store that counts what its service did not write")
	}
}

// honest checks a store without a pause while it is at work: nothing is ever found.
func honest(t *testing.T, s *site) {
	var requests []urn.AppendRequest
	for number := range 2 {
		for e := 12; e < 40; e++ {
			requests = append(requests, s.Request(t, urntest.Token(), s.Ballot(t, number, e, e)))
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	var work sync.WaitGroup
	inspector, whole, seen := s.inspector(t), 0, []integrity.Finding{}
	check := &integrity.Check{Subject: inspector, Anchors: inspector.Anchors, Now: time.Now, Every: time.Millisecond, Share: 1,
		Found: func(f []integrity.Finding) { seen = append(seen, f...) }, Settled: func([]integrity.Finding) { whole++ }}
	work.Go(func() { check.Run(ctx, func(err error) { t.Logf("once again: %v", err) }) })
	work.Go(func() {
		for ctx.Err() == nil {
			s.service.Void(ctx, 1, []urn.Hash{urntest.Token()})
			time.Sleep(time.Millisecond)
		}
	})
	for len(requests) > 0 {
		for i, a := range s.service.Append(ctx, requests[:4]) {
			if a.Err != nil {
				t.Errorf("request %d: %v", i, a.Err)
			}
		}
		requests = requests[4:]
		s.flush(t)
	}
	if err := s.service.Close(ctx); err != nil {
		t.Error(err)
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
