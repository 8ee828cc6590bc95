package prepare

import (
	"errors"

	"isoloir/scrutin"
)

// A Rule is one about the hours of a vote, as a manifest of its legal profile keeps or breaks it.
type Rule struct {
	Code    string // of the problem of a manifest that breaks it
	Article string // of the text that it comes from; empty for what every vote keeps
	Broken  bool
}

// Rules are those by which the hours of a manifest are judged under its profile, in the order of the hours.
func Rules(m *scrutin.Manifest) []Rule {
	rules := []Rule{{Code: "close-after-open"}}
	if m.Scrutin.Profile == scrutin.FrenchAbroad {
		rules = append(rules,
			Rule{Code: "polling-day", Article: "décret 2009-525, art. 4"},
			Rule{Code: "close-third-day", Article: "décret 2009-525, art. 4"},
			Rule{Code: "grace-none", Article: "décret 2009-525, art. 4"},
			Rule{Code: "count-needed", Article: "décret 2009-525, art. 21"},
			Rule{Code: "count-after-polls", Article: "décret 2009-525, art. 21"})
	}
	rules = append(rules, Rule{Code: "count-after-close"})
	var problems scrutin.Problems
	if errors.As(m.Validate(), &problems) {
		for i := range rules {
			rules[i].Broken = problems.Has(rules[i].Code)
		}
	}
	return rules
}

// ErrWords says that numbers are not written as a draw writes them.
var ErrWords = errors.New("write the numbers in the order in which they came, in decimal without leading zeros, one space between")

// Drawn is the draw of a day, by the words that were drawn. ErrWords if they are written in another way.
func Drawn(date, words string) (Draw, error) {
	if !numbers.MatchString(words) {
		return Draw{}, ErrWords
	}
	return Draw{date, words}, nil
}

// Rank is the digest by which an option stands where it does, of the identifiers of its question and its own: options are in ascending order of it.
func (d Draw) Rank(question, option string) scrutin.Digest {
	return scrutin.Digest(d.rank(question, option))
}
