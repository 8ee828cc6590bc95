package townhall

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"isoloir/portal/words"
	"isoloir/scrutin"
	"isoloir/space"
)

// A right is what a page asks of who comes. Rights follow from the role in the space.
type right int

const (
	everybody  right = iota // without a login
	inside                  // who has a passkey of this space
	writing                 // staff
	publishing              // publishers
	speaking                // members and authors
	sitting                 // members
)

func (g right) may(p *space.Person) bool {
	switch {
	case g == everybody:
		return true
	case p == nil:
		return false
	case g == writing:
		return p.Staff()
	case g == publishing:
		return p.Role == space.Publisher
	case g == sitting:
		return p.Role == space.Member
	case g == speaking:
		return p.Role == space.Member || p.Role == space.Author
	}
	return g == inside
}

// A visit is one request: all that a page is made from.
type visit struct {
	*words.Speaker
	language words.Language
	path     string // after the language
	now      time.Time
	o        *space.Organisation
	who      *space.Person // nil without a login

	site *site
	r    *http.Request
}

func (s *site) visitor(r *http.Request, l words.Language) *visit {
	return &visit{Speaker: s.words.In(l), language: l, path: strings.TrimPrefix(r.URL.Path, "/"+string(l)), now: s.Space.Now(), o: s.Space.Organisation, site: s, r: r}
}

// visit asks who comes.
func (s *site) visit(r *http.Request, l words.Language) (*visit, error) {
	v := s.visitor(r, l)
	id, err := s.door.Guest(r)
	if err != nil || id == "" {
		return v, err
	}
	p, err := s.Space.Store.Person(r.Context(), v.o.ID, id)
	if errors.Is(err, space.ErrUnknown) || p.Ended {
		return v, nil
	}
	v.who = &p
	return v, err
}

// base is where the pages of this space begin, and href a page in the language of the visit.
func (v *visit) base() string            { return "/" + v.o.ID }
func (v *visit) href(path string) string { return v.base() + "/" + string(v.language) + path }

func (v *visit) of(c *space.Consultation, page string) string {
	return v.href("/consultations/" + c.ID + page)
}

// other is the address of this page in another language.
func (v *visit) other(l words.Language) string {
	if v.r.Method != http.MethodGet {
		return v.base() + "/" + string(l) + "/"
	}
	return v.base() + "/" + string(l) + v.path
}

func (v *visit) may(g right) bool { return g.may(v.who) }
func (v *visit) real() bool       { return v.o.Kind == scrutin.Real }

// when writes a moment in the legal time of the space, with its zone where full is true.
func (v *visit) when(t time.Time) string { return v.Moment(t, v.o.Location()) }

// typed writes an hour of a draft; a dash where it is none.
func (v *visit) typed(moment string) string {
	t, err := space.Moment(moment, v.o.Location())
	if err != nil {
		return "–"
	}
	return v.Instant(t, v.o.Location())
}

func (v *visit) sentence(p space.Problem) string { return p.Sentence(string(v.language)) }

// consultation is the one of the address.
func (v *visit) consultation() (*space.Consultation, error) {
	c, err := v.site.Space.Store.Consultation(v.r.Context(), v.o.ID, v.r.PathValue("id"))
	return &c, err
}

// named is the title of a consultation, or that it has none yet.
func (v *visit) named(c *space.Consultation) string {
	if c.Draft.Title == "" {
		return v.Say("hall.untitled")
	}
	return c.Draft.Title
}

// state is the key of where a consultation is.
func (v *visit) state(c *space.Consultation) string {
	if c.State == space.Drafting {
		return "draft"
	}
	opens, closes, err := c.Draft.Schedule(v.o.Location())
	switch {
	case err != nil || v.now.Before(opens):
		return "published"
	case v.now.Before(closes):
		return "open"
	}
	return "closed"
}

// answer is an option of a question in words.
func (v *visit) answer(q *space.Question, choice string) string {
	for i, label := range q.Labels() {
		if q.OptionID(i) == choice {
			if q.Answers == space.ForAgainst {
				return v.Say("hall.answer-" + choice)
			}
			return label
		}
	}
	return v.Say("hall.answer-" + choice)
}
