package scrutin

import "fmt"

// A Result is what the opened urn holds.
type Result struct {
	OpenHead
	Seal   Digest         `json:"seal" validate:"required"` // S
	Cells  []CellResult   `json:"cells" validate:"min=1,dive"`
	Shares []ShareVerdict `json:"shares" validate:"dive"`
}

// Kind implements Record.
func (*Result) Kind() string { return Version + "/result" }

// A CellResult is what one cell holds. Marks is the number of electors marked,
// Ballots that of ballots counted. All numbers of its questions are zero where it stays
// closed.
type CellResult struct {
	Cell      string           `json:"cell" validate:"cell"`
	Urns      []string         `json:"urns" validate:"min=1,dive,name"`
	Electors  int              `json:"electors" validate:"min=1"`
	Marks     int              `json:"marks" validate:"min=0"`
	Ballots   int              `json:"ballots" validate:"min=0"`
	Questions []QuestionResult `json:"questions" validate:"min=1,dive"`
}

// A QuestionResult is the count of one question, options in the manifest's order.
type QuestionResult struct {
	Question string        `json:"question" validate:"name"`
	Options  []OptionCount `json:"options" validate:"min=1,dive"`
	Blank    int           `json:"blank" validate:"min=0"`
	Nul      int           `json:"nul" validate:"min=0"`
}

// An OptionCount is the number of ballots for an option.
type OptionCount struct {
	Option  string `json:"option" validate:"name"`
	Ballots int    `json:"ballots" validate:"min=0"`
}

// A ShareVerdict says whether a holder's shares for a clause were valid, and if
// not, why they were left out.
type ShareVerdict struct {
	Clause string `json:"clause" validate:"clause"`
	Holder string `json:"holder" validate:"name"`
	Valid  bool   `json:"valid"`
	Reason string `json:"reason" validate:"max=500"`
}

// Total is the number of ballots in a question.
func (q *QuestionResult) Total() int {
	n := q.Blank + q.Nul
	for _, o := range q.Options {
		n += o.Ballots
	}
	return n
}

// Check implements the check of a Record.
func (r *Result) Check() error {
	for _, c := range r.Cells {
		if c.Marks != c.Ballots || c.Marks > c.Electors {
			return fmt.Errorf("cell %s: %d electors, %d marks, %d ballots counted: marks and ballots must be equal, and no more than electors", c.Cell, c.Electors, c.Marks, c.Ballots)
		}
		for _, q := range c.Questions {
			if total := q.Total(); total != c.Ballots && total != 0 {
				return fmt.Errorf("cell %s, question %s: %d answers on %d ballots", c.Cell, q.Question, q.Total(), c.Ballots)
			}
		}
	}
	for _, s := range r.Shares {
		if s.Valid != (s.Reason == "") {
			return fmt.Errorf("shares of %s for %s: a reason stands beside refused shares, and only there", s.Holder, s.Clause)
		}
	}
	return nil
}
