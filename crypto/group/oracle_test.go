package group

import (
	"bytes"
	"crypto/sha512"
	"encoding/binary"
	"math/big"
	"testing"

	"github.com/gtank/ristretto255"
	"github.com/oasisprotocol/curve25519-voi/curve"
	"github.com/oasisprotocol/curve25519-voi/curve/scalar"
)

// Two independent implementations, gtank/ristretto255 and curve25519-voi, say
// what every operation must return.

func toVoi(t testing.TB, p Point) *curve.RistrettoPoint {
	t.Helper()
	b := p.Bytes()
	var q curve.RistrettoPoint
	if err := q.UnmarshalBinary(b[:]); err != nil {
		t.Fatal(err)
	}
	return &q
}

func toVoiScalar(t testing.TB, s Scalar) *scalar.Scalar {
	t.Helper()
	b := s.Bytes()
	var r scalar.Scalar
	if _, err := r.SetCanonicalBytes(b[:]); err != nil {
		t.Fatal(err)
	}
	return &r
}

func toGtank(t testing.TB, p Point) *ristretto255.Element {
	t.Helper()
	b := p.Bytes()
	q, err := ristretto255.NewIdentityElement().SetCanonicalBytes(b[:])
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func toGtankScalar(t testing.TB, s Scalar) *ristretto255.Scalar {
	t.Helper()
	b := s.Bytes()
	r, err := ristretto255.NewScalar().SetCanonicalBytes(b[:])
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func samePoint(t testing.TB, what string, got Point, voi *curve.RistrettoPoint, gtank *ristretto255.Element) {
	t.Helper()
	b := got.Bytes()
	v, err := voi.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b[:], v) {
		t.Errorf("%s: %x, curve25519-voi says %x", what, b, v)
	}
	if g := gtank.Bytes(); !bytes.Equal(b[:], g) {
		t.Errorf("%s: %x, gtank/ristretto255 says %x", what, b, g)
	}
	if !onCurve(&got) {
		t.Errorf("%s: off the curve, or T is not XY/Z", what)
	}
}

// someScalars returns the edges of every recoding and n pseudorandom scalars.
func someScalars(t testing.TB, n int) []Scalar {
	t.Helper()
	l, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	one := big.NewInt(1)
	edges := []*big.Int{
		big.NewInt(0), one, big.NewInt(2), big.NewInt(7), big.NewInt(8), big.NewInt(9), big.NewInt(15), big.NewInt(16), big.NewInt(17),
		new(big.Int).Sub(l, one), new(big.Int).Sub(l, big.NewInt(2)), new(big.Int).Sub(l, big.NewInt(8)),
		new(big.Int).Rsh(l, 1), new(big.Int).Add(new(big.Int).Rsh(l, 1), one), new(big.Int).Sub(new(big.Int).Rsh(l, 1), one),
	}
	for _, k := range []uint{31, 63, 64, 65, 127, 128, 129, 250, 251, 252} {
		p := new(big.Int).Lsh(one, k)
		edges = append(edges, p, new(big.Int).Sub(p, one))
	}
	for _, pattern := range []byte{0x77, 0x88, 0x89, 0x78, 0xff, 0x80, 0x08} {
		edges = append(edges, new(big.Int).SetBytes(bytes.Repeat([]byte{pattern}, 31)))
	}
	var out []Scalar
	for _, e := range edges {
		b := make([]byte, ScalarSize)
		e.FillBytes(b)
		for i := range 16 {
			b[i], b[31-i] = b[31-i], b[i]
		}
		s, err := DecodeScalar(b)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	for i := range n {
		out = append(out, ScalarFromWide(sha512.Sum512(binary.LittleEndian.AppendUint64([]byte("scalar"), uint64(i)))))
	}
	return out
}

// somePoints returns the identity and the generator under each representation
// (a coset of four points of the curve), and n pseudorandom elements, with Z = 1
// or not.
func somePoints(n int) []Point {
	i := feSqrtM1
	zero, minusOne := feZero, feOne
	minusOne.Negate(&minusOne)
	torsion := []Point{Identity(), affinePoint(zero, minusOne), affinePoint(i, zero), affinePoint(*i.Negate(&i), zero)}
	var out []Point
	for _, e := range torsion {
		out = append(out, e, e.Add(Base()))
	}
	for i := range n {
		p := Generator("points of the tests", uint64(i))
		switch i % 3 {
		case 1:
			p = p.Add(torsion[i/3%4])
		case 2:
			b := p.Bytes()
			p, _ = Decode(b[:])
		}
		out = append(out, p)
	}
	return out
}

func TestAdditionMatchesOracles(t *testing.T) {
	points := somePoints(12)
	for _, p := range points {
		vp, gp := toVoi(t, p), toGtank(t, p)
		samePoint(t, "neg", p.Neg(), curve.NewRistrettoPoint().Neg(vp), ristretto255.NewIdentityElement().Negate(gp))
		samePoint(t, "double", p.Double(), curve.NewRistrettoPoint().Add(vp, vp), ristretto255.NewIdentityElement().Add(gp, gp))
		if p.IsIdentity() != vp.IsIdentity() {
			t.Errorf("IsIdentity(%x) = %v", p.Bytes(), p.IsIdentity())
		}
		for _, q := range points {
			vq, gq := toVoi(t, q), toGtank(t, q)
			samePoint(t, "add", p.Add(q), curve.NewRistrettoPoint().Add(vp, vq), ristretto255.NewIdentityElement().Add(gp, gq))
			samePoint(t, "sub", p.Sub(q), curve.NewRistrettoPoint().Sub(vp, vq), ristretto255.NewIdentityElement().Subtract(gp, gq))
			if p.Equal(q) != (gp.Equal(gq) == 1) || p.Equal(q) != (p.Bytes() == q.Bytes()) {
				t.Errorf("Equal(%x, %x) = %v", p.Bytes(), q.Bytes(), p.Equal(q))
			}
		}
	}
}

func TestScalarMatchesOracle(t *testing.T) {
	scalars := someScalars(t, 10)
	same := func(what string, got Scalar, want *scalar.Scalar) {
		t.Helper()
		b, w := got.Bytes(), make([]byte, ScalarSize)
		if err := want.ToBytes(w); err != nil || !bytes.Equal(b[:], w) {
			t.Errorf("%s: %x, want %x", what, b, w)
		}
	}
	for _, a := range scalars {
		va := toVoiScalar(t, a)
		same("neg", a.Neg(), scalar.New().Neg(va))
		if a.IsZero() {
			if !a.Inverse().IsZero() {
				t.Error("the inverse of 0 is not 0")
			}
		} else {
			same("inverse", a.Inverse(), scalar.New().Invert(va))
		}
		for _, b := range scalars {
			vb := toVoiScalar(t, b)
			same("add", a.Add(b), scalar.New().Add(va, vb))
			same("sub", a.Sub(b), scalar.New().Sub(va, vb))
			same("mul", a.Mul(b), scalar.New().Mul(va, vb))
			if a.Equal(b) != (va.Equal(vb) == 1) {
				t.Errorf("Equal(%x, %x) = %v", a.Bytes(), b.Bytes(), a.Equal(b))
			}
		}
	}
	for i := range 50 {
		wide := sha512.Sum512([]byte{byte(i)})
		want, err := scalar.New().SetBytesModOrderWide(wide[:])
		if err != nil {
			t.Fatal(err)
		}
		same("wide", ScalarFromWide(wide), want)
		var short [16]byte
		copy(short[:], wide[:])
		want, err = scalar.New().SetBytesModOrder(append(short[:], make([]byte, 16)...))
		if err != nil {
			t.Fatal(err)
		}
		same("128 bits", ScalarFrom128(short), want)
		k := binary.LittleEndian.Uint64(wide[:])
		same("64 bits", ScalarFromUint64(k), scalar.New().SetUint64(k))
	}
	if RandomScalar().Equal(RandomScalar()) {
		t.Error("RandomScalar repeats")
	}
}

func TestMultiplicationMatchesOracles(t *testing.T) {
	points := append(somePoints(2), Hash("multiplication", []byte("p")))
	for _, p := range points[1:] {
		vp, gp := toVoi(t, p), toGtank(t, p)
		table, narrow := NewTable(p, 6), NewTable(p, 4)
		for _, s := range someScalars(t, 4) {
			vs, gs := toVoiScalar(t, s), toGtankScalar(t, s)
			v, g := curve.NewRistrettoPoint().Mul(vp, vs), ristretto255.NewIdentityElement().ScalarMult(gs, gp)
			samePoint(t, "Mul", p.Mul(s), v, g)
			samePoint(t, "MulVartime", p.MulVartime(s), v, g)
			samePoint(t, "Table.Mul", table.Mul(s), v, g)
			samePoint(t, "Table.MulConstTime", narrow.MulConstTime(s), v, g)
			acc := points[0]
			table.AddMul(&acc, s)
			samePoint(t, "Table.AddMul", acc, v, g)
			samePoint(t, "MulAllVartime", MulAllVartime(s, []Point{p}, 1)[0], v, g)
			samePoint(t, "MSM", MSM([]Scalar{s}, []Point{p}, 1), v, g)
		}
	}
	for _, s := range someScalars(t, 10) {
		samePoint(t, "MulBase", MulBase(s),
			curve.NewRistrettoPoint().MulBasepoint(curve.RISTRETTO_BASEPOINT_TABLE, toVoiScalar(t, s)),
			ristretto255.NewIdentityElement().ScalarBaseMult(toGtankScalar(t, s)))
	}
}

func TestMulSmallVartime(t *testing.T) {
	p := Hash("multiplication", []byte("small"))
	want := Identity()
	for k := range uint64(300) {
		if !p.MulSmallVartime(k).Equal(want) {
			t.Fatalf("MulSmallVartime(%d) is wrong", k)
		}
		want = want.Add(p)
	}
	for i := range 64 {
		for _, k := range []uint64{1 << i, 1<<i - 1, ^uint64(0) >> i, 0xaaaaaaaaaaaaaaaa >> i} {
			if !p.MulSmallVartime(k).Equal(p.Mul(ScalarFromUint64(k))) {
				t.Fatalf("MulSmallVartime(%d) is wrong", k)
			}
		}
	}
}

func TestTablesOfEveryWidth(t *testing.T) {
	p := Hash("multiplication", []byte("table"))
	for width := 1; width <= 12; width++ {
		table := NewTable(p, width)
		for _, s := range someScalars(t, 2) {
			want := p.MulVartime(s)
			if !table.Mul(s).Equal(want) {
				t.Errorf("table of %d bits: Mul(%x) is wrong", width, s.Bytes())
			}
			if width <= 6 && !table.MulConstTime(s).Equal(want) {
				t.Errorf("table of %d bits: MulConstTime(%x) is wrong", width, s.Bytes())
			}
		}
	}
}

func onCurve(p *Point) bool {
	var xx, yy, zz, tt, l, r = p.x, p.y, p.z, p.t, p.x, p.t
	xx.Square(&xx)
	yy.Square(&yy)
	zz.Square(&zz)
	tt.Square(&tt)
	tt.Multiply(&tt, &feD)
	yy.Subtract(&yy, &xx)
	zz.Add(&zz, &tt)
	l.Multiply(&p.x, &p.y)
	r.Multiply(&p.z, &p.t)
	return yy.Equal(&zz) == 1 && l.Equal(&r) == 1 && p.z.Equal(&feZero) == 0
}
