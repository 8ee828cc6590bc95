package prepare

import (
	"fmt"
	"slices"
	"strings"

	"isoloir/bve"
	"isoloir/scrutin"
)

// Templates are the names of the bureaux that a folder can begin with.
var Templates = []string{"decree-2009", "consular", "public-service", "town-council"}

// someone is a person to be named, who holds a fragment where hold says so.
func someone(id, label, class string, born int, hold bool) bve.Person {
	p := bve.Person{ID: id, Label: label, Class: class, Born: scrutin.Date(fmt.Sprintf("%d-01-31", born))}
	if hold {
		p.Reception[0] = 1 // taken from the card when the folder is read
	}
	return p
}

// composition is that of a template, with people to be named.
func composition(template string) (bve.Composition, string, error) {
	president := someone("presidence", "Nom de la présidente ou du président", "organisateur", 1960, true)
	secretary := someone("secretariat", "Nom de la ou du secrétaire", "organisateur", 1970, false)
	advisers := bve.Advisers{Experts: []bve.Person{someone("expert", "Nom de l'expert indépendant", "expertise", 1975, false)}}
	assessor := func(i int, class string) bve.Person {
		return someone(fmt.Sprintf("assesseur-%d", i), fmt.Sprintf("Nom de l'assesseur %d", i), class, 1960+i, true)
	}
	switch template {
	case "decree-2009":
		with := func(p bve.Person) bve.Person {
			s := someone("suppleant-"+p.ID, "Suppléant de "+p.ID, p.Class, 1980, true)
			p.Substitute = &s
			return p
		}
		var four [4]bve.Person
		for i := range four {
			four[i] = with(assessor(i+1, "administration"))
		}
		c, err := bve.Decree2009(with(president), four, secretary, advisers)
		return c, scrutin.FrenchAbroad, err
	case "consular":
		c, err := bve.Consular(president, []bve.Person{assessor(1, "administration"), assessor(2, "administration"), assessor(3, "administration"), assessor(4, bve.AFE), assessor(5, bve.AFE)}, secretary, advisers)
		return c, scrutin.FrenchAbroad, err
	case "public-service":
		secretary.Reception[0] = 1
		p := bve.Panel{President: president, Secretary: secretary, Advisers: advisers}
		for i := range 3 {
			p.Delegates = append(p.Delegates, someone(fmt.Sprintf("delegue-%d", i+1), fmt.Sprintf("Délégué de la liste %d", i+1), fmt.Sprintf("liste-%d", i+1), 1965+i, true))
		}
		c, err := bve.PublicService(p)
		return c, scrutin.PublicService, err
	case "town-council":
		c, err := bve.TownCouncil(president, []bve.Person{assessor(1, "majorite"), assessor(2, "opposition"), assessor(3, "tirage")}, secretary, advisers)
		return c, scrutin.Consultation, err
	}
	return bve.Composition{}, "", fmt.Errorf("there is no template %q: take one of %s", template, strings.Join(Templates, ", "))
}

// Skeleton is a folder to begin with: its files by their names.
func Skeleton(template string) (map[string]string, error) {
	c, profile, err := composition(template)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, skeletonHead, profile)
	b.WriteString("bureau:\n  members:\n")
	for _, m := range c.Bureau.Members {
		fmt.Fprintf(&b, "    - {id: %s, label: %q, role: %s, voice: %s, class: %s, rank: %s, replaces: %q, born: %s}\n", m.ID, m.Label, m.Role, m.Voice, m.Class, m.Rank, m.Replaces, m.Born)
	}
	fmt.Fprintf(&b, "  quorum:\n    count: %d\n    clauses:\n", c.Bureau.Quorum.Count)
	if len(c.Bureau.Quorum.Clauses) == 0 {
		b.WriteString("      []\n")
	}
	for _, q := range c.Bureau.Quorum.Clauses {
		fmt.Fprintf(&b, "      - {label: %q, roles: %s, classes: %s, at_least: %d}\n", q.Label, flow(q.Roles), flow(q.Classes), q.AtLeast)
	}
	fmt.Fprintf(&b, "  casting_vote: %v\n", c.Bureau.CastingVote)
	var holders []string
	for _, h := range c.Holders {
		holders = append(holders, h.Member)
	}
	fmt.Fprintf(&b, "# who holds a fragment, in the order of the text; a card of each lies in keys/\nholders: %s\nclauses:\n", flow(holders))
	for _, q := range c.Clauses {
		fmt.Fprintf(&b, "  - {id: %s, label: %q, threshold: %d, holders: %s}\n", q.ID, q.Label, q.Threshold, flow(q.Holders))
	}
	b.WriteString(skeletonParties)
	return map[string]string{File: b.String(), Urns: strings.Join(urnsHead, ",") + "\n" + "centre,Centre,commune,habitants,1200\n",
		Options: strings.Join(optionsHead, ",") + "\nquestion-1,liste-a,Liste A,Prénom Nom | Prénom Nom,\nquestion-1,liste-b,Liste B,Prénom Nom | Prénom Nom,\n"}, nil
}

func flow(list []string) string {
	quoted := slices.Clone(list)
	for i, s := range quoted {
		quoted[i] = fmt.Sprintf("%q", s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

const skeletonHead = `# Ce fichier décrit le scrutin ; docs/manifest.md dit ce que veut dire chaque ligne. Les heures sans "Z" sont en heure légale.
# This file describes the vote; docs/manifest.md says what each line means. Hours without "Z" are legal time.
organisation: {id: commune, label: "Nom de l'organisateur"}
scrutin:
  id: scrutin-1
  title: "Titre du scrutin"
  kind: rehearsal # real, quand tout est relu
  profile: %s
  level: 2
  legal_basis: ["Texte qui fonde le scrutin"]
territories:
  - {id: commune, label: "Nom de la commune", parent: ""}
colleges:
  - id: habitants
    label: "Habitants"
    factors: [{kind: identifier, channel: email}, {kind: password, channel: sms}]
    validation: {kind: code, channel: email}
# urns.csv et options.csv ont les urnes et les choix ; documents/ a les professions de foi
questions:
  - {id: question-1, title: "Intitulé de la question", urns: [centre], seats: 1, documents: []}
# le tirage au sort public : ce qui a été tiré, dans l'ordre
draw: {method: lot, date: 2032-05-03, words: "17 4 33 8 21"}
schedule:
  open: 2032-05-21 12:00
  close: 2032-05-26 12:00
`

const skeletonParties = `mixers:
  - {id: melangeur-1, label: "Premier mélangeur", affiliation: organisme-1}
  - {id: melangeur-2, label: "Deuxième mélangeur", affiliation: organisme-2}
  - {id: melangeur-3, label: "Troisième mélangeur", affiliation: organisme-3}
issuers:
  - {id: emetteur-courriel, label: "Émetteur par courriel", affiliation: routeur, channel: email}
  - {id: emetteur-sms, label: "Émetteur par SMS", affiliation: telecom, channel: sms}
witnesses:
  - {id: temoin-1, label: "Premier témoin", affiliation: temoin-1}
  - {id: temoin-2, label: "Deuxième témoin", affiliation: temoin-2}
  - {id: temoin-3, label: "Troisième témoin", affiliation: temoin-3}
platform:
  roll: {id: liste, label: "Fichier des électeurs", affiliation: operator}
  urn: {id: urne, label: "Urne électronique", affiliation: operator}
  contents: {id: registre, label: "Registre du bureau", affiliation: operator}
`
