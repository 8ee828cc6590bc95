package bve

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"isoloir/bve/journal"
	"isoloir/record"
	"isoloir/scrutin"
)

// A Config is what an office is kept with.
type Config struct {
	// Journal is how the journal is kept. Its Admit is the office's own.
	Journal journal.Config
	Record  *record.Writer
	// Figures asks roll and urn for the marks and ballots of every urn, in the manifest's order.
	Figures func(context.Context) ([]scrutin.Finding, error)
	// Touched are the offices of the bureaux of the manifest's companions, whose electors come in by its codes, as far as they are known here: the
	// suspension, the resumption, the extension, the end or an update of this scrutin touches theirs, so that their presidents agree first (arrêté
	// du 25 août 2020, art. 29). Where one is not known, these acts are refused.
	Touched []*Office
}

// An Office is a bureau at work over the record and the journal of its scrutin: it tells where both stand, takes statements, fills in what a
// motion must adopt, and writes an act when the voices suffice. It is safe for concurrent use, and other processes may write to both.
type Office struct {
	Config
	journal *journal.Journal

	cache struct {
		sync.Mutex
		state *State
		judge *judge // of the entries taken in so far
	}
}

// OpenOffice takes up a bureau where its record and its journal have left it. An act that stands in the record and was not entered in the
// journal, since the service stopped between the two, is entered.
func OpenOffice(ctx context.Context, c Config) (*Office, error) {
	o := &Office{Config: c}
	o.cache.judge = newJudge(c.Journal.Manifest, c.Journal.Fingerprint)
	o.cache.judge.state.record = &c.Record.Reader
	c.Journal.Admit = o.admit
	j, err := journal.Open(ctx, c.Journal)
	if err != nil {
		return nil, err
	}
	o.journal = j
	return o, o.settle(ctx)
}

// Journal is the bureau's journal.
func (o *Office) Journal() *journal.Journal { return o.journal }

// fold is the state after entries, by the record as it is now.
func (o *Office) fold(entries []*journal.Entry) (*State, error) {
	o.cache.Lock()
	defer o.cache.Unlock()
	s, judge := o.cache.state, o.cache.judge
	if len(entries) < len(judge.entries) { // others have read on meanwhile
		entries = judge.entries
	}
	switch {
	case s == nil || s.grown():
		acts, p, err := readActs(o.Record, o.Config.Journal.Manifest, o.Config.Journal.Fingerprint)
		if err != nil {
			return nil, err
		}
		s = NewState(o.Config.Journal.Manifest, o.Config.Journal.Fingerprint, acts, p)
		s.record = &o.Record.Reader
		judge.acts = acts
	default:
		s = s.clone()
	}
	for _, e := range entries[len(judge.entries):] {
		if err := judge.take(e); err != nil {
			return nil, fmt.Errorf("%w: %w", journal.ErrBroken, Misplaced{e.Number, err})
		}
	}
	for _, e := range entries[s.Place.Number:] {
		s.Take(e)
	}
	o.cache.state = s
	return s.clone(), nil
}

// readActs reads the acts of a record.
func readActs(r *record.Writer, m *scrutin.Manifest, f scrutin.Digest) ([]Act, *scrutin.Procedure, error) {
	notes, err := r.Acts()
	if err != nil {
		return nil, nil, err
	}
	return takeActs(m, f, notes)
}

// takeActs judges signed acts, in their order.
func takeActs(m *scrutin.Manifest, f scrutin.Digest, notes [][]byte) (acts []Act, p *scrutin.Procedure, err error) {
	p = scrutin.NewProcedure(m, f)
	for _, data := range notes {
		a, text, err := scrutin.ReadAct(data)
		if err != nil {
			return nil, nil, err
		}
		path := record.Next(p, a.Type)
		if err := p.Apply(data); err != nil {
			return nil, nil, err
		}
		acts = append(acts, Act{a, text, path, data})
	}
	return acts, p, nil
}

// State is where the bureau stands now. It belongs to who asked.
func (o *Office) State(ctx context.Context) (*State, error) {
	if err := o.journal.Refresh(ctx); err != nil {
		return nil, err
	}
	s, err := o.fold(o.journal.Entries(0))
	if err != nil {
		return nil, err
	}
	if m := s.Open(); m != nil {
		if err := s.stale(m, o.Config.Journal.Now()); err != nil {
			m.Outcome, m.Why = Lapsed, err
			return s, nil
		}
		lacking, err := o.disagreement(ctx, s, m)
		if err != nil {
			return nil, err
		}
		if lacking != nil && m.Outcome == Enough {
			m.Outcome, m.Why = Pending, lacking
		}
	}
	return s, nil
}

// admit judges a statement behind all entries before it, and a motion by what the record holds.
func (o *Office) admit(before []*journal.Entry, e *journal.Entry) error {
	s, err := o.fold(before)
	if err != nil {
		return err
	}
	if err := s.Admit(e); err != nil {
		return err
	}
	if m, ok := e.Statement.Body.(journal.Motion); ok {
		if err := s.tells(&m.Act, before); err != nil {
			return err
		}
		return s.holds(&m.Act)
	}
	return nil
}

// Submit takes a member's signed statement.
func (o *Office) Submit(ctx context.Context, data []byte) (*journal.Entry, error) {
	if err := o.settle(ctx); err != nil {
		return nil, err
	}
	e, err := o.journal.Add(ctx, data)
	if err != nil {
		return nil, err
	}
	return e, o.settle(ctx)
}

// Say enters a statement of the service, in the session that is open.
func (o *Office) Say(ctx context.Context, body journal.Body) (*journal.Entry, error) {
	s, err := o.State(ctx)
	if err != nil {
		return nil, err
	}
	return o.journal.Say(ctx, s.Session.Number, body)
}

// Draft is the act that a motion of this kind would propose now, with what a member gives, and filled in: what it must adopt, as the record
// holds it, and what is found, as roll and urn tell, which the journal keeps. It says at once why the act cannot be.
func (o *Office) Draft(ctx context.Context, kind string, given scrutin.ActBody) (*scrutin.Act, error) {
	s, err := o.State(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.Procedure.Judge(&scrutin.Act{Type: kind}, nil); errors.Is(err, scrutin.RuleOrder) {
		return nil, err
	}
	if slices.Contains([]string{scrutin.ActOpen, scrutin.ActClose, scrutin.ActSeal}, kind) && o.Figures != nil {
		found, err := o.Figures(ctx)
		if err != nil {
			return nil, err
		}
		if _, err := o.Say(ctx, journal.Turnout{Urns: found}); err != nil {
			return nil, err
		}
		if s, err = o.State(ctx); err != nil {
			return nil, err
		}
	}
	if slices.Contains(joint, kind) {
		if _, unknown := o.touched(s); unknown != nil {
			return nil, unknown
		}
	}
	now := o.Config.Journal.Now()
	if lacks := s.Lacks(kind, now); len(lacks) > 0 && !(given.Reason != "" && Surmountable(lacks[0]) || errors.Is(lacks[0], RuleOpinion) && given.Opinion != "") {
		return nil, lacks[0]
	}
	if kind == scrutin.ActMinutes && len(given.Adopts) == 0 && len(s.Drawn) > 0 {
		given.Adopts = s.minutesOf(o.journal.Entries(0))
	}
	body, err := s.fill(kind, given)
	if err != nil {
		return nil, err
	}
	a := s.Procedure.Draft(kind, scrutin.TimeOf(now), s.Session.Number, s.Session.Present, *body)
	a.Record = a.Kind()
	if err := s.tells(a, o.journal.Entries(0)); err != nil {
		return nil, err
	}
	return a, s.proposes(journal.Motion{Act: *a}, now)
}

// Together drafts the same act for several scrutins, one motion each.
func Together(ctx context.Context, offices []*Office, kind string, given scrutin.ActBody) ([]*scrutin.Act, error) {
	acts := make([]*scrutin.Act, len(offices))
	for i, o := range offices {
		var err error
		if acts[i], err = o.Draft(ctx, kind, given); err != nil {
			return nil, fmt.Errorf("%s: %w", o.Config.Journal.Manifest.Scrutin.Title, err)
		}
	}
	return acts, nil
}

// Adopt writes the act of the motion before the session, if its voices suffice, asked for by a member present. Asked again it answers the same. Of
// several processes one writes an act at a time, and finds what the others have written.
func (o *Office) Adopt(ctx context.Context, member string, name scrutin.Digest) error {
	if err := o.Record.Alone(func() error { return o.write(ctx, member, name) }); err != nil {
		return err
	}
	return o.settle(ctx)
}

// write puts the act of a motion in the record. It is alone with it.
func (o *Office) write(ctx context.Context, member string, name scrutin.Digest) error {
	s, err := o.State(ctx)
	if err != nil {
		return err
	}
	m, ok := s.Motion(name)
	switch {
	case !slices.Contains(s.Session.Present, member):
		return s.refuse(RuleOffice, []string{member}, "%s is not present: take your place first", member)
	case !ok:
		return s.refuse(RuleMotion, nil, "this motion is not before the session")
	case m.Outcome == Adopted:
		return nil
	case m.Outcome != Enough:
		return m.Why
	}
	data := signedNote(m.Text, m.Lines...)
	next := *s.Procedure
	if err := next.Apply(data); err != nil {
		return err
	}
	return o.Record.WriteAct(m.Act.Seq, record.Next(s.Procedure, m.Act.Type), data)
}

// settle enters what has become of motions, where the journal does not say it yet.
func (o *Office) settle(ctx context.Context) error {
	s, err := o.State(ctx)
	if err != nil || o.Config.Journal.Signer == nil {
		return err
	}
	for _, m := range s.Motions {
		var body journal.Body
		switch {
		case m.Said || m.Outcome == Pending || m.Outcome == Enough:
			continue
		case m.Outcome == Adopted:
			body = journal.Adopted{Motion: m.Name, Path: s.written[m.Name]}
		default:
			body = journal.Lapsed{Motion: m.Name, Reason: reason(m.Why)}
		}
		if _, err := o.journal.Say(ctx, s.Session.Number, body); err != nil && !errors.Is(err, RuleRegister) {
			return err
		}
	}
	return nil
}

// reason is why a motion has lapsed, in French, as the minutes say it.
func reason(why error) string {
	if said, ok := why.(interface{ Sentence(string) string }); ok {
		return said.Sentence("fr")
	}
	return "elle ne peut plus être adoptée"
}

// joint lists the acts that touch the scrutins of other bureaux.
var joint = []string{scrutin.ActSuspend, scrutin.ActResume, scrutin.ActExtend, scrutin.ActStop, scrutin.ActUpdate}

// disagreement is which president of another bureau has not agreed with a motion that touches his scrutin; nil if none.
func (o *Office) disagreement(ctx context.Context, s *State, m *Motion) (*Refusal, error) {
	if !slices.Contains(joint, m.Act.Type) {
		return nil, nil
	}
	touched, unknown := o.touched(s)
	if unknown != nil {
		return unknown, nil
	}
	for _, other := range touched {
		if err := other.journal.Refresh(ctx); err != nil {
			return nil, err
		}
		t, err := other.fold(other.journal.Entries(0))
		if err != nil {
			return nil, err
		}
		agreed := slices.ContainsFunc(t.Waiting, func(a Agreed) bool {
			return a.Motion == m.Name && a.Scrutin == s.fingerprint && slices.Contains(t.withRole(scrutin.President), a.By)
		})
		if t.Procedure.Ended() || agreed || sameChair(s.manifest, t.manifest) {
			continue
		}
		return s.refuse(RuleAgreement, t.withRole(scrutin.President), "it touches the scrutin %q, whose president has not agreed: both decide together", t.manifest.Scrutin.Title), nil
	}
	return nil, nil
}

// touched are the offices of the manifest's companions, or why one of their presidents cannot be heard.
func (o *Office) touched(s *State) (all []*Office, unknown *Refusal) {
	for _, f := range s.manifest.Companions {
		i := slices.IndexFunc(o.Touched, func(other *Office) bool { return other.Config.Journal.Fingerprint == f })
		if i < 0 {
			return nil, s.refuse(RuleAgreement, nil, "it touches the scrutin %s, whose bureau is not known here: give its record in the configuration (companions), and keep both journals in one database", f)
		}
		all = append(all, o.Touched[i])
	}
	return all, nil
}

// sameChair says whether two bureaux have one president, by his key.
func sameChair(a, b *scrutin.Manifest) bool {
	key := func(m *scrutin.Manifest) (k [32]byte) {
		for _, x := range m.Bureau.Members {
			if x.Role == scrutin.President && x.Rank == scrutin.Titular {
				k = x.Verifier().PublicKey()
			}
		}
		return k
	}
	return key(a) != [32]byte{} && key(a) == key(b)
}

// stale says why a motion that could be adopted when it was made cannot be any more: its time has passed, a share came which it does not adopt, or a
// message by which the ceremony is another.
func (s *State) stale(m *Motion, now time.Time) error {
	if m.Act.Type == scrutin.ActCeremony && s.holds(m.Act) != nil {
		return s.refuse(RuleFigures, nil, "a message has come since it was proposed, and the ceremony is another")
	}
	if m.Act.Type == scrutin.ActDecrypt && s.record != nil && len(s.parts(m.Act.Type)) != len(m.Act.Body.Adopts) {
		return s.refuse(RuleFigures, nil, "a holder has brought shares since it was proposed")
	}
	a := *m.Act
	a.Time = scrutin.TimeOf(now)
	if err := s.Procedure.Judge(&a, s.signers()); errors.Is(err, scrutin.RuleTime) {
		return s.refuse(RuleLate, nil, "it cannot be adopted any more: %s", err)
	}
	return nil
}
