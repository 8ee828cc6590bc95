package prepare

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Every mistake is said in French, with the same arguments, and none that nobody makes.
func TestSentences(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	said, verbs := regexp.MustCompile(`faulty\(("(?:[^"\\]|\\.)*")`), regexp.MustCompile(`%[a-z]`)
	used := map[string]bool{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range said.FindAllSubmatch(text, -1) {
			english, err := strconv.Unquote(string(m[1]))
			if err != nil {
				t.Fatal(err)
			}
			used[english] = true
			if in, ok := french[english]; !ok || !slices.Equal(verbs.FindAllString(english, -1), verbs.FindAllString(in, -1)) {
				t.Errorf("%s: not in French with the same arguments: %q", name, english)
			}
		}
	}
	for english := range french {
		if !used[english] {
			t.Errorf("nobody says %q", english)
		}
	}
}
