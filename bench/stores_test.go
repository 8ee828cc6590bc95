package bench

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"text/tabwriter"
	"time"

	"isoloir/pg/postgrestest"
	"isoloir/roll"
	rollpostgres "isoloir/roll/postgres"
	"isoloir/roll/rolltest"
	rollsqlite "isoloir/roll/sqlite"
	"isoloir/urn"
	urnpostgres "isoloir/urn/postgres"
	urnsqlite "isoloir/urn/sqlite"
	"isoloir/urn/urntest"
)

var ctx = context.Background()

// engine is roll and urn on one kind of storage, empty.
type engine struct {
	roll roll.Store
	urn  urn.Store
	size func() (roll, urn int64) // bytes on the disk
}

// TestStores measures, by the clock, what the two engines of roll and urn do alone: a reservation with its mark, an append, and a
// ballot's way from pending into the log, by how many share a transaction. Both run by turns, the best of three counts. With -table it
// prints; without, it makes sure that what is measured works.
func TestStores(t *testing.T) {
	n, times := 64, 1
	if *full {
		n, times = 4096, rounds
	}
	server := postgrestest.Start(t)
	setUp(t, server)
	f := urntest.New(t, urntest.Size{Electors: n})
	entries := make([]urn.Entry, n)
	for i := range entries {
		entries[i] = urn.Entry{Token: urntest.Token(), Ballot: f.Ballot(t, 0, i, i).Envelope}
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "stores alone, by the clock\tSQLite\tPostgreSQL\tratio")
	var sizes [2][2]int64
	for _, together := range []int{1, 16, 256} {
		count := min(n, 128*together)
		var best [2][3]time.Duration // by engine: a reservation with its mark, an append, a ballot logged
		for round := range times {
			for k, open := range []func(*testing.T, *postgrestest.Server, int) *engine{onSQLite, onPostgreSQL} {
				e := open(t, server, 10*together+round)
				for i, took := range []time.Duration{e.casts(t, count, together), e.appends(t, f.Scope, entries[:count], together), e.flush(t, f.Scope, count)} {
					if took /= time.Duration(count); best[k][i] == 0 || took < best[k][i] {
						best[k][i] = took
					}
				}
				sizes[k][0], sizes[k][1] = e.size()
			}
		}
		for i, what := range []string{"reservations with their marks", "appends", "ballots logged, all in one flush"} {
			if i == 2 && together < 256 {
				continue
			}
			each := ""
			if i < 2 {
				each = fmt.Sprintf(", %d in a transaction", together)
			}
			a, b := time.Second/best[0][i], time.Second/best[1][i]
			fmt.Fprintf(w, "%s%s, per second\t%d\t%d\t%.2f\n", what, each, a, b, float64(b)/float64(a))
		}
	}
	for i, what := range []string{"roll, with the mark", "urn, with the ballot in the log"} {
		fmt.Fprintf(w, "bytes on the disk for each vote: %s\t%d\t%d\t%.2f\n", what, sizes[0][i]/int64(n), sizes[1][i]/int64(n), float64(sizes[1][i])/float64(sizes[0][i]))
	}
	if *full {
		w.Flush()
	}
}

// setUp makes the databases of roll and urn.
func setUp(t *testing.T, server *postgrestest.Server) {
	t.Helper()
	for _, room := range []string{"roll", "urn"} {
		server.Psql(t, filepath.Join("..", room, "postgres", "setup.sql"))
	}
	_, err := rollpostgres.Migrate(ctx, server.Address("roll_owner", "roll"))
	if _, failed := urnpostgres.Migrate(ctx, server.Address("urn_owner", "urn")); errors.Join(err, failed) != nil {
		t.Fatal(err, failed)
	}
}

func onSQLite(t *testing.T, _ *postgrestest.Server, _ int) *engine {
	dir := t.TempDir()
	r, err := rollsqlite.Open(ctx, filepath.Join(dir, "roll.db"), rollsqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	u, err := urnsqlite.Open(ctx, filepath.Join(dir, "urn.db"), filepath.Join(dir, "keys"), urnsqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Shut(); u.Shut() })
	bytes := func(name string) (n int64) {
		for _, suffix := range []string{"", "-wal"} {
			info, err := os.Stat(filepath.Join(dir, name+suffix))
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			if err == nil {
				n += info.Size()
			}
		}
		return n
	}
	return &engine{r, u, func() (int64, int64) {
		if err := r.Forget(ctx); err != nil {
			t.Fatal(err)
		}
		return bytes("roll.db"), bytes("urn.db")
	}}
}

func onPostgreSQL(t *testing.T, server *postgrestest.Server, number int) *engine {
	rolls, urns := fmt.Sprint("roll_", number), fmt.Sprint("urn_", number)
	server.Clone(t, "roll", rolls, "roll_owner", "roll_service")
	server.Clone(t, "urn", urns, "urn_owner", "urn_service")
	r, err := rollpostgres.Open(ctx, server.Address("roll_service", rolls), t.TempDir(), rollpostgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	u, err := urnpostgres.Open(ctx, server.Address("urn_service", urns), t.TempDir(), urnpostgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Shut(); u.Shut() })
	bytes := func(database string) int64 {
		server.Exec(t, database, "VACUUM")
		n, err := strconv.ParseInt(server.Query(t, database, "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")[0], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return &engine{r, u, func() (int64, int64) { return bytes(rolls), bytes(urns) }}
}

// casts has n electors reserve and be marked, so many in a transaction.
func (e *engine) casts(t *testing.T, n, together int) time.Duration {
	reservations, markings := make([]roll.Reservation, n), make([]roll.Marking, n)
	for i := range reservations {
		r := &reservations[i]
		r.Elector, r.Since = uint32(i), time.Unix(1_700_000_000, 0)
		rand.Read(r.Token[:])
		rand.Read(r.Signature[:])
		markings[i] = roll.Marking{Elector: r.Elector, Hash: rolltest.HashOf(r.Token), Time: r.Since}
	}
	scope, start := roll.Scope{Organisation: "ville", Scrutin: "conseil-2026"}, time.Now()
	for i := 0; i < n; i += together {
		if _, err := e.roll.Reserve(ctx, scope, reservations[i:min(n, i+together)]); err != nil {
			t.Fatal(err)
		}
		outcomes, err := e.roll.Mark(ctx, scope, markings[i:min(n, i+together)])
		for _, o := range outcomes {
			err = errors.Join(err, o.Err)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return time.Since(start)
}

func (e *engine) appends(t *testing.T, scope urn.Scope, entries []urn.Entry, together int) time.Duration {
	if err := e.urn.Open(ctx, scope, []uint16{0}); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for chunk := range slices.Chunk(entries, together) {
		if refused, err := e.urn.Append(ctx, scope, chunk); err != nil || errors.Join(refused...) != nil {
			t.Fatal(refused, err)
		}
	}
	return time.Since(start)
}

func (e *engine) flush(t *testing.T, scope urn.Scope, n int) time.Duration {
	start := time.Now()
	if moved, err := e.urn.Flush(ctx, scope, urn.Everything); err != nil || moved != n {
		t.Fatal(moved, err)
	}
	return time.Since(start)
}
