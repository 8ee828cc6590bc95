package group

import (
	"bytes"
	"crypto/sha512"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/gtank/ristretto255"
	"github.com/oasisprotocol/curve25519-voi/curve"
	"github.com/oasisprotocol/curve25519-voi/curve/scalar"
)

var sizes = []int{0, 1, 2, 31, 32, 33, 89, 90, 256, 257, 600}

// manyPoints returns n elements cheaply: sums of a few.
func manyPoints(n int) []Point {
	out := somePoints(8)
	for i := len(out); i < n; i++ {
		out = append(out, out[i-5].Add(out[i-1]))
	}
	return out[:n]
}

func manyScalars(t testing.TB, n int) []Scalar {
	out := someScalars(t, 20)
	for i := len(out); i < n; i++ {
		out = append(out, out[i-7].Mul(out[i-1]).Add(out[i-2]))
	}
	return out[:n]
}

func TestMSMMatchesOracles(t *testing.T) {
	for _, n := range sizes {
		points, scalars := manyPoints(n), manyScalars(t, n)
		var vp []*curve.RistrettoPoint
		var vs []*scalar.Scalar
		var gp []*ristretto255.Element
		var gs []*ristretto255.Scalar
		for i := range points {
			vp, vs = append(vp, toVoi(t, points[i])), append(vs, toVoiScalar(t, scalars[i]))
			gp, gs = append(gp, toGtank(t, points[i])), append(gs, toGtankScalar(t, scalars[i]))
		}
		voi := curve.NewRistrettoPoint().MultiscalarMulVartime(vs, vp)
		gtank := ristretto255.NewIdentityElement().VarTimeMultiScalarMult(gs, gp)
		for _, workers := range []int{0, 1, 3, 32} {
			samePoint(t, "MSM", MSM(scalars, points, workers), voi, gtank)
		}
		if n > 0 {
			samePoint(t, "pippenger", pippenger(points, 2, func(i int) (limbs, int) { return scalars[i].magnitude() }), voi, gtank)
			samePoint(t, "straus", straus(points, func(i int) (limbs, int) { return scalars[i].magnitude() }), voi, gtank)
		}
	}
}

func TestMSM128(t *testing.T) {
	for _, n := range sizes {
		points, short, full := manyPoints(n), make([][16]byte, n), make([]Scalar, n)
		for i := range short {
			h := sha512.Sum512([]byte{byte(i), byte(i >> 8)})
			copy(short[i][:], h[:])
			switch i {
			case 0:
				short[i] = [16]byte{}
			case 1:
				copy(short[i][:], bytes.Repeat([]byte{0xff}, 16))
			}
			full[i] = ScalarFrom128(short[i])
		}
		want := MSM(full, points, 1)
		for _, workers := range []int{0, 1, 3, 32} {
			if !MSM128(short, points, workers).Equal(want) {
				t.Errorf("MSM128 of %d with %d workers differs from MSM", n, workers)
			}
		}
	}
}

// Every width of window that bucketWidth may pick, and scalars of every length.
func TestBucketWidths(t *testing.T) {
	points := manyPoints(200)
	for _, length := range []int{1, 5, 12, 13, 14, 64, 100, 127, 128, 251} {
		var largest limbs
		scalars, full := make([]limbs, len(points)), make([]Scalar, len(points))
		for i := range scalars {
			h := sha512.Sum512([]byte{byte(i), byte(length)})
			m := limbsOf(h[:32])
			if i == 0 {
				m = limbs{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}
			}
			for j := range m {
				m[j] &= 1<<max(0, min(64, length-64*j)) - 1
			}
			if largest.less(m) {
				largest = m
			}
			scalars[i] = m
			full[i] = scalarOf(t, m)
		}
		want := straus(points, func(i int) (limbs, int) { return full[i].magnitude() })
		prepared := make([]niels, len(points))
		prepare(prepared, points)
		for width := uint(1); width <= 16; width++ {
			code := newRecoding(width, largest)
			digits := make([]limbs, len(points))
			for i := range digits {
				digits[i] = code.shift(scalars[i])
			}
			r := Identity()
			for i := int(code.windows) - 1; i >= 0; i-- {
				r.doubleTimes(int(width))
				sum := bucketSum(prepared, digits, &code, uint(i))
				r.add(&r, &sum)
			}
			if !r.Equal(want) {
				t.Errorf("scalars of %d bits, windows of %d: wrong sum", length, width)
			}
		}
	}
}

func scalarOf(t testing.TB, m limbs) Scalar {
	b := make([]byte, 0, ScalarSize)
	for _, w := range m {
		for range 8 {
			b = append(b, byte(w))
			w >>= 8
		}
	}
	s, err := DecodeScalar(b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestMulAll(t *testing.T) {
	for _, n := range []int{0, 1, 31, 32, 33, 70} {
		points := manyPoints(n)
		for _, k := range append(someScalars(t, 1)[:12], RandomScalar()) {
			for _, workers := range []int{0, 1, 2} {
				fast, secret := MulAllVartime(k, points, workers), MulAllConstTime(k, points, workers)
				if len(fast) != n || len(secret) != n {
					t.Fatalf("%d points became %d and %d", n, len(fast), len(secret))
				}
				for i, p := range points {
					want := p.MulVartime(k)
					if !fast[i].Equal(want) || !secret[i].Equal(want) || !onCurve(&fast[i]) || !onCurve(&secret[i]) {
						t.Fatalf("point %d of %d: MulAll differs from Mul", i, n)
					}
				}
			}
		}
	}
}

func TestEncodeBatches(t *testing.T) {
	for _, n := range sizes {
		points := manyPoints(n)
		for _, workers := range []int{0, 1, 3, 32} {
			enc, doubles := EncodeBatch(points, workers), DoubleEncodeBatch(points, workers)
			if len(enc) != n*PointSize || len(doubles) != n*PointSize {
				t.Fatalf("%d points encode to %d and %d bytes", n, len(enc), len(doubles))
			}
			for i, p := range points {
				one, two := p.Bytes(), p.Double().Bytes()
				if !bytes.Equal(enc[i*PointSize:][:PointSize], one[:]) {
					t.Errorf("EncodeBatch, point %d of %d: wrong", i, n)
				}
				if !bytes.Equal(doubles[i*PointSize:][:PointSize], two[:]) {
					t.Errorf("DoubleEncodeBatch, point %d of %d: %x, want %x", i, n, doubles[i*PointSize:][:PointSize], two)
				}
			}
			back, err := DecodeBatch(enc, workers)
			if err != nil || len(back) != n {
				t.Fatalf("DecodeBatch of %d: %d points, %v", n, len(back), err)
			}
			for i := range points {
				if !back[i].Equal(points[i]) {
					t.Errorf("DecodeBatch, point %d of %d: wrong", i, n)
				}
			}
		}
	}
}

// The four points of the coset of an element, all of whose representations must
// encode alike, alone, in a batch and doubled.
func TestEncodingOfCosets(t *testing.T) {
	for i := range 40 {
		p := Generator("cosets", uint64(i))
		var coset []Point
		for _, torsion := range somePoints(0) {
			if torsion.IsIdentity() {
				coset = append(coset, p.Add(torsion), p.Neg().Add(torsion))
			}
		}
		one, two := EncodeBatch(coset, 1), DoubleEncodeBatch(coset, 1)
		for j := 2; j < len(coset); j++ {
			at, first := j*PointSize, j%2*PointSize
			if !bytes.Equal(one[at:][:PointSize], one[first:][:PointSize]) || !bytes.Equal(two[at:][:PointSize], two[first:][:PointSize]) {
				t.Fatalf("element %d: representation %d encodes differently", i, j)
			}
			if !coset[j].Equal(coset[j%2]) {
				t.Fatalf("element %d: representation %d is not equal", i, j)
			}
		}
	}
}

func TestDecodeBatchNamesTheElement(t *testing.T) {
	good := EncodeBatch(manyPoints(600), 1)
	for _, workers := range []int{1, 2} {
		for _, i := range []int{0, 255, 256, 599} {
			src := bytes.Clone(good)
			src[i*PointSize] ^= 1
			_, err := DecodeBatch(src, workers)
			if !errors.Is(err, ErrNotCanonical) || !strings.Contains(err.Error(), "number "+strconv.Itoa(i)+":") {
				t.Errorf("element %d spoilt: %v", i, err)
			}
			src[599*PointSize] ^= 1
			if _, err := DecodeBatch(src, 1); i < 599 && !strings.Contains(err.Error(), "number "+strconv.Itoa(i)+":") {
				t.Errorf("elements %d and 599 spoilt: %v", i, err)
			}
		}
	}
	for _, n := range []int{1, 31, 33, 599*PointSize + 1} {
		if _, err := DecodeBatch(good[:n], 0); !errors.Is(err, ErrLength) {
			t.Errorf("DecodeBatch of %d bytes: %v", n, err)
		}
	}
}

func TestMisusePanics(t *testing.T) {
	points, scalars := manyPoints(3), manyScalars(t, 3)
	unset := []Point{points[0], {}, points[1]}
	for name, f := range map[string]func(){
		"MSM, fewer scalars":        func() { MSM(scalars[:2], points, 1) },
		"MSM, fewer points":         func() { MSM(scalars, points[:2], 1) },
		"MSM128, fewer scalars":     func() { MSM128(make([][16]byte, 2), points, 1) },
		"MSM128, fewer points":      func() { MSM128(make([][16]byte, 3), points[:2], 1) },
		"MSM, unset point":          func() { MSM(scalars, unset, 1) },
		"MSM128, unset point":       func() { MSM128(make([][16]byte, 300), make([]Point, 300), 1) },
		"Add, unset point":          func() { points[0].Add(Point{}) },
		"Sub, unset point":          func() { Point{}.Sub(points[0]) },
		"Neg, unset point":          func() { Point{}.Neg() },
		"Double, unset point":       func() { Point{}.Double() },
		"Equal, unset point":        func() { points[0].Equal(Point{}) },
		"IsIdentity, unset point":   func() { Point{}.IsIdentity() },
		"Bytes, unset point":        func() { Point{}.Bytes() },
		"Mul, unset point":          func() { Point{}.Mul(scalars[0]) },
		"MulVartime, unset point":   func() { Point{}.MulVartime(scalars[0]) },
		"MulSmallVartime, unset":    func() { Point{}.MulSmallVartime(3) },
		"MulAllVartime, unset":      func() { MulAllVartime(scalars[0], unset, 1) },
		"MulAllConstTime, unset":    func() { MulAllConstTime(scalars[0], unset, 1) },
		"EncodeBatch, unset":        func() { EncodeBatch(unset, 1) },
		"DoubleEncodeBatch, unset":  func() { DoubleEncodeBatch(unset, 1) },
		"NewTable, unset":           func() { NewTable(Point{}, 4) },
		"NewTable, 0 bits":          func() { NewTable(points[1], 0) },
		"NewTable, 13 bits":         func() { NewTable(points[1], 13) },
		"AddMul, unset accumulator": func() { NewTable(points[1], 2).AddMul(new(Point), scalars[0]) },
		"AddMulAll, fewer scalars":  func() { NewTable(points[1], 2).AddMulAll(points, scalars[:2]) },
		"AddMulAll, unset":          func() { NewTable(points[1], 2).AddMulAll(unset, scalars) },
		"Hash, no tag":              func() { Hash("", nil) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if msg, ok := recover().(string); !ok || !strings.HasPrefix(msg, "group: ") {
					t.Errorf("no panic that says why: %v", msg)
				}
			}()
			f()
		})
	}
}
