package follow_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"isoloir/audit/evidence"
	"isoloir/follow"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// cosigned opens what was left with the urn: the witness's co-signature and no other.
func (w *world) cosigned() (size, at uint64) {
	w.t.Helper()
	n, err := note.Open(w.left, w.witness.Verifier().Cosigner())
	if err != nil || len(n.Signatures) != 1 {
		w.t.Fatal(err, n)
	}
	c, err := note.ParseCheckpoint(n.Text)
	if err != nil {
		w.t.Fatal(err)
	}
	return c.Size, n.Signatures[0].Time
}

// TestCosign signs once in a slot, dated by it, from the empty log on; leaves the same
// bytes again where they are not shown, after a restart too; and signs neither behind
// its last date nor for two histories.
func TestCosign(t *testing.T) {
	w := newWorld(t)
	w.config.Witness = w.witness
	now := noon
	w.config.Now = func() time.Time { return now }
	hour := uint64(noon.Truncate(time.Hour).Unix())
	want := func(what string, size, at uint64) {
		t.Helper()
		if s, a := w.cosigned(); s != size || a != at {
			t.Errorf("%s: %d leaves at %d, not %d at %d", what, s, a, size, at)
		}
	}
	f := w.open()
	w.round(f)
	want("the empty log", 0, hour)
	w.history("", 5)
	w.round(f)
	want("a log", 5, hour)
	first := bytes.Clone(w.left)
	w.left = nil
	now = now.Add(30 * time.Minute)
	w.round(w.open())
	if !bytes.Equal(w.left, first) {
		t.Errorf("in one slot it signs twice: %q", w.left)
	}
	shown, err := note.Cosign(w.signed, w.witness, hour)
	if err != nil {
		t.Fatal(err)
	}
	bare := w.signed
	w.signed, w.left = shown, nil
	w.round(f)
	if w.left != nil {
		t.Error("it leaves again what is shown")
	}
	now = now.Add(time.Hour)
	w.round(f)
	want("the next slot", 5, hour+3600)
	w.signed, w.left = bare, nil
	now = now.Add(-2 * time.Hour)
	w.round(f)
	if w.left != nil {
		t.Error("it signs behind its last date")
	}
	now = now.Add(24 * time.Hour)
	w.history("", 20)
	w.show(3)
	if w.round(f); w.left != nil {
		t.Error("it signs less than it has seen")
	}
	w.history("other", 20, 4)
	w.raised(f.Round(ctx), evidence.KindFork)
	if w.left != nil {
		t.Error("it signs another history")
	}
}

// TestCosignKept refuses to go on as a witness whose mirror does not hold what he signed.
func TestCosignKept(t *testing.T) {
	w := newWorld(t)
	w.config.Witness = w.witness
	w.history("", 5)
	w.round(w.open())
	dir := filepath.Join(w.config.Dir, filepath.FromSlash(scrutin.Origin(fingerprint, "urn-1")))
	kept, err := os.ReadFile(filepath.Join(dir, "cosigned"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	w.history("other", 5, 2)
	f := w.open()
	if err := record.WriteWhole(filepath.Join(dir, "cosigned"), kept); err != nil {
		t.Fatal(err)
	}
	w.left = nil
	if err := f.Round(ctx); err == nil || w.left != nil {
		t.Errorf("%v, and leaves %q", err, w.left)
	}
}

// TestNotTaken goes on where the urn has signed further, or takes nothing.
func TestNotTaken(t *testing.T) {
	w := newWorld(t)
	w.config.Witness = w.witness
	w.history("", 5)
	status := http.StatusConflict
	w.serve = func(rw http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			rw.WriteHeader(status)
		}
		return r.Method == http.MethodPost
	}
	f := w.open()
	w.round(f)
	status = http.StatusBadRequest
	if err := f.Round(ctx); err == nil {
		t.Error("a refusal is not told")
	}
	if w.told[len(w.told)-1].What != follow.Trouble {
		t.Errorf("%+v", w.told)
	}
}
