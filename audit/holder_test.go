package audit_test

import (
	"slices"
	"testing"

	"isoloir/audit"
	"isoloir/audit/audittest"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// spoilt are statements by which one holder of the first clause, member-4, may
// try to spoil the count, and the reason for which the result leaves them out.
var spoilt = []struct {
	name, reason string
	spoil        func(w *audittest.World, path string)
}{
	{"of another scrutin", "signature", func(w *audittest.World, path string) {
		audittest.Edit(w, path, func(s *scrutin.Shares) { s.Manifest[0] ^= 1 })
	}},
	{"of another opening", "signature", func(w *audittest.World, path string) {
		audittest.Edit(w, path, func(s *scrutin.Shares) { s.Opening[0] ^= 1 })
	}},
	{"of another kind", "signature", func(w *audittest.World, path string) {
		w.Sign(path, &scrutin.RollStatement{OpenHead: w.Head(), Urn: "urn-1", Electors: 1, File: scrutin.DigestOf(nil)}, "member-4")
	}},
	{"that is no record", "signature", func(w *audittest.World, path string) {
		w.Files[path] = must(note.Sign("no shares\n", w.Signers["member-4"]))
	}},
	{"signed by another holder too", "signature", func(w *audittest.World, path string) {
		w.Files[path] = must(note.Add(w.Files[path], w.Signers["member-3"]))
	}},
	{"of another seal", "seal", func(w *audittest.World, path string) {
		audittest.Edit(w, path, func(s *scrutin.Shares) { s.Seal[0] ^= 1 })
	}},
	{"of another holder", "statement", func(w *audittest.World, path string) {
		audittest.Edit(w, path, func(s *scrutin.Shares) { s.Holder = "member-3" })
	}},
	{"that lacks a cell", "statement", func(w *audittest.World, path string) {
		audittest.Edit(w, path, func(s *scrutin.Shares) { s.Cells = s.Cells[1:] })
	}},
	{"of another number of ballots", "statement", func(w *audittest.World, path string) {
		audittest.Edit(w, path, func(s *scrutin.Shares) { s.Cells[1].Questions[0].Ballots++ })
	}},
	{"with a list that is not there", "file", func(w *audittest.World, _ string) {
		delete(w.Files, record.SharesList(2, "question-1", "quorum", "member-4"))
	}},
	{"with another list", "file", func(w *audittest.World, _ string) {
		list := record.SharesList(1, "question-1", "quorum", "member-4")
		w.Files[list] = append(slices.Clone(w.Files[list]), 0)
	}},
	{"with a share that is no point", "share", func(w *audittest.World, _ string) {
		shared("member-4", func(_ *audittest.World, list, _ *[]byte) {
			*list = slices.Concat(slices.Repeat([]byte{0xff}, 32), (*list)[32:])
		})(w)
	}},
	{"with the identity for a share", "share", func(w *audittest.World, _ string) {
		shared("member-4", func(_ *audittest.World, list, _ *[]byte) { *list = slices.Concat(make([]byte, 32), (*list)[32:]) })(w)
	}},
	{"with a proof that is none", "proof", func(w *audittest.World, _ string) {
		shared("member-4", func(_ *audittest.World, _, proof *[]byte) { *proof = make([]byte, 96) })(w)
	}},
	{"with a false share", "proof", func(w *audittest.World, _ string) { shared("member-4", badShare)(w) }},
	{"of another seal, with a false share", "seal", func(w *audittest.World, path string) {
		shared("member-4", badShare)(w)
		audittest.Edit(w, path, func(s *scrutin.Shares) { s.Seal[0] ^= 1 })
	}},
}

// TestOneHolderSpoilsNothing lets one holder sign what he likes: the count goes
// on without him, the result says why, and neither silence nor another reason
// passes.
func TestOneHolderSpoilsNothing(t *testing.T) {
	honest := climb(t, 0, 21)[audittest.Shared]
	path := record.Shares("quorum", "member-4")
	for _, c := range spoilt {
		counted := func(reason string) *audit.Report {
			w := honest.Clone()
			c.spoil(w, path)
			w.Advance(audittest.Counted)
			refusing(w, "member-4", reason)
			return verify(t, w.Advance(audittest.Listed), audit.Options{})
		}
		if r := counted(c.reason); !r.Holds() {
			t.Errorf("shares %s: %s, %v\n%s", c.name, r.Verdict, r.Failed(), findings(r))
		}
		other := "proof"
		if c.reason == other {
			other = "share"
		}
		if r := counted(other); r.Holds() || !slices.Equal(r.Failed(), []int{1004}) {
			t.Errorf("shares %s, said to be left out for %q: %s, %v", c.name, other, r.Verdict, r.Failed())
		}
		w := honest.Clone()
		c.spoil(w, path)
		if r := verify(t, w.Advance(audittest.Listed), audit.Options{}); r.Holds() {
			t.Errorf("shares %s, said to be valid: %s", c.name, r.Verdict)
		}
	}
}
