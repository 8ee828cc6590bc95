package account

import (
	"testing"

	"isoloir/crypto/group"
	"isoloir/record"
	"isoloir/scrutin/scrutintest"
)

func perKey(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n)/1000, "µs/key")
}

func BenchmarkAccounts(b *testing.B) {
	const n = 10_000
	f := scrutintest.New(b, scrutintest.Options{Urns: 1, Electors: n})
	p := newProcedure(f)
	p.Workers = 1
	w, err := record.Create(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	sink := func(Number, group.Scalar) error { return nil }
	for _, i := range f.Manifest.Issuers {
		if err := p.Issue(w, i.ID, f.Signers[i.ID], sink); err != nil {
			b.Fatal(err)
		}
	}
	source, err := p.Enrolment(&w.Reader)
	if err != nil {
		b.Fatal(err)
	}
	for i, m := range f.Manifest.Mixers {
		if err := p.Anonymise(&w.Reader, w, source, i+1, f.Signers[m.ID]); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("draw", func(b *testing.B) {
		for b.Loop() {
			if _, err := Draw(p.context("urn-1"), "issuer-1", n, sink, 1); err != nil {
				b.Fatal(err)
			}
		}
		perKey(b, n)
	})
	var enrolled Population
	b.Run("enrolment", func(b *testing.B) {
		for b.Loop() {
			if enrolled, err = source.Population(0, 1); err != nil {
				b.Fatal(err)
			}
		}
		perKey(b, n)
	})
	b.Run("stage", func(b *testing.B) {
		for b.Loop() {
			out, err := record.Create(b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			if err := p.Anonymise(&w.Reader, out, nil, 2, f.Signers["mixer-2"]); err != nil {
				b.Fatal(err)
			}
		}
		perKey(b, n)
	})
	chain, err := p.Chain(&w.Reader)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("verify3", func(b *testing.B) {
		for b.Loop() {
			if _, err := chain.Verify(0, enrolled, 1, nil); err != nil {
				b.Fatal(err)
			}
		}
		perKey(b, 3*n)
	})
	b.Run("distinct", func(b *testing.B) {
		for b.Loop() {
			var d Distinct
			for range 100 { // the same keys in 100 places: the worst case of the sort
				d.Add("urn", enrolled.Keys.Bytes())
			}
			d.Check()
		}
		perKey(b, 100*n)
	})
}
