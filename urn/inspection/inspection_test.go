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
	"isoloir/rowmac"
	"isoloir/urn"
	"isoloir/urn/inspection"
	"isoloir/urn/postgres"
	"isoloir/urn/sqlite"
	"isoloir/urn/urntest"
)

var ctx = context.Background()

type store interface {
	urn.Store
	inspection.Store
	Shut() error
}

// site is a store with its service, its operator and the file of its anchors.
type site struct {
	*urntest.Fixture
	integritytest.Operator
	store   store
	service *urn.Service
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
	return &inspection.Inspector{Store: s.store, Scope: s.Scope, Rules: s.Rules, Key: s.Urn.Verifier(), Anchors: a}
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

func (s *site) append(t *testing.T, number int, electors ...int) {
	t.Helper()
	for _, e := range electors {
		if a := s.service.Append(ctx, []urn.AppendRequest{s.Request(t, urntest.Token(), s.Ballot(t, number, e, e))}); a[0].Err != nil {
			t.Fatal(a[0].Err)
		}
	}
}

func (s *site) flush(t *testing.T) {
	t.Helper()
	if _, err := s.service.Flush(ctx); err != nil {
		t.Fatal(err)
	}
}

// fill makes two urns: nine leaves in two batches of the first, three ballots that wait
// in each, an authorisation that was declared void, and three ballots that were opened, one of them contested.
func (s *site) fill(t *testing.T) {
	t.Helper()
	s.append(t, 0, 0, 1, 2, 3, 4, 5, 6, 7)
	s.flush(t)
	s.append(t, 0, 8, 9, 10, 11)
	s.append(t, 1, 0, 1, 2)
	s.flush(t)
	if _, err := s.service.Void(ctx, 0, []urn.Hash{urntest.Token()}); err != nil {
		t.Fatal(err)
	}
	s.open(t, 0, 30, true)
	s.open(t, 0, 31, false)
	s.open(t, 1, 30, false)
	s.well(t)
}

// open has an elector's ballot opened instead of cast, and contested by its code or not.
func (s *site) open(t *testing.T, number uint16, elector int, contested bool) {
	t.Helper()
	ballot, c := s.Opened(t, int(number), elector, 0)
	_, err := s.service.Challenge(ctx, number, c.Bytes())
	if err == nil && contested {
		err = s.service.Contest(ctx, number, ballot.Hash())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// sites gives copies of one store on each engine: fresh ones, and such as nobody but an
// operator may write to.
func sites(t *testing.T, each func(t *testing.T, fresh, next func(t *testing.T) *site)) {
	f := urntest.New(t, urntest.Size{Urns: 2, Electors: 40})
	var secret [32]byte
	rand.Read(secret[:])
	key := rowmac.NewKey(secret)
	t.Run("sqlite", func(t *testing.T) {
		first := t.TempDir()
		open := func(t *testing.T, dir string) *site {
			s := &site{Fixture: f, Operator: integritytest.File{Path: filepath.Join(dir, "urn.db")}, anchors: filepath.Join(dir, "anchors")}
			s.reopen = func(t *testing.T, older bool) {
				if s.store != nil {
					s.store.Shut()
				}
				if older {
					for _, name := range []string{"urn.db", "urn.db-wal", "urn.db-shm"} {
						os.Remove(filepath.Join(dir, name))
						if raw, err := os.ReadFile(filepath.Join(first, name)); err == nil {
							os.WriteFile(filepath.Join(dir, name), raw, 0o600)
						}
					}
				}
				opened, err := sqlite.Open(ctx, filepath.Join(dir, "urn.db"), filepath.Join(dir, "keys"), sqlite.Options{Rows: key})
				if err != nil {
					t.Fatal(err)
				}
				s.store, s.service = opened, f.Service(t, opened)
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
		if _, err := postgres.Migrate(ctx, server.Address("urn_owner", "urn")); err != nil {
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
					server.Clone(t, "urn", database, "urn_owner", "urn_service")
				}
				opened, err := postgres.Open(ctx, server.Address("urn_service", database), filepath.Join(dir, "keys"), postgres.Options{Rows: key})
				if err != nil {
					t.Fatal(err)
				}
				s.store, s.service = opened, f.Service(t, opened)
			}
			s.reopen(t, false)
			t.Cleanup(func() { s.store.Shut() })
			return s
		}
		s := open(t, first, "urn")
		s.fill(t)
		s.store.Shut()
		fresh := func(t *testing.T) *site {
			dir := filepath.Join(t.TempDir(), "copy")
			integritytest.Copy(t, first, dir)
			n++
			database := fmt.Sprint("urn_", n)
			server.Clone(t, "urn", database, "urn_owner", "urn_service")
			return open(t, dir, database)
		}
		one := fresh(t)
		restore := integritytest.Database{Server: server, Name: "urn_1"}.Keep(t)
		each(t, fresh, func(t *testing.T) *site {
			restore(t)
			return one
		})
	})
}
