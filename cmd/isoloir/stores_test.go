package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"isoloir/pg/postgrestest"
)

// TestStores runs the commands on a real server with the databases that the two files setup.sql make. roll, urn, roll-owner and
// urn-owner are the files of connection strings.
func TestStores(t *testing.T) {
	server := postgrestest.Start(t)
	for _, room := range []string{"roll", "urn"} {
		server.Psql(t, filepath.Join("..", "..", room, "postgres", "setup.sql"))
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/stores",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("LANG", "C")
			for file, user := range map[string][2]string{"roll": {"roll_service", "roll"}, "urn": {"urn_service", "urn"}, "roll-owner": {"roll_owner", "roll"}, "urn-owner": {"urn_owner", "urn"}} {
				if err := os.WriteFile(filepath.Join(e.WorkDir, file), []byte(server.Address(user[0], user[1])+"\n"), 0o600); err != nil {
					return err
				}
			}
			return os.WriteFile(filepath.Join(e.WorkDir, "stranger"), []byte(server.Address("alice", "roll")+" password=wonderland\n"), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code": exits,
			// sql DATABASE STATEMENT runs a statement as the server's superuser.
			"sql": func(ts *testscript.TestScript, _ bool, args []string) {
				if t.Failed() {
					ts.Fatalf("the server has failed")
				}
				server.Exec(t, args[0], args[1])
			},
		},
	})
}
