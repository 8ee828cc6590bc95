package audit

import (
	"encoding/hex"
	"strings"
	"testing"

	"isoloir/scrutin/note"
)

func TestParseFingerprint(t *testing.T) {
	digits := strings.Repeat("0123456789abcdef", 4)
	for _, s := range []string{digits, strings.ToUpper(digits), "01234567 89abcdef " + digits[16:], digits[:32] + "-" + digits[32:]} {
		if f, err := ParseFingerprint(s); err != nil || hex.EncodeToString(f[:]) != digits {
			t.Errorf("%q: %x, %v", s, f, err)
		}
	}
	for _, s := range []string{"", digits[1:], digits + "0", digits[:63] + "g", digits[:63] + "é"} {
		if _, err := ParseFingerprint(s); err == nil {
			t.Errorf("%q is accepted", s)
		}
	}
}

func keyLine(t testing.TB, name string) string {
	t.Helper()
	key, err := note.GenerateKey(name)
	if err != nil {
		t.Fatal(err)
	}
	return key.Verifier().String()
}

func TestParseWitnesses(t *testing.T) {
	a, b := keyLine(t, "a"), keyLine(t, "b")
	keys, err := ParseWitnesses("# delegates\n" + a + "\n\n  " + b + "\r\n")
	if err != nil || len(keys) != 2 || keys[0].Name() != "a" || keys[1].Name() != "b" {
		t.Errorf("%v, %v", keys, err)
	}
	v, err := note.ParseVerifier(a)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"nothing":                  "",
		"comments alone":           "# nobody\n",
		"the same line twice":      a + "\n" + a,
		"one key in both its uses": a + "\n" + v.Cosigner().String(),
		"one name for two keys":    a + "\n" + keyLine(t, "a"),
		"a key cut short":          a[:len(a)-3],
		"two keys on a line":       a + " " + b,
	} {
		if keys, err := ParseWitnesses(text); err == nil {
			t.Errorf("%s: %v", name, keys)
		}
	}
}

// FuzzParseWitnesses: what is accepted are distinct keys under distinct names,
// and reads the same when it is written again.
func FuzzParseWitnesses(f *testing.F) {
	f.Add("# nobody\n")
	f.Add("witness-1+7ab4a0ba+ATyiF7l0L+Q2PIC9FvLXGZ9zkPaxS0ISEsWQpB1gG2Ou\n")
	f.Add(keyLine(f, "a") + "\n" + keyLine(f, "b"))
	f.Fuzz(func(t *testing.T, text string) {
		keys, err := ParseWitnesses(text)
		if err != nil {
			return
		}
		var again strings.Builder
		seen := map[[32]byte]bool{}
		for _, k := range keys {
			if seen[k.PublicKey()] {
				t.Fatalf("%s stands twice", k.Name())
			}
			seen[k.PublicKey()] = true
			again.WriteString(k.String() + "\n")
		}
		if same, err := ParseWitnesses(again.String()); err != nil || len(same) != len(keys) {
			t.Fatalf("%v, %v", same, err)
		}
	})
}
