package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"isoloir/pg"
)

const (
	denied     = "42501" // insufficient_privilege
	insertOnly = "23000" // what the trigger insert_only raises
)

// Verbs tries, as the service's user, every verb on every table and column of a
// database, and what would give him more rights: what Rights names must pass, and
// all else be denied. As the owner it tries to change what is only added to.
func (s *Server) Verbs(t *testing.T, database, owner, service string, rights pg.Rights, updates map[string][]string) {
	ctx := context.Background()
	connect := func(user string) *pgx.Conn {
		c, err := pgx.Connect(ctx, s.Address(user, database))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close(ctx) })
		return c
	}
	user := connect(service)
	columns := tableColumns(t, user)
	for table := range rights.Tables {
		if columns[table] == nil {
			t.Errorf("there is no table %s", table)
		}
	}
	indexes(t, user)
	tried := 0
	// try runs a statement that is then undone.
	try := func(c *pgx.Conn, want, statement string) {
		t.Helper()
		tried++
		if code := attempt(ctx, c, statement); code != want {
			t.Errorf("%s: SQLSTATE %q, not %q", statement, code, want)
		}
	}
	allowed := func(table, verb string) string {
		if slices.Contains(strings.Fields(rights.Tables[table]), verb) {
			return ""
		}
		return denied
	}
	for table, names := range columns {
		list := strings.Join(names, ", ")
		try(user, allowed(table, "SELECT"), "SELECT "+list+" FROM "+table+" LIMIT 0")
		try(user, allowed(table, "INSERT"), "INSERT INTO "+table+" ("+list+") SELECT "+list+" FROM "+table+" LIMIT 0")
		try(user, allowed(table, "DELETE"), "DELETE FROM "+table)
		for _, name := range names {
			want := denied
			if slices.Contains(updates[table], name) {
				want = ""
			}
			try(user, want, "UPDATE "+table+" SET "+name+" = "+name)
		}
		for _, statement := range []string{"TRUNCATE %s", "DROP TABLE %s", "ALTER TABLE %s DISABLE TRIGGER ALL", "ALTER TABLE %s ADD COLUMN more int", "ALTER TABLE %s OWNER TO " + service,
			"CREATE INDEX ON %s ((1))", "CREATE TRIGGER more BEFORE INSERT ON %s EXECUTE FUNCTION insert_only()", "CREATE RULE more AS ON INSERT TO %s DO INSTEAD NOTHING",
			"CREATE POLICY more ON %s", "COMMENT ON TABLE %s IS 'mine'", "CLUSTER %s"} {
			try(user, denied, fmt.Sprintf(statement, table))
		}
	}
	for _, statement := range []string{"SET ROLE " + owner, "SET SESSION AUTHORIZATION " + owner, "SET session_replication_role = replica", "SET log_statement = 'all'",
		"CREATE TABLE more (a int)", "CREATE TEMP TABLE more (a int)", "CREATE SCHEMA more", "CREATE ROLE more", "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
		"ALTER ROLE " + service + " SUPERUSER", "GRANT " + owner + " TO " + service, "COPY (SELECT 1) TO PROGRAM 'true'", "COPY (SELECT 1) TO '/tmp/more'", "SELECT pg_read_file('PG_VERSION')",
		"SELECT pg_create_physical_replication_slot('more')"} {
		try(user, denied, statement)
	}
	lord := connect(owner)
	for _, table := range rights.InsertOnly {
		name := columns[table][0]
		for _, statement := range []string{"UPDATE %s SET " + name + " = " + name, "DELETE FROM %s", "TRUNCATE %s", "INSERT INTO %s SELECT * FROM %[1]s ON CONFLICT DO NOTHING; DELETE FROM %[1]s"} {
			try(lord, insertOnly, fmt.Sprintf(statement, table))
		}
	}
	t.Logf("%d statements tried on %d tables", tried, len(columns))
}

// attempt runs statements in a transaction that it undoes, and gives the SQLSTATE of
// their error.
func attempt(ctx context.Context, c *pgx.Conn, statements string) string {
	_, err := c.PgConn().Exec(ctx, "BEGIN; "+statements).ReadAll()
	_, _ = c.PgConn().Exec(ctx, "ROLLBACK").ReadAll()
	var e *pgconn.PgError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Code
	}
	return err.Error()
}

func tableColumns(t *testing.T, c *pgx.Conn) map[string][]string {
	rows, err := c.Query(context.Background(), `SELECT relname, attname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace JOIN pg_attribute ON attrelid = pg_class.oid
		WHERE nspname = 'public' AND relkind = 'r' AND attnum > 0 AND NOT attisdropped ORDER BY relname, attnum`)
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string][]string{}
	var table, column string
	if _, err := pgx.ForEachRow(rows, []any{&table, &column}, func() error {
		columns[table] = append(columns[table], column)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return columns
}

// indexes requires that no two indexes of a table begin with the same column: as long as the server has no statistics of the table it would not know
// which of them finds a row at once, and which reads all rows of a scrutin.
func indexes(t *testing.T, c *pgx.Conn) {
	t.Helper()
	rows, err := c.Query(context.Background(), `SELECT indrelid::regclass::text, string_agg(indexrelid::regclass::text, ', ')
		FROM pg_index JOIN pg_class ON pg_class.oid = indrelid WHERE relnamespace = 'public'::regnamespace AND relname <> 'goose_db_version' GROUP BY indrelid, indkey[0] HAVING count(*) > 1`)
	if err != nil {
		t.Fatal(err)
	}
	var table, same string
	if _, err := pgx.ForEachRow(rows, []any{&table, &same}, func() error {
		t.Errorf("the indexes %s of %s begin with the same column", same, table)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
