// Package totals adds the results of the other ways of voting to that of the vote by Internet, place by place, and says who is marked in both
// (décret 2009-525, art. 2 and 21; standard 6 of Rec(2017)5). It works on files, after the proclamation, for the bureau and for the stations.
//
// It promises: nothing is added that a file does not say for every choice of its place; what differs, votes and émargements of a place, or one
// person in two lists, is reported and never evened out; the numbers of the vote by Internet are those that were proclaimed.
package totals

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"isoloir/scrutin"
	"isoloir/scrutin/cell"
)

// Identifiers in files, beside those of the manifest's options.
const (
	Blank = "blanc"
	Nul   = "nul"
	Marks = "emargements" // how many electors are marked on paper
)

// Head is the first line of a file of results: one line for each choice of each place.
const Head = "place,urn,question,option,ballots"

// MaxLines is the largest number of lines of a file.
const MaxLines = 5_000_000

// A Mistake is what is wrong in a file, by its line, in English and in French.
type Mistake struct {
	Line            int
	English, French string
}

func (m Mistake) Error() string { return fmt.Sprintf("line %d: %s", m.Line, m.English) }

// Mistakes are all of a file's.
type Mistakes []Mistake

func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i, one := range m {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// A Place is what one place, a polling station or an office that counts letters, has counted of one urn's electors for one question. Counts are in
// the manifest's order, then blank and nul.
type Place struct {
	Name          string
	Urn, Question string
	Counts        []int
	Marks         int
	line          int
	seen          []bool
}

// Ballots is how many the place counted.
func (p *Place) Ballots() (n int) {
	for _, c := range p.Counts {
		n += c
	}
	return n
}

// Read reads a file of results for a manifest. The error is Mistakes, or that of reading.
func Read(r io.Reader, m *scrutin.Manifest) ([]*Place, error) {
	lines := csv.NewReader(r)
	lines.FieldsPerRecord = -1
	lines.ReuseRecord = true
	head, err := lines.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if strings.Join(head, ",") != Head {
		return nil, Mistakes{{1, "the first line is " + Head, "la première ligne est " + Head}}
	}
	b := &book{manifest: m, places: map[[3]string]*Place{}}
	for n := 2; ; n++ {
		fields, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if n > MaxLines {
			return nil, Mistakes{{n, "the file has too many lines", "le fichier a trop de lignes"}}
		}
		b.line(n, fields)
	}
	b.complete()
	if len(b.mistakes) > 0 {
		return nil, b.mistakes
	}
	return b.order, nil
}

type book struct {
	manifest *scrutin.Manifest
	places   map[[3]string]*Place
	order    []*Place
	mistakes Mistakes
}

func (b *book) wrong(line int, english, french string, args ...any) {
	b.mistakes = append(b.mistakes, Mistake{line, fmt.Sprintf(english, args...), fmt.Sprintf(french, args...)})
}

func (b *book) line(n int, f []string) {
	if len(f) != 5 {
		b.wrong(n, "there are %d fields, not 5", "il y a %d champs, et non 5", len(f))
		return
	}
	name, urn, question, option, number := cell.Read(strings.Clone(f[0])), strings.Clone(f[1]), strings.Clone(f[2]), strings.Clone(f[3]), f[4]
	if name == "" || len(name) > 300 {
		b.wrong(n, "the place needs a name of at most 300 bytes", "le lieu doit avoir un nom, de 300 octets au plus")
		return
	}
	if _, known := b.manifest.Urn(urn); !known {
		b.wrong(n, "the manifest has no urn %q", "le manifeste n'a pas d'urne %q", urn)
		return
	}
	q := b.question(urn, question)
	if q == nil {
		b.wrong(n, "the urn %q has no question %q: name it, or leave it empty where there is only one", "l'urne %q n'a pas de question %q : nommez-la, ou laissez vide s'il n'y en a qu'une", urn, question)
		return
	}
	count, err := strconv.Atoi(number)
	if err != nil || count < 0 || count > 1_000_000_000 || strconv.Itoa(count) != number {
		b.wrong(n, "%q is no number of ballots", "%q n'est pas un nombre de bulletins", number)
		return
	}
	key := [3]string{name, urn, q.ID}
	p := b.places[key]
	if p == nil {
		p = &Place{Name: name, Urn: urn, Question: q.ID, Counts: make([]int, len(q.Options)+2), line: n, seen: make([]bool, len(q.Options)+3)}
		b.places[key] = p
		b.order = append(b.order, p)
	}
	i := slices.IndexFunc(q.Options, func(o scrutin.Option) bool { return o.ID == option })
	switch option {
	case Blank:
		i = len(q.Options)
	case Nul:
		i = len(q.Options) + 1
	case Marks:
		i = len(q.Options) + 2
	}
	switch {
	case i < 0:
		b.wrong(n, "the question %q has no option %q", "la question %q n'a pas d'option %q", q.ID, option)
	case p.seen[i]:
		b.wrong(n, "%s: %q stands twice", "%s : %q y est deux fois", name, option)
	case i == len(p.Counts):
		p.seen[i], p.Marks = true, count
	default:
		p.seen[i], p.Counts[i] = true, count
	}
}

// question is one of an urn's; the only one where none is named.
func (b *book) question(urn, id string) *scrutin.Question {
	var found *scrutin.Question
	for i := range b.manifest.Questions {
		q := &b.manifest.Questions[i]
		if !slices.Contains(q.Urns, urn) || id != "" && q.ID != id {
			continue
		}
		if found != nil {
			return nil
		}
		found = q
	}
	return found
}

// complete requires a line for every choice of every place.
func (b *book) complete() {
	for _, p := range b.order {
		q := b.question(p.Urn, p.Question)
		for i, seen := range p.seen {
			if seen {
				continue
			}
			name := Marks
			switch {
			case i < len(q.Options):
				name = q.Options[i].ID
			case i == len(q.Options):
				name = Blank
			case i == len(q.Options)+1:
				name = Nul
			}
			b.wrong(p.line, "%s has no line for %q: write 0 where there is none", "%s n'a pas de ligne pour %q : écrivez 0 s'il n'y en a pas", p.Name, name)
		}
	}
}
