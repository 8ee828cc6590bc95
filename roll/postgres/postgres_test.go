package postgres_test

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"testing"

	"isoloir/pg/postgrestest"
	"isoloir/roll"
	"isoloir/roll/login"
	"isoloir/roll/login/logintest"
	"isoloir/roll/postgres"
	"isoloir/roll/rolltest"
)

var ctx = context.Background()

var pooled = flag.Bool("pooler", false, "connect through PgBouncer in transaction mode")

// cluster is a server with the database roll as setup.sql and the migrations make
// it, and copies of it.
type cluster struct {
	*postgrestest.Server
	keys   string
	copies map[string]string
	way    func(user, database string) string
}

func start(t testing.TB, settings ...string) *cluster {
	t.Helper()
	c := &cluster{Server: postgrestest.Start(t, settings...), keys: t.TempDir(), copies: map[string]string{}}
	if c.way = c.Address; *pooled {
		c.way = c.Pooled(t, 20, "roll_service")
	}
	c.Psql(t, "setup.sql")
	if _, err := postgres.Migrate(ctx, c.Address("roll_owner", "roll")); err != nil {
		t.Fatal(err)
	}
	return c
}

// open opens the copy of the database for a name, made at its first opening. Who opens
// it after that does so as behind a pooler, without prepared statements.
func (c *cluster) open(t testing.TB, name string) *postgres.Store {
	t.Helper()
	mode := " default_query_exec_mode=exec"
	if c.copies[name] == "" {
		mode = ""
		c.copies[name] = fmt.Sprint("roll_", len(c.copies))
		c.Clone(t, "roll", c.copies[name], "roll_owner", "roll_service")
	}
	s, err := postgres.Open(ctx, c.way("roll_service", c.copies[name])+mode, filepath.Join(c.keys, c.copies[name]), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestStore runs what can share a server.
func TestStore(t *testing.T) {
	c := start(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T, *cluster)
	}{{"trace", trace}, {"conformance", conformance}, {"commit", commit}, {"lost key", lostKey}, {"by key", byKey}} {
		t.Run(test.name, func(t *testing.T) { test.run(t, c) })
	}
}

func conformance(t *testing.T, c *cluster) {
	rolltest.Exercise(t, func(t testing.TB, name string) (roll.Store, func() error) {
		s := c.open(t, name)
		return s, s.Shut
	})
	logintest.Exercise(t, func(t testing.TB, name string) (login.Store, func() error) {
		s := c.open(t, "login/"+name)
		return s, s.Shut
	})
}
