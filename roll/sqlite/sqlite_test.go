package sqlite_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isoloir/roll"
	"isoloir/roll/rolltest"
	"isoloir/roll/sqlite"
	"isoloir/scrutin"
	"isoloir/sqlfile"
)

var ctx = context.Background()

func open(t testing.TB, dir string, o sqlite.Options) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(ctx, filepath.Join(dir, "roll.db"), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConformance(t *testing.T) {
	root := t.TempDir()
	rolltest.Exercise(t, func(t testing.TB, name string) (roll.Store, func() error) {
		dir := filepath.Join(root, strings.ReplaceAll(name, "/", "-"))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		s := open(t, dir, sqlite.Options{})
		return s, s.Shut
	})
}

// TestInsertOnly has somebody with the file try to rewrite marks.
func TestInsertOnly(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	r := roll.Reservation{Urn: 0, Since: time.Unix(0, 0)}
	rand.Read(r.Token[:])
	if _, err := s.Reserve(ctx, roll.Scope{}, []roll.Reservation{r}); err != nil {
		t.Fatal(err)
	}
	if o, err := s.Mark(ctx, roll.Scope{}, []roll.Marking{{Hash: rolltest.HashOf(r.Token), Time: time.Unix(0, 0)}}); err != nil || o[0].Err != nil {
		t.Fatal(err, o)
	}
	if err := s.Shut(); err != nil {
		t.Fatal(err)
	}
	file, err := sqlfile.Open(ctx, filepath.Join(dir, "roll.db"), "", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, statement := range []string{
		"UPDATE mark SET time = 1", "DELETE FROM mark", "INSERT OR REPLACE INTO mark SELECT * FROM mark",
		"UPDATE reservation SET signature = x'00'", "DELETE FROM reservation", "INSERT OR REPLACE INTO reservation SELECT * FROM reservation",
	} {
		err := file.Write(ctx, func(tx *sqlfile.Tx) error {
			_, err := tx.Exec(statement)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "is insert-only") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

// TestFullDisk fills the file: what cannot be written is refused cleanly, what was
// answered stays, and with room again everything goes on.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	f := rolltest.New(t, 1, 600)
	small := open(t, dir, sqlite.Options{MaxPages: 30})
	service := f.Service(small)
	tokens := map[int][32]byte{}
	full := -1
	for i := range 600 {
		a := service.Reserve(ctx, []roll.ReserveRequest{f.Request(t, 0, i)})[0]
		if a.Err != nil {
			if !errors.Is(a.Err, roll.ErrBusy) {
				t.Fatalf("elector %d: %v", i, a.Err)
			}
			full = i
			break
		}
		tokens[i] = a.Token
	}
	if full <= 0 {
		t.Fatal("the limit is not where it should be")
	}
	if err := small.Shut(); err != nil {
		t.Fatal(err)
	}
	large := open(t, dir, sqlite.Options{})
	defer large.Shut()
	service = f.Service(large)
	for i := range full + 1 {
		a := service.Reserve(ctx, []roll.ReserveRequest{f.Request(t, 0, i)})[0]
		if a.Err != nil || i < full && a.Token != tokens[i] {
			t.Fatalf("elector %d with room again: %v", i, a.Err)
		}
		m := service.Mark(ctx, []roll.MarkRequest{{Urn: 0, Elector: uint32(i), Receipt: f.Says(t, scrutin.Appended, 0, rolltest.HashOf(a.Token))}})[0]
		if m.Err != nil {
			t.Fatal(m.Err)
		}
	}
	var marks bytes.Buffer
	if st, err := service.Statement(ctx, 0, &marks); err != nil || st.Marks != full+1 {
		t.Fatalf("%+v, %v", st, err)
	}
}

// TestForget looks for every τ in the raw files.
func TestForget(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	defer s.Shut()
	var all []roll.Reservation
	for i := range 3000 {
		r := roll.Reservation{Since: time.Unix(1_700_000_000, 0)}
		r.Elector = uint32(i * 7919 % 3000)
		rand.Read(r.Token[:])
		rand.Read(r.Signature[:])
		all = append(all, r)
		if i%50 == 49 {
			if _, err := s.Reserve(ctx, roll.Scope{}, all[i-49:]); err != nil {
				t.Fatal(err)
			}
		}
	}
	var markings []roll.Marking
	for i, r := range all {
		if i%4 != 0 {
			markings = append(markings, roll.Marking{Elector: r.Elector, Hash: rolltest.HashOf(r.Token), Time: time.Unix(1_700_000_000, 0)})
		}
	}
	if _, err := s.Mark(ctx, roll.Scope{}, markings); err != nil {
		t.Fatal(err)
	}
	count := func() (forgotten, held int) {
		var raw []byte
		for _, suffix := range []string{"", "-wal", "-shm"} {
			b, err := os.ReadFile(filepath.Join(dir, "roll.db"+suffix))
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
			raw = append(raw, b...)
		}
		for i, r := range all {
			if bytes.Contains(raw, r.Token[:]) {
				if i%4 != 0 {
					forgotten++
				} else {
					held++
				}
			}
		}
		return forgotten, held
	}
	forgotten, _ := count()
	t.Logf("before Forget, %d of %d used τ can be read in the files", forgotten, len(markings))
	if err := s.Forget(ctx); err != nil {
		t.Fatal(err)
	}
	if forgotten, held := count(); forgotten != 0 || held != len(all)-len(markings) {
		t.Errorf("%d forgotten τ and %d held ones can be read in the files", forgotten, held)
	}
}
