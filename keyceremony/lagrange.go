package keyceremony

import (
	"errors"
	"fmt"
	"math/big"

	"isoloir/crypto/group"
)

// ErrIndices says that a list of share indices is empty, repeats one, or holds
// one outside 1 ... [MaxHolders].
var ErrIndices = errors.New("indices of shares must be distinct and from 1 up")

// ErrTooLarge says that integer Lagrange coefficients do not fit 64 bits.
var ErrTooLarge = errors.New("Lagrange coefficients do not fit 64 bits")

// MaxHolders is the highest index of a share in a clause.
const MaxHolders = 1 << 10

// Lagrange returns the Lagrange coefficients at 0 of the shares with the given
// indices, in their order:
//
//	λ_i = ∏_{j≠i} j / (j - i)  mod l
//
// so that for every polynomial p of fewer than len(indices) coefficients,
// p(0) = Σ λ_i p(i).
func Lagrange(indices []int) ([]group.Scalar, error) {
	if err := checkIndices(indices); err != nil {
		return nil, err
	}
	out := make([]group.Scalar, len(indices))
	for k, i := range indices {
		num, den := group.ScalarFromUint64(1), group.ScalarFromUint64(1)
		for _, j := range indices {
			if j == i {
				continue
			}
			num = num.Mul(signed(j))
			den = den.Mul(signed(j - i))
		}
		out[k] = num.Mul(den.Inverse())
	}
	return out, nil
}

// IntegerLagrange returns the same coefficients as fractions λ_i = nums[i]/den
// in lowest common terms, den > 0. With them a product of partial decryptions
// raised to λ_i is compared after raising both sides to den: the exponents are
// then small integers. ErrTooLarge if one does not fit 63 bits and a sign.
func IntegerLagrange(indices []int) (nums []int64, den int64, err error) {
	if err := checkIndices(indices); err != nil {
		return nil, 0, err
	}
	fractions := make([]*big.Rat, len(indices))
	common := big.NewInt(1)
	for k, i := range indices {
		f := big.NewRat(1, 1)
		for _, j := range indices {
			if j != i {
				f.Mul(f, big.NewRat(int64(j), int64(j-i)))
			}
		}
		fractions[k] = f
		gcd := new(big.Int).GCD(nil, nil, common, f.Denom())
		common.Mul(common, new(big.Int).Quo(f.Denom(), gcd))
	}
	nums = make([]int64, len(indices))
	for k, f := range fractions {
		n := new(big.Int).Mul(f.Num(), new(big.Int).Quo(common, f.Denom()))
		if !n.IsInt64() || !common.IsInt64() {
			return nil, 0, fmt.Errorf("%d indices: %w", len(indices), ErrTooLarge)
		}
		nums[k] = n.Int64()
	}
	return nums, common.Int64(), nil
}

func checkIndices(indices []int) error {
	seen := make(map[int]bool, len(indices))
	for _, i := range indices {
		if i < 1 || i > MaxHolders || seen[i] {
			return fmt.Errorf("index %d: %w", i, ErrIndices)
		}
		seen[i] = true
	}
	if len(indices) == 0 {
		return ErrIndices
	}
	return nil
}

func signed(v int) group.Scalar {
	if v < 0 {
		return group.ScalarFromUint64(uint64(-v)).Neg()
	}
	return group.ScalarFromUint64(uint64(v))
}
