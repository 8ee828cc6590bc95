package scrutin

import (
	"slices"
	"time"
)

// ended lists the phases in which nothing can be counted any more: the bureau has
// proclaimed the result, or stopped or annulled the vote.
var ended = []phase{phaseProclaimed, phaseStopped, phaseAnnulled}

// An Update is a change of the services' program in an emergency.
type Update struct{ Old, New Digest }

// aftermath is what the acts after the end of the procedure have decided.
type aftermath struct {
	void      string // why the result is void; empty if it is not
	minutes   bool   // signed
	archived  Time   // zero before the act archive
	held      bool
	destroyed bool
}

// order says why an act of this type cannot follow what was decided after the end;
// nil if it can.
func (a *aftermath) order(kind string) error {
	switch {
	case a.destroyed:
		return lack(RuleOrder, "what was kept is destroyed: nothing follows")
	case kind == ActAnnul && a.void != "":
		return lack(RuleOrder, "the result is void already")
	case kind == ActMinutes && a.minutes:
		return lack(RuleOrder, "the minutes are signed already: what comes later is annexed")
	case kind == ActArchive && !a.minutes:
		return lack(RuleOrder, "the minutes are not signed: do that first")
	case kind == ActArchive && !a.archived.IsZero():
		return lack(RuleOrder, "the archive is under seal already")
	case kind == ActHold && a.held:
		return lack(RuleOrder, "a legal hold stands already")
	case kind == ActRelease && !a.held:
		return lack(RuleOrder, "no legal hold stands")
	case kind == ActDestroy && a.archived.IsZero():
		return lack(RuleOrder, "nothing was put under seal: archive first")
	}
	return nil
}

// moved takes the procedure into the phase after an act.
func (p *Procedure) moved(a *Act) {
	to := moves[a.Type].to
	switch {
	case a.Type == ActAnnul && p.phase == phaseProclaimed:
		p.after.void = a.Body.Reason
	case a.Type == ActAnnul:
		p.phase = phaseAnnulled
	case a.Type == ActMinutes:
		p.after.minutes = true
	case a.Type == ActArchive:
		p.after.archived = a.Time
	case a.Type == ActHold, a.Type == ActRelease:
		p.after.held = a.Type == ActHold
	case a.Type == ActDestroy:
		p.after.destroyed = true
	case to != phaseSame:
		p.phase = to
	}
}

// Ended says whether nothing can be counted any more: the result is proclaimed, or
// the vote was stopped or annulled.
func (p *Procedure) Ended() bool { return slices.Contains(ended, p.phase) }

// Stopped says whether the bureau ended the vote for good before its close.
func (p *Procedure) Stopped() bool { return p.phase == phaseStopped }

// Annulled says whether the bureau annulled the vote: before its proclamation, or
// the result since.
func (p *Procedure) Annulled() bool { return p.phase == phaseAnnulled || p.after.void != "" }

// Void is why a proclaimed result is void; empty if it is not.
func (p *Procedure) Void() string { return p.after.void }

// Held says whether a legal hold forbids to destroy anything.
func (p *Procedure) Held() bool { return p.after.held }

// Destroyed says whether what was kept has been destroyed.
func (p *Procedure) Destroyed() bool { return p.after.destroyed }

// Beside says whether an act of this type would now stand in after/, beside the
// sealed export, and not in it.
func (p *Procedure) Beside(kind string) bool {
	return p.phase == phaseProclaimed || slices.Contains([]string{ActMinutes, ActArchive, ActHold, ActRelease, ActDestroy}, kind)
}

// Retained is the instant until which everything is kept: by the profile, from the
// act archive on. Zero before that act.
func (p *Procedure) Retained() time.Time {
	if p.after.archived.IsZero() {
		return time.Time{}
	}
	return p.manifest.Retained(p.after.archived)
}

// Retained is the instant until which is kept what was put under seal at an instant:
// the end of the last day of the profile's retention, legal time. It is two years in
// the public service (CGFP, R. 211-580); the ten days in which a vote abroad can be
// contested (code électoral, L.O. 180; loi 2013-659, art. 30); the fifteen days of a
// works council (code du travail, R. 2314-24); and the two months of the
// administrative judge else. A case before a judge is a legal hold.
func (m *Manifest) Retained(sealed Time) time.Time {
	years, months, days := 0, 2, 0
	switch m.Scrutin.Profile {
	case PublicService:
		years, months = 2, 0
	case FrenchAbroad:
		months, days = 0, 10
	case WorksCouncil:
		months, days = 0, 15
	}
	zone, err := time.LoadLocation(m.Schedule.Zone)
	if err != nil {
		zone = time.UTC
	}
	day := sealed.In(zone)
	return time.Date(day.Year()+years, day.Month()+time.Month(months), day.Day()+days+1, 0, 0, 0, 0, zone)
}

// Seats returns the members who must hold a fragment when the vote opens, or be
// waived by act: the titulars with deliberative voice, abroad their substitutes too
// (décret 2009-525, art. 18), and whomever the manifest names as a holder.
func (m *Manifest) Seats() []string {
	var out []string
	for _, b := range m.Bureau.Members {
		_, holder := m.Holder(b.ID)
		if holder || b.Voice == Deliberative && (b.Rank == Titular || m.Scrutin.Profile == FrenchAbroad) {
			out = append(out, b.ID)
		}
	}
	return out
}

// Unfilled returns the seats that have no fragment and were not waived, in the
// manifest's order.
func (p *Procedure) Unfilled() []string {
	return slices.DeleteFunc(p.manifest.Seats(), func(id string) bool {
		_, holder := p.manifest.Holder(id)
		excluded := slices.ContainsFunc(p.Excluded, func(e Exclusion) bool { return e.Holder == id })
		return holder && !excluded || slices.Contains(p.Waived, id)
	})
}

func (p *Procedure) waived(b *ActBody) error {
	if len(b.Waives) == 0 || b.Reason == "" {
		return lack(RuleBody, "it names no seat, or gives no reason")
	}
	unfilled, last := p.Unfilled(), -1
	for _, id := range b.Waives {
		i := slices.Index(unfilled, id)
		if i <= last {
			return lack(RuleBody, "%s has no seat without a fragment, or is not named in the manifest's order", id)
		}
		last = i
	}
	p.Waived = slices.Concat(p.Waived, b.Waives)
	return nil
}

// updated requires the digest of the program in use and that of the new one.
func (p *Procedure) updated(b *ActBody) error {
	paths := func(list []Adopted) bool { return len(list) == 1 && list[0].Path == AdoptSoftware }
	if !paths(b.Adopts) || !paths(b.Replaces) || b.Adopts[0] == b.Replaces[0] {
		return lack(RuleBody, "an update changes %q and says its old and its new digest", AdoptSoftware)
	}
	if n := len(p.Updates); n > 0 && p.Updates[n-1].New != b.Replaces[0].SHA256 {
		return lack(RuleBody, "it replaces a program of digest %s, the last update brought %s", b.Replaces[0].SHA256, p.Updates[n-1].New)
	}
	p.Updates = append(slices.Clip(p.Updates), Update{b.Replaces[0].SHA256, b.Adopts[0].SHA256})
	return p.addendum(b, "update")
}

// ends requires a reason and, where the manifest asks for it, the technical
// committee's opinion. No manifest takes from the bureau the right to stop.
func (p *Procedure) ends(b *ActBody) error {
	switch {
	case b.Reason == "":
		return lack(RuleBody, "it gives no reason")
	case p.manifest.Addenda.Opinion && b.Opinion == "":
		return lack(RuleOpinion, "the technical committee's opinion is not recorded: hear it first")
	}
	return nil
}

// reasoned requires a reason.
func reasoned(_ *Procedure, b *ActBody) error {
	if b.Reason == "" {
		return lack(RuleBody, "it gives no reason")
	}
	return nil
}

// bodiesAfter is bodies for the acts that follow the end.
var bodiesAfter = map[string]func(p *Procedure, b *ActBody) error{
	ActMinutes: func(p *Procedure, b *ActBody) error {
		_, err := adoptsPaths(b, AdoptMinutes, AdoptJournal)
		p.Minutes = b.Adopts
		return err
	},
	ActArchive: func(p *Procedure, b *ActBody) error {
		d, err := adoptsPaths(b, AdoptArchive)
		if err == nil {
			p.Archive = d[0]
		}
		return err
	},
	ActHold:    reasoned,
	ActRelease: reasoned,
	ActDestroy: func(p *Procedure, b *ActBody) error {
		if p.after.held {
			return lack(RuleHold, "a legal hold stands: destroy nothing before it is released")
		}
		_, err := adoptsPaths(b, AdoptDestroyed)
		return err
	},
}
