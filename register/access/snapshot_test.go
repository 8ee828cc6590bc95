package access_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"isoloir/register"
	"isoloir/register/access"
	"isoloir/register/registertest"
	"isoloir/register/sqlite"
)

// A shelf has accounts of constituencies, each used when a test says so.
type shelf struct {
	store *sqlite.Store
	cards map[string][]register.Number
	used  map[register.Number][32]byte
}

func newShelf(t *testing.T, constituencies ...string) *shelf {
	t.Helper()
	w, dir := registertest.NewTown(t, constituencies...), t.TempDir()
	store, err := sqlite.Open(t.Context(), filepath.Join(dir, "register.db"), filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Shut() })
	d := w.Distribution(1, 40, 10)
	v := &shelf{store, map[string][]register.Number{}, map[register.Number][32]byte{}}
	var cards []register.Card
	for _, s := range d.Stations {
		for range s.Cards {
			c := register.Card{Number: register.DrawNumber(), Constituency: s.Constituency, Station: s.ID, Token: register.DrawToken().Hash(), State: register.Active}
			cards = append(cards, c)
			v.cards[c.Constituency] = append(v.cards[c.Constituency], c.Number)
		}
	}
	if err := store.Open(t.Context(), registertest.Text(t, d), 1, cards); err != nil {
		t.Fatal(err)
	}
	return v
}

// use takes so many more accounts of a constituency into use.
func (v *shelf) use(t *testing.T, constituency string, n int) []register.Number {
	t.Helper()
	now := v.cards[constituency][:n]
	v.cards[constituency] = v.cards[constituency][n:]
	for _, number := range now {
		a := access.Account{Number: number}
		rand.Read(a.Key[:])
		if err := v.store.First(t.Context(), a, nil); err != nil {
			t.Fatal(err)
		}
		v.used[number] = a.Key
	}
	return now
}

func (v *shelf) turn(t *testing.T, to register.State, numbers ...register.Number) {
	t.Helper()
	for _, n := range numbers {
		if err := v.store.Turn(t.Context(), n, to); err != nil {
			t.Fatal(err)
		}
	}
}

func (v *shelf) take(t *testing.T, want error, later bool, urns ...access.Urn) []access.UrnAccounts {
	t.Helper()
	got, err := access.Snapshot(t.Context(), v.store, urns, 10, later)
	if !errors.Is(err, want) {
		t.Fatalf("%v, not %v", err, want)
	}
	for _, u := range got {
		if !slices.IsSortedFunc(u.Accounts, func(a, b access.Account) int { return bytes.Compare(a.Key[:], b.Key[:]) }) {
			t.Errorf("urn %s: not ascending by key", u.ID)
		}
		for _, a := range u.Accounts {
			if v.used[a.Number] != a.Key {
				t.Errorf("account %s with another key", a.Number)
			}
		}
	}
	return got
}

// TestSnapshots lays snapshots over each other, as whoever has two records may: nobody is
// seen to come, or to be told apart, among fewer than k; who is suspended is not there.
func TestSnapshots(t *testing.T) {
	v := newShelf(t, "nord", "sud")
	nord, sud := access.Urn{ID: "nord", Constituencies: []string{"nord"}}, access.Urn{ID: "sud", Constituencies: []string{"sud"}}
	both := access.Urn{ID: "ville", Constituencies: []string{"nord", "sud"}}
	count := func(got []access.UrnAccounts, want ...int) {
		t.Helper()
		for i, u := range got {
			if len(u.Accounts) != want[i] {
				t.Errorf("urn %s: %d accounts, not %d", u.ID, len(u.Accounts), want[i])
			}
		}
	}
	first := v.use(t, "nord", 12)
	v.use(t, "sud", 3)
	v.take(t, access.ErrFew, false, nord, sud)
	v.take(t, access.ErrFew, true, nord, sud)
	v.take(t, register.ErrInvalid, false, both, sud)
	count(v.take(t, nil, false, both), 15)
	count(v.take(t, nil, false, both), 15)

	v.use(t, "sud", 9)
	v.take(t, access.ErrNewcomers, false, both)
	v.use(t, "sud", 1) // ten came, all of the south: three of the first urn are told apart
	v.take(t, access.ErrDivided, false, nord, sud)
	v.take(t, access.ErrDivided, true, sud)
	count(v.take(t, nil, false, both), 25)
	count(v.take(t, nil, false, nord, sud), 12, 13)

	v.use(t, "nord", 1)
	v.take(t, access.ErrNewcomers, false, nord, sud)
	count(v.take(t, nil, true, nord, sud), 12, 13) // he votes later
	v.take(t, access.ErrNewcomers, false, nord, sud)
	v.use(t, "nord", 9)
	count(v.take(t, nil, false, nord, sud), 22, 13)

	v.turn(t, register.Suspended, first[:4]...)
	count(v.take(t, nil, false, nord, sud), 18, 13) // who leaves is seen, whatever their number
	v.turn(t, register.Used, first[0])
	v.take(t, access.ErrNewcomers, false, nord, sud) // who comes back is a newcomer
	count(v.take(t, nil, true, nord), 18)
	v.turn(t, register.Invalid, first[4:12]...)
	v.turn(t, register.Suspended, first[0])
	count(v.take(t, nil, false, nord), 10)
}
