package account

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"isoloir/crypto/group"
	"isoloir/scrutin"
)

var cheap = scrutin.Codes{Length: 12, Alphabet: "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", Algorithm: "argon2id", Passes: 1, MemoryKiB: 64, Lanes: 1}

func TestCodeRoundTrip(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		c := NewCode(cheap)
		text := c.Reveal()
		if seen[text] {
			t.Fatalf("the code %s was drawn twice", text)
		}
		seen[text] = true
		for _, typed := range []string{text, strings.ToLower(text), strings.ReplaceAll(text, "-", ""), " " + strings.ReplaceAll(text, "-", " - ")} {
			got, err := ParseCode(cheap, typed)
			if err != nil || got != c {
				t.Fatalf("%q: %v", typed, err)
			}
		}
	}
}

// TestCodeCharactersAreUniform: S002-g2.
func TestCodeCharactersAreUniform(t *testing.T) {
	rules := cheap
	rules.Alphabet = "ABCDEFGHJKLMNPQRSTUVWXY" // 23 does not divide 256
	counts := map[byte]int{}
	const codes = 4000
	for range codes {
		for _, b := range []byte(NewCode(rules).characters) {
			counts[b]++
		}
	}
	want := codes * rules.Length / len(rules.Alphabet)
	if len(counts) != len(rules.Alphabet) {
		t.Fatalf("%d characters occur, not %d", len(counts), len(rules.Alphabet))
	}
	for b, n := range counts {
		if n < want*3/4 || n > want*5/4 {
			t.Errorf("%c occurs %d times, about %d expected", b, n, want)
		}
	}
}

func TestCodeRefused(t *testing.T) {
	valid := NewCode(cheap).Reveal()
	for _, s := range []string{"", "ABCD", valid + "A", valid[:13], "0" + valid[1:], "1" + valid[1:], "I" + valid[1:], "O" + valid[1:], valid[:4] + "–" + valid[5:], "ſ" + valid[1:], valid + "\n", strings.Repeat("A", 1000)} {
		if _, err := ParseCode(cheap, s); !errors.Is(err, ErrCode) {
			t.Errorf("%q: %v, not ErrCode", s, err)
		}
	}
}

func TestCodeDoesNotPrint(t *testing.T) {
	c := NewCode(cheap)
	for _, s := range []string{fmt.Sprint(c), fmt.Sprintf("%v %+v %#v %s", c, c, c, c), fmt.Sprintf("%v", struct{ C Code }{c})} {
		if strings.Contains(s, c.Reveal()[:4]) {
			t.Errorf("%s shows the code", s)
		}
	}
}

// Every input of the stretching changes both outputs, or one guess would serve
// two electors.
func TestStretchBindsItsContext(t *testing.T) {
	c, f, e := NewCode(cheap), scrutin.Digest{1}, Number{"urn", 7}
	dearer := cheap
	dearer.Passes = 2
	base := c.Stretch(cheap, f, e, "email")
	if base != c.Stretch(cheap, f, e, "email") {
		t.Fatal("two stretchings of one code differ")
	}
	if base.Login.Equal(base.Mask) {
		t.Fatal("login half and mask are the same scalar")
	}
	for name, other := range map[string]Stretched{
		"code":     NewCode(cheap).Stretch(cheap, f, e, "email"),
		"manifest": c.Stretch(cheap, scrutin.Digest{2}, e, "email"),
		"urn":      c.Stretch(cheap, f, Number{"urm", 7}, "email"),
		"number":   c.Stretch(cheap, f, Number{"urn", 8}, "email"),
		"issuer":   c.Stretch(cheap, f, e, "post"),
		"cost":     c.Stretch(dearer, f, e, "email"),
	} {
		if other.Login.Equal(base.Login) || other.Mask.Equal(base.Mask) {
			t.Errorf("another %s gives the same login half or mask", name)
		}
	}
}

// Whoever knows what one scrutin's roll or device holds learns nothing of another's:
// every input changes both halves, and no halves are those of the leading scrutin.
func TestCompanionBindsItsContext(t *testing.T) {
	c, f, e := NewCode(cheap), scrutin.Digest{1}, Number{"urn", 7}
	leading := c.Stretch(cheap, f, e, "email")
	base := leading.Companion(scrutin.Digest{9}, "email")
	if base != c.Stretch(cheap, f, e, "email").Companion(scrutin.Digest{9}, "email") {
		t.Fatal("two derivations of one code differ")
	}
	if base.Login.Equal(base.Mask) {
		t.Fatal("login half and mask are the same scalar")
	}
	for name, other := range map[string]Stretched{
		"leading scrutin":  leading,
		"companion":        leading.Companion(scrutin.Digest{8}, "email"),
		"issuer":           leading.Companion(scrutin.Digest{9}, "post"),
		"code":             NewCode(cheap).Stretch(cheap, f, e, "email").Companion(scrutin.Digest{9}, "email"),
		"leading manifest": c.Stretch(cheap, scrutin.Digest{2}, e, "email").Companion(scrutin.Digest{9}, "email"),
		"number":           c.Stretch(cheap, f, Number{"urn", 8}, "email").Companion(scrutin.Digest{9}, "email"),
	} {
		if other.Login.Equal(base.Login) || other.Mask.Equal(base.Mask) {
			t.Errorf("another %s gives the same login half or mask", name)
		}
	}
}

func TestDepositOpensOnlyWithTheCode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := Number{"urn", rapid.Uint32().Draw(t, "number")}
		x, c := group.RandomScalar(), NewCode(cheap)
		s := c.Stretch(cheap, scrutin.Digest{}, e, "email")
		d := s.Deposit(x)
		typed, err := ParseCode(cheap, c.Reveal())
		if err != nil {
			t.Fatal(err)
		}
		again := typed.Stretch(cheap, scrutin.Digest{}, e, "email")
		if !again.Open(d.Masked).Equal(x) || !group.MulBase(again.Login).Equal(d.Login) {
			t.Fatal("the code does not open its deposit")
		}
		if NewCode(cheap).Stretch(cheap, scrutin.Digest{}, e, "email").Open(d.Masked).Equal(x) {
			t.Fatal("another code opens the deposit")
		}
	})
}

func BenchmarkStretch(b *testing.B) {
	for _, rules := range []scrutin.Codes{{Passes: 3, MemoryKiB: 64 << 10, Lanes: 4}, {Passes: 2, MemoryKiB: 19 << 10, Lanes: 1}} {
		b.Run(fmt.Sprintf("%dMiB-%dpasses", rules.MemoryKiB>>10, rules.Passes), func(b *testing.B) {
			c := NewCode(cheap)
			for b.Loop() {
				c.Stretch(rules, scrutin.Digest{}, Number{"urn", 1}, "email")
			}
		})
	}
}
