package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestSpace runs space, with what is wrong with its command lines, its configuration and its files.
func TestSpace(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/space",
		RequireExplicitExec: true,
		Setup:               func(e *testscript.Env) error { e.Setenv("LANG", "C"); return nil },
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"code": exits},
	})
}
