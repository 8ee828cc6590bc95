package server

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"isoloir/audit/audittest"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// An act withdraws a deputy by the role's own note, and by nothing else that stands at its path or does not; what is missing is told once.
func TestWithdrawn(t *testing.T) {
	first, err := audittest.New(audittest.Shape{Fixture: scrutintest.Options{Electors: 20}}, 3)
	if err != nil {
		t.Fatal(err)
	}
	first.Advance(audittest.Amended)
	stolen := first.Signers["mixer-1"].Verifier().PublicKey() // any key that a manifest may hold
	good := scrutin.Withdrawal{Opening: first.O, Role: scrutin.RoleUrn, Key: stolen}
	for name, c := range map[string]struct {
		prepare func(w *audittest.World)
		digest  *scrutin.Digest
		want    bool
	}{
		"the urn's note":          {func(w *audittest.World) { w.Withdraw(good, "urn") }, nil, true},
		"a note that comes later": {func(*audittest.World) {}, adopting(scrutin.DigestOf([]byte(good.Text()))), false},
		"a random digest":         {func(w *audittest.World) { w.Withdraw(good, "urn") }, adopting(scrutin.Digest{1}), false},
		"the roll's note":         {func(w *audittest.World) { w.Withdraw(good, "roll") }, nil, false},
		"of another vote": {func(w *audittest.World) {
			other := good
			other.Opening[0]++
			w.Withdraw(other, "urn")
		}, nil, false},
		"of another deputy": {func(w *audittest.World) {
			w.Withdraw(scrutin.Withdrawal{Opening: w.O, Role: good.Role, Key: w.Signers["mixer-2"].Verifier().PublicKey()}, "urn")
			for path, data := range w.Files {
				if path != good.Path() && filepath.Dir(path) == filepath.Dir(good.Path()) {
					w.Files[good.Path()] = data
					delete(w.Files, path)
				}
			}
		}, nil, false},
	} {
		w := first.Clone()
		c.prepare(w)
		adopted := []scrutin.Adopted{{Path: good.Path()}}
		if c.digest != nil {
			adopted[0].SHA256 = *c.digest
		} else {
			adopted = w.Adopts(good.Path())
		}
		w.Act(scrutin.ActWithdraw, scrutin.ActBody{Adopts: adopted, Reason: "volé"})
		p := published(t, w)
		if !p.Procedure().Withdrawn(good.Role, stolen) {
			t.Fatalf("%s: the act is not there", name)
		}
		if got := p.withdrawn(good.Role, stolen); got != c.want || p.withdrawn(scrutin.RoleRoll, stolen) {
			t.Errorf("%s: withdrawn %v", name, got)
		}
		told, again := p.unfounded(), p.unfounded()
		if (told == nil) != c.want || told != nil && !errors.Is(told, ErrRecord) || again != nil {
			t.Errorf("%s: told %v, and again %v", name, told, again)
		}
		if c.want {
			continue
		}
		after := first.Clone()
		after.Withdraw(good, "urn")
		writeAt(t, p.Record.Dir(), good.Path(), after.Files[good.Path()])
		if got := p.withdrawn(good.Role, stolen); got != (adopted[0] == after.Adopts(good.Path())[0]) {
			t.Errorf("%s: once the urn's note is there: %v", name, got)
		}
	}
}

func adopting(d scrutin.Digest) *scrutin.Digest { return &d }

// published is a world as a machine's copy of its record.
func published(t *testing.T, w *audittest.World) *Public {
	t.Helper()
	dir := t.TempDir()
	for path, data := range w.Files {
		writeAt(t, dir, path, data)
	}
	p, err := OpenPublic(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func writeAt(t *testing.T, dir, path string, data []byte) {
	t.Helper()
	to := filepath.Join(dir, filepath.FromSlash(path))
	if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o700), os.WriteFile(to, data, 0o600)); err != nil {
		t.Fatal(err)
	}
}
