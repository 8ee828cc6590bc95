package urn

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	mathrand "math/rand/v2"
	"slices"
)

// Scheduled is the plan of every flush but the last: nothing while fewer than 2k
// ballots are pending, then all but k. So every batch has at least k ballots,
// and the last one too.
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

// Draw splits 0 … n−1 at random into those taken and those left, by the system's
// generator, each in random order.
func Draw(n, take int) (taken, left []int) {
	var seed [32]byte
	rand.Read(seed[:])
	order := mathrand.New(mathrand.NewChaCha8(seed)).Perm(n)
	return order[:take], order[take:]
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
