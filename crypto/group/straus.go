package group

// nafTable is a scalar in non-adjacent form with the odd multiples of a point
// that its digits call for.
type nafTable struct {
	odd    [8]cached
	digits [256]int8
	n      int
	sign   int
}

// set prepares for m*p, or -m*p when sign is 1. Wider digits need more
// multiples and pay for longer scalars only.
func (t *nafTable) set(p *Point, m *limbs, sign int) {
	width := uint(5)
	switch length := m.bitLen(); {
	case length <= 24:
		width = 2
	case length <= 128:
		width = 4
	}
	t.digits, t.n = m.naf(width)
	t.sign = sign
	t.odd[0].fromPoint(p)
	if width == 2 {
		return
	}
	var twice cached
	q := *p
	q.double(&q)
	twice.fromPoint(&q)
	q = *p
	for i := 1; i < 1<<(width-2); i++ {
		q.addCached(&q, &twice, 0)
		t.odd[i].fromPoint(&q)
	}
}

// straus shares the doublings of all products (Straus 1964), each scalar in
// non-adjacent form.
func straus(points []Point, scalar func(i int) (limbs, int)) Point {
	mustAllBeSet(points)
	tables := make([]nafTable, len(points))
	top := 0
	for i := range points {
		m, sign := scalar(i)
		tables[i].set(&points[i], &m, sign)
		top = max(top, tables[i].n)
	}
	r := Identity()
	for i := top - 1; i >= 0; i-- {
		used := false
		for j := range tables {
			used = used || tables[j].digits[i] != 0
		}
		r.doubleFor(&r, used || i == 0)
		if !used {
			continue
		}
		for j := range tables {
			t := &tables[j]
			if d := int(t.digits[i]); d != 0 {
				negative, d := split(d)
				r.addCached(&r, &t.odd[d/2], negative^t.sign)
			}
		}
	}
	return r
}
