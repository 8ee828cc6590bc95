package bve

import (
	"fmt"
	"slices"

	"isoloir/scrutin"
)

// A Chair is who presides or keeps the minutes in a session, and in whose place.
type Chair struct {
	Member string // empty if nobody can
	Office string // scrutin.President or scrutin.Secretary
	How    string // one of the ways below
}

// Ways to a chair.
const (
	Titular    = "titular"    // his own
	Substitute = "substitute" // he replaces the titular
	Eldest     = "eldest"     // the oldest assessor presides for an absent president
	Youngest   = "youngest"   // the youngest keeps the minutes for an absent secretary
	Nobody     = "nobody"
)

// Presiding is who presides over these members present, and Keeping who keeps the minutes (décret 2009-525, art. 10).
func Presiding(m *scrutin.Manifest, present []string) Chair {
	return chair(m, present, scrutin.President, (*scrutin.Sitting).Presiding, Eldest)
}

// Keeping is who keeps the minutes.
func Keeping(m *scrutin.Manifest, present []string) Chair {
	return chair(m, present, scrutin.Secretary, (*scrutin.Sitting).Keeping, Youngest)
}

func chair(m *scrutin.Manifest, present []string, office string, who func(*scrutin.Sitting) string, how string) Chair {
	c := Chair{Office: office, How: Nobody}
	sitting, err := m.Sitting(present)
	if err != nil {
		return c
	}
	if c.Member = who(sitting); c.Member == "" {
		return c
	}
	switch b, _ := m.Member(c.Member); {
	case b.Role == office && b.Rank == scrutin.Titular:
		c.How = Titular
	case b.Role == office:
		c.How = Substitute
	default:
		c.How = how
	}
	return c
}

// chairs are the sentences by office and way, in French and English.
var chairs = map[string]map[string][2]string{
	scrutin.President: {
		Titular:    {"%s préside.", "%s presides."},
		Substitute: {"En l'absence du président, son suppléant, %s, préside%s.", "The president being absent, his substitute, %s, presides%s."},
		Eldest:     {"En l'absence du président, le plus âgé des assesseurs présents, %s, préside%s.", "The president being absent, the oldest assessor present, %s, presides%s."},
		Nobody:     {"Nul ne peut présider%s.", "Nobody can preside%s."},
	},
	scrutin.Secretary: {
		Titular:    {"%s tient le procès-verbal.", "%s keeps the minutes."},
		Substitute: {"En l'absence du secrétaire, son suppléant, %s, tient le procès-verbal%s.", "The secretary being absent, his substitute, %s, keeps the minutes%s."},
		Youngest:   {"En l'absence du secrétaire, le plus jeune des assesseurs présents, %s, tient le procès-verbal%s.", "The secretary being absent, the youngest assessor present, %s, keeps the minutes%s."},
		Nobody:     {"Nul ne peut tenir le procès-verbal%s.", "Nobody can keep the minutes%s."},
	},
}

// Sentence says it for the minutes, in "fr" or else in English.
func (c Chair) Sentence(m *scrutin.Manifest, language string) string {
	form := chairs[c.Office][c.How][1]
	if language == "fr" {
		form = chairs[c.Office][c.How][0]
	}
	article := " (" + scrutin.RulePresence.Article(m.Scrutin.Profile, language) + ")"
	name := c.Member
	if b, ok := m.Member(c.Member); ok {
		name = b.Label
	}
	switch c.How {
	case Titular:
		return fmt.Sprintf(form, name)
	case Nobody:
		return fmt.Sprintf(form, article)
	}
	return fmt.Sprintf(form, name, article)
}

// FragmentOrder is the order in which the members of a bureau are given fragments: presidents first, then the others as they are named (arrêté du
// 25 août 2020, art. 25), substitutes too (décret 2009-525, art. 18). The technical committee, experts and who runs the platform hold none.
func FragmentOrder(b *scrutin.Bureau) []string {
	var presidents, others []string
	for _, m := range b.Members {
		switch {
		case m.Role == scrutin.Committee || m.Role == scrutin.Expert || m.Class == scrutin.Operator:
		case m.Role == scrutin.President:
			presidents = append(presidents, m.ID)
		default:
			others = append(others, m.ID)
		}
	}
	return slices.Concat(presidents, others)
}
