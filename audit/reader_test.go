package audit_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"isoloir/audit/audittest"
	"isoloir/record"
)

// TestThirdReader has spec/reader.py, which shares no line with the auditor, read an honest
// export, and the same with another result: it holds, and does not.
func TestThirdReader(t *testing.T) {
	python, err := exec.LookPath("python3") // .ci/needs installs it
	if err != nil {
		t.Fatal(err)
	}
	w, err := audittest.New(shapes[joint], joint)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(audittest.Listed)
	dir := filepath.Join(t.TempDir(), "export")
	if err := w.Write(dir); err != nil {
		t.Fatal(err)
	}
	read := func() (string, int) {
		c := exec.CommandContext(t.Context(), python, "../spec/reader.py", "--fingerprint", w.Fingerprint.String(), dir)
		out, _ := c.CombinedOutput()
		return string(out), c.ProcessState.ExitCode()
	}
	if out, code := read(); code != 0 {
		t.Fatalf("%d: %s", code, out)
	}
	path := filepath.Join(dir, filepath.FromSlash(record.Result))
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), `"blank": 0`, `"blank": 1`, 1)
	if changed == string(text) {
		t.Fatalf("nothing is changed in %s", text)
	}
	if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, code := read(); code != 1 {
		t.Errorf("another result: %d: %s", code, out)
	}
}
