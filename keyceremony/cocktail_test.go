package keyceremony_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"testing"

	"isoloir/crypto/group"
	"isoloir/keyceremony"
)

// The vectors of C2SP cocktail-dkg for ristretto255. Both constructions are
// joint Feldman sharings evaluated at 1 ... n, so they coincide in:
//
//   - the commitments of a dealer's polynomial and their evaluation;
//   - the verification share of each participant, the product over dealers of
//     that evaluation, which must be g raised to his secret share;
//   - the group key, the product of constant terms;
//   - interpolation at 0, in the exponent, by any t participants.
//
// They differ in the proof of possession, the encryption of shares, the
// transcript and the rounds, which are not compared.
func TestCocktailVectors(t *testing.T) {
	b, err := os.ReadFile("../../shared/data/pairs/c2sp_cctv/cocktail-dkg/cocktail-dkg-ristretto255-sha512.json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the C2SP vectors are not beside this checkout: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			N, T   int
			Round1 []struct {
				VSS []string `json:"vss_commitment"`
			}
			Round2 []struct {
				Secret string `json:"secret_share"`
				Public string `json:"verification_share"`
			}
			Key string `json:"group_public_key"`
		}
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) == 0 {
		t.Fatal("no vectors")
	}
	for _, v := range file.Vectors {
		key := group.Identity()
		dealers := make([]keyceremony.Commitment, v.N)
		for i, r := range v.Round1 {
			for _, c := range r.VSS {
				dealers[i] = append(dealers[i], point(t, c))
			}
			if len(dealers[i]) != v.T {
				t.Fatalf("%d coefficients", len(dealers[i]))
			}
			key = key.Add(dealers[i][0])
		}
		if !key.Equal(point(t, v.Key)) {
			t.Errorf("%d of %d: group key", v.T, v.N)
		}
		publics := make([]group.Point, v.N)
		for j, r := range v.Round2 {
			publics[j] = group.Identity()
			for _, d := range dealers {
				publics[j] = publics[j].Add(d.At(j + 1))
			}
			secret, err := hex.DecodeString(r.Secret)
			if err != nil {
				t.Fatal(err)
			}
			x, err := group.DecodeScalar(secret)
			if err != nil {
				t.Fatal(err)
			}
			if !publics[j].Equal(point(t, r.Public)) || !publics[j].Equal(group.MulBase(x)) {
				t.Errorf("%d of %d: verification share of %d", v.T, v.N, j+1)
			}
		}
		for first := 1; first+v.T-1 <= v.N; first++ {
			var is []int
			for i := range v.T {
				is = append(is, first+i)
			}
			lambda, err := keyceremony.Lagrange(is)
			if err != nil {
				t.Fatal(err)
			}
			sum := group.Identity()
			for k, i := range is {
				sum = sum.Add(publics[i-1].Mul(lambda[k]))
			}
			if !sum.Equal(key) {
				t.Errorf("%d of %d: quorum %v", v.T, v.N, is)
			}
		}
	}
}

func point(t *testing.T, s string) group.Point {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	p, err := group.DecodeNonIdentity(b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
