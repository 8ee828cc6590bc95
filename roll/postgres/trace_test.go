package postgres_test

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"isoloir/batchkey"
	"isoloir/roll"
	"isoloir/roll/rolltest"
)

var scope = roll.Scope{Organisation: "ville", Scrutin: "conseil-2026"}

func reservations(n int) []roll.Reservation {
	all := make([]roll.Reservation, n)
	for i := range all {
		all[i].Elector, all[i].Since = uint32(i), time.Unix(1_700_000_000, 0)
		rand.Read(all[i].Signature[:])
		rand.Read(all[i].Token[:])
	}
	return all
}

func marking(r roll.Reservation) roll.Marking {
	return roll.Marking{Urn: r.Urn, Elector: r.Elector, Hash: rolltest.HashOf(r.Token), Time: r.Since, Tell: true}
}

// trace looks for τ, and for any eight bytes of one, in all files of the server, and
// at the key that opens what is left of those that are forgotten.
func trace(t *testing.T, c *cluster) {
	s := c.open(t, "trace")
	defer s.Shut()
	all := reservations(60)
	if _, err := s.Reserve(ctx, scope, all); err != nil {
		t.Fatal(err)
	}
	var markings []roll.Marking
	var tokens, signatures [][]byte
	for i := range all {
		if tokens, signatures = append(tokens, all[i].Token[:]), append(signatures, all[i].Signature[:]); i < 40 {
			markings = append(markings, marking(all[i]))
		}
	}
	if _, err := s.Mark(ctx, scope, markings); err != nil {
		t.Fatal(err)
	}
	keys := func() []string {
		files, err := filepath.Glob(filepath.Join(c.keys, c.copies["trace"], "*", "*.key"))
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	before := keys()
	if err := s.Forget(ctx); err != nil {
		t.Fatal(err)
	}
	if after := keys(); len(before) != 1 || len(after) != 1 || before[0] == after[0] {
		t.Errorf("keys %v before Forget, %v after it", before, after)
	}
	if n := c.Found(t, signatures); n != len(signatures) {
		t.Fatalf("%d of %d signatures are in the files: this test looks in the wrong place", n, len(signatures))
	}
	if n := c.Found(t, tokens); n != 0 {
		t.Errorf("parts of %d τ are in the files", n)
	}
	if held, err := s.Held(ctx, scope, 0, time.Now(), -1, 100); err != nil || len(held) != 20 || held[0].Token != all[40].Token {
		t.Errorf("%d still held, %v", len(held), err)
	}
}

// lostKey takes the directory of batch keys away: no authorisation is replaced
// silently.
func lostKey(t *testing.T, c *cluster) {
	s := c.open(t, "lost key")
	defer s.Shut()
	r := reservations(1)
	if _, err := s.Reserve(ctx, scope, r); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(c.keys, c.copies["lost key"])); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Reserve(ctx, scope, r); !errors.Is(err, batchkey.ErrLost) {
		t.Errorf("reserve: %v", err)
	}
	if _, err := s.Held(ctx, scope, 0, time.Now(), -1, 1); !errors.Is(err, batchkey.ErrLost) {
		t.Errorf("held: %v", err)
	}
	if err := s.Forget(ctx); !errors.Is(err, batchkey.ErrLost) {
		t.Errorf("forget: %v", err)
	}
}

// byKey counts the rows that the server reads for a vote, in tables of which it knows
// nothing yet: they do not grow with the number of votes.
func byKey(t *testing.T, c *cluster) {
	if *pooled {
		t.Skip("the server counts what a connection has read when it ends, and a pooler ends none")
	}
	s := c.open(t, "by key")
	const votes, together = 1024, 16
	all := reservations(votes)
	for i := 0; i < votes; i += together {
		if _, err := s.Reserve(ctx, scope, all[i:i+together]); err != nil {
			t.Fatal(err)
		}
		var markings []roll.Marking
		for _, r := range all[i : i+together] {
			markings = append(markings, marking(r))
		}
		if _, err := s.Mark(ctx, scope, markings); err != nil {
			t.Fatal(err)
		}
	}
	s.Shut()
	if n := c.RowsRead(t, c.copies["by key"]); n == 0 || n > 20*votes {
		t.Errorf("%d rows read for %d votes", n, votes)
	}
}
