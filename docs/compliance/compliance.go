// Package compliance makes docs/compliance.md: for each requirement of the texts that an electronic vote is held to, what shows that it is met.
// Requirements stand in requirements.yaml, in our own short words; the tests are found by their names and comments, which carry a requirement's
// id, so that the page cannot name one that is not there.
//
// It promises: a row is shown by a test, an attack of docs/attacks.md, a document, or another row of which one of these holds; else it says
// why it is assumed or not covered. A row that has nothing is an error, as is an id in a test that no text has.
package compliance

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed requirements.yaml
var requirements []byte

// A Text is a law, a deliberation or the like.
type Text struct {
	Title string `yaml:"title"`
	Note  string `yaml:"note"`
	Rows  []Row  `yaml:"rows"`
}

// A Row is one requirement, and what shows it beside tests.
type Row struct {
	ID      string   `yaml:"id"`
	Text    string   `yaml:"text"`
	Like    []string `yaml:"like"`
	Attacks []string `yaml:"attacks"`
	Pages   []string `yaml:"pages"`
	Assumed string   `yaml:"assumed"`
	Lacks   string   `yaml:"lacks"`
}

// Read reads requirements.yaml, of which every id is another one and every reference leads somewhere.
func Read() ([]Text, error) { return read(requirements) }

func read(data []byte) (texts []Text, err error) {
	in := yaml.NewDecoder(bytes.NewReader(data))
	in.KnownFields(true)
	if err := in.Decode(&texts); err != nil {
		return nil, fmt.Errorf("requirements.yaml: %w", err)
	}
	var failed []error
	rows := map[string]bool{}
	for _, r := range all(texts) {
		if rows[r.ID] || !id.MatchString(r.ID) || r.Text == "" {
			failed = append(failed, fmt.Errorf("%q stands twice, or is no id, or asks nothing", r.ID))
		}
		rows[r.ID] = true
	}
	for _, r := range all(texts) {
		for _, other := range r.Like {
			if !rows[other] || other == r.ID {
				failed = append(failed, fmt.Errorf("%s is like %s, which is no other row", r.ID, other))
			}
		}
	}
	return texts, errors.Join(failed...)
}

func all(texts []Text) (rows []Row) {
	for _, t := range texts {
		rows = append(rows, t.Rows...)
	}
	return rows
}

var id = regexp.MustCompile(`^(S00[234]|C19|C26|CoE|CE|FP|PV)-[0-9a-z]+(-[0-9a-z]+)*$`)

// Page writes the document from the requirements and the sources at root.
func Page(root string) ([]byte, error) {
	texts, err := Read()
	if err != nil {
		return nil, err
	}
	tests, err := Tests(root)
	if err != nil {
		return nil, err
	}
	return page(root, texts, tests)
}

// page is Page of these texts and tests, by the id that they carry.
func page(root string, texts []Text, tests map[string][]string) ([]byte, error) {
	attacks, err := os.ReadFile(filepath.Join(root, "docs", "attacks.md"))
	if err != nil {
		return nil, err
	}
	var failed []error
	shown := map[string][]string{}
	for carried, names := range tests {
		found := false
		for _, r := range all(texts) {
			// An id without its last letter is of all rows of that article.
			if r.ID == carried || len(r.ID) == len(carried)+1 && strings.HasPrefix(r.ID, carried) && r.ID[len(carried)] >= 'a' {
				found, shown[r.ID] = true, append(shown[r.ID], names...)
			}
		}
		if !found {
			failed = append(failed, fmt.Errorf("%s carries %s, which no text has", strings.Join(names, ", "), carried))
		}
	}
	holds := map[string]bool{}
	for _, r := range all(texts) {
		holds[r.ID] = len(shown[r.ID])+len(r.Attacks)+len(r.Pages) > 0 || r.Assumed+r.Lacks != ""
		for _, a := range r.Attacks {
			if !bytes.Contains(attacks, []byte("\n| "+a+" | ")) {
				failed = append(failed, fmt.Errorf("%s names %s, which docs/attacks.md has not", r.ID, a))
			}
		}
		for _, p := range r.Pages {
			if _, err := os.Stat(filepath.Join(root, "docs", p)); err != nil {
				failed = append(failed, fmt.Errorf("%s names %s, which is not in docs", r.ID, p))
			}
		}
	}
	for range all(texts) { // a row may be like one that is like another
		for _, r := range all(texts) {
			holds[r.ID] = holds[r.ID] || slices.ContainsFunc(r.Like, func(o string) bool { return holds[o] })
		}
	}
	for _, r := range all(texts) {
		if !holds[r.ID] {
			failed = append(failed, fmt.Errorf("%s (%s) is shown by nothing: name a test, or say why it is assumed or not covered", r.ID, r.Text))
		}
	}
	if len(failed) > 0 {
		return nil, errors.Join(failed...)
	}
	return write(texts, shown), nil
}

func write(texts []Text, shown map[string][]string) []byte {
	var out bytes.Buffer
	out.WriteString(head)
	rows := map[string]Row{}
	for _, r := range all(texts) {
		rows[r.ID] = r
	}
	for _, t := range texts {
		fmt.Fprintf(&out, "\n## %s\n\n%s\n\n| id | asked | shown by |\n| --- | --- | --- |\n", t.Title, t.Note)
		for _, r := range t.Rows {
			var by []string
			names := slices.Clone(shown[r.ID])
			slices.Sort(names)
			for _, n := range slices.Compact(names) {
				by = append(by, "`"+n+"`")
			}
			if len(r.Attacks) > 0 {
				by = append(by, "[attacks](attacks.md) "+strings.Join(r.Attacks, ", "))
			}
			if len(r.Like) > 0 {
				by = append(by, "as "+strings.Join(r.Like, ", ")+leant(rows, shown, r))
			}
			for _, p := range r.Pages {
				by = append(by, "["+strings.TrimSuffix(p, ".md")+"]("+p+")")
			}
			if r.Assumed != "" {
				by = append(by, "*assumed*: "+r.Assumed)
			}
			if r.Lacks != "" {
				by = append(by, "**not covered**: "+r.Lacks)
			}
			fmt.Fprintf(&out, "| %s | %s | %s |\n", r.ID, r.Text, strings.Join(by, "; "))
		}
	}
	return out.Bytes()
}

// most is how many tests of other rows a row repeats.
const most = 4

// leant is what shows the rows that a row is like, and those that these are like, in brackets: tests, attacks, and whether something of it is
// assumed or not covered.
func leant(rows map[string]Row, shown map[string][]string, r Row) string {
	var names, attacks, words []string
	seen, next := map[string]bool{r.ID: true}, slices.Clone(r.Like)
	for len(next) > 0 {
		o := rows[next[0]]
		next = next[1:]
		if seen[o.ID] {
			continue
		}
		seen[o.ID] = true
		next = append(next, o.Like...)
		names, attacks = append(names, shown[o.ID]...), append(attacks, o.Attacks...)
		if o.Assumed != "" {
			words = append(words, "*assumed* in part: "+o.ID)
		}
		if o.Lacks != "" {
			words = append(words, "**not covered** in part: "+o.ID)
		}
	}
	slices.Sort(names)
	slices.Sort(attacks)
	names = slices.Compact(names)
	var by []string
	for i, n := range names {
		if i == most {
			by = append(by, fmt.Sprintf("%d more", len(names)-most))
			break
		}
		by = append(by, "`"+n+"`")
	}
	if len(attacks) > 0 {
		by = append(by, "attacks "+strings.Join(slices.Compact(attacks), ", "))
	}
	if by = append(by, words...); len(by) == 0 {
		return ""
	}
	return " (" + strings.Join(by, ", ") + ")"
}

const head = `# Compliance

For each requirement what shows that it is met: the tests that carry its id in their name or comments, attacks whose tests stand in [attacks](attacks.md), documents, or a row that asks the same. *Assumed* marks what rests on people, contracts or machines outside of what a test sees; **not covered** says what is missing, and why.
The words are ours, and short: who must comply reads the texts. A test that carries a row's id shows what its own comment says, and no more. This page is made by ` + "`make compliance`" + ` from [compliance/requirements.yaml](compliance/requirements.yaml) and the sources; a test compares it.
`
