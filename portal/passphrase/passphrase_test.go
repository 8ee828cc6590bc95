package passphrase_test

import (
	"errors"
	"strings"
	"testing"

	"isoloir/portal/passphrase"
)

const phrase = "trois petits chats, été"

func line(t testing.TB, who string) string {
	t.Helper()
	l, err := passphrase.Line(who, phrase)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestAdmits(t *testing.T) {
	b, err := passphrase.Parse([]byte(line(t, "anne") + line(t, "zoe-2")))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who, phrase string
		want        bool
	}{
		{"anne", phrase, true},
		{"zoe-2", phrase, true},
		{"anne", "trois petits chats, e\u0301te\u0301", true}, // the same, decomposed
		{"anne", phrase + " ", false},
		{"anne", "", false},
		{"bob", phrase, false},
		{"", "", false},
	} {
		if got := b.Admits(c.who, c.phrase); got != c.want {
			t.Errorf("%q with %q: %v", c.who, c.phrase, got)
		}
	}
	if line(t, "anne") == line(t, "anne") {
		t.Error("two lines of one passphrase are the same")
	}
}

func TestLineRefuses(t *testing.T) {
	for _, who := range []string{"", "Anne", "an ne", "-a", strings.Repeat("a", 41), "é"} {
		if _, err := passphrase.Line(who, phrase); err == nil {
			t.Errorf("the name %q passes", who)
		}
	}
	if _, err := passphrase.Line("anne", "onze lettre"); err == nil {
		t.Error("a short passphrase passes")
	}
}

func TestParseRefuses(t *testing.T) {
	anne, zoe := line(t, "anne"), line(t, "zoe")
	for name, text := range map[string]string{
		"empty": "", "no newline": strings.TrimSpace(anne), "unsorted": zoe + anne, "twice": anne + anne, "empty line": anne + "\n" + zoe,
		"carriage return": strings.ReplaceAll(anne, "\n", "\r\n"), "cheaper": strings.Replace(anne, "t=3", "t=1", 1), "other function": strings.Replace(anne, "argon2id", "argon2i", 1),
		"comment": "# staff\n" + anne, "short key": anne[:len(anne)-2] + "\n", "two spaces": strings.Replace(anne, " ", "  ", 1), "capital": "A" + anne[1:],
	} {
		if _, err := passphrase.Parse([]byte(text)); !errors.Is(err, passphrase.ErrFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzParse wants what is accepted to be what Line writes, name by name.
func FuzzParse(f *testing.F) {
	f.Add([]byte("anne $argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"))
	f.Add([]byte("anne\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := passphrase.Parse(data)
		if err != nil {
			return
		}
		var names []string
		for l := range strings.Lines(string(data)) {
			who, rest, _ := strings.Cut(l, " ")
			names = append(names, who)
			if !strings.HasPrefix(rest, "$argon2id$v=19$m=65536,t=3,p=4$") || len(rest) != 98 {
				t.Errorf("%q passes", l)
			}
		}
		if strings.Join(names, " ") != strings.Join(b.Names(), " ") {
			t.Errorf("%q, not %q", b.Names(), names)
		}
	})
}
