package audit

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"isoloir/crypto/elgamal"
	"isoloir/crypto/group"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/tally"
)

// readResult reads what the bureau proclaimed.
func (v *verification) readResult() bool {
	r, n := readNote[scrutin.Result](v, 1001, "", record.Result, v.m.BureauVerifiers()...)
	if r == nil {
		return false
	}
	v.result = r
	v.enter(1001, "", v.m.AdoptedBy(n))
	if r.Seal != v.s {
		v.refuse(1003, "", record.Result, fmt.Errorf("it is the result of the seal %s", r.Seal))
	}
	csv, err := tally.CSV(v.m, r)
	if err == nil {
		var data []byte
		if data, err = v.read(record.ResultCSV, int64(len(csv))+1<<20); err == nil && !bytes.Equal(csv, data) {
			err = errors.New("the table has not the numbers of the result")
		}
	}
	v.enter(1005, "", err)
	return true
}

// checkCounts opens every list with the shares of the quorum and compares what
// it holds with the result.
func (v *verification) checkCounts() bool {
	if len(v.result.Cells) != len(v.cells) {
		v.enter(1003, "", fmt.Errorf("the result has %d cells, the record %d", len(v.result.Cells), len(v.cells)))
		return false
	}
	for i, c := range v.cells {
		opened, err := v.openCell(c)
		if err != nil {
			v.enter(1002, c.Name, err)
			return false
		}
		stated := v.result.Cells[i]
		v.out.Cells = append(v.out.Cells, v.cellReport(c, opened))
		want := c.result(opened)
		if stated.Cell != want.Cell || !slices.Equal(stated.Urns, want.Urns) || stated.Electors != want.Electors || stated.Marks != want.Marks || stated.Ballots != want.Ballots {
			v.enter(1003, "", fmt.Errorf("cell %s: the result says %d electors, %d marks, %d ballots in %v, the record %d, %d, %d in %s %v",
				stated.Cell, stated.Electors, stated.Marks, stated.Ballots, stated.Urns, want.Electors, want.Marks, want.Ballots, want.Cell, want.Urns))
		}
		v.enter(1002, c.Name, sameCounts(stated.Questions, want.Questions))
		for _, q := range stated.Questions {
			v.figures.expect(figOpened, q.Total())
		}
	}
	v.enter(1003, "", nil)
	return true
}

func sameCounts(stated, opened []scrutin.QuestionResult) error {
	if len(stated) != len(opened) {
		return fmt.Errorf("the result answers %d questions, %d were asked", len(stated), len(opened))
	}
	for i, want := range opened {
		got := stated[i]
		if got.Question != want.Question || got.Blank != want.Blank || got.Nul != want.Nul || !slices.Equal(got.Options, want.Options) {
			return fmt.Errorf("question %s: the result says %v, blank %d, null %d; the urn holds %v, blank %d, null %d",
				want.Question, got.Options, got.Blank, got.Nul, want.Options, want.Blank, want.Nul)
		}
	}
	return nil
}

// openCell returns, for each question of a cell, the number of ballots for each
// option, then blank, then null.
func (v *verification) openCell(c *cellState) ([][]int, error) {
	counts := make([][]int, len(c.questions))
	for q, question := range c.questions {
		counts[q] = make([]int, len(question.Options)+2)
		if c.Ballots == 0 {
			continue
		}
		answers, err := v.openList(c, q)
		if err != nil {
			return nil, fmt.Errorf("question %s: %w", question.ID, err)
		}
		for _, option := range answers {
			if option < 0 {
				option = len(counts[q]) - 1
			}
			counts[q][option]++
		}
		v.figures.add(figOpened, len(answers))
		v.step("opening of "+c.Name, q+1, len(c.questions))
	}
	return counts, nil
}

func (v *verification) openList(c *cellState, q int) ([]int, error) {
	question := c.questions[q]
	var codes []group.Point
	for _, option := range question.Choices() {
		codes = append(codes, elgamal.Option(v.f, question.ID, option))
	}
	var quorum [][]int
	var shares [][]group.Point
	for i := range v.m.Clauses {
		var positions []int
		for _, h := range v.quorumOf(&v.m.Clauses[i]) {
			data, err := v.read(record.SharesList(c.number, question.ID, h.clause.ID, h.holder), int64(c.Ballots)*group.PointSize)
			if err != nil {
				return nil, err
			}
			points, err := group.DecodeBatch(data, v.opt.Workers)
			if err != nil {
				return nil, err
			}
			if len(points) != c.Ballots {
				return nil, fmt.Errorf("%d shares of %s for %d ballots", len(points), h.holder, c.Ballots)
			}
			positions, shares = append(positions, h.clause.Index(h.holder)), append(shares, points)
		}
		quorum = append(quorum, positions)
	}
	return tally.Answers(codes, quorum, c.lists[q].C2(), shares, v.opt.Workers)
}

// result is what the record says of a cell, in the form of the result.
func (c *cellState) result(counts [][]int) scrutin.CellResult {
	r := scrutin.CellResult{Cell: c.Name, Ballots: c.Ballots}
	for _, u := range c.urns {
		r.Urns = append(r.Urns, u.name())
		r.Electors += u.urn.Electors
		r.Marks += u.voters // as many as marks, by check 704
	}
	for q, question := range c.questions {
		n := len(question.Options)
		answer := scrutin.QuestionResult{Question: question.ID, Blank: counts[q][n], Nul: counts[q][n+1]}
		for i, o := range question.Options {
			answer.Options = append(answer.Options, scrutin.OptionCount{Option: o.ID, Ballots: counts[q][i]})
		}
		r.Questions = append(r.Questions, answer)
	}
	return r
}

// cellReport is the same with the labels that people read.
func (v *verification) cellReport(c *cellState, counts [][]int) CellReport {
	r := c.result(counts)
	report := CellReport{Name: r.Cell, Urns: r.Urns, Electors: r.Electors, Ballots: r.Ballots}
	labels := make([]string, len(c.urns))
	for i, u := range c.urns {
		labels[i] = u.urn.Label
		report.Marks += u.marks
	}
	report.Label = strings.Join(labels, " + ")
	for q, question := range c.questions {
		answer := QuestionReport{Question: question.Title, Blank: r.Questions[q].Blank, Null: r.Questions[q].Nul}
		for i, o := range question.Options {
			answer.Options = append(answer.Options, OptionCount{o.ID, o.Label, r.Questions[q].Options[i].Ballots})
		}
		report.Questions = append(report.Questions, answer)
	}
	return report
}
