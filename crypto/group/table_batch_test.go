package group

import "testing"

func TestAddMulAll(t *testing.T) {
	p := Generator("isoloir/v1/test", 7)
	for bits := 1; bits <= 12; bits++ {
		table := NewTable(p, bits)
		for _, n := range []int{0, 1, 2, 50} {
			scalars := []Scalar{{}, ScalarFromUint64(1), ScalarFromUint64(1).Neg()}
			for len(scalars) < n {
				scalars = append(scalars, RandomScalar())
			}
			scalars = scalars[:n]
			acc, want := make([]Point, n), make([]Point, n)
			for i := range acc {
				acc[i] = MulBase(ScalarFromUint64(uint64(i)))
				want[i] = acc[i].Add(p.Mul(scalars[i]))
			}
			table.AddMulAll(acc, scalars)
			for i := range acc {
				if !acc[i].Equal(want[i]) {
					t.Fatalf("%d bits, scalar %d of %d differs", bits, i, n)
				}
			}
		}
	}
}
