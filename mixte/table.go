package mixte

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// CSV is the table of a result for a spreadsheet, RFC 4180 with line feeds. The columns are kind, name, represented,
// seats, present, direct, numerator, denominator, one for each option, blank, abstain, nul; a row for each of Rows. The
// weight of an answer is the sum over the rows of its column times numerator/denominator.
func (r *Result) CSV(rules Rules) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Write(slices.Concat([]string{"kind", "name", "represented", "seats", "present", "direct", "numerator", "denominator"}, rules.Options, []string{Blank, Abstain, Nul}))
	for i := range r.Rows {
		row := &r.Rows[i]
		line := []string{row.Kind, row.Name}
		for _, n := range []int64{row.Represented, row.Seats, row.Present, row.Direct} {
			line = append(line, strconv.FormatInt(n, 10))
		}
		line = append(line, row.Weight.r.Num().String(), row.Weight.r.Denom().String())
		for _, n := range slices.Concat(row.Options, []int64{row.Blank, row.Abstain, row.Nul}) {
			line = append(line, strconv.FormatInt(n, 10))
		}
		w.Write(line)
	}
	w.Flush()
	return out.Bytes()
}

// Names that a table of counts uses for what is no option, those of the result of an urn.
const (
	BlankLabel = "blanc"
	NulLabel   = "nul"
)

var countColumns = []string{"urn", "option", "ballots"}

// ErrTable is wrapped by every refusal of ReadCSV.
var ErrTable = errors.New("this is not a table of citizens' ballots")

// ReadCSV takes the counts of a table with the columns urn, option, ballots, as the opening of an urn writes it
// (docs/protocol.md, section 11): urn is an electorate, option one of the rules, blanc or nul. An electorate that is not
// in it has no direct voter. It names every mistake with its line, twenty at most, and then takes nothing.
func (g *Groups) ReadCSV(r Rules, in io.Reader) error {
	lines := csv.NewReader(in)
	header, err := lines.Read()
	switch {
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%w: it is empty: the first line must be %s", ErrTable, strings.Join(countColumns, ","))
	case err != nil:
		return fmt.Errorf("%w: %w", ErrTable, err)
	case !slices.Equal(header, countColumns):
		return fmt.Errorf("%w: the columns are %q: the first line must be exactly %s", ErrTable, strings.Join(header, ","), strings.Join(countColumns, ","))
	}
	t := table{electorate: map[string]int{}, choice: map[string]int{BlankLabel: len(r.Options), NulLabel: len(r.Options) + 1}}
	for i, e := range g.Electorates {
		t.electorate[e.ID] = i
	}
	for i, o := range r.Options {
		t.choice[o] = i
	}
	t.ballots = make([][]int, len(g.Electorates))
	for len(t.faults) < maxFaults {
		row, err := lines.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.faults = append(t.faults, err)
			break
		}
		line, _ := lines.FieldPos(0)
		if err := t.row(row); err != nil {
			t.faults = append(t.faults, fmt.Errorf("line %d: %w", line, err))
		}
	}
	for i, e := range g.Electorates {
		if n := total(t.ballots[i]); n > e.Represented {
			t.faults = append(t.faults, fmt.Errorf("urn %s: %d ballots are more than its %d citizens", e.ID, n, e.Represented))
		}
	}
	if len(t.faults) > 0 {
		return fmt.Errorf("%w:\n%w", ErrTable, errors.Join(t.faults[:min(len(t.faults), maxFaults)]...))
	}
	for i, b := range t.ballots {
		if b == nil {
			continue
		}
		for j := range b {
			b[j] = max(b[j], 0)
		}
		n := len(r.Options)
		g.Take(r, Count{ID: g.Electorates[i].ID, Parts: []Part{{g.Electorates[i].ID, total(b)}}, Options: b[:n:n], Blank: b[n], Nul: b[n+1]})
	}
	return nil
}

// A table is what was read of a table of counts: of each electorate the ballots for each choice, -1 where not said.
type table struct {
	electorate, choice map[string]int
	ballots            [][]int
	faults             []error
}

func (t *table) row(row []string) error {
	e, ok := t.electorate[row[0]]
	if !ok {
		return fmt.Errorf("%q is no electorate: correct the name", row[0])
	}
	c, ok := t.choice[row[1]]
	if !ok {
		return fmt.Errorf("%q is no option: write one of the vote, blanc or nul", row[1])
	}
	n, err := strconv.Atoi(row[2])
	if err != nil || n < 0 || n > MaxRepresented || strconv.Itoa(n) != row[2] {
		return fmt.Errorf("%q is no number of ballots: write a whole number from 0 to %d", row[2], MaxRepresented)
	}
	if t.ballots[e] == nil {
		t.ballots[e] = slices.Repeat([]int{-1}, len(t.choice))
	}
	if t.ballots[e][c] >= 0 {
		return fmt.Errorf("option %s of urn %s stands twice: remove one", row[1], row[0])
	}
	t.ballots[e][c] = n
	return nil
}

// total adds up what was said.
func total(ballots []int) int {
	n := 0
	for _, b := range ballots {
		n += max(b, 0)
	}
	return n
}
