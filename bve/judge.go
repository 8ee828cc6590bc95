package bve

import (
	"fmt"
	"time"

	"isoloir/bve/journal"
	"isoloir/record"
	"isoloir/scrutin"
)

// A judge judges entries of a journal anew, each by the rules by which it was to be taken when it came: who could say it, what had to be said before
// it, what it had to have seen. So a row that somebody has put into the store himself, chained and signed as it must be, is found where it breaks
// them. The acts of the record come in where the journal has them written, or says what cannot be said before them.
type judge struct {
	state   *State
	acts    []Act // of the record, in their order
	entries []*journal.Entry
}

func newJudge(m *scrutin.Manifest, f scrutin.Digest) *judge {
	return &judge{state: NewState(m, f, nil, scrutin.NewProcedure(m, f))}
}

// skew is how much later than an entry an act may be that was written before it, by another clock.
const skew = 2 * time.Minute

// take judges the entry that follows, and takes it in. The error is the first rule that it breaks.
func (j *judge) take(e *journal.Entry) (broken error) {
	for {
		err := j.state.Admit(e)
		if m, is := e.Statement.Body.(journal.Motion); is && err == nil {
			err = j.state.tells(&m.Act, j.entries)
		}
		if err == nil {
			j.state.Take(e)
			j.entries = append(j.entries, e)
			return nil
		}
		if broken == nil {
			broken = err
		}
		if err := j.advance(e.Time.Add(skew)); err != nil {
			return broken
		}
	}
}

// advance takes in the act of the record that follows, if it was there at an instant.
func (j *judge) advance(at time.Time) error {
	s := j.state
	if len(s.acts) == len(j.acts) || j.acts[len(s.acts)].Time.After(at) {
		return scrutin.RuleOrder
	}
	a := j.acts[len(s.acts)]
	next := *s.Procedure
	if err := next.Apply(a.note); err != nil {
		return err
	}
	s.Procedure, s.acts = &next, append(s.acts, a)
	s.written[a.Text], s.sessions = a.Path, max(s.sessions, a.Session)
	if m, ok := s.Motion(a.Text); ok { // whatever the journal came to say of it before
		m.Outcome, m.Why, m.Said = Adopted, nil, false
	}
	if m := s.Open(); m != nil { // it lapses: another act was written
		s.count(m)
	}
	return nil
}

// Judge judges a whole journal anew, by the acts of its record, signed notes in their order; without a record, by those that the journal itself has
// adopted ([ActsOf]). The error says which entry is the first that breaks a rule, and which rule.
func Judge(m *scrutin.Manifest, f scrutin.Digest, acts [][]byte, entries []*journal.Entry) error {
	all, _, err := takeActs(m, f, acts)
	if err != nil {
		return err
	}
	j := newJudge(m, f)
	j.acts = all
	return j.whole(entries)
}

// JudgeRecord judges a whole journal anew by its record: by the acts that stand there, and by what the holders brought. That a motion lapsed because
// something came which it does not adopt, is so only where the record holds something else than it adopts.
func JudgeRecord(m *scrutin.Manifest, f scrutin.Digest, r *record.Reader, entries []*journal.Entry) error {
	acts, err := r.Acts()
	if err != nil {
		return err
	}
	j := newJudge(m, f)
	if j.acts, _, err = takeActs(m, f, acts); err != nil {
		return err
	}
	j.state.brought = r
	return j.whole(entries)
}

func (j *judge) whole(entries []*journal.Entry) error {
	for _, e := range entries {
		if err := j.take(e); err != nil {
			return Misplaced{e.Number, err}
		}
	}
	return nil
}

// A Misplaced is an entry of a journal that the bureau's rules do not admit in its place, whoever put it there.
type Misplaced struct {
	Number int
	Why    error
}

// Error is the sentence in English.
func (p Misplaced) Error() string { return p.Sentence("en") }

// Unwrap returns why.
func (p Misplaced) Unwrap() error { return p.Why }

// Sentence says it in "fr" or else in English.
func (p Misplaced) Sentence(language string) string {
	why := p.Why.Error()
	if said, ok := p.Why.(interface{ Sentence(string) string }); ok {
		why = said.Sentence(language)
	}
	if language == "fr" {
		return fmt.Sprintf("entrée %d : elle ne pouvait être prise à cette place : %s", p.Number, why)
	}
	return fmt.Sprintf("entry %d: it could not be taken in this place: %s", p.Number, why)
}

// ActsOf are the acts that a journal has adopted, as they were signed, in their order: those of a bureau that decided nothing elsewhere.
func ActsOf(entries []*journal.Entry) (acts [][]byte) {
	texts, lines := map[scrutin.Digest]string{}, map[scrutin.Digest][]string{}
	for _, e := range entries {
		switch b := e.Statement.Body.(type) {
		case journal.Motion:
			if text, err := b.Text(); err == nil {
				texts[scrutin.TextDigest(text)] = text
			}
		case journal.Support:
			lines[b.Motion] = append(lines[b.Motion], b.Signature)
		case journal.Adopted:
			if text, known := texts[b.Motion]; known {
				acts = append(acts, signedNote(text, lines[b.Motion]...))
			}
		}
	}
	return acts
}
