package timestamp

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write spec/vectors/timestamp.json again, under other keys")

// A vector is a response, and what is said of it by who expects a digest and a certificate.
type vector struct {
	Name        string  `json:"name"`
	Response    string  `json:"response"`
	Digest      string  `json:"digest"`
	Certificate string  `json:"certificate"`
	Refused     string  `json:"refused"`
	Time        float64 `json:"time"`
	Serial      string  `json:"serial"`
	Nonce       string  `json:"nonce"`
}

// refusals are the names of what is wrong, as the vectors have them.
var refusals = []struct {
	err  error
	name string
}{
	{ErrMalformed, "malformed"}, {ErrNotGranted, "granted"}, {ErrSigners, "signers"}, {ErrUnsigned, "unsigned"}, {ErrAlgorithm, "algorithm"}, {ErrImprint, "imprint"},
	{ErrDigest, "digest"}, {ErrExtension, "extension"}, {ErrAttribute, "attribute"}, {ErrCertificate, "certificate"}, {ErrUsage, "usage"}, {ErrValidity, "validity"},
	{ErrChain, "chain"}, {ErrSignature, "signature"},
}

// judge fills in what is said of a response.
func (v *vector) judge(t *testing.T) {
	t.Helper()
	v.Refused, v.Time, v.Serial, v.Nonce = "", 0, "", ""
	response := must(hex.DecodeString(v.Response))
	token, err := Parse(response)
	if err == nil {
		err = errors.Join(token.Over([32]byte(must(hex.DecodeString(v.Digest)))), token.By([32]byte(must(hex.DecodeString(v.Certificate)))))
	}
	if err == nil {
		v.Time, v.Serial, v.Nonce = float64(token.Time.UnixMicro())/float64(time.Second/time.Microsecond), token.Serial.String(), token.Nonce.String()
		return
	}
	for _, r := range refusals {
		if errors.Is(err, r.err) {
			v.Refused = r.name
			return
		}
	}
	t.Errorf("%s: %v has no name", v.Name, err)
}

// made makes all vectors: what authorities of all kinds give, and each thing that can be wrong with it.
func made(t *testing.T) (all []vector) {
	t.Helper()
	add := func(name string, change func(f *forged)) {
		f := honest(t)
		change(f)
		if name == "too large" || name == "short RSA key" {
			return // the first is long, the second is what some libraries no longer read
		}
		response, unit := f.make(t)
		all = append(all, vector{Name: name, Response: hex.EncodeToString(response), Digest: hex.EncodeToString(digest[:]), Certificate: hex.EncodeToString(sum(unit.Raw))})
	}
	for _, c := range accepted(t) {
		add(c.name, c.change)
	}
	for _, c := range refused(t) {
		add(c.name, c.change)
	}
	stranger := all[0]
	stranger.Name, stranger.Certificate = "another certificate than the one named", hex.EncodeToString(digest[:])
	another := all[0]
	another.Name, another.Digest = "over another digest", hex.EncodeToString(sum(digest[:]))
	openssl := must(os.ReadFile("testdata/openssl.tsr"))
	of := must(Parse(openssl)).Certificate()
	return append(all, stranger, another, vector{Name: "openssl ts -reply, RSA", Response: hex.EncodeToString(openssl), Digest: hex.EncodeToString(digest[:]), Certificate: hex.EncodeToString(of[:])})
}

// The vectors of spec are judged as they are written there. Signatures of authorities are drawn, so that who writes them again gets others.
func TestVectors(t *testing.T) {
	const path = "../spec/vectors/timestamp.json"
	var document struct {
		About string   `json:"about"`
		Cases []vector `json:"cases"`
	}
	if *update {
		document.About = "Responses of timestamp authorities (docs/protocol.md, section 13.1), DER, over a digest and by a certificate, both SHA-256; the name of the first rule that refuses each, or what it says: " +
			"time in seconds since 1970, serial number and nonce in decimal."
		document.Cases = made(t)
		for i := range document.Cases {
			document.Cases[i].judge(t)
		}
		if err := os.WriteFile(path, append(must(json.MarshalIndent(document, "", "  ")), '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := json.Unmarshal(must(os.ReadFile(path)), &document); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, want := range document.Cases {
		got := want
		if got.judge(t); got != want {
			t.Errorf("%s: %+v, not %+v", want.Name, got.Refused, want.Refused)
		}
		names[want.Refused] = true
	}
	if len(document.Cases) < 50 || len(names) != len(refusals)+1 {
		t.Errorf("%d cases, refused by %v", len(document.Cases), names)
	}
}
