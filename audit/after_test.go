package audit_test

import (
	"fmt"
	"strings"
	"testing"

	"isoloir/audit"
	"isoloir/audit/audittest"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// bare adopts what is no file of the export.
func bare(paths ...string) (b scrutin.ActBody) {
	for _, p := range paths {
		b.Adopts = append(b.Adopts, scrutin.Adopted{Path: p, SHA256: scrutin.DigestOf([]byte(p))})
	}
	return b
}

// minutes and archive, beside the export.
func archived(w *audittest.World) {
	w.Act(scrutin.ActMinutes, bare(scrutin.AdoptMinutes, scrutin.AdoptJournal))
	w.Act(scrutin.ActArchive, bare(scrutin.AdoptArchive))
}

var afterMutations = []mutation{
	{name: "reason longer than an act may have", check: 1107, with: "bureau", after: audittest.Adopted,
		change: func(w *audittest.World) {
			w.Act(scrutin.ActHold, scrutin.ActBody{Reason: "why"})
			path := record.After(w.Seq, scrutin.ActHold)
			text := strings.Replace(must(note.Text(w.Files[path])), `"why"`, `"`+strings.Repeat("é", 2001)+`"`, 1)
			w.Files[path] = must(note.Sign(text, w.Keyring(w.Members()...)...))
		}},
	{name: "minutes signed by one member", check: 1107, with: "member", alone: true, after: audittest.Adopted,
		change: func(w *audittest.World) { w.SignedBy[scrutin.ActMinutes] = []string{"member-1"}; archived(w) }},
	{name: "act lost after the end", check: 1107, alone: true, after: audittest.Adopted,
		change: func(w *audittest.World) { archived(w); delete(w.Files, record.After(w.Seq-1, scrutin.ActMinutes)) }},
	{name: "destroyed before the retention has ended", check: 1107, with: "bureau", alone: true, after: audittest.Adopted,
		change: func(w *audittest.World) { archived(w); w.Act(scrutin.ActDestroy, bare(scrutin.AdoptDestroyed)) }},
	{name: "something else beside the export", check: 1107, alone: true, after: audittest.Adopted,
		change: func(w *audittest.World) { w.Files["after/remark.note"] = []byte("the result is void\n") }},
	{name: "act after the end under the name of another", check: 1107, alone: true, after: audittest.Adopted,
		change: func(w *audittest.World) {
			archived(w)
			w.Files[record.After(w.Seq, scrutin.ActHold)] = w.Files[record.After(w.Seq, scrutin.ActArchive)]
			delete(w.Files, record.After(w.Seq, scrutin.ActArchive))
		}},
	{name: "opened before the last polling station closed", check: 1104, with: "bureau", alone: true, after: audittest.Founded,
		change: func(w *audittest.World) {
			w.SetManifest(func(m *scrutin.Manifest) { m.Schedule.Count = scrutin.TimeOf(m.Schedule.Close.AddDate(0, 1, 0)) })
		}},
	{name: "opened though a seat has no fragment", check: 1105, with: "bureau", alone: true, shape: 1, after: audittest.Keyed,
		change: func(w *audittest.World) { w.Skip[scrutin.ActWaive] = true }},
	{name: "update of another program than the opening record's", check: 1106, with: "bureau", alone: true, after: audittest.Founded,
		change: func(w *audittest.World) {
			w.SetManifest(func(m *scrutin.Manifest) {
				m.Addenda.Allowed = append(m.Addenda.Allowed[:len(m.Addenda.Allowed):len(m.Addenda.Allowed)], "update")
			})
			w.Advance(audittest.Voted)
			body := bare(scrutin.AdoptSoftware)
			body.Replaces = []scrutin.Adopted{{Path: scrutin.AdoptSoftware, SHA256: scrutin.DigestOf([]byte("another"))}}
			body.Reason, body.Opinion = "a flaw", "yes"
			w.Act(scrutin.ActUpdate, body)
		}},
}

// What follows the end stands beside the export and is read with it. An annulled
// result is told before all else, and never holds.
func TestAfterTheEnd(t *testing.T) {
	w, err := audittest.New(shapes[0], 5)
	if err != nil {
		t.Fatal(err)
	}
	w.Advance(audittest.Listed)
	archived(w)
	w.Act(scrutin.ActHold, scrutin.ActBody{Reason: "an appeal"})
	cut := verify(t, w, audit.Options{})
	if cut.Verdict != audit.Consistent {
		t.Fatalf("%s: %s", cut.Verdict, findings(cut))
	}
	w.Act(scrutin.ActAnnul, scrutin.ActBody{Reason: "the judge annulled it"})
	r := verify(t, w, audit.Options{})
	for want, r := range map[string]*audit.Report{scrutin.ActHold: cut, scrutin.ActAnnul: r} { // a copy without the last one holds, and says which it ends with
		var b strings.Builder
		if err := r.WriteText(&b, audit.English); err != nil || r.LastAct == nil || r.LastAct.Type != want ||
			!strings.Contains(b.String(), fmt.Sprintf("\nLast act of this copy: no. %d, %s, of %s\n  digest %s\n", r.LastAct.Number, want, r.LastAct.Time, r.LastAct.Digest)) {
			t.Errorf("%s: %+v\n%s", want, r.LastAct, b.String())
		}
	}
	if r.LastAct.Number != cut.LastAct.Number+1 || r.LastAct.Digest == cut.LastAct.Digest {
		t.Errorf("%+v follows %+v", r.LastAct, cut.LastAct)
	}
	if r.Verdict != audit.Annulled || r.Holds() || r.Void != "the judge annulled it" || len(r.Failed()) != 0 {
		t.Errorf("%s, void %q: %s", r.Verdict, r.Void, findings(r))
	}
	for lang, want := range map[audit.Language]string{audit.French: "ÉLECTION ANNULÉE PAR LE BUREAU : CE RÉSULTAT EST NUL: the judge", audit.English: "Verdict: ANNULLED"} {
		var b strings.Builder
		if err := r.WriteText(&b, lang); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%v: %s", err, b.String())
		}
	}
}

// S003-29a: a vote that was stopped or annulled before its proclamation has no result, and the
// auditor says so.
func TestNothingIsCounted(t *testing.T) {
	for kind, want := range map[string]string{scrutin.ActStop: "stopped the vote for good", scrutin.ActAnnul: "annulled the vote"} {
		w, err := audittest.New(shapes[0], 6)
		if err != nil {
			t.Fatal(err)
		}
		w.Advance(audittest.Voted)
		w.Act(kind, scrutin.ActBody{Reason: "intrusion", Opinion: "heard"})
		w.List("contents")
		r := verify(t, w, audit.Options{})
		if r.Holds() || !strings.Contains(findings(r), want) {
			t.Errorf("%s: %s: %s", kind, r.Verdict, findings(r))
		}
	}
}
