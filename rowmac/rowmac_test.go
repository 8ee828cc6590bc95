package rowmac_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"isoloir/rowmac"
)

var scope = rowmac.Scope{Organisation: "ville", Scrutin: "conseil", Urn: 3}

// Of rows that differ in anything, also in where a field ends, the codes differ.
func TestRow(t *testing.T) {
	key := rowmac.NewKey([32]byte{1})
	seen := map[rowmac.MAC]string{}
	for name, m := range map[string]rowmac.MAC{
		"row":          key.Row("leaf", scope, []byte("ab"), []byte("c")),
		"other end":    key.Row("leaf", scope, []byte("a"), []byte("bc")),
		"one field":    key.Row("leaf", scope, []byte("abc")),
		"empty field":  key.Row("leaf", scope, []byte("ab"), []byte("c"), nil),
		"table":        key.Row("lea", scope, []byte("ab"), []byte("c")),
		"urn":          key.Row("leaf", rowmac.Scope{Organisation: "ville", Scrutin: "conseil", Urn: 4}, []byte("ab"), []byte("c")),
		"scrutin":      key.Row("leaf", rowmac.Scope{Organisation: "ville", Scrutin: "other", Urn: 3}, []byte("ab"), []byte("c")),
		"organisation": key.Row("leaf", rowmac.Scope{Organisation: "vill", Scrutin: "econseil", Urn: 3}, []byte("ab"), []byte("c")),
		"key":          rowmac.NewKey([32]byte{2}).Row("leaf", scope, []byte("ab"), []byte("c")),
	} {
		if other, twice := seen[m]; twice {
			t.Errorf("%s has the code of %s", name, other)
		}
		seen[m] = name
		if !m.Is(m[:]) || m.Is(m[1:]) || m.Is(nil) {
			t.Errorf("%s: its code is not recognised", name)
		}
	}
}

// A key is drawn once, whoever draws it at the same time, and for a store without rows
// alone, and is not shown.
func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	begun, away := false, error(nil)
	asked := func() (bool, error) { return begun, away }
	keys := make([]rowmac.Key, 8)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			k, err := rowmac.Open(path, asked)
			if err != nil {
				t.Error(err)
			}
			keys[i] = k
		})
	}
	all.Wait()
	for _, k := range keys {
		if k != keys[0] || k == (rowmac.Key{}) {
			t.Fatal("processes that began together have several keys")
		}
	}
	raw, err := os.ReadFile(path)
	if err != nil || len(raw) != 65 {
		t.Fatalf("%d bytes, %v", len(raw), err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v %v", info, err)
	}
	if shown := fmt.Sprintf("%v %+v %#v %s", keys[0], keys[0], keys[0], keys[0]); strings.Contains(shown, string(raw[:8])) || strings.Contains(shown, "secret") {
		t.Errorf("the key shows itself: %s", shown)
	}
	begun = true
	if k, err := rowmac.Open(path, asked); err != nil || k != keys[0] {
		t.Errorf("the key of a store with rows: %v", err)
	}
	lost := filepath.Join(t.TempDir(), "key")
	if _, err := rowmac.Open(lost, asked); !errors.Is(err, rowmac.ErrLost) || !strings.Contains(err.Error(), lost) {
		t.Errorf("a store with rows, without its key: %v", err)
	}
	begun, away = false, errors.New("the store is away")
	if _, err := rowmac.Open(lost, asked); !errors.Is(err, away) {
		t.Errorf("a store that is away: %v", err)
	}
	if _, err := os.Stat(lost); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a key was drawn: %v", err)
	}
	away = nil
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
	for _, bad := range []string{"", "00", strings.Repeat("g", 64) + "\n", strings.Repeat("A", 64) + "\n", strings.Repeat("a", 64), strings.Repeat("a", 64) + "\n\n"} {
		other := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(other, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := rowmac.Open(other, asked); !errors.Is(err, rowmac.ErrKey) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// table is a store with one table.
type table map[uint16][]byte

func (s table) read(urn uint16) ([]byte, error) { return s[urn], nil }
func (s table) write(urn uint16, state []byte) error {
	s[urn] = state
	return nil
}

// States move with what is written; one of somebody else, and one that is older than was
// seen, are not moved on.
func TestWrite(t *testing.T) {
	l, s := &rowmac.Ledger{Key: rowmac.NewKey([32]byte{1})}, table{}
	write := func(urn uint16, n int64) error {
		var c rowmac.Changes
		c.Add(urn, 2, n)
		c.Add(urn, 3, 0)
		c.Chain(urn, [32]byte{byte(n)})
		return l.Write("ville", "conseil", &c, s.read, s.write)
	}
	for _, n := range []int64{5, -2, 1} {
		if err := write(3, n); err != nil {
			t.Fatal(err)
		}
	}
	got, err := rowmac.ParseState(l.Key, scope, s[3])
	if err != nil || got.Number != 3 || got.Counts[2] != 4 || got.Counts[3] != 0 || got.Head != [32]byte{1} {
		t.Fatalf("%+v, %v", got, err)
	}
	if err := l.Write("ville", "conseil", &rowmac.Changes{}, s.read, s.write); err != nil || len(s) != 1 {
		t.Errorf("nothing was written, and %v", err)
	}
	newest := s[3]
	if err := write(4, 1); err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{
		"another urn's": s[4], "changed": append([]byte{newest[0] ^ 1}, newest[1:]...), "cut": newest[:100], "empty": {},
		"another key's": got.Bytes(rowmac.NewKey([32]byte{2}), scope),
		"older":         rowmac.State{Number: 1}.Bytes(l.Key, scope),
	} {
		s[3] = raw
		if err := write(3, 1); !errors.Is(err, rowmac.ErrForeign) {
			t.Errorf("%s: %v", name, err)
		}
	}
	delete(s, 3)
	if err := write(3, 1); !errors.Is(err, rowmac.ErrForeign) {
		t.Errorf("taken away: %v", err)
	}
	s[3] = newest
	if err := write(3, 1); err != nil {
		t.Errorf("put back: %v", err)
	}
}

// What is accepted is what Bytes gives.
func FuzzParseState(f *testing.F) {
	key := rowmac.NewKey([32]byte{1})
	f.Add(rowmac.State{Number: 7, Counts: [rowmac.Fields]uint64{1, 2, 3}}.Bytes(key, scope))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := rowmac.ParseState(key, scope, b); err == nil && !bytes.Equal(s.Bytes(key, scope), b) {
			t.Errorf("%x is read, and written %x", b, s.Bytes(key, scope))
		}
	})
}
