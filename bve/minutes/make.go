package minutes

import (
	"errors"
	"slices"

	"isoloir/bve/journal"
	"isoloir/scrutin"
)

// ErrNothingLater says that there is nothing to annex.
var ErrNothingLater = errors.New("nobody has made an observation since the minutes were signed: there is nothing to annex")

// Make writes the minutes of what the source holds, in a language.
func Make(s *Source, language string) (*Minutes, error) {
	w, err := newWords(language, s.Manifest.Schedule.Zone)
	if err != nil {
		return nil, err
	}
	b := &sheet{words: w}
	for i, write := range []func(*Source, *sheet){
		composition, sealed, trials, opening, course, closing, reconciliation, activation, results, verification, observations, annexes, custody, signatures,
	} {
		b.part(i+1, partKeys[i])
		write(s, b)
	}
	m, err := s.finish(b, w.say("title", map[string]any{"Title": s.Manifest.Scrutin.Title}))
	if err != nil {
		return nil, err
	}
	return m, m.number(s.Fingerprint)
}

// partKeys name the fourteen parts, in the order of the texts.
var partKeys = []string{"part.composition", "part.sealed", "part.trials", "part.opening", "part.course", "part.closing", "part.reconciliation",
	"part.activation", "part.results", "part.verification", "part.observations", "part.annexes", "part.custody", "part.signatures"}

// MakeAnnex writes annex number n, from 1, to minutes: the observations that came after the entries that the minutes, or the annex before this one,
// tell of. ErrNothingLater if there are none.
func MakeAnnex(s *Source, before *Minutes, n int) (*Minutes, error) {
	w, err := newWords(before.Language, s.Manifest.Schedule.Zone)
	if err != nil {
		return nil, err
	}
	later := *s
	later.Journal = slices.DeleteFunc(slices.Clone(s.Journal), func(e *journal.Entry) bool { return e.Number <= before.Entries })
	if len(said[journal.Observation](&later)) == 0 {
		return nil, ErrNothingLater
	}
	b := &sheet{words: w}
	b.part(n, "part.annex")
	observations(&later, b)
	m, err := s.finish(b, w.say("title.annex", map[string]any{"Title": s.Manifest.Scrutin.Title, "Number": n}))
	if err != nil {
		return nil, err
	}
	m.Annex, m.Previous = n, before.Last()
	return m, m.number(s.Fingerprint)
}

func (s *Source) finish(b *sheet, title string) (*Minutes, error) {
	if b.words.missing != nil {
		return nil, b.words.missing
	}
	m := &Minutes{Head: scrutin.Head{Manifest: s.Fingerprint}, Contents: s.Contents, Sheets: Sheets{Language: b.words.language, Title: title, Pages: b.pages()}}
	m.Record = m.Kind()
	if len(s.Acts) > 0 {
		last := s.Acts[len(s.Acts)-1]
		m.Act, m.Opening = last.Text, last.Opening
	}
	if n := len(s.Journal); n > 0 {
		m.Journal, m.Entries = s.Journal[n-1].Head, s.Journal[n-1].Number
	}
	return m, nil
}
