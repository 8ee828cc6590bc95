package postgrestest

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Terminate ends every backend of a user, and says how many.
func (s *Server) Terminate(t testing.TB, user string) (n int) {
	t.Helper()
	return s.count(t, "SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1) AS ended", user)
}

func (s *Server) count(t testing.TB, query string, args ...any) (n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, s.Address("postgres", "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	if err := c.QueryRow(ctx, query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// LoseAnswer runs do, and ends the user's backend after its commit has happened and
// before it is answered: the server waits then for a replica that it does not have.
func (s *Server) LoseAnswer(t testing.TB, user string, do func()) {
	t.Helper()
	s.Exec(t, "postgres", "ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
	s.Exec(t, "postgres", "SELECT pg_reload_conf()")
	// The server has heard when a new connection's own commit waits.
	s.strike(t, "postgres", "SyncRep", func() {
		for s.try("postgres", "SELECT pg_logical_emit_message(true, '', '')") == nil {
			time.Sleep(time.Millisecond)
		}
	}, func() {})
	s.strike(t, user, "SyncRep", do, func() {
		s.Exec(t, "postgres", "ALTER SYSTEM RESET synchronous_standby_names")
		s.Exec(t, "postgres", "SELECT pg_reload_conf()")
	})
}

// CutCommit runs do, and ends the user's backend during the first commit of a
// transaction that writes to the table, before it happens: a deferred trigger
// sleeps then.
func (s *Server) CutCommit(t testing.TB, database, table, user string, do func()) {
	t.Helper()
	s.Exec(t, database, fmt.Sprintf(`CREATE SEQUENCE slept; GRANT USAGE ON SEQUENCE slept TO %s;
		CREATE FUNCTION sleep_once() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF nextval(''slept'') = 1 THEN PERFORM pg_sleep(60); END IF; RETURN NULL; END';
		CREATE CONSTRAINT TRIGGER sleep_once AFTER INSERT OR UPDATE OR DELETE ON %s DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sleep_once()`, user, table))
	s.strike(t, user, "PgSleep", do, func() {})
	s.Exec(t, database, "DROP TRIGGER sleep_once ON "+table+"; DROP FUNCTION sleep_once; DROP SEQUENCE slept")
}

// strike runs do, ends the user's backend when it waits for an event, and then lets
// do finish.
func (s *Server) strike(t testing.TB, user, event string, do, then func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	for end := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if s.count(t, "SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1 AND wait_event = $2) AS ended", user, event) > 0 {
			break
		}
		select {
		case <-done:
			end = time.Now()
		default:
		}
		if !time.Now().Before(end) {
			t.Errorf("no commit of %s was met", user)
			break
		}
	}
	then()
	<-done
}

// Query gives, as the superuser, the first column of a query's rows as text.
func (s *Server) Query(t testing.TB, database, query string) (out []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, s.Address("postgres", database))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	results, err := c.PgConn().Exec(ctx, query).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	for _, row := range results[len(results)-1].Rows {
		out = append(out, string(row[0]))
	}
	return out
}

// RowsRead is how many rows of its own tables a database has read so far, for whom
// nobody is connected any more.
func (s *Server) RowsRead(t testing.TB, database string) int {
	t.Helper()
	for s.count(t, "SELECT count(*) FROM pg_stat_activity WHERE datname = $1", database) > 0 {
		time.Sleep(5 * time.Millisecond)
	}
	n, err := strconv.Atoi(s.Query(t, database, "SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0) FROM pg_stat_user_tables")[0])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Found counts the needles of which eight bytes in a row stand in any file of the
// cluster: tables, indices, statistics, write-ahead log, what is deleted too.
func (s *Server) Found(t testing.TB, needles [][]byte) (n int) {
	t.Helper()
	s.Exec(t, "postgres", "CHECKPOINT")
	wanted, begins := map[[8]byte]int{}, [1 << 16]bool{}
	for i, needle := range needles {
		for j := 0; j+8 <= len(needle); j++ {
			wanted[[8]byte(needle[j:])] = i
			begins[int(needle[j])<<8|int(needle[j+1])] = true
		}
	}
	seen := map[int]bool{}
	err := filepath.WalkDir(s.Data(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		for i := 0; i+8 <= len(raw); i++ {
			if begins[int(raw[i])<<8|int(raw[i+1])] {
				if k, found := wanted[[8]byte(raw[i:])]; found {
					seen[k] = true
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return len(seen)
}
