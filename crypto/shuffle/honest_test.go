package shuffle

import (
	"fmt"
	"testing"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/crypto/transcript"
)

// sizes are those of every honest path: the smallest, and some that are no
// multiple of a chunk.
var sizes = []int{1, 2, 3, 100, 1000}

func context(urn string) transcript.Context {
	return transcript.Context{Manifest: [32]byte{1}, Opening: [32]byte{2}, Urn: urn}
}

// election is a key and ballots under it.
func election(n int) (Statement, elgamal.List) {
	y := group.MulBase(group.RandomScalar())
	key := elgamal.NewKey(y)
	ballots := make([]elgamal.Ciphertext, n)
	for i := range ballots {
		ballots[i] = key.Encrypt(group.Hash("test", []byte{byte(i % 3)}), group.RandomScalar())
	}
	st := Statement{Context: context("cell"), Seal: [32]byte{3}, Question: "q1", Stage: 1, Key: y}
	return st, elgamal.NewList(ballots, 0)
}

// population is account keys on the base point.
func population(n int) (KeyStatement, *Keys) {
	points := make([]group.Point, n)
	for i := range points {
		points[i] = group.MulBase(group.RandomScalar())
	}
	keys, err := EncodeKeys(points, 0)
	if err != nil {
		panic(err)
	}
	return KeyStatement{Context: context("urn"), Stage: 1, Generator: group.Base()}, keys
}

func TestTwoStagesOfReencryption(t *testing.T) {
	var gens Generators
	for _, n := range sizes {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			st, list := election(n)
			for st.Stage = 1; st.Stage <= 2; st.Stage++ {
				out, proof, err := Reencrypt(st, list, &gens, 0, nil)
				if err != nil {
					t.Fatal(err)
				}
				if len(proof) != ProofSize(n) {
					t.Fatalf("proof of %d bytes, want %d", len(proof), ProofSize(n))
				}
				out, err = elgamal.DecodeList(out.Bytes(), 0)
				if err != nil {
					t.Fatal(err)
				}
				if err := VerifyReencryption(st, list, out, proof, &gens, 0, nil); err != nil {
					t.Fatal(err)
				}
				list = out
			}
		})
	}
}

func TestTwoStagesOfExponentiation(t *testing.T) {
	var gens Generators
	for _, n := range sizes {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			st, keys := population(n)
			for st.Stage = 1; st.Stage <= 2; st.Stage++ {
				raised, out, proof, err := Exponentiate(st, keys, &gens, 0, nil)
				if err != nil {
					t.Fatal(err)
				}
				out, err = DecodeKeys(out.Bytes(), 0)
				if err != nil {
					t.Fatal(err)
				}
				if err := VerifyExponentiation(st, raised, keys, out, proof, &gens, 0, nil); err != nil {
					t.Fatal(err)
				}
				keys, st.Generator = out, raised
			}
		})
	}
}
