package parties

import (
	"context"
	"time"

	"isoloir/bve"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// Options are how to compute.
type Options struct {
	Now        func() time.Time // what every party takes for the time
	Workers    int              // computations at once; 0 or less: as many as processors
	WorkFactor int              // of scrypt, log2, on the fragments' files
	// Stage hears of the work within a step, in things done of a total. It is not nil.
	Stage func(stage string, done, total int)
	// Board takes the acts of the bureau of a manifest; nil for a *bve.Bureau in which all sit.
	Board func(m *scrutin.Manifest, f scrutin.Digest, rec *record.Writer) (Board, error)
	// Quorum names the holders of a clause who open the urn; nil for the last ones.
	Quorum func(c *scrutin.Clause) []string
}

// A Board takes the bureau's acts, as [bve.Bureau] does.
type Board interface {
	Procedure() *scrutin.Procedure
	Act(kind string, body scrutin.ActBody) (scrutin.Digest, error)
	Adopt(kind string, paths ...string) (scrutin.Digest, error)
	Adopted(paths ...string) ([]scrutin.Adopted, error)
}

// A Scrutin is a scrutin in the hands of its company, all of whom sit. Its steps are taken in their order; each ends with the act by which the
// bureau adopts it.
type Scrutin struct {
	*Company
	Options
	Record      *record.Writer
	Manifest    *scrutin.Manifest
	Fingerprint scrutin.Digest // f
	Bureau      Board
	// Opening is the opening record and OpeningDigest o, once it is there.
	Opening       *scrutin.Opening
	OpeningDigest scrutin.Digest

	bench []note.Signer // the members of the bureau who sit: all of them
}

// Begin fixes the manifest, in a record that holds nothing yet, and constitutes the bureau.
func Begin(c *Company, m *scrutin.Manifest, rec *record.Writer, o Options) (*Scrutin, error) {
	data, _, err := m.Bytes()
	if err != nil {
		return nil, err
	}
	if err := rec.Write(record.Manifest, data); err != nil {
		return nil, err
	}
	s, err := Resume(c, rec, o)
	if err != nil {
		return nil, err
	}
	_, err = s.Bureau.Act(scrutin.ActConstitute, scrutin.ActBody{Adopts: s.Bureau.Procedure().Constitutes()})
	return s, err
}

// Resume takes a scrutin up where the acts in its record have left it.
func Resume(c *Company, rec *record.Writer, o Options) (*Scrutin, error) {
	s := &Scrutin{Company: c, Options: o, Record: rec}
	data, err := rec.Read(record.Manifest, note.MaxSize)
	if err != nil {
		return nil, err
	}
	if s.Manifest, s.Fingerprint, err = scrutin.ParseManifest(data); err != nil {
		return nil, err
	}
	for _, a := range c.Authorities {
		a.Now = o.Now
	}
	s.bench = c.Bench(s.Manifest)
	if o.Board == nil {
		o.Board = s.sit
	}
	if s.Bureau, err = o.Board(s.Manifest, s.Fingerprint, rec); err != nil {
		return nil, err
	}
	if rec.Exists(record.Opening) {
		data, err := rec.Read(record.Opening, note.MaxSize)
		if err != nil {
			return nil, err
		}
		text, err := note.Text(data)
		if err != nil {
			return nil, err
		}
		if s.Opening, err = scrutin.Parse[scrutin.Opening](text); err != nil {
			return nil, err
		}
		s.OpeningDigest = scrutin.TextDigest(text)
	}
	return s, s.date()
}

// sit opens a session in which all sit.
func (s *Scrutin) sit(m *scrutin.Manifest, f scrutin.Digest, rec *record.Writer) (Board, error) {
	b, err := bve.New(m, f, rec, s.Now)
	if err != nil {
		return nil, err
	}
	return b, b.Sit(s.bench...)
}

// date asks the authorities for every timestamp that is missing and can be had. What is missing still, the auditor says.
func (s *Scrutin) date() error {
	places := map[string]bve.Authority{}
	for id, a := range s.Authorities {
		places[id] = bve.Authority{Asker: a}
	}
	_, err := bve.Timestamp(context.Background(), s.Manifest, s.Record, places)
	return err
}

func (s *Scrutin) adopt(kind string, paths ...string) error {
	_, err := s.Bureau.Adopt(kind, paths...)
	return err
}

// stages names the statements of all mixers.
func (s *Scrutin) stages(path func(stage int) string) []string {
	var paths []string
	for i := range s.Manifest.Mixers {
		paths = append(paths, path(i+1))
	}
	return paths
}

func (s *Scrutin) progress(stage string) func(done, total int) {
	return func(done, total int) { s.Stage(stage, done, total) }
}
