package audittest

import (
	"bytes"
	"slices"

	"isoloir/crypto/sigma"
	"isoloir/mixte"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// Abstainers are the electors of an urn who did not vote in it.
func (w *World) Abstainers(u int) (electors []int) {
	for _, e := range w.enrolled(u) {
		if !slices.ContainsFunc(w.Marks[u], func(m Mark) bool { return int(m.Elector) == e }) {
			electors = append(electors, e)
		}
	}
	return electors
}

// PaperKey is what an elector shows who votes on paper.
func (w *World) PaperKey(u, elector int, minutes string) []byte {
	base, _ := w.Base(u, elector)
	x := w.Secret(u, elector)
	account := sigma.NewElement(base.Mul(x))
	proof := must(sigma.Paper(w.Context(w.Manifest.Urns[u].ID), sigma.NewElement(base), account, minutes).Prove(x)).Bytes()
	key := account.Bytes()
	return append(key[:], proof[:]...)
}

// onPaper lets those who abstained from the first urn vote on paper, as many as the shape says.
func (w *World) onPaper() {
	if w.Paper == 0 {
		return
	}
	var keys [][]byte
	for _, e := range w.Abstainers(0)[:w.Paper] {
		keys = append(keys, w.PaperKey(0, e, "salle-1"))
	}
	w.WritePaper("salle-1", 0, keys, nil)
}

// WritePaper writes minutes of votes on paper, and the keys of who cast them in their order; edit changes them first
// unless it is nil.
func (w *World) WritePaper(name string, u int, keys [][]byte, edit func(x *mixte.Minutes)) {
	slices.SortFunc(keys, bytes.Compare)
	w.Files[record.PaperKeys(name)] = bytes.Join(keys, nil)
	x := &mixte.Minutes{OpenHead: w.Head(), Minutes: name, Urn: w.Manifest.Urns[u].ID, Station: "Salle des fêtes", Voters: len(keys),
		File: scrutin.DigestOf(w.Files[record.PaperKeys(name)]), Questions: []scrutin.QuestionResult{}}
	if len(keys) >= w.Manifest.MinimumSize {
		for _, q := range w.Manifest.QuestionsOf(x.Urn) {
			answer := scrutin.QuestionResult{Question: q.ID, Blank: 1}
			for i, o := range q.Options {
				count := scrutin.OptionCount{Option: o.ID}
				if i == 0 {
					count.Ballots = len(keys) - 1
				}
				answer.Options = append(answer.Options, count)
			}
			x.Questions = append(x.Questions, answer)
		}
	}
	if edit != nil {
		edit(x)
	}
	w.Sign(record.Paper(name), x, w.Members()...)
	w.Minutes = append(w.Minutes, x)
}

// Decide writes what the members have decided alone in a scrutin mixte.
func (w *World) Decide() {
	if !w.Manifest.Weight.IsMixed() {
		return
	}
	for i := range w.Manifest.Questions {
		q := &w.Manifest.Questions[i]
		before := w.Mixed(q.ID, mixte.Provisional)
		if w.EditMixte != nil {
			w.EditMixte(before)
		}
		w.Files[record.MixteProvisional(q.ID)] = must(before.Sign(w.Keyring(w.weighers()...)...))
	}
}

// weigh writes the definitive statements of a scrutin mixte, which follow those that the act mix adopted.
func (w *World) weigh() {
	if !w.Manifest.Weight.IsMixed() {
		return
	}
	for i := range w.Manifest.Questions {
		q := &w.Manifest.Questions[i]
		s := w.Mixed(q.ID, mixte.Definitive)
		s.Provisional = w.Text(record.MixteProvisional(q.ID))
		if w.EditMixte != nil {
			w.EditMixte(s)
		}
		w.WriteMixte(s)
	}
}

func (w *World) weighers() []string {
	if w.Signing != nil {
		return w.Signing(record.Mixte("question-1"), w.Members())
	}
	return w.Members()
}

// Mixed is the statement on a question, by the minutes and the opened urns as they are said. One member of each
// electorate is for the first option, one is absent.
func (w *World) Mixed(question, status string) *mixte.Statement {
	q, _ := w.Manifest.Question(question)
	s := &mixte.Statement{OpenHead: w.Head(), Status: status, Question: question, Decision: q.Title, Members: []mixte.Member{}}
	s.Rules, s.Groups = must2(mixte.FromManifest(w.Manifest, question))
	for i, e := range s.Electorates {
		for seat := range e.Seats {
			position := mixte.Absent
			if seat == 0 {
				position = s.Rules.Options[i%2]
			}
			s.Members = append(s.Members, mixte.Member{ID: e.ID + "-" + string(rune('a'+seat)), Label: "Élu", Electorate: e.ID, Position: position})
		}
	}
	if status == mixte.Provisional {
		return s
	}
	s.Opened = w.Text(record.Result)
	r := must(scrutin.Parse[scrutin.Result](must(note.Text(w.Files[record.Result]))))
	var found []scrutin.Finding
	for u, urn := range w.Manifest.Urns {
		found = append(found, scrutin.Finding{Urn: urn.ID, Ballots: w.Cast(u)})
	}
	_, s.Groups = must2(mixte.FromResult(w.Manifest, question, found, r, w.Minutes...))
	return s
}

// WriteMixte writes a definitive statement and its table.
func (w *World) WriteMixte(s *mixte.Statement) {
	w.Files[record.Mixte(s.Question)] = must(s.Sign(w.Keyring(w.weighers()...)...))
	w.Files[record.MixteCSV(s.Question)] = s.Result.CSV(s.Rules)
}

func must2[A, B any](a A, b B, err error) (A, B) { return a, must(b, err) }
