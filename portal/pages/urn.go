package pages

import (
	"strings"

	"isoloir/scrutin"
)

func (s *Site) urn(v *Visit) (View, error) {
	u, _, err := v.Urn()
	if err != nil {
		return View{}, err
	}
	return View{Title: u.Label, Body: urn(v, u)}, nil
}

// around are the territories of an urn, from the root.
func around(m *scrutin.Manifest, u *scrutin.Urn) string {
	parents := map[string]*scrutin.Territory{}
	for i := range m.Territories {
		parents[m.Territories[i].ID] = &m.Territories[i]
	}
	var names []string
	for t := parents[u.Territory]; t != nil; t = parents[t.Parent] {
		names = append([]string{t.Label}, names...)
	}
	return strings.Join(names, " › ")
}

// media are the kinds of documents as people call them.
var media = map[string]string{"application/pdf": "urn.pdf", "text/plain": "urn.text"}
