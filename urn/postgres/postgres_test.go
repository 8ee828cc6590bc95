package postgres_test

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"testing"

	"isoloir/pg/postgrestest"
	"isoloir/urn"
	"isoloir/urn/postgres"
	"isoloir/urn/urntest"
)

var ctx = context.Background()

var pooled = flag.Bool("pooler", false, "connect through PgBouncer in transaction mode")

// cluster is a server with the database urn as setup.sql and the migrations make it,
// and copies of it.
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
		c.way = c.Pooled(t, 20, "urn_service")
	}
	c.Psql(t, "setup.sql")
	if _, err := postgres.Migrate(ctx, c.Address("urn_owner", "urn")); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestStore runs what can share a server.
func TestStore(t *testing.T) {
	c := start(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T, *cluster)
	}{
		{"trace", trace}, {"conformance", conformance}, {"commit", commit}, {"interrupted", interrupted},
		{"fight", fighting}, {"fork", fork}, {"lost key", lostKey}, {"address", address}, {"by key", byKey},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, c) })
	}
}

// open opens the copy of the database for a name, made at its first opening. Who opens
// it after that does so as behind a pooler, without prepared statements.
func (c *cluster) open(t testing.TB, name string, o postgres.Options) *postgres.Store {
	t.Helper()
	mode := " default_query_exec_mode=exec"
	if c.copies[name] == "" {
		mode = ""
		c.copies[name] = fmt.Sprint("urn_", len(c.copies))
		c.Clone(t, "urn", c.copies[name], "urn_owner", "urn_service")
	}
	s, err := postgres.Open(ctx, c.way("urn_service", c.copies[name])+mode, filepath.Join(c.keys, c.copies[name]), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func conformance(t *testing.T, c *cluster) {
	urntest.Exercise(t, func(t testing.TB, name string) (urn.Store, func() error) {
		s := c.open(t, name, postgres.Options{})
		return s, s.Shut
	})
}
