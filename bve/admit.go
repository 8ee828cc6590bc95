package bve

import (
	"errors"
	"slices"
	"time"

	"isoloir/bve/journal"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// Admit says why a statement has no place behind the entries of this state: a *Refusal, or an error of package scrutin where an act breaks a
// rule. What the service holds and a motion adopts is compared by an [Office].
func (s *State) Admit(e *journal.Entry) error {
	by := e.Statement.By
	member, known := s.manifest.Member(by)
	if known && member.Class == scrutin.Operator {
		return s.refuse(RuleOffice, nil, "who runs the platform says nothing in the bureau")
	}
	if n := e.Statement.Session; n != 0 && n != s.Session.Number && !(e.Statement.Body.Kind() == "session-open" && n == s.NextSession()) {
		return s.refuse(RuleSession, nil, "it names session %d, which is not open", n)
	}
	switch b := e.Statement.Body.(type) {
	case journal.SessionOpen:
		return s.opens(e.Statement, member)
	case journal.Observation:
		if b.Annex != (len(s.Procedure.Minutes) > 0) {
			return s.refuse(RuleRegister, nil, "observations stand in the minutes until they are signed, and in the annex after that")
		}
	case journal.Opinion:
		if member.Role != scrutin.Committee && member.Role != scrutin.Expert {
			return s.refuse(RuleOffice, s.advisers(), "an opinion is that of the technical committee or of the expert")
		}
	case journal.Agreement:
		if !s.mayPreside(member) || member.Role != scrutin.President {
			return s.refuse(RuleOffice, s.withRole(scrutin.President), "only a president agrees for his bureau")
		}
	case journal.Report:
		if member.Role != scrutin.Expert {
			return s.refuse(RuleOffice, s.withRole(scrutin.Expert), "only the expert deposits a report")
		}
	case journal.DrawnUp:
		return s.drawsUp(b.Annex, e.Number-b.Entries)
	case journal.Page:
		return s.paraphs(b, member)
	case journal.Custody:
		return s.keeps(b)
	case journal.AlertEnd:
		return s.ends(b)
	case journal.Intervention:
		if slices.ContainsFunc(s.Repairs, func(r Repair) bool { return r.Ticket == b.Ticket }) {
			return s.refuse(RuleRegister, nil, "the intervention %q has begun already", b.Ticket)
		}
	case journal.InterventionEnd:
		_, err := s.repair(b.Ticket)
		return err
	case journal.Adopted:
		return s.saidOf(b.Motion, true, e.Time.Time)
	case journal.Lapsed:
		return s.saidOf(b.Motion, false, e.Time.Time)
	case journal.SessionClose, journal.Present, journal.Leave, journal.Motion, journal.Support, journal.Against, journal.Abstain:
		if s.Session.Number == 0 || e.Statement.Session != s.Session.Number {
			return s.refuse(RuleSession, s.openers(), "the bureau is not in session: open one first")
		}
		return s.inSession(e, member)
	}
	return nil
}

// opens says why a member cannot open a session.
func (s *State) opens(st *journal.Statement, member *scrutin.Member) error {
	switch {
	case s.Session.Number != 0:
		return s.refuse(RuleSession, nil, "session %d is open: close it first", s.Session.Number)
	case st.Session != s.NextSession():
		return s.refuse(RuleSession, nil, "the next session has the number %d", s.NextSession())
	case !s.mayPreside(member):
		return s.refuse(RuleOffice, s.openers(), "a session is opened by who can preside: the president, his substitute or an assessor")
	}
	return nil
}

// mayPreside says whether a member can come to preside.
func (s *State) mayPreside(m *scrutin.Member) bool {
	return m != nil && (m.Role == scrutin.President || m.Role == scrutin.Assessor) && m.Voice == scrutin.Deliberative
}

// openers are the members who can open a session, the president first.
func (s *State) openers() (ids []string) {
	for _, role := range []string{scrutin.President, scrutin.Assessor} {
		for i := range s.manifest.Bureau.Members {
			if b := &s.manifest.Bureau.Members[i]; b.Role == role && s.mayPreside(b) {
				ids = append(ids, b.ID)
			}
		}
	}
	return ids
}

func (s *State) withRole(role string) (ids []string) {
	for _, b := range s.manifest.Bureau.Members {
		if b.Role == role {
			ids = append(ids, b.ID)
		}
	}
	return ids
}

// advisers are those who are heard before the vote is touched.
func (s *State) advisers() []string {
	return slices.Concat(s.withRole(scrutin.Committee), s.withRole(scrutin.Expert))
}

// seated says whether a member takes part in decisions: committee and expert are heard, no more.
func seated(m *scrutin.Member) bool { return m.Role != scrutin.Committee && m.Role != scrutin.Expert }

// keeps says why a line cannot stand in the custody register.
func (s *State) keeps(b journal.Custody) error {
	i := slices.IndexFunc(s.Media, func(m Medium) bool { return m.Medium == b.Medium })
	switch {
	case i < 0 && b.State != journal.In && b.State != journal.Seen:
		return s.refuse(RuleRegister, nil, "%q is not on the register: write it in first", b.Medium)
	case i >= 0 && s.Media[i].SHA256 != b.SHA256:
		return s.refuse(RuleRegister, nil, "%q has another digest on the register: it is not the same medium", b.Medium)
	case i >= 0 && s.Media[i].State == journal.Out && b.State == journal.Out:
		return s.refuse(RuleRegister, nil, "%q is out already", b.Medium)
	}
	return nil
}

// beside says why a motion does not adopt what its holders brought in all, as the record that stands beside the journal has it; errUnread without one.
func (s *State) beside(m *Motion, at time.Time) error {
	if s.brought == nil {
		return errUnread
	}
	whole := *s
	whole.record = s.brought
	return whole.stale(m, at)
}

// errUnread says that nobody has looked into the record.
var errUnread = errors.New("there is no record to look into")

// saidOf says why the service cannot say of a motion that it was adopted, or has lapsed. Where what parties bring is not at hand, the service's word
// is taken that something came which a motion does not adopt: the act, if there is one, says otherwise.
func (s *State) saidOf(name scrutin.Digest, adopted bool, at time.Time) error {
	m, ok := s.Motion(name)
	_, written := s.written[name]
	lapsed := func() bool {
		brought := s.record == nil && (m.Act.Type == scrutin.ActCeremony || m.Act.Type == scrutin.ActDecrypt)
		return m.Outcome == Lapsed || brought && s.beside(m, at) != nil || s.stale(m, at) != nil
	}
	if !ok || m.Said || written != adopted || !adopted && !lapsed() {
		return s.refuse(RuleRegister, nil, "it does not say what has become of a motion")
	}
	return nil
}

// inSession says why a member cannot say this in the session that is open.
func (s *State) inSession(e *journal.Entry, member *scrutin.Member) error {
	id := member.ID
	here := slices.Contains(s.Session.Present, id)
	switch e.Statement.Body.(type) {
	case journal.Present, journal.Leave:
		if e.Saw < max(s.Session.Entry, s.moved[id]) {
			return s.refuse(RuleSession, []string{id}, "it was signed before the session was opened, or before %s last came or left: sign it anew", s.called(id))
		}
	}
	if _, comes := e.Statement.Body.(journal.Present); comes {
		if here {
			return s.refuse(RuleSession, nil, "%s is present already", s.called(id))
		}
		return nil
	}
	if !here {
		return s.refuse(RuleOffice, []string{id}, "%s is not present: take your place first", s.called(id))
	}
	switch b := e.Statement.Body.(type) {
	case journal.SessionClose:
		return s.closes(e.Statement, b)
	case journal.Motion:
		if !seated(member) {
			return s.refuse(RuleOffice, nil, "committee and expert propose and decide nothing: they are heard")
		}
		return s.proposes(b, e.Time.Time)
	case journal.Support:
		return s.supports(b, member)
	case journal.Against:
		return s.votes(b.Motion, member)
	case journal.Abstain:
		return s.votes(b.Motion, member)
	}
	return nil
}

// closes says why the session cannot be closed.
func (s *State) closes(st *journal.Statement, b journal.SessionClose) error {
	if sitting := s.Sitting(); sitting != nil && sitting.Presiding() != st.By {
		return s.refuse(RuleOffice, []string{sitting.Presiding()}, "the session is closed by who presides, %s", s.called(sitting.Presiding()))
	}
	if b.Head != st.Seen {
		return s.refuse(RuleSession, nil, "it says another head than the one before the members")
	}
	for _, m := range s.Missing() {
		return s.refuse(RuleCustody, []string{m.Holder}, "the medium %q, with %s, was taken out and not seen since: show it, or declare it lost", m.Medium, s.called(m.Holder))
	}
	return nil
}

// proposes says why an act cannot be proposed: what the rules of acts refuse even if all present sign it, and what is lacking before it.
func (s *State) proposes(b journal.Motion, now time.Time) error {
	if m := s.Open(); m != nil {
		return s.refuse(RuleMotion, nil, "another motion is before the session: one at a time")
	}
	if text, err := b.Text(); err != nil {
		return err
	} else if _, again := s.Motion(scrutin.TextDigest(text)); again {
		return s.refuse(RuleMotion, nil, "this very act was before the session already: draft it anew")
	}
	a := &b.Act
	switch {
	case a.Session != s.Session.Number:
		return s.refuse(RuleSession, nil, "the act names session %d, which is not open", a.Session)
	case !slices.Equal(a.Present, s.Session.Present):
		return s.refuse(RuleMotion, nil, "the act does not name those who are present")
	case a.Time.After(now) || a.Time.Before(s.Session.Since.Add(-time.Second)):
		return s.refuse(RuleLate, nil, "the act's time, %s, is not of this session", a.Time)
	}
	if err := s.Procedure.Judge(a, s.signers()); err != nil {
		return err
	}
	if lacks := s.lacks(a.Type, a); len(lacks) > 0 {
		return lacks[0]
	}
	return nil
}

// signers are those present who could sign an act.
func (s *State) signers() []string {
	return slices.DeleteFunc(slices.Clone(s.Session.Present), func(id string) bool {
		m, ok := s.manifest.Member(id)
		return !ok || !seated(m)
	})
}

// votes says why a member has no voice on a motion.
func (s *State) votes(name scrutin.Digest, member *scrutin.Member) error {
	m, ok := s.Motion(name)
	switch {
	case !ok || m != s.Open():
		return s.refuse(RuleMotion, nil, "this motion is not before the session")
	case !seated(member):
		return s.refuse(RuleOffice, nil, "committee and expert propose and decide nothing: they are heard")
	case slices.Contains(slices.Concat(m.For, m.Against, m.Abstain), member.ID):
		return s.refuse(RuleMotion, nil, "%s has given a voice already", member.Label)
	}
	return nil
}

// supports requires the member's signature under the act.
func (s *State) supports(b journal.Support, member *scrutin.Member) error {
	if err := s.votes(b.Motion, member); err != nil {
		return err
	}
	m, _ := s.Motion(b.Motion)
	if _, err := note.Open(signedNote(m.Text, b.Signature), member.Verifier()); err != nil {
		return s.refuse(RuleSignature, []string{member.ID}, "the line is no signature of %s under this act", member.Label)
	}
	return nil
}

// signedNote is a text with signature lines, as it stands in a file.
func signedNote(text string, lines ...string) []byte {
	data := []byte(text + "\n")
	for _, l := range lines {
		data = append(data, l+"\n"...)
	}
	return data
}
