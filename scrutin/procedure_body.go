package scrutin

import (
	"slices"
	"strconv"
	"strings"
)

// bodies says what each type of act fixes, and takes it into the procedure.
var bodies = map[string]func(p *Procedure, b *ActBody) error{
	ActConstitute: func(p *Procedure, b *ActBody) error {
		return adopts(b, p.Constitutes()...)
	},
	ActCeremony: func(p *Procedure, b *ActBody) error {
		d, err := adoptsPaths(b, AdoptCeremony)
		if err != nil {
			return err
		}
		if s := p.manifest.Standing; len(s) > 0 && d[0] != s[0].Ceremony {
			return lack(RuleBody, "it adopts the ceremony %s, the manifest takes up %s", d[0], s[0].Ceremony)
		}
		p.Ceremony, p.Excluded = d[0], b.Excluded
		return p.excluded()
	},
	ActRehearse: func(p *Procedure, b *ActBody) error {
		if len(b.Adopts) == 0 {
			return lack(RuleBody, "it adopts no rehearsal")
		}
		for i, a := range b.Adopts {
			if !strings.HasPrefix(a.Path, "ceremony/") || !strings.Contains(a.Path, "/rehearsal-") || i > 0 && a.Path <= b.Adopts[i-1].Path {
				return lack(RuleBody, "%s is no rehearsal, or not in ascending order", a.Path)
			}
		}
		p.Rehearsals = slices.Concat(p.Rehearsals, b.Adopts)
		return nil
	},
	ActEnrol: func(p *Procedure, b *ActBody) (err error) {
		var paths []string
		for _, id := range p.manifest.Enrollers() {
			paths = append(paths, "enrolment/"+id+".note")
		}
		if p.Enrolment, err = adoptsPaths(b, paths...); err != nil {
			return err
		}
		if a := p.manifest.Accounts(); a != nil && p.Enrolment[0] != a.Snapshot {
			return lack(RuleBody, "it adopts the snapshot %s, the manifest names %s", p.Enrolment[0], a.Snapshot)
		}
		return nil
	},
	ActAnonymise: func(p *Procedure, b *ActBody) (err error) {
		p.Anonymisation, err = adoptsPaths(b, p.stages("anonymisation")...)
		return err
	},
	ActOpen: func(p *Procedure, b *ActBody) error {
		d, err := adoptsPaths(b, "opening.note")
		if err != nil {
			return err
		}
		p.Opening = d[0]
		if unfilled := p.Unfilled(); len(unfilled) > 0 {
			return lack(RuleSeat, "no fragment for %s: hold the ceremony with all, or waive these seats by an act that says why", strings.Join(unfilled, ", "))
		}
		for _, f := range b.Found {
			if f.Marks != 0 || f.Ballots != 0 {
				return lack(RuleEmptyUrn, "urn %s holds %d ballots and the roll %d marks before the opening", f.Urn, f.Ballots, f.Marks)
			}
		}
		return p.found(b)
	},
	ActSuspend: func(p *Procedure, b *ActBody) error {
		p.suspended = true
		return p.addendum(b, "suspend")
	},
	ActResume: func(p *Procedure, b *ActBody) error {
		p.suspended = false
		return nil
	},
	ActExtend: func(p *Procedure, b *ActBody) error {
		if !b.Close.After(p.close.Time) {
			return lack(RuleTime, "the new end of voting %q is not after the present one, %s", b.Close, p.close)
		}
		p.close = b.Close
		return p.addendum(b, "extend")
	},
	ActAddendum: func(p *Procedure, b *ActBody) error {
		p.Addenda = slices.Concat(p.Addenda, b.Adopts)
		if _, err := adoptsPaths(b, AdoptClient); err == nil {
			return p.addendum(b, "client")
		}
		return p.amended(b)
	},
	ActWaive:  (*Procedure).waived,
	ActUpdate: (*Procedure).updated,
	ActStop:   (*Procedure).ends,
	ActAnnul:  reasoned,
	ActClose:  func(p *Procedure, b *ActBody) error { return p.found(b) },
	ActAppend: func(p *Procedure, b *ActBody) error {
		if len(b.Adopts) == 0 {
			return lack(RuleBody, "it adopts no ballot")
		}
		named := make(map[Adopted]bool, len(p.Appended)+len(b.Adopts))
		for _, a := range p.Appended {
			named[a] = true
		}
		for _, a := range b.Adopts {
			urn, ok := strings.CutPrefix(a.Path, "log/")
			if _, known := p.manifest.Urn(urn); !ok || !known || named[a] {
				return lack(RuleBody, "it adopts a ballot under %q: write log/ and the urn's name, each ballot once", a.Path)
			}
			named[a] = true
		}
		p.Appended = slices.Concat(p.Appended, b.Adopts)
		return p.addendum(b, "append")
	},
	ActWithdraw:  func(p *Procedure, b *ActBody) error { return p.withdraw(b) },
	ActAuthority: (*Procedure).authorised,
	ActSeal:      func(p *Procedure, b *ActBody) error { return p.sealed(b) },
	ActOpenSmall: func(p *Procedure, b *ActBody) error {
		if len(b.Cells) == 0 || b.Reason == "" {
			return lack(RuleBody, "it names no cell, or gives no reason")
		}
		for _, name := range b.Cells {
			if !slices.ContainsFunc(p.Cells, func(c Cell) bool { return c.Name == name && c.Small(p.manifest.MinimumSize) }) || slices.Contains(p.Allowed, name) {
				return lack(RuleSmallCell, "%s is no cell that holds fewer than %d ballots, or was named before", name, p.manifest.MinimumSize)
			}
			p.Allowed = slices.Concat(p.Allowed, []string{name})
		}
		return nil
	},
	ActMix: func(p *Procedure, b *ActBody) error {
		digests, err := adoptsPaths(b, slices.Concat(p.stages("mix"), p.manifest.decided(b))...)
		if err != nil {
			return err
		}
		mixers := len(p.manifest.Mixers)
		p.Mixes, p.Decided = digests[:mixers], b.Adopts[mixers:]
		for _, c := range p.Cells {
			if p.manifest.Accounts() == nil && c.Small(p.manifest.MinimumSize) && !slices.Contains(p.Allowed, c.Name) {
				return lack(RuleSmallCell, "cell %s holds %d ballots, fewer than %d, and no act allows to open it: decide that first", c.Name, c.Ballots, p.manifest.MinimumSize)
			}
		}
		return nil
	},
	ActDecrypt: func(p *Procedure, b *ActBody) error { return p.decrypted(b) },
	ActProclaim: func(p *Procedure, b *ActBody) error {
		d, err := adoptsPaths(b, "result.note")
		if err != nil {
			return err
		}
		p.Result = d[0]
		return nil
	},
}

// uses lists the parts of the body, beside the reason, that a type of act may fill.
var uses = map[string][]string{
	ActWaive: {"waives"}, ActUpdate: {"adopts", "replaces", "opinion"}, ActStop: {"opinion"}, ActAnnul: {"opinion"},
	ActAuthority: {"adopts"}, ActMinutes: {"adopts"}, ActArchive: {"adopts"}, ActDestroy: {"adopts"},
	ActConstitute: {"adopts"}, ActCeremony: {"adopts", "excluded"}, ActRehearse: {"adopts"}, ActEnrol: {"adopts"},
	ActAnonymise: {"adopts"}, ActOpen: {"adopts", "found"}, ActSuspend: {"opinion"}, ActResume: {"opinion"},
	ActExtend: {"close", "opinion"}, ActAddendum: {"adopts", "opinion"}, ActClose: {"found"}, ActAppend: {"adopts", "opinion"},
	ActWithdraw: {"adopts"}, ActSeal: {"adopts", "found"}, ActOpenSmall: {"cells"}, ActMix: {"adopts"}, ActDecrypt: {"adopts"}, ActProclaim: {"adopts"},
}

func (p *Procedure) body(a *Act) error {
	b := &a.Body
	for part, empty := range map[string]bool{"adopts": len(b.Adopts) == 0, "replaces": len(b.Replaces) == 0, "waives": len(b.Waives) == 0, "excluded": len(b.Excluded) == 0, "found": len(b.Found) == 0,
		"cells": len(b.Cells) == 0, "close": b.Close.IsZero(), "opinion": b.Opinion == ""} {
		if !empty && !slices.Contains(uses[a.Type], part) {
			return lack(RuleBody, "an act of this type fixes no %q: leave it empty", part)
		}
	}
	if rule, ok := bodies[a.Type]; ok {
		return rule(p, b)
	}
	return bodiesAfter[a.Type](p, b)
}

// adopts requires exactly these records.
func adopts(b *ActBody, want ...Adopted) error {
	if !slices.Equal(b.Adopts, want) {
		return lack(RuleBody, "it does not adopt exactly %v", want)
	}
	return nil
}

// adoptsPaths requires exactly these paths in their order, and returns the digests.
func adoptsPaths(b *ActBody, paths ...string) ([]Digest, error) {
	digests := make([]Digest, len(b.Adopts))
	got := make([]string, len(b.Adopts))
	for i, a := range b.Adopts {
		got[i], digests[i] = a.Path, a.SHA256
	}
	if !slices.Equal(got, paths) {
		return nil, lack(RuleBody, "it adopts %s where %s are expected, in this order", strings.Join(got, ", "), strings.Join(paths, ", "))
	}
	return digests, nil
}

func (p *Procedure) stages(dir string) []string {
	paths := make([]string, len(p.manifest.Mixers))
	for i := range paths {
		paths[i] = dir + "/" + strconv.Itoa(i+1) + ".note"
	}
	return paths
}

// addendum requires that the manifest allows it, a reason, and the committee's
// opinion where the manifest asks for it.
func (p *Procedure) addendum(b *ActBody, kind string) error {
	rules := p.manifest.Addenda
	switch {
	case !slices.Contains(rules.Allowed, kind):
		return lack(RuleAddendum, "the manifest does not allow %q", kind)
	case b.Reason == "":
		return lack(RuleBody, "it gives no reason")
	case rules.Opinion && b.Opinion == "":
		return lack(RuleOpinion, "the technical committee's opinion is not recorded: hear it first")
	}
	return nil
}

// found requires a finding for every urn, in the manifest's order. How many electors
// an amended roll has is not for the acts to say. Without a roll, marks are the accounts
// that have a ballot.
func (p *Procedure) found(b *ActBody) error {
	unmarked := p.manifest.Accounts() != nil
	if !slices.EqualFunc(b.Found, p.manifest.Urns, func(f Finding, u Urn) bool {
		return f.Urn == u.ID && (f.Marks <= u.Electors || len(p.Amendments) > 0) && !(unmarked && f.Marks != f.Ballots)
	}) {
		return lack(RuleBody, "it does not say what was found in every urn, in the manifest's order and within the number of electors")
	}
	p.Found = b.Found
	return nil
}

func (p *Procedure) sealed(b *ActBody) error {
	var paths []string
	roll := p.manifest.Accounts() == nil
	for _, u := range p.manifest.Urns {
		paths = append(paths, "log/"+u.ID+"/seal.note")
		if roll {
			paths = append(paths, "roll/"+u.ID+".note")
		}
	}
	digests, err := adoptsPaths(b, slices.Concat(paths, p.deputyLists(b), p.challenges(b))...)
	if err != nil {
		return err
	}
	closed := p.Found
	if err := p.found(b); err != nil {
		return err
	}
	counted := make([]int, len(b.Found))
	for i, f := range b.Found {
		if err := p.sinceClose(closed[i], f); err != nil {
			return err
		}
		if f.Marks != f.Ballots {
			return lack(RuleEqual, "urn %s holds %d ballots and the roll %d marks", f.Urn, f.Ballots, f.Marks)
		}
		counted[i] = f.Ballots
		p.UrnSeals, digests = append(p.UrnSeals, digests[0]), digests[1:]
		if roll {
			p.RollSeals, digests = append(p.RollSeals, digests[0]), digests[1:]
		}
	}
	p.Cells = p.manifest.Cells(counted)
	return nil
}

// sinceClose requires that no ballot came or went between the acts close and seal
// but those that acts appended, and that no mark went. Where revotes are allowed these may have replaced
// others, which adds nothing.
func (p *Procedure) sinceClose(closed, sealed Finding) error {
	appended := 0
	for _, a := range p.Appended {
		if a.Path == "log/"+sealed.Urn {
			appended++
		}
	}
	most := closed.Ballots + appended
	least := most
	if p.manifest.RevoteAllowed() {
		least = closed.Ballots
	}
	if sealed.Ballots < least || sealed.Ballots > most {
		return lack(RuleSince, "urn %s held %d ballots at close, acts appended %d, and now it holds %d", sealed.Urn, closed.Ballots, appended, sealed.Ballots)
	}
	if sealed.Marks < closed.Marks {
		return lack(RuleSince, "the roll held %d marks of urn %s at close, and now it holds %d", closed.Marks, sealed.Urn, sealed.Marks)
	}
	return nil
}

// excluded requires that the ceremony could end without those it left out.
func (p *Procedure) excluded() error {
	for i, e := range p.Excluded {
		if _, ok := p.manifest.Holder(e.Holder); !ok || i > 0 && e.Run < p.Excluded[i-1].Run ||
			slices.ContainsFunc(p.Excluded[:i], func(f Exclusion) bool { return f.Holder == e.Holder }) {
			return lack(RuleBody, "it excludes %s, who is no holder or is named before, or the runs are not in order", e.Holder)
		}
	}
	for _, c := range p.manifest.Clauses {
		if n := len(p.Holders(&c)); n < len(c.Holders) && n <= c.Threshold {
			return lack(RuleThreshold, "clause %s needs %d holders and %d are left: one must be able to be lost", c.ID, c.Threshold, n)
		}
	}
	return nil
}

// Holders returns the holders of a clause whom the ceremony has not excluded.
func (p *Procedure) Holders(c *Clause) []string {
	return slices.DeleteFunc(slices.Clone(c.Holders), func(h string) bool {
		return slices.ContainsFunc(p.Excluded, func(e Exclusion) bool { return e.Holder == h })
	})
}

// decrypted requires shares of holders in the order of the clauses, and enough of
// them for every clause.
func (p *Procedure) decrypted(b *ActBody) error {
	left := b.Adopts
	for _, c := range p.manifest.Clauses {
		n := 0
		for _, h := range p.Holders(&c) {
			if len(left) > 0 && left[0].Path == "shares/"+c.ID+"."+h+".note" {
				left = left[1:]
				n++
			}
		}
		if n < c.Threshold {
			return lack(RuleThreshold, "clause %s needs the shares of %d holders and there are those of %d", c.ID, c.Threshold, n)
		}
	}
	if len(left) > 0 {
		return lack(RuleBody, "%s is not the share of a holder, or not in the order of clauses and holders", left[0].Path)
	}
	p.Shares = b.Adopts
	return nil
}
