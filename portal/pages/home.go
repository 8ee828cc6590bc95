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

// longestQuery is how many bytes of what is looked for are read: each word of it is
// looked for at every urn.
const longestQuery = 100

// A region is the constituencies of one part of the tree of territories.
type region struct {
	label string
	urns  []*scrutin.Urn
}

// A place is where an urn is: its region, and by which words it is found.
type place struct {
	region string
	words  string
}

// places finds where every urn of a manifest is. The region is the first territory
// around its own.
func places(m *scrutin.Manifest) []place {
	byID := map[string]*scrutin.Territory{}
	for i := range m.Territories {
		byID[m.Territories[i].ID] = &m.Territories[i]
	}
	var all []place
	for _, u := range m.Urns {
		own := byID[u.Territory]
		p, names := place{region: own.Label}, u.Label
		if around := byID[own.Parent]; around != nil {
			p.region = around.Label
		}
		for t := own; t != nil; t = byID[t.Parent] {
			names += " " + t.Label
		}
		p.words = fold(names)
		all = append(all, p)
	}
	return all
}

// constituencies are what the first page lists.
type constituencies struct {
	query   string
	regions []region
	left    int // how many more there are
}

// host is how people know an address.
func host(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	name, _, _ := strings.Cut(rest, "/")
	return name
}

func (s *Site) home(v *Visit) (View, error) {
	c := s.list(v.Manifest, v.request.URL.Query().Get("q"))
	return View{Title: v.Manifest.Scrutin.Title, Body: home(v, c)}, nil
}

// list finds the constituencies in whose name, or in that of a territory around
// them, every word of the query stands, by region.
func (s *Site) list(m *scrutin.Manifest, query string) constituencies {
	query = strings.ToValidUTF8(query[:min(len(query), longestQuery)], "")
	c := constituencies{query: strings.TrimSpace(query)}
	wanted := strings.Fields(fold(query))
	at, n := map[string]int{}, 0
	for i, p := range s.places {
		if slices.ContainsFunc(wanted, func(w string) bool { return !strings.Contains(p.words, w) }) {
			continue
		}
		if n++; n > shown {
			continue
		}
		if _, known := at[p.region]; !known {
			at[p.region] = len(c.regions)
			c.regions = append(c.regions, region{label: p.region})
		}
		c.regions[at[p.region]].urns = append(c.regions[at[p.region]].urns, &m.Urns[i])
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
