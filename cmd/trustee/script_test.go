package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"isoloir/keyceremony"
	"isoloir/scrutin/scrutintest"
	"isoloir/trustee/trusteetest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"trustee": main})
}

// worlds are the states of one small election that scripts begin from: the
// directory record, media NAME-1 and NAME-2 of member-1 to -4 and mixer-1 to -3,
// and, as "other", those of another scrutin.
func worlds(t *testing.T) map[string]func() *trusteetest.World {
	options := scrutintest.Options{Urns: 1, Electors: 20, Holders: 4, MinSize: 10, Clauses: []scrutintest.Clause{{ID: "quorum", Threshold: 2, Holders: []int{1, 2, 3, 4}}, {ID: "president", Threshold: 1, Holders: []int{1}}}}
	fresh := func() *trusteetest.World { return trusteetest.New(t, filepath.Join(t.TempDir(), "world"), options) }
	after := func(before func() *trusteetest.World, stage func(*trusteetest.World) *trusteetest.World) func() *trusteetest.World {
		return sync.OnceValue(func() *trusteetest.World {
			return stage(before().Copy(filepath.Join(t.TempDir(), "world")))
		})
	}
	w := map[string]func() *trusteetest.World{}
	w["founded"] = sync.OnceValue(fresh)
	w["other"] = sync.OnceValue(func() *trusteetest.World { return fresh().Ceremony() })
	w["enrolled"] = after(w["founded"], func(w *trusteetest.World) *trusteetest.World { return w.Ceremony().Enrol() })
	w["closed"] = after(w["enrolled"], func(w *trusteetest.World) *trusteetest.World { return w.Anonymise().Vote(11) })
	w["announced"] = after(w["enrolled"], func(w *trusteetest.World) *trusteetest.World {
		added := make([]int, len(w.Manifest.Urns))
		added[0] = w.Manifest.MinimumSize
		return w.Anonymise().Announce(added)
	})
	w["sealed"] = after(w["closed"], func(w *trusteetest.World) *trusteetest.World { return w.Seal() })
	w["mixed"] = after(w["sealed"], func(w *trusteetest.World) *trusteetest.World { return w.Mix().AdoptMix() })
	w["later"] = after(w["closed"], func(w *trusteetest.World) *trusteetest.World { return w.Later().Seal().Mix().AdoptMix() })
	w["small"] = after(w["enrolled"], func(w *trusteetest.World) *trusteetest.World { return w.Anonymise().Vote(1).Seal() })
	w["cheated"] = after(w["founded"], cheat)
	return w
}

// cheat stops after the reveals of run 1, in which member-3 dealt member-1 a box
// that does not open.
func cheat(w *trusteetest.World) *trusteetest.World {
	for _, step := range []keyceremony.Step{keyceremony.CommitStep, keyceremony.RevealStep} {
		b := w.Board()
		for _, h := range w.Manifest.Holders {
			if step == keyceremony.RevealStep && h.Member == "member-3" {
				w.BreakBox(b, h.Member)
				continue
			}
			if _, _, err := b.Speak(w.Devices[h.Member], step, 0, w.Out); err != nil {
				w.Fatal(err)
			}
		}
	}
	return w
}

func TestScripts(t *testing.T) {
	states := worlds(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("LANG", "C")
			return os.WriteFile(filepath.Join(e.WorkDir, "pass"), []byte(string(trusteetest.Passphrase)+"\n"), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			// world STATE [DIR] puts a state of the election into the directory.
			"world": func(ts *testscript.TestScript, _ bool, args []string) {
				dir := ts.MkAbs(append(args, ".")[1])
				ts.Check(os.CopyFS(dir, os.DirFS(states[args[0]]().Root)))
			},
			// code N ARGS runs the tool, which must exit with N.
			"code": func(ts *testscript.TestScript, _ bool, args []string) { runTool(ts, args[0], args[1:]) },
			// as NAME N COMMAND ARGS runs it for somebody with both media.
			"as": func(ts *testscript.TestScript, _ bool, args []string) {
				runTool(ts, args[1], append([]string{args[2], "-medium", args[0] + "-1", "-second", args[0] + "-2",
					"-passphrase-file", "pass", "-work", "1", "-quiet"}, args[3:]...))
			},
			// damage FILE changes one byte in its middle; truncate FILE drops the last.
			"damage": func(ts *testscript.TestScript, _ bool, args []string) {
				data := []byte(ts.ReadFile(args[0]))
				data[len(data)/2] ^= 1
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o600))
			},
			"truncate": func(ts *testscript.TestScript, _ bool, args []string) {
				data := ts.ReadFile(args[0])
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(data[:len(data)-1]), 0o600))
			},
		},
	})
}

func runTool(ts *testscript.TestScript, want string, args []string) {
	code := 0
	err := ts.Exec("trustee", args...)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		code = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != want {
		ts.Fatalf("trustee %s: exit code %d, want %s", strings.Join(args, " "), code, want)
	}
}
