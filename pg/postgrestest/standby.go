package postgrestest

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Standby starts a copy of the running server that follows it by streaming, and has
// every commit wait until the copy has it on its medium (synchronous_standby_names). It
// stops when the test ends.
func (s *Server) Standby(t testing.TB) *Server {
	t.Helper()
	c := &Server{bin: s.bin, settings: s.settings}
	c.settle(t)
	c.make(t, exec.Command(filepath.Join(s.bin, "pg_basebackup"), "-D", c.Data(), "-h", s.dir, "-U", "postgres", "-R", "-X", "stream", "-c", "fast", "--no-sync"))
	c.begin(t)
	s.Exec(t, "postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'")
	s.Exec(t, "postgres", "SELECT pg_reload_conf()")
	s.Followed(t)
	return c
}

// Followed waits until a synchronous standby has all that was committed.
func (s *Server) Followed(t testing.TB) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); s.count(t, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'") == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("no standby follows the server")
		}
	}
}

// Promote has a standby be the primary, and waits until it is.
func (s *Server) Promote(t testing.TB) {
	t.Helper()
	s.Exec(t, "postgres", "SELECT pg_promote()")
}

// Either is a user's connection string for a database on this server or on the other
// one, whichever can be written to.
func (s *Server) Either(other *Server, user, database string) string {
	return fmt.Sprintf("host=%s,%s user=%s dbname=%s target_session_attrs=read-write", s.dir, other.dir, user, database)
}
