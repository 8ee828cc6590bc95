package tally

import (
	"fmt"

	"isoloir/crypto/group"
	"isoloir/parallel"
)

// Answers opens ciphertexts whose shares somebody verified: for each, the place
// of its option among codes, or −1 where it holds none. quorum gives, for each
// clause, the indices of its holders; shares[j][i] is the j-th share, in the
// order of the quorum, of the ciphertext with the second half c2[i]. It refuses
// indices that are no quorum (keyceremony.ErrIndices) and another number of lists
// than theirs (ErrQuorum), and panics if lists differ in length.
func Answers(codes []group.Point, quorum [][]int, c2 []group.Point, shares [][]group.Point, workers int) ([]int, error) {
	o, err := newOpener(codes, quorum)
	if err != nil {
		return nil, err
	}
	if len(shares) != len(o.exponents)-1 {
		return nil, fmt.Errorf("%d lists of shares for a quorum of %d: %w", len(shares), len(o.exponents)-1, ErrQuorum)
	}
	for _, list := range shares {
		if len(list) != len(c2) {
			panic("tally: lists of different lengths")
		}
	}
	answers := make([]int, len(c2))
	parallel.Chunks(len(c2), chunkBallots, workers, func(lo, hi int) {
		part := make([][]group.Point, len(shares))
		for j := range shares {
			part[j] = shares[j][lo:hi]
		}
		copy(answers[lo:hi], o.open(c2[lo:hi], part))
	})
	return answers, nil
}
