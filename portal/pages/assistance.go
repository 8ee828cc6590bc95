package pages

import (
	"errors"
	"net/http"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"isoloir/portal/guard"
	"isoloir/portal/words"
	"isoloir/ratelimit"
)

// A Request is what somebody asks of the assistance.
type Request struct {
	Subject  string // one of Subjects
	Text     string // at most 3,000 characters
	Reply    string // an e-mail address, or empty
	Language words.Language
}

// Subjects are what one may ask about.
func Subjects() []string {
	return []string{"codes", "vote", "receipt", "someone", "accessibility", "data", "other"}
}

const longest = 3000

// An inquiry is the form of the assistance as it stands: what was typed, and the
// keys of what is wrong with it.
type inquiry struct {
	Request
	wrong []string
	sent  bool
}

// wrongAt says whether one of the inquiry's faults is of this field.
func (q inquiry) wrongAt(field string) string {
	for _, key := range q.wrong {
		if strings.HasPrefix(key, "assistance.wrong-"+field) {
			return key
		}
	}
	return ""
}

// codes looks for what could be one of the elector's codes.
var (
	grouped = regexp.MustCompile(`[A-Za-z0-9]{4}-[A-Za-z0-9]{4}-[A-Za-z0-9]{4}`)
	single  = regexp.MustCompile(`\b[A-Z0-9]{12}\b`)
)

func holdsCode(text string) bool {
	return grouped.MatchString(text) || slices.ContainsFunc(single.FindAllString(text, -1), func(s string) bool {
		return strings.ContainsAny(s, "0123456789") && strings.Trim(s, "0123456789") != ""
	})
}

// help adds the pages that a guard must limit: the form of the assistance and the
// desk.
func (s *Site) help(g *guard.Guard) {
	form := func(v *Visit, q inquiry) View {
		return View{Title: v.Say("link.assistance"), Body: assistance(v, q), TellsOrigin: true}
	}
	s.only("/assistance", "GET, HEAD, POST")
	s.page("/assistance", http.MethodGet, func(v *Visit) (View, error) {
		return form(v, inquiry{sent: v.request.URL.Query().Has("sent")}), nil
	})
	limit := g.NewLimiter(ratelimit.Limit{Every: 2 * time.Minute, Burst: 10})
	s.page("/assistance", http.MethodPost, func(v *Visit) (View, error) {
		q := read(v)
		if len(q.wrong) > 0 {
			view := form(v, q)
			view.Status = http.StatusUnprocessableEntity
			return view, nil
		}
		if s.config.Send == nil {
			return View{}, errors.New("nobody receives what is asked of the assistance: give the portal a mailbox")
		}
		if err := s.config.Send(v.request.Context(), q.Request); err != nil {
			return View{}, err
		}
		return View{redirect: v.Href("/assistance?sent")}, nil
	}, func(next http.Handler) http.Handler { return g.Limit(limit, nil, next) })
	s.desk(g)
}

// read takes an inquiry from the form of a visit.
func read(v *Visit) inquiry {
	field := func(name string) string { return strings.TrimSpace(v.request.PostFormValue(name)) }
	q := inquiry{Request: Request{Subject: field("subject"), Text: field("text"), Reply: field("reply"), Language: v.Language}}
	wrong := func(bad bool, key string) {
		if bad {
			q.wrong = append(q.wrong, "assistance.wrong-"+key)
		}
	}
	wrong(!slices.Contains(Subjects(), q.Subject), "subject")
	wrong(q.Text == "" || !utf8.ValidString(q.Text) || utf8.RuneCountInString(q.Text) > longest, "text")
	wrong(holdsCode(q.Text), "text-code")
	if q.Reply != "" {
		at, err := mail.ParseAddress(q.Reply)
		wrong(err != nil || at.Address != q.Reply || len(q.Reply) > 254, "reply")
	}
	return q
}
