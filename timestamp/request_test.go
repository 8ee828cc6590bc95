package timestamp

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/big"
	"os"
	"slices"
	"testing"
	"time"

	tsp "github.com/digitorus/timestamp"

	"isoloir/timestamp/local"
)

// A request is answered by its own response alone.
func TestRequest(t *testing.T) {
	a, err := local.New("Montclair")
	if err != nil {
		t.Fatal(err)
	}
	a.Now = func() time.Time { return moment }
	ask := func(q *Request) []byte {
		t.Helper()
		b, err := q.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		r, err := a.Ask(context.Background(), b)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	q := NewRequest(digest, local.Policy)
	response := ask(q)
	kept, token, err := q.Accept(response, a.Certificate())
	if err != nil || !bytes.Equal(kept, response) || !token.Time.Equal(moment) || !token.Policy.Equal(local.Policy) || !token.Rooted() || len(token.Certificates) != 2 {
		t.Fatalf("%+v, %v", token, err)
	}
	if q.Nonce.BitLen() != 63 || NewRequest(digest, nil).Nonce.Cmp(q.Nonce) == 0 {
		t.Errorf("nonce %v", q.Nonce)
	}
	none := *q
	none.Nonce = nil
	other := sha256.Sum256([]byte("other"))
	for name, c := range map[string]struct {
		q    *Request
		with []byte
		want error
	}{
		"response to the same before": {NewRequest(digest, nil), response, ErrNonce},
		"response without nonce":      {q, ask(&none), ErrNonce},
		"response for another digest": {&Request{Digest: other, Nonce: q.Nonce}, response, ErrDigest},
		"another policy":              {&Request{Digest: digest, Nonce: q.Nonce, Policy: asn1.ObjectIdentifier{1, 2}}, response, ErrPolicy},
		"policy not given":            {q, ask(NewRequest(digest, asn1.ObjectIdentifier{1, 2})), ErrNotGranted},
		"rejected":                    {q, must(tsp.CreateErrorResponse(tsp.Rejection, tsp.TimeNotAvailable)), ErrNotGranted},
		"nothing":                     {q, nil, ErrMalformed},
	} {
		if _, _, err := c.q.Accept(c.with, a.Certificate()); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, not %v", name, err, c.want)
		}
	}
	if _, _, err := q.Accept(response, [32]byte{1}); !errors.Is(err, ErrCertificate) {
		t.Error(err)
	}
	for _, bad := range [][]byte{nil, {1}, slices.Concat(must(q.Bytes()), []byte{0})} {
		if r, err := a.Ask(context.Background(), bad); err != nil {
			t.Error(err)
		} else if _, err := Keep(r); !errors.Is(err, ErrNotGranted) {
			t.Error(err)
		}
	}
}

// What an authority writes beside the status is not kept; of a refusal it is told.
func TestKeep(t *testing.T) {
	f := honest(t)
	f.words = []asn1.RawValue{{Tag: asn1.TagUTF8String, Bytes: []byte("Operation Okay")}}
	b, _ := f.make(t)
	kept, err := Keep(b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(kept); err != nil || bytes.Contains(kept, []byte("Okay")) {
		t.Error(err)
	}
}

// A local authority is the same when its secrets are read again.
func TestLocal(t *testing.T) {
	a := must(local.New("Montclair"))
	again, err := local.Decode(must(a.Encode()))
	if err != nil || again.Certificate() != a.Certificate() {
		t.Fatal(err)
	}
	token, err := Parse(must(again.Stamp(digest, big.NewInt(5), moment)))
	if err != nil || token.By(a.Certificate()) != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "x", "x y z", must(a.Encode())[:200]} {
		if _, err := local.Decode(bad); err == nil {
			t.Errorf("%q is an authority", bad)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// FuzzParse: what is accepted is kept as it came.
func FuzzParse(f *testing.F) {
	var document struct{ Cases []vector }
	if err := json.Unmarshal(must(os.ReadFile("../spec/vectors/timestamp.json")), &document); err != nil {
		f.Fatal(err)
	}
	for _, v := range document.Cases {
		f.Add(must(hex.DecodeString(v.Response)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		token, err := Parse(b)
		if err != nil {
			return
		}
		if kept, err := Keep(b); err != nil || !bytes.Equal(kept, b) {
			t.Errorf("accepted and not kept as it is: %v", err)
		}
		if len(token.Certificates) < 2 || token.Serial.Sign() <= 0 {
			t.Errorf("%+v", token)
		}
	})
}

// S004-20b: no bit of a response can be turned without its being refused: what is kept was so given.
func TestEveryBit(t *testing.T) {
	for _, data := range [][]byte{must(must(local.New("Montclair")).Stamp(digest, big.NewInt(5), moment)), must(os.ReadFile("testdata/openssl.tsr"))} {
		for i := range data {
			bad := bytes.Clone(data)
			bad[i] ^= 1 << (i % 8)
			if _, err := Parse(bad); err == nil {
				t.Errorf("bit %d of byte %d of %x", i%8, i, data)
			}
		}
	}
}

// Another implementation gives what is accepted here: testdata/openssl.tsr is of `openssl ts -reply` (3.0, RSA), over SHA-256 of "text".
func TestOpenSSL(t *testing.T) {
	data, err := os.ReadFile("testdata/openssl.tsr")
	if err != nil {
		t.Fatal(err)
	}
	token, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := token.Over(digest); err != nil || token.Certificates[0].Subject.CommonName != "Example unit" || token.Time.Format(time.DateOnly) != "2026-11-22" || token.Nonce.BitLen() != 60 {
		t.Errorf("%+v, %v", token, err)
	}
}
