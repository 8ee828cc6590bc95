package note_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	sumdb "golang.org/x/mod/sumdb/note"

	"isoloir/scrutin/note"
)

func key(t testing.TB, name string) *note.PrivateKey {
	t.Helper()
	k, err := note.GenerateKey(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

const text = "{\n  \"record\": \"x\"\n}\n"

func TestSignAndOpen(t *testing.T) {
	anne, bob := key(t, "anne"), key(t, "bob")
	data, err := note.Sign(text, anne, bob)
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(data, bob.Verifier(), anne.Verifier(), anne.Verifier(), note.Verifier{})
	if err != nil {
		t.Fatal(err)
	}
	if n.Text != text || fmt.Sprint(n.Signers()) != "[anne bob]" {
		t.Errorf("%q signed by %v", n.Text, n.Signers())
	}
	if err := n.Require(anne.Verifier(), bob.Verifier()); err != nil {
		t.Error(err)
	}
	if err := n.Require(key(t, "anne").Verifier()); !errors.Is(err, note.ErrMissing) {
		t.Error(err)
	}
	if got, err := note.Text(data); err != nil || got != text {
		t.Errorf("%q, %v", got, err)
	}
	if one, err := note.Sign(text, anne); err != nil {
		t.Error(err)
	} else if two, err := note.Add(one, bob); err != nil || string(two) != string(data) {
		t.Errorf("adding a signature gives other bytes: %v", err)
	}
}

// The x/mod implementation reads our notes and we read its notes.
func TestOtherImplementation(t *testing.T) {
	anne := key(t, "anne")
	data, err := note.Sign(text, anne)
	if err != nil {
		t.Fatal(err)
	}
	v, err := sumdb.NewVerifier(anne.Verifier().String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sumdb.Open(data, sumdb.VerifierList(v)); err != nil {
		t.Error(err)
	}
	s, err := sumdb.NewSigner(anne.Encode())
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := sumdb.Sign(&sumdb.Note{Text: text}, s)
	if err != nil || string(theirs) != string(data) {
		t.Errorf("other bytes: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	anne, bob, eve := key(t, "anne"), key(t, "bob"), key(t, "eve")
	data, err := note.Sign(text, anne, bob)
	if err != nil {
		t.Fatal(err)
	}
	s := string(data)
	lines := strings.SplitAfter(s, "\n")
	anneLine, bobLine := lines[len(lines)-3], lines[len(lines)-2]
	byEve, err := note.Add(data, eve)
	if err != nil {
		t.Fatal(err)
	}
	other, err := note.Sign(text+"x\n", anne)
	if err != nil {
		t.Fatal(err)
	}
	otherAnne := strings.SplitAfter(string(other), "\n\n")[1]
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(strings.TrimPrefix(anneLine, "— anne ")))
	if err != nil {
		t.Fatal(err)
	}
	trailing := "— anne " + base64.StdEncoding.EncodeToString(append(raw, 0)) + "\n"
	for name, c := range map[string]struct {
		data string
		want error
	}{
		"empty":               {"", note.ErrMalformed},
		"text only":           {text, note.ErrMalformed},
		"nobody signed":       {text + "\n", note.ErrMissing},
		"changed text":        {strings.Replace(s, "x", "y", 1), note.ErrSignature},
		"signature of other":  {strings.Replace(s, anneLine, otherAnne, 1), note.ErrSignature},
		"doubled line":        {s + bobLine, note.ErrDoubled},
		"unknown signer":      {string(byEve), note.ErrUnknownSigner},
		"only unknown":        {text + "\n" + strings.TrimPrefix(string(byEve), s), note.ErrUnknownSigner},
		"false name":          {strings.Replace(s, "— anne", "— ann", 1), note.ErrUnknownSigner},
		"trailing newline":    {s + "\n", note.ErrMissing},
		"trailing bytes":      {s + "x", note.ErrMalformed},
		"trailing line":       {s + "x\n", note.ErrMalformed},
		"unended":             {strings.TrimSuffix(s, "\n"), note.ErrMalformed},
		"control character":   {strings.Replace(s, "x", "\t", 1), note.ErrMalformed},
		"bad UTF-8":           {strings.Replace(s, "x", "\xff", 1), note.ErrMalformed},
		"carriage return":     {strings.Replace(s, anneLine, strings.TrimSuffix(anneLine, "\n")+"\r\n", 1), note.ErrMalformed},
		"longer signature":    {strings.Replace(s, anneLine, trailing, 1), note.ErrSignature},
		"hyphen for the dash": {strings.Replace(s, "— anne", "- anne", 1), note.ErrMalformed},
		"too long":            {strings.Repeat("x", note.MaxSize) + s, note.ErrMalformed},
	} {
		if _, err := note.Open([]byte(c.data), anne.Verifier(), bob.Verifier()); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, expected %v", name, err, c.want)
		}
	}
}

// A signature line has one form: base64 with other padding bits is refused.
func TestStrictBase64(t *testing.T) {
	anne := key(t, "anne")
	data, err := note.Sign(text, anne)
	if err != nil {
		t.Fatal(err)
	}
	// 68 bytes end in "=" after three characters, the last of which has two bits unused.
	i := strings.LastIndex(string(data), "=")
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	changed := []byte(string(data))
	changed[i-1] = digits[strings.IndexByte(digits, data[i-1])^1]
	if _, err := note.Open(changed, anne.Verifier()); !errors.Is(err, note.ErrMalformed) {
		t.Error(err)
	}
}

func TestSignRefuses(t *testing.T) {
	anne := key(t, "anne")
	for name, bad := range map[string]string{"no newline": "x", "control": "a\x00b\n", "bad UTF-8": "\xff\n", "empty": ""} {
		if _, err := note.Sign(bad, anne); !errors.Is(err, note.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := note.Sign(text); !errors.Is(err, note.ErrMissing) {
		t.Error(err)
	}
	if _, err := note.Sign(text, anne, anne); !errors.Is(err, note.ErrDoubled) {
		t.Error(err)
	}
	if _, err := note.Sign(text, broken{anne}); !errors.Is(err, note.ErrSignature) {
		t.Error(err)
	}
}

// broken signs something else than it was given, as a faulty remote signer.
type broken struct{ *note.PrivateKey }

func (b broken) Sign(message []byte) ([]byte, error) { return b.PrivateKey.Sign(message[1:]) }

func TestKeys(t *testing.T) {
	anne := key(t, "anne")
	v, err := note.ParseVerifier(anne.Verifier().String())
	if err != nil || v != anne.Verifier() {
		t.Fatal(err)
	}
	w, err := note.ParseVerifier(v.Cosigner().String())
	if err != nil || w.Algorithm() != note.Cosigning || w.Plain() != v || w.KeyHash() == v.KeyHash() {
		t.Error(w, err)
	}
	back, err := note.ParsePrivateKey(anne.Encode())
	if err != nil || back.Verifier() != v {
		t.Error(err)
	}
	for _, bad := range []string{"", "anne", "anne+00000000+AAAA", strings.Replace(v.String(), "anne", "anna", 1), v.String() + "=", " " + v.String(),
		strings.ToUpper(v.String()), strings.Replace(v.String(), "+", "+0", 1), "a b" + v.String()} {
		if _, err := note.ParseVerifier(bad); err == nil {
			t.Errorf("%q is accepted as a verifier key", bad)
		}
	}
	for _, bad := range []string{"", "PRIVATE+KEY", v.String(), anne.Encode()[1:], anne.Encode() + "A"} {
		if _, err := note.ParsePrivateKey(bad); err == nil || len(bad) > 5 && strings.Contains(err.Error(), bad) {
			t.Errorf("%v", err)
		}
	}
	for _, name := range []string{"", "a b", "a+b", "é", ".a", strings.Repeat("a", 41), "a/b", "a\n"} {
		if _, err := note.GenerateKey(name); err == nil {
			t.Errorf("a key is named %q", name)
		}
	}
	seed := anne.Encode()[len(anne.Encode())-20:]
	for _, shown := range []string{fmt.Sprint(anne), fmt.Sprintf("%v %+v %#v %s", anne, anne, anne, anne)} {
		if strings.Contains(shown, seed) {
			t.Error("a private key is shown")
		}
	}
	if j, err := json.Marshal(anne); err != nil || strings.Contains(string(j), seed) {
		t.Error("a private key is shown in JSON")
	}
}

// Signatures that the Wycheproof vectors call invalid are refused.
func TestWycheproof(t *testing.T) {
	b, err := os.ReadFile("../../../shared/data/pairs/wycheproof/ed25519_test.json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the Wycheproof vectors are not beside this checkout: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		TestGroups []struct {
			PublicKey struct{ Pk string }
			Tests     []struct {
				TcId             int
				Msg, Sig, Result string
			}
		}
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, g := range file.TestGroups {
		raw := append([]byte{note.Ed25519}, unhex(t, g.PublicKey.Pk)...)
		s, err := sumdb.NewEd25519VerifierKey("w", raw[1:])
		if err != nil {
			t.Fatal(err)
		}
		v, err := note.ParseVerifier(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range g.Tests {
			n++
			if got := v.Verify(unhex(t, c.Msg), unhex(t, c.Sig)); got != (c.Result == "valid") {
				t.Errorf("test %d is %s: %v", c.TcId, c.Result, got)
			}
		}
	}
	if n == 0 {
		t.Error("no vectors")
	}
}

func unhex(t *testing.T, s string) (b []byte) {
	t.Helper()
	if _, err := fmt.Sscanf(s+" ", "%x", &b); err != nil && s != "" {
		t.Fatal(err)
	}
	return b
}

func FuzzOpen(f *testing.F) {
	anne, err := note.ParsePrivateKey("PRIVATE+KEY+anne+" + fixedKey)
	if err != nil {
		f.Fatal(err)
	}
	data, err := note.Sign(text, anne)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(text))
	f.Add(append(data, data...))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := note.Open(data, anne.Verifier())
		if err != nil {
			return
		}
		again, err := note.Sign(n.Text, anne)
		if err != nil || string(again) != string(data) {
			t.Fatalf("accepted %q, written %q, %v", data, again, err)
		}
	})
}
