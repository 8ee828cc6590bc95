package group

// Table holds multiples of one point, for many multiplications of it. It is
// safe for concurrent use.
type Table struct {
	p Point
}

// NewTable returns a table for p with windows of windowBits bits, from 1 to 12.
// It takes about 120 * 2^(windowBits-1) * 253/windowBits bytes: 280 kB at 7
// bits, 490 kB at 8, which a second-level cache holds.
func NewTable(p Point, windowBits int) *Table {
	mustBeSet(&p)
	if windowBits < 1 || windowBits > 12 {
		panic("group: a table's windows have 1 to 12 bits")
	}
	return &Table{p: p}
}

// Mul returns s times the point of the table, in variable time.
func (t *Table) Mul(s Scalar) Point {
	r := Identity()
	t.AddMul(&r, s)
	return r
}

// AddMul adds s times the point of the table to acc, in variable time.
func (t *Table) AddMul(acc *Point, s Scalar) {
	*acc = acc.Add(t.p.MulVartime(s))
}

// MulConstTime returns s times the point of the table, in constant time.
func (t *Table) MulConstTime(s Scalar) Point {
	return t.p.Mul(s)
}
