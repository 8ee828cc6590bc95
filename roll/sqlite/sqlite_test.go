package sqlite_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/roll"
	"isoloir/roll/login"
	"isoloir/roll/login/logintest"
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
	named := func(t testing.TB, name string) (login.Store, func() error) {
		dir := filepath.Join(root, strings.ReplaceAll(name, "/", "-"))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		s := open(t, dir, sqlite.Options{})
		return s, s.Shut
	}
	rolltest.Exercise(t, func(t testing.TB, name string) (roll.Store, func() error) { return named(t, name) })
	logintest.Exercise(t, named)
}

// TestInsertOnly has somebody with the file try to rewrite marks. (S003-28-1)
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
		m := service.Mark(ctx, []roll.MarkRequest{{ReserveRequest: f.Request(t, 0, i), Receipt: f.Says(t, scrutin.Appended, 0, rolltest.HashOf(a.Token))}})[0]
		if m.Err != nil {
			t.Fatal(m.Err)
		}
	}
	var marks bytes.Buffer
	if st, err := service.Statement(ctx, 0, &marks); err != nil || st.Marks != full+1 {
		t.Fatalf("%+v, %v", st, err)
	}
}

// TestFullDiskTells fills the file while electors are marked: who is marked is to be
// told, and nobody else.
func TestFullDiskTells(t *testing.T) {
	dir := t.TempDir()
	store := open(t, dir, sqlite.Options{MaxPages: 40})
	var full error
	for i := range uint32(2000) {
		r := roll.Reservation{Since: time.Unix(0, 0)}
		r.Elector = i
		rand.Read(r.Token[:])
		if _, full = store.Reserve(ctx, roll.Scope{}, []roll.Reservation{r}); full != nil {
			break
		}
		if _, full = store.Mark(ctx, roll.Scope{}, []roll.Marking{{Elector: i, Hash: rolltest.HashOf(r.Token), Time: r.Since, Tell: true}}); full != nil {
			break
		}
	}
	if full == nil {
		t.Fatal("the limit is not where it should be")
	}
	if err := store.Shut(); err != nil {
		t.Fatal(err)
	}
	store = open(t, dir, sqlite.Options{})
	defer store.Shut()
	var marked []roll.Place
	if err := store.Marks(ctx, roll.Scope{}, 0, func(s roll.Signed) error {
		marked = append(marked, roll.Place{Elector: s.Elector})
		return nil
	}); err != nil || len(marked) == 0 {
		t.Fatal(len(marked), err)
	}
	if untold, err := store.Untold(ctx, roll.Scope{}, 5000); err != nil || !slices.Equal(untold, marked) {
		t.Errorf("%d are to be told, of %d marked: %v", len(untold), len(marked), err)
	}
}

// TestForget looks for τ, and for any eight bytes of one, in the raw files, after
// reservations and marks have split, merged and freed pages in every order.
func TestForget(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	defer s.Shut()
	const rounds, each = 100, 50
	random := mathrand.New(mathrand.NewPCG(1, 2))
	numbers := random.Perm(rounds * each)
	var held, used []roll.Reservation
	for round := range rounds {
		batch := make([]roll.Reservation, each)
		for i := range batch {
			batch[i].Since, batch[i].Elector = time.Unix(1_700_000_000, 0), uint32(numbers[round*each+i])
			rand.Read(batch[i].Token[:])
		}
		if _, err := s.Reserve(ctx, roll.Scope{}, batch); err != nil {
			t.Fatal(err)
		}
		held = append(held, batch...)
		random.Shuffle(len(held), func(i, j int) { held[i], held[j] = held[j], held[i] })
		n := random.IntN(len(held))
		markings := make([]roll.Marking, n)
		for i, r := range held[:n] {
			markings[i] = roll.Marking{Elector: r.Elector, Hash: rolltest.HashOf(r.Token), Time: r.Since}
		}
		if _, err := s.Mark(ctx, roll.Scope{}, markings); err != nil {
			t.Fatal(err)
		}
		used, held = append(used, held[:n]...), held[n:]
	}
	if n := found(t, dir, used); n == 0 {
		t.Fatal("no used τ is in the write-ahead log: this test looks in the wrong place")
	}
	if err := s.Forget(ctx); err != nil {
		t.Fatal(err)
	}
	if n := found(t, dir, used); n != 0 {
		t.Errorf("parts of %d of %d used τ are left in the files", n, len(used))
	}
	if n := found(t, dir, held); n != len(held) {
		t.Errorf("%d of %d held τ are in the files", n, len(held))
	}
}

// found counts the τ of which eight bytes in a row are in the files.
func found(t *testing.T, dir string, of []roll.Reservation) (n int) {
	t.Helper()
	windows := map[[8]byte]bool{}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		raw, err := os.ReadFile(filepath.Join(dir, "roll.db"+suffix))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		for i := 0; i+8 <= len(raw); i++ {
			windows[[8]byte(raw[i:])] = true
		}
	}
	for _, r := range of {
		for i := 0; i+8 <= len(r.Token); i++ {
			if windows[[8]byte(r.Token[i:])] {
				n++
				break
			}
		}
	}
	return n
}
