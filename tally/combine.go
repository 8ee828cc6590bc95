package tally

import (
	"errors"
	"math/big"
	"slices"

	"isoloir/crypto/group"
	"isoloir/keyceremony"
)

// opener turns ciphertexts and the shares of one quorum into options.
//
// With λ_j = num_j / D for every share of every clause of the quorum,
// M^D = c2^D ∏ d_j^{−num_j}: the exponents are integers of a few bits, where
// the coefficients themselves have 252. Since D has only prime factors below
// the number of holders, m ↦ m^D is a bijection of the group, and M is the
// option whose D-th power this is. Encodings are taken of the squares, which a
// batch computes with one inversion (group.DoubleEncodeBatch).
type opener struct {
	exponents [][]int8         // signed digits, lowest first: of D, then of each −num_j
	option    map[[32]byte]int // encoding of m^{2D} → number of the option
	digits    int              // length of the longest of exponents
}

// newOpener prepares the opening of ciphertexts over the options of codes m by
// the shares of quorum: for each clause the indices of its holders.
func newOpener(codes []group.Point, quorum [][]int) (*opener, error) {
	coefficients, denominator, err := coefficients(quorum)
	if err != nil {
		return nil, err
	}
	o := &opener{exponents: [][]int8{signedDigits(denominator)}, option: make(map[[32]byte]int, len(codes))}
	for _, n := range coefficients {
		o.exponents = append(o.exponents, signedDigits(n.Neg(n)))
	}
	for _, e := range o.exponents {
		o.digits = max(o.digits, len(e))
	}
	for i, m := range codes {
		o.option[power(m, o.exponents[0]).Double().Bytes()] = i
	}
	return o, nil
}

// coefficients returns the Lagrange coefficients of all shares of a quorum as
// integers over one denominator. Where they are large (two dozen holders and
// more in one clause) the denominator is 1 and the integers are those modulo
// the group order.
func coefficients(quorum [][]int) (numerators []*big.Int, denominator *big.Int, err error) {
	denominator = big.NewInt(1)
	for _, indices := range quorum {
		nums, den, err := keyceremony.IntegerLagrange(indices)
		if errors.Is(err, keyceremony.ErrTooLarge) {
			return residues(quorum)
		}
		if err != nil {
			return nil, nil, err
		}
		clause := big.NewInt(den)
		old := new(big.Int).Set(denominator)
		denominator = leastCommonMultiple(denominator, clause)
		scale(numerators, new(big.Int).Quo(denominator, old))
		added := make([]*big.Int, len(nums))
		for k, n := range nums {
			added[k] = big.NewInt(n)
		}
		scale(added, new(big.Int).Quo(denominator, clause))
		numerators = append(numerators, added...)
	}
	return numerators, denominator, nil
}

func residues(quorum [][]int) (numerators []*big.Int, denominator *big.Int, err error) {
	for _, indices := range quorum {
		lambda, err := keyceremony.Lagrange(indices)
		if err != nil {
			return nil, nil, err
		}
		for _, l := range lambda {
			b := l.Bytes()
			slices.Reverse(b[:])
			numerators = append(numerators, new(big.Int).SetBytes(b[:]))
		}
	}
	return numerators, big.NewInt(1), nil
}

func scale(numbers []*big.Int, by *big.Int) {
	for _, n := range numbers {
		n.Mul(n, by)
	}
}

func leastCommonMultiple(a, b *big.Int) *big.Int {
	gcd := new(big.Int).GCD(nil, nil, a, b)
	return gcd.Mul(new(big.Int).Quo(a, gcd), b)
}

// open returns, for each ciphertext, the number of the option it holds, or −1
// where it holds none. shares[j][i] is the j-th share of ciphertext i, in the
// order of the quorum.
func (o *opener) open(c2 []group.Point, shares [][]group.Point) []int {
	powers := make([]group.Point, len(c2))
	for i := range c2 {
		p := group.Identity()
		for bit := o.digits - 1; bit >= 0; bit-- {
			p = p.Double()
			p = addDigit(p, c2[i], o.exponents[0], bit)
			for j := range shares {
				p = addDigit(p, shares[j][i], o.exponents[j+1], bit)
			}
		}
		powers[i] = p
	}
	encoded := group.DoubleEncodeBatch(powers, 1)
	found := make([]int, len(c2))
	for i := range found {
		number, ok := o.option[[32]byte(encoded[i*group.PointSize:])]
		if !ok {
			number = -1
		}
		found[i] = number
	}
	return found
}

func addDigit(sum, p group.Point, digits []int8, bit int) group.Point {
	switch {
	case bit >= len(digits) || digits[bit] == 0:
		return sum
	case digits[bit] > 0:
		return sum.Add(p)
	default:
		return sum.Sub(p)
	}
}

// power returns p raised to the exponent of these signed digits.
func power(p group.Point, digits []int8) group.Point {
	r := group.Identity()
	for bit := len(digits) - 1; bit >= 0; bit-- {
		r = addDigit(r.Double(), p, digits, bit)
	}
	return r
}

// signedDigits returns the digits −1, 0, 1 of n in base two, lowest first,
// with no two neighbours other than zero.
func signedDigits(n *big.Int) []int8 {
	sign := int8(n.Sign())
	rest := new(big.Int).Abs(n)
	var digits []int8
	for rest.Sign() > 0 {
		var d int8
		if rest.Bit(0) == 1 {
			d = 2 - int8(rest.Bit(1)<<1|rest.Bit(0))
			rest.Sub(rest, big.NewInt(int64(d)))
		}
		digits = append(digits, sign*d)
		rest.Rsh(rest, 1)
	}
	return digits
}
