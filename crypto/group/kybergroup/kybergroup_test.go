package kybergroup

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"go.dedis.ch/kyber/v3"
	"go.dedis.ch/kyber/v3/share"
	"go.dedis.ch/kyber/v3/util/random"

	"isoloir/crypto/group"
)

var _ kyber.Group = Group{}

// Any quorum of a Shamir sharing recovers the secret, and any quorum of
// committed shares the public key; one share less recovers something else.
func TestShareOverTheGroup(t *testing.T) {
	const threshold, holders = 4, 6
	g := Group{}
	secret := g.Scalar().Pick(random.New())
	poly := share.NewPriPoly(g, threshold, secret, random.New())
	public := poly.Commit(nil)
	key := g.Point().Mul(secret, nil)
	if !public.Commit().Equal(key) {
		t.Fatal("the commitment of the polynomial is not the public key")
	}
	shares := poly.Shares(holders)
	for _, s := range shares {
		if !public.Check(s) {
			t.Errorf("share %d does not match the commitments", s.I)
		}
		if wrong := (&share.PriShare{I: s.I, V: g.Scalar().Add(s.V, g.Scalar().One())}); public.Check(wrong) {
			t.Errorf("a false share %d matches the commitments", s.I)
		}
	}
	for mask := range 1 << holders {
		var some []*share.PriShare
		var committed []*share.PubShare
		for i, s := range shares {
			if mask>>i&1 == 1 {
				some = append(some, s)
				committed = append(committed, &share.PubShare{I: s.I, V: g.Point().Mul(s.V, nil)})
			}
		}
		got, err := share.RecoverSecret(g, some, threshold, holders)
		commit, cerr := share.RecoverCommit(g, committed, threshold, holders)
		if len(some) < threshold {
			if err == nil || cerr == nil {
				t.Fatalf("%d shares of %d were enough", len(some), threshold)
			}
			continue
		}
		if err != nil || cerr != nil || !got.Equal(secret) || !commit.Equal(key) {
			t.Fatalf("holders %06b do not recover the secret: %v %v", mask, err, cerr)
		}
	}
	short, err := share.RecoverSecret(g, shares[:threshold-1], threshold-1, holders)
	if err != nil || short.Equal(secret) {
		t.Errorf("one share less than the threshold recovers the secret: %v", err)
	}
}

func TestScalarArithmetic(t *testing.T) {
	g := Group{}
	a, b := g.Scalar().Pick(random.New()), g.Scalar().Pick(random.New())
	same := func(what string, got kyber.Scalar, want group.Scalar) {
		t.Helper()
		if !got.Equal(&Scalar{want}) {
			t.Errorf("%s is wrong", what)
		}
	}
	va, vb := a.(*Scalar).S, b.(*Scalar).S
	same("add", g.Scalar().Add(a, b), va.Add(vb))
	same("sub", g.Scalar().Sub(a, b), va.Sub(vb))
	same("mul", g.Scalar().Mul(a, b), va.Mul(vb))
	same("neg", g.Scalar().Neg(a), va.Neg())
	same("inv", g.Scalar().Inv(a), va.Inverse())
	same("div", g.Scalar().Mul(g.Scalar().Div(a, b), b), va)
	same("zero", a.Clone().Zero(), group.Scalar{})
	same("one", a.Clone().One(), group.ScalarFromUint64(1))
	same("set", g.Scalar().Set(a), va)
	same("7", g.Scalar().SetInt64(7), group.ScalarFromUint64(7))
	same("-7", g.Scalar().SetInt64(-7), group.ScalarFromUint64(7).Neg())
	same("least", g.Scalar().SetInt64(math.MinInt64), group.ScalarFromUint64(1<<63).Neg())
	same("bytes", g.Scalar().SetBytes([]byte{1, 2}), group.ScalarFromUint64(0x201))
	same("large bytes", g.Scalar().SetBytes(bytes.Repeat([]byte{0xff}, 64)), group.ScalarFromWide([64]byte(bytes.Repeat([]byte{0xff}, 64))))
	clone := a.Clone()
	clone.Add(clone, clone)
	same("a scalar after its clone changed", a, va)
	same("doubling in place", clone, va.Add(va))
	if a.Equal(b) || g.Scalar().Pick(random.New()).Equal(a) {
		t.Error("Pick repeats")
	}
	if secret := a.String(); secret != b.String() {
		t.Error("String shows the scalar")
	}
}

func TestPointArithmetic(t *testing.T) {
	g := Group{}
	a, b := g.Point().Pick(random.New()), g.Point().Pick(random.New())
	s := g.Scalar().Pick(random.New())
	same := func(what string, got kyber.Point, want group.Point) {
		t.Helper()
		if !got.Equal(&Point{want}) {
			t.Errorf("%s is wrong", what)
		}
	}
	va, vb, vs := a.(*Point).P, b.(*Point).P, s.(*Scalar).S
	same("new point", g.Point(), group.Identity())
	same("add", g.Point().Add(a, b), va.Add(vb))
	same("sub", g.Point().Sub(a, b), va.Sub(vb))
	same("neg", g.Point().Neg(a), va.Neg())
	same("mul", g.Point().Mul(s, a), va.Mul(vs))
	same("mul of the generator", g.Point().Mul(s, nil), group.MulBase(vs))
	same("null", a.Clone().Null(), group.Identity())
	same("base", g.Point().Base(), group.Base())
	same("set", g.Point().Set(a), va)
	clone := a.Clone()
	clone.Mul(s, clone)
	same("a point after its clone changed", a, va)
	same("product in place", clone, va.Mul(vs))
	if a.Equal(b) {
		t.Error("Pick repeats")
	}
	same("embedding nothing", g.Point().Embed(nil, constant{}), g.Point().Pick(constant{}).(*Point).P)
}

// constant is a stream that adds nothing.
type constant struct{}

func (constant) XORKeyStream(dst, src []byte) { copy(dst, src) }

func TestMarshalling(t *testing.T) {
	g := Group{}
	if g.String() != "ristretto255" || g.ScalarLen() != 32 || g.PointLen() != 32 {
		t.Error("the group describes itself wrong")
	}
	s, p := g.Scalar().Pick(random.New()), g.Point().Pick(random.New())
	for _, pair := range [][2]kyber.Marshaling{{s, g.Scalar()}, {p, g.Point()}} {
		from, to := pair[0], pair[1]
		b, err := from.MarshalBinary()
		if err != nil || len(b) != from.MarshalSize() {
			t.Fatalf("%T: %d bytes, %v", from, len(b), err)
		}
		var buf bytes.Buffer
		if n, err := from.MarshalTo(&buf); n != 32 || err != nil || !bytes.Equal(buf.Bytes(), b) {
			t.Errorf("%T: MarshalTo wrote %d bytes, %v", from, n, err)
		}
		if n, err := to.UnmarshalFrom(&buf); n != 32 || err != nil {
			t.Errorf("%T: UnmarshalFrom read %d bytes, %v", from, n, err)
		}
		again, _ := to.MarshalBinary()
		if !bytes.Equal(again, b) {
			t.Errorf("%T does not survive its encoding", from)
		}
		if err := to.UnmarshalBinary(bytes.Repeat([]byte{0xff}, 32)); !errors.Is(err, group.ErrNotCanonical) {
			t.Errorf("%T from all ones: %v", from, err)
		}
		if err := to.UnmarshalBinary(b[:31]); !errors.Is(err, group.ErrLength) {
			t.Errorf("%T from 31 bytes: %v", from, err)
		}
		if _, err := to.UnmarshalFrom(bytes.NewReader(b[:31])); err == nil {
			t.Errorf("%T from a stream of 31 bytes", from)
		}
		if again, _ := to.MarshalBinary(); !bytes.Equal(again, b) {
			t.Errorf("%T was changed by a refused encoding", from)
		}
	}
	if want := "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"; g.Point().Base().String() != want {
		t.Errorf("the generator prints as %s", g.Point().Base())
	}
}

func TestNoData(t *testing.T) {
	p := Group{}.Point()
	if p.EmbedLen() != 0 {
		t.Error("points say that they carry data")
	}
	if _, err := p.Data(); err == nil {
		t.Error("a point gave data")
	}
	for name, f := range map[string]func(){
		"Embed":    func() { p.Embed([]byte("data"), random.New()) },
		"SetBytes": func() { Group{}.Scalar().SetBytes(make([]byte, 65)) },
	} {
		func() {
			defer func() {
				if msg, ok := recover().(string); !ok || !strings.HasPrefix(msg, "kybergroup: ") {
					t.Errorf("%s: no panic that says why: %v", name, msg)
				}
			}()
			f()
		}()
	}
}
