package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"isoloir/bve/journal"
	"isoloir/bve/journal/journaltest"
	"isoloir/bve/journal/postgres"
	"isoloir/pg"
	"isoloir/pg/postgrestest"
	"isoloir/scrutin"
)

var ctx = context.Background()

func start(t *testing.T) *postgrestest.Server {
	t.Helper()
	c := postgrestest.Start(t)
	c.Psql(t, "setup.sql")
	if _, err := postgres.Migrate(ctx, c.Address("bureau_owner", "bureau")); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestStore runs what can share a server: the suite, the rights of its user, and what a server that is killed leaves.
func TestStore(t *testing.T) {
	c := start(t)
	copies := map[string]string{}
	open := func(t testing.TB, name string) journal.Store {
		mode := " default_query_exec_mode=exec" // as behind a pooler
		if copies[name] == "" {
			mode = ""
			copies[name] = fmt.Sprint("bureau_", len(copies))
			c.Clone(t, "bureau", copies[name], "bureau_owner", "bureau_service")
		}
		s, err := postgres.Open(ctx, c.Address("bureau_service", copies[name])+mode)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	journaltest.Exercise(t, open)
	t.Run("rights", func(t *testing.T) { rights(t, c) })
	t.Run("kill", func(t *testing.T) {
		s := open(t, "kill")
		defer s.Shut()
		f := scrutin.DigestOf([]byte("f"))
		row := func(n int) journal.Row {
			return journal.Row{Number: n, Text: scrutin.DigestOf(fmt.Append(nil, n)), Note: []byte("note")}
		}
		for n := range 5 {
			if err := s.Append(ctx, f, row(n+1)); err != nil {
				t.Fatal(err)
			}
		}
		c.Stop(t, syscall.SIGQUIT)
		c.Run(t)
		if err := s.Append(ctx, f, row(5)); err != nil {
			t.Errorf("the last row again: %v", err)
		}
		if err := s.Append(ctx, f, row(6)); err != nil {
			t.Errorf("the next one: %v", err)
		}
		if rows, err := s.Rows(ctx, f, 0); err != nil || len(rows) != 6 {
			t.Errorf("%d rows, %v", len(rows), err)
		}
	})
}

func rights(t *testing.T, c *postgrestest.Server) {
	c.Verbs(t, "bureau", "bureau_owner", "bureau_service", postgres.Rights, map[string][]string{})
	for _, wrong := range []struct{ do, undo, says string }{
		{"GRANT DELETE ON entry TO bureau_service", "REVOKE DELETE ON entry FROM bureau_service", "table entry: the user may delete insert select"},
		{"GRANT UPDATE (value) ON fact TO bureau_service", "REVOKE UPDATE (value) ON fact FROM bureau_service", "table fact: the user may insert select update"},
		{"ALTER TABLE entry DISABLE TRIGGER insert_only", "ALTER TABLE entry ENABLE TRIGGER insert_only", "table entry has lost its trigger"},
	} {
		c.Exec(t, "bureau", wrong.do)
		s, err := postgres.Open(ctx, c.Address("bureau_service", "bureau"))
		if !errors.Is(err, pg.ErrUnfit) || !strings.Contains(err.Error(), wrong.says) {
			t.Errorf("%s: %v", wrong.do, err)
		}
		if err == nil {
			s.Shut()
		}
		c.Exec(t, "bureau", wrong.undo)
	}
}
