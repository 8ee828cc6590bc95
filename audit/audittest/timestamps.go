package audittest

import (
	"fmt"
	"math/big"
	"time"

	"isoloir/scrutin"
	"isoloir/timestamp/local"
)

// A Stamp is what an authority is about to say: that the digest of a text was shown to
// it. Missing, it says nothing.
type Stamp struct {
	Of, Path  string // the text and the timestamp
	Authority *local.Authority
	Digest    scrutin.Digest
	Nonce     *big.Int
	Time      time.Time
	Missing   bool
}

// makeAuthorities makes as many authorities as the shape says, and names them in the
// manifest.
func makeAuthorities(shape *Shape) (all []*local.Authority) {
	edit := shape.Fixture.Edit
	for i := range shape.Stamped {
		all = append(all, must(local.New(fmt.Sprintf("TSA %d", i+1))))
	}
	shape.Fixture.Edit = func(m *scrutin.Manifest) {
		if edit != nil {
			edit(m)
		}
		for i, a := range all {
			m.Timestamps = append(m.Timestamps, scrutin.Authority{ID: fmt.Sprintf("tsa-%d", i+1), Label: a.Unit.Subject.CommonName, Certificate: a.Certificate()})
		}
	}
	return all
}

// stamp shows a text to every authority, ten seconds after the last act.
func (w *World) stamp(of string, digest scrutin.Digest, path func(authority string) string) {
	for i, a := range w.Authorities {
		s := &Stamp{Of: of, Path: path(fmt.Sprintf("tsa-%d", i+1)), Authority: a, Digest: digest, Time: w.Clock.Add(10 * time.Second),
			Nonce: new(big.Int).SetUint64(w.Rand.Uint64() | 1)}
		if w.EditStamp != nil {
			w.EditStamp(s)
		}
		delete(w.Files, s.Path)
		if !s.Missing {
			w.Files[s.Path] = must(s.Authority.Stamp(s.Digest, s.Nonce, s.Time))
		}
	}
}
