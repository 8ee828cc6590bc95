package audit_test

import (
	"slices"
	"time"

	"isoloir/audit/audittest"
	"isoloir/record"
	"isoloir/scrutin"
)

// act changes the acts of one type as the bureau writes them.
func act(kind string, change func(a *scrutin.Act)) func(w *audittest.World) {
	return func(w *audittest.World) {
		w.EditAct = func(a *scrutin.Act) {
			if a.Type == kind {
				change(a)
			}
		}
	}
}

var actMutations = slices.Concat(afterMutations, []mutation{
	{name: "close decided by one member", check: 1101, with: "member", alone: true, after: audittest.Logged,
		change: func(w *audittest.World) { w.SignedBy[scrutin.ActClose] = []string{"member-1"} }},
	{name: "proclamation signed by the platform", check: 1101, alone: true, after: audittest.Counted,
		change: func(w *audittest.World) { w.SignedBy[scrutin.ActProclaim] = []string{"contents"} }},
	{name: "act signed by members who were not present", check: 1101, with: "bureau", alone: true, after: audittest.Counted,
		change: act(scrutin.ActProclaim, func(a *scrutin.Act) { a.Present = a.Present[:1] })},
	{name: "act that follows another one than the last", check: 1102, with: "bureau", alone: true, after: audittest.Counted,
		change: act(scrutin.ActProclaim, func(a *scrutin.Act) { a.Previous[0] ^= 1 })},
	{name: "act lost", check: 1102, after: audittest.Adopted,
		change: func(w *audittest.World) { delete(w.Files, record.Act(9, scrutin.ActMix)) }},
	{name: "act edited after others followed", check: 1102, with: "bureau", after: audittest.Adopted,
		change: func(w *audittest.World) {
			audittest.Edit(w, record.Act(4, scrutin.ActEnrol), func(a *scrutin.Act) { a.Body.Reason = "later" })
		}},
	{name: "act under the name of another", check: 1102, alone: true, after: audittest.Adopted,
		change: func(w *audittest.World) {
			last := record.Act(w.Seq, scrutin.ActProclaim)
			w.Files[record.Act(w.Seq, scrutin.ActDecrypt)] = w.Files[last]
			delete(w.Files, last)
		}},
	{name: "no proclamation", check: 1103, alone: true, after: audittest.Counted,
		change: func(w *audittest.World) { w.Skip[scrutin.ActProclaim] = true }},
	{name: "enrolment never adopted", check: 1103, with: "bureau", alone: true, after: audittest.Enrolled,
		change: func(w *audittest.World) { w.Skip[scrutin.ActEnrol] = true }},
	{name: "no rehearsal", check: 1103, with: "bureau", alone: true, after: audittest.Rehearsed,
		change: func(w *audittest.World) { w.Skip[scrutin.ActRehearse] = true }},
	{name: "opened without closing", check: 1103, with: "bureau", alone: true, after: audittest.Logged,
		change: func(w *audittest.World) { w.Skip[scrutin.ActClose] = true }},
	{name: "closed twice", check: 1103, with: "bureau", alone: true, after: audittest.Logged,
		change: func(w *audittest.World) {
			var found []scrutin.Finding
			for u, urn := range w.Manifest.Urns {
				found = append(found, scrutin.Finding{Urn: urn.ID, Marks: w.Cast(u), Ballots: w.Cast(u)})
			}
			w.Clock = w.Manifest.Schedule.Close.AddDate(0, 0, 1)
			w.Act(scrutin.ActClose, scrutin.ActBody{Found: found})
		}},
	{name: "act before the one before it", check: 1104, with: "bureau", alone: true, after: audittest.Counted,
		change: act(scrutin.ActProclaim, func(a *scrutin.Act) { a.Time = scrutin.TimeOf(a.Time.AddDate(0, 0, -3)) })},
	{name: "closed before the hour", check: 1104, with: "bureau", alone: true, after: audittest.Logged,
		change: act(scrutin.ActClose, func(a *scrutin.Act) { a.Time = scrutin.TimeOf(a.Time.Add(-72 * time.Hour)) })},
	{name: "proclamation that adopts two results", check: 1105, with: "bureau", alone: true, after: audittest.Counted,
		change: act(scrutin.ActProclaim, func(a *scrutin.Act) { a.Body.Adopts = slices.Concat(a.Body.Adopts, a.Body.Adopts) })},
	{name: "urn that held ballots when it opened", check: 1105, with: "bureau", alone: true, after: audittest.Opened,
		change: act(scrutin.ActOpen, func(a *scrutin.Act) { a.Body.Found[0].Ballots, a.Body.Found[0].Marks = 1, 1 })},
	{name: "seal in spite of a difference", check: 1105, with: "bureau", after: audittest.Logged,
		change: act(scrutin.ActSeal, func(a *scrutin.Act) { a.Body.Found[0].Marks-- })},
	{name: "decryption without a clause", check: 1105, with: "bureau", after: audittest.Shared,
		change: act(scrutin.ActDecrypt, func(a *scrutin.Act) { a.Body.Adopts = a.Body.Adopts[:4] })},
	{name: "suspended without a reason", check: 1105, with: "bureau", alone: true, after: audittest.Opened,
		change: func(w *audittest.World) {
			w.Advance(audittest.Voted)
			w.Act(scrutin.ActSuspend, scrutin.ActBody{Opinion: "yes"})
		}},
	{name: "proclamation of another result", check: 1106, with: "bureau", alone: true, after: audittest.Counted,
		change: act(scrutin.ActProclaim, func(a *scrutin.Act) { a.Body.Adopts[0].SHA256[0] ^= 1 })},
	{name: "seal of another log", check: 1106, with: "bureau", alone: true, after: audittest.Logged,
		change: act(scrutin.ActSeal, func(a *scrutin.Act) { a.Body.Adopts[0].SHA256[0] ^= 1 })},
	{name: "act on another ceremony", check: 1106, with: "bureau", alone: true, after: audittest.Keyed,
		change: act(scrutin.ActCeremony, func(a *scrutin.Act) { a.Body.Adopts[0].SHA256[0] ^= 1 })},
	{name: "holder excluded whom no message convicts", check: 1106, with: "bureau", shape: 1, after: audittest.Keyed,
		change: act(scrutin.ActCeremony, func(a *scrutin.Act) { a.Body.Excluded[0].Holder = "member-2" })},
	{name: "shares that came after the decision to decrypt", check: 1106, with: "holder", alone: true, after: audittest.Shared,
		change: act(scrutin.ActDecrypt, func(a *scrutin.Act) { a.Body.Adopts = slices.Delete(a.Body.Adopts, 3, 4) })},
	{name: "closed with other numbers", check: 1106, with: "bureau", after: audittest.Logged,
		change: act(scrutin.ActClose, func(a *scrutin.Act) { a.Body.Found[1].Ballots, a.Body.Found[1].Marks = 0, 0 })},
	{name: "ballot stuffed between close and seal", check: 1105, with: "bureau", after: audittest.Logged,
		change: act(scrutin.ActClose, func(a *scrutin.Act) {
			a.Body.Found = slices.Clone(a.Body.Found) // the act seal has the same
			a.Body.Found[0].Ballots--
			a.Body.Found[0].Marks--
		})},
	{name: "ballot appended by act that is not in the log", check: 1106, with: "bureau", alone: true, after: audittest.Logged,
		change: appendAct},
})

// appendAct closes and lets the bureau append a ballot that nobody has.
func appendAct(w *audittest.World) {
	var found []scrutin.Finding
	for u, urn := range w.Manifest.Urns {
		found = append(found, scrutin.Finding{Urn: urn.ID, Marks: w.Cast(u), Ballots: w.Cast(u)})
	}
	found[0].Marks--
	found[0].Ballots--
	w.Clock = w.Manifest.Schedule.Close.Add(12 * time.Hour)
	w.Act(scrutin.ActClose, scrutin.ActBody{Found: found})
	w.Act(scrutin.ActAppend, scrutin.ActBody{Reason: "a promise", Opinion: "yes", Adopts: []scrutin.Adopted{{Path: "log/urn-1", SHA256: scrutin.DigestOf([]byte("ballot"))}}})
	w.Skip[scrutin.ActClose] = true
}
