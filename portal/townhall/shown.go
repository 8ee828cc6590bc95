package townhall

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"isoloir/space"
)

// described ties a field to its hint, and to what is wrong with it.
func described(id string, found space.Problems) templ.Attributes {
	if len(found) == 0 {
		return templ.Attributes{"aria-describedby": id + "-hint"}
	}
	return templ.Attributes{"aria-describedby": id + "-hint " + id + "-error", "aria-invalid": "true"}
}

// figures is a whole number in a field; nothing for what was none.
func figures(n int) string {
	if n < 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// stepClass is how a step of the standing bureau looks.
func stepClass(s space.Step) string {
	switch {
	case s.Done:
		return "done"
	case len(s.Who) > 0:
		return "possible"
	}
	return "later"
}

// holds says whether a choice is his last position on a question.
func (s *spoken) holds(question int, choice string) bool {
	p := s.last(question)
	return p != nil && p.Position == choice || p == nil && choice == space.Undecided
}

// reasons are those of his last position.
func (s *spoken) reasons(question int) string {
	if p := s.last(question); p != nil {
		return strings.Join(p.Reasons, "\n")
	}
	return ""
}

// on are his positions on a question, the last first.
func (s *spoken) on(question int) (all []space.Position) {
	for _, p := range slices.Backward(s.positions) {
		if p.Question == question {
			all = append(all, p)
		}
	}
	return all
}

func voteOf(v *space.Vote) string {
	if v == nil {
		return ""
	}
	return v.Vote
}
