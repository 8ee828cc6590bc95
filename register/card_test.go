package register

import (
	"crypto/ecdh"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"isoloir/scrutin"
)

func testOpener(t testing.TB) Opener {
	t.Helper()
	secret, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	o, err := NewOpener(secret.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestCard (S000-06): what a phone reads is noise, of the same form for every card; only
// the register's key gives the token back, and for this register alone.
func TestCard(t *testing.T) {
	o, rho := testOpener(t), scrutin.DigestOf([]byte("register"))
	token := DrawToken()
	sealed, err := token.Seal(rho, o.Public())
	if err != nil {
		t.Fatal(err)
	}
	again, err := token.Seal(rho, o.Public())
	if err != nil || again == sealed {
		t.Fatalf("two cards of one token look alike: %v", err)
	}
	text := sealed.Text()
	if len(text) != len(scheme)+2*SealedSize {
		t.Fatalf("%d characters", len(text))
	}
	read, err := ParseCard(text)
	if err != nil || read != sealed {
		t.Fatal(err)
	}
	if got, err := o.Open(rho, read); err != nil || got != token {
		t.Fatal(err)
	}
	for name, open := range map[string]func() error{
		"another register": func() error { _, err := o.Open(scrutin.Digest{1}, sealed); return err },
		"another key":      func() error { _, err := testOpener(t).Open(rho, sealed); return err },
		"one bit":          func() error { s := sealed; s[40] ^= 1; _, err := o.Open(rho, s); return err },
		"another key of the sender": func() error {
			s := sealed
			s[0] ^= 1
			_, err := o.Open(rho, s)
			return err
		},
		"nothing": func() error { _, err := o.Open(rho, Sealed{}); return err },
	} {
		if err := open(); !errors.Is(err, ErrCard) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, text := range []string{"", scheme, text[1:], text + "0", strings.ToLower(text), text[:len(text)-1] + "G", "https://example.fr/"} {
		if _, err := ParseCard(text); !errors.Is(err, ErrCard) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if got := token.String(); strings.Contains(got, string(token[:])) || got != "[token of 16 bytes]" {
		t.Error(got)
	}
}

func FuzzCard(f *testing.F) {
	f.Add(Sealed{1, 2, 3}.Text())
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := ParseCard(text); err == nil && s.Text() != text {
			t.Fatal("accepted and not canonical")
		}
	})
}

func FuzzScan(f *testing.F) {
	f.Add(Scan{Mode: Activate}.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := ParseScan(b); err == nil && string(s.Bytes()) != string(b) {
			t.Fatal("accepted and not canonical")
		}
	})
}

func FuzzNotice(f *testing.F) {
	f.Add(Notice{Subject: TellRest, Number: 3}.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if n, err := ParseNotice(b); err == nil && string(n.Bytes()) != string(b) {
			t.Fatal("accepted and not canonical")
		}
	})
}
