package totals

import (
	"fmt"
	"slices"
	"strings"

	"isoloir/scrutin"
)

// A Total is what all ways of voting give together: a record that the bureau transmits.
type Total struct {
	scrutin.OpenHead
	// Result is the digest of the result that was proclaimed of the vote by Internet; File the SHA-256 of the file of the other ways.
	Result scrutin.Digest `json:"result" validate:"required"`
	File   scrutin.Digest `json:"file" validate:"required"`
	Cells  []Cell         `json:"cells" validate:"min=1,dive"`
	// Differences names the places whose ballots are not as many as their marks, or marks of one urn that differ from question to question; and, under
	// the name of a cell, one in which more voted, by all ways together, than are registered.
	Differences []Difference `json:"differences" validate:"dive"`
}

// Kind implements scrutin.Record.
func (*Total) Kind() string { return scrutin.Version + "/total" }

// A Cell is what was opened together of the vote by Internet, with the other ways of voting of its urns.
type Cell struct {
	Cell      string   `json:"cell" validate:"cell"`
	Electors  int      `json:"electors" validate:"min=1"`
	Internet  int      `json:"internet" validate:"min=0"` // marks
	Other     int      `json:"other" validate:"min=0"`    // marks
	Questions []Counts `json:"questions" validate:"min=1,dive"`
}

// Counts are those of a question, options in the manifest's order, then blank and nul.
type Counts struct {
	Question string  `json:"question" validate:"name"`
	Rows     []Count `json:"rows" validate:"min=1,dive"`
}

// A Count is one choice's.
type Count struct {
	Option   string `json:"option" validate:"name"`
	Internet int    `json:"internet" validate:"min=0"`
	Other    int    `json:"other" validate:"min=0"`
	Total    int    `json:"total" validate:"min=0"`
}

// A Difference is a place that counted another number of ballots than it has marks.
type Difference struct {
	Place    string `json:"place" validate:"required,max=300"`
	Urn      string `json:"urn" validate:"name"`
	Question string `json:"question" validate:"name"`
	Marks    int    `json:"marks" validate:"min=0"`
	Ballots  int    `json:"ballots" validate:"min=0"`
}

// Check implements the check of a record: totals are sums.
func (t *Total) Check() error {
	for _, c := range t.Cells {
		if c.Internet > c.Electors {
			return fmt.Errorf("cell %s: %d votes by Internet of %d electors", c.Cell, c.Internet, c.Electors)
		}
		for _, q := range c.Questions {
			for _, r := range q.Rows {
				if r.Total != r.Internet+r.Other {
					return fmt.Errorf("cell %s, question %s, %s: %d and %d are not %d", c.Cell, q.Question, r.Option, r.Internet, r.Other, r.Total)
				}
			}
		}
	}
	return nil
}

// Add adds places to a proclaimed result, by its digest; file is the digest of the file that they were read from. Marks of an urn with several
// questions are those of its first one.
func Add(m *scrutin.Manifest, f scrutin.Digest, r *scrutin.Result, result, file scrutin.Digest, places []*Place) (*Total, error) {
	t := &Total{OpenHead: scrutin.OpenHead{Head: scrutin.Head{Manifest: f}, Opening: r.Opening}, Result: result, File: file, Differences: []Difference{}}
	t.Record = t.Kind()
	for _, c := range r.Cells {
		sum := Cell{Cell: c.Cell, Electors: c.Electors, Internet: c.Marks}
		for i, q := range c.Questions {
			counts := Counts{Question: q.Question}
			for _, o := range q.Options {
				counts.Rows = append(counts.Rows, Count{Option: o.Option, Internet: o.Ballots})
			}
			counts.Rows = append(counts.Rows, Count{Option: Blank, Internet: q.Blank}, Count{Option: Nul, Internet: q.Nul})
			for _, p := range places {
				if p.Question != q.Question || !slices.Contains(c.Urns, p.Urn) {
					continue
				}
				if len(p.Counts) != len(counts.Rows) {
					return nil, fmt.Errorf("cell %s: the result has other choices than the manifest", c.Cell)
				}
				for j, n := range p.Counts {
					counts.Rows[j].Other += n
				}
				if i == 0 {
					sum.Other += p.Marks
				}
			}
			for j := range counts.Rows {
				counts.Rows[j].Total = counts.Rows[j].Internet + counts.Rows[j].Other
			}
			sum.Questions = append(sum.Questions, counts)
		}
		t.Cells = append(t.Cells, sum)
	}
	for _, c := range t.Cells {
		if c.Internet+c.Other > c.Electors {
			t.Differences = append(t.Differences, Difference{c.Cell, strings.SplitN(c.Cell, "+", 2)[0], c.Questions[0].Question, c.Electors, c.Internet + c.Other})
		}
	}
	first := map[[2]string]*Place{}
	for _, p := range places {
		if f := first[[2]string{p.Name, p.Urn}]; f == nil {
			first[[2]string{p.Name, p.Urn}] = p
		} else if f.Marks != p.Marks {
			t.Differences = append(t.Differences, Difference{p.Name, p.Urn, p.Question, f.Marks, p.Marks})
		}
		if n := p.Ballots(); n != p.Marks {
			t.Differences = append(t.Differences, Difference{p.Name, p.Urn, p.Question, p.Marks, n})
		}
	}
	return t, nil
}

// CSV is the total as a table: urn,question,option,internet,other,total.
func (t *Total) CSV() []byte {
	var b strings.Builder
	b.WriteString("urn,question,option,internet,other,total\n")
	for _, c := range t.Cells {
		for _, q := range c.Questions {
			for _, r := range q.Rows {
				fmt.Fprintf(&b, "%s,%s,%s,%d,%d,%d\n", c.Cell, q.Question, r.Option, r.Internet, r.Other, r.Total)
			}
		}
	}
	return []byte(b.String())
}
