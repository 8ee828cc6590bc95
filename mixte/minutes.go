package mixte

import (
	"errors"
	"fmt"

	"isoloir/scrutin"
)

// Minutes are those of direct votes on paper: what the citizens of one urn's electorate have chosen at one station
// (docs/mixte.md, section 5). The bureau enters them from the paper that the station's assessors have signed, and
// signs them in its turn.
//
// Who votes on paper shows the key of his account in this scrutin, and proves that it is his, on his own device or on
// the station's. These keys lie beside the minutes, so that whoever verifies sees that each is one of the urn, that none
// voted twice, and that none has a ballot in the urn.
type Minutes struct {
	scrutin.OpenHead
	// Minutes is the identifier of these: a name that is no urn's and no other minutes'.
	Minutes string `json:"minutes" validate:"name"`
	Urn     string `json:"urn" validate:"name"`
	Station string `json:"station" validate:"label"` // as people call it
	// Voters is how many voted, and File the SHA-256 of their keys and proofs.
	Voters int            `json:"voters" validate:"min=1,max=100000000"`
	File   scrutin.Digest `json:"file" validate:"required"`
	// Questions are those of the urn, each with as many answers as there are voters; none where there are fewer voters
	// than are opened together.
	Questions []scrutin.QuestionResult `json:"questions" validate:"max=64,dive"`
}

// MinutesKind is the first key of minutes.
const MinutesKind = scrutin.Version + "/paper"

// Kind implements scrutin.Record.
func (*Minutes) Kind() string { return MinutesKind }

// Check implements the check of a scrutin.Record.
func (x *Minutes) Check() error {
	for _, q := range x.Questions {
		if n := q.Total(); n != x.Voters {
			return fmt.Errorf("minutes %s: question %s has %d answers of %d voters: count again", x.Minutes, q.Question, n, x.Voters)
		}
	}
	return nil
}

// ErrMinutes is wrapped by every refusal of Minutes.Agree.
var ErrMinutes = errors.New("these minutes are not of this vote")

// Agree says whether minutes are of an urn of the manifest and answer its questions, or none where they are too few.
func (x *Minutes) Agree(m *scrutin.Manifest) error {
	fail := func(form string, args ...any) error {
		return fmt.Errorf("%w: minutes %s: %w", ErrMinutes, x.Minutes, fmt.Errorf(form, args...))
	}
	known := false
	for _, u := range m.Urns {
		known = known || u.ID == x.Urn
		if u.ID == x.Minutes {
			return fail("an urn has this name: give them another one")
		}
	}
	asked := m.QuestionsOf(x.Urn)
	switch {
	case !known:
		return fail("the manifest has no urn %q", x.Urn)
	case x.Voters < m.MinimumSize && len(x.Questions) > 0:
		return fail("%d voters are fewer than %d: their choices are not opened: leave the questions out", x.Voters, m.MinimumSize)
	case x.Voters < m.MinimumSize:
		return nil
	case len(x.Questions) != len(asked):
		return fail("%d questions of the %d that are asked: answer each", len(x.Questions), len(asked))
	}
	for i, q := range asked {
		got := x.Questions[i]
		if got.Question != q.ID || len(got.Options) != len(q.Options) {
			return fail("question %s with %d options stands where %s with %d is asked", got.Question, len(got.Options), q.ID, len(q.Options))
		}
		for j, o := range q.Options {
			if got.Options[j].Option != o.ID {
				return fail("the option %s stands where the manifest has %s", got.Options[j].Option, o.ID)
			}
		}
	}
	return nil
}

// count is what they answer to a question; without answers, as many ballots as there are voters, which Take leaves closed.
func (x *Minutes) count(r *Rules, question string) (*Count, error) {
	c := &Count{ID: x.Minutes, Parts: []Part{{x.Urn, x.Voters}}, Options: make([]int, len(r.Options))}
	if x.Voters < r.MinimumSize {
		c.Blank = x.Voters
		return c, nil
	}
	for _, q := range x.Questions {
		if q.Question != question {
			continue
		}
		if len(q.Options) != len(r.Options) {
			return nil, fmt.Errorf("minutes %s answer by %d options of %d", x.Minutes, len(q.Options), len(r.Options))
		}
		for i, o := range q.Options {
			if o.Option != r.Options[i] {
				return nil, fmt.Errorf("minutes %s have the option %s where the manifest has %s", x.Minutes, o.Option, r.Options[i])
			}
			c.Options[i] = o.Ballots
		}
		c.Blank, c.Nul = q.Blank, q.Nul
		return c, nil
	}
	return nil, fmt.Errorf("minutes %s do not answer the question %s", x.Minutes, question)
}
