package postgres_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"isoloir/batchkey"
	"isoloir/urn"
	"isoloir/urn/postgres"
	"isoloir/urn/urntest"
)

// keyFiles are the batch keys that are left for a copy of the database.
func (c *cluster) keyFiles(t *testing.T, name string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(c.keys, c.copies[name], "*", "*.key"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// trace looks, as somebody with all rights and all files, for what leads from
// authorisations to ballots.
func trace(t *testing.T, c *cluster) {
	f := urntest.New(t, urntest.Size{Electors: 30})
	s := c.open(t, "trace", postgres.Options{})
	defer s.Shut()
	if err := s.Open(ctx, f.Scope, []uint16{0}); err != nil {
		t.Fatal(err)
	}
	var tokens, accounts [][]byte
	for i := range 30 {
		e := urn.Entry{Token: urntest.Token(), Ballot: f.Ballot(t, 0, i, i).Envelope}
		if got, err := s.Append(ctx, f.Scope, []urn.Entry{e}); err != nil || got[0] != nil {
			t.Fatal(got, err)
		}
		account := e.Ballot.Account()
		tokens, accounts = append(tokens, e.Token[:]), append(accounts, account[:])
	}
	if n := c.Found(t, tokens); n != len(tokens) {
		t.Fatalf("%d of %d H(τ) are in the files: this test looks in the wrong place", n, len(tokens))
	}
	if n := c.Found(t, accounts); n != 0 {
		t.Errorf("%d account keys of pending ballots are in the files", n)
	}
	before := c.keyFiles(t, "trace")
	if n, err := s.Flush(ctx, f.Scope, urn.Scheduled(10)); err != nil || n != 20 {
		t.Fatal(n, err)
	}
	if after := c.keyFiles(t, "trace"); len(before) != 1 || len(after) != 1 || before[0] == after[0] {
		t.Errorf("keys %v before the flush, %v after it", before, after)
	}
	if n := c.Found(t, accounts); n != 20 {
		t.Errorf("%d account keys are in the files after 20 ballots were logged", n)
	}
	database := c.copies["trace"]
	for query, want := range map[string]string{
		"SELECT count(DISTINCT xmin::text) FROM spent": "30",
		"SELECT count(DISTINCT xmin::text) FROM (SELECT xmin FROM leaf UNION ALL SELECT xmin FROM ballot UNION ALL SELECT xmin FROM half UNION ALL SELECT xmin FROM pending UNION ALL SELECT xmin FROM pending_tag) AS flushed":                   "1",
		"SELECT count(*) FROM spent WHERE xmin::text IN (SELECT xmin::text FROM leaf UNION ALL SELECT xmin::text FROM pending)":                                                                                                                   "0",
		"SELECT string_agg(position::text, ' ' ORDER BY ctid) = string_agg(position::text, ' ' ORDER BY position) FROM leaf":                                                                                                                      "t",
		"SELECT string_agg(position::text, ' ' ORDER BY ctid) = string_agg(position::text, ' ' ORDER BY position) FROM ballot":                                                                                                                    "t",
		"SELECT string_agg(tag::text, ' ' ORDER BY ctid) = string_agg(tag::text, ' ' ORDER BY tag) FROM pending":                                                                                                                                  "t",
		"SELECT string_agg(tag::text, ' ' ORDER BY ctid) = string_agg(tag::text, ' ' ORDER BY tag) FROM pending_tag":                                                                                                                              "t",
		"ANALYZE; SELECT count(*) FROM pg_stats WHERE tablename IN ('spent', 'pending', 'pending_tag') AND attname IN ('token', 'tag', 'box')":                                                                                                    "0",
		"SELECT count(*) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_type ON pg_type.oid = atttypid WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'goose_db_version' AND typcategory = 'D'": "0",
	} {
		if got := c.Query(t, database, query); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %v, not %s", query, got, want)
		}
	}
}

// interrupted ends a flush after each of its durable steps, as the end of the
// process would: the next start destroys what is left to destroy, and no ballot is
// lost.
func interrupted(t *testing.T, c *cluster) {
	for _, at := range []string{"logged", "renewed", "flushed"} {
		t.Run(at, func(t *testing.T) {
			f := urntest.New(t, urntest.Size{})
			dying := c.open(t, at, postgres.Options{Step: func(name string) {
				if name == at {
					panic(name)
				}
			}})
			service := f.Service(t, dying)
			var requests []urn.AppendRequest
			for i := range 8 {
				requests = append(requests, f.Request(t, urntest.Token(), f.Ballot(t, 0, i, i)))
			}
			for i, a := range service.Append(ctx, requests) {
				if a.Err != nil {
					t.Fatalf("ballot %d: %v", i, a.Err)
				}
			}
			func() {
				defer func() { _ = recover() }()
				_, err := service.Flush(ctx)
				t.Errorf("the flush went on: %v", err)
			}()
			c.Terminate(t, "urn_service") // what the kernel does with a dead process's connections
			if at != "logged" && len(c.keyFiles(t, at)) != 2 {
				t.Errorf("keys %v after the interruption", c.keyFiles(t, at))
			}
			s := c.open(t, at, postgres.Options{})
			defer s.Shut()
			service = f.Service(t, s)
			if files := c.keyFiles(t, at); len(files) != 1 {
				t.Errorf("keys %v after the next start", files)
			}
			for i, a := range service.Append(ctx, requests) {
				if a.Err != nil {
					t.Errorf("ballot %d, sent again: %v", i, a.Err)
				}
			}
			if err := service.Close(ctx); err != nil {
				t.Fatal(err)
			}
			if count, err := f.Count(t, service, 0, urn.NewBook()); err != nil || count.Ballots != 8 {
				t.Errorf("%+v, %v", count, err)
			}
		})
	}
}

// lostKey takes the directory of batch keys away: nothing is accepted or lost
// silently.
func lostKey(t *testing.T, c *cluster) {
	s := c.open(t, "lost key", postgres.Options{})
	defer s.Shut()
	f := urntest.New(t, urntest.Size{})
	service := f.Service(t, s)
	q := f.Request(t, urntest.Token(), f.Ballot(t, 0, 0, 0))
	if a := service.Append(ctx, []urn.AppendRequest{q}); a[0].Err != nil {
		t.Fatal(a[0].Err)
	}
	if err := os.RemoveAll(filepath.Join(c.keys, c.copies["lost key"])); err != nil {
		t.Fatal(err)
	}
	if a := service.Append(ctx, []urn.AppendRequest{q}); !errors.Is(a[0].Err, urn.ErrBusy) || !errors.Is(a[0].Err, batchkey.ErrLost) {
		t.Errorf("append: %v", a[0].Err)
	}
	if _, err := s.Flush(ctx, f.Scope, urn.Everything); !errors.Is(err, batchkey.ErrLost) {
		t.Errorf("flush: %v", err)
	}
}

// byKey counts the rows that the server reads for a ballot, in tables of which it
// knows nothing yet: they do not grow with the number of ballots.
func byKey(t *testing.T, c *cluster) {
	if *pooled {
		t.Skip("the server counts what a connection has read when it ends, and a pooler ends none")
	}
	const ballots, together = 512, 16
	s := c.open(t, "by key", postgres.Options{})
	f := urntest.New(t, urntest.Size{Electors: ballots})
	if err := s.Open(ctx, f.Scope, []uint16{0}); err != nil {
		t.Fatal(err)
	}
	var entries []urn.Entry
	for i := range ballots {
		entries = append(entries, urn.Entry{Token: urntest.Token(), Ballot: f.Ballot(t, 0, i, i).Envelope})
	}
	for chunk := range slices.Chunk(entries, together) {
		if _, err := s.Append(ctx, f.Scope, chunk); err != nil {
			t.Fatal(err)
		}
	}
	s.Shut()
	if n := c.RowsRead(t, c.copies["by key"]); n == 0 || n > 20*ballots {
		t.Errorf("%d rows read for %d ballots", n, ballots)
	}
}
