package pg_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"isoloir/pg"
	"isoloir/pg/postgrestest"
)

var ctx = context.Background()

// TestDatabase runs what can share a server, as a user who owns his database.
func TestDatabase(t *testing.T) {
	s := postgrestest.Start(t)
	s.Exec(t, "postgres", "CREATE ROLE alice LOGIN")
	s.Exec(t, "postgres", "CREATE DATABASE alice OWNER alice")
	for name, test := range map[string]func(*testing.T, *postgrestest.Server){
		"repeated": repeated, "given up": givenUp, "stopped": stopped, "rows": rows, "stream": stream, "migrations": migrations, "panicked": panicked,
	} {
		t.Run(name, func(t *testing.T) { test(t, s) })
	}
}

func open(t *testing.T, s *postgrestest.Server) *pg.DB {
	t.Helper()
	db, err := pg.Open(s.Address("alice", "alice"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// raise makes a table whose rows cannot be inserted before the third try, by an error
// of that SQLSTATE; a sequence counts what is rolled back too.
func raise(t *testing.T, s *postgrestest.Server, code string) {
	t.Helper()
	s.Exec(t, "alice", `DROP TABLE IF EXISTS row; DROP SEQUENCE IF EXISTS runs; CREATE SEQUENCE runs; CREATE TABLE row (n int PRIMARY KEY);
		GRANT ALL ON row, runs TO alice;
		CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF nextval('runs') < 3 THEN RAISE EXCEPTION 'no' USING ERRCODE = '`+code+`'; END IF; RETURN NEW; END $$;
		CREATE TRIGGER refuse BEFORE INSERT ON row FOR EACH ROW EXECUTE FUNCTION refuse()`)
}

// repeated has a write repeated where the server asks for it.
func repeated(t *testing.T, s *postgrestest.Server) {
	db := open(t, s)
	for _, code := range []string{"40001", "40P01", "55P03"} {
		raise(t, s, code)
		runs := 0
		if err := db.Write(ctx, func(tx *pg.Tx) error {
			runs++
			_, err := tx.Exec("INSERT INTO row (n) VALUES ($1)", runs)
			return err
		}); err != nil || runs != 3 {
			t.Errorf("SQLSTATE %s: %d runs, %v", code, runs, err)
		}
		if got := s.Query(t, "alice", "SELECT n FROM row"); !slices.Equal(got, []string{"3"}) {
			t.Errorf("SQLSTATE %s: rows %v", code, got)
		}
	}
}

// panicked has nothing of a write that ended in a panic, and every connection back.
func panicked(t *testing.T, s *postgrestest.Server) {
	db := open(t, s)
	s.Exec(t, "alice", "DROP TABLE IF EXISTS row; CREATE TABLE row (n int PRIMARY KEY); GRANT ALL ON row TO alice")
	insert := func(tx *pg.Tx) error {
		_, err := tx.Exec("INSERT INTO row (n) VALUES (1)")
		return err
	}
	for range 40 { // more than there are connections
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was kept")
				}
			}()
			db.Write(ctx, func(tx *pg.Tx) error {
				if err := insert(tx); err != nil {
					t.Error(err)
				}
				panic("now")
			})
		}()
	}
	if err := db.Write(ctx, insert); err != nil {
		t.Error(err)
	}
}

// givenUp has no write repeated that would fail again, nor for longer than its
// context.
func givenUp(t *testing.T, s *postgrestest.Server) {
	db := open(t, s)
	raise(t, s, "22012")
	runs, mine := 0, errors.New("mine")
	insert := func(tx *pg.Tx) error {
		runs++
		_, err := tx.Exec("INSERT INTO row (n) VALUES (1)")
		return err
	}
	if err := db.Write(ctx, insert); err == nil || runs != 1 {
		t.Errorf("%d runs, %v", runs, err)
	}
	if err := db.Write(ctx, func(*pg.Tx) error { runs++; return mine }); !errors.Is(err, mine) || runs != 2 {
		t.Errorf("%d runs, %v", runs, err)
	}
	raise(t, s, "40001")
	s.Exec(t, "alice", "SELECT setval('runs', 1); ALTER SEQUENCE runs INCREMENT -1 MINVALUE -1000")
	short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	if err := db.Write(short, insert); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("beyond the deadline: %v", err)
	}
	s.Exec(t, "alice", "DROP TRIGGER refuse ON row; INSERT INTO row (n) VALUES (7)")
	err := db.Write(ctx, func(tx *pg.Tx) error { _, err := tx.Exec("INSERT INTO row (n) VALUES (7)"); return err })
	if key, twice := pg.Violates(err, "row_pkey"); !twice || !strings.Contains(key, "(7)") {
		t.Errorf("a key twice: %q, %v", key, err)
	}
	if _, twice := pg.Violates(err, "other"); twice {
		t.Error("taken for another constraint")
	}
}

// stopped has reads and writes go on when the server was stopped meanwhile.
func stopped(t *testing.T, s *postgrestest.Server) {
	db := open(t, s)
	n := 0
	one := func() error {
		return db.Read(ctx, "SELECT 1", nil, []any{&n}, func() error { return nil })
	}
	if err := one(); err != nil {
		t.Fatal(err)
	}
	s.Stop(t, syscall.SIGINT)
	fresh := open(t, s)
	if _, err := fresh.Clock(ctx); !pg.Away(err) {
		t.Errorf("of a server that is stopped: %v", err)
	}
	back := make(chan error)
	go func() { back <- one() }()
	time.Sleep(50 * time.Millisecond)
	s.Run(t)
	if err := <-back; err != nil || pg.Away(err) {
		t.Error(err)
	}
	s.Terminate(t, "alice")
	if err := db.Write(ctx, func(tx *pg.Tx) error { _, err := tx.Row("SELECT 2", nil, &n); return err }); err != nil || n != 2 {
		t.Error(n, err)
	}
}

func rows(t *testing.T, s *postgrestest.Server) {
	db := open(t, s)
	var a, b []int
	var n int
	if err := db.Write(ctx, func(tx *pg.Tx) error {
		a, b = nil, nil
		return tx.Rows(pg.Query{SQL: "SELECT generate_series(1, $1)", Args: []any{3}}.Each(func() { a = append(a, n) }, &n),
			pg.Query{SQL: "SELECT generate_series(1, $1)", Args: []any{2}}.Each(func() { b = append(b, n) }, &n))
	}); err != nil || !slices.Equal(a, []int{1, 2, 3}) || !slices.Equal(b, []int{1, 2}) {
		t.Error(a, b, err)
	}
	mine := errors.New("mine")
	start := time.Now()
	if err := db.Read(ctx, "SELECT n, pg_sleep(0.001) FROM generate_series(1, 60000) AS n", nil, []any{&n, nil}, func() error { return mine }); !errors.Is(err, mine) || n != 1 {
		t.Error(n, err)
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("%v for one row of a minute's", took)
	}
	if err := db.Read(ctx, "SELECT 'text'", nil, []any{&n}, func() error { return nil }); err == nil {
		t.Error("text is a number")
	}
}

// stream inserts by COPY, all or nothing.
func stream(t *testing.T, s *postgrestest.Server) {
	db := open(t, s)
	s.Exec(t, "alice", "DROP TABLE IF EXISTS row; CREATE TABLE row (n int); GRANT ALL ON row TO alice")
	mine := errors.New("mine")
	for _, end := range []error{mine, nil} {
		n := 0
		err := db.Write(ctx, func(tx *pg.Tx) error {
			return tx.Stream("row", []string{"n"}, func() ([]any, error) {
				if n++; n > 1000 {
					return nil, end
				}
				return []any{n}, nil
			})
		})
		if !errors.Is(err, end) {
			t.Errorf("%v, not %v", err, end)
		}
	}
	if got := s.Query(t, "alice", "SELECT count(*) FROM row"); !slices.Equal(got, []string{"1000"}) {
		t.Errorf("rows %v", got)
	}
}

// migrations go forward, once each, by who owns the database.
func migrations(t *testing.T, s *postgrestest.Server) {
	files := fstest.MapFS{"00001_first.sql": {Data: []byte("-- +goose Up\nCREATE TABLE first (a int);\n")}}
	for range 2 {
		if version, err := pg.Migrate(ctx, s.Address("alice", "alice"), files); err != nil || version != 1 {
			t.Fatal(version, err)
		}
	}
	files["00002_second.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nALTER TABLE first ADD COLUMN b int;\nCREATE TABLE broken (;\n")}
	if version, err := pg.Migrate(ctx, s.Address("alice", "alice"), files); err == nil {
		t.Fatal("a broken migration went through: ", version)
	}
	if got := s.Query(t, "alice", "SELECT attname FROM pg_attribute WHERE attrelid = 'first'::regclass AND attnum > 0"); !slices.Equal(got, []string{"a"}) {
		t.Errorf("columns after a broken migration: %v", got)
	}
	s.Exec(t, "postgres", "CREATE ROLE bob LOGIN")
	if _, err := pg.Migrate(ctx, s.Address("bob", "alice"), files); err == nil {
		t.Error("somebody else's migration went through")
	}
	if _, err := pg.Migrate(ctx, "password='wonderland", files); !errors.Is(err, pg.ErrAddress) || strings.Contains(err.Error(), "wonderland") {
		t.Error(err)
	}
}
