package pages

import (
	"slices"
	"strings"
	"unicode"

	"isoloir/scrutin"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// shown is how many constituencies the first page lists; of more, it lists those
// that are looked for.
const shown = 400

// A region is the constituencies of one part of the tree of territories.
type region struct {
	label string
	urns  []*scrutin.Urn
}

// constituencies are what the first page lists.
type constituencies struct {
	query   string
	regions []region
	left    int // how many more there are
}

func (s *Site) home(v *Visit) (View, error) {
	c := list(v.Manifest, v.request.URL.Query().Get("q"))
	return View{Title: v.Manifest.Scrutin.Title, Body: home(v, c)}, nil
}

// list finds the constituencies in whose name, or in that of a territory around
// them, every word of the query stands, by region.
func list(m *scrutin.Manifest, query string) constituencies {
	c := constituencies{query: strings.TrimSpace(query)}
	wanted := strings.Fields(fold(query))
	places := map[string]*scrutin.Territory{}
	for i := range m.Territories {
		places[m.Territories[i].ID] = &m.Territories[i]
	}
	at, n := map[string]int{}, 0
	for i := range m.Urns {
		u := &m.Urns[i]
		name, around := u.Label, u.Label
		for t := places[u.Territory]; t != nil; t = places[t.Parent] {
			name += " " + t.Label
			if around == u.Label && t.ID != u.Territory {
				around = t.Label
			}
		}
		if around == u.Label {
			around = places[u.Territory].Label
		}
		name = fold(name)
		if slices.ContainsFunc(wanted, func(w string) bool { return !strings.Contains(name, w) }) {
			continue
		}
		if n++; n > shown {
			continue
		}
		if _, known := at[around]; !known {
			at[around] = len(c.regions)
			c.regions = append(c.regions, region{label: around})
		}
		c.regions[at[around]].urns = append(c.regions[at[around]].urns, u)
	}
	c.left = max(0, n-shown)
	return c
}

// fold leaves of a name what one types: no accents, no capitals.
func fold(text string) string {
	plain := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	out, _, err := transform.String(plain, text)
	if err != nil {
		out = text
	}
	return strings.ToLower(out)
}
