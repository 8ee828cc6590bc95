package main

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"isoloir/bve/journal"
	"isoloir/scrutin"
)

// Every text that a member may sign is said in words, in both languages.
func TestWordsOfTexts(t *testing.T) {
	for _, kind := range journal.Kinds() {
		words, known := statementWords[kind]
		if member := journal.AuthorsOf(kind)&journal.Member != 0; member != known || known && (words.en == "" || words.fr == "") {
			t.Errorf("statement %s: %q", kind, words)
		}
	}
	source, err := os.ReadFile("../../scrutin/act.go")
	if err != nil {
		t.Fatal(err)
	}
	kinds := []string{scrutin.ActAuthority} // stands with the timestamps
	for _, found := range regexp.MustCompile(`(?m)^\tAct[A-Z][A-Za-z]+ += "([a-z-]+)"`).FindAllStringSubmatch(string(source), -1) {
		kinds = append(kinds, found[1])
		if words := actWords[found[1]]; words.en == "" || words.fr == "" {
			t.Errorf("act %s: %q", found[1], words)
		}
	}
	if len(kinds) < 20 {
		t.Errorf("acts %v", kinds)
	}
	for kind, words := range actWords {
		if words.en == "" || words.fr == "" {
			t.Errorf("act %s: %q", kind, words)
		}
		if !slices.Contains(kinds, kind) {
			t.Errorf("there is no act %s", kind)
		}
	}
}
