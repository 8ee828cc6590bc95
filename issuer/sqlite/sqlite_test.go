package sqlite_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"isoloir/courier"
	"isoloir/issuer"
	"isoloir/issuer/sqlite"
)

var noon = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

func open(t testing.TB, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Shut() })
	return s
}

// people are n electors of urn 0, each third by post.
func people(n int) (list []issuer.Person) {
	for i := range n {
		p := issuer.Person{Elector: uint32(i), Reference: fmt.Sprint("R", i), Channel: courier.Email, Address: fmt.Sprintf("e%d@Mail.example", i), Language: "fr", Country: "FR"}
		if i%3 == 2 {
			p.Channel, p.Address = courier.Post, "A\nB"
		}
		list = append(list, p)
	}
	return list
}

func name(k courier.Key) string { return fmt.Sprintf("%s-%d-%d", k.Kind, k.Elector, k.Generation) }

func rows(kind courier.Kind, n int) (list []courier.Row) {
	for i := range n {
		k := courier.Key{Kind: kind, Elector: uint32(i)}
		list = append(list, courier.Row{Key: k, Name: name(k)})
	}
	return list
}

// filled is a store of n electors with their first codes in the spool, deposited.
func filled(t testing.TB, n int) *sqlite.Store {
	t.Helper()
	s := open(t, filepath.Join(t.TempDir(), "issuer.db"))
	fill(t, s, n)
	return s
}

func fill(t testing.TB, s *sqlite.Store, n int) {
	t.Helper()
	if _, _, err := s.Import(t.Context(), people(n), noon, name); err != nil {
		t.Fatal(err)
	}
	if err := s.Deposited(t.Context(), people(n)); err != nil {
		t.Fatal(err)
	}
	if added, err := s.Spool(t.Context(), rows(courier.Codes, n), noon); err != nil || added != n {
		t.Fatalf("%d, %v", added, err)
	}
}

func claim(t testing.TB, s *sqlite.Store, now time.Time, limit int) []courier.Row {
	t.Helper()
	got, err := s.Claim(t.Context(), courier.Email, now, now.Add(time.Minute), limit)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// A row is nobody else's during its lease, and somebody's again afterwards.
func TestLease(t *testing.T) {
	s := filled(t, 9)
	first := claim(t, s, noon, 4)
	second := claim(t, s, noon, 4)
	if len(first) != 4 || len(second) != 2 || len(claim(t, s, noon.Add(59*time.Second), 9)) != 0 {
		t.Fatalf("%d and %d rows", len(first), len(second))
	}
	if r := first[0]; r.Channel != courier.Email || r.Address == "" || r.Language != "fr" || r.Attempts != 1 || r.Name != name(r.Key) {
		t.Errorf("%+v", r)
	}
	if err := s.Settle(t.Context(), []courier.Result{{Key: first[0].Key, State: courier.Sent}, {Key: first[1].Key, State: courier.Refused},
		{Key: first[2].Key, State: courier.Pending, Next: noon.Add(time.Hour)}}); err != nil {
		t.Fatal(err)
	}
	if again := claim(t, s, noon.Add(time.Minute), 9); len(again) != 3 || again[0].Attempts != 2 {
		t.Errorf("after the lease: %+v", again)
	}
	if err := s.Settle(t.Context(), []courier.Result{{Key: first[0].Key, State: courier.Pending, Next: noon}}); err != nil {
		t.Fatal(err)
	}
	if again := claim(t, s, noon.Add(61*time.Minute), 9); len(again) != 4 { // what was postponed, and three leases
		t.Errorf("after an hour: %+v", again)
	}
	if n, err := s.Again(t.Context(), noon.Add(2*time.Hour)); err != nil || n != 1 {
		t.Errorf("again: %d, %v", n, err)
	}
}

// Two processes never claim the same row.
func TestTwoProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "issuer.db")
	fill(t, open(t, path), 600)
	stores := []*sqlite.Store{open(t, path), open(t, path)}
	var mu sync.Mutex
	seen := map[courier.Key]int{}
	var wg sync.WaitGroup
	for i := range 4 {
		s := stores[i%2]
		wg.Go(func() {
			for {
				got, err := s.Claim(t.Context(), courier.Email, noon, noon.Add(time.Minute), 7)
				if err != nil || len(got) == 0 {
					return
				}
				mu.Lock()
				for _, r := range got {
					seen[r.Key]++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(seen) != 400 {
		t.Errorf("%d rows were claimed", len(seen))
	}
	for k, n := range seen {
		if n != 1 {
			t.Errorf("%+v was claimed %d times", k, n)
		}
	}
}

// A code whose deposit is missing, or that has died, is not claimed.
func TestCodesThatWait(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "issuer.db"))
	if _, _, err := s.Import(t.Context(), people(2), noon, name); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Spool(t.Context(), rows(courier.Codes, 2), noon); err != nil {
		t.Fatal(err)
	}
	if got := claim(t, s, noon, 9); len(got) != 0 {
		t.Errorf("without deposits: %+v", got)
	}
	if _, renewed, err := s.Renew(t.Context(), 0, 0, noon, name); err != nil || renewed {
		t.Errorf("before the code has left: %v, %v", renewed, err)
	}
	if err := s.Deposited(t.Context(), people(1)); err != nil {
		t.Fatal(err)
	}
	if got := claim(t, s, noon, 9); len(got) != 1 || got[0].Elector != 0 {
		t.Fatalf("with one deposit: %+v", got)
	}
	p, renewed, err := s.Renew(t.Context(), 0, 0, noon, name)
	if err != nil || !renewed || p.Generation != 1 || p.Deposited {
		t.Fatalf("%+v, %v, %v", p, renewed, err)
	}
	if got := claim(t, s, noon.Add(time.Hour), 9); len(got) != 0 {
		t.Errorf("the dead code, or the one that is not deposited: %+v", got)
	}
	if waiting, all, err := s.Undeposited(t.Context(), 9); err != nil || all != 2 || len(waiting) != 2 || waiting[0].Generation != 1 {
		t.Errorf("%+v of %d, %v", waiting, all, err)
	}
	if err := s.Deposited(t.Context(), []issuer.Person{p}); err != nil {
		t.Fatal(err)
	}
	if err := s.Deposited(t.Context(), people(1)); err != nil { // of generation 0, late
		t.Fatal(err)
	}
	if got := claim(t, s, noon.Add(time.Hour), 9); len(got) != 1 || got[0].Kind != courier.Renewal || got[0].Generation != 1 {
		t.Errorf("the new code: %+v", got)
	}
	if _, _, err := s.Renew(t.Context(), 0, 7, noon, name); !errors.Is(err, issuer.ErrUnknown) {
		t.Errorf("nobody: %v", err)
	}
}

// What a carrier says later counts for what has left, and a failure is the last word.
func TestReport(t *testing.T) {
	s := filled(t, 3)
	got := claim(t, s, noon, 1)[0]
	report := func(state courier.State, want bool) {
		t.Helper()
		if found, err := s.Report(t.Context(), got.Name, state); err != nil || found != want {
			t.Errorf("%s: %v, %v", state, found, err)
		}
	}
	state := func(want courier.State) {
		t.Helper()
		counts, err := s.Counts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range counts {
			if c.State == want {
				return
			}
		}
		t.Errorf("none is %s: %+v", want, counts)
	}
	report(courier.Delivered, false) // it has not left
	if err := s.Settle(t.Context(), []courier.Result{{Key: got.Key, State: courier.Sent}}); err != nil {
		t.Fatal(err)
	}
	report(courier.Delivered, true)
	state(courier.Delivered)
	report(courier.Bounced, true)
	report(courier.Delivered, true)
	state(courier.Bounced)
	if found, err := s.Report(t.Context(), "nothing", courier.Bounced); err != nil || found {
		t.Errorf("nothing: %v, %v", found, err)
	}
	if _, err := s.Report(t.Context(), got.Name, courier.Pending); err == nil {
		t.Error("a carrier says pending")
	}
}

func TestImportIsWhole(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "issuer.db"))
	doubled := append(people(4), people(1)...)
	if _, _, err := s.Import(t.Context(), doubled, noon, name); !errors.Is(err, issuer.ErrOtherPeople) {
		t.Errorf("%v", err)
	}
	if n, err := s.Size(t.Context()); err != nil || n != 0 {
		t.Errorf("%d electors after a refused import, %v", n, err)
	}
	if _, _, err := s.Import(t.Context(), people(4), noon, name); err != nil {
		t.Fatal(err)
	}
	other := people(4)
	other[3].Address, other[2].Reference = "new@mail.example", "R9"
	if _, _, err := s.Import(t.Context(), other, noon, name); !errors.Is(err, issuer.ErrOtherPeople) {
		t.Errorf("another reference: %v", err)
	}
	if p, err := s.Person(t.Context(), 0, 3); err != nil || p.Address != "e3@Mail.example" {
		t.Errorf("%+v, %v", p, err)
	}
	if got, err := s.Reached(t.Context(), "e3@mail.example"); err != nil || len(got) != 1 {
		t.Errorf("by its address in small letters: %+v, %v", got, err)
	}
	page, err := s.Each(t.Context(), nil, 3)
	if err != nil || len(page) != 3 {
		t.Fatalf("%+v, %v", page, err)
	}
	if rest, err := s.Each(t.Context(), &page[2], 3); err != nil || len(rest) != 1 || rest[0].Elector != 3 {
		t.Errorf("%+v, %v", rest, err)
	}
}
