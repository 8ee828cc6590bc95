package server_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"isoloir/custody"
	"isoloir/pg/postgrestest"
	"isoloir/roll/postgres"
	"isoloir/server"
)

// S004-22b, on PostgreSQL: what pg_dump has written goes back into a server from the backup, and is noise once the role's keys are destroyed, with the way into its
// database; the rows themselves stand in the cluster's files until its administrator destroys these, as the statement says.
func TestDestructionPostgreSQL(t *testing.T) {
	a, s, ctx := ended(t), postgrestest.Start(t), context.Background()
	at := func(name string) string { return filepath.Join(a.dir, "roll", name) }
	s.Psql(t, filepath.Join("..", "roll", "postgres", "setup.sql"))
	_, err := postgres.Migrate(ctx, s.Address("roll_owner", "roll"))
	must(t, err)
	s.Exec(t, "roll", "INSERT INTO elector VALUES ('ville', 'essai', 0, 7, 'r', '', '', '', '', '', '', '"+plantedName+"', '')")
	must(t, os.Remove(a.config.Roll.Database))
	a.config.Roll.Database, a.config.Roll.Postgres, a.config.Roll.BatchKeys, a.config.Roll.Rows = "", at("postgres"), at("batch-keys"), at("rows.key")
	must(t, errors.Join(os.WriteFile(at("postgres"), []byte(s.Address("roll_service", "roll")+" password="+a.secret+"\n"), 0o600), os.WriteFile(at("rows.key"), []byte(a.secret), 0o600),
		os.MkdirAll(at("batch-keys"), 0o700), os.WriteFile(at("batch-keys/0011.key"), []byte(a.secret), 0o600)))

	dump := s.Dump(t, "roll_owner", "roll")
	if !bytes.Contains(dump, []byte(plantedName)) {
		t.Fatal("what is planted is not in the dump: the search proves nothing")
	}
	var copied bytes.Buffer
	must(t, server.Backup(ctx, a.config, "roll", bytes.NewReader(dump), &copied, nil))
	identity, restored := at("backup/identity"), filepath.Join(t.TempDir(), "restored")
	must(t, server.Restore(identity, bytes.NewReader(copied.Bytes()), restored))
	s.Exec(t, "postgres", "CREATE DATABASE again OWNER roll_owner")
	s.Load(t, "again", restored)
	if got := s.Query(t, "again", "SELECT family FROM elector"); len(got) != 1 || got[0] != plantedName {
		t.Fatalf("a backup that is restored holds %q", got)
	}
	s.Exec(t, "postgres", "DROP DATABASE again")

	statement, err := a.destroy(t, "roll")
	must(t, err)
	for _, said := range []string{`"postgres"`, `"rows.key"`, `"batch-keys/0011.key"`, "PostgreSQL database: its administrator destroys the cluster"} {
		if !bytes.Contains(statement, []byte(said)) {
			t.Errorf("the statement does not say %s:\n%s", said, statement)
		}
	}
	if in := finds(t, filepath.Join(a.dir, "roll"), []byte(a.secret)); len(in) > 0 {
		t.Errorf("a secret stands in %v", in)
	}
	if err := server.Restore(identity, bytes.NewReader(copied.Bytes()), restored+"2"); !errors.Is(err, custody.ErrAbsent) || bytes.Contains(copied.Bytes(), []byte(plantedName)) {
		t.Errorf("the backup opens: %v", err)
	}
	if n := s.Found(t, [][]byte{[]byte(plantedName)}); n != 1 {
		t.Errorf("the cluster's files show %d of what is planted: the statement speaks of them", n)
	}
}
