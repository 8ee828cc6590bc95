package scrutin

import (
	"fmt"
	"strings"
)

// A Problem is one reason why a manifest is refused.
type Problem struct {
	Path string // of the field, as urns[3].electors
	Code string // of the sentence in the table
	Args []any
}

// Sentence says what is wrong and what to do, in "fr" or else in English.
func (p Problem) Sentence(language string) string {
	s, ok := sentences[p.Code]
	if !ok {
		s = sentences["other"]
	}
	form := s.en
	if language == "fr" {
		form = s.fr
	}
	text := form
	if strings.Contains(form, "%") {
		text = fmt.Sprintf(form, p.Args...)
	}
	return p.Path + ": " + text
}

// Problems is every problem found in one manifest: an error.
type Problems []Problem

// Error lists the problems in English, one on each line.
func (ps Problems) Error() string { return ps.Sentences("en") }

// Sentences lists the problems, one on each line, in "fr" or else in English.
func (ps Problems) Sentences(language string) string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = "manifest: " + p.Sentence(language)
	}
	return strings.Join(lines, "\n")
}

// Has says whether a problem bears this code.
func (ps Problems) Has(code string) bool {
	for _, p := range ps {
		if p.Code == code {
			return true
		}
	}
	return false
}
