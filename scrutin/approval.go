package scrutin

import (
	"fmt"
	"slices"
	"strings"
)

// MaxSets is how many sets of answers a question of approval may have: each is an option
// of the manifest.
const MaxSets = 2500

// An Approval is a question in which one approves of several answers, up to Most of them.
// A ballot still holds one option: the set of those that it approves of, whose answers
// the option names (Candidates). So all that holds for one choice holds for it: one
// plaintext, which no mixer can part, and no ballot with more than Most answers.
type Approval struct {
	// Answers are the options with a single answer, which stand first.
	Answers []Option
	Most    int
	sets    [][]int // of each option, the places of its answers
}

// Approval reads the question as one of approval: false where an option is one answer. In
// a question that fills no seat, options that name candidates are such sets.
func (q *Question) Approval() (*Approval, bool) {
	if !q.approves() {
		return nil, false
	}
	a := &Approval{}
	for _, o := range q.Options {
		if len(o.Candidates) == 1 {
			a.Answers = append(a.Answers, o)
		}
		a.Most = max(a.Most, len(o.Candidates))
	}
	if CountSets(len(a.Answers), a.Most) != len(q.Options) {
		return nil, false
	}
	a.sets = Sets(len(a.Answers), a.Most)
	for i, set := range a.sets {
		named := make([]string, len(set))
		for j, answer := range set {
			named[j] = a.Answers[answer].Candidates[0]
		}
		if !slices.Equal(named, q.Options[i].Candidates) {
			return nil, false
		}
	}
	return a, true
}

// approves says whether the question looks like one of approval, well formed or not.
func (q *Question) approves() bool {
	return q.Seats == 0 && slices.ContainsFunc(q.Options, func(o Option) bool { return len(o.Candidates) > 0 })
}

// Count is how many ballots approve of each answer, from the ballots of each option.
func (a *Approval) Count(options []int) []int {
	of := make([]int, len(a.Answers))
	for i, set := range a.sets {
		for _, answer := range set {
			of[answer] += options[i]
		}
	}
	return of
}

// Sets are all sets of 1 to most of so many answers, by size and then by their places, in
// the order in which a question of approval has its options.
func Sets(answers, most int) (all [][]int) {
	var grow func(set []int, from, size int)
	grow = func(set []int, from, size int) {
		if size == 0 {
			all = append(all, slices.Clone(set))
			return
		}
		for i := from; i+size <= answers; i++ {
			grow(append(set, i), i+1, size-1)
		}
	}
	for size := 1; size <= min(most, answers); size++ {
		grow(nil, 0, size)
	}
	return all
}

// CountSets is how many sets Sets makes, or MaxSets+1 where there are more than MaxSets.
func CountSets(answers, most int) int {
	sum, of := 0, 1
	for size := 1; size <= min(most, answers); size++ {
		if of = of * (answers - size + 1) / size; of > MaxSets {
			return MaxSets + 1
		}
		if sum += of; sum > MaxSets {
			return MaxSets + 1
		}
	}
	return sum
}

// ApprovalOptions are the options of a question in which up to most of these answers are
// approved of: their identifiers are "option-1", "option-1.2" for the first and second,
// and so on.
func ApprovalOptions(labels []string, most int) (options []Option) {
	for _, set := range Sets(len(labels), most) {
		places, named := make([]string, len(set)), make([]string, len(set))
		for j, answer := range set {
			places[j], named[j] = fmt.Sprint(answer+1), labels[answer]
		}
		o := Option{ID: "option-" + strings.Join(places, "."), Label: strings.Join(named, " + "), Candidates: named, Documents: []Document{}}
		if len([]rune(o.Label)) > maxLabel {
			o.Label = strings.Join(places, " + ")
		}
		options = append(options, o)
	}
	return options
}
