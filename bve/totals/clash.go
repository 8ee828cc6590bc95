package totals

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"isoloir/bve/minutes"
	"isoloir/scrutin"
	"isoloir/scrutin/cell"
)

// ListHead is the first line of a file of electors who are marked in another way of voting.
const ListHead = "place,family_name,given_names,birth_date"

// A Clash is a person who is marked on paper and stands in a list of émargement: as one who voted by Internet, or, where Absent says so, not at all.
// Order is the place in the list, from 1.
type Clash struct {
	Line                 int
	Place, Family, Given string
	Born                 string
	Urn                  string
	Order                string
	Absent               bool
}

// ErrOtherList says that lists are not of one scrutin.
var ErrOtherList = errors.New("these lists are of two scrutins: compare those of one at a time")

// Clashes compares the electors of a file, who voted in another way, with lists of émargement: who is marked in both, and who is on none of the
// lists. Names are compared without regard to capitals, spaces at the ends and composed letters; two persons of one name and one birth date
// are both named. Nobody is struck off, added or merged by it.
func Clashes(r io.Reader, lists []*minutes.List) (found []Clash, err error) {
	type person struct{ family, given, born string }
	type listed struct {
		urn, order string
		voted      bool
	}
	known := map[person][]listed{}
	for _, l := range lists {
		if l.Manifest != lists[0].Manifest {
			return nil, ErrOtherList
		}
		for _, p := range l.Pages {
			for _, b := range p.Blocks {
				for _, row := range b.Rows {
					c := row.Cells
					who := person{folded(c[1]), folded(c[2]), c[3]}
					known[who] = append(known[who], listed{l.Urn, c[0], c[4] != ""})
				}
			}
		}
	}
	lines := csv.NewReader(r)
	lines.FieldsPerRecord = -1
	head, err := lines.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if strings.Join(head, ",") != ListHead {
		return nil, Mistakes{{1, "the first line is " + ListHead, "la première ligne est " + ListHead}}
	}
	var mistakes Mistakes
	for n := 2; ; n++ {
		f, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(f) != 4 || f[1] == "" || !born(f[3]) {
			mistakes = append(mistakes, Mistake{n, "a line has a place, a family name, given names and a birth date as 1971-05-24", "une ligne a un lieu, un nom, des prénoms et une date de naissance comme 1971-05-24"})
			continue
		}
		for i := range f[:3] {
			f[i] = cell.Read(f[i])
		}
		clash := Clash{Line: n, Place: f[0], Family: f[1], Given: f[2], Born: f[3]}
		here := known[person{folded(f[1]), folded(f[2]), f[3]}]
		if len(here) == 0 {
			clash.Absent = true
			found = append(found, clash)
		}
		for _, e := range here {
			if e.voted {
				clash.Urn, clash.Order = e.urn, e.order
				found = append(found, clash)
			}
		}
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return found, nil
}

// folded is a name as it is compared.
func folded(name string) string {
	return cases.Fold().String(norm.NFC.String(strings.Join(strings.Fields(name), " ")))
}

func born(text string) bool { return text != "" && scrutin.Date(text).Valid() }
