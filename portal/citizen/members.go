package citizen

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"isoloir/mixte"
	"isoloir/portal/public"
	"isoloir/scrutin"
	"isoloir/space"
)

// A Member is an elected member as everybody may read of him.
type Member struct {
	ID, Name, Constituency string
	Said                   []Said
}

// Said is what a member has said and done on one question of a published consultation.
type Said struct {
	Consultation, Title string // its identifier, and what it is called
	Number              int    // of the question, from 1
	Question            *space.Question
	Smallest            int // ballots that are opened together
	// Positions are what he said before the vote, each version, the last first.
	Positions []space.Position
	Vote      string // at the assembly, as space has it; empty before
	// Electorate is the urn in which his constituents vote, and Together are the constituencies
	// that vote in it where they are several.
	Electorate string
	Together   []string
	Counted    bool // the result is public
	// Divided is how those of his constituents who voted were divided: nil before the result
	// is public, and where they were too few to be opened.
	Divided *mixte.Division
	Weights string // names the page of the weights; empty for none
}

// An Assembly has the members of the register's space.
type Assembly interface {
	// Members are those who sit, and those who have sat and said something, by their names.
	Members(ctx context.Context) ([]Member, error)
}

// members is the page of all members.
func (s *site) members(v *view, r *http.Request) error {
	all, err := s.Assembly.Members(r.Context())
	v.title, v.script, v.say, v.cache = "elected.title", "consultations.js", []string{"account.kiosk."}, public.Minute
	v.document = members(v, all)
	return err
}

// member is the page of one.
func (s *site) member(v *view, r *http.Request) error {
	all, err := s.Assembly.Members(r.Context())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(m Member) bool { return m.ID == r.PathValue("id") })
	if i < 0 {
		return space.ErrUnknown
	}
	v.title, v.script, v.say, v.cache = all[i].Name, "consultations.js", []string{"account.kiosk."}, public.Minute
	v.document = member(v, &all[i])
	return nil
}

// named are constituencies, as they are called.
func (v *view) named(ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = v.place(id)
	}
	return strings.Join(names, ", ")
}

// choice is what a position or a vote is called.
func (v *view) choice(q *space.Question, id string) string {
	for i, label := range q.Labels() {
		if q.OptionID(i) == id {
			return label
		}
	}
	switch id {
	case scrutin.Blank:
		return v.Say("elected.blank")
	case space.Abstains:
		return v.Say("elected.abstain")
	case space.Absent:
		return v.Say("elected.absent")
	}
	return v.Say("elected.undecided")
}

// A part is how many of a member's constituents gave an answer.
type part struct {
	label   string
	ballots int
}

func (v *view) parts(q *space.Question, d *mixte.Division) (all []part) {
	for i, label := range q.Labels() {
		all = append(all, part{label, d.Options[i]})
	}
	return append(all, part{v.Say("elected.blank"), d.Blank}, part{v.Say("elected.nul"), d.Nul})
}
