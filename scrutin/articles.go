package scrutin

import "strings"

// Article is the text that the rule comes from under a profile, in "fr" or else in
// English. Where statute says nothing, it is the protocol.
func (r Rule) Article(profile, language string) string {
	article, ok := articles[r][profile]
	if !ok {
		article = "protocole, § 3.4"
		if r == RuleSmallCell {
			article = "protocole, § 9"
		}
	}
	if language != "fr" {
		return inEnglish.Replace(article)
	}
	return article
}

var inEnglish = strings.NewReplacer("décret", "decree", "arrêté du 25 août 2020", "order of 25 August 2020", "code électoral", "electoral code",
	"code du travail", "labour code", "protocole", "protocol", " et suivants", " and following", " et ", " and ", " à ", " to ")

// articles cites the law by rule and profile. The decree of 2009 and the electoral
// code are of votes abroad; the code of the public service and the order of 2020 of
// its staff's; the labour code of works councils.
var articles = map[Rule]map[string]string{
	RuleOrder:     cite("décret 2009-525, art. 9", "CGFP, R. 211-541 et R. 211-571 à R. 211-574"),
	RuleSigner:    cite("décret 2009-525, art. 10", "CGFP, R. 211-573"),
	RulePresence:  cite("décret 2009-525, art. 10", "CGFP, R. 211-573"),
	RuleQuorum:    cite("décret 2009-525, art. 10", "CGFP, R. 211-552 et R. 211-573"),
	RuleMajority:  cite("décret 2009-525, art. 10", "CGFP, R. 211-573"),
	RuleClause:    cite("code électoral, R. 176-3-1", "CGFP, R. 211-552 et R. 211-573"),
	RuleOpinion:   cite("décret 2009-525, art. 14", "arrêté du 25 août 2020, art. 29"),
	RuleAddendum:  cite("décret 2009-525, art. 14", "arrêté du 25 août 2020, art. 29"),
	RuleEmptyUrn:  cite("décret 2009-525, art. 18", "CGFP, R. 211-541"),
	RuleTime:      cite("décret 2009-525, art. 4", "CGFP, R. 211-563 et arrêté du 25 août 2020, art. 30"),
	RuleCount:     cite("décret 2009-525, art. 21 et code électoral, R. 177-5", "CGFP, R. 211-573"),
	RuleEqual:     cite("décret 2009-525, art. 20", "CGFP, R. 211-572 à R. 211-574"),
	RuleSince:     cite("décret 2009-525, art. 20", "CGFP, R. 211-572"),
	RuleThreshold: cite("décret 2009-525, art. 21", "CGFP, R. 211-573"),
	RuleSeat:      cite("décret 2009-525, art. 18", "arrêté du 25 août 2020, art. 25"),
	RuleHold:      cite("décret 2009-525, art. 22", "CGFP, R. 211-580"),
	RuleRetention: cite("décret 2009-525, art. 22", "CGFP, R. 211-580"),
}

// cite gives the articles under the profiles that statute rules.
func cite(abroad, publicService string) map[string]string {
	return map[string]string{FrenchAbroad: abroad, PublicService: publicService, WorksCouncil: "code du travail, R. 2314-5 et suivants"}
}
