package main

import (
	"fmt"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"isoloir/scrutin"
)

// TestRegister runs register and cards, with what is wrong with their command lines and files.
func TestRegister(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/register",
		RequireExplicitExec: true,
		Setup:               func(e *testscript.Env) error { e.Setenv("LANG", "C"); return nil },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"code": exits, "mode": func(s *testscript.TestScript, _ bool, args []string) {
			found, err := os.Stat(s.MkAbs(args[0]))
			s.Check(err)
			if got := fmt.Sprintf("%o", found.Mode().Perm()); got != args[1] {
				s.Fatalf("%s has the mode %s, not %s", args[0], got, args[1])
			}
		}, "env-digest": func(s *testscript.TestScript, _ bool, args []string) {
			data, err := os.ReadFile(s.MkAbs(args[0]))
			s.Check(err)
			s.Setenv("DIGEST", scrutin.DigestOf(data).String())
		}},
	})
}
