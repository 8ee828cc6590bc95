package bureau

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"isoloir/bve"
	"isoloir/bve/journal"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"

	"github.com/a-h/templ"
)

func (s *site) sitting(v *visit) (view, error) {
	p := working(v, "sitting.title", 5)
	p.body = sittingPage(v)
	return p, nil
}

func (s *site) motionPage(v *visit) (view, error) {
	m := v.motion(v.r.PathValue("motion"))
	if m == nil {
		return view{}, errNoPage
	}
	p := working(v, "deed.name-"+m.Act.Type, 5)
	p.body = motionAlone(v, m)
	return p, nil
}

// draft shows the act that a member would propose, or why it cannot be.
func (s *site) draft(v *visit) (view, error) {
	kind := v.r.PostFormValue("act")
	if !slices.Contains(v.state.kinds, kind) {
		return view{}, errNoPage
	}
	p := working(v, "sitting.propose", 0)
	if v.needs(kind).any() && v.r.PostFormValue("given") == "" {
		p.body = askedFor(v, kind, v.needs(kind))
		return p, nil
	}
	given, err := v.given(kind)
	if err != nil {
		p.body, p.status = askedFor(v, kind, v.needs(kind)), http.StatusUnprocessableEntity
		if errors.As(err, new(scrutin.ClockChange)) {
			p.body = templ.Join(refusedBy(v, err), p.body)
		}
		return p, nil
	}
	act, err := s.Office.Draft(v.r.Context(), kind, given)
	if bve.Surmountable(err) && given.Reason == "" {
		p.body, p.status = templ.Join(refusedBy(v, err), askedFor(v, kind, need{reason: true})), http.StatusUnprocessableEntity
		return p, nil
	}
	if err != nil {
		return view{}, err
	}
	p.body = drafted(v, act)
	return p, nil
}

// A need is what a member must give for an act beside its kind.
type need struct{ reason, opinion, close, cells, waives, adopts, replaces bool }

func (n need) any() bool { return n != need{} }

// needs says what an act wants that the service cannot fill in here: of minutes that were drawn up it knows all.
func (v *visit) needs(kind string) need {
	if kind == scrutin.ActMinutes && len(v.state.Drawn) > 0 {
		return need{}
	}
	return needs(kind)
}

// needs says what the acts want that no service can fill in.
func needs(kind string) need {
	switch kind {
	case scrutin.ActSuspend, scrutin.ActStop:
		return need{reason: true, opinion: true}
	case scrutin.ActAddendum, scrutin.ActAppend:
		return need{reason: true, opinion: true, adopts: true}
	case scrutin.ActUpdate:
		return need{reason: true, opinion: true, adopts: true, replaces: true}
	case scrutin.ActMinutes, scrutin.ActArchive, scrutin.ActDestroy:
		return need{adopts: true}
	case scrutin.ActAuthority:
		return need{reason: true, adopts: true}
	case scrutin.ActExtend:
		return need{reason: true, opinion: true, close: true}
	case scrutin.ActOpenSmall:
		return need{reason: true, cells: true}
	case scrutin.ActWaive:
		return need{reason: true, waives: true}
	case scrutin.ActAnnul, scrutin.ActWithdraw, scrutin.ActHold, scrutin.ActRelease:
		return need{reason: true}
	}
	return need{}
}

// given reads the form of what an act needs. An error is a moment or a record that is none.
func (v *visit) given(kind string) (body scrutin.ActBody, err error) {
	n := v.needs(kind)
	if n.reason || v.r.PostFormValue("reason") != "" {
		body.Reason = oneLine(v.r.PostFormValue("reason"))
	}
	if n.opinion {
		body.Opinion = oneLine(v.r.PostFormValue("opinion"))
	}
	if n.close {
		if body.Close, err = scrutin.LocalTime("2006-01-02T15:04", v.r.PostFormValue("close"), v.zone); err != nil {
			return body, err
		}
	}
	if n.adopts {
		if body.Adopts, err = records(v.r.PostFormValue("adopts")); err != nil {
			return body, err
		}
	}
	if n.replaces {
		if body.Replaces, err = records(v.r.PostFormValue("replaces")); err != nil {
			return body, err
		}
	}
	if n.cells {
		body.Cells = strings.Fields(v.r.PostFormValue("cells"))
	}
	if n.waives {
		v.r.ParseForm()
		for _, h := range v.m.Bureau.Members {
			if slices.Contains(v.r.PostForm["waives"], h.ID) {
				body.Waives = append(body.Waives, h.ID)
			}
		}
	}
	return body, nil
}

// records reads those that an act adopts, one on each line: digest and path, as sha256sum
// writes them.
func records(text string) (all []scrutin.Adopted, err error) {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if len(fields) != 2 {
			return nil, fmt.Errorf("%q is no digest with a path", line)
		}
		digest, err := scrutin.ParseDigest(fields[0])
		if err != nil {
			return nil, err
		}
		all = append(all, scrutin.Adopted{Path: fields[1], SHA256: digest})
	}
	return all, nil
}

// oneLine is text as a record holds it: on one line, and without what no record holds.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, " "), func(r rune) bool { return unicode.IsSpace(r) || canon.CheckString(string(r)) != nil }), " ")
}

// heard is what the committee has said about a kind of act, for the form.
func (v *visit) heard(kind string) string {
	for _, e := range v.told.opinions {
		if o := opinionOf(e); o.About == kind {
			return o.Opinion
		}
	}
	return ""
}

// adopt writes an act whose voices suffice.
func (s *site) adopt(v *visit) (view, error) {
	m := v.motion(v.r.PathValue("motion"))
	if m == nil {
		return view{}, errNoPage
	}
	if !v.present() {
		return view{}, errNotYours
	}
	if err := s.Office.Adopt(v.r.Context(), v.who.ID, m.Name); err != nil {
		return view{}, err
	}
	return view{redirect: v.href("/seance?fait=act")}, nil
}

// actTime is the moment of an act, in the legal time of the vote.
func (v *visit) actTime(a *scrutin.Act) string { return v.when(a.Time.Time) }

// firstAdopts are the first few records that an act adopts.
func firstAdopts(a *scrutin.Act) []scrutin.Adopted {
	return a.Body.Adopts[:min(len(a.Body.Adopts), 12)]
}

// excluded are the holders whom an act leaves out of the ceremony.
func excluded(a *scrutin.Act) (ids []string) {
	for _, e := range a.Body.Excluded {
		ids = append(ids, e.Holder)
	}
	return ids
}

// presides says whether who visits presides over the session.
func (v *visit) presides() bool { return v.who != nil && v.who.ID == v.state.presiding }

// heardBefore are the acts about which the technical committee is heard.
var heardBefore = []string{scrutin.ActSuspend, scrutin.ActResume, scrutin.ActStop, scrutin.ActExtend, scrutin.ActAddendum, scrutin.ActUpdate, scrutin.ActAppend}

func opinionOf(e *journal.Entry) journal.Opinion { return e.Statement.Body.(journal.Opinion) }

// sits says whether a member has a seat, to which a fragment belongs.
func sits(m *scrutin.Member) bool {
	return m.Role != scrutin.Expert && m.Role != scrutin.Committee && m.Class != scrutin.Operator
}

func in(list []string, id string) bool { return slices.Contains(list, id) }
