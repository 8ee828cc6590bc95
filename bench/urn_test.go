package bench

import (
	"bytes"
	"crypto/rand"
	"flag"
	"fmt"
	"testing"
	"time"

	"isoloir/pg/postgrestest"
	"isoloir/urn"
	"isoloir/urn/urntest"
)

var many = flag.Int("ballots", 0, "put so many ballots into one urn of each engine, and print what it weighs")

// slot is how many ballots a flush of the large urn brings into the log.
const slot = 20_000

// TestUrn puts ballots into one urn of each engine, as a loaded service does, and weighs it whenever their number has doubled, from a sixteenth of
// them on. Without -ballots it makes sure that what is measured works.
func TestUrn(t *testing.T) {
	n := *many
	if n == 0 {
		n = 64
	}
	server := postgrestest.Start(t, "shared_buffers=128MB")
	setUp(t, server)
	f := urntest.New(t, urntest.Size{Electors: 1})
	model := f.Ballot(t, 0, 0, 1)
	if *many > 0 {
		fmt.Printf("%-12s %10s %9s %9s %8s %8s\n", "one urn", "ballots", "MB", "bytes/each", "appends", "flushes")
	}
	for k, open := range []func(*testing.T, *postgrestest.Server, int) *engine{onSQLite, onPostgreSQL} {
		e := open(t, server, 9_000)
		var appended, flushed time.Duration
		for done, weighed := 0, max(1, n/16); done < n; {
			entries := make([]urn.Entry, min(slot, n-done))
			for i := range entries {
				entries[i] = urn.Entry{Token: urntest.Token(), Ballot: another(t, model.Envelope)}
			}
			appended += e.appends(t, f.Scope, entries, 256)
			flushed += e.flush(t, f.Scope, len(entries))
			if done += len(entries); done < weighed && done < n {
				continue
			}
			for weighed <= done {
				weighed *= 2
			}
			if _, size := e.size(); *many > 0 {
				fmt.Printf("%-12s %10d %9.1f %9d %7.0fs %7.0fs\n", []string{"SQLite", "PostgreSQL"}[k], done, float64(size)/1e6, size/int64(done), appended.Seconds(), flushed.Seconds())
			} else if size < int64(done)*int64(len(model.Envelope.Bytes())) {
				t.Errorf("%d ballots weigh %d bytes", done, size)
			}
		}
	}
}

// another is a ballot like the model for a store, which looks at no point and no proof.
func another(t *testing.T, model urn.Envelope) urn.Envelope {
	t.Helper()
	b := bytes.Clone(model.Bytes())
	account := model.Account()
	rand.Read(b[bytes.Index(b, account[:]):][:len(account)])
	rand.Read(b[bytes.Index(b, model.Ciphertexts()):])
	e, err := urn.ReadEnvelope(b)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
