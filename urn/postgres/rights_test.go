package postgres_test

import (
	"errors"
	"strings"
	"testing"

	"isoloir/pg"
	"isoloir/urn/postgres"
)

// TestRights tries every verb on every table as the service and as the owner, and
// has a store refused whose user may more, or less, than it should.
func TestRights(t *testing.T) {
	c := start(t)
	c.Verbs(t, "urn", "urn_owner", "urn_service", postgres.Rights, map[string][]string{"batch": {"number", "key"}, "counted": {"state"}})
	for _, wrong := range []struct{ do, undo, says string }{
		{"GRANT UPDATE ON leaf TO urn_service", "REVOKE UPDATE ON leaf FROM urn_service", "table leaf: the user may insert select update"},
		{"GRANT DELETE ON checkpoint TO PUBLIC", "REVOKE DELETE ON checkpoint FROM PUBLIC", "table checkpoint: the user may delete insert select"},
		{"REVOKE INSERT ON head FROM urn_service", "GRANT INSERT ON head TO urn_service", "table head: the user may select, and should insert select"},
		{"ALTER TABLE ballot DISABLE TRIGGER insert_only", "ALTER TABLE ballot ENABLE TRIGGER insert_only", "table ballot has lost its trigger"},
		{"CREATE TABLE notes (a int); GRANT SELECT ON notes TO urn_service", "DROP TABLE notes", "table notes: the user may select, and has nothing to do there"},
		{"GRANT urn_owner TO urn_service", "REVOKE urn_owner FROM urn_service", "all the rights of urn_owner"},
		{"ALTER ROLE urn_service SUPERUSER", "ALTER ROLE urn_service NOSUPERUSER", "urn_service is a superuser"},
		{"GRANT CONNECT ON DATABASE urn TO PUBLIC", "REVOKE CONNECT ON DATABASE urn FROM PUBLIC", "every user of the server may connect"},
		{"ALTER ROLE urn_service SET log_statement = 'all'", "ALTER ROLE urn_service SET log_statement = 'none'", "setting log_statement is all"},
		{"ALTER ROLE urn_service SET synchronous_commit = off", "ALTER ROLE urn_service RESET synchronous_commit", "setting synchronous_commit is off"},
		{"CREATE TABLE version AS SELECT version_id FROM goose_db_version; DELETE FROM goose_db_version", "INSERT INTO goose_db_version (version_id, is_applied) SELECT version_id, true FROM version; DROP TABLE version", "its owner runs isoloir migrate-store"},
	} {
		c.Exec(t, "urn", wrong.do)
		s, err := postgres.Open(ctx, c.Address("urn_service", "urn"), t.TempDir(), postgres.Options{})
		if !errors.Is(err, pg.ErrUnfit) || !strings.Contains(err.Error(), wrong.says) {
			t.Errorf("%s: %v", wrong.do, err)
		}
		if err == nil {
			s.Shut()
		}
		c.Exec(t, "urn", wrong.undo)
	}
	s, err := postgres.Open(ctx, c.Address("urn_service", "urn"), t.TempDir(), postgres.Options{})
	if err != nil {
		t.Fatal("all is right again: ", err)
	}
	s.Shut()
}

// address has a wrong connection string, and one that the server refuses,
// answered without the password.
func address(t *testing.T, c *cluster) {
	for _, address := range []string{"postgres://urn_service:wonderland@:99999/urn", "password='wonderland", c.Address("alice", "urn") + " password=wonderland", c.Address("urn_service", "looking_glass") + " password=wonderland"} {
		_, err := postgres.Open(ctx, address, t.TempDir(), postgres.Options{})
		if err == nil || strings.Contains(err.Error(), "wonderland") {
			t.Errorf("%v", err)
		}
	}
}
