package tally

import (
	"bytes"
	"encoding/csv"
	"strconv"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// Result is what the shares open, as the bureau proclaims it. It is the same
// from any quorum.
func (a *Shares) Result(marks []int) (*scrutin.Result, error) {
	cells, err := a.Count(marks)
	if err != nil {
		return nil, err
	}
	return &scrutin.Result{OpenHead: a.m.s.head(), Seal: a.m.s.Seal, Cells: cells, Shares: a.Verdicts}, nil
}

// WriteResult writes result.note, signed by those members of the bureau, and
// result.csv.
func WriteResult(out *record.Writer, m *scrutin.Manifest, r *scrutin.Result, signers ...note.Signer) error {
	signed, err := scrutin.Sign(r, signers...)
	if err != nil {
		return err
	}
	if err := out.Write(record.Result, signed); err != nil {
		return err
	}
	table, err := CSV(m, r)
	if err != nil {
		return err
	}
	return out.Write(record.ResultCSV, table)
}

// BlankLabel and NulLabel stand in a table of results for what is no option of a
// manifest.
const (
	BlankLabel = "blanc"
	NulLabel   = "nul"
)

// CSV is the table of a result, RFC 4180 with line feeds: the columns urn,
// option, ballots; a row for each option by its label, in the manifest's order,
// then blanc, then nul where there is any; the urn of a merged cell is its
// name. Where some urn answers several questions, a column question follows urn.
func CSV(m *scrutin.Manifest, r *scrutin.Result) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	several := false
	for _, c := range r.Cells {
		several = several || len(c.Questions) > 1
	}
	row := func(urn, question, option, ballots string) {
		if several {
			w.Write([]string{urn, question, option, ballots})
		} else {
			w.Write([]string{urn, option, ballots})
		}
	}
	row("urn", "question", "option", "ballots")
	for _, c := range r.Cells {
		for _, q := range c.Questions {
			labels := optionLabels(m, q.Question)
			for _, o := range q.Options {
				row(c.Cell, q.Question, labels[o.Option], strconv.Itoa(o.Ballots))
			}
			row(c.Cell, q.Question, BlankLabel, strconv.Itoa(q.Blank))
			if q.Nul > 0 {
				row(c.Cell, q.Question, NulLabel, strconv.Itoa(q.Nul))
			}
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

func optionLabels(m *scrutin.Manifest, question string) map[string]string {
	labels := map[string]string{}
	if q, ok := m.Question(question); ok {
		for _, o := range q.Options {
			labels[o.ID] = o.Label
		}
	}
	return labels
}
