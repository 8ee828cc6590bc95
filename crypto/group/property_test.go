package group

import (
	"bytes"
	"math/big"
	"testing"

	"github.com/gtank/ristretto255"
	"pgregory.net/rapid"
)

func drawScalar(t *rapid.T, name string) Scalar {
	return ScalarFromWide([64]byte(rapid.SliceOfN(rapid.Byte(), 64, 64).Draw(t, name)))
}

func drawPoint(t *rapid.T, name string) Point {
	return Hash("property", rapid.SliceOfN(rapid.Byte(), 0, 8).Draw(t, name))
}

func TestGroupLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawScalar(t, "a"), drawScalar(t, "b")
		p, q := drawPoint(t, "p"), drawPoint(t, "q")
		if !p.Add(q).Sub(q).Equal(p) || !p.Add(q).Equal(q.Add(p)) || !p.Add(p.Neg()).IsIdentity() {
			t.Fatal("addition is not that of a commutative group")
		}
		if !p.Double().Equal(p.Add(p)) || !p.Add(Identity()).Equal(p) {
			t.Fatal("doubling or the identity is wrong")
		}
		if !p.MulVartime(a).Add(p.MulVartime(b)).Equal(p.Mul(a.Add(b))) {
			t.Fatal("aP + bP is not (a+b)P")
		}
		if !p.MulVartime(a).MulVartime(b).Equal(p.Mul(a.Mul(b))) {
			t.Fatal("b(aP) is not (ab)P")
		}
		if !MSM([]Scalar{a, b}, []Point{p, q}, 1).Equal(p.Mul(a).Add(q.Mul(b))) {
			t.Fatal("MSM is not the sum of products")
		}
		if !a.IsZero() && !p.MulVartime(a).MulVartime(a.Inverse()).Equal(p) {
			t.Fatal("1/a does not undo a")
		}
	})
}

func TestScalarRing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawScalar(t, "a"), drawScalar(t, "b"), drawScalar(t, "c")
		if !a.Mul(b.Add(c)).Equal(a.Mul(b).Add(a.Mul(c))) || !a.Sub(b).Add(b).Equal(a) || !a.Add(a.Neg()).IsZero() {
			t.Fatal("scalars are no ring")
		}
		enc := a.Bytes()
		back, err := DecodeScalar(enc[:])
		if err != nil || !back.Equal(a) {
			t.Fatal("a scalar does not survive its encoding")
		}
	})
}

func TestEncodingRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPoint(t, "p")
		b := p.Bytes()
		q, err := Decode(b[:])
		if err != nil || !q.Equal(p) || q.Bytes() != b {
			t.Fatal("an element does not survive its encoding")
		}
		d := p.Double().Bytes()
		if !bytes.Equal(DoubleEncodeBatch([]Point{p, q}, 1), append(d[:], d[:]...)) {
			t.Fatal("DoubleEncodeBatch is not the encoding of the double")
		}
	})
}

// Half of all strings that look canonical are off the group: acceptance is
// compared on plenty of both.
func TestDecodeAcceptsWhatTheOracleAccepts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkDecode(t, rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "encoding"))
		b := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "even")
		b[0] &^= 1
		b[31] &= 0x7f
		checkDecode(t, b)
	})
}

type reporter interface{ Fatalf(string, ...any) }

func checkDecode(t reporter, b []byte) {
	p, err := Decode(b)
	g, gerr := ristretto255.NewIdentityElement().SetCanonicalBytes(b)
	if (err == nil) != (gerr == nil) {
		t.Fatalf("Decode(%x): %v, gtank/ristretto255 says %v", b, err, gerr)
	}
	all, batchErr := DecodeBatch(b, 1)
	if len(b) == PointSize && (err == nil) != (batchErr == nil) {
		t.Fatalf("Decode(%x): %v, DecodeBatch says %v", b, err, batchErr)
	}
	if err != nil {
		return
	}
	if enc := p.Bytes(); !bytes.Equal(enc[:], b) || !bytes.Equal(g.Bytes(), b) || !all[0].Equal(p) || !onCurve(&p) {
		t.Fatalf("Decode(%x) is an element that encodes to %x", b, enc)
	}
}

func checkDecodeScalar(t reporter, b []byte) {
	s, err := DecodeScalar(b)
	reversed := bytes.Clone(b)
	for i, c := range b {
		reversed[len(b)-1-i] = c
	}
	l, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	canonical := len(b) == ScalarSize && new(big.Int).SetBytes(reversed).Cmp(l) < 0
	if (err == nil) != canonical {
		t.Fatalf("DecodeScalar(%x): %v", b, err)
	}
	if enc := s.Bytes(); err == nil && !bytes.Equal(enc[:], b) {
		t.Fatalf("DecodeScalar(%x) is a scalar that encodes to %x", b, enc)
	}
}

func FuzzDecodePoint(f *testing.F) {
	for _, bad := range refused {
		f.Add(unhex(f, bad.Encoding))
	}
	for i := range uint64(5) {
		b := Base().MulSmallVartime(i).Bytes()
		f.Add(b[:])
	}
	f.Fuzz(func(t *testing.T, b []byte) { checkDecode(t, b) })
}

func FuzzDecodeScalar(f *testing.F) {
	for _, s := range someScalars(f, 2) {
		b := s.Bytes()
		f.Add(b[:])
	}
	f.Add(unhex(f, "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"))
	f.Add(bytes.Repeat([]byte{0xff}, 32))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) { checkDecodeScalar(t, b) })
}
