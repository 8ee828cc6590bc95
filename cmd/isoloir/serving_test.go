package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"isoloir/server/porttest"
	"isoloir/sqlfile"
)

// TestServing runs the commands run and serve on a small demonstration, and serve on damaged copies of it.
func TestServing(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/serving",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("LANG", "C")
			first, err := porttest.Row(12) // of six roles, and of these for a scrutin beside
			e.Setenv("first", strconv.Itoa(int(first.Port())))
			e.Setenv("listen", first.String())
			e.Setenv("urn", netip.AddrPortFrom(first.Addr(), first.Port()+2).String())
			return err
		},
		Condition: func(c string) (bool, error) {
			if c == "root" {
				return os.Getuid() == 0, nil
			}
			return false, errors.New("unknown condition " + c)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			// code N ARGS runs isoloir, which must exit with N.
			"code": func(ts *testscript.TestScript, _ bool, args []string) {
				expect(ts, args[0], ts.Exec("isoloir", args[1:]...), args[1:])
			},
			// answers ADDRESS STATUS waits until this status is answered.
			"answers": func(ts *testscript.TestScript, _ bool, args []string) {
				for end := time.Now().Add(90 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
					if a, err := http.Get(args[0]); err == nil {
						a.Body.Close()
						if strconv.Itoa(a.StatusCode) == args[1] {
							return
						}
					}
				}
				ts.Fatalf("%s never answers %s", args[0], args[1])
			},
			// occupy PORT listens on a port of 127.0.0.1 until the script ends.
			"occupy": func(ts *testscript.TestScript, _ bool, args []string) {
				l, err := net.Listen("tcp", "127.0.0.1:"+args[0])
				ts.Check(err)
				ts.Defer(func() { l.Close() })
			},
			// copy FROM TO copies a directory.
			"copy": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Check(os.RemoveAll(ts.MkAbs(args[1])))
				ts.Check(os.CopyFS(ts.MkAbs(args[1]), os.DirFS(ts.MkAbs(args[0]))))
				ts.Check(filepath.Walk(ts.MkAbs(args[1]), func(path string, info os.FileInfo, err error) error {
					if err != nil || info.IsDir() {
						return err
					}
					return os.Chmod(path, 0o600)
				}))
			},
			// alter FILE STATEMENT changes an SQLite file.
			"alter": func(ts *testscript.TestScript, _ bool, args []string) {
				f, err := sqlfile.Open(context.Background(), ts.MkAbs(args[0]), "", 0)
				ts.Check(err)
				ts.Check(errors.Join(f.Write(context.Background(), func(t *sqlfile.Tx) error {
					n, err := t.Exec(args[1])
					if err == nil && n == 0 {
						err = errors.New("nothing was altered")
					}
					return err
				}), f.Close()))
			},
			// change FILE OLD NEW replaces a text, which stands there, once.
			"change": func(ts *testscript.TestScript, _ bool, args []string) {
				text := ts.ReadFile(args[0])
				if !strings.Contains(text, args[1]) {
					ts.Fatalf("%s does not stand in %s", args[1], args[0])
				}
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o600))
			},
		},
	})
}
