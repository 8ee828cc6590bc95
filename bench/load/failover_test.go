package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"isoloir/pg/postgrestest"
)

// TestFailover has voters come while, of either database, the synchronous standby is
// killed and comes back, and then the primary is killed and the standby promoted, once
// and for all. What was acknowledged is there: ballots, marks and receipts are the same.
func TestFailover(t *testing.T) {
	if !*campaign {
		t.Skip("a campaign: make failover")
	}
	dir := prepared(t)
	p := plan{voters: *number, rate: *pace, together: *open, kills: 4, patience: 3 * time.Minute}
	w := way{name: "PostgreSQL with standbys", apart: true, postgres: true, standby: true}
	r, f := w.serve(t, dir, p)
	fmt.Printf("%s\n%-28s %v\n", heading, w.name, f)
	for _, f := range r.falls {
		fmt.Printf("%s: voters were served again after %.2f s\n", f.of, r.again(f).Seconds())
	}
	fmt.Printf("%d voters, every one of them with ballot, mark and receipt; %d attempts that were not answered, or refused\n", p.voters, r.fails.Total())
}

// A copied database has a standby, which is killed and begins again.
type copied struct {
	t       *testing.T
	role    string
	primary *postgrestest.Server
	copy    *postgrestest.Server
}

func (c copied) String() string { return "standby of the " + c.role + " killed" }

func (c copied) kill() error {
	c.copy.Kill(c.t)
	return nil
}

func (c copied) start(context.Context) error {
	time.Sleep(time.Second) // commits wait
	c.copy.Run(c.t)
	c.primary.Followed(c.t)
	return nil
}

// A replaced database is one whose primary is killed, and whose standby takes its place.
type replaced struct{ copied }

func (r replaced) String() string { return "primary of the " + r.role + " killed, standby promoted" }

func (r replaced) kill() error {
	r.primary.Kill(r.t)
	return nil
}

func (r replaced) start(context.Context) error {
	r.copy.Promote(r.t)
	return nil
}
