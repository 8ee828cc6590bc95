package audit

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// ruleChecks says which check a rule of the acts belongs to.
var ruleChecks = map[scrutin.Rule]int{
	scrutin.RuleSigner: 1101, scrutin.RulePresence: 1101, scrutin.RuleQuorum: 1101, scrutin.RuleClause: 1101, scrutin.RuleMajority: 1101,
	scrutin.RuleChain: 1102, scrutin.RuleScrutin: 1102, scrutin.RuleMalformed: 1102,
	scrutin.RuleOrder: 1103,
	scrutin.RuleTime:  1104, scrutin.RuleCount: 1104,
	scrutin.RuleBody: 1105, scrutin.RuleOpinion: 1105, scrutin.RuleAddendum: 1105, scrutin.RuleEmptyUrn: 1105, scrutin.RuleEqual: 1105, scrutin.RuleSince: 1105, scrutin.RuleThreshold: 1105, scrutin.RuleSeat: 1105,
	scrutin.RuleSmallCell: 803,
}

// readActs reads the acts that the list of contents names under acts/, in the
// order of their numbers, and lets the rules of the procedure judge them.
func (v *verification) readActs() bool {
	procedure := scrutin.NewProcedure(v.m, v.f)
	judging, broken := true, false
	for _, f := range v.list.Files {
		if !strings.HasPrefix(f.Path, "acts/") {
			continue
		}
		data, err := v.read(f.Path, note.MaxSize)
		if err != nil {
			v.enter(1102, "", err)
			return false
		}
		if judging {
			if err := procedure.Apply(data); err != nil {
				judging, broken = false, v.brokenRule(err)
			}
		}
		if !v.takeAct(f.Path, data) {
			return false
		}
	}
	v.enter(1103, "", v.proclaimed())
	v.lawful = judging
	if !broken {
		for _, number := range []int{1101, 1102, 1103, 1104, 1105} {
			v.enter(number, "", nil)
		}
	}
	v.enter(1107, "", v.readAfter(procedure, !judging))
	return v.sealedBy()
}

// proclaimed says whether the acts end with the proclamation, and if not, with what.
func (v *verification) proclaimed() error {
	last := ""
	if n := len(v.acts); n > 0 {
		last = v.acts[n-1].Type
	}
	switch last {
	case scrutin.ActProclaim:
		return nil
	case scrutin.ActStop:
		return errors.New("the bureau stopped the vote for good: it has no result")
	case scrutin.ActAnnul:
		return errors.New("the bureau annulled the vote: it has no result")
	}
	return errors.New("the last act is not the proclamation")
}

// readAfter reads the acts that followed the end of the procedure, which the list of
// contents cannot name.
func (v *verification) readAfter(procedure *scrutin.Procedure, broken bool) error {
	for _, path := range v.after {
		data, err := v.read(path, note.MaxSize)
		switch {
		case err != nil:
			return err
		case broken:
			return fmt.Errorf("%s cannot follow acts that do not hold", path)
		}
		if err := procedure.Apply(data); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		a, text, err := scrutin.ReadAct(data)
		if err != nil {
			return err
		}
		if want := record.After(a.Seq, a.Type); want != path {
			return fmt.Errorf("%s: this act belongs at %s", path, want)
		}
		v.countSignatures(data)
		v.lastAct(a, text)
	}
	v.out.Void = procedure.Void()
	return nil
}

// lastAct notes the act that was read last.
func (v *verification) lastAct(a *scrutin.Act, digest scrutin.Digest) {
	v.out.LastAct = &LastAct{a.Seq, a.Type, a.Time.String(), digest.String()}
}

// brokenRule enters the rule that an act breaks, and says whether it stands.
func (v *verification) brokenRule(err error) bool {
	var broken *scrutin.ActError
	if !errors.As(err, &broken) {
		return v.enter(1102, "", err)
	}
	number, ok := ruleChecks[broken.Rule]
	if !ok {
		number = 1102
	}
	return v.enter(number, "", err)
}

// takeAct keeps an act for the comparison with the records.
func (v *verification) takeAct(path string, data []byte) bool {
	a, text, err := scrutin.ReadAct(data)
	if err != nil {
		v.refuse(1102, "", path, err)
		return false
	}
	if want := record.Act(a.Seq, a.Type); want != path {
		v.refuse(1102, "", path, fmt.Errorf("this act belongs at %s", want))
	}
	v.texts[path] = text
	v.acts, v.actTexts = append(v.acts, a), append(v.actTexts, v.texts[path])
	v.countSignatures(data)
	v.lastAct(a, v.texts[path])
	return true
}

// sealedBy finds S and M, the digests of the acts that sealed the urns and adopted the mixes, and what other acts
// decided of the vote.
func (v *verification) sealedBy() bool {
	closes := v.m.Schedule.Close
	for _, a := range v.acts {
		switch a.Type {
		case scrutin.ActExtend:
			closes = a.Body.Close
		case scrutin.ActSeal:
			v.s = v.texts[record.Act(a.Seq, a.Type)]
			v.out.Seal = v.s.String()
		case scrutin.ActMix:
			v.mixing = v.texts[record.Act(a.Seq, a.Type)]
		case scrutin.ActOpenSmall:
			for _, cell := range a.Body.Cells {
				v.allowed[cell] = true
			}
		case scrutin.ActAppend:
			for _, ballot := range a.Body.Adopts {
				v.appended[ballot] = true
			}
		}
	}
	v.ends = v.m.Schedule.Ends(closes)
	if v.s.IsZero() {
		v.enter(1103, "", errors.New("no act sealed the urns"))
		return false
	}
	return true
}

// checkAdoptions compares what every act adopts, and the numbers it states,
// with the records and the numbers of the export.
func (v *verification) checkAdoptions() {
	updated := false
	for _, a := range v.acts {
		path := record.Act(a.Seq, a.Type)
		for _, adopted := range a.Body.Adopts {
			if err := v.adopted(a.Type, adopted); err != nil {
				v.refuse(1106, "", path, err)
			}
		}
		switch a.Type {
		case scrutin.ActCeremony:
			v.enter(1106, "", v.excluded(a))
		case scrutin.ActClose, scrutin.ActSeal:
			v.enter(1106, "", v.stated(a))
		case scrutin.ActUpdate:
			if !updated && (len(a.Body.Replaces) == 0 || a.Body.Replaces[0].SHA256 != v.opening.Software) {
				v.refuse(1106, "", path, fmt.Errorf("it replaces another program than the opening record's, %s", v.opening.Software))
			}
			updated = true
		case scrutin.ActMix:
			for _, there := range v.m.DecidedAt(v.listed()) {
				if !slices.ContainsFunc(a.Body.Adopts, func(x scrutin.Adopted) bool { return x.Path == there }) {
					v.refuse(1106, "", path, fmt.Errorf("it does not adopt %s", there))
				}
			}
		case scrutin.ActDecrypt:
			if n := len(a.Body.Adopts); n != len(v.shares) {
				v.refuse(1106, "", path, fmt.Errorf("it adopts %d statements of shares, %d are there", n, len(v.shares)))
			}
		}
	}
	v.enter(1106, "", nil)
}

func (v *verification) adopted(kind string, a scrutin.Adopted) error {
	var there scrutin.Digest
	switch {
	case kind == scrutin.ActAuthority:
		return nil // the timestamps by it, if any, hold it
	case a.Path == scrutin.AdoptClient || a.Path == scrutin.AdoptSoftware:
		return nil // it stays outside the export
	case kind == scrutin.ActConstitute && a.Path == record.Manifest:
		there = v.f
	case kind == scrutin.ActAppend:
		if v.appended[a] {
			return fmt.Errorf("no ballot %s stands in %s", a.SHA256, a.Path)
		}
		return nil
	case a.Path == scrutin.AdoptCeremony:
		there = v.opening.Ceremony
	default:
		there = v.texts[a.Path]
	}
	if a.SHA256 != there {
		return fmt.Errorf("it adopts %s with the digest %s, the export holds %s", a.Path, a.SHA256, there)
	}
	return nil
}

// excluded compares the holders that the act names with those whom the void
// runs of the ceremony convict.
func (v *verification) excluded(a *scrutin.Act) error {
	if v.keys == nil {
		return nil // check 201 says so
	}
	if len(a.Body.Excluded) != len(v.keys.Faults) {
		return fmt.Errorf("act %d names %d excluded holders, the ceremony has %d", a.Seq, len(a.Body.Excluded), len(v.keys.Faults))
	}
	for i, f := range v.keys.Faults {
		if a.Body.Excluded[i] != (scrutin.Exclusion{Run: f.Run, Holder: f.Holder}) {
			return fmt.Errorf("act %d does not name %s, excluded in run %d", a.Seq, f.Holder, f.Run)
		}
	}
	return nil
}

// stated compares what an act found in the urns with what is there: the act close
// all but the ballots that others appended after it. That marks and ballots are as
// many in the end is check 704; at close, marks may still have to catch up.
func (v *verification) stated(a *scrutin.Act) error {
	for i, u := range v.urns {
		if i >= len(a.Body.Found) {
			return fmt.Errorf("act %d says nothing of urn %s", a.Seq, u.name())
		}
		f, ballots, marks := a.Body.Found[i], u.voters, u.voters
		if a.Type == scrutin.ActClose {
			ballots, marks = u.atClose, 0
		}
		if f.Urn != u.name() || f.Ballots != ballots || f.Marks < marks || f.Marks > u.voters {
			return fmt.Errorf("act %d found %d marks and %d ballots in %s: by the export these are %d ballots then, and %d in the end", a.Seq, f.Marks, f.Ballots, f.Urn, ballots, u.voters)
		}
	}
	return nil
}
