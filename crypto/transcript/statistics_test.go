package transcript

import (
	"encoding/binary"
	"math"
	"math/big"
	"testing"

	"isoloir/crypto/group"
)

// order is the group order l.
var order, _ = new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)

// deviations compares counts with equal expectations by chi-square: how many
// standard deviations of its normal approximation they are off.
func deviations(counts []int) float64 {
	total := 0
	for _, c := range counts {
		total += c
	}
	expected, sum := float64(total)/float64(len(counts)), 0.0
	for _, c := range counts {
		sum += (float64(c) - expected) * (float64(c) - expected) / expected
	}
	free := float64(len(counts) - 1)
	return (sum - free) / math.Sqrt(2*free)
}

// uniform allows seven deviations: fewer than one run in a million fails.
func uniform(t *testing.T, what string, counts []int) {
	t.Helper()
	if z := deviations(counts); math.Abs(z) > 7 {
		t.Errorf("%s: %.1f deviations off", what, z)
	}
}

// interval returns in which of 256 equal parts of [0, l) the scalar lies: the
// bias that a reduction of too few bits leaves would show here.
func interval(s group.Scalar) int {
	b := s.Bytes()
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	v := new(big.Int).SetBytes(b[:])
	return int(v.Lsh(v, 8).Div(v, order).Int64())
}

func TestScalarsAreUniform(t *testing.T) {
	const n = 30_000
	tr := New("statistics", testContext)
	x := group.RandomScalar()
	for name, draw := range map[string]func() group.Scalar{
		"challenge": func() group.Scalar { return tr.Challenge("c") },
		"nonce":     func() group.Scalar { return tr.Nonce(x) },
		"random":    group.RandomScalar,
	} {
		parts, low := make([]int, 256), make([]int, 256)
		for range n {
			s := draw()
			parts[interval(s)]++
			low[s.Bytes()[0]]++
		}
		uniform(t, name+", 256 parts of the range", parts)
		uniform(t, name+", lowest byte", low)
	}
}

// The same test must see a bias that is there: a byte modulo 25, a reduction
// that was found in use.
func TestStatisticsSeeAShortReduction(t *testing.T) {
	tr := New("statistics", testContext)
	w := tr.ChallengeWeights("w")
	counts := make([]int, 25)
	for i := range 30_000 {
		counts[w.At(i)[0]%25]++
	}
	if z := deviations(counts); z < 6 {
		t.Fatalf("a biased reduction is only %.1f deviations off", z)
	}
}

func TestWeightsAreUniform(t *testing.T) {
	const n = 60_000
	tr := New("statistics", testContext)
	w := tr.ChallengeWeights("w")
	weights := make([][16]byte, n)
	w.Fill(weights, 0)
	var bits [128]int
	pairs := make([]int, 256)
	bytesAt := make([][]int, 16)
	for k := range bytesAt {
		bytesAt[k] = make([]int, 256)
	}
	seen := make(map[[16]byte]bool, n)
	for i, e := range weights {
		lo, hi := binary.LittleEndian.Uint64(e[:]), binary.LittleEndian.Uint64(e[8:])
		for k := range 64 {
			bits[k] += int(lo >> k & 1)
			bits[64+k] += int(hi >> k & 1)
		}
		for k, b := range e {
			bytesAt[k][b]++
		}
		if i > 0 {
			pairs[e[0]^weights[i-1][0]]++
		}
		seen[e] = true
	}
	if len(seen) != n {
		t.Error("a weight came twice")
	}
	for k, c := range bits {
		if z := (float64(c) - n/2) / math.Sqrt(n/4.0); math.Abs(z) > 6 {
			t.Errorf("bit %d is set %d times of %d", k, c, n)
		}
	}
	for _, counts := range bytesAt {
		uniform(t, "bytes of weights", counts)
	}
	uniform(t, "neighbouring weights", pairs)
}
