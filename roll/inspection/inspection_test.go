package inspection_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"isoloir/integrity"
	"isoloir/integrity/integritytest"
	"isoloir/pg/postgrestest"
	"isoloir/roll"
	"isoloir/roll/inspection"
	"isoloir/roll/login"
	"isoloir/roll/postgres"
	"isoloir/roll/rolltest"
	"isoloir/roll/sqlite"
	"isoloir/rowmac"
	"isoloir/scrutin"
)

var ctx = context.Background()

type store interface {
	login.Store
	inspection.Store
	Shut() error
}

// electors is how many each of the two urns has.
const electors = 30

// site is a store with its service, its operator and the file of its anchors.
type site struct {
	*rolltest.Fixture
	integritytest.Operator
	store   store
	service *roll.Service
	anchors string
	reopen  func(t *testing.T, older bool) // the store as it is, or as it was at first
}

// inspector looks at the site as a process does that begins now.
func (s *site) inspector(t *testing.T) *inspection.Inspector {
	t.Helper()
	a, err := integrity.OpenAnchors(s.anchors)
	if err != nil {
		t.Fatal(err)
	}
	return &inspection.Inspector{Store: s.store, Scope: s.Scope, Urns: []string{"urn-1", "urn-2"}, Anchors: a}
}

// well checks that nothing is wrong, and remembers how far the store has come.
func (s *site) well(t *testing.T) {
	t.Helper()
	i := s.inspector(t)
	if lines := integritytest.Whole(t, i); len(lines) > 0 {
		t.Fatalf("before anything was done: %q", lines)
	}
	if err := i.Anchors.Save(); err != nil {
		t.Fatal(err)
	}
}

// reserve gives electors their authorisations, and mark marks them with these.
func (s *site) reserve(t *testing.T, number int, numbers ...int) (tokens []roll.Hash) {
	t.Helper()
	for _, e := range numbers {
		a := s.service.Reserve(ctx, []roll.ReserveRequest{s.Request(t, number, e)})
		if a[0].Err != nil {
			t.Fatal(a[0].Err)
		}
		tokens = append(tokens, rolltest.HashOf(a[0].Token))
	}
	return tokens
}

func (s *site) vote(t *testing.T, number int, numbers ...int) {
	t.Helper()
	for i, token := range s.reserve(t, number, numbers...) {
		a := s.service.Mark(ctx, []roll.MarkRequest{{ReserveRequest: s.Request(t, number, numbers[i]), Receipt: s.Says(t, scrutin.Appended, number, token)}})
		if a[0].Err != nil {
			t.Fatal(a[0].Err)
		}
	}
}

func half(p roll.Place, issuer int, generation uint32) roll.Deposit {
	d := roll.Deposit{Place: p, Issuer: issuer, Half: roll.Half{Generation: generation}}
	rand.Read(d.Half.Login[:])
	rand.Read(d.Masked[:])
	return d
}

// fill imports the roll, leaves what all log in with, and one renewed code; seven of the
// first urn have voted, three hold an authorisation; one was struck off, and an amendment is
// under way that adds one and strikes off another.
func (s *site) fill(t *testing.T) {
	t.Helper()
	err := s.store.Import(ctx, s.Scope, func(yield func(roll.Elector, error) bool) {
		for u := range uint16(2) {
			for n := range uint32(electors) {
				e := roll.Elector{Urn: u, Number: n, Reference: fmt.Sprint("E", u, "-", n), College: "all", Language: "fr", Channels: []string{"email", "sms"}, Born: "1970-01-01", Family: "Durand", Given: "Zoé"}
				if !yield(e, nil) {
					return
				}
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	var deposits []roll.Deposit
	for u := range uint16(2) {
		for n := range uint32(electors) {
			p := roll.Place{Urn: u, Elector: n}
			deposits = append(deposits, half(p, 0, 0), half(p, 1, 0))
		}
	}
	renewed := half(roll.Place{Elector: 3}, 1, 2)
	for _, d := range [][]roll.Deposit{deposits, {renewed, renewed}} {
		if err := s.store.Deposit(ctx, s.Scope, d); err != nil {
			t.Fatal(err)
		}
	}
	err = s.store.Pair(ctx, s.Scope, 0, func(yield func(roll.Pair, error) bool) {
		for n := range uint32(4) {
			p := roll.Place{Urn: 0, Elector: n}
			if !yield(roll.Pair{Place: p, In: p}, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.store.Stage(ctx, s.Scope, roll.Staging{Amendment: 1, Struck: []roll.Place{{Elector: 13}}}); err != nil {
		t.Fatal(err)
	}
	if spared, err := s.store.Adopt(ctx, s.Scope, roll.Adoption{Amendment: 1, Urns: []roll.AmendedUrn{{Before: electors, Struck: []uint32{13}}}}); err != nil || len(spared.Holding)+len(spared.Voted) > 0 {
		t.Fatal(spared, err)
	}
	if err := s.store.Stage(ctx, s.Scope, roll.Staging{Amendment: 2, Added: []roll.Elector{{Number: electors, Reference: "N-1", College: "all", Language: "fr", Channels: []string{"email"}, Born: "1980-01-01", Family: "Petit", Given: "Lou"}},
		Struck: []roll.Place{{Elector: 15}}}); err != nil {
		t.Fatal(err)
	}
	s.vote(t, 0, 4, 1, 9, 0, 12, 7, 3)
	s.reserve(t, 0, 2, 5, 14)
	s.vote(t, 1, 1)
	if err := s.store.Forget(ctx); err != nil {
		t.Fatal(err)
	}
	s.well(t)
}

// sites gives copies of one store on each engine: fresh ones, and such as nobody but an
// operator may write to.
func sites(t *testing.T, each func(t *testing.T, fresh, next func(t *testing.T) *site)) {
	f := rolltest.New(t, 2, electors)
	var secret [32]byte
	rand.Read(secret[:])
	key := rowmac.NewKey(secret)
	begin := func(t *testing.T, s *site, opened store) { s.store, s.service = opened, f.Service(opened) }
	t.Run("sqlite", func(t *testing.T) {
		first := t.TempDir()
		open := func(t *testing.T, dir string) *site {
			s := &site{Fixture: f, Operator: integritytest.File{Path: filepath.Join(dir, "roll.db")}, anchors: filepath.Join(dir, "anchors")}
			s.reopen = func(t *testing.T, older bool) {
				if s.store != nil {
					s.store.Shut()
				}
				if older {
					for _, name := range []string{"roll.db", "roll.db-wal", "roll.db-shm"} {
						os.Remove(filepath.Join(dir, name))
						if raw, err := os.ReadFile(filepath.Join(first, name)); err == nil {
							os.WriteFile(filepath.Join(dir, name), raw, 0o600)
						}
					}
				}
				opened, err := sqlite.Open(ctx, filepath.Join(dir, "roll.db"), sqlite.Options{Rows: key})
				if err != nil {
					t.Fatal(err)
				}
				begin(t, s, opened)
			}
			s.reopen(t, false)
			t.Cleanup(func() { s.store.Shut() })
			return s
		}
		s := open(t, first)
		s.fill(t)
		s.store.Shut()
		fresh := func(t *testing.T) *site {
			dir := filepath.Join(t.TempDir(), "copy")
			integritytest.Copy(t, first, dir)
			return open(t, dir)
		}
		each(t, fresh, fresh)
	})
	t.Run("postgres", func(t *testing.T) {
		server := postgrestest.Start(t)
		server.Psql(t, filepath.Join("..", "postgres", "setup.sql"))
		if _, err := postgres.Migrate(ctx, server.Address("roll_owner", "roll")); err != nil {
			t.Fatal(err)
		}
		first, n := t.TempDir(), 0
		open := func(t *testing.T, dir, database string) *site {
			s := &site{Fixture: f, Operator: integritytest.Database{Server: server, Name: database}, anchors: filepath.Join(dir, "anchors")}
			s.reopen = func(t *testing.T, older bool) {
				if s.store != nil {
					s.store.Shut()
				}
				if older {
					server.Exec(t, "postgres", "DROP DATABASE "+database)
					server.Clone(t, "roll", database, "roll_owner", "roll_service")
				}
				opened, err := postgres.Open(ctx, server.Address("roll_service", database), filepath.Join(dir, "keys"), postgres.Options{Rows: key})
				if err != nil {
					t.Fatal(err)
				}
				begin(t, s, opened)
			}
			s.reopen(t, false)
			t.Cleanup(func() { s.store.Shut() })
			return s
		}
		s := open(t, first, "roll")
		s.fill(t)
		s.store.Shut()
		fresh := func(t *testing.T) *site {
			dir := filepath.Join(t.TempDir(), "copy")
			integritytest.Copy(t, first, dir)
			n++
			database := fmt.Sprint("roll_", n)
			server.Clone(t, "roll", database, "roll_owner", "roll_service")
			return open(t, dir, database)
		}
		one := fresh(t)
		restore := integritytest.Database{Server: server, Name: "roll_1"}.Keep(t)
		each(t, fresh, func(t *testing.T) *site {
			restore(t)
			return one
		})
	})
}
