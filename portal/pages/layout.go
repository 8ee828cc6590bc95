package pages

import (
	"strings"

	"isoloir/portal/words"
	"isoloir/scrutin"
)

// A link is a page of the site with the key of its name.
type link struct{ path, key string }

// mainLinks stand at the head of every page, footerLinks at its foot: together they
// reach every page that does not belong to an urn.
var (
	mainLinks = []link{{"/", "link.home"}, {"/guide", "link.guide"}, {"/verifier", "link.verify"}, {"/resultats", "link.results"}}

	footerLinks = []struct {
		key   string
		links []link
	}{
		{"frame.vote", []link{{"/", "link.home"}, {"/dates", "link.dates"}, {"/guide", "link.guide"}, {"/renouveler", "link.renew"}, {"/pays", "link.countries"}}},
		{"frame.check", []link{{"/verifier", "link.verify"}, {"/controler", "link.device"}, {"/emargement", "link.mark"}, {"/quelqu-un-a-vote", "link.someone"}, {"/resultats", "link.results"}}},
		{"frame.understand", []link{{"/notice", "link.notice"}, {"/questions", "link.questions"}, {"/aide", "link.help"}, {"/assistance", "link.assistance"}}},
		{"frame.site", []link{{"/client", "link.client"}, {"/accessibilite", "link.accessibility"}, {"/confidentialite", "link.privacy"}, {"/bureau-assistance", "link.desk"}}},
	}
)

// other is the address of this page in another language; the first page where there
// is none.
func (v *Visit) other(l words.Language) string {
	path := v.Path
	if v.lost {
		path = "/"
	}
	return "/" + string(l) + path
}

// short is the beginning of a digest, in groups of four.
func short(d scrutin.Digest) string { return strings.Join(groups(d)[:4], " ") }

// groups divides the 64 digits of a digest by four, as they are printed on paper.
func groups(d scrutin.Digest) []string {
	text := d.String()
	out := make([]string, 0, 16)
	for i := 0; i < len(text); i += 4 {
		out = append(out, text[i:i+4])
	}
	return out
}
