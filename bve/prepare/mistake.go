package prepare

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
)

// A Mistake is what is wrong in a file, by its line where it has one.
type Mistake struct {
	File string
	Line int
	Err  error
}

// Error is the sentence in English.
func (m Mistake) Error() string { return m.Sentence("en") }

// Unwrap gives the mistake itself.
func (m Mistake) Unwrap() error { return m.Err }

// Sentence says where it is and what is wrong, in "fr" or else in English.
func (m Mistake) Sentence(language string) string {
	line, colon := "line", ": "
	if language == "fr" {
		line, colon = "ligne", " : "
	}
	if m.Line > 0 {
		return fmt.Sprintf("%s, %s %d%s%s", m.File, line, m.Line, colon, m.Why(language))
	}
	return m.File + colon + m.Why(language)
}

// Why says what is wrong, without where.
func (m Mistake) Why(language string) string {
	var said interface{ Sentence(string) string }
	var read *fs.PathError
	switch {
	case errors.As(m.Err, &said):
		return said.Sentence(language)
	case errors.Is(m.Err, fs.ErrNotExist) && errors.As(m.Err, &read):
		return faulty("%s is not in the folder: put it there", read.Path).Sentence(language)
	}
	return m.Err.Error()
}

// Mistakes are all that were found.
type Mistakes []Mistake

// Error lists them in English, one on each line.
func (m Mistakes) Error() string { return m.Sentences("en") }

// Sentences lists them, one on each line, in "fr" or else in English.
func (m Mistakes) Sentences(language string) string {
	lines := make([]string, len(m))
	for i, one := range m {
		lines[i] = one.Sentence(language)
	}
	return strings.Join(lines, "\n")
}

// A fault is what is wrong, as one of the sentences of this package.
type fault struct {
	form string
	args []any
}

func faulty(form string, args ...any) *fault { return &fault{form, args} }

// Error is the sentence in English.
func (f *fault) Error() string { return f.Sentence("en") }

// Sentence says it in "fr" or else in English, with what to do.
func (f *fault) Sentence(language string) string {
	form, args := f.form, make([]any, len(f.args))
	if language == "fr" {
		form = french[form]
	}
	for i, a := range f.args {
		args[i] = a
		if said, ok := a.(interface{ Sentence(string) string }); ok {
			args[i] = said.Sentence(language)
		}
	}
	return fmt.Sprintf(form, args...)
}

// french are the sentences in French, by those in English, with the same arguments in the same order.
var french = map[string]string{
	"%s is not in the folder: put it there":                                                                              "%s n'est pas dans le dossier : l'y mettre",
	"%s has more than %d bytes":                                                                                          "%s a plus de %d octets",
	"no card and no key: files end with %s or %s":                                                                        "ni carte ni clé : les fichiers se terminent par %s ou %s",
	"no card of a device, or a changed one: have it written again by trustee":                                            "ce n'est pas la carte d'un appareil, ou elle a été changée : la faire écrire de nouveau par trustee",
	"the key in it is not that of %q: the file bears its owner's name":                                                   "la clé n'est pas celle de %q : le fichier porte le nom de qui elle est",
	"%q has a card and a key: keep the one that is in use":                                                               "%q a une carte et une clé : garder celle qui sert",
	"%s: the key of %q is lacking: put %s or %s into %s":                                                                 "%s : il manque la clé de %q : mettre %s ou %s dans %s",
	"holders: the card of %q is lacking: put %s into %s":                                                                 "holders : il manque la carte de %q : mettre %s dans %s",
	"draw.words: words are drawn where draw.method is lot":                                                               "draw.words : des nombres ne sont tirés que si draw.method est lot",
	"draw.words: write the numbers in the order in which they came, in decimal without leading zeros, one space between": "draw.words : écrire les nombres dans l'ordre de leur sortie, en chiffres, sans zéro devant, une espace entre deux",
	"draw.minutes is made from draw.words: write one of them":                                                            "draw.minutes se fait à partir de draw.words : n'en écrire qu'un",
	"the first line is %s, with commas between":                                                                          "la première ligne est %s, avec des virgules entre les cellules",
	"this line has another number of cells than the first one":                                                           "cette ligne n'a pas autant de cellules que la première",
	"a quotation mark stands alone: a cell that has one is between two, and has each of its own twice":                   "un guillemet est seul : une cellule qui en contient s'écrit entre deux guillemets, chacun des siens étant doublé",
	"%q is no number of electors":                                                                                        "%q n'est pas un nombre d'électeurs",
	"%s has no question %q":                                                                                              "%s n'a pas de question %q",
	"%q: a document is a file of %s that ends with .pdf or .txt":                                                         "%q : un document est un fichier de %s qui se termine par .pdf ou .txt",
	"scrutin.profile: %q is none of french-abroad, public-service, works-council, consultation, assembly":                "scrutin.profile : %q n'est pas l'un de french-abroad, public-service, works-council, consultation, assembly",
	"something stands behind the document: keep one document in the file":                                                "il y a quelque chose après le document : n'en garder qu'un dans le fichier",
	"the file is no mapping of keys to values":                                                                           "le fichier ne donne pas une valeur à chaque clé",
	"this is not written as YAML wants it: see indentation, colons and quotation marks":                                  "ce n'est pas écrit comme YAML le veut : voir le retrait, les deux-points et les guillemets",
	"%q stands twice":                                         "%q figure deux fois",
	"write true or false, in small letters":                   "écrire true ou false, en minuscules",
	"a value is lacking":                                      "il manque une valeur",
	"write the value out, without a reference to another one": "écrire la valeur en entier, sans renvoi à une autre",
	"schedule.zone: %q is no zone: write Europe/Paris, or the one of the legal time":                                                              "schedule.zone : %q n'est pas un fuseau : écrire Europe/Paris, ou celui de l'heure légale",
	"schedule.%s: %s, or write the instant in UTC":                                                                                                "schedule.%s : %s, ou écrire l'instant en UTC",
	"schedule.%s: %q is no hour of the calendar":                                                                                                  "schedule.%s : %q n'est pas une heure du calendrier",
	"no manifest knows the key %s: see docs/manifest.md":                                                                                          "aucun manifeste ne connaît la clé %s : voir docs/manifest.md",
	"%s: this cannot stand here (%s): see docs/manifest.md":                                                                                       "%s : ceci ne peut pas figurer ici (%s) : voir docs/manifest.md",
	"a value is not written as a manifest wants it (%s): see docs/manifest.md":                                                                    "une valeur n'est pas écrite comme le manifeste le veut (%s) : voir docs/manifest.md",
	"this is no file of a scrutin: neither scrutin.yaml, nor a table of urns or options (.csv), nor a document (.pdf, .txt), nor a card or a key": "ce n'est pas un fichier d'un scrutin : ni scrutin.yaml, ni une table d'urnes ou de choix (.csv), ni un document (.pdf, .txt), ni une carte ou une clé",
	"the first line of urns is %s, that of options %s, with commas between":                                                                       "la première ligne des urnes est %s, celle des choix %s, avec des virgules entre les cellules",
	"%s is to be right first: it says which questions there are":                                                                                  "%s est à corriger d'abord : il dit quelles questions il y a",
}

// A lined is an error of a line of the YAML file.
type lined struct {
	line int
	error
}

func (l lined) Unwrap() error { return l.error }

// lineOf is the line that an error is of, 0 for none.
func lineOf(err error) int {
	var l lined
	if errors.As(err, &l) {
		return l.line
	}
	return 0
}

var yamlLine = regexp.MustCompile(`line ([0-9]+)`)

// unread is why the YAML file cannot be read.
func unread(err error) error {
	why := faulty("this is not written as YAML wants it: see indentation, colons and quotation marks")
	if found := yamlLine.FindStringSubmatch(err.Error()); found != nil {
		if n, err := strconv.Atoi(found[1]); err == nil {
			return lined{n, why}
		}
	}
	return why
}

// unfit is why what the folder says is no manifest.
func unfit(err error) error {
	var kind *json.UnmarshalTypeError
	text := strings.TrimPrefix(err.Error(), "json: ")
	key, unknown := strings.CutPrefix(text, "unknown field ")
	switch {
	case unknown:
		return faulty("no manifest knows the key %s: see docs/manifest.md", key)
	case errors.As(err, &kind):
		return faulty("%s: this cannot stand here (%s): see docs/manifest.md", kind.Field, kind.Value)
	}
	return faulty("a value is not written as a manifest wants it (%s): see docs/manifest.md", text)
}

// uncut is why a line of a table cannot be cut into cells.
func uncut(err error) error {
	if errors.Is(err, csv.ErrFieldCount) {
		return faulty("this line has another number of cells than the first one")
	}
	return faulty("a quotation mark stands alone: a cell that has one is between two, and has each of its own twice")
}
