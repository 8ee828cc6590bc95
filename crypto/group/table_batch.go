package group

// AddMulAll adds scalars[i] times the point of the table to acc[i], for all i,
// in variable time. It goes through the scalars window by window, so that one
// row of the table is in the first-level cache at a time and wide windows cost
// nothing but memory: at some hundred scalars or more, 10 bits are as good as
// the cache allows. It panics if the lengths differ.
func (t *Table) AddMulAll(acc []Point, scalars []Scalar) {
	if len(acc) != len(scalars) {
		panic("group: scalars and points of different lengths")
	}
	mustAllBeSet(acc)
	digits, negatives := make([]limbs, len(scalars)), make([]int8, len(scalars))
	for j := range scalars {
		m, negative := scalars[j].magnitude()
		digits[j], negatives[j] = t.code.shift(m), int8(negative)
	}
	row := t.multiples
	for i := range t.code.windows {
		for j := range acc {
			if d := t.code.digit(&digits[j], i); d != 0 {
				sign, abs := split(d)
				acc[j].addMixed(&acc[j], &row[abs-1], sign^int(negatives[j]))
			}
		}
		row = row[t.half():]
	}
	clear(digits)
}
