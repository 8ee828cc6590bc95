package bve

import (
	"maps"
	"slices"
	"time"

	"isoloir/bve/journal"
	"isoloir/record"
	"isoloir/scrutin"
)

// A State is where a bureau stands: what the acts of its record and the entries of its journal come to. It is not changed once it is there:
// whoever knows more makes another.
type State struct {
	manifest    *scrutin.Manifest
	fingerprint scrutin.Digest
	acts        []Act
	written     map[scrutin.Digest]string // paths of the acts of the record, by the digests of their texts

	Procedure *scrutin.Procedure
	Place     journal.Place // of the last entry taken in
	Session   Session
	Motions   []*Motion  // in the order in which they were made
	Opinions  []Heard    // about each type of act, since the last one of it
	Media     []Medium   // the last line of each, in the order of their first
	Accesses  []Accessed // the last list of each processing
	Repairs   []Repair   // interventions that have not ended
	Delivery  *journal.Delivery
	Checked   *Check            // the last integrity check
	Alerts    []Standing        // alerts that are not over
	Turnout   []scrutin.Finding // the last figures of roll and urn
	Waiting   []Agreed          // agreements of this bureau's president with motions of others
	Drawn     []*Drawn          // the minutes drawn up to be signed, then their annexes; none of them is changed once it is there

	sessions int            // number of the last one
	moved    map[string]int // the entry by which each member last came into the open session, or left it; never changed, but replaced
	observed []int          // entries of the observations of which nothing that was drawn up tells
	record   *record.Reader // nil: what it holds is not asked
	brought  *record.Reader // what holders brought in all, where a journal is judged with its record; else nil
}

// An Act is one of the record.
type Act struct {
	*scrutin.Act
	Text scrutin.Digest
	Path string
	note []byte // as it was signed
}

// A Session is a séance. Number is zero while none is open.
type Session struct {
	Number  int
	Purpose string
	Since   time.Time
	Entry   int      // that opened it
	Present []string // in the manifest's order
}

// What has become of a motion.
const (
	Pending = "pending" // voices are awaited
	Enough  = "enough"  // the voices suffice: a member present can have the act written
	Adopted = "adopted"
	Lapsed  = "lapsed"
)

// A Motion proposes an act. Name is the digest of the act's text.
type Motion struct {
	Name    scrutin.Digest
	Act     *scrutin.Act
	Text    string
	By      string
	At      time.Time
	For     []string // members whose signature lines stand in Lines, in the order of their voices
	Lines   []string
	Against []string
	Abstain []string
	Outcome string
	Why     error // what is lacking, or why it has lapsed
	Said    bool  // the journal says what has become of it
}

// A Heard is an opinion of the technical committee or the expert about a type of act.
type Heard struct {
	By    string
	At    time.Time
	About string
	Text  string
}

// An Agreed is the agreement of this bureau's president with a motion that touches its scrutin.
type Agreed struct {
	By      string
	Motion  scrutin.Digest
	Scrutin scrutin.Digest // in whose bureau the motion is
}

// NewState is the state of a bureau with these acts, before its journal.
func NewState(m *scrutin.Manifest, f scrutin.Digest, acts []Act, p *scrutin.Procedure) *State {
	s := &State{manifest: m, fingerprint: f, acts: acts, written: map[scrutin.Digest]string{}, Procedure: p, sessions: p.Session()}
	for _, a := range acts {
		s.written[a.Text] = a.Path
	}
	return s
}

// grown says whether the record holds an act more than this state knows.
func (s *State) grown() bool {
	return slices.ContainsFunc(s.Procedure.Next(), func(kind string) bool { return s.record != nil && s.record.Exists(record.Next(s.Procedure, kind)) })
}

// clone is a state that can go on apart.
func (s *State) clone() *State {
	c := *s
	c.Motions = make([]*Motion, len(s.Motions))
	for i, m := range s.Motions {
		m := *m
		m.For, m.Lines, m.Against, m.Abstain = slices.Clip(m.For), slices.Clip(m.Lines), slices.Clip(m.Against), slices.Clip(m.Abstain)
		c.Motions[i] = &m
	}
	c.Alerts = slices.Clone(s.Alerts)
	c.Media, c.Accesses, c.Repairs = slices.Clone(s.Media), slices.Clone(s.Accesses), slices.Clone(s.Repairs)
	c.Opinions, c.Waiting = slices.Clip(s.Opinions), slices.Clip(s.Waiting)
	return &c
}

// votingAt says whether the vote was open at an instant, by the acts.
func (s *State) votingAt(at time.Time) bool {
	open := false
	for _, a := range s.acts {
		if a.Time.After(at) {
			break
		}
		open = a.Type == scrutin.ActOpen || open && a.Type != scrutin.ActClose && a.Type != scrutin.ActStop
	}
	return open
}

// Acts are those of the record, in their order.
func (s *State) Acts() []Act { return s.acts }

// NextSession is the number that the next session has.
func (s *State) NextSession() int { return s.sessions + 1 }

// Sitting is the bureau with those present; nil outside a session.
func (s *State) Sitting() *scrutin.Sitting {
	if s.Session.Number == 0 {
		return nil
	}
	sitting, err := s.manifest.Sitting(s.Session.Present)
	if err != nil {
		return nil
	}
	return sitting
}

// Motion is the one of that name.
func (s *State) Motion(name scrutin.Digest) (*Motion, bool) {
	for _, m := range s.Motions {
		if m.Name == name {
			return m, true
		}
	}
	return nil, false
}

// Open is the motion before the session; nil if there is none.
func (s *State) Open() *Motion {
	for _, m := range slices.Backward(s.Motions) {
		if m.Outcome == Pending || m.Outcome == Enough {
			return m
		}
	}
	return nil
}

// Take takes in the entry that follows. It was admitted when it entered the journal: here nothing is refused.
func (s *State) Take(e *journal.Entry) {
	s.Place = e.Place()
	by, at := e.Statement.By, e.Time.Time
	switch b := e.Statement.Body.(type) {
	case journal.SessionOpen:
		s.sessions = max(s.sessions, e.Statement.Session)
		s.Session = Session{Number: e.Statement.Session, Purpose: b.Purpose, Since: at, Entry: e.Number}
		s.moved = nil
	case journal.SessionClose:
		s.lapse(s.refuse(RuleSession, nil, "the session was closed"))
		s.Session = Session{}
	case journal.Present:
		s.attend(by, true, e.Number)
	case journal.Leave:
		s.attend(by, false, e.Number)
	case journal.Motion:
		s.propose(b, by, at)
	case journal.Support:
		if m, ok := s.Motion(b.Motion); ok {
			m.For, m.Lines = append(m.For, by), append(m.Lines, b.Signature)
			s.count(m)
		}
	case journal.Against:
		if m, ok := s.Motion(b.Motion); ok {
			m.Against = append(m.Against, by)
			s.count(m)
		}
	case journal.Abstain:
		if m, ok := s.Motion(b.Motion); ok {
			m.Abstain = append(m.Abstain, by)
			s.count(m)
		}
	case journal.Adopted:
		if m, ok := s.Motion(b.Motion); ok {
			m.Outcome, m.Why, m.Said = Adopted, nil, true
			s.Opinions = slices.DeleteFunc(slices.Clone(s.Opinions), func(h Heard) bool { return h.About == m.Act.Type })
		}
	case journal.Lapsed:
		if m, ok := s.Motion(b.Motion); ok && m.Outcome != Adopted {
			m.Outcome, m.Said = Lapsed, true
		}
	case journal.Opinion:
		s.Opinions = append(s.Opinions, Heard{by, at, b.About, b.Opinion})
	case journal.Agreement:
		s.Waiting = append(s.Waiting, Agreed{by, b.Motion, b.Scrutin})
	case journal.Delivery:
		s.Delivery = &b
	case journal.Turnout:
		s.Turnout = b.Urns
	case journal.DrawnUp, journal.Page, journal.Observation:
		s.drawn(e)
	default:
		s.register(e)
	}
}

// attend takes a member in or out. Who was counted on is not who is there: the motion lapses.
func (s *State) attend(id string, here bool, entry int) {
	moved := maps.Clone(s.moved)
	if moved == nil {
		moved = map[string]int{}
	}
	moved[id] = entry
	s.moved = moved
	s.lapse(s.refuse(RuleMotion, nil, "somebody has come or gone since it was proposed"))
	var present []string
	for _, b := range s.manifest.Bureau.Members {
		if b.ID == id && here || b.ID != id && slices.Contains(s.Session.Present, b.ID) {
			present = append(present, b.ID)
		}
	}
	s.Session.Present = present
}

// lapse ends the motion before the session, unless its act stands in the record.
func (s *State) lapse(why error) {
	if m := s.Open(); m != nil {
		m.Outcome, m.Why = Lapsed, why
	}
}

// propose takes a motion in. An act that stands in the record was adopted, whatever the journal came to say.
func (s *State) propose(b journal.Motion, by string, at time.Time) {
	text, err := b.Text()
	if err != nil {
		return // no journal holds one
	}
	act := b.Act
	m := &Motion{Name: scrutin.TextDigest(text), Act: &act, Text: text, By: by, At: at, Outcome: Pending}
	s.Motions = append(s.Motions, m)
	if _, ok := s.written[m.Name]; ok {
		m.Outcome = Adopted
		return
	}
	s.count(m)
}

// count says whether the voices for a motion suffice, and what is lacking.
func (s *State) count(m *Motion) {
	if m.Outcome != Pending && m.Outcome != Enough {
		return
	}
	m.Outcome, m.Why = Pending, s.Procedure.Judge(m.Act, m.For)
	if m.Why == nil {
		m.Outcome = Enough
	} else if err := s.Procedure.Judge(m.Act, without(s.signers(), slices.Concat(m.Against, m.Abstain))); err != nil {
		m.Outcome, m.Why = Lapsed, s.refuse(RuleMotion, nil, "it is rejected: even with all voices that are left, %s", err)
	}
	if m.Act.Seq != s.Procedure.Seq()+1 || m.Act.Previous != s.Procedure.Last() {
		m.Outcome, m.Why = Lapsed, s.refuse(RuleMotion, nil, "another act was written since it was proposed")
	}
}
