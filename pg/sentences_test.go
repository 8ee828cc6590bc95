package pg

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Every sentence that the source can make has its French, and every French one is of a sentence that the source can make.
func TestSentences(t *testing.T) {
	source, err := os.ReadFile("rights.go")
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]bool{}
	add := func(english string) {
		english = regexp.MustCompile(`%(\d\$)?[sd]`).ReplaceAllString(strings.ReplaceAll(english, "''", "'"), "%s")
		made[english] = true
	}
	for _, found := range []*regexp.Regexp{
		regexp.MustCompile(`fmt\.Sprintf\("([^"]+)"`), regexp.MustCompile(`\{(?:Wrong|Doubtful|Right), "([^"]+)"`),
		regexp.MustCompile(`format\('((?:[^']|'')+)'`), regexp.MustCompile(`SELECT '((?:[^']|'')+: (?:[^']|'')+)'`),
	} {
		for _, s := range found.FindAllStringSubmatch(string(source), -1) {
			if s[1] != "user %s is %s" {
				add(s[1])
			}
		}
	}
	for _, s := range regexp.MustCompile(`\(rol[a-z]+, '([^']+)'\)`).FindAllStringSubmatch(string(source), -1) {
		add("user %s is " + s[1])
	}
	for english := range made {
		if sentences[english] == "" {
			t.Errorf("no French for %q", english)
		}
	}
	for english, french := range sentences {
		if !made[english] {
			t.Errorf("nothing says %q", english)
		}
		n := strings.Count(english, "%s")
		if strings.Count(french, "%s") != n {
			t.Errorf("%q has not the arguments of %q", french, english)
		}
		text, want := english, french
		for i := range n {
			text, want = strings.Replace(text, "%s", strings.Repeat("x", i+1), 1), strings.Replace(want, "%s", strings.Repeat("x", i+1), 1)
		}
		if f := (Finding{Wrong, text}); f.Sentence("fr") != want || f.Sentence("en") != text {
			t.Errorf("%q becomes %q", text, f.Sentence("fr"))
		}
	}
	for _, v := range []Verdict{Right, Doubtful, Wrong} {
		if v.Word("fr") == "" || v.Word("en") != string(v) {
			t.Errorf("verdict %s", v)
		}
	}
	if f := (Finding{Right, "of a later version"}); f.Sentence("fr") != f.Text {
		t.Error("what has no French is left out")
	}
}
