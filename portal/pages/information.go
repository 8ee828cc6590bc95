package pages

import "github.com/a-h/templ"

// information adds the pages that anybody reads.
func (s *Site) information() {
	s.Page("/", s.home)
	s.Page("/urne/{urn}", s.urn)
	s.Page("/dates", s.dates)
	s.Page("/resultats", s.results)
	s.Page("/client", s.client)
	s.Page("/renouveler", renewing)
	for path, p := range map[string]struct {
		key  string
		body func(*Visit) templ.Component
	}{
		"/notice":           {"link.notice", notice},
		"/aide":             {"link.help", help},
		"/guide":            {"link.guide", guide},
		"/questions":        {"link.questions", questions},
		"/quelqu-un-a-vote": {"link.someone", someone},
		"/reclamation":      {"link.complaint", complaint},
		"/pays":             {"link.countries", countries},
		"/accessibilite":    {"link.accessibility", accessibility},
		"/confidentialite":  {"link.privacy", privacy},
	} {
		s.Page(path, func(v *Visit) (View, error) {
			return View{Title: v.Say(p.key), Body: p.body(v)}, nil
		})
	}
}
