package audit_test

import (
	"crypto/sha256"
	"slices"
	"testing"
	"time"

	"isoloir/audit"
	"isoloir/audit/audittest"
	"isoloir/scrutin"
	"isoloir/urn"
)

// appending closes with so many marks and ballots fewer in the first urn than its
// log has, and lets the bureau append these of its ballots.
func appending(w *audittest.World, marks, ballots int, hashes ...scrutin.Digest) {
	var found []scrutin.Finding
	for u, urn := range w.Manifest.Urns {
		found = append(found, scrutin.Finding{Urn: urn.ID, Marks: w.Cast(u), Ballots: w.Cast(u)})
	}
	found[0].Marks -= marks
	found[0].Ballots -= ballots
	var adopted []scrutin.Adopted
	for _, h := range hashes {
		adopted = append(adopted, scrutin.Adopted{Path: "log/urn-1", SHA256: h})
	}
	w.Clock = w.Manifest.Schedule.Close.Add(12 * time.Hour)
	w.Act(scrutin.ActClose, scrutin.ActBody{Found: found})
	w.Act(scrutin.ActAppend, scrutin.ActBody{Reason: "a promise", Opinion: "yes", Adopts: adopted})
	w.Skip[scrutin.ActClose] = true
}

// cast lists the hashes of the cast ballots of the first urn whose counter is
// that one, those of accounts without another ballot first.
func cast(w *audittest.World, counter uint32) []scrutin.Digest {
	var alone, others []scrutin.Digest
	ballots := map[[32]byte]int{}
	var all []urn.Envelope
	for _, leaf := range slices.Concat(w.Batches[0]...) {
		if leaf[0] == byte(urn.Cast) {
			b := must(urn.ReadEnvelope(leaf[1:]))
			all = append(all, b)
			ballots[b.Account()]++
		}
	}
	for _, b := range all {
		switch hash := sha256.Sum256(b.Bytes()); {
		case b.Counter() != counter:
		case ballots[b.Account()] == 1:
			alone = append(alone, hash)
		default:
			others = append(others, hash)
		}
	}
	return append(alone, others...)
}

// TestAppendedBallotsAreNamed sees that the urn can hold no ballot beyond those
// that the bureau found at close and those that an act names.
func TestAppendedBallotsAreNamed(t *testing.T) {
	final, revotes := climb(t, 0, 31)[audittest.Logged], climb(t, 2, 32)[audittest.Logged]
	for _, c := range []struct {
		name           string
		w              *audittest.World
		marks, ballots int // fewer at close
		counter        uint32
		appended       int
		holds          bool
	}{
		{"one, whose elector was marked", final, 0, 1, 0, 1, true},
		{"one, whose elector was not", final, 1, 1, 0, 1, true},
		{"two", final, 1, 2, 0, 2, true},
		{"one, and another that no act names", final, 0, 2, 0, 1, false},
		{"one that the urn held at close", final, 0, 0, 0, 1, false},
		{"one, and more marks than ballots at close", final, -1, 1, 0, 1, false},
		{"an account's first ballot", revotes, 1, 1, 0, 1, true},
		{"an account's last ballot", revotes, 0, 0, 1, 1, true},
		{"an account's last ballot, and one that no act names", revotes, 1, 2, 1, 1, false},
	} {
		w := c.w.Clone()
		appending(w, c.marks, c.ballots, cast(w, c.counter)[:c.appended]...)
		r := verify(t, w.Advance(audittest.Listed), audit.Options{})
		if r.Holds() != c.holds || !c.holds && !(slices.Contains(r.Failed(), 1105) && slices.Contains(r.Failed(), 1106)) {
			t.Errorf("%s: %s, %v\n%s", c.name, r.Verdict, r.Failed(), findings(r))
		}
	}
}
