package account

import (
	"bytes"
	"strings"
	"testing"

	"isoloir/crypto/sigma"
)

// What is accepted as a code is one, and prints as it was typed.
func FuzzParseCode(f *testing.F) {
	f.Add("ABCD-EFGH-JKLM")
	f.Add("abcd efgh jklm")
	f.Add("  A-B-C-D-E-F-G-H-J-K-L-M  ")
	f.Add("0BCD-EFGH-JKLM")
	f.Add("ABCDEFGHJKLMN")
	f.Add("ſBCD-EFGH-JKLM")
	f.Add("")
	f.Fuzz(func(t *testing.T, typed string) {
		c, err := ParseCode(cheap, typed)
		if err != nil {
			return
		}
		text := c.Reveal()
		plain := strings.NewReplacer(" ", "", "-", "").Replace(typed)
		if !strings.EqualFold(strings.ReplaceAll(text, "-", ""), plain) || len(plain) != cheap.Length {
			t.Fatalf("%q is read as %s", typed, text)
		}
		if again, err := ParseCode(cheap, text); err != nil || again != c {
			t.Fatalf("%s, as printed, is not read again: %v", text, err)
		}
	})
}

// No file of an issuer but the one proved is accepted, and none stops the
// reader.
func FuzzHalves(f *testing.F) {
	v := readVectors(f)[0]
	first, err := sigma.DecodeKnowledge(v.Issuers[0].Proof)
	if err != nil {
		f.Fatal(err)
	}
	a := HalfList{v.Issuers[0].Issuer, v.Issuers[0].Keys, first}
	keys, honest := []byte(v.Issuers[1].Keys), []byte(v.Issuers[1].Proof)
	f.Add(keys, honest)
	f.Add(keys[:64], honest)
	f.Add(append(make([]byte, 32), keys[32:]...), honest)
	f.Add(append(bytes.Repeat([]byte{0xff}, 32), keys[32:]...), honest)
	f.Add(a.Keys, honest)
	f.Add(a.Keys, []byte(v.Issuers[0].Proof))
	f.Add(keys, honest[:63])
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, given, encoded []byte) {
		proof, err := sigma.DecodeKnowledge(encoded)
		if err != nil {
			return
		}
		p, err := Halves(v.context(), v.Electors, []HalfList{a, {v.Issuers[1].Issuer, given, proof}}, 1)
		if (err == nil) != (bytes.Equal(given, keys) && bytes.Equal(encoded, honest)) {
			t.Fatalf("keys %x with proof %x: %v", given, encoded, err)
		}
		if err == nil && !bytes.Equal(p.Keys.Bytes(), v.Accounts) {
			t.Fatal("other account keys")
		}
	})
}
