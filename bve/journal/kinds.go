package journal

import (
	"fmt"
	"maps"
	"slices"

	"isoloir/scrutin"
)

// An Author is who may make a kind of statement. Which member, in which office, is for the bureau's rules (package bve).
type Author uint8

// The authors.
const (
	Member   Author = 1 << iota // with the key that the manifest gives him
	Platform                    // the service, with the key of contents
)

// kinds has everything that can be said.
var kinds = map[string]kind{
	"session-open":     of[SessionOpen](Member),
	"session-close":    of[SessionClose](Member),
	"present":          of[Present](Member),
	"leave":            of[Leave](Member),
	"motion":           of[Motion](Member),
	"support":          of[Support](Member),
	"against":          of[Against](Member),
	"abstain":          of[Abstain](Member),
	"adopted":          of[Adopted](Platform),
	"lapsed":           of[Lapsed](Platform),
	"opinion":          of[Opinion](Member),
	"agreement":        of[Agreement](Member),
	"intervention":     of[Intervention](Platform),
	"intervention-end": of[InterventionEnd](Platform),
	"access":           of[Access](Platform),
	"alert":            of[Alert](Platform),
	"alert-end":        of[AlertEnd](Platform),
	"acknowledged":     of[Acknowledged](Member),
	"turnout":          of[Turnout](Platform),
	"delivery":         of[Delivery](Platform),
	"checked":          of[Checked](Platform),
	"read":             of[Read](Platform),
	"custody":          of[Custody](Member),
	"observation":      of[Observation](Member | Platform),
	"report":           of[Report](Member),
	"credential":       of[Credential](Platform),
	"invited":          of[Invited](Member | Platform),
	"revoked":          of[Revoked](Member | Platform),
	"page":             of[Page](Member),
	"drawn-up":         of[DrawnUp](Platform),
}

// Kinds are the names of all kinds, in alphabetical order.
func Kinds() []string { return slices.Sorted(maps.Keys(kinds)) }

// AuthorsOf says who may make a kind of statement; none for what is no kind.
func AuthorsOf(kind string) Author { return kinds[kind].by }

type kind struct {
	by    Author
	text  func(*Statement) (string, error)
	parse func(text string) (*Statement, error)
}

// of is a kind whose body is a B.
func of[B Body](by Author) kind {
	return kind{by,
		func(s *Statement) (string, error) {
			body, ok := s.Body.(B)
			if !ok {
				return "", fmt.Errorf("%w: the body is a %T", ErrKind, s.Body)
			}
			return scrutin.Text(&record[B]{Head: scrutin.Head{Manifest: s.Manifest}, Type: body.Kind(), By: s.By, Session: s.Session, Time: s.Time,
				Nonce: s.Nonce, Seen: s.Seen, Body: body})
		},
		func(text string) (*Statement, error) {
			r, err := scrutin.Parse[record[B]](text)
			if err != nil {
				return nil, err
			}
			return &Statement{Manifest: r.Manifest, By: r.By, Session: r.Session, Time: r.Time, Nonce: r.Nonce, Seen: r.Seen, Body: r.Body}, nil
		}}
}
