package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// TestImportCompanion runs import-companion on a roll of 40 electors.
func TestImportCompanion(t *testing.T) {
	companion := scrutintest.New(t, scrutintest.Options{Urns: 1, Electors: 3})
	leading := scrutintest.New(t, scrutintest.Options{Urns: 2, Electors: 20, Edit: func(m *scrutin.Manifest) {
		m.Companions = []scrutin.Digest{companion.Fingerprint}
	}})
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/companion",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("LANG", "C")
			var failed error
			for name, text := range map[string]string{"manifest.json": string(leading.Bytes), "companion.json": string(companion.Bytes), "roll.csv": rollFile(40)} {
				failed = errors.Join(failed, os.WriteFile(filepath.Join(e.WorkDir, name), []byte(text), 0o600))
			}
			return errors.Join(failed, os.Mkdir(filepath.Join(e.WorkDir, "roll"), 0o700))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"code": exits},
	})
}
