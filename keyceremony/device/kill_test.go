package device

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"isoloir/scrutin"
)

const (
	oldPass = Passphrase("the old passphrase")
	newPass = Passphrase("the new passphrase")
	killed  = 137
)

// TestMain lets the test binary be the process that is killed.
func TestMain(m *testing.M) {
	if op := os.Getenv("ISOLOIR_KILL_IN"); op != "" {
		dieIn(op, strings.Split(os.Getenv("ISOLOIR_KILL_MEDIA"), ","))
	}
	os.Exit(m.Run())
}

// dieIn does an operation and leaves the process, without any cleaning up,
// ahead of step number ISOLOIR_KILL_AT; with 0 if there are fewer steps.
func dieIn(op string, dirs []string) {
	left, err := strconv.Atoi(os.Getenv("ISOLOIR_KILL_AT"))
	if err != nil {
		panic(err)
	}
	before := func(string) {
		if left--; left == 0 {
			os.Exit(killed)
		}
	}
	if err := kinds[op](before, dirs); err != nil {
		println(err.Error())
		os.Exit(1)
	}
	os.Exit(0)
}

// kinds are the operations that write on media.
var kinds = map[string]func(before func(string), dirs []string) error{
	"bind": func(before func(string), dirs []string) error {
		d, err := Open(oldPass, 1, dirs...)
		if err != nil {
			return err
		}
		d.before = before
		return d.Bind(scrutin.Digest{6}, scrutin.Digest{7})
	},
	"passphrase": func(before func(string), dirs []string) error {
		return changePassphrase(media{before: before}, oldPass, newPass, 1, dirs...)
	},
	"copy": func(before func(string), dirs []string) error {
		d, err := Open(oldPass, 1, dirs[0])
		if err != nil {
			return err
		}
		d.before = before
		return d.Copy(dirs[2])
	},
}

// Whatever step of writing the process is killed at, each medium keeps a whole
// file that one of the passphrases opens, in the state before or after, and the
// operation can be asked again.
func TestKilledAtEveryStep(t *testing.T) {
	for op := range kinds {
		t.Run(op, func(t *testing.T) {
			steps := 0
			for at := 1; ; at++ {
				dirs := []string{t.TempDir(), t.TempDir(), t.TempDir()}
				d, err := Create("member-1", oldPass, 1, dirs[:2]...)
				if err != nil {
					t.Fatal(err)
				}
				d.state.Ceremony, d.state.Manifest = scrutin.Digest{1}, scrutin.Digest{2}
				if err := d.save(); err != nil {
					t.Fatal(err)
				}
				code := inChild(t, op, at, dirs)
				survives(t, op, at, code == 0, d, dirs)
				if code == 0 {
					break
				}
				steps++
			}
			if steps < 6 {
				t.Errorf("killed at %d steps only", steps)
			}
		})
	}
}

func inChild(t *testing.T, op string, at int, dirs []string) int {
	t.Helper()
	media := dirs[:2]
	if op == "copy" {
		media = dirs
	}
	c := exec.Command(os.Args[0], "-test.run=^$")
	c.Env = append(os.Environ(), "ISOLOIR_KILL_IN="+op, "ISOLOIR_KILL_AT="+strconv.Itoa(at), "ISOLOIR_KILL_MEDIA="+strings.Join(media, ","))
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit) && exit.ExitCode() == killed:
		return killed
	}
	t.Fatalf("%s, step %d: %v\n%s", op, at, err, out)
	return 0
}

// survives checks what a killed operation left.
func survives(t *testing.T, op string, at int, done bool, before *Device, dirs []string) {
	t.Helper()
	for i, dir := range dirs[:2] {
		path := filepath.Join(dir, "member-1"+Suffix)
		c, _, err := load(path, oldPass)
		if err != nil && op == "passphrase" {
			c, _, err = load(path, newPass)
		}
		if err != nil {
			t.Fatalf("%s, step %d: medium %d is lost: %v", op, at, i+1, err)
		}
		if c.Signing.Encode() != before.state.Signing.Encode() || !c.Reception.Equal(before.state.Reception.Scalar) || c.Ceremony != before.state.Ceremony {
			t.Errorf("%s, step %d: medium %d holds something else", op, at, i+1)
		}
	}
	switch op {
	case "bind":
		d, err := Open(oldPass, 1, dirs[:2]...)
		if err != nil {
			t.Fatalf("step %d: %v", at, err)
		}
		if done && d.Sealed(scrutin.Digest{6}).IsZero() {
			t.Error("the seal is not recorded")
		}
		// If the seal is on the first medium, another one is refused already.
		if !d.Sealed(scrutin.Digest{6}).IsZero() {
			if err := d.Bind(scrutin.Digest{6}, scrutin.Digest{8}); !errors.Is(err, ErrOtherSeal) {
				t.Errorf("step %d: another seal: %v", at, err)
			}
		}
		if err := d.Bind(scrutin.Digest{6}, scrutin.Digest{7}); err != nil {
			t.Errorf("step %d: asked again: %v", at, err)
		}
	case "passphrase":
		if err := ChangePassphrase(oldPass, newPass, 1, dirs[:2]...); err != nil {
			t.Errorf("step %d: asked again: %v", at, err)
		}
		if _, err := Open(newPass, 1, dirs[:2]...); err != nil {
			t.Errorf("step %d: after all: %v", at, err)
		}
	case "copy":
		c, _, err := load(filepath.Join(dirs[2], "member-1"+Suffix), oldPass)
		if err == nil && c.Serial != before.state.Serial {
			t.Errorf("step %d: the copy is another", at)
		}
		if done && err != nil {
			t.Error(err)
		}
	}
}

// A write that fails leaves the file that was there, and nothing beside it.
func TestFailedWrite(t *testing.T) {
	dir := t.TempDir()
	d, err := Create("member-1", oldPass, 1, dir)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(d.paths[0])
	if err != nil {
		t.Fatal(err)
	}
	temp := filepath.Join(dir, ".member-1"+Suffix+".partial")
	d.before = func(operation string) { // the medium fails between write and rename
		if strings.HasPrefix(operation, "read back") {
			if err := os.WriteFile(temp, []byte("broken"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := d.save(); err == nil || !strings.Contains(err.Error(), "untouched") {
		t.Errorf("a broken medium: %v", err)
	}
	after, err := os.ReadFile(d.paths[0])
	if err != nil || string(after) != string(whole) {
		t.Errorf("the file was touched: %v", err)
	}
	if _, err := os.Lstat(temp); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a part was left: %v", err)
	}
	if _, err := os.Stat("/dev/full"); err == nil {
		if err := os.Symlink("/dev/full", temp); err != nil {
			t.Fatal(err)
		}
		d.before = nil
		if err := d.save(); err == nil {
			t.Error("a full disk was not noticed")
		}
		if after, err := os.ReadFile(d.paths[0]); err != nil || string(after) != string(whole) {
			t.Errorf("the file was touched: %v", err)
		}
	}
}
