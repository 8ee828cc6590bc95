package issuer

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"isoloir/account"
	"isoloir/courier"
	"isoloir/crypto/group"
	"isoloir/scrutin"
)

// expanded is HKDF-SHA-512 written out from RFC 5869.
func expanded(secret, info []byte, n int) []byte {
	mac := func(key []byte, parts ...[]byte) []byte {
		h := hmac.New(sha512.New, key)
		for _, p := range parts {
			h.Write(p)
		}
		return h.Sum(nil)
	}
	prk := mac(make([]byte, 64), secret)
	var out, last []byte
	for i := byte(1); len(out) < n; i++ {
		last = mac(prk, last, info, []byte{i})
		out = append(out, last...)
	}
	return out[:n]
}

// What is derived is what docs/online.md, section 3, says.
func TestDerivation(t *testing.T) {
	s, err := ParseSecret(strings.Repeat("0123456789abcdef", 4))
	if err != nil {
		t.Fatal(err)
	}
	f := scrutin.DigestOf([]byte("manifest"))
	d, err := s.derive(f)
	if err != nil {
		t.Fatal(err)
	}
	elector := account.Number{Urn: "urn-1", Index: 258}
	info := func(kind, urn string, numbers ...byte) []byte {
		return append(append(append(append([]byte("isoloir/v1/issuer"), f[:]...), kind...), append([]byte{byte(len(urn)), 0}, urn...)...), numbers...)
	}
	half := group.ScalarFromWide([64]byte(expanded(s.key[:], info("half", "urn-1", 2, 1, 0, 0, 0, 0, 0, 0), 64)))
	if !d.half(elector).Equal(half) {
		t.Error("the half is another one")
	}
	for _, alphabet := range []string{"ABCDEFGHJKLMNPQRSTUVWXYZ23456789", "ABCDEFGHJKLMNPQRSTUVWXY", "0123456789"} {
		rules := scrutin.Codes{Length: 20, Alphabet: alphabet}
		want, n := "", len(alphabet)
		for _, b := range expanded(s.key[:], info("code", "urn-1", 2, 1, 0, 0, 3, 0, 0, 0), 8192) {
			if int(b) < 256/n*n && len(want) < rules.Length {
				want += string(alphabet[int(b)%n])
			}
		}
		code, err := d.code(rules, elector, 3)
		if err != nil || strings.ReplaceAll(code.Reveal(), "-", "") != want {
			t.Errorf("with %d characters the code is %s, not %s (%v)", n, code.Reveal(), want, err)
		}
	}
	key := expanded(s.key[:], info("name", "", 0, 0, 0, 0, 0, 0, 0, 0), 32)
	if got, want := d.name(courier.Key{Kind: courier.Renewal, Urn: 3, Elector: 258, Generation: 2}), name(key, "renewal\x00\x03\x00\x02\x01\x00\x00\x02\x00\x00\x00"); got != want {
		t.Errorf("the name is %s, not %s", got, want)
	}
}

func name(key []byte, text string) string {
	return hex.EncodeToString(sum(key, text)[:16])
}

// Nothing that is derived is derived twice: another kind, urn, elector, generation
// or scrutin gives another.
func TestDerivationsDiffer(t *testing.T) {
	s := NewSecret()
	rules := scrutin.Codes{Length: 12, Alphabet: "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"}
	seen := map[string]string{}
	for _, scrutinName := range []string{"a", "b"} {
		d, err := s.derive(scrutin.DigestOf([]byte(scrutinName)))
		if err != nil {
			t.Fatal(err)
		}
		for _, urn := range []string{"u", "u-1"} {
			for elector := range uint32(3) {
				for generation := range uint32(3) {
					code, err := d.code(rules, account.Number{Urn: urn, Index: elector}, generation)
					if err != nil {
						t.Fatal(err)
					}
					at := fmt.Sprint(scrutinName, urn, elector, generation)
					for _, other := range []string{code.Reveal(), d.name(courier.Key{Kind: courier.Codes, Elector: elector, Generation: generation}) + scrutinName} {
						if before := seen[other]; before != "" && !strings.HasSuffix(other, scrutinName) {
							t.Errorf("%s is that of %s and of %s", other, before, at)
						}
						seen[other] = at
					}
				}
			}
		}
	}
	if len(seen) != 2*2*3*3+2*3*3 {
		t.Errorf("%d different codes and names", len(seen))
	}
}

// TestSecretHides: S004-17.
func TestSecretHides(t *testing.T) {
	s := NewSecret()
	for _, form := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		for _, v := range []any{s, &s, Config{Secret: s}} {
			if text := fmt.Sprintf(form, v); strings.Contains(text, s.Reveal()) || strings.Contains(text, fmt.Sprintf("%d", s.key[0])+" "+fmt.Sprint(s.key[1])) {
				t.Errorf("%s shows the secret: %s", form, text)
			}
		}
	}
	if again, err := ParseSecret(s.Reveal()); err != nil || again != s {
		t.Errorf("the secret is not read again: %v", err)
	}
	for _, text := range []string{"", s.Reveal()[:62], s.Reveal() + "\n", strings.ToUpper(s.Reveal()[:60]) + "ABCD", strings.Repeat("g", 64)} {
		if _, err := ParseSecret(text); !errors.Is(err, ErrSecret) || strings.Contains(err.Error(), text) && text != "" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func sum(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
