package bve

import (
	"context"
	"fmt"
	"slices"
	"time"

	"isoloir/bve/journal"
	"isoloir/bve/minutes"
	"isoloir/scrutin"
)

// A Drawn is what the service has drawn up to be signed: the minutes, or an annex of theirs, with the paraphs on its pages.
type Drawn struct {
	journal.DrawnUp
	Entry   int // of the journal
	At      time.Time
	Paraphs []Paraph
}

// A Paraph is a member's on a page, from 1.
type Paraph struct {
	By   string
	At   time.Time
	Page int
}

// Paraphed says whether a member has put his paraph on a page.
func (d *Drawn) Paraphed(member string, page int) bool {
	return slices.ContainsFunc(d.Paraphs, func(p Paraph) bool { return p.By == member && p.Page == page })
}

// drawn takes in what was drawn up, and the paraphs on it. Minutes that are drawn up again take the place of those before, with their paraphs; an annex
// stands beside what it goes on from. A motion that adopts minutes lapses with what it was made of: nobody signs others than those that are read, nor
// some that lack an observation.
func (s *State) drawn(e *journal.Entry) {
	switch b := e.Statement.Body.(type) {
	case journal.DrawnUp:
		s.unread(s.refuse(RuleFigures, nil, "the minutes were drawn up again since it was proposed"))
		s.Drawn = append(slices.Clone(s.Drawn[:min(b.Annex, len(s.Drawn))]), &Drawn{DrawnUp: b, Entry: e.Number, At: e.Time.Time})
		s.observed = slices.DeleteFunc(slices.Clone(s.observed), func(n int) bool { return n <= b.Entries })
	case journal.Page:
		if n := len(s.Drawn); n > 0 {
			d := *s.Drawn[n-1]
			d.Paraphs = append(slices.Clip(d.Paraphs), Paraph{e.Statement.By, e.Time.Time, b.Page})
			s.Drawn = append(slices.Clone(s.Drawn[:n-1]), &d)
		}
	case journal.Observation:
		s.unread(s.refuse(RuleFigures, nil, "an observation was made since it was proposed"))
		s.observed = append(slices.Clip(s.observed), e.Number)
	}
}

// unread ends the motion before the session if it adopts minutes.
func (s *State) unread(why *Refusal) {
	if m := s.Open(); m != nil && m.Act.Type == scrutin.ActMinutes {
		s.lapse(why)
	}
}

// Untold is how many observations were made of which nothing that was drawn up tells.
func (s *State) Untold() int { return len(s.observed) }

// Adopted says whether the bureau has adopted the minutes that were drawn up.
func (s *State) Adopted() bool {
	return len(s.Drawn) > 0 && len(s.Procedure.Minutes) > 0 && s.Procedure.Minutes[0].SHA256 == s.Drawn[0].SHA256
}

// drawsUp says why nothing can be drawn up to be signed now.
func (s *State) drawsUp(annex int, entry int) error {
	switch signed := len(s.Procedure.Minutes) > 0; {
	case !s.Procedure.Ended():
		return s.refuse(RuleTime, nil, "the minutes are drawn up once the result is proclaimed, or the vote has ended: until then there is a draft")
	case signed && !s.Adopted():
		return s.refuse(RuleMissing, nil, "the bureau has adopted minutes that were made elsewhere: their annexes are made there too (isoloir minutes make)")
	case signed && len(s.observed) == 0:
		return s.refuse(RuleMissing, nil, "nobody has made an observation of which the minutes and their annexes do not tell: there is nothing to annex")
	case signed && annex != len(s.Drawn), !signed && annex != 0, entry <= 0:
		return s.refuse(RuleFigures, nil, "the minutes are drawn up until they are signed, and then annexes, one after the other")
	}
	return nil
}

// paraphs says why a member cannot put his paraph on a page.
func (s *State) paraphs(b journal.Page, member *scrutin.Member) error {
	if !seated(member) {
		return s.refuse(RuleOffice, nil, "committee and expert put no paraph: members and delegates do")
	}
	n := len(s.Drawn)
	if n == 0 {
		return s.refuse(RuleMissing, nil, "no minutes are drawn up to be signed: have that done, then read them and put your paraph")
	}
	switch d := s.Drawn[n-1]; {
	case b.Page > len(d.Pages) || d.Pages[b.Page-1] != b.Digest:
		return s.refuse(RuleFigures, nil, "page %d has another digest in what was drawn up last: open the minutes again, read the page as it is now, and put your paraph on that", b.Page)
	case d.Paraphed(member.ID, b.Page):
		return s.refuse(RuleRegister, nil, "%s has put a paraph on page %d already", member.Label, b.Page)
	}
	return nil
}

// minutesOf is what the act minutes adopts: what was drawn up, with the head of the journal of which it tells.
func (s *State) minutesOf(entries []*journal.Entry) []scrutin.Adopted {
	d := s.Drawn[0]
	return []scrutin.Adopted{{Path: scrutin.AdoptMinutes, SHA256: d.SHA256}, {Path: scrutin.AdoptJournal, SHA256: entries[d.Entries-1].Head}}
}

// tells says why the act minutes tells of no state of this journal: what it adopts as the journal is none of its heads. Where minutes are drawn up to be
// signed, it adopts these, and nothing was observed since.
func (s *State) tells(a *scrutin.Act, entries []*journal.Entry) error {
	if a.Type != scrutin.ActMinutes {
		return nil
	}
	for _, d := range a.Body.Adopts {
		if d.Path == scrutin.AdoptJournal && !slices.ContainsFunc(entries, func(e *journal.Entry) bool { return e.Head == d.SHA256 }) {
			return s.refuse(RuleFigures, nil, "%s is no head of this journal: give that of the journal from which the minutes were made", d.SHA256)
		}
	}
	switch {
	case len(s.Drawn) > 0 && !slices.Equal(a.Body.Adopts, s.minutesOf(entries)):
		return s.refuse(RuleFigures, nil, "the minutes that were drawn up to be signed are others: propose those, or have them drawn up again")
	case len(s.Drawn) > 0 && s.Untold() > 0:
		return s.refuse(RuleFigures, nil, "an observation was made since the minutes were drawn up: have them drawn up again, read and paraph them, then propose them")
	}
	return nil
}

// DraftMinutes are those of record and journal as they are now, in a language, "fr" or "en".
func (o *Office) DraftMinutes(ctx context.Context, language string) (*minutes.Minutes, error) {
	if _, err := o.State(ctx); err != nil {
		return nil, err
	}
	source, err := minutes.Read(&o.Record.Reader, o.journal.Entries(0))
	if err != nil {
		return nil, err
	}
	return minutes.Make(source, language)
}

// DrawUp draws up, for a member, the minutes or, once they are adopted, the annex that comes next (in their language), and enters it into the journal.
func (o *Office) DrawUp(ctx context.Context, member, language string) (*journal.Entry, error) {
	s, err := o.State(ctx)
	if err != nil {
		return nil, err
	}
	entries := o.journal.Entries(0)
	annex := 0
	if len(s.Procedure.Minutes) > 0 {
		annex = len(s.Drawn)
	}
	if err := s.drawsUp(annex, len(entries)); err != nil {
		return nil, err
	}
	source, err := minutes.Read(&o.Record.Reader, entries)
	if err != nil {
		return nil, err
	}
	var made *minutes.Minutes
	if annex == 0 {
		made, err = minutes.Make(source, language)
	} else {
		var before []*minutes.Minutes
		if before, err = o.papers(s, source); err == nil {
			made, err = minutes.MakeAnnex(source, before[annex-1], annex)
		}
	}
	if err != nil {
		return nil, err
	}
	text, err := scrutin.Text(made)
	if err != nil {
		return nil, err
	}
	said := journal.DrawnUp{Member: member, Annex: annex, Language: made.Language, Act: made.Act, Contents: made.Contents, Entries: made.Entries, SHA256: scrutin.TextDigest(text)}
	for _, p := range made.Pages {
		said.Pages = append(said.Pages, p.Digest)
	}
	return o.journal.Say(ctx, s.Session.Number, said)
}

// Papers are what stands drawn up, made again from record and journal, in the order of State.Drawn: the minutes, then their annexes.
func (o *Office) Papers(ctx context.Context) ([]*minutes.Minutes, error) {
	s, err := o.State(ctx)
	if err != nil || len(s.Drawn) == 0 {
		return nil, err
	}
	source, err := minutes.Read(&o.Record.Reader, o.journal.Entries(0))
	if err != nil {
		return nil, err
	}
	return o.papers(s, source)
}

func (o *Office) papers(s *State, source *minutes.Source) (all []*minutes.Minutes, err error) {
	for i, d := range s.Drawn {
		tells := &minutes.Minutes{Head: scrutin.Head{Manifest: s.fingerprint}, Act: d.Act, Journal: source.Journal[d.Entries-1].Head, Entries: d.Entries, Contents: d.Contents}
		then, err := source.Until(tells)
		if err != nil {
			return nil, err
		}
		var made *minutes.Minutes
		if i == 0 {
			made, err = minutes.Make(then, d.Language)
		} else {
			made, err = minutes.MakeAnnex(then, all[i-1], d.Annex)
		}
		if err != nil {
			return nil, err
		}
		text, err := scrutin.Text(made)
		if err != nil {
			return nil, err
		}
		if scrutin.TextDigest(text) != d.SHA256 {
			return nil, fmt.Errorf("%w: what was drawn up under entry %d has the digest %s, and now %s: was it by another program?", minutes.ErrOther, d.Entry, d.SHA256, scrutin.TextDigest(text))
		}
		all = append(all, made)
	}
	return all, nil
}
