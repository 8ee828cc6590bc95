package roll

import (
	"fmt"
	"strings"
)

// A Mistake is one of a roll file, or of the extract of a companion's roll. It is an
// ErrFormat.
type Mistake struct {
	Line    int // of the file, from 1; 0 for the whole file
	code    string
	args    []any
	extract bool
}

// mistakes are what may be wrong with a roll file, each with what is to be there.
var mistakes = map[string]struct{ en, fr string }{
	"header":    {"the first line must be %s", "la première ligne doit être %s"},
	"csv":       {"this is not CSV as in RFC 4180 with as many fields as the first line: %v", "ce n'est pas du CSV comme dans la RFC 4180, avec autant de champs que la première ligne : %v"},
	"read":      {"the file cannot be read on: %v", "la lecture du fichier s'arrête : %v"},
	"urn":       {"the manifest has no urn %q", "le manifeste n'a pas d'urne %q"},
	"reference": {"the reference %q is not made of up to 64 letters, digits, dots, slashes, hyphens and underscores", "la référence %q n'est pas faite d'au plus 64 lettres, chiffres, points, barres, tirets et soulignés"},
	"twice":     {"the reference %s stands in line %d too", "la référence %s figure aussi à la ligne %d"},
	"many":      {"urn %s has more electors than the %d of the manifest", "l'urne %s a plus d'électeurs que les %d du manifeste"},
	"few":       {"urn %s has %d electors fewer than the %d of the manifest", "il manque à l'urne %s %d des %d électeurs du manifeste"},
	"college":   {"urn %s is that of college %q, and the elector's is %q", "l'urne %s est celle du collège %q, et celui de l'électeur est %q"},
	"station":   {"the manifest has no station %q for urn %s", "le manifeste n'a pas de bureau de vote %q pour l'urne %s"},
	"country":   {"the country %q is not two capital letters of ISO 3166-1, or empty", "le pays %q n'est pas deux majuscules de l'ISO 3166-1, ou vide"},
	"language":  {"the language %q is not written like fr or fr-CA", "la langue %q n'est pas écrite comme fr ou fr-CA"},
	"channels":  {"the channels %q are not some of %s, each once, in this order, with one space between", "les voies %q ne sont pas de celles-ci : %s, chacune une fois, dans cet ordre, séparées par une espace"},
	"born":      {"the birth date %q is not a day written like 1971-05-24", "la date de naissance %q n'est pas un jour écrit comme 1971-05-24"},
	"number":    {"the number %q is none of urn %s, whose numbers go from 0 to %d", "le numéro %q n'est pas de l'urne %s, dont les numéros vont de 0 à %d"},
	"taken":     {"the number %d of urn %s stands twice", "le numéro %d de l'urne %s figure deux fois"},
	"leading":   {"the elector of reference %q is not on the roll of the leading scrutin: every elector of a companion must be", "l'électeur de référence %q n'est pas dans le fichier des électeurs du scrutin principal : tout électeur d'un scrutin associé doit y être"},
	"missing":   {"%d of the companion's %d electors are missing", "il manque %d des %d électeurs du scrutin associé"},
	"name":      {"a name is empty, longer than 200 characters, or not plain text", "un nom est vide, plus long que 200 caractères, ou n'est pas du texte simple"},
}

// mistake keeps its arguments, of which texts may be read over afterwards.
func mistake(line int, code string, args ...any) *Mistake {
	for i, a := range args {
		if s, is := a.(string); is {
			args[i] = strings.Clone(s)
		}
	}
	return &Mistake{Line: line, code: code, args: args}
}

// Sentence says where the mistake is, and what, in "fr" or else in English.
func (m *Mistake) Sentence(language string) string {
	form, file, line := mistakes[m.code].en, "roll file: ", "roll file, line %d: "
	if language == "fr" {
		form, file, line = mistakes[m.code].fr, "fichier des électeurs : ", "fichier des électeurs, ligne %d : "
	}
	switch {
	case m.extract && language == "fr":
		file, line = "extrait : ", "extrait, ligne %d : "
	case m.extract:
		file, line = "extract: ", "extract, line %d: "
	}
	if m.Line > 0 {
		file = fmt.Sprintf(line, m.Line)
	}
	return file + fmt.Sprintf(form, m.args...)
}

// Error is the sentence in English.
func (m *Mistake) Error() string { return m.Sentence("en") }

// Unwrap says that it is an ErrFormat.
func (m *Mistake) Unwrap() error { return ErrFormat }
