package scrutin_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// Random acts, right and wrong, never reach decrypt without all that must precede
// it, whoever proposes them. (S004-21b)
func TestNeverDecryptEarly(t *testing.T) {
	b := newBoard(t, scrutintest.Options{})
	start := b.at
	kinds := append(slices.Clone(straight), scrutin.ActSuspend, scrutin.ActResume, scrutin.ActExtend, scrutin.ActAddendum, scrutin.ActAppend, scrutin.ActOpenSmall,
		scrutin.ActStop, scrutin.ActAnnul)
	reached := 0
	rapid.Check(t, func(t *rapid.T) {
		b.p, b.at, b.present = scrutin.NewProcedure(b.Manifest, b.Fingerprint), start, names(b.Manifest)
		b.ballots = rapid.SliceOfN(rapid.IntRange(0, 40), 2, 2).Draw(t, "ballots")
		var done []string
		for range 30 {
			kind := rapid.SampledFrom(kinds).Draw(t, "kind")
			next := slices.DeleteFunc(b.p.Next(), func(kind string) bool {
				return kind == scrutin.ActStop || kind == scrutin.ActAnnul || kind == scrutin.ActWaive
			})
			if len(next) > 0 && rapid.SampledFrom([]bool{true, true, true, false}).Draw(t, "sensible") {
				kind = rapid.SampledFrom(next).Draw(t, "next")
			}
			signers := b.present
			if rapid.SampledFrom([]bool{true, false, false, false}).Draw(t, "some") {
				signers = rapid.SliceOfNDistinct(rapid.SampledFrom(b.present), 2, 4, rapid.ID[string]).Draw(t, "signers")
			}
			if b.p.Apply(b.sign(b.draft(kind), signers...)) != nil {
				continue
			}
			if len(signers) < 3 {
				t.Fatalf("%s adopted by %v", kind, signers)
			}
			if !slices.Contains(done, kind) {
				done = append(done, kind)
			}
			if kind == scrutin.ActDecrypt {
				reached++
				if slices.Contains(done, scrutin.ActStop) || slices.Contains(done, scrutin.ActAnnul) {
					t.Fatalf("a vote that was stopped or annulled is opened: %v", done)
				}
				for i, needed := range []string{scrutin.ActConstitute, scrutin.ActCeremony, scrutin.ActRehearse, scrutin.ActEnrol, scrutin.ActAnonymise,
					scrutin.ActOpen, scrutin.ActClose, scrutin.ActSeal, scrutin.ActMix} {
					if at := slices.Index(done, needed); at < 0 || i > 0 && at < slices.Index(done, straight[i-1]) {
						t.Fatalf("decrypted after %v", done)
					}
				}
				for _, f := range b.p.Found {
					if n := f.Ballots; n > 0 && n < b.Manifest.MinimumSize && !slices.Contains(done, scrutin.ActOpenSmall) {
						t.Fatalf("a cell of %d ballots is opened without an act", f.Ballots)
					}
				}
			}
		}
	})
	if reached < 10 {
		t.Error("few sequences reached decrypt: the test shows nothing: ", reached)
	}
}
