package tally

import (
	"errors"
	"io/fs"
	"testing"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// A false share is named with its reason, and the count goes on with the others
// (B16); it is the same count.
func TestFalseSharesAreNamedAndLeftOut(t *testing.T) {
	const clause, holder, other = "bureau", "member-1", "member-2"
	statement := record.Shares(clause, holder)
	list := func(cell int, question string) string { return record.SharesList(cell, question, clause, holder) }
	type change = func(t *testing.T, e *election)
	stated := func(edit func(s *scrutin.Shares)) change {
		return func(t *testing.T, e *election) { resign(t, e, statement, holder, edit) }
	}
	// edited changes a list and states it.
	edited := func(edit func(b []byte) []byte) change {
		return func(t *testing.T, e *election) {
			b := edit(e.read(t, list(1, "question-1")))
			e.write(t, list(1, "question-1"), b)
			stated(func(s *scrutin.Shares) { s.Cells[0].Questions[0].List = scrutin.DigestOf(b) })(t, e)
		}
	}
	// foreign puts what the holder rightly made in another setting.
	foreign := func(set func(e *election)) change {
		return func(t *testing.T, e *election) {
			set(e)
			e.remove(t, statement)
			mixed := &Mixed{s: e.seal(t), in: e.reader(t)}
			text, err := note.Text(e.read(t, record.Mix(3)))
			if err != nil {
				t.Fatal(err)
			}
			if mixed.last, err = scrutin.Parse[scrutin.Mix](text); err != nil {
				t.Fatal(err)
			}
			e.share(t, mixed, clause, holder)
		}
	}
	honest := twoClauses(t)
	honest.open(t)
	for _, c := range []struct {
		name   string
		change change
		want   Reason
		is     error
	}{
		{"a share changed", func(t *testing.T, e *election) {
			b := e.read(t, list(1, "question-1"))
			copy(b, randomPoint())
			e.write(t, list(1, "question-1"), b)
		}, ReasonFile, ErrFile},
		{"a list lost", func(t *testing.T, e *election) { e.remove(t, list(2, "question-2")) }, ReasonFile, fs.ErrNotExist},
		{"a share changed, stated", edited(func(b []byte) []byte { copy(b, randomPoint()); return b }), ReasonProof, sigma.ErrShare},
		{"the last share changed, stated", edited(func(b []byte) []byte { copy(b[len(b)-32:], randomPoint()); return b }), ReasonProof, sigma.ErrShare},
		{"two shares swapped, stated", edited(func(b []byte) []byte {
			var one [32]byte
			copy(one[:], b)
			copy(b, b[32:64])
			copy(b[32:], one[:])
			return b
		}), ReasonProof, sigma.ErrShare},
		{"a share that is the identity", edited(func(b []byte) []byte { clear(b[:32]); return b }), ReasonShare, group.ErrIdentity},
		{"a share that is not canonical", edited(func(b []byte) []byte { b[31] |= 0x80; return b }), ReasonShare, group.ErrNotCanonical},
		{"a share too few, stated", edited(func(b []byte) []byte { return b[32:] }), ReasonFile, ErrFile},
		{"a share too many, stated", edited(func(b []byte) []byte { return append(b, b[:32]...) }), ReasonFile, ErrFile},
		{"the lists of two questions swapped with their proofs", func(t *testing.T, e *election) {
			e.swap(t, list(1, "question-1"), list(1, "question-2"))
			stated(func(s *scrutin.Shares) {
				q := s.Cells[0].Questions
				q[0], q[1] = q[1], q[0]
				q[0].Question, q[1].Question = q[1].Question, q[0].Question
			})(t, e)
		}, ReasonProof, sigma.ErrShare},
		{"the list of another holder with its proof", func(t *testing.T, e *election) {
			e.write(t, list(1, "question-1"), e.read(t, record.SharesList(1, "question-1", clause, other)))
			text, err := note.Text(e.read(t, record.Shares(clause, other)))
			if err != nil {
				t.Fatal(err)
			}
			theirs, err := scrutin.Parse[scrutin.Shares](text)
			if err != nil {
				t.Fatal(err)
			}
			stated(func(s *scrutin.Shares) { s.Cells[0].Questions[0] = theirs.Cells[0].Questions[0] })(t, e)
		}, ReasonProof, sigma.ErrShare},
		{"the statement of another holder", func(t *testing.T, e *election) {
			e.write(t, statement, e.read(t, record.Shares(clause, other)))
		}, ReasonSignature, note.ErrUnknownSigner},
		{"the statement of the roll", func(t *testing.T, e *election) {
			resign(t, e, statement, "roll", func(*scrutin.Shares) {})
		}, ReasonSignature, note.ErrUnknownSigner},
		{"no record at all", func(t *testing.T, e *election) { e.write(t, statement, []byte("??\n")) }, ReasonSignature, note.ErrMalformed},
		{"shares for another opening", stated(func(s *scrutin.Shares) { s.Opening[0]++ }), ReasonSignature, scrutin.ErrOtherOpening},
		{"shares for another scrutin", stated(func(s *scrutin.Shares) { s.Manifest[0]++ }), ReasonSignature, scrutin.ErrOtherScrutin},
		{"shares for another seal", stated(func(s *scrutin.Shares) { s.Seal[0]++ }), ReasonSeal, ErrSeal},
		{"shares made for another seal, stated for this one", func(t *testing.T, e *election) {
			foreign(func(e *election) { e.params.Seal[0]++ })(t, e)
			e.params.Seal[0]--
			stated(func(s *scrutin.Shares) { s.Seal = e.params.Seal })(t, e)
		}, ReasonProof, sigma.ErrShare},
		{"another clause", stated(func(s *scrutin.Shares) { s.Clause = "delegates" }), ReasonStatement, ErrStatement},
		{"another holder", stated(func(s *scrutin.Shares) { s.Holder = other }), ReasonStatement, ErrStatement},
		{"a cell left out", stated(func(s *scrutin.Shares) { s.Cells = s.Cells[:1] }), ReasonStatement, ErrStatement},
		{"cells in another order", stated(func(s *scrutin.Shares) { s.Cells[0], s.Cells[1] = s.Cells[1], s.Cells[0] }), ReasonStatement, ErrStatement},
		{"a question left out", stated(func(s *scrutin.Shares) { s.Cells[0].Questions = s.Cells[0].Questions[1:] }), ReasonStatement, ErrStatement},
		{"a ballot less stated", stated(func(s *scrutin.Shares) { s.Cells[0].Questions[0].Ballots-- }), ReasonStatement, ErrStatement},
		{"a response replaced", stated(func(s *scrutin.Shares) { s.Cells[1].Questions[1].Response = scrutin.ScalarOf(group.RandomScalar()) }), ReasonProof, sigma.ErrShare},
		{"a first commitment replaced", stated(func(s *scrutin.Shares) { s.Cells[0].Questions[0].Commitments[0] = scrutin.Point(randomPoint()) }), ReasonProof, sigma.ErrShare},
		{"a second commitment replaced", stated(func(s *scrutin.Shares) { s.Cells[0].Questions[0].Commitments[1] = scrutin.Point(randomPoint()) }), ReasonProof, sigma.ErrShare},
		{"commitments swapped", stated(func(s *scrutin.Shares) {
			c := &s.Cells[0].Questions[0].Commitments
			c[0], c[1] = c[1], c[0]
		}), ReasonProof, sigma.ErrShare},
		{"an identity as commitment and as share", func(t *testing.T, e *election) {
			edited(func(b []byte) []byte { clear(b[:32]); return b })(t, e)
			stated(func(s *scrutin.Shares) { s.Cells[0].Questions[0].Commitments[0] = scrutin.Point{} })(t, e)
		}, ReasonShare, group.ErrIdentity},
		{"an identity as commitment", stated(func(s *scrutin.Shares) { s.Cells[0].Questions[0].Commitments[0] = scrutin.Point{} }), ReasonProof, group.ErrIdentity},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := honest.clone(t)
			c.change(t, e)
			shares, r, err := e.count(t)
			if err != nil {
				t.Fatal(err)
			}
			e.expect(t, r)
			if len(shares.Refusals) != 1 {
				t.Fatalf("%d refusals", len(shares.Refusals))
			}
			refused := shares.Refusals[0]
			if refused.Clause != clause || refused.Holder != holder || refused.Reason != c.want || !errors.Is(refused, c.is) {
				t.Errorf("%v (%s), not %s: %v", refused, refused.Reason, c.want, c.is)
			}
			for _, v := range r.Shares {
				named := v.Clause == clause && v.Holder == holder
				if v.Valid == named || named && v.Reason != string(c.want) {
					t.Errorf("verdict %+v", v)
				}
			}
		})
	}
}

// A clause that is not met leaves the urn closed, whatever the others have.
func TestClauseNotMet(t *testing.T) {
	honest := twoClauses(t)
	honest.open(t)
	e := honest.clone(t)
	for _, h := range []string{"member-4", "member-5"} {
		e.remove(t, record.Shares("delegates", h))
	}
	if _, _, err := e.count(t); !errors.Is(err, ErrQuorum) {
		t.Errorf("no delegate: %v, not ErrQuorum", err)
	}
	e = honest.clone(t)
	for _, h := range []string{"member-1", "member-2", "member-3"} {
		resign(t, e, record.Shares("bureau", h), h, func(s *scrutin.Shares) { s.Cells[0].Questions[0].Response = scrutin.ScalarOf(group.RandomScalar()) })
	}
	shares, _, err := e.count(t)
	if !errors.Is(err, ErrQuorum) {
		t.Errorf("three of four false: %v, not ErrQuorum", err)
	}
	if len(shares.Refusals) != 3 {
		t.Errorf("%d refusals, not 3", len(shares.Refusals))
	}
}
