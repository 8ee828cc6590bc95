package urn

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	mathrand "math/rand/v2"
	"slices"
)

// Scheduled is the plan of every flush but the last: nothing while fewer than 2k
// ballots of a kind are pending (Divide), then all but k. So every batch has at least k
// ballots of each kind that is in it, and the last one too of a kind that was in one before.
func Scheduled(k int) Plan {
	return func(_ uint16, pending int) int {
		if pending < 2*k {
			return 0
		}
		return pending - k
	}
}

// Everything is the plan of the last flush.
func Everything(_ uint16, pending int) int { return pending }

// Divide splits the pending ballots of an urn at random, by the system's generator, into
// those that a plan moves into the log now and those that wait. Ballots cast at terminals
// and all others are planned for apart: the leaf of one says at which terminal it was cast,
// so that those of a batch hide each other alone, and not behind ballots from elsewhere.
func Divide(plan Plan, number uint16, pending []Entry) (taken, left []Entry) {
	var kinds [2][]Entry
	for _, e := range pending {
		kind := 0
		if e.Ballot.Supervised() {
			kind = 1
		}
		kinds[kind] = append(kinds[kind], e)
	}
	var seed [32]byte
	rand.Read(seed[:])
	draw := mathrand.New(mathrand.NewChaCha8(seed))
	for _, entries := range kinds {
		draw.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		n := min(len(entries), max(0, plan(number, len(entries))))
		taken, left = append(taken, entries[:n]...), append(left, entries[n:]...)
	}
	return taken, left
}

// Extend appends ballots to a log as its next batch: it gives the next head and the
// entries in the order of the batch, ascending by the SHA-256 of their leaves. The slice
// given is left as it is.
func Extend(head Head, entries []Entry) (Head, []Entry) {
	type row struct {
		key   Hash
		entry Entry
	}
	rows := make([]row, len(entries))
	for i, e := range entries {
		rows[i] = row{sha256.Sum256(e.Leaf()), e}
	}
	slices.SortFunc(rows, func(a, b row) int { return bytes.Compare(a.key[:], b.key[:]) })
	next := Head{head.Number + 1, head.Tree.Clone()}
	sorted := make([]Entry, len(rows))
	for i, r := range rows {
		next.Tree.Append(r.entry.Leaf())
		sorted[i] = r.entry
	}
	return next, sorted
}
