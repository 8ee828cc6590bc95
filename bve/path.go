package bve

import (
	"errors"
	"slices"
	"time"

	"isoloir/bve/journal"
	"isoloir/scrutin"
)

// Standings of a step.
const (
	Done     = "done"
	Possible = "possible"
	Blocked  = "blocked" // it comes next, and something is in the way
	Later    = "later"
)

// A Step is one of the acts that take the vote from its constitution to its end.
type Step struct {
	Kind     string // of the act
	Standing string
	At       time.Time // when it was done
	Session  int       // in which
	Lacks    []error   // what blocks it, each a *Refusal or an error of package scrutin: both say a Sentence and an article
	Who      []string  // members, or parties of the manifest, who must act for it to be done
}

// path is the order of the steps that every vote takes.
var path = []string{scrutin.ActConstitute, scrutin.ActCeremony, scrutin.ActRehearse, scrutin.ActEnrol, scrutin.ActAnonymise, scrutin.ActOpen, scrutin.ActClose,
	scrutin.ActSeal, scrutin.ActMix, scrutin.ActDecrypt, scrutin.ActProclaim, scrutin.ActMinutes, scrutin.ActArchive, scrutin.ActDestroy}

// Path is where the vote stands: every step that is done, the one that comes next with all that it lacks, and those to come. A vote that is
// suspended before its end is resumed first; one that was stopped or annulled goes on with its minutes.
func (s *State) Path(now time.Time) []Step {
	steps := make([]Step, 0, len(path)+2)
	for _, kind := range path {
		if kind == scrutin.ActClose && s.suspended() && now.Before(s.Procedure.Closes().Time) {
			steps = append(steps, Step{Kind: scrutin.ActResume, Standing: Later})
		}
		if a := s.last(kind); a != nil {
			steps = append(steps, Step{Kind: kind, Standing: Done, At: a.Time.Time, Session: a.Session})
			continue
		}
		steps = append(steps, Step{Kind: kind, Standing: Later})
	}
	for _, kind := range []string{scrutin.ActStop, scrutin.ActAnnul} {
		a := s.last(kind)
		if a == nil {
			continue
		}
		steps = slices.DeleteFunc(steps, func(st Step) bool {
			return st.Standing == Later && slices.Index(path, st.Kind) < slices.Index(path, scrutin.ActMinutes)
		})
		at := slices.IndexFunc(steps, func(st Step) bool { return st.Kind == scrutin.ActMinutes })
		steps = slices.Insert(steps, at, Step{Kind: kind, Standing: Done, At: a.Time.Time, Session: a.Session})
	}
	if i := slices.IndexFunc(steps, func(st Step) bool { return st.Standing == Later }); i >= 0 {
		s.next(&steps[i], now)
	}
	return steps
}

// suspended says whether the vote is open and suspended.
func (s *State) suspended() bool { return slices.Contains(s.Procedure.Next(), scrutin.ActResume) }

// last is the last act of a type; nil if there is none.
func (s *State) last(kind string) *Act {
	for i := len(s.acts) - 1; i >= 0; i-- {
		if s.acts[i].Type == kind {
			return &s.acts[i]
		}
	}
	return nil
}

// next says of the step that comes next what it lacks and who must act.
func (s *State) next(step *Step, now time.Time) {
	step.Standing = Possible
	step.Lacks = s.Lacks(step.Kind, now)
	if len(step.Lacks) > 0 {
		step.Standing = Blocked
	}
	for _, l := range step.Lacks {
		if r, ok := l.(*Refusal); ok {
			step.Who = append(step.Who, without(r.Who, step.Who)...)
		}
	}
	if len(step.Who) == 0 {
		step.Who = s.signers()
		if m := s.Open(); m != nil && m.Act.Type == step.Kind {
			step.Who = without(step.Who, slices.Concat(m.For, m.Against, m.Abstain))
		}
	}
}

// Lacks is all that keeps those present from proposing an act of this type now; nothing if they can.
func (s *State) Lacks(kind string, now time.Time) []error {
	var out []error
	if s.Session.Number == 0 {
		out = append(out, s.refuse(RuleSession, s.openers(), "the bureau is not in session: open one first"))
	} else if err := s.quorate(); err != nil {
		out = append(out, err)
	}
	if err := s.early(kind, now); err != nil {
		out = append(out, err)
	}
	for _, r := range s.lacks(kind, nil) {
		out = append(out, r)
	}
	return out
}

// quorate says why those present cannot decide, even together.
func (s *State) quorate() error {
	sitting, err := s.manifest.Sitting(s.Session.Present)
	if err != nil {
		return err
	}
	if err := sitting.Adopted(s.signers()); err != nil {
		return s.refuse(RuleOffice, nil, "those present cannot decide: %s", err)
	}
	return nil
}

// early says until when an act of this type must wait.
func (s *State) early(kind string, now time.Time) error {
	var until time.Time
	switch kind {
	case scrutin.ActClose:
		until = s.Procedure.Ends()
	case scrutin.ActDecrypt:
		until = s.manifest.Schedule.Count.Time
	case scrutin.ActDestroy:
		until = s.Procedure.Retained()
	}
	if now.Before(until) {
		return s.refuse(RuleTime, nil, "not before %s", scrutin.TimeOf(until))
	}
	return nil
}

// heard lists the acts before which the technical committee is heard, where the manifest wants it.
var heard = []string{scrutin.ActSuspend, scrutin.ActExtend, scrutin.ActAddendum, scrutin.ActAppend, scrutin.ActUpdate, scrutin.ActStop}

// lacks is what must be on the journal before an act of this type is proposed, or before this one (nil: any).
func (s *State) lacks(kind string, a *scrutin.Act) (out []*Refusal) {
	if slices.Contains(heard, kind) && s.manifest.Addenda.Opinion || a != nil && a.Body.Opinion != "" {
		quoted := func(h Heard) bool { return h.About == kind && (a == nil || h.Text == a.Body.Opinion) }
		if !slices.ContainsFunc(s.Opinions, quoted) {
			out = append(out, s.refuse(RuleOpinion, s.advisers(), "the technical committee has given no opinion about this act, or the act does not quote it: hear it first"))
		}
	}
	if a == nil {
		out = append(out, s.missing(kind)...)
	}
	out = append(out, s.unsound(kind, a)...)
	switch kind {
	case scrutin.ActOpen:
		if unfilled := s.Procedure.Unfilled(); len(unfilled) > 0 {
			out = append(out, s.refuse(RuleSeat, unfilled, "no fragment for %s: hold the ceremony with all, or waive these seats by an act that says why", unfilled))
		}
		if _, ok := s.Rates(); !ok && len(s.manifest.Issuers) > 0 && (a == nil || a.Body.Reason == "") {
			out = append(out, s.refuse(RuleDelivery, s.issuers(), "the codes were not delivered well enough, or nobody said how: send them again, or open with a reason"))
		}
	case scrutin.ActClose, scrutin.ActSeal:
		if len(s.Repairs) > 0 && (a == nil || a.Body.Reason == "") {
			out = append(out, s.refuse(RuleRegister, nil, "the intervention %q has not ended: wait for it, or go on with a reason", s.Repairs[0].Ticket))
		}
		if kind == scrutin.ActClose && (a == nil || a.Body.Reason == "") {
			for _, m := range s.untested() {
				out = append(out, s.refuse(RuleRegister, []string{m.Holder}, "the medium %q, with %s, was not tested since the vote was opened: have it open the test text (trustee test) and enter that, or go on with a reason", m.Medium, s.called(m.Holder)))
			}
		}
	case scrutin.ActMix:
		for _, c := range s.Procedure.Cells {
			if s.manifest.Accounts() == nil && c.Small(s.manifest.MinimumSize) && !slices.Contains(s.Procedure.Allowed, c.Name) {
				out = append(out, s.refuse(RuleSmall, nil, "cell %s holds %d ballots, fewer than %d: decide first by an act whether it is opened", c.Name, c.Ballots, s.manifest.MinimumSize))
			}
		}
	case scrutin.ActArchive:
		for _, m := range s.Missing() {
			out = append(out, s.refuse(RuleCustody, []string{m.Holder}, "the medium %q, with %s, was taken out and not seen since: show it, or declare it lost", m.Medium, s.called(m.Holder)))
		}
	}
	return out
}

// Surmountable says whether an act that gives a reason goes on in spite of what an error says: codes that did not arrive, a system that was not found
// well, an intervention that nobody ended, a medium that nobody has tested again.
func Surmountable(err error) bool {
	return errors.Is(err, RuleDelivery) || errors.Is(err, RuleIntegrity) || errors.Is(err, RuleRegister)
}

// unsound is what speaks against opening or sealing the urns: an alert that stands, or no integrity check that found all well since the close. An act
// that gives a reason goes on in spite of it.
func (s *State) unsound(kind string, a *scrutin.Act) (out []*Refusal) {
	if kind != scrutin.ActOpen && kind != scrutin.ActSeal || a != nil && a.Body.Reason != "" {
		return nil
	}
	for _, alert := range s.Alerts {
		if alert.Severity == journal.Critical {
			out = append(out, s.refuse(RuleIntegrity, nil, "the alert %s stands: see to it, or go on with a reason", standingAlert(alert.Alert)))
		}
	}
	if closed := s.last(scrutin.ActClose); kind == scrutin.ActSeal && closed != nil &&
		(s.Checked == nil || s.Checked.At.Before(closed.Time.Time) || s.Checked.Verdict != journal.Well) {
		out = append(out, s.refuse(RuleIntegrity, nil, "no integrity check has found all well since the close: ask for one, or go on with a reason"))
	}
	return out
}

func (s *State) issuers() (ids []string) {
	for _, i := range s.manifest.Issuers {
		ids = append(ids, i.ID)
	}
	return ids
}
