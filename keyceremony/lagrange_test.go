package keyceremony_test

import (
	"errors"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"isoloir/crypto/group"
	"isoloir/keyceremony"
)

// order is l, written as RFC 9496 does.
var order = func() *big.Int {
	l, _ := new(big.Int).SetString("27742317777372353535851937790883648493", 10)
	return l.Add(l, new(big.Int).Lsh(big.NewInt(1), 252))
}()

func bigOf(s group.Scalar) *big.Int {
	b := s.Bytes()
	slices.Reverse(b[:])
	return new(big.Int).SetBytes(b[:])
}

func indices(t *rapid.T) []int {
	return rapid.SliceOfNDistinct(rapid.IntRange(1, 40), 1, 12, rapid.ID[int]).Draw(t, "indices")
}

func TestLagrangeAgainstIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		is := indices(t)
		lambda, err := keyceremony.Lagrange(is)
		if err != nil {
			t.Fatal(err)
		}
		for k, i := range is {
			num, den := big.NewInt(1), big.NewInt(1)
			for _, j := range is {
				if j != i {
					num.Mul(num, big.NewInt(int64(j)))
					den.Mul(den, big.NewInt(int64(j-i)))
				}
			}
			want := num.Mul(num, den.ModInverse(den.Mod(den, order), order))
			if got := bigOf(lambda[k]); got.Cmp(want.Mod(want, order)) != 0 {
				t.Fatalf("λ of %d among %v is %v, want %v", i, is, got, want)
			}
		}
	})
}

func TestIntegerLagrange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		is := indices(t)
		lambda, _ := keyceremony.Lagrange(is)
		nums, den, err := keyceremony.IntegerLagrange(is)
		if errors.Is(err, keyceremony.ErrTooLarge) {
			t.Skip("these indices have coefficients beyond 63 bits, which is refused and tested apart")
		}
		if err != nil {
			t.Fatal(err)
		}
		if den <= 0 {
			t.Fatalf("denominator %d", den)
		}
		common := group.ScalarFromUint64(uint64(den))
		for k := range is {
			got := bigOf(lambda[k].Mul(common))
			want := new(big.Int).Mod(big.NewInt(nums[k]), order)
			if got.Cmp(want) != 0 {
				t.Fatalf("index %d of %v: %d/%d", is[k], is, nums[k], den)
			}
		}
	})
}

// Every quorum of a sharing gives the same secret, in the exponent; one share
// fewer gives another point.
func TestQuorumsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		is := indices(t)
		p := keyceremony.NewPolynomial(len(is))
		c := p.Commit()
		lambda, _ := keyceremony.Lagrange(is)
		sum := group.Identity()
		for k, i := range is {
			if !group.MulBase(p.At(i)).Equal(c.At(i)) {
				t.Fatalf("share %d does not fit its commitment", i)
			}
			sum = sum.Add(c.At(i).Mul(lambda[k]))
		}
		if !sum.Equal(c[0]) {
			t.Fatalf("%v do not open the constant term", is)
		}
		if len(is) == 1 {
			return
		}
		short, _ := keyceremony.Lagrange(is[1:])
		sum = group.Identity()
		for k, i := range is[1:] {
			sum = sum.Add(c.At(i).Mul(short[k]))
		}
		if sum.Equal(c[0]) {
			t.Fatalf("%v open a sharing of threshold %d", is[1:], len(is))
		}
	})
}

func TestBadIndices(t *testing.T) {
	for _, is := range [][]int{nil, {0}, {-1, 2}, {3, 3}, {1, keyceremony.MaxHolders + 1}} {
		if _, err := keyceremony.Lagrange(is); !errors.Is(err, keyceremony.ErrIndices) {
			t.Errorf("Lagrange(%v): %v", is, err)
		}
		if _, _, err := keyceremony.IntegerLagrange(is); !errors.Is(err, keyceremony.ErrIndices) {
			t.Errorf("IntegerLagrange(%v): %v", is, err)
		}
	}
	if _, _, err := keyceremony.IntegerLagrange([]int{1, 101, 201, 301, 401, 501, 601, 701, 801, 901, 1001, 1011}); !errors.Is(err, keyceremony.ErrTooLarge) {
		t.Errorf("large indices: %v", err)
	}
}
