package inspection_test

import (
	"crypto/rand"
	"encoding/binary"
	"path/filepath"
	"testing"
	"time"

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

// rated is how many ballots are checked.
const rated = 10_000

// BenchmarkWhole checks an urn of 10,000 logged ballots, of bytes that no voter made, and says
// how many rows it reads in a second.
func BenchmarkWhole(b *testing.B) {
	f := urntest.New(b, urntest.Size{})
	key := rowmac.NewKey([32]byte{1})
	b.Run("sqlite", func(b *testing.B) {
		dir := b.TempDir()
		s, err := sqlite.Open(ctx, filepath.Join(dir, "urn.db"), filepath.Join(dir, "keys"), sqlite.Options{Rows: key})
		if err != nil {
			b.Fatal(err)
		}
		defer s.Shut()
		rate(b, f, s)
	})
	b.Run("postgres", func(b *testing.B) {
		server := postgrestest.Start(b)
		server.Psql(b, filepath.Join("..", "postgres", "setup.sql"))
		if _, err := postgres.Migrate(ctx, server.Address("urn_owner", "urn")); err != nil {
			b.Fatal(err)
		}
		s, err := postgres.Open(ctx, server.Address("urn_service", "urn"), b.TempDir(), postgres.Options{Rows: key})
		if err != nil {
			b.Fatal(err)
		}
		defer s.Shut()
		rate(b, f, s)
	})
}

func rate(b *testing.B, f *urntest.Fixture, s store) {
	service := f.Service(b, s)
	for range rated / 1000 {
		var entries []urn.Entry
		for range 1000 {
			raw := make([]byte, urn.BallotSize(1))
			rand.Read(raw)
			raw[0] = urn.BallotVersion
			binary.LittleEndian.PutUint16(raw[33:], 0)
			clear(raw[67:103]) // counter 0, no previous ballot
			e, err := urn.ReadEnvelope(raw)
			if err != nil {
				b.Fatal(err)
			}
			entries = append(entries, urn.Entry{Token: urntest.Token(), Ballot: e})
		}
		if _, err := s.Append(ctx, f.Scope, entries); err != nil {
			b.Fatal(err)
		}
	}
	if err := service.Close(ctx); err != nil {
		b.Fatal(err)
	}
	anchors, err := integrity.OpenAnchors(filepath.Join(b.TempDir(), "anchors"))
	if err != nil {
		b.Fatal(err)
	}
	i := &inspection.Inspector{Store: s, Scope: f.Scope, Rules: f.Rules, Key: f.Urn.Verifier(), Anchors: anchors}
	check := &integrity.Check{Role: "urn", Subject: i, Anchors: anchors, Signer: f.Urn, Now: time.Now}
	check.Manifest, check.Opening = [32]byte{1}, [32]byte{1}
	if lines := integritytest.Whole(b, i); len(lines) > 0 {
		b.Fatal(lines)
	}
	rows := 0
	b.ResetTimer()
	for range b.N {
		r, _, err := check.Whole(ctx)
		if err != nil || len(r.Findings) > 0 {
			b.Fatal(r, err)
		}
		rows += r.Rows
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(rows)/float64(b.N)/rated, "rows/ballot")
}
