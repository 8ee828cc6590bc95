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
