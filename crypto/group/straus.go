package group

// oddMultiples holds p, 3p, 5p, ... as the digits of a non-adjacent form call
// for.
type oddMultiples [8]cached

// set fills the multiples that digits of the width use.
func (t *oddMultiples) set(p *Point, width uint) {
	t[0].fromPoint(p)
	if width == 2 {
		return
	}
	q := *p
	q.double(&q)
	var twice cached
	twice.fromPoint(&q)
	q = *p
	for i := 1; i < 1<<(width-2); i++ {
		q.addCached(&q, &twice, 0)
		t[i].fromPoint(&q)
	}
}

// nafWidth is the width of digits that costs least for an integer of so many
// bits: wide digits are fewer and need more multiples.
func nafWidth(length uint) uint {
	switch {
	case length <= 24:
		return 2
	case length <= 128:
		return 4
	}
	return 5
}

// straus shares the doublings of all products (Straus 1964), each scalar in
// non-adjacent form.
func straus(points []Point, scalar func(i int) (limbs, int)) Point {
	mustAllBeSet(points)
	n := len(points)
	tables := make([]oddMultiples, n)
	digits := make([]int8, 256*n) // of one weight together
	top := 0
	for i := range points {
		m, sign := scalar(i)
		width := nafWidth(m.bitLen())
		tables[i].set(&points[i], width)
		own, length := m.naf(width)
		for j, d := range own[:length] {
			digits[j*n+i] = d * int8(1-2*sign)
		}
		top = max(top, length)
	}
	r := Identity()
	doublings := 0
	for i := top - 1; i >= 0; i-- {
		for j, d := range digits[i*n : (i+1)*n] {
			if d != 0 {
				r.doubleTimes(doublings)
				doublings = 0
				sign, abs := split(int(d))
				r.addCached(&r, &tables[j][abs/2], sign)
			}
		}
		doublings++
	}
	r.doubleTimes(doublings - 1)
	return r
}
