package scrutin

import "fmt"

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
	RuleScrutin   Rule = "scrutin"   // an act of another scrutin or opening
	RuleMalformed Rule = "malformed" // not the canonical text of an act
)

// Error implements error.
func (r Rule) Error() string { return "rule " + string(r) }

// Article is the text that the rule comes from.
func (r Rule) Article() string {
	switch r {
	case RuleOrder:
		return "décret 2009-525, art. 9; protocol § 3.4"
	case RuleSigner, RulePresence, RuleQuorum, RuleMajority:
		return "décret 2009-525, art. 10"
	case RuleClause:
		return "code électoral, R. 176-3-1; CGFP, R. 211-573"
	case RuleOpinion, RuleAddendum:
		return "décret 2009-525, art. 14"
	case RuleEmptyUrn:
		return "décret 2009-525, art. 18"
	case RuleTime:
		return "décret 2009-525, art. 4 and 21"
	case RuleEqual, RuleSince:
		return "décret 2009-525, art. 20"
	case RuleSmallCell:
		return "protocol § 9"
	case RuleThreshold:
		return "décret 2009-525, art. 21; CGFP, R. 211-573"
	}
	return "protocol § 3"
}

// An ActError says which act breaks which rule, and how.
type ActError struct {
	Seq    int    // number of the act, from 1
	Type   string // empty when the act could not be read
	Rule   Rule
	Detail string
}

// Error says all of it in a sentence.
func (e *ActError) Error() string {
	return fmt.Sprintf("act %d (%s) breaks the rule %q (%s): %s", e.Seq, e.Type, string(e.Rule), e.Rule.Article(), e.Detail)
}

// Unwrap returns the rule.
func (e *ActError) Unwrap() error { return e.Rule }
