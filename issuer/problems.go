package issuer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Problem is one reason why an address book or an extract is refused.
type Problem struct {
	File string
	Line int // 0 for the whole file
	Code string
	Args []any
}

// Problems are all that was found, nothing having been imported: an error.
type Problems []Problem

// maxProblems is how many are listed.
const maxProblems = 100

func (ps *Problems) add(file string, line int, code string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = strings.Clone(s) // of a record that is read over
		}
	}
	*ps = append(*ps, Problem{file, line, code, args})
}

func (ps Problems) sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) })
}

var sentences = map[string]struct{ en, fr string }{
	"header":        {"the first line must be %s", "la première ligne doit être %s"},
	"csv":           {"this is not CSV as in RFC 4180 with as many fields as the first line: %v", "ce n'est pas du CSV comme dans la RFC 4180, avec autant de champs que la première ligne : %v"},
	"utf8":          {"write the file in UTF-8", "écrire le fichier en UTF-8"},
	"reference":     {"the reference %q is not made of up to 64 letters, digits, dots, slashes, hyphens and underscores", "la référence %q n'est pas faite d'au plus 64 lettres, chiffres, points, barres, tirets et soulignés"},
	"urn":           {"the manifest has no urn %q", "le manifeste n'a pas d'urne %q"},
	"number":        {"the number %q is none of urn %s, whose numbers go from 0 to %d", "le numéro %q n'est pas de l'urne %s, dont les numéros vont de 0 à %d"},
	"number-before": {"the number %q is none of those that an amendment adds to urn %s, which go from %d on", "le numéro %q n'est pas de ceux qu'une modification ajoute à l'urne %s, qui vont à partir de %d"},
	"number-form":   {"the number %q is not written in digits, without a zero before them", "le numéro %q n'est pas écrit en chiffres, sans zéro devant"},
	"number-gap":    {"the %[2]d electors whom the amendment adds to urn %[1]s have not the numbers from %[3]d on, without a gap: take the roll's extract of this amendment", "les %[2]d électeurs que la modification ajoute à l'urne %[1]s n'ont pas les numéros à partir de %[3]d, sans lacune : prendre l'extrait de cette modification"},
	"nobody":        {"it names nobody: an amendment that only strikes off needs nothing of the issuers", "il ne nomme personne : une modification qui ne fait que radier ne demande rien aux émetteurs"},
	"number-twice":  {"the number %[1]s of urn %[2]s stands twice: take the roll's extract again", "le numéro %[1]s de l'urne %[2]s figure deux fois : reprendre l'extrait du fichier des électeurs"},
	"country":       {"the country %q is not two capital letters of ISO 3166-1, or empty", "le pays %q n'est pas deux majuscules de l'ISO 3166-1, ou vide"},
	"roll-twice":    {"the reference %s stands already on line %d: take the roll's extract again", "la référence %s figure déjà à la ligne %d : reprendre l'extrait du fichier des électeurs"},
	"roll-short":    {"of urn %s, %d of the %d electors are missing: take the roll's extract again", "de l'urne %s il manque %d des %d électeurs : reprendre l'extrait du fichier des électeurs"},
	"not-leading":   {"the elector of reference %q is not on the roll of the leading scrutin: every elector of a companion must be", "l'électeur de référence %q n'est pas dans le fichier des électeurs du scrutin principal : tout électeur d'un scrutin associé doit y être"},
	"not-on-roll":   {"the reference %q is not on the roll: remove the line or correct the reference", "la référence %q n'est pas dans le fichier des électeurs : retirer la ligne ou corriger la référence"},
	"book-twice":    {"the reference %s has an address already, in %s on line %d: keep one", "la référence %s a déjà une adresse, dans %s à la ligne %d : en garder une"},
	"missing":       {"the elector of reference %s stands in no address book: add an e-mail address or a telephone number, or a postal address for a letter", "l'électeur de référence %s ne figure dans aucun carnet d'adresses : ajouter son adresse électronique ou son numéro de téléphone, ou une adresse postale pour une lettre"},
	"address-email": {"%q is not an e-mail address in ASCII: correct it, or move the elector to the book of letters", "%q n'est pas une adresse électronique en ASCII : la corriger, ou passer l'électeur au carnet des lettres"},
	"address-sms":   {"%q is not a telephone number written like +33612345678: correct it, or move the elector to the book of letters", "%q n'est pas un numéro de téléphone écrit comme +33612345678 : le corriger, ou passer l'électeur au carnet des lettres"},
	"address-post":  {"%q is not a postal address of two to seven lines of at most 60 characters, the name first", "%q n'est pas une adresse postale de deux à sept lignes d'au plus 60 caractères, le nom d'abord"},
	"digitless":     {"the elector of reference %s could never finish a vote online: his college %s asks for six digits by %[3]s, and he is reached by letter alone. Move him to the book of %[3]s with an address, or, where such electors vote otherwise, import with -without-digits", "l'électeur de référence %s ne pourrait jamais achever un vote en ligne : son collège %s demande six chiffres par %[3]s, et il n'est joint que par lettre. Le passer au carnet de la voie %[3]s avec une adresse ou, si ces électeurs votent autrement, importer avec -without-digits"},
	"language":      {"the language %q is not written like fr or fr-CA", "la langue %q n'est pas écrite comme fr ou fr-CA"},
}

// Sentence says where the problem is, what it is and what to do, in "fr" or else in
// English.
func (p Problem) Sentence(language string) string {
	s := sentences[p.Code]
	form, line := s.en, ", line %d: "
	if language == "fr" {
		form, line = s.fr, ", ligne %d : "
	}
	where := p.File + ": "
	if p.Line > 0 {
		where = p.File + fmt.Sprintf(line, p.Line)
	}
	return where + fmt.Sprintf(form, p.Args...)
}

// Error lists the problems in English, one on each line.
func (ps Problems) Error() string { return ps.Sentences("en") }

// Sentences lists the first hundred problems, one on each line, in "fr" or else in
// English.
func (ps Problems) Sentences(language string) string {
	lines := make([]string, 0, len(ps))
	for _, p := range ps[:min(len(ps), maxProblems)] {
		lines = append(lines, p.Sentence(language))
	}
	if more := len(ps) - maxProblems; more > 0 {
		form := "and %d more"
		if language == "fr" {
			form = "et %d autres"
		}
		lines = append(lines, fmt.Sprintf(form, more))
	}
	return strings.Join(lines, "\n")
}
