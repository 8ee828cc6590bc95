package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"isoloir/archive"
	"isoloir/audit"
	"isoloir/audit/audittest"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"audit": main, "nosocket": nosocket})
}

// TestScripts runs the command against an export that holds, in $EXPORT, whose
// fingerprint is $FINGERPRINT and whose witnesses' keys are in $WITNESSES.
func TestScripts(t *testing.T) {
	w, err := audittest.New(audittest.Shape{Abstain: 1, Fixture: scrutintest.Options{Urns: 2, Electors: 5, Choices: 2, Mixers: 2, MinSize: 2,
		Edit: func(m *scrutin.Manifest) { m.Scrutin.Profile = scrutin.Consultation }}}, 3)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(audittest.Listed)
	dir := t.TempDir()
	if err := w.Write(filepath.Join(dir, "export")); err != nil {
		t.Fatal(err)
	}
	pack(t, filepath.Join(dir, "export"), filepath.Join(dir, "archive.tar"))
	var keys, strangers strings.Builder
	for _, witness := range w.Manifest.Witnesses {
		keys.WriteString("# " + witness.Label + "\n" + witness.Key + "\n")
		stranger, err := note.GenerateKey(witness.ID)
		if err != nil {
			t.Fatal(err)
		}
		strangers.WriteString(stranger.Verifier().String() + "\n")
	}
	write(t, filepath.Join(dir, "witnesses"), keys.String())
	write(t, filepath.Join(dir, "strangers"), strangers.String())
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXPORT", filepath.Join(env.WorkDir, "export"))
			env.Setenv("ARCHIVE", filepath.Join(dir, "archive.tar"))
			for name, receipt := range receipts(t, w) {
				if err := os.WriteFile(filepath.Join(env.WorkDir, name), receipt, 0o644); err != nil {
					return err
				}
			}
			env.Setenv("CODE", codeOf(w))
			env.Setenv("KEY", w.Manifest.Platform.Urn.Key)
			env.Setenv("WITNESSES", filepath.Join(dir, "witnesses"))
			env.Setenv("STRANGERS", filepath.Join(dir, "strangers"))
			env.Setenv("FINGERPRINT", hex.EncodeToString(w.Fingerprint[:]))
			return os.CopyFS(filepath.Join(env.WorkDir, "export"), os.DirFS(filepath.Join(dir, "export")))
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "root":
				return os.Getuid() == 0, nil
			case "linux":
				return runtime.GOOS == "linux", nil
			case "unshare":
				return exec.Command("unshare", "-rn", "true").Run() == nil, nil
			}
			return false, nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"code": code},
	})
}

// pack makes the archive of an export, with a paper that no act adopts.
func pack(t *testing.T, export, file string) {
	t.Helper()
	in, err := record.Open(export)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	dossier := t.TempDir()
	write(t, filepath.Join(dossier, "minutes-2.txt"), "other minutes")
	p, err := archive.Gather(in, dossier)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	var out bytes.Buffer
	if err := p.Write(&out, nil); err != nil {
		t.Fatal(err)
	}
	write(t, file, out.String())
}

// TestJSON reads the report as another program does, by the types of the package.
func TestJSON(t *testing.T) {
	w, err := audittest.New(audittest.Shape{Fixture: scrutintest.Options{Urns: 1, Electors: 10, MinSize: 10}}, 4)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "export")
	if err := w.Advance(audittest.Listed).Write(dir); err != nil {
		t.Fatal(err)
	}
	var out, progress bytes.Buffer
	if code := run([]string{"verify", "-json", dir}, &out, &progress); code != exitHolds {
		t.Fatalf("exit code %d: %s", code, out.String())
	}
	dec := json.NewDecoder(&out)
	dec.DisallowUnknownFields()
	var report audit.Report
	if err := dec.Decode(&report); err != nil {
		t.Fatal(err)
	}
	if len(report.Checks) != len(audit.Checks()) || len(report.Cells) != 1 || report.Cells[0].Ballots != 10 || report.Fingerprint != hex.EncodeToString(w.Fingerprint[:]) {
		t.Errorf("%+v", report)
	}
	if !strings.HasPrefix(progress.String(), "  contents ") {
		t.Errorf("progress: %q", progress.String())
	}
	if code := run([]string{"verify", "-json", dir}, full{}, io.Discard); code != exitIO {
		t.Errorf("a report that could not be written: exit code %d", code)
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// code runs a command and compares its exit code: code 64 audit verify.
func code(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("%s: exit code %s, not %s", strings.Join(args[1:], " "), got, args[0])
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
