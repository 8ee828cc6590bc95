package preparation

import (
	"slices"
	"time"

	"isoloir/bve/prepare"
	"isoloir/portal/words"
	"isoloir/scrutin"
)

// A Shown is a scrutin as people look at it before the vote: here while it is written, and on the members' pages once it is sealed.
type Shown struct {
	*words.Speaker
	Manifest  *scrutin.Manifest
	Zone      *time.Location
	Documents bool // whether its documents are at hand, at /documents/DIGEST
}

// when writes a moment in the legal time of the vote.
func (s Shown) when(t time.Time) string { return s.Moment(t, s.Zone) }

// A Redrawn is the draw of the order of display, made from words that somebody has typed.
type Redrawn struct {
	prepare.Draw
	Err       error // the words are written in another way
	Same      bool  // their digest is the one of the manifest
	Questions []Drawn
}

// A Drawn is a question with the ranks of its options.
type Drawn struct {
	*scrutin.Question
	Ranks []scrutin.Digest // of its options, in the manifest's order
	Same  bool             // which is that of the draw
}

// Redraw makes the draw of a day from its words, and holds it against a manifest's order.
func Redraw(m *scrutin.Manifest, date, words string) *Redrawn {
	again := &Redrawn{}
	if again.Draw, again.Err = prepare.Drawn(date, words); again.Err != nil {
		return again
	}
	again.Same = again.Minutes() == m.Draw.Minutes
	for i := range m.Questions {
		q := Drawn{Question: &m.Questions[i]}
		for _, o := range q.Options {
			q.Ranks = append(q.Ranks, again.Rank(q.ID, o.ID))
		}
		q.Same = slices.IsSortedFunc(q.Ranks, func(a, b scrutin.Digest) int { return slices.Compare(a[:], b[:]) })
		again.Questions = append(again.Questions, q)
	}
	return again
}

// Date writes a day of the calendar (2032-05-03), or what stands for one.
func (s Shown) Date(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return s.Day(t, time.UTC)
}
