package tally

import (
	"bytes"
	"encoding/binary"
	"math/big"
	"testing"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/record"
	"isoloir/scrutin/scrutintest"
)

// Lists of ciphertexts and shares of any bytes are opened or refused, never
// half read.
func FuzzOpenBytes(f *testing.F) {
	codes := codesOf(2)
	polynomial := []group.Scalar{fixed("fuzz/0"), fixed("fuzz/1")}
	c1 := group.MulBase(fixed("fuzz/r"))
	c := elgamal.Ciphertext{C1: c1, C2: codes[1].Add(c1.Mul(polynomial[0]))}.Bytes()
	first, second := c1.Mul(evaluate(polynomial, 1)).Bytes(), c1.Mul(evaluate(polynomial, 2)).Bytes()
	f.Add(c[:], first[:], second[:])
	f.Add(c[:], second[:], first[:])
	f.Add(make([]byte, 64), make([]byte, 32), make([]byte, 32))
	f.Add(bytes.Repeat([]byte{0xff}, 64), first[:], second[:])
	f.Add(append(c[:32:32], bytes.Repeat([]byte{0xff}, 32)...), first[:], second[:])
	o, err := newOpener(codes, [][]int{{1, 2}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, ciphertext, one, two []byte) {
		if len(ciphertext) != elgamal.Size || len(one) != group.PointSize || len(two) != group.PointSize {
			return
		}
		found, err := o.openBytes([][]byte{ciphertext, one, two})
		honest := bytes.Equal(ciphertext[32:], c[32:]) && bytes.Equal(one, first[:]) && bytes.Equal(two, second[:])
		if honest && (err != nil || found[0] != 1) {
			t.Fatalf("the honest opening gives %v: %v", found, err)
		}
		if err == nil && len(found) != 1 {
			t.Fatalf("%d answers for one ciphertext", len(found))
		}
	})
}

// Signed digits are those of their number, and sparse.
func FuzzSignedDigits(f *testing.F) {
	for _, n := range []int64{0, 1, -1, 3, -7, 12, 2520, -(1 << 62)} {
		f.Add(binary.BigEndian.AppendUint64(nil, uint64(max(n, -n))), n < 0)
	}
	f.Add(bytes.Repeat([]byte{0xff}, 40), true)
	f.Fuzz(func(t *testing.T, magnitude []byte, negative bool) {
		if len(magnitude) > 64 {
			return
		}
		n := new(big.Int).SetBytes(magnitude)
		if negative {
			n.Neg(n)
		}
		sum, last := new(big.Int), int8(0)
		for i, d := range signedDigits(n) {
			if d < -1 || d > 1 || d != 0 && last != 0 {
				t.Fatalf("digit %d of %v is %d after %d", i, n, d, last)
			}
			last = d
			sum.Add(sum, new(big.Int).Lsh(big.NewInt(int64(d)), uint(i)))
		}
		if sum.Cmp(n) != 0 {
			t.Fatalf("%v is written as %v", n, sum)
		}
	})
}

// No change of a holder's files stops the judgement of shares, and none is
// valid. A change is a byte of the statement, a byte of the list, each exclusive
// or'ed with a mask, and a number of bytes cut from the end of both.
func FuzzShares(f *testing.F) {
	e := newElection(f, scrutintest.Options{Urns: 1, Revotes: 1, MinSize: 2}, [][][]int{{{0, 1}}})
	e.params.Workers = 1
	mixed := e.mix(f)
	e.share(f, mixed, "quorum", "member-1")
	list := record.SharesList(1, "question-1", "quorum", "member-1")
	note, shares := e.read(f, record.Shares("quorum", "member-1")), e.read(f, list)
	f.Add(uint16(0), byte(0), uint16(0), byte(0), byte(0))
	f.Add(uint16(3), byte(1), uint16(0), byte(0), byte(0))
	f.Add(uint16(0), byte(0), uint16(31), byte(0x80), byte(0))
	f.Add(uint16(0), byte(0), uint16(40), byte(2), byte(0))
	f.Add(uint16(0), byte(0), uint16(0), byte(0), byte(1))
	f.Add(uint16(700), byte(8), uint16(63), byte(0xff), byte(200))
	f.Fuzz(func(t *testing.T, at uint16, mask byte, inList uint16, listMask byte, cut byte) {
		c := e.clone(t)
		n, l := bytes.Clone(note), bytes.Clone(shares)
		n[int(at)%len(n)] ^= mask
		l[int(inList)%len(l)] ^= listMask
		n, l = n[:max(0, len(n)-int(cut))], l[:max(0, len(l)-int(cut))]
		c.write(t, record.Shares("quorum", "member-1"), n)
		c.write(t, list, l)
		given, err := mixed.Shares(c.reader(t))
		if err != nil {
			t.Fatal(err)
		}
		if honest := mask|listMask|cut == 0; given.Verdicts[0].Valid != honest {
			t.Fatalf("verdict %+v", given.Verdicts[0])
		}
	})
}
