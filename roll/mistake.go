package roll

import (
	"fmt"
	"strings"
)

// A Mistake is one of a roll file, of the extract of a companion's roll, or of the
// references that an amendment strikes. It is an ErrFormat.
type Mistake struct {
	Line int // of the file, from 1; 0 for the whole file
	code string
	args []any
	file mistaken
}

// mistaken is the file that a mistake is in.
type mistaken int

const (
	inRoll mistaken = iota
	inExtract
	inStrikes
)

// files are what these are called, alone and with a line.
var files = [...]struct{ en, fr [2]string }{
	inRoll:    {[2]string{"roll file: ", "roll file, line %d: "}, [2]string{"fichier des électeurs : ", "fichier des électeurs, ligne %d : "}},
	inExtract: {[2]string{"extract: ", "extract, line %d: "}, [2]string{"extrait : ", "extrait, ligne %d : "}},
	inStrikes: {[2]string{"references to strike: ", "references to strike, line %d: "}, [2]string{"références à radier : ", "références à radier, ligne %d : "}},
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
	"known":     {"the elector of reference %s is on the roll already", "l'électeur de référence %s est déjà dans le fichier des électeurs"},
	"batch":     {"urn %s gets %d electors, and fewer than %d are never made anonymous together: wait for more, or let them vote otherwise", "l'urne %s reçoit %d électeurs, et moins de %d ne sont jamais rendus anonymes ensemble : attendez-en d'autres, ou faites-les voter autrement"},
	"unknown":   {"the roll has no elector of reference %q", "le fichier des électeurs n'a pas d'électeur de référence %q"},
	"marked":    {"the elector of reference %s has voted: his vote stands, and nobody can strike him", "l'électeur de référence %s a voté : son vote est acquis, et il ne peut plus être radié"},
	"struck":    {"the elector of reference %s was struck before", "l'électeur de référence %s a déjà été radié"},
	"nothing":   {"it names nobody", "il ne nomme personne"},
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

// mistakeIn is one of another file than a roll file.
func mistakeIn(file mistaken, line int, code string, args ...any) *Mistake {
	m := mistake(line, code, args...)
	m.file = file
	return m
}

// Sentence says where the mistake is, and what, in "fr" or else in English.
func (m *Mistake) Sentence(language string) string {
	form, file := mistakes[m.code].en, files[m.file].en
	if language == "fr" {
		form, file = mistakes[m.code].fr, files[m.file].fr
	}
	where := file[0]
	if m.Line > 0 {
		where = fmt.Sprintf(file[1], m.Line)
	}
	return where + fmt.Sprintf(form, m.args...)
}

// Error is the sentence in English.
func (m *Mistake) Error() string { return m.Sentence("en") }

// Unwrap says that it is an ErrFormat.
func (m *Mistake) Unwrap() error { return ErrFormat }
