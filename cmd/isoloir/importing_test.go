package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"isoloir/pg/postgrestest"
	"isoloir/roll"
	"isoloir/scrutin/scrutintest"
)

// TestImporting runs import-roll on both engines.
func TestImporting(t *testing.T) {
	server := postgrestest.Start(t)
	server.Psql(t, filepath.Join("..", "..", "roll", "postgres", "setup.sql"))
	manifest, _, err := scrutintest.New(t, scrutintest.Options{Urns: 2, Electors: 20}).Manifest.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/importing",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("LANG", "C")
			good := rollFile(40)
			var failed error
			for name, text := range map[string]string{
				"manifest.json": string(manifest),
				"roll":          server.Address("roll_service", "roll") + "\n",
				"roll-owner":    server.Address("roll_owner", "roll") + "\n",
				"roll.csv":      good,
				"other.csv":     strings.NewReplacer("r-7,", "s-7,", "Zoé 9\n", "Zoë 9\n").Replace(good),
				"bad.csv":       strings.NewReplacer("r-1,urn-2,,agents,FR", "r-1,urn-2,,agents,fr", "r-3,", "r-2,").Replace(rollFile(5)[:strings.Index(good, "r-0,")] + rollFile(5)[strings.Index(good, "r-1,"):]),
			} {
				failed = errors.Join(failed, os.WriteFile(filepath.Join(e.WorkDir, name), []byte(text), 0o600))
			}
			return failed
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"code": exits},
	})
}

// rollFile is a roll file of electors of two urns.
func rollFile(n int) string {
	var b strings.Builder
	fmt.Fprintln(&b, strings.Join(roll.Columns, ","))
	for i := range n {
		fmt.Fprintf(&b, "r-%d,urn-%d,,agents,FR,fr,email sms,1971-05-24,Maréchal,Zoé %d\n", i, i%2+1, i)
	}
	return b.String()
}
