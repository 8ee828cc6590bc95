package note_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"isoloir/scrutin/note"
)

var head = note.Checkpoint{Origin: "isoloir/v1/0123456789abcdef/urn-1", Size: 42, Root: [32]byte{1, 2, 3}}

const headText = "isoloir/v1/0123456789abcdef/urn-1\n42\nAQIDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"

func TestCheckpoint(t *testing.T) {
	if head.Text() != headText {
		t.Errorf("%q", head.Text())
	}
	got, err := note.ParseCheckpoint(headText)
	if err != nil || got != head {
		t.Error(got, err)
	}
	for name, bad := range map[string]string{
		"empty": "", "no origin": headText[len(head.Origin):], "extension": headText + "x\n", "unended": strings.TrimSuffix(headText, "\n"),
		"leading zero": strings.Replace(headText, "42", "042", 1), "sign": strings.Replace(headText, "42", "+42", 1),
		"negative": strings.Replace(headText, "42", "-1", 1), "hexadecimal": strings.Replace(headText, "42", "0x2a", 1),
		"too large": strings.Replace(headText, "42", "9223372036854775808", 1), "short root": strings.Replace(headText, "AQID", "", 1),
		"padding bits": strings.Replace(headText, "AAA=", "AAB=", 1), "no padding": strings.Replace(headText, "=", "", 1),
		"space": strings.Replace(headText, "42", "42 ", 1),
	} {
		if c, err := note.ParseCheckpoint(bad); !errors.Is(err, note.ErrMalformed) {
			t.Errorf("%s: %v, %v", name, c, err)
		}
	}
}

func TestCosign(t *testing.T) {
	urn, w1, w2 := key(t, "urn"), key(t, "w1"), key(t, "w2")
	data, err := note.Sign(headText, urn)
	if err != nil {
		t.Fatal(err)
	}
	const day = 1_796_000_400
	for _, w := range []*note.PrivateKey{w1, w2} {
		if data, err = note.Cosign(data, w, day); err != nil {
			t.Fatal(err)
		}
	}
	known := []note.Verifier{urn.Verifier(), w1.Verifier().Cosigner(), w2.Verifier().Cosigner()}
	n, err := note.Open(data, known...)
	if err != nil {
		t.Fatal(err)
	}
	if n.Signatures[0].Time != 0 || n.Signatures[1].Time != day || n.Require(known...) != nil {
		t.Errorf("%+v", n.Signatures)
	}
	if _, err := note.Cosign(data, w1, day+1); !errors.Is(err, note.ErrDoubled) {
		t.Error("a witness cosigned twice: ", err)
	}
	if _, err := note.Open(data, urn.Verifier(), w1.Verifier(), w2.Verifier()); !errors.Is(err, note.ErrUnknownSigner) {
		t.Error("a cosignature passes for a plain signature: ", err)
	}
	other := strings.Replace(string(data), "42", "43", 1)
	if _, err := note.Open([]byte(other), known...); !errors.Is(err, note.ErrSignature) {
		t.Error(err)
	}
	// another date in the cosignature
	lines := strings.Split(string(data), "\n")
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[5], "— w1 "))
	if err != nil {
		t.Fatal(err)
	}
	raw[11]++
	lines[5] = "— w1 " + base64.StdEncoding.EncodeToString(raw)
	if _, err := note.Open([]byte(strings.Join(lines, "\n")), known...); !errors.Is(err, note.ErrSignature) {
		t.Error(err)
	}
	record, err := note.Sign(text, urn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := note.Cosign(record, w1, day); !errors.Is(err, note.ErrMalformed) {
		t.Error("a witness cosigned what is no checkpoint: ", err)
	}
	// the message of a cosignature is no text of ours
	if w1.Verifier().Verify([]byte(headText), raw[12:]) {
		t.Error("a cosignature verifies as a plain signature of the checkpoint")
	}
}

// The signed message is that of C2SP cosignature/v1.
func TestCosignedMessage(t *testing.T) {
	w := key(t, "w")
	sig, err := w.Sign([]byte("cosignature/v1\ntime 7\n" + headText))
	if err != nil {
		t.Fatal(err)
	}
	if !w.Verifier().Cosigner().Verify([]byte(headText), append([]byte{0, 0, 0, 0, 0, 0, 0, 7}, sig...)) {
		t.Error("refused")
	}
}

func FuzzCheckpoint(f *testing.F) {
	f.Add(headText)
	f.Add("a\n0\n\n")
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := note.ParseCheckpoint(s); err == nil && c.Text() != s {
			t.Fatalf("%q is read as %q", s, c.Text())
		}
	})
}

func FuzzVerifier(f *testing.F) {
	f.Add("anne+00000000+AAAA")
	f.Add(must(note.ParsePrivateKey("PRIVATE+KEY+anne+" + fixedKey)).Verifier().String())
	f.Fuzz(func(t *testing.T, s string) {
		if v, err := note.ParseVerifier(s); err == nil && v.String() != s {
			t.Fatalf("%q is read as %q", s, v)
		}
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// fixedKey is the key of the seed 0, 1, 2 … 31 under the name anne.
const fixedKey = "6cc08bbb+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
