package signature_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/edwards25519"

	"isoloir/crypto/signature"
)

// smallOrder are the canonical encodings of the eight points of small order.
var smallOrder = []string{
	"0100000000000000000000000000000000000000000000000000000000000000",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0000000000000000000000000000000000000000000000000000000000000080",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
}

// notCanonical are other encodings: of points of small order, of a y above the
// prime, of no point at all.
var notCanonical = []string{
	"0100000000000000000000000000000000000000000000000000000000000080",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"0200000000000000000000000000000000000000000000000000000000000000",
}

func key(t testing.TB, digits string) [32]byte {
	t.Helper()
	raw, err := hex.DecodeString(digits)
	if err != nil || len(raw) != 32 {
		t.Fatal(digits, err)
	}
	return [32]byte(raw)
}

func TestCheckKey(t *testing.T) {
	for _, digits := range notCanonical {
		if err := signature.CheckKey(key(t, digits)); !errors.Is(err, signature.ErrEncoding) {
			t.Errorf("%s: %v", digits, err)
		}
	}
	for range 20 {
		public, _, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := signature.CheckKey([32]byte(public)); err != nil {
			t.Errorf("%x: %v", public, err)
		}
		p, err := new(edwards25519.Point).SetBytes(public)
		if err != nil {
			t.Fatal(err)
		}
		for _, digits := range smallOrder {
			small := key(t, digits)
			if err := signature.CheckKey(small); !errors.Is(err, signature.ErrSmallOrder) {
				t.Errorf("%s: %v", digits, err)
			}
			torsion, err := new(edwards25519.Point).SetBytes(small[:])
			if err != nil {
				t.Fatal(err)
			}
			mixed := [32]byte(new(edwards25519.Point).Add(p, torsion).Bytes())
			if err := signature.CheckKey(mixed); !errors.Is(err, signature.ErrTorsion) && digits != smallOrder[0] {
				t.Errorf("%x and %s: %v", public, digits, err)
			}
		}
	}
}

// read decodes a file of public vectors, or skips the test.
func read(t *testing.T, v any, path ...string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(append([]string{"..", "..", "..", "shared", "data", "pairs"}, path...)...))
	if err != nil {
		t.Skip("no public vectors here: ", err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
}

// Signatures are verified as section 3.1 of the protocol says: the cases of
// Wycheproof are judged as written, s out of range and other encodings refused.
func TestVerification(t *testing.T) {
	var file struct {
		TestGroups []struct {
			PublicKey struct{ Pk string }
			Tests     []struct {
				TcID             int
				Msg, Sig, Result string
			}
		}
	}
	read(t, &file, "wycheproof", "ed25519_test.json")
	n := 0
	for _, g := range file.TestGroups {
		public := key(t, g.PublicKey.Pk)
		good := signature.CheckKey(public) == nil
		for _, c := range g.Tests {
			n++
			msg, _ := hex.DecodeString(c.Msg)
			sig, _ := hex.DecodeString(c.Sig)
			if ok := good && ed25519.Verify(public[:], msg, sig); ok != (c.Result == "valid") {
				t.Errorf("case %d: %v, want %s", c.TcID, ok, c.Result)
			}
		}
	}
	if n < 100 {
		t.Errorf("%d cases", n)
	}
}
