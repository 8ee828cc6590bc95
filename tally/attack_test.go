package tally

import (
	"errors"
	"io/fs"
	"testing"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/shuffle"
	"isoloir/crypto/sigma"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

func randomPoint() []byte {
	b := group.MulBase(group.RandomScalar()).Bytes()
	return b[:]
}

// Every change of the mixes by whoever holds the mixers' keys is refused, for
// the reason that names it.
func TestChangedMixesAreRefused(t *testing.T) {
	list, proof := record.MixList(1, "question-1", 2), record.MixProof(1, "question-1", 2)
	type change = func(t *testing.T, e *election)
	// edited changes a file of the second stage and makes the rest of the chain fit.
	edited := func(path string, edit func(b []byte) []byte) change {
		return func(t *testing.T, e *election) {
			e.write(t, path, edit(e.read(t, path)))
			e.restate(t, 2)
			e.restate(t, 3)
		}
	}
	swapped := func(one, other string, stages ...int) change {
		return func(t *testing.T, e *election) {
			e.swap(t, one, other)
			for _, stage := range stages {
				e.restate(t, stage)
			}
		}
	}
	stated := func(edit func(m *scrutin.Mix)) change {
		return func(t *testing.T, e *election) { resign(t, e, record.Mix(2), "mixer-2", edit) }
	}
	honest := twoClauses(t)
	honest.mix(t)
	for _, c := range []struct {
		name   string
		change change
		want   error
	}{
		{"a list changed", func(t *testing.T, e *election) { b := e.read(t, list); copy(b, randomPoint()); e.write(t, list, b) }, ErrFile},
		{"a list lost", func(t *testing.T, e *election) { e.remove(t, list) }, fs.ErrNotExist},
		{"a list cut", func(t *testing.T, e *election) { e.write(t, list, e.read(t, list)[64:]) }, ErrFile},
		{"a list lengthened", func(t *testing.T, e *election) { b := e.read(t, list); e.write(t, list, append(b, b[:64]...)) }, ErrFile},
		{"a proof changed", func(t *testing.T, e *election) { b := e.read(t, proof); b[len(b)-32]++; e.write(t, proof, b) }, ErrFile},
		{"a ballot replaced, stated", edited(list, func(b []byte) []byte { copy(b, randomPoint()); copy(b[32:], randomPoint()); return b }), shuffle.ErrStatement},
		{"a ballot doubled, stated", edited(list, func(b []byte) []byte { copy(b, b[64:128]); return b }), shuffle.ErrStatement},
		{"a ballot dropped, stated", edited(list, func(b []byte) []byte { return b[64:] }), ErrFile},
		{"two ballots swapped, stated", edited(list, func(b []byte) []byte {
			var one [64]byte
			copy(one[:], b)
			copy(b, b[64:128])
			copy(b[64:], one[:])
			return b
		}), shuffle.ErrStatement},
		{"a c1 that is the identity", edited(list, func(b []byte) []byte { clear(b[:32]); return b }), group.ErrIdentity},
		{"a c2 that is not canonical", edited(list, func(b []byte) []byte { b[63] |= 0x80; return b }), group.ErrNotCanonical},
		{"a response of the proof changed, stated", edited(proof, func(b []byte) []byte { copy(b[len(b)-32:], make([]byte, 32)); return b }), ErrProof},
		{"a proof of generators with a known logarithm (B20)", edited(proof, func(b []byte) []byte { copy(b, randomPoint()); return b }), shuffle.ErrStatement},
		{"the files of two stages swapped (B26)", swapped(list, record.MixList(1, "question-1", 1)), ErrFile},
		{"the files of two stages swapped and restated (B26)", func(t *testing.T, e *election) {
			e.swap(t, list, record.MixList(1, "question-1", 1))
			e.swap(t, proof, record.MixProof(1, "question-1", 1))
			for stage := 1; stage <= 3; stage++ {
				e.restate(t, stage)
			}
		}, ErrProof},
		{"the files of two questions swapped and restated", func(t *testing.T, e *election) {
			for stage := 1; stage <= 3; stage++ {
				e.swap(t, record.MixList(1, "question-1", stage), record.MixList(1, "question-2", stage))
				e.swap(t, record.MixProof(1, "question-1", stage), record.MixProof(1, "question-2", stage))
			}
			for stage := 1; stage <= 3; stage++ {
				e.restate(t, stage)
			}
		}, ErrProof},
		{"the statements of two stages swapped", func(t *testing.T, e *election) { e.swap(t, record.Mix(1), record.Mix(2)) }, note.ErrUnknownSigner},
		{"a stage missing", func(t *testing.T, e *election) { e.remove(t, record.Mix(2)) }, fs.ErrNotExist},
		{"the last stage missing", func(t *testing.T, e *election) { e.remove(t, record.Mix(3)) }, fs.ErrNotExist},
		{"a stage too many", func(t *testing.T, e *election) { e.write(t, record.Mix(4), e.read(t, record.Mix(3))) }, ErrStatement},
		{"a mixer that states another input (B26)", stated(func(m *scrutin.Mix) { m.Cells[0].Questions[0].Input[0]++ }), ErrChain},
		{"a mix of another seal", stated(func(m *scrutin.Mix) { m.Seal[0]++ }), ErrSeal},
		{"a mix of another opening", stated(func(m *scrutin.Mix) { m.Opening[0]++ }), scrutin.ErrOtherOpening},
		{"a mix of another scrutin", stated(func(m *scrutin.Mix) { m.Manifest[0]++ }), scrutin.ErrOtherScrutin},
		{"a mixer in the place of another", stated(func(m *scrutin.Mix) { m.Mixer = "mixer-1" }), ErrStatement},
		{"another stage", stated(func(m *scrutin.Mix) { m.Stage = 3 }), ErrStatement},
		{"a cell left out", stated(func(m *scrutin.Mix) { m.Cells = m.Cells[:1] }), ErrStatement},
		{"cells in another order", stated(func(m *scrutin.Mix) { m.Cells[0], m.Cells[1] = m.Cells[1], m.Cells[0] }), ErrStatement},
		{"a question left out", stated(func(m *scrutin.Mix) { m.Cells[0].Questions = m.Cells[0].Questions[:1] }), ErrStatement},
		{"questions in another order", stated(func(m *scrutin.Mix) {
			q := m.Cells[0].Questions
			q[0], q[1] = q[1], q[0]
		}), ErrStatement},
		{"a ballot less stated", stated(func(m *scrutin.Mix) { m.Cells[0].Questions[0].Ballots-- }), ErrStatement},
		{"ballots other than those sealed (B17)", func(_ *testing.T, e *election) { copy(e.params.Counted[0][0], randomPoint()) }, ErrChain},
		{"ballots of an urn in another order", func(_ *testing.T, e *election) {
			b := e.params.Counted[0][0]
			e.params.Counted[0][0] = append(append([]byte(nil), b[64:]...), b[:64]...)
		}, ErrChain},
		{"another election key", func(_ *testing.T, e *election) {
			keys := *e.params.Keys
			keys.Key = keys.Key.Add(group.Base())
			e.params.Keys = &keys
		}, ErrProof},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := honest.clone(t)
			c.change(t, e)
			if _, err := e.seal(t).Mixed(e.reader(t)); !errors.Is(err, c.want) {
				t.Errorf("%v, not %v", err, c.want)
			}
		})
	}
}

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

// The holder's side gives nothing for anything but the whole, mixed, sealed
// ballots (B18): a Mixed is only had from verified mixes, and a fragment must be
// that of the verification key.
func TestHolderRefuses(t *testing.T) {
	e := twoClauses(t)
	if _, err := e.seal(t).Mixed(e.reader(t)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("unmixed ballots: %v, not ErrNotExist", err)
	}
	mixed := e.mix(t)
	w := e.writer(t)
	own := e.fragments["bureau"]["member-1"]
	for name, c := range map[string]struct {
		clause, holder, signer string
		fragment               group.Scalar
		want                   error
	}{
		"the fragment of another":        {"bureau", "member-1", "member-1", e.fragments["bureau"]["member-2"], sigma.ErrSecret},
		"the fragment of another clause": {"delegates", "member-4", "member-4", e.fragments["bureau"]["member-4"], sigma.ErrSecret},
		"the signature of another":       {"bureau", "member-1", "member-2", own, ErrHolder},
		"no holder of the clause":        {"delegates", "member-1", "member-1", own, ErrHolder},
		"no such clause":                 {"nobody", "member-1", "member-1", own, ErrHolder},
	} {
		if err := mixed.Share(w, c.clause, c.holder, c.fragment, e.Signers[c.signer]); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, not %v", name, err, c.want)
		}
	}
	single := e.params
	single.Counted = [][][]byte{{e.params.Counted[0][0][:elgamal.Size], e.params.Counted[0][1][:elgamal.Size]}, {{}, {}}}
	if _, err := NewSealed(single); !errors.Is(err, ErrSmall) {
		t.Errorf("a single ballot: %v, not ErrSmall", err)
	}
	if err := e.seal(t).Mix(&w.Reader, w, 2, e.Signers["mixer-1"]); !errors.Is(err, ErrStatement) {
		t.Errorf("a mixer in the place of another: %v, not ErrStatement", err)
	}
	e.write(t, record.Shares("bureau", "member-1"), []byte("??\n"))
	var refusal *Refusal
	if err := mixed.Share(w, "bureau", "member-1", own, e.Signers["member-1"]); !errors.As(err, &refusal) {
		t.Errorf("a broken statement in the way: %v, not a Refusal", err)
	}
}

// What was verified is what is counted: a list that changes in between is
// noticed.
func TestListChangedBetweenVerificationAndCount(t *testing.T) {
	honest := twoClauses(t)
	honest.open(t)
	for name, path := range map[string]string{
		"mixed":  record.MixList(1, "question-1", 3),
		"shares": record.SharesList(1, "question-1", "bureau", "member-1"),
	} {
		e := honest.clone(t)
		mixed, err := e.seal(t).Mixed(e.reader(t))
		if err != nil {
			t.Fatal(err)
		}
		shares, err := mixed.Shares(e.reader(t))
		if err != nil {
			t.Fatal(err)
		}
		b := e.read(t, path)
		var first [64]byte
		copy(first[:], b)
		copy(b, b[64:128])
		copy(b[64:], first[:])
		e.write(t, path, b)
		if _, err := shares.Count(e.marks()); !errors.Is(err, ErrFile) {
			t.Errorf("%s list: %v, not ErrFile", name, err)
		}
	}
}

func TestCSV(t *testing.T) {
	f := scrutintest.New(t, scrutintest.Options{Edit: func(m *scrutin.Manifest) {
		m.Questions[0].Options[0].Label = "Raphaël BRIOT"
		m.Questions[0].Options[1].Label = "Français des Pays-Bas « Ensemble, riches de nos différences »"
		m.Questions[0].Options[2].Label = `Liste "A"`
	}})
	options := []scrutin.OptionCount{{Option: "option-1", Ballots: 12}, {Option: "option-2", Ballots: 0}, {Option: "option-3", Ballots: 3}}
	r := &scrutin.Result{Cells: []scrutin.CellResult{
		{Cell: "urn-1+urn-2", Questions: []scrutin.QuestionResult{{Question: "question-1", Options: options, Blank: 4, Nul: 1}}},
	}}
	got, err := CSV(f.Manifest, r)
	if err != nil {
		t.Fatal(err)
	}
	want := "urn,option,ballots\n" +
		"urn-1+urn-2,Raphaël BRIOT,12\n" +
		"urn-1+urn-2,\"Français des Pays-Bas « Ensemble, riches de nos différences »\",0\n" +
		"urn-1+urn-2,\"Liste \"\"A\"\"\",3\n" +
		"urn-1+urn-2,blanc,4\n" +
		"urn-1+urn-2,nul,1\n"
	if string(got) != want {
		t.Errorf("%s\nnot\n%s", got, want)
	}
	r.Cells[0].Questions = append(r.Cells[0].Questions, scrutin.QuestionResult{Question: "question-2"})
	if got, err = CSV(f.Manifest, r); err != nil || string(got[:29]) != "urn,question,option,ballots\nu" {
		t.Errorf("several questions: %q %v", got[:29], err)
	}
}
