package group

import (
	"crypto/rand"
	"testing"

	"filippo.io/edwards25519/field"
	"github.com/gtank/ristretto255"
	"github.com/oasisprotocol/curve25519-voi/curve"
	"github.com/oasisprotocol/curve25519-voi/curve/scalar"
	"go.dedis.ch/kyber/v3/group/edwards25519"
	"go.dedis.ch/kyber/v3/util/random"
)

// Read these figures as ratios to BenchmarkField in the same run: machines, and
// moments of one machine, differ by half.

func BenchmarkField(b *testing.B) {
	x, y := feD, feSqrtM1
	b.Run("Multiply", func(b *testing.B) {
		for b.Loop() {
			x.Multiply(&x, &y)
		}
	})
	b.Run("Square", func(b *testing.B) {
		for b.Loop() {
			x.Square(&x)
		}
	})
	b.Run("Add", func(b *testing.B) {
		var z field.Element
		for b.Loop() {
			z.Add(&x, &y)
		}
	})
}

func BenchmarkPoint(b *testing.B) {
	p, s := Generator("bench", 0), RandomScalar()
	enc := p.Bytes()
	b.Run("Add", func(b *testing.B) {
		for q := p; b.Loop(); {
			q = q.Add(p)
		}
	})
	b.Run("addMixed", func(b *testing.B) {
		q, prepared := p, make([]niels, 1)
		prepare(prepared, []Point{p.Double()})
		for b.Loop() {
			q.addMixed(&q, &prepared[0], 0)
		}
	})
	b.Run("double", func(b *testing.B) {
		for q := p; b.Loop(); {
			q.doubleTimes(1)
		}
	})
	b.Run("Decode", func(b *testing.B) {
		for b.Loop() {
			if _, err := Decode(enc[:]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Bytes", func(b *testing.B) {
		for b.Loop() {
			p.Bytes()
		}
	})
	b.Run("Equal", func(b *testing.B) {
		for b.Loop() {
			p.Equal(p)
		}
	})
	b.Run("Mul", func(b *testing.B) {
		for b.Loop() {
			p.Mul(s)
		}
	})
	b.Run("MulBase", func(b *testing.B) {
		for b.Loop() {
			MulBase(s)
		}
	})
	b.Run("MulVartime", func(b *testing.B) {
		for b.Loop() {
			p.MulVartime(s)
		}
	})
	b.Run("MulSmallVartime8bits", func(b *testing.B) {
		for b.Loop() {
			p.MulSmallVartime(171)
		}
	})
	b.Run("Generator", func(b *testing.B) {
		for b.Loop() {
			Generator("bench", 1)
		}
	})
	for width := 4; width <= 8; width++ {
		table := NewTable(p, width)
		b.Run("Table.Mul/"+string(rune('0'+width)), func(b *testing.B) {
			for b.Loop() {
				s = s.Add(s)
				table.Mul(s)
			}
		})
	}
	for width := 4; width <= 5; width++ {
		table := NewTable(p, width)
		b.Run("Table.MulConstTime/"+string(rune('0'+width)), func(b *testing.B) {
			for b.Loop() {
				table.MulConstTime(s)
			}
		})
	}
}

func BenchmarkScalar(b *testing.B) {
	s := RandomScalar()
	b.Run("Mul", func(b *testing.B) {
		for b.Loop() {
			s = s.Mul(s)
		}
	})
	b.Run("Random", func(b *testing.B) {
		for b.Loop() {
			RandomScalar()
		}
	})
	b.Run("Inverse", func(b *testing.B) {
		for b.Loop() {
			s = s.Inverse()
		}
	})
}

// perPoint reports the time of f divided by n.
func perPoint(b *testing.B, name string, n int, f func()) {
	b.Run(name, func(b *testing.B) {
		for b.Loop() {
			f()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/point")
	})
}

func benchSlices(b *testing.B, n int) ([]Point, []Scalar, [][16]byte) {
	points, scalars, short := make([]Point, n), make([]Scalar, n), make([][16]byte, n)
	q := Generator("bench", 2)
	points[0] = q
	for i := range scalars {
		scalars[i] = RandomScalar()
		rand.Read(short[i][:])
		if i > 0 {
			points[i] = points[i-1].Add(q)
		}
	}
	decoded, err := DecodeBatch(DoubleEncodeBatch(points, 0), 0)
	if err != nil {
		b.Fatal(err)
	}
	return decoded, scalars, short
}

func BenchmarkBatch(b *testing.B) {
	const n = 10_000
	points, scalars, short := benchSlices(b, n)
	encoded := EncodeBatch(points, 0)
	for _, workers := range []int{1, 2} {
		suffix := "/workers=" + string(rune('0'+workers))
		perPoint(b, "MSM"+suffix, n, func() { MSM(scalars, points, workers) })
		perPoint(b, "MSM128"+suffix, n, func() { MSM128(short, points, workers) })
		perPoint(b, "DecodeBatch"+suffix, n, func() { DecodeBatch(encoded, workers) })
		perPoint(b, "EncodeBatch"+suffix, n, func() { EncodeBatch(points, workers) })
		perPoint(b, "DoubleEncodeBatch"+suffix, n, func() { DoubleEncodeBatch(points, workers) })
		perPoint(b, "MulAllVartime"+suffix, n/10, func() { MulAllVartime(scalars[0], points[:n/10], workers) })
		perPoint(b, "MulAllConstTime"+suffix, n/10, func() { MulAllConstTime(scalars[0], points[:n/10], workers) })
		perPoint(b, "Generators"+suffix, n/10, func() { Generators("bench", n/10, workers) })
	}
	voiPoints, voiScalars := make([]*curve.RistrettoPoint, n), make([]*scalar.Scalar, n)
	for i := range points {
		voiPoints[i], voiScalars[i] = toVoi(b, points[i]), toVoiScalar(b, scalars[i])
	}
	perPoint(b, "voiMSM", n, func() { curve.NewRistrettoPoint().MultiscalarMulVartime(voiScalars, voiPoints) })
}

func BenchmarkMSMSizes(b *testing.B) {
	const most = 100_000
	points, scalars, short := benchSlices(b, most)
	for _, size := range []struct {
		name string
		n    int
	}{{"2", 2}, {"16", 16}, {"128", 128}, {"256", 256}, {"1000", 1000}, {"100000", most}} {
		perPoint(b, "full/"+size.name, size.n, func() { MSM(scalars[:size.n], points[:size.n], 1) })
		perPoint(b, "128/"+size.name, size.n, func() { MSM128(short[:size.n], points[:size.n], 1) })
	}
	perPoint(b, "full/100000/workers=2", most, func() { MSM(scalars, points, 2) })
	perPoint(b, "128/100000/workers=2", most, func() { MSM128(short, points, 2) })
}

func BenchmarkOthers(b *testing.B) {
	p, s := Generator("bench", 3), RandomScalar()
	enc := p.Bytes()
	vp, vs, gp, gs := toVoi(b, p), toVoiScalar(b, s), toGtank(b, p), toGtankScalar(b, s)
	b.Run("voi/Add", func(b *testing.B) {
		for q := curve.NewRistrettoPoint().Set(vp); b.Loop(); {
			q.Add(q, vp)
		}
	})
	b.Run("voi/MulConstTime", func(b *testing.B) {
		for q := curve.NewRistrettoPoint(); b.Loop(); {
			q.Mul(vp, vs)
		}
	})
	b.Run("voi/MulBase", func(b *testing.B) {
		for q := curve.NewRistrettoPoint(); b.Loop(); {
			q.MulBasepoint(curve.RISTRETTO_BASEPOINT_TABLE, vs)
		}
	})
	b.Run("voi/Decode", func(b *testing.B) {
		for q := curve.NewRistrettoPoint(); b.Loop(); {
			q.UnmarshalBinary(enc[:])
		}
	})
	b.Run("gtank/Add", func(b *testing.B) {
		for q := ristretto255.NewIdentityElement(); b.Loop(); {
			q.Add(q, gp)
		}
	})
	b.Run("gtank/Mul", func(b *testing.B) {
		for q := ristretto255.NewIdentityElement(); b.Loop(); {
			q.ScalarMult(gs, gp)
		}
	})
	b.Run("gtank/Decode", func(b *testing.B) {
		for q := ristretto255.NewIdentityElement(); b.Loop(); {
			q.SetCanonicalBytes(enc[:])
		}
	})
	suite := edwards25519.NewBlakeSHA256Ed25519()
	kp, ks := suite.Point().Pick(random.New()), suite.Scalar().Pick(random.New())
	kb, err := kp.MarshalBinary()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("kyber/Add", func(b *testing.B) {
		for q := kp.Clone(); b.Loop(); {
			q.Add(q, kp)
		}
	})
	b.Run("kyber/Mul", func(b *testing.B) {
		for q := suite.Point(); b.Loop(); {
			q.Mul(ks, kp)
		}
	})
	b.Run("kyber/MulBase", func(b *testing.B) {
		for q := suite.Point(); b.Loop(); {
			q.Mul(ks, nil)
		}
	})
	b.Run("kyber/Encode", func(b *testing.B) {
		for b.Loop() {
			kp.MarshalBinary()
		}
	})
	b.Run("kyber/Decode", func(b *testing.B) {
		for q := suite.Point(); b.Loop(); {
			q.UnmarshalBinary(kb)
		}
	})
}
