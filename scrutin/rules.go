package scrutin

import (
	"errors"
	"fmt"
)

// A Rule is a reason why an act is refused. It is an error: errors.Is finds it in
// the *ActError.
type Rule string

// The rules of acts.
const (
	RuleOrder     Rule = "order"     // this act cannot follow now
	RuleChain     Rule = "chain"     // number, previous digest or session is not the next
	RuleTime      Rule = "time"      // before the previous act, or outside the schedule
	RuleSigner    Rule = "signer"    // a signature that is false or not a member's
	RulePresence  Rule = "presence"  // a signer who was not present, or an unknown member
	RuleQuorum    Rule = "quorum"    // too few seats with deliberative voice
	RuleClause    Rule = "clause"    // a presence that the quorum requires is lacking
	RuleMajority  Rule = "majority"  // more voices present against than for
	RuleBody      Rule = "body"      // adopts other things than this type of act does
	RuleOpinion   Rule = "opinion"   // the technical committee was not heard
	RuleAddendum  Rule = "addendum"  // the manifest does not allow it
	RuleEmptyUrn  Rule = "empty-urn" // ballots or marks before the opening
	RuleEqual     Rule = "equal"     // ballots and marks differ
	RuleSince     Rule = "since"     // ballots or marks came or went between close and seal, and no act says so
	RuleSmallCell Rule = "small"     // a cell below k without an act that names it
	RuleThreshold Rule = "threshold" // too few holders for a clause
	RuleSeat      Rule = "seat"      // a seat without a fragment that no act waives
	RuleCount     Rule = "count"     // opened before the last polling station has closed
	RuleHold      Rule = "hold"      // destroyed in spite of a legal hold
	RuleRetention Rule = "retention" // destroyed before the retention has ended
	RuleScrutin   Rule = "scrutin"   // an act of another scrutin or opening
	RuleMalformed Rule = "malformed" // not the canonical text of an act
)

// Error implements error.
func (r Rule) Error() string { return "rule " + string(r) }

// A Lack is what keeps members from adopting an act.
type Lack struct {
	Rule   Rule
	Detail string // in English
	form   string // of the sentence
	args   []any
}

func lack(rule Rule, form string, args ...any) error {
	return &Lack{rule, fmt.Sprintf(form, args...), form, args}
}

// Error says what is lacking.
func (l *Lack) Error() string { return l.Detail }

// Unwrap returns the rule.
func (l *Lack) Unwrap() error { return l.Rule }

// Sentence says what is lacking, in "fr" or else in English.
func (l *Lack) Sentence(language string) string {
	if french, ok := refusals[l.form]; ok && language == "fr" {
		return fmt.Sprintf(french, l.args...)
	}
	return l.Detail
}

// An ActError says which act breaks which rule, and how.
type ActError struct {
	Seq     int    // number of the act, from 1
	Type    string // empty when the act could not be read
	Profile string // the law of the manifest
	*Lack
}

// refused is the error of the next act.
func (p *Procedure) refused(kind string, err error) error {
	var l *Lack
	if !errors.As(err, &l) {
		errors.As(lack(RuleMalformed, "%v", err), &l)
	}
	return &ActError{p.seq + 1, kind, p.manifest.Scrutin.Profile, l}
}

// Error says all of it in a sentence.
func (e *ActError) Error() string { return e.Sentence("en") }

// Sentence says all of it, in "fr" or else in English.
func (e *ActError) Sentence(language string) string {
	form := "act %d (%s) breaks the rule %q (%s): %s"
	if language == "fr" {
		form = "l'acte %d (%s) enfreint la règle %q (%s) : %s"
	}
	return fmt.Sprintf(form, e.Seq, e.Type, string(e.Rule), e.Rule.Article(e.Profile, language), e.Lack.Sentence(language))
}

// Unwrap returns the rule.
func (e *ActError) Unwrap() error { return e.Rule }
