package words

import (
	"regexp"
	"strings"
)

// Typeset writes a sentence that is not of the catalogue, as commands say it, the way pages print it: in French its quotations, its apostrophes and the
// spaces that do not break.
func (s *Speaker) Typeset(text string) string {
	if s.language != French {
		return text
	}
	return unbreaking.Replace(quotation.ReplaceAllString(text, "«\u00a0$1\u00a0»"))
}

// quotation is how commands quote.
var quotation = regexp.MustCompile(`"([^"]*)"`)

var unbreaking = strings.NewReplacer("'", "’", " :", "\u00a0:", " ;", "\u00a0;", " ?", "\u00a0?", " !", "\u00a0!")
