package group

// Table holds multiples of one point, for many multiplications of it. It is
// safe for concurrent use.
type Table struct {
	code recoding
	// multiples holds, for each window i of the recoding, the multiples by
	// 1, 2, ..., 2^(width-1) of 2^(width*i) times the point.
	multiples []niels
}

// NewTable returns a table for p with windows of windowBits bits, from 1 to 12.
// It holds 120 * 2^(windowBits-1) * (252/windowBits) bytes: 60 kB at 4 bits,
// 276 kB at 7, 491 kB at 8, which a second-level cache takes in. NewTable
// computes for about 0.3 µs per 120 bytes.
func NewTable(p Point, windowBits int) *Table {
	p.mustBeSet()
	if windowBits < 1 || windowBits > 12 {
		panic("group: a table's windows have 1 to 12 bits")
	}
	t := &Table{code: newRecoding(uint(windowBits), halfOrder)}
	half := t.half()
	t.multiples = make([]niels, int(t.code.windows)*half)
	row := make([]Point, half)
	for i := range int(t.code.windows) {
		var c cached
		c.fromPoint(&p)
		row[0] = p
		for j := 1; j < half; j++ {
			row[j].addCached(&row[j-1], &c, 0)
		}
		prepare(t.multiples[i*half:(i+1)*half], row)
		p.double(&row[half-1])
	}
	return t
}

// half returns the number of multiples of each window.
func (t *Table) half() int {
	return 1 << (t.code.width - 1)
}

// Mul returns s times the point of the table, in variable time.
func (t *Table) Mul(s Scalar) Point {
	r := Identity()
	t.AddMul(&r, s)
	return r
}

// AddMul adds s times the point of the table to acc, in variable time.
func (t *Table) AddMul(acc *Point, s Scalar) {
	acc.mustBeSet()
	m, negative := s.magnitude()
	m = t.code.shift(m)
	row := t.multiples
	for i := range t.code.windows {
		if d := t.code.digit(&m, i); d != 0 {
			sign, abs := split(d)
			acc.addMixed(acc, &row[abs-1], sign^negative)
		}
		row = row[t.half():]
	}
}

// MulConstTime returns s times the point of the table, in constant time. It
// reads the whole table, so that narrow windows are best: 4 bits.
func (t *Table) MulConstTime(s Scalar) Point {
	m, negative := s.magnitude()
	m = t.code.shift(m)
	r, row := Identity(), t.multiples
	for i := range t.code.windows {
		q := lookup(row[:t.half()], t.code.digit(&m, i), negative)
		r.addMixed(&r, &q, 0)
		row = row[t.half():]
	}
	return r
}
