package parties

import (
	"strings"

	"isoloir/mixte"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// Decide has the bureau sign what the members have decided alone on a question, before the mixes are adopted with it.
func (s *Scrutin) Decide(question string, members []mixte.Member) error {
	v, err := s.statement(question, mixte.Provisional, members)
	if err != nil {
		return err
	}
	signed, err := v.Sign(s.bench...)
	if err != nil {
		return err
	}
	return s.Record.Write(record.MixteProvisional(question), signed)
}

// Weigh has the bureau sign the definitive statement on a question, by the opened urns, and its table.
func (s *Scrutin) Weigh(question string, members []mixte.Member) (*mixte.Statement, error) {
	v, err := s.statement(question, mixte.Definitive, members)
	if err != nil {
		return nil, err
	}
	data, err := s.Record.Read(record.Result, note.MaxSize)
	if err != nil {
		return nil, err
	}
	text, err := note.Text(data)
	if err != nil {
		return nil, err
	}
	result, err := scrutin.Parse[scrutin.Result](text)
	if err != nil {
		return nil, err
	}
	v.Opened = scrutin.TextDigest(text)
	minutes, err := s.minutes()
	if err != nil {
		return nil, err
	}
	if _, v.Groups, err = mixte.FromResult(s.Manifest, question, s.Bureau.Procedure().Found, result, minutes...); err != nil {
		return nil, err
	}
	before, err := s.Record.Read(record.MixteProvisional(question), note.MaxSize)
	if err != nil {
		return nil, err
	}
	if text, err = note.Text(before); err != nil {
		return nil, err
	}
	v.Provisional = mixte.Digest(text)
	signed, err := v.Sign(s.bench...)
	if err != nil {
		return nil, err
	}
	if err := s.Record.Write(record.Mixte(question), signed); err != nil {
		return nil, err
	}
	return v, s.Record.Write(record.MixteCSV(question), v.Result.CSV(v.Rules))
}

// minutes are those of votes on paper that the act mix adopted.
func (s *Scrutin) minutes() (all []*mixte.Minutes, err error) {
	for _, a := range s.Bureau.Procedure().Decided {
		if !strings.HasPrefix(a.Path, "paper/") {
			continue
		}
		data, err := s.Record.Read(a.Path, note.MaxSize)
		if err != nil {
			return nil, err
		}
		x, _, err := scrutin.Open[mixte.Minutes](data, s.Fingerprint, s.OpeningDigest, s.Manifest.BureauVerifiers()...)
		if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	return all, nil
}

// statement is one on a question, without the citizens.
func (s *Scrutin) statement(question, status string, members []mixte.Member) (*mixte.Statement, error) {
	rules, groups, err := mixte.FromManifest(s.Manifest, question)
	if err != nil {
		return nil, err
	}
	q, _ := s.Manifest.Question(question)
	return &mixte.Statement{OpenHead: scrutin.OpenHead{Head: scrutin.Head{Manifest: s.Fingerprint}, Opening: s.OpeningDigest},
		Status: status, Question: question, Decision: q.Title, Rules: rules, Members: members, Groups: groups}, nil
}
