package scrutin

import (
	"slices"
	"time"

	"isoloir/scrutin/note"
)

// A Procedure is the state of a scrutin after its acts so far: what the bureau has
// adopted, and so what may come next. The same rules hold for who writes the acts
// and for who audits them.
type Procedure struct {
	manifest    *Manifest
	fingerprint Digest
	seq         int
	last        Digest // digest of the last act's text
	lastTime    Time
	session     int
	phase       phase
	suspended   bool
	close       Time // the end of voting, as extended
	after       aftermath

	Ceremony      Digest
	Excluded      []Exclusion
	Rehearsals    []Adopted
	Enrolment     []Digest // of the issuers' statements, in the manifest's order
	Anonymisation []Digest // of the mixers'
	Waived        []string // members whose seat opens without a fragment
	Opening       Digest   // o
	Addenda       []Adopted
	Authorities   []Adopted   // further certificates of timestamp authorities
	Amendments    [][]Adopted // of the roll, each by its notes, in their order
	Updates       []Update
	Appended      []Adopted
	Withdrawals   []Adopted // of deputies
	UrnSeals      []Digest  // of the urns' last checkpoints, in the manifest's order
	RollSeals     []Digest  // of the roll's statements; none in a scrutin of accounts
	Found         []Finding
	Seal          Digest // S
	Cells         []Cell // known from the act seal on
	Allowed       []string
	Mixes         []Digest
	Decided       []Adopted // minutes of votes on paper, then what members have decided alone, where they decide with the citizens
	Mixing        Digest    // M, the hash of the act mix
	Shares        []Adopted
	Result        Digest
	Minutes       []Adopted // the minutes and the journal's head
	Archive       Digest
}

// A phase is the last step that the procedure has taken.
type phase int

const (
	phaseSame phase = iota - 1 // in moves: the act leaves the phase as it is
	phaseNone
	phaseConstituted
	phaseCeremony
	phaseRehearsed
	phaseEnrolled
	phaseAnonymised
	phaseOpen
	phaseClosed
	phaseSealed
	phaseMixed
	phaseDecrypted
	phaseProclaimed
	phaseStopped  // nothing is counted
	phaseAnnulled // before the proclamation: nothing is counted
)

// moves lists, for each type of act, the phases in which it is allowed and the
// phase after it. Suspension is a state of phaseOpen, seen in order.
var moves = map[string]struct {
	from []phase
	to   phase
}{
	ActConstitute: {[]phase{phaseNone}, phaseConstituted},
	ActCeremony:   {[]phase{phaseConstituted}, phaseCeremony},
	ActRehearse:   {[]phase{phaseCeremony, phaseRehearsed}, phaseRehearsed},
	ActEnrol:      {[]phase{phaseRehearsed}, phaseEnrolled},
	ActAnonymise:  {[]phase{phaseEnrolled}, phaseAnonymised},
	ActWaive:      {[]phase{phaseConstituted, phaseCeremony, phaseRehearsed, phaseEnrolled, phaseAnonymised}, phaseSame},
	ActOpen:       {[]phase{phaseAnonymised}, phaseOpen},
	ActSuspend:    {[]phase{phaseOpen}, phaseOpen},
	ActResume:     {[]phase{phaseOpen}, phaseOpen},
	ActExtend:     {[]phase{phaseOpen}, phaseOpen},
	ActAddendum:   {[]phase{phaseOpen}, phaseOpen},
	ActUpdate:     {[]phase{phaseOpen}, phaseOpen},
	ActStop:       {[]phase{phaseOpen}, phaseStopped},
	ActClose:      {[]phase{phaseOpen}, phaseClosed},
	ActAppend:     {[]phase{phaseClosed}, phaseClosed},
	ActWithdraw:   {[]phase{phaseOpen, phaseClosed}, phaseSame},
	ActSeal:       {[]phase{phaseClosed}, phaseSealed},
	ActOpenSmall:  {[]phase{phaseSealed}, phaseSealed},
	ActMix:        {[]phase{phaseSealed}, phaseMixed},
	ActDecrypt:    {[]phase{phaseMixed}, phaseDecrypted},
	ActProclaim:   {[]phase{phaseDecrypted}, phaseProclaimed},
	ActAnnul: {[]phase{phaseConstituted, phaseCeremony, phaseRehearsed, phaseEnrolled, phaseAnonymised, phaseOpen, phaseClosed, phaseSealed, phaseMixed, phaseDecrypted,
		phaseProclaimed, phaseStopped}, phaseSame},
	ActAuthority: {[]phase{phaseConstituted, phaseCeremony, phaseRehearsed, phaseEnrolled, phaseAnonymised, phaseOpen, phaseClosed, phaseSealed, phaseMixed, phaseDecrypted},
		phaseSame},
	ActMinutes: {ended, phaseSame},
	ActArchive: {ended, phaseSame},
	ActHold:    {ended, phaseSame},
	ActRelease: {ended, phaseSame},
	ActDestroy: {ended, phaseSame},
}

// NewProcedure returns the procedure of a manifest before its first act.
func NewProcedure(m *Manifest, f Digest) *Procedure {
	return &Procedure{manifest: m, fingerprint: f, close: m.Schedule.Close}
}

// VerifyActs reads the acts of a scrutin, signed notes in the order of their
// numbers, and returns the procedure after them. The error is an *ActError. What
// the acts adopt is for the caller to compare with the records themselves.
func VerifyActs(m *Manifest, f Digest, notes [][]byte) (*Procedure, error) {
	p := NewProcedure(m, f)
	for _, n := range notes {
		if err := p.Apply(n); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Seq is the number of acts so far.
func (p *Procedure) Seq() int { return p.seq }

// Last is the digest of the last act's text, zero before the first.
func (p *Procedure) Last() Digest { return p.last }

// Session is the number of the session of the last act, zero before the first.
func (p *Procedure) Session() int { return p.session }

// Closes is the end of voting, as extended.
func (p *Procedure) Closes() Time { return p.close }

// Ends is the end of voting, as extended, with the time of grace.
func (p *Procedure) Ends() time.Time { return p.manifest.Schedule.Ends(p.close) }

// Voting says whether the vote is open and not suspended.
func (p *Procedure) Voting() bool { return p.phase == phaseOpen && !p.suspended }

// Proclaimed says whether the bureau has proclaimed the result, which it may have
// annulled since.
func (p *Procedure) Proclaimed() bool { return p.phase == phaseProclaimed }

// Next returns the types of act that can follow, as far as order decides.
func (p *Procedure) Next() []string {
	var out []string
	for kind := range moves {
		if p.order(kind) == nil {
			out = append(out, kind)
		}
	}
	slices.Sort(out)
	return out
}

// Constitutes lists what the act constitute adopts: the manifest, and the standing one
// whose key it takes up.
func (p *Procedure) Constitutes() []Adopted {
	adopted := []Adopted{{"manifest.json", p.fingerprint}}
	for _, s := range p.manifest.Standing {
		adopted = append(adopted, Adopted{AdoptStanding, s.Manifest})
	}
	return adopted
}

// Draft returns the next act, ready to be signed: of this type, at this time, in a
// session, with these members present. For the act open, o is adopted by the body.
func (p *Procedure) Draft(kind string, at Time, session int, present []string, body ActBody) *Act {
	a := &Act{Head: Head{Manifest: p.fingerprint}, Opening: p.Opening, Seq: p.seq + 1, Previous: p.last,
		Type: kind, Time: at, Session: session, Present: present, Body: body}
	if kind == ActOpen && len(body.Adopts) > 0 {
		a.Opening = body.Adopts[0].SHA256
	}
	return a
}

// Apply reads the next act, verifies its signatures and every rule, and takes it
// into the procedure. After an error, an *ActError, the procedure is as before.
func (p *Procedure) Apply(data []byte) error {
	n, err := note.Open(data, p.manifest.BureauVerifiers()...)
	if err != nil {
		return p.refused("", lack(RuleSigner, "%v", err))
	}
	a, err := Parse[Act](n.Text)
	if err != nil {
		return p.refused("", lack(RuleMalformed, "%v", err))
	}
	next := *p
	if err := next.take(a, n.Signers()); err != nil {
		return p.refused(a.Type, err)
	}
	next.seq, next.last, next.lastTime, next.session = a.Seq, TextDigest(n.Text), a.Time, a.Session
	if a.Type == ActSeal {
		next.Seal = next.last
	}
	if a.Type == ActMix {
		next.Mixing = next.last
	}
	*p = next
	return nil
}

// Judge says why this act could not be the next one if these members signed it: an
// *ActError, nil if it could. The procedure stays as it is.
func (p *Procedure) Judge(a *Act, signers []string) error {
	next := *p
	if err := next.take(a, signers); err != nil {
		return p.refused(a.Type, err)
	}
	return nil
}

func (p *Procedure) take(a *Act, signers []string) error {
	if err := p.order(a.Type); err != nil {
		return err
	}
	if err := p.chain(a); err != nil {
		return err
	}
	if err := p.clock(a); err != nil {
		return err
	}
	sitting, err := p.manifest.Sitting(a.Present)
	if err != nil {
		return err
	}
	if err := sitting.Adopted(signers); err != nil {
		return err
	}
	if err := p.body(a); err != nil {
		return err
	}
	if a.Opening != p.Opening {
		return lack(RuleScrutin, "it names the opening record %s, not %s", a.Opening, p.Opening)
	}
	p.moved(a)
	return nil
}

// order says why an act of this type cannot follow now; nil if it can.
func (p *Procedure) order(kind string) error {
	switch move := moves[kind]; {
	case p.phase == phaseStopped && !slices.Contains(move.from, p.phase):
		return lack(RuleOrder, "the vote was stopped for good: nothing is counted")
	case p.phase == phaseAnnulled && !slices.Contains(move.from, p.phase):
		return lack(RuleOrder, "the vote was annulled: nothing is counted")
	case !slices.Contains(move.from, p.phase):
		return lack(RuleOrder, "it cannot follow what the bureau has done so far: do the steps in their order, none twice")
	case kind == ActResume && !p.suspended:
		return lack(RuleOrder, "the vote is not suspended")
	case kind == ActAuthority && len(p.manifest.Timestamps) == 0:
		return lack(RuleOrder, "the manifest names no timestamp authority")
	case kind == ActEnrol && p.manifest.Scrutin.Profile == StandingKey:
		return lack(RuleOrder, "a standing manifest makes a key and holds no vote: the votes that take it up have manifests of their own")
	case kind == ActSuspend && p.suspended:
		return lack(RuleOrder, "the vote is suspended already")
	}
	return p.after.order(kind)
}

func (p *Procedure) chain(a *Act) error {
	switch {
	case a.Manifest != p.fingerprint:
		return lack(RuleScrutin, "it names the manifest %s, not %s", a.Manifest, p.fingerprint)
	case a.Seq != p.seq+1:
		return lack(RuleChain, "its number is %d where %d is next: an act is lacking or stands twice", a.Seq, p.seq+1)
	case a.Previous != p.last:
		return lack(RuleChain, "it follows an act of digest %s, the one before it has %s", a.Previous, p.last)
	case a.Session < p.session:
		return lack(RuleChain, "session %d cannot follow session %d", a.Session, p.session)
	}
	return nil
}

func (p *Procedure) clock(a *Act) error {
	if a.Time.Before(p.lastTime.Time) {
		return lack(RuleTime, "its time %s is before that of the previous act, %s", a.Time, p.lastTime)
	}
	switch a.Type {
	case ActOpen, ActExtend, ActAddendum:
		if !a.Time.Before(p.close.Time) {
			return lack(RuleTime, "at %s voting has ended (%s)", a.Time, p.close)
		}
	case ActClose:
		if end := p.Ends(); a.Time.Before(end) {
			return lack(RuleTime, "voting lasts until %s, the time of grace included", TimeOf(end))
		}
	case ActDecrypt:
		if count := p.manifest.Schedule.Count; a.Time.Before(count.Time) {
			return lack(RuleCount, "the last polling station closes at %s: the urn is opened after that", count)
		}
	case ActDestroy:
		if end := p.Retained(); a.Time.Before(end) {
			return lack(RuleRetention, "all is kept until %s: destroy nothing before", TimeOf(end))
		}
	}
	return nil
}
