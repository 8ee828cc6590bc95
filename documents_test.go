package isoloir_test

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestLinks follows every link of the README and of docs to a file of the tree.
func TestLinks(t *testing.T) {
	pages, err := filepath.Glob("docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatal("no documents: ", err)
	}
	link, code := regexp.MustCompile(`\]\(([^)\s]+)\)`), regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
	for _, page := range append(pages, "README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllSubmatch(code.ReplaceAll(text, nil), -1) {
			target, _, _ := strings.Cut(string(m[1]), "#")
			if target == "" || strings.Contains(target, "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), target)); err != nil {
				t.Errorf("%s links to %s, which is not there", page, m[1])
			}
		}
	}
}

// TestAttacks reads the table of docs/attacks.md: every attack names a test that
// stands in the source, with its subtest, or says what it still needs.
func TestAttacks(t *testing.T) {
	text, err := os.ReadFile("docs/attacks.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := testsOf(t)
	var ids []string
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(line, "|\n "), " | ")
		if !strings.HasPrefix(line, "| ") || cells[0] == "id" || strings.HasPrefix(cells[0], "---") {
			continue
		}
		if len(cells) != 4 {
			t.Errorf("a row of %d cells: %s", len(cells), line)
			continue
		}
		ids = append(ids, cells[0])
		found := named.FindAllStringSubmatch(cells[3], -1)
		if len(found) == 0 && !strings.HasPrefix(cells[3], "not yet: needs ") {
			t.Errorf("%s names no test, and not what it needs", cells[0])
		}
		if left := strings.Count(cells[3], "`") - 2*len(found); left != 0 {
			t.Errorf("%s names what is no test: %s", cells[0], cells[3])
		}
		tests.find(t, cells[0], found)
	}
	want := []string{"B01", "B02", "B06", "B29", "B35", "B36", "B37", "B38"}
	for i := 9; i <= 26; i++ {
		want = append(want, fmt.Sprintf("B%02d", i))
	}
	for _, id := range want {
		if !slices.Contains(ids, id) {
			t.Errorf("docs/attacks.md has no %s", id)
		}
	}
}

// named is how documents name a test: `room.Test`, or `room.Test/case`.
var named = regexp.MustCompile("`([\\w/]+)\\.((?:Test|Fuzz)\\w+)(?:/([^`]+))?`")

// TestThreatModel reads the tables of docs/threat-model.md and its list of leaks: every line names tests that stand in the source, or says what
// is assumed.
func TestThreatModel(t *testing.T) {
	text, err := os.ReadFile("docs/threat-model.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := testsOf(t)
	section, lines := "", map[string]int{}
	for line := range strings.Lines(string(text)) {
		if title, ok := strings.CutPrefix(line, "## "); ok {
			section = strings.TrimSpace(title)
		}
		cells := strings.Split(strings.Trim(line, "|\n "), " | ")
		said := ""
		switch {
		case strings.HasPrefix(line, "| ---"), len(cells) > 1 && cells[len(cells)-1] == "shown by":
		case strings.HasPrefix(line, "| "):
			said = cells[len(cells)-1]
		case strings.HasPrefix(line, "- ") && section == "What leaks by design":
			said = line
		}
		if said == "" {
			continue
		}
		lines[section]++
		found := named.FindAllStringSubmatch(said, -1)
		if len(found) == 0 && !strings.Contains(strings.ToLower(said), "*assumed*") {
			t.Errorf("%s: no test shows this line, and it does not say what is assumed: %.60s", section, line)
		}
		tests.find(t, fmt.Sprintf("%.40s", line), found)
	}
	for section, least := range map[string]int{"One corrupt party": 20, "Two corrupt parties": 10, "Accounts, consultations, decisions together": 15, "What leaks by design": 25} {
		if lines[section] < least {
			t.Errorf("%s has %d lines", section, lines[section])
		}
	}
}

// find wants the tests that a line names to be there, with their cases.
func (tests tested) find(t *testing.T, line string, named [][]string) {
	t.Helper()
	for _, m := range named {
		in, ok := tests[m[1]]
		if !ok || !slices.Contains(in.names, m[2]) {
			t.Errorf("%s: there is no test %s in %s", line, m[2], m[1])
		} else if m[3] != "" && !strings.Contains(in.text, `"`+m[3]+`"`) {
			t.Errorf("%s: the tests of %s have no %q", line, m[1], m[3])
		}
	}
}

// tested are the tests by their package.
type tested map[string]*packageTests

// packageTests are the names and the text of a package's tests; of the cases that
// a package of fixtures runs for it too.
type packageTests struct {
	names []string
	text  string
}

func testsOf(t *testing.T) tested {
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	found := tested{}
	sources(t, func(file string, src []byte) {
		if !strings.HasSuffix(file, "_test.go") {
			return
		}
		p := found[path.Dir(file)]
		if p == nil {
			p = &packageTests{}
			found[path.Dir(file)] = p
		}
		p.text += string(src)
		for _, m := range declared.FindAllSubmatch(src, -1) {
			p.names = append(p.names, string(m[1]))
		}
	})
	return found
}
