package voter_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"isoloir/roll"
	"isoloir/urn"
	"isoloir/urn/urntest"
)

// evidence is all that somebody finds who takes both services' machines after an
// election: every file with its date, and what was logged.
type evidence struct {
	files map[string][]byte // by path, roll/… and urn/…
	dates map[string]time.Time
	log   []byte
	sent  devices // what to look for in them
}

// truth is what nobody may find out: for each elector, the hash of his ballot.
type truth map[uint32]urn.Hash

// leak is how a service betrays its voters. The zero value does not.
type leak struct {
	wire func(log *slog.Logger, q urn.AppendRequest) // of the urn, at each request
	roll func(t *testing.T, s roll.Store, file string) roll.Store
	urn  func(t *testing.T, s urn.Store, file string, log *slog.Logger) urn.Store
}

const (
	joinVoters = 160
	joinK      = 10
	joinPeriod = 40 // votes between two slots of the schedule
)

// elect holds an election and takes the evidence while both stores are still
// open, so that nothing of the write-ahead logs is lost.
func elect(t *testing.T, l leak) (*evidence, truth) {
	t.Helper()
	e := newElection(t, urntest.Size{Electors: joinVoters + 40, K: joinK})
	dir := t.TempDir()
	rs, us := openStores(t, dir)
	defer rs.Shut()
	defer us.Shut()
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	var r roll.Store = rs
	var u urn.Store = us
	if l.roll != nil {
		r = l.roll(t, r, filepath.Join(dir, "roll", "roll.db"))
	}
	if l.urn != nil {
		u = l.urn(t, u, filepath.Join(dir, "urn", "urn.db"), logger)
	}
	now := time.Date(2026, 12, 3, 8, 0, 0, 0, time.UTC)
	e.start(t, r, u, func() time.Time { return now })
	known := truth{}
	found := &evidence{files: map[string][]byte{}, dates: map[string]time.Time{}, sent: devices{}}
	for n, elector := range mathrand.Perm(joinVoters + 40)[:joinVoters] {
		now = now.Add(time.Duration(5+mathrand.IntN(60)) * time.Second)
		d := e.device(t, 0, elector, elector)
		wire := &thief{election: e, t: t}
		if err := d.Cast(ctx, wire, wire); err != nil {
			t.Fatal(err)
		}
		if found.sent.heard(elector, wire); l.wire != nil {
			l.wire(logger, wire.sent)
		}
		known[uint32(elector)] = d.Receipt()
		e.look(t, elector, d.Receipt())
		if n%joinPeriod == joinPeriod-1 {
			if _, err := e.urn.Flush(ctx); err != nil {
				t.Fatal(err)
			}
			if err := r.Forget(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := e.urn.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := e.roll.Settle(ctx, e.urn, now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := r.Forget(ctx); err != nil {
		t.Fatal(err)
	}
	if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		found.dates[filepath.ToSlash(name)] = info.ModTime()
		found.files[filepath.ToSlash(name)], err = os.ReadFile(path)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	found.log = log.Bytes()
	return found, known
}

// look asks the urn, as each voter does at once, for his account and his ballot.
func (e *election) look(t *testing.T, elector int, receipt urn.Hash) {
	t.Helper()
	key := [32]byte(e.Keys[0][32*elector:])
	account, err := urn.ParseAccountAnswer(e.urn.ServeAccount(ctx, urn.AccountRequest{Key: key}.Bytes()))
	if err != nil || account.Verify(key, e.Rules[0].Accounts.Root(), e.Rules[0].Accounts.Len()) != nil {
		t.Fatal(err, account.Err)
	}
	answer, err := urn.ParseReceiptAnswer(e.urn.ServeReceipt(ctx, receipt[:]))
	if err != nil || answer.Err != nil || answer.State != urn.Received {
		t.Fatal(err, answer)
	}
}

// side opens a second way into a store's file, as a careless engine would use it.
func side(t *testing.T, file string, pragmas ...string) *sql.DB {
	t.Helper()
	q := "?_pragma=busy_timeout(20000)"
	for _, p := range pragmas {
		q += "&_pragma=" + p
	}
	db, err := sql.Open("sqlite", "file:"+file+q)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

func mustExec(t *testing.T, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(ctx, query, args...); err != nil {
		t.Fatal(err)
	}
}

// gossip is an urn store that does something more with every ballot it took.
type gossip struct {
	urn.Store
	took func(e urn.Entry)
	end  func() // after the last flush
	over *bool
}

func (g gossip) Append(ctx context.Context, s urn.Scope, entries []urn.Entry) ([]error, error) {
	got, err := g.Store.Append(ctx, s, entries)
	for i, e := range entries {
		if err == nil && got[i] == nil {
			g.took(e)
		}
	}
	return got, err
}

func (g gossip) Flush(ctx context.Context, s urn.Scope, p urn.Plan) (int, error) {
	n, err := g.Store.Flush(ctx, s, p)
	if g.end != nil && *g.over {
		g.end()
	}
	return n, err
}

func (g gossip) Close(ctx context.Context, s urn.Scope, urns []uint16) error {
	if g.over != nil {
		*g.over = true
	}
	return g.Store.Close(ctx, s, urns)
}

// hoarder is a roll store that lets τ lie about.
type hoarder struct {
	roll.Store
	gave func(r roll.Reservation)
}

func (h hoarder) Reserve(ctx context.Context, s roll.Scope, items []roll.Reservation) ([]roll.Outcome, error) {
	out, err := h.Store.Reserve(ctx, s, items)
	for i, o := range out {
		if err == nil && o.Err == nil {
			items[i].Token = o.Token
			h.gave(items[i])
		}
	}
	return out, err
}

// The leaky services. Each is one mistake that an engine could make.
var (
	// rowids keeps a table of ballots in the order in which they came.
	rowids = leak{urn: func(t *testing.T, s urn.Store, file string, _ *slog.Logger) urn.Store {
		db := side(t, file)
		mustExec(t, db, "CREATE TABLE seen (hash BLOB)")
		return gossip{s, func(e urn.Entry) { h := e.Ballot.Hash(); mustExec(t, db, "INSERT INTO seen (hash) VALUES (?)", h[:]) }, nil, nil}
	}}
	// plaintext keeps pending rows unencrypted, and deletes them in the end without
	// overwriting.
	plaintext = leak{urn: func(t *testing.T, s urn.Store, file string, _ *slog.Logger) urn.Store {
		db := side(t, file, "secure_delete(OFF)")
		mustExec(t, db, "CREATE TABLE waiting (token BLOB, ballot BLOB)")
		return gossip{s,
			func(e urn.Entry) {
				mustExec(t, db, "INSERT INTO waiting (token, ballot) VALUES (?, ?)", e.Token[:], e.Ballot.Bytes())
			},
			func() { mustExec(t, db, "DELETE FROM waiting") }, new(bool)}
	}}
	// unforgotten keeps τ: it deletes it without overwriting.
	unforgotten = leak{roll: func(t *testing.T, s roll.Store, file string) roll.Store {
		db := side(t, file, "secure_delete(OFF)")
		mustExec(t, db, "CREATE TABLE given (organisation TEXT, scrutin TEXT, number INTEGER, token BLOB, PRIMARY KEY (organisation, scrutin, number)) WITHOUT ROWID")
		n := 0
		return hoarder{s, func(r roll.Reservation) {
			mustExec(t, db, "INSERT OR IGNORE INTO given VALUES ('ville', 'conseil-2026', ?, ?)", r.Elector, r.Token[:])
			if n++; n == joinVoters {
				mustExec(t, db, "DELETE FROM given")
			}
		}}
	}}
	// dated notes when each ballot came.
	dated = leak{urn: func(t *testing.T, s urn.Store, file string, _ *slog.Logger) urn.Store {
		db, at := side(t, file), int64(0)
		mustExec(t, db, "CREATE TABLE times (hash BLOB PRIMARY KEY, time INTEGER) WITHOUT ROWID")
		return gossip{s, func(e urn.Entry) {
			at++ // the tick of a clock that nobody has set
			h := e.Ballot.Hash()
			mustExec(t, db, "INSERT INTO times VALUES (?, ?)", h[:], 1_700_000_000_000+at*1000)
		}, nil, nil}
	}}
	// talkative logs each ballot.
	talkative = leak{urn: func(t *testing.T, s urn.Store, _ string, log *slog.Logger) urn.Store {
		return gossip{s, func(e urn.Entry) { log.Info("appended", "ballot", fmt.Sprintf("%x", e.Ballot.Hash())) }, nil, nil}
	}}
	// nosy logs the key of each device that sends a ballot.
	nosy = leak{wire: func(log *slog.Logger, q urn.AppendRequest) { log.Info("append", "device", fmt.Sprintf("%x", q.Device)) }}
	// both keeps what leads from elector to τ, and what leads from H(τ) to ballot.
	both = leak{roll: unforgotten.roll, urn: plaintext.urn}
)

// correlation is Spearman's, within batches: guessed and true are the ranks that
// the ballots of one batch have among themselves. It gives a standard score.
func correlation(batches [][]pair) float64 {
	sum, variance := 0.0, 0.0
	for _, batch := range batches {
		n := float64(len(batch))
		if n < 3 {
			continue
		}
		guessed, actual := ranks(batch, func(p pair) float64 { return p.guessed }), ranks(batch, func(p pair) float64 { return p.actual })
		for i := range batch {
			sum += (guessed[i] - (n-1)/2) * (actual[i] - (n-1)/2)
		}
		variance += n * n * (n*n - 1) * (n + 1) / 144 // of that sum over random orders
	}
	if variance == 0 {
		return 0
	}
	return sum / math.Sqrt(variance)
}

// pair is a ballot's guessed and actual place in the order of arrival.
type pair struct{ guessed, actual float64 }

func ranks(batch []pair, of func(pair) float64) []float64 {
	order := make([]int, len(batch))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := of(batch[a]), of(batch[b])
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	out := make([]float64, len(batch))
	for rank, i := range order {
		out[i] = float64(rank)
	}
	return out
}
