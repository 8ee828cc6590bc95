package privacy

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"isoloir/bve/retention"
)

//go:embed kept.yaml
var kept []byte

// A Text is said in both languages.
type Text struct {
	FR string `yaml:"fr"`
	EN string `yaml:"en"`
}

// in is the text of a language, "fr" or "en".
func (t Text) in(language string) string {
	if language == "fr" {
		return t.FR
	}
	return t.EN
}

// A Column is what one column holds.
type Column struct {
	Text  `yaml:",inline"`
	Class string `yaml:"class"`
}

// A Table is what one table is for, how long its rows live, and its columns by name; a column without words of its own has those of the
// common ones.
type Table struct {
	Text    `yaml:",inline"`
	Name    string            `yaml:"name"`
	Until   string            `yaml:"until"`
	Columns map[string]Column `yaml:"columns"`
}

// A Store is one role's database: whose data it holds, and who has it.
type Store struct {
	Text   `yaml:",inline"`
	Name   string  `yaml:"name"`
	Whom   Text    `yaml:"whom"`
	Who    Text    `yaml:"who"`
	Tables []Table `yaml:"tables"`
}

// An Elsewhere is kept outside of the stores.
type Elsewhere struct {
	Text  `yaml:",inline"`
	Class string `yaml:"class"`
	Until string `yaml:"until"`
}

// A Description is the whole file.
type Description struct {
	Common    map[string]Column `yaml:"common"`
	Stores    []Store           `yaml:"stores"`
	Short     map[string]Text   `yaml:"short"`
	Elsewhere []Elsewhere       `yaml:"elsewhere"`
}

// Classes of columns, in the order in which documents name them.
var classes = []string{"identity", "contact", "participation", "authentication", "ballot", "work", "technical"}

// Describe reads the description, in which nothing is left empty.
func Describe() (*Description, error) {
	d := new(Description)
	in := yaml.NewDecoder(bytes.NewReader(kept))
	in.KnownFields(true)
	if err := in.Decode(d); err != nil {
		return nil, fmt.Errorf("kept.yaml: %w", err)
	}
	var failed []error
	want := func(ok bool, what string) {
		if !ok {
			failed = append(failed, fmt.Errorf("kept.yaml: %s", what))
		}
	}
	whole := func(t Text, of string) { want(t.FR != "" && t.EN != "", of+" is not said in both languages") }
	until := func(u, of string) {
		_, long := retained(u)
		_, short := d.Short[u]
		want(long != short, of+" lives until "+u+", which is no class, or two")
	}
	class := func(c, of string) { want(slices.Contains(classes, c), of+" is of no class") }
	for i, s := range d.Stores {
		whole(s.Text, s.Name)
		whole(s.Whom, s.Name+": whom")
		whole(s.Who, s.Name+": who")
		for j, t := range s.Tables {
			of := s.Name + "." + t.Name
			whole(t.Text, of)
			until(t.Until, of)
			for name, c := range t.Columns {
				if c == (Column{}) {
					c = d.Common[name]
				}
				whole(c.Text, of+"."+name)
				class(c.Class, of+"."+name)
				d.Stores[i].Tables[j].Columns[name] = c
			}
		}
	}
	for name, t := range d.Short {
		whole(t, name)
	}
	for _, e := range d.Elsewhere {
		whole(e.Text, "elsewhere")
		class(e.Class, "elsewhere: "+e.EN)
		until(e.Until, "elsewhere: "+e.EN)
	}
	return d, errors.Join(failed...)
}

// retained is a class of what is kept under seal, by its name.
func retained(name string) (retention.Class, bool) {
	all := retention.Classes()
	i := slices.IndexFunc(all, func(c retention.Class) bool { return c.Name == name })
	if i < 0 {
		return retention.Class{}, false
	}
	return all[i], true
}

// columns are the names of a table's columns, those that say most of a person first.
func (t *Table) columns() []string {
	return slices.SortedFunc(maps.Keys(t.Columns), func(a, b string) int {
		if d := slices.Index(classes, t.Columns[a].Class) - slices.Index(classes, t.Columns[b].Class); d != 0 {
			return d
		}
		return bytes.Compare([]byte(a), []byte(b))
	})
}
