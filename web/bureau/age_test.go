package bureau_test

import (
	"bytes"
	"testing"

	"filippo.io/age"
)

// encrypted is a text as the reference implementation of age encrypts it.
func encrypted(t *testing.T, plain []byte) []byte {
	t.Helper()
	to, err := age.NewScryptRecipient("passphrase")
	if err != nil {
		t.Fatal(err)
	}
	to.SetWorkFactor(2)
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
