package group

import (
	"encoding/binary"
	"math/bits"
)

// limbs is an integer below 2^256, least significant word first.
type limbs [4]uint64

// groupOrder is l and halfOrder is (l-1)/2.
var (
	groupOrder = limbs{0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 1 << 60}
	halfOrder  = limbs{0x2c09318d2e7ae9f6, 0x0a6f7cef517bce6b, 0, 1 << 59}
)

// add returns a + b modulo 2^256, sub returns a - b and the borrow.
func (a limbs) add(b limbs) (r limbs) {
	var c uint64
	for i := range r {
		r[i], c = bits.Add64(a[i], b[i], c)
	}
	return r
}

func (a limbs) sub(b limbs) (r limbs, borrow uint64) {
	for i := range r {
		r[i], borrow = bits.Sub64(a[i], b[i], borrow)
	}
	return r, borrow
}

// window returns the bits from to from+count-1 of a, for count up to 63.
func (a *limbs) window(from, count uint) uint64 {
	word, shift := from/64, from%64
	v := a[word&3] >> shift
	if shift+count > 64 && word < 3 {
		v |= a[(word+1)&3] << (64 - shift)
	}
	return v & (1<<count - 1)
}

// bitLen returns the number of bits of a, 0 for 0.
func (a *limbs) bitLen() uint {
	for i := len(a) - 1; i >= 0; i-- {
		if a[i] != 0 {
			return uint(64*i + bits.Len64(a[i]))
		}
	}
	return 0
}

// less says whether a < b.
func (a limbs) less(b limbs) bool {
	_, borrow := a.sub(b)
	return borrow == 1
}

// limbsOf reads little-endian bytes.
func limbsOf(b []byte) (r limbs) {
	for i := 0; i < len(b)/8; i++ {
		r[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return r
}

// magnitude returns m <= (l-1)/2 and sign (0 or 1) with a = m or a = l - m, in
// constant time. It saves a window in most recodings.
func (a *Scalar) magnitude() (m limbs, sign int) {
	m = limbsOf(a.s.Bytes())
	_, above := halfOrder.sub(m)
	neg, _ := groupOrder.sub(m)
	for i := range m {
		m[i] ^= -above & (m[i] ^ neg[i])
	}
	return m, int(above)
}

// recoding writes integers with signed digits in base 2^width, each at most
// 2^(width-1) in absolute value:
//
//	m = sum of digit(i) * 2^(width*i), for i < windows
//
// Adding offset, which is half the base at every window but the last, makes
// each digit a field of bits less a constant, with no carry to follow.
type recoding struct {
	width, windows uint
	offset         limbs
}

// newRecoding returns the shortest recoding that can write 0 to largest, which
// is below 2^253.
func newRecoding(width uint, largest limbs) recoding {
	r := recoding{width: width, windows: 1}
	for {
		last := width * (r.windows - 1)
		top := r.shift(largest)
		if top.bitLen() <= last+width && top.window(last, width) <= 1<<(width-1) {
			return r
		}
		half := last + width - 1
		r.offset[half/64] |= 1 << (half % 64)
		r.windows++
	}
}

// shift prepares m for digit.
func (r *recoding) shift(m limbs) limbs {
	return m.add(r.offset)
}

// digit returns digit i of the integer that was shifted to v, in a time that
// depends on i alone.
func (r *recoding) digit(v *limbs, i uint) int {
	d := int(v.window(i*r.width, r.width))
	if i < r.windows-1 {
		d -= 1 << (r.width - 1)
	}
	return d
}

// naf writes m, below 2^255, in non-adjacent form of width w: m is the sum of
// digits[i] * 2^i for i < n, every digit is 0 or odd and below 2^(w-1) in
// absolute value, and of any w consecutive ones at most one is not 0. Its time
// depends on m.
func (m *limbs) naf(w uint) (digits [256]int8, n int) {
	var carry uint64
	end := m.bitLen()
	for i := uint(0); i < end || carry == 1; {
		v := m.window(i, w) + carry
		if v&1 == 0 {
			i++
			continue
		}
		carry = v >> (w - 1)
		digits[i] = int8(v) - int8(carry<<w)
		n = int(i) + 1
		i += w
	}
	return digits, n
}
