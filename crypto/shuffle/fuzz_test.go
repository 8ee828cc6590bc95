package shuffle

import (
	"bytes"
	"testing"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
)

// fuzzed is a fixed statement of two ballots with its proof.
func fuzzed(t testing.TB) (Statement, elgamal.List, elgamal.List, []byte) {
	d := drawn("fuzz")
	st := Statement{Context: context("cell"), Question: "q", Stage: 1, Key: group.MulBase(d(nil))}
	in := elgamal.NewList([]elgamal.Ciphertext{
		elgamal.Encrypt(st.Key, st.Key, d(nil)), elgamal.Encrypt(st.Key, st.Key, d(nil)),
	}, 1)
	out, proof, err := reencrypt(st, in, new(Generators), d, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	return st, in, out, proof
}

// FuzzProof reads any bytes as a proof: only the one proof that was made is
// accepted, and everything else is refused for a reason that has a name.
func FuzzProof(f *testing.F) {
	st, in, out, proof := fuzzed(f)
	f.Add(proof)
	f.Add(proof[:len(proof)-32])
	f.Add(append(bytes.Clone(proof), make([]byte, 32)...))
	f.Add(make([]byte, len(proof)))
	for _, at := range []int{0, 64, 128, 192, 352, 480, 544} {
		changed := bytes.Clone(proof)
		changed[at] ^= 2
		f.Add(changed)
	}
	gens := new(Generators)
	f.Fuzz(func(t *testing.T, b []byte) {
		err := VerifyReencryption(st, in, out, b, gens, 1, nil)
		if (err == nil) != bytes.Equal(b, proof) {
			t.Fatalf("accepted: %v, equal: %v", err == nil, bytes.Equal(b, proof))
		}
		if err != nil && len(failures(err)) == 0 {
			t.Fatalf("refused without a name: %v", err)
		}
	})
}

// FuzzKeys reads any bytes as a list of keys: what is accepted is canonical.
func FuzzKeys(f *testing.F) {
	st, in, _, _ := fuzzed(f)
	f.Add(encode(st.Key, in.C1()[0]))
	f.Add([]byte{})
	f.Add(make([]byte, 32))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := DecodeKeys(b, 1)
		if err != nil {
			if len(failures(err)) == 0 {
				t.Fatalf("refused without a name: %v", err)
			}
			return
		}
		again, err := EncodeKeys(list.Points(), 1)
		if err != nil || !bytes.Equal(again.Bytes(), b) || list.Len()*32 != len(b) {
			t.Fatal("accepted and not canonical")
		}
	})
}
