package sigma

import (
	"bytes"
	"errors"
	"testing"

	"isoloir/crypto/group"
)

// named says whether a decoder refuses with one of its documented errors.
func named(err error) bool {
	return errors.Is(err, group.ErrLength) || errors.Is(err, group.ErrNotCanonical) || errors.Is(err, group.ErrIdentity)
}

// canonical checks that what is accepted encodes back to the same bytes, and
// that what is refused is refused by name.
func canonical(t *testing.T, in, out []byte, err error) {
	t.Helper()
	if err == nil && !bytes.Equal(in, out) {
		t.Fatalf("%x is accepted as %x", in, out)
	}
	if err != nil && !named(err) {
		t.Fatalf("%x is refused without a name: %v", in, err)
	}
}

func FuzzDecodeKnowledge(f *testing.F) {
	b := must(Account(testRecord("A").context(), NewElement(group.MulBase(secret("x"))), "h").Prove(secret("x"))).Bytes()
	f.Add(b[:])
	f.Add(b[:63])
	f.Add(make([]byte, 64))
	f.Add(append(bytes.Clone(b[:32]), orderBytes...))
	f.Add(append(bytes.Clone(nonCanonical), b[32:]...))
	f.Fuzz(func(t *testing.T, in []byte) {
		p, err := DecodeKnowledge(in)
		if err != nil {
			canonical(t, in, nil, err)
			return
		}
		out := p.Bytes()
		canonical(t, in, out[:], nil)
	})
}

// honestEquality is some proof that holds.
func honestEquality() []byte {
	x, base := secret("x"), NewElement(otherKey())
	c := Complaint(testRecord("").context(), 1, "c", "d", "r", NewElement(group.MulBase(x)), base, NewElement(base.point.Mul(x)))
	b := must(c.Prove(x)).Bytes()
	return b[:]
}

func FuzzDecodeEquality(f *testing.F) {
	b := honestEquality()
	f.Add(b)
	f.Add(b[:95])
	f.Add(make([]byte, 96))
	f.Add(append(bytes.Clone(b[:64]), orderBytes...))
	f.Add(append(append(bytes.Clone(b[:32]), nonCanonical...), b[64:]...))
	f.Fuzz(func(t *testing.T, in []byte) {
		p, err := DecodeEquality(in)
		if err != nil {
			canonical(t, in, nil, err)
			return
		}
		out := p.Bytes()
		canonical(t, in, out[:], nil)
	})
}

func FuzzDecodeBallotProof(f *testing.F) {
	_, proofs := ballots(1)
	b := proofs[0].Bytes()
	f.Add(b, 2)
	f.Add(b, 1)
	f.Add(b[:128], 1)
	f.Add(b[:64], 0)
	f.Add([]byte{}, -1)
	f.Add(make([]byte, 192), 2)
	f.Fuzz(func(t *testing.T, in []byte, questions int) {
		p, err := DecodeBallotProof(in, questions)
		if err != nil {
			canonical(t, in, nil, err)
			return
		}
		canonical(t, in, p.Bytes(), nil)
	})
}

func FuzzDecodeList(f *testing.F) {
	list := NewList(shareInputs(2), 1).Bytes()
	f.Add(list)
	f.Add(list[:63])
	f.Add([]byte{})
	f.Add(make([]byte, 32))
	f.Add(append(bytes.Clone(list), nonCanonical...))
	f.Fuzz(func(t *testing.T, in []byte) {
		l, err := DecodeList(in, 1)
		if err != nil {
			canonical(t, in, nil, err)
			return
		}
		canonical(t, in, group.EncodeBatch(l.Points(), 1), nil)
		for i := range l.Len() {
			if _, err := DecodeElement(in[32*i : 32*i+32]); err != nil {
				t.Fatalf("accepted in a list, refused alone: %v", err)
			}
		}
	})
}

func FuzzText(f *testing.F) {
	f.Add("00")
	f.Add("")
	text := must(must(Account(testRecord("A").context(), NewElement(group.MulBase(secret("x"))), "h").Prove(secret("x"))).MarshalText())
	f.Add(string(text))
	f.Add(string(bytes.ToUpper(text)))
	f.Add(string(must(must(DecodeEquality(honestEquality())).MarshalText())))
	f.Fuzz(func(t *testing.T, in string) {
		var p Knowledge
		if err := p.UnmarshalText([]byte(in)); err != nil {
			canonical(t, nil, nil, err)
		} else {
			canonical(t, []byte(in), must(p.MarshalText()), nil)
		}
		var q Equality
		if err := q.UnmarshalText([]byte(in)); err != nil {
			canonical(t, nil, nil, err)
		} else {
			canonical(t, []byte(in), must(q.MarshalText()), nil)
		}
	})
}
