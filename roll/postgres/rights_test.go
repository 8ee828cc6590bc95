package postgres_test

import (
	"errors"
	"strings"
	"testing"

	"isoloir/pg"
	"isoloir/roll/postgres"
)

// TestRights tries every verb on every table as the service and as the owner, and
// has a store refused whose user may more, or less, than it should.
func TestRights(t *testing.T) {
	c := start(t)
	c.Verbs(t, "roll", "roll_owner", "roll_service", postgres.Rights, map[string][]string{
		"batch":   {"number", "key"},
		"counted": {"state"},
		"login":   {"generation", "point", "masked", "mac"},
		"session": {"expires", "extensions", "proved", "tries", "code", "code_expires"},
	})
	for _, wrong := range []struct{ do, undo, says string }{
		{"GRANT UPDATE (time) ON mark TO roll_service", "REVOKE UPDATE (time) ON mark FROM roll_service", "table mark: the user may insert select update, and should insert select"},
		{"GRANT DELETE ON mark TO roll_service", "REVOKE DELETE ON mark FROM roll_service", "table mark: the user may delete insert select"},
		{"GRANT INSERT ON mark TO roll_service WITH GRANT OPTION", "REVOKE GRANT OPTION FOR INSERT ON mark FROM roll_service", "insert and to grant it"},
		{"ALTER TABLE reservation DISABLE TRIGGER insert_only", "ALTER TABLE reservation ENABLE TRIGGER insert_only", "table reservation has lost its trigger"},
		{"GRANT pg_read_all_data TO roll_service", "REVOKE pg_read_all_data FROM roll_service", "all the rights of pg_read_all_data"},
		{"CREATE FUNCTION more() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'", "DROP FUNCTION more", "function more() runs with the rights of its owner"},
		{"GRANT TEMP ON DATABASE roll TO roll_service", "REVOKE TEMP ON DATABASE roll FROM roll_service", "temporary tables"},
		{"ALTER ROLE roll_service SET log_min_duration_statement = 0", "ALTER ROLE roll_service SET log_min_duration_statement = -1", "setting log_min_duration_statement is 0"},
	} {
		c.Exec(t, "roll", wrong.do)
		s, err := postgres.Open(ctx, c.Address("roll_service", "roll"), t.TempDir(), postgres.Options{})
		if !errors.Is(err, pg.ErrUnfit) || !strings.Contains(err.Error(), wrong.says) {
			t.Errorf("%s: %v", wrong.do, err)
		}
		if err == nil {
			s.Shut()
		}
		c.Exec(t, "roll", wrong.undo)
	}
	s, err := postgres.Open(ctx, c.Address("roll_service", "roll"), t.TempDir(), postgres.Options{})
	if err != nil {
		t.Fatal("all is right again: ", err)
	}
	s.Shut()
}
