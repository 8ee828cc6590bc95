package bve

import (
	"fmt"

	"isoloir/scrutin"
)

// A Rule is a reason why the bureau does not take a statement, or cannot go on. It is an error: errors.Is finds it in the *Refusal. What an
// act itself breaks is a rule of package scrutin.
type Rule string

// The rules of sessions, motions and registers.
const (
	RuleSession   Rule = "session"   // nothing is decided outside an open session, nor in two at once
	RuleOffice    Rule = "office"    // not for this member to say
	RuleMotion    Rule = "motion"    // one motion at a time, one voice each
	RuleSignature Rule = "signature" // the line does not sign the act
	RuleFigures   Rule = "figures"   // what the motion adopts or finds is not what the service holds
	RuleLate      Rule = "late"      // what could be decided when it was proposed cannot be any more
	RuleOpinion   Rule = "opinion"   // the technical committee was not heard
	RuleAgreement Rule = "agreement" // the president of another bureau whose scrutin is touched has not agreed
	RuleDelivery  Rule = "delivery"  // codes were not delivered
	RuleIntegrity Rule = "integrity" // the system was not found to be the one that was sealed
	RuleCustody   Rule = "custody"   // a medium is missing
	RuleSeat      Rule = "seat"      // a seat without a fragment
	RuleMissing   Rule = "missing"   // a party has not done its part
	RuleTime      Rule = "time"      // it is too early
	RuleSmall     Rule = "small"     // so few ballots that they would tell who cast them
	RuleRegister  Rule = "register"  // what a register says does not follow from what it said before
)

// Error implements error.
func (r Rule) Error() string { return "rule " + string(r) }

// Article is the text that the rule comes from under a profile, in "fr" or else in English; empty where no text asks for it.
func (r Rule) Article(profile, language string) string {
	like, ok := map[Rule]scrutin.Rule{
		RuleSession: scrutin.RuleOrder, RuleOffice: scrutin.RulePresence, RuleMotion: scrutin.RuleMajority, RuleSignature: scrutin.RuleSigner,
		RuleLate: scrutin.RuleTime, RuleTime: scrutin.RuleTime, RuleOpinion: scrutin.RuleOpinion, RuleSeat: scrutin.RuleSeat, RuleSmall: scrutin.RuleSmallCell, RuleMissing: scrutin.RuleOrder,
	}[r]
	if ok {
		return like.Article(profile, language)
	}
	article := articles[r][profile]
	if language == "fr" {
		return article[0]
	}
	return article[1]
}

// articles are those of the rules that acts do not know, in French and English.
var articles = map[Rule]map[string][2]string{
	RuleAgreement: {scrutin.PublicService: {"arrêté du 25 août 2020, art. 29", "order of 25 August 2020, art. 29"}},
	RuleDelivery: {
		scrutin.FrenchAbroad:  {"code électoral, R. 176-3-7", "electoral code, R. 176-3-7"},
		scrutin.PublicService: {"CGFP, R. 211-541", "CGFP, R. 211-541"},
	},
	RuleIntegrity: {
		scrutin.FrenchAbroad:  {"décret 2009-525, art. 18 et 20", "decree 2009-525, art. 18 and 20"},
		scrutin.PublicService: {"CGFP, R. 211-541 et R. 211-572", "CGFP, R. 211-541 and R. 211-572"},
	},
	RuleCustody: {
		scrutin.FrenchAbroad:  {"décret 2009-525, art. 12, 4°", "decree 2009-525, art. 12, 4°"},
		scrutin.PublicService: {"CGFP, R. 211-571", "CGFP, R. 211-571"},
	},
	RuleRegister: {
		scrutin.FrenchAbroad:  {"décret 2009-525, art. 12", "decree 2009-525, art. 12"},
		scrutin.PublicService: {"arrêté du 25 août 2020, art. 28", "order of 25 August 2020, art. 28"},
	},
	RuleFigures: {
		scrutin.FrenchAbroad:  {"décret 2009-525, art. 9", "decree 2009-525, art. 9"},
		scrutin.PublicService: {"CGFP, R. 211-541", "CGFP, R. 211-541"},
	},
}

// A Refusal says which rule stands against something, by which article, and what to do.
type Refusal struct {
	Rule    Rule
	Profile string
	// Who must act before: members, or parties of the manifest.
	Who  []string
	form string
	args []any
}

// refuse is a refusal of the bureau of this manifest. Its sentences stand in both languages in the table.
func (s *State) refuse(rule Rule, who []string, form string, args ...any) *Refusal {
	return &Refusal{rule, s.manifest.Scrutin.Profile, who, form, args}
}

// called is the name of a member, or what stands for one who is none.
func (s *State) called(id string) string {
	if m, known := s.manifest.Member(id); known {
		return m.Label
	}
	return id
}

// Error is the sentence in English.
func (r *Refusal) Error() string { return r.Sentence("en") }

// Unwrap returns the rule.
func (r *Refusal) Unwrap() error { return r.Rule }

// Sentence says what is wrong and what to do, with the article if there is one, in "fr" or else in English.
func (r *Refusal) Sentence(language string) string {
	form := r.form
	if language == "fr" {
		form = sentences[r.form]
	}
	args := make([]any, len(r.args))
	for i, a := range r.args {
		args[i] = a
		if said, ok := a.(interface{ Sentence(string) string }); ok {
			args[i] = said.Sentence(language)
		}
	}
	said := fmt.Sprintf(form, args...)
	if article := r.Rule.Article(r.Profile, language); article != "" {
		said += " (" + article + ")"
	}
	return said
}
