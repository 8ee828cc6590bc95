package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestReplay(t *testing.T) {
	bin := t.TempDir()
	auditor := sync.OnceValue(func() error {
		return exec.Command("go", "build", "-o", bin, "isoloir/cmd/audit").Run()
	})
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/replay",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("LANG", "C")
			e.Setenv("few", "-holders=3 -threshold=2 -class-holders=0 -witnesses=1 -mixers=2")
			return nil
		},
		Condition: func(c string) (bool, error) {
			switch c {
			case "root":
				return os.Getuid() == 0, nil
			case "signals":
				return runtime.GOOS != "windows", nil
			}
			return false, errors.New("unknown condition " + c)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			// code N ARGS runs isoloir, which must exit with N.
			"code": func(ts *testscript.TestScript, _ bool, args []string) {
				expect(ts, args[0], ts.Exec("isoloir", fields(args[1:])...), args[1:])
			},
			// limited BLOCKS N ARGS runs it where no file may be larger than so many blocks of 512 bytes.
			"limited": func(ts *testscript.TestScript, _ bool, args []string) {
				line := append([]string{"-c", `ulimit -f "$0" && exec isoloir "$@"`, args[0]}, fields(args[2:])...)
				expect(ts, args[1], ts.Exec("sh", line...), args)
			},
			// interrupt FILE ARGS runs it, interrupts it when the file appears, and expects the exit code of that.
			"interrupt": func(ts *testscript.TestScript, _ bool, args []string) {
				interrupt(ts, ts.MkAbs(args[0]), fields(args[1:]))
			},
			// audited N DIR runs the command audit, from another process, on what isoloir left in DIR.
			"audited": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(auditor())
				line := []string{"verify", "-quiet", filepath.Join(args[1], "export")}
				if args[0] == "0" {
					f := strings.TrimSpace(ts.ReadFile(filepath.Join(args[1], "fingerprint")))
					line = []string{"verify", "-quiet", "-fingerprint", f, "-witness", filepath.Join(args[1], "witnesses.keys"), filepath.Join(args[1], "export")}
				}
				expect(ts, args[0], ts.Exec(filepath.Join(bin, "audit"), line...), line)
			},
		},
	})
}

// fields lets one variable of a script stand for several flags.
func fields(args []string) (out []string) {
	for _, a := range args {
		if strings.HasPrefix(a, "-holders=") {
			out = append(out, strings.Fields(a)...)
		} else {
			out = append(out, a)
		}
	}
	return out
}

func expect(ts *testscript.TestScript, want string, err error, args []string) {
	code := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		code = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != want {
		ts.Fatalf("%s: exit code %d, want %s", strings.Join(args, " "), code, want)
	}
}

func interrupt(ts *testscript.TestScript, file string, args []string) {
	path, err := exec.LookPath("isoloir")
	ts.Check(err)
	var said strings.Builder
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Stderr = ts.MkAbs("."), &said
	ts.Check(cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for appeared := false; !appeared; {
		select {
		case err := <-ended:
			ts.Fatalf("it ended before %s appeared: %v\n%s", file, err, said.String())
		case <-time.After(time.Millisecond):
			_, err := os.Stat(file)
			appeared = err == nil
		}
	}
	ts.Check(cmd.Process.Signal(syscall.SIGINT))
	select {
	case err = <-ended:
	case <-time.After(10 * time.Second):
		ts.Check(cmd.Process.Kill())
		ts.Fatalf("it goes on after an interruption")
	}
	expect(ts, strconv.Itoa(exitInterrupted), err, args)
	if !strings.Contains(said.String(), "not a complete export") {
		ts.Fatalf("interrupted, it says %q", said.String())
	}
}
