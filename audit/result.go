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

// checkCounts puts the opening of every list off, range by range, by the shares of
// the quorum.
func (v *verification) checkCounts() bool {
	if len(v.result.Cells) != len(v.cells) {
		v.enter(1003, "", fmt.Errorf("the result has %d cells, the record %d", len(v.result.Cells), len(v.cells)))
		return false
	}
	for i, c := range v.cells {
		c.counts = make([][]int, len(c.questions))
		for q, question := range c.questions {
			c.counts[q] = make([]int, len(question.Options)+2)
			n := c.Ballots
			if !c.opens {
				n = 0
			}
			v.inRanges(Piece{Kind: Opening, Subject: c.Name, Question: question.ID}, n, func(o *outcome) {
				v.enterAll(c.Name, o)
				if len(o.Counts) != len(c.counts[q]) {
					c.closed = true
					return
				}
				for option, n := range o.Counts {
					c.counts[q][option] += n
				}
			})
		}
		for _, q := range v.result.Cells[i].Questions {
			v.figures.expect(figOpened, q.Total())
		}
	}
	v.then(v.concludeCounts)
	return true
}

// concludeCounts compares what the lists hold with the result.
func (v *verification) concludeCounts() {
	for i, c := range v.cells {
		if c.closed {
			continue
		}
		stated, want := v.result.Cells[i], c.result()
		v.out.Cells = append(v.out.Cells, v.report(c))
		if stated.Cell != want.Cell || !slices.Equal(stated.Urns, want.Urns) || stated.Electors != want.Electors || stated.Marks != want.Marks || stated.Ballots != want.Ballots {
			v.enter(1003, "", fmt.Errorf("cell %s: the result says %d electors, %d marks, %d ballots in %v, the record %d, %d, %d in %s %v",
				stated.Cell, stated.Electors, stated.Marks, stated.Ballots, stated.Urns, want.Electors, want.Marks, want.Ballots, want.Cell, want.Urns))
		}
		v.enter(1002, c.Name, sameCounts(stated.Questions, want.Questions))
	}
	v.enter(1003, "", nil)
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

// judgeOpening is the work of a range of ballots: the count of what they hold.
func (v *verification) judgeOpening(o *outcome, c *cellState, q, from, to, workers int) {
	answers, err := v.open(c, q, from, to, workers)
	if err != nil {
		o.find(1002, fmt.Errorf("question %s: %w", c.questions[q].ID, err))
		return
	}
	o.Counts = make([]int, len(c.questions[q].Options)+2)
	for _, option := range answers {
		if option < 0 {
			option = len(o.Counts) - 1
		}
		o.Counts[option]++
	}
	o.Figures[figOpened] += len(answers)
}

// open says, for each ballot of a range, the place of its option.
func (v *verification) open(c *cellState, q, from, to, workers int) ([]int, error) {
	question := c.questions[q]
	var codes []group.Point
	for _, option := range question.Choices() {
		codes = append(codes, elgamal.Option(v.f, question.ID, option))
	}
	ciphertexts, err := v.part(record.MixList(c.number, question.ID, len(v.m.Mixers)), int64(from)*elgamal.Size, int64(to)*elgamal.Size)
	if err != nil {
		return nil, err
	}
	c2, err := group.DecodeBatch(halves(ciphertexts, 1), workers)
	if err != nil {
		return nil, err
	}
	var quorum [][]int
	var shares [][]group.Point
	for i := range v.m.Clauses {
		var positions []int
		for _, h := range v.quorumOf(&v.m.Clauses[i]) {
			data, err := v.part(record.SharesList(c.number, question.ID, h.clause.ID, h.holder), int64(from)*group.PointSize, int64(to)*group.PointSize)
			if err != nil {
				return nil, err
			}
			points, err := group.DecodeBatch(data, workers)
			if err != nil {
				return nil, err
			}
			positions, shares = append(positions, h.clause.Index(h.holder)), append(shares, points)
		}
		quorum = append(quorum, positions)
	}
	return tally.Answers(codes, quorum, c2, shares, workers)
}

// result is what the record says of a cell, in the form of the result.
func (c *cellState) result() scrutin.CellResult {
	r := scrutin.CellResult{Cell: c.Name, Ballots: c.Ballots}
	for _, u := range c.urns {
		r.Urns = append(r.Urns, u.name())
		r.Electors += u.electors()
		r.Marks += u.voters // as many as marks, by check 704
	}
	for q, question := range c.questions {
		n := len(question.Options)
		answer := scrutin.QuestionResult{Question: question.ID, Blank: c.counts[q][n], Nul: c.counts[q][n+1]}
		for i, o := range question.Options {
			answer.Options = append(answer.Options, scrutin.OptionCount{Option: o.ID, Ballots: c.counts[q][i]})
		}
		r.Questions = append(r.Questions, answer)
	}
	return r
}

// report is the same with the labels that people read.
func (v *verification) report(c *cellState) CellReport {
	r := c.result()
	report := CellReport{Name: r.Cell, Urns: r.Urns, Electors: r.Electors, Ballots: r.Ballots}
	labels := make([]string, len(c.urns))
	for i, u := range c.urns {
		labels[i] = u.urn.Label
		if report.Marks += u.marks; v.m.Accounts() != nil {
			report.Marks += u.voters
		}
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
