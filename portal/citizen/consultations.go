package citizen

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"isoloir/portal/public"
	"isoloir/portal/words"
	"isoloir/scrutin"
	"isoloir/space"

	"github.com/a-h/templ"
)

// A phase is where a consultation stands.
type phase string

const (
	before phase = "before"
	open   phase = "open"
	after  phase = "after"
	result phase = "result"
)

// phase says where a consultation stands at an instant.
func (c *Consultation) phase(now time.Time) phase {
	switch {
	case c.Result != "":
		return result
	case now.Before(c.Opens):
		return before
	case now.Before(c.Closes):
		return open
	}
	return after
}

// votable are the consultations in which one can vote now.
func (s *site) votable(ctx context.Context) (found []Consultation, err error) {
	if s.Shelf == nil {
		return nil, nil
	}
	all, err := s.Shelf.Published(ctx)
	for _, c := range all {
		if c.phase(s.Now()) == open && c.Voting != "" {
			found = append(found, c)
		}
	}
	return found, err
}

// list is the page of all consultations.
func (s *site) list(v *view, r *http.Request) error {
	all, err := s.Shelf.Published(r.Context())
	if err != nil {
		return err
	}
	v.title, v.script, v.say, v.cache = "consultations.title", "consultations.js", []string{"account.kiosk."}, public.Minute
	v.document = list(v, all)
	return nil
}

// consultation is the page of one.
func (s *site) consultation(v *view, r *http.Request) error {
	c, err := s.Shelf.Consultation(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	v.title, v.script, v.say, v.cache = c.Draft.Title, "consultations.js", []string{"account.kiosk."}, public.Minute
	v.document = consultation(v, c)
	return nil
}

// phases are those in which the list shows consultations, in their order.
var phases = []phase{open, before, after, result}

func (v *view) those(all []Consultation, p phase) (found []Consultation) {
	for _, c := range all {
		if c.phase(v.Now()) == p {
			found = append(found, c)
		}
	}
	return found
}

// when says what comes next of a consultation.
func (v *view) when(c *Consultation) string {
	key, at := "consultations.until", c.Closes
	switch c.phase(v.Now()) {
	case before:
		key, at = "consultations.from", c.Opens
	case after, result:
		key = "consultations.ended"
	}
	return v.Say(key, "When", v.Instant(at, v.zone))
}

// territory names the constituencies of a consultation.
func (v *view) territory(d *space.Draft) string {
	if len(d.Territory) == len(v.Register.Constituencies) && len(d.Territory) > 1 {
		return v.Say("consultations.everywhere")
	}
	return v.named(d.Territory)
}

// rules are those of a consultation, a sentence each.
func (v *view) rules(c *Consultation) []string {
	d := c.Draft
	say := func(key string, pairs ...any) string { return v.Say("consultations.rule."+key, pairs...) }
	rules := []string{say("deciders-" + d.Deciders)}
	if d.Deciders == space.Both {
		rules = append(rules, say("scale-"+d.Scale), say("absent-"+d.Absent))
	}
	rules = append(rules, say("rule-"+d.Rule))
	if d.Turnout > 0 {
		rules = append(rules, say("turnout", "Percent", d.Turnout))
	}
	if d.Majority == 67 {
		rules = append(rules, say("two-thirds"))
	} else if d.Majority > 50 {
		rules = append(rules, say("majority", "Percent", d.Majority))
	}
	if d.Deciders == space.Assembly {
		return rules
	}
	finality := "final"
	if d.Finality == scrutin.Revote {
		finality = "revote"
	}
	return append(rules, say("finality-"+finality), say("publication-"+d.Publication), say("smallest", "Smallest", d.Smallest))
}

// away is an address of another origin in the language of the page; a terminal stays one
// there.
func (v *view) away(address string) templ.SafeURL {
	u, err := url.Parse(address)
	if err != nil {
		return templ.SafeURL(address)
	}
	u.Path = "/" + string(v.Language()) + u.Path
	if v.borne {
		u.RawQuery = kiosk
	}
	return templ.SafeURL(u.String())
}

// arguments are those of a side.
func (c *Consultation) arguments(side string) (found []space.Argument) {
	for _, a := range c.Arguments {
		if a.Side == side {
			found = append(found, a)
		}
	}
	return found
}

// leaks are what anybody can learn of a consultation, by the ends of their keys.
func leaks(d *space.Draft) []string {
	all := []string{"count", "turnout"}
	if d.Finality == scrutin.Revote {
		all = append(all, "ballots", "account")
	}
	all = append(all, "network")
	if d.Publication == "by-code" {
		all = append(all, "code")
	}
	return append(all, "face")
}

// fileAddress is that of a document or picture.
func (v *view) fileAddress(c *Consultation, digest scrutin.Digest) string {
	if v.file != nil {
		return v.file(digest)
	}
	return "/consultations/" + c.ID + "/" + digest.String()
}

// about is what kind of file a document is, and its size.
func (v *view) about(d *space.Document) string {
	kind := "pdf"
	if d.Media == "text/plain" {
		kind = "text"
	}
	return v.Say("consultations.media-"+kind) + ", " + v.Say("size.kilo", "Size", int((d.Size+1023)/1024))
}

// size is the attribute of a picture's width or height.
func size(n int) string { return fmt.Sprint(n) }

// languages are the others than that of the page.
func (v *view) languages() (others []words.Language) {
	for _, l := range words.Languages() {
		if l != v.Language() {
			others = append(others, l)
		}
	}
	return others
}
