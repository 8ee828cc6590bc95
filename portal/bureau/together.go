package bureau

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"isoloir/bve"
	"isoloir/bve/journal"
	"isoloir/scrutin"
	"isoloir/scrutin/note"

	"github.com/a-h/templ"
)

// A Carried is another scrutin whose bureau's record and journal this service reaches, so that one decision can be taken for several.
type Carried struct {
	Manifest    *scrutin.Manifest
	Fingerprint scrutin.Digest
	Office      Office
}

// jointly are the acts that are proposed for several scrutins at once (arrêté of 25 August 2020, art. 29).
var jointly = []string{scrutin.ActSuspend, scrutin.ActResume, scrutin.ActStop, scrutin.ActAnnul}

// A bench is one of the scrutins of this service, as a member of its bureau finds it.
type bench struct {
	Carried
	state   *bve.State
	head    scrutin.Digest // of its journal
	present bool           // who visits sits in its session
}

// open is the motion before its session; nil for none.
func (b bench) open() *bve.Motion { return b.state.Open() }

// waits says whether who visits has a voice left on the motion before its session.
func (b bench) waits(who string) bool {
	m := b.open()
	return b.present && m != nil && !slices.Contains(slices.Concat(m.For, m.Against, m.Abstain), who)
}

// carried are the scrutins of this service in whose bureaux who visits sits, by the same key: this one first.
func (s *site) carried(v *visit) []Carried {
	all := []Carried{{s.Manifest, s.Fingerprint, s.Office}}
	for _, c := range s.Others {
		if m, known := c.Manifest.Member(v.who.ID); known && m.Key == v.who.Key && m.Class != scrutin.Operator {
			all = append(all, c)
		}
	}
	return all
}

func (s *site) benches(v *visit) (all []bench, err error) {
	for _, c := range s.carried(v) {
		state, err := c.Office.State(v.r.Context())
		if err != nil {
			return nil, err
		}
		all = append(all, bench{c, state, c.Office.Journal().Place().Head, slices.Contains(state.Session.Present, v.who.ID)})
	}
	return all, nil
}

// together shows the scrutins of this service side by side: what is before the session of each, and what may be decided for several.
func (s *site) together(v *visit) (view, error) {
	benches, err := s.benches(v)
	if err != nil {
		return view{}, err
	}
	p := working(v, "together.title", 5)
	p.body = togetherPage(v, benches)
	return p, nil
}

// draftTogether shows the act of each scrutin that was chosen, as it would be proposed.
func (s *site) draftTogether(v *visit) (view, error) {
	kind := v.r.PostFormValue("act")
	benches, err := s.benches(v)
	if err != nil {
		return view{}, err
	}
	benches = slices.DeleteFunc(benches, func(b bench) bool {
		return !b.present || !slices.Contains(v.r.PostForm["scrutin"], b.Fingerprint.String())
	})
	if !slices.Contains(jointly, kind) || len(benches) == 0 {
		return view{}, errNoPage
	}
	given := scrutin.ActBody{Reason: oneLine(v.r.PostFormValue("reason")), Opinion: oneLine(v.r.PostFormValue("opinion"))}
	acts := make([]*scrutin.Act, len(benches))
	for i, b := range benches {
		if acts[i], err = b.Office.Draft(v.r.Context(), kind, given); err != nil {
			return view{}, saying{v.Say("together.in", "Title", b.Manifest.Scrutin.Title, "Why", v.because(err)), err}
		}
	}
	p := working(v, "together.title", 0)
	p.body = draftedTogether(v, benches, acts)
	return p, nil
}

// adoptTogether writes the acts of all motions whose voices suffice, in the scrutins in which who visits is present.
func (s *site) adoptTogether(v *visit) (view, error) {
	benches, err := s.benches(v)
	if err != nil {
		return view{}, err
	}
	v.r.ParseForm()
	written := 0
	for _, b := range benches {
		if m := b.open(); b.present && m != nil && m.Outcome == bve.Enough && slices.Contains(v.r.PostForm["motion"], m.Name.String()) {
			if err := b.Office.Adopt(v.r.Context(), v.who.ID, m.Name); err != nil {
				return view{}, saying{v.Say("together.in", "Title", b.Manifest.Scrutin.Title, "Why", v.because(err)), err}
			}
			written++
		}
	}
	if written == 0 {
		return view{}, errNoPage
	}
	return view{redirect: v.href("/seance/ensemble?fait=act")}, nil
}

// errElsewhere says that a statement is about a scrutin in whose bureau its author does not sit here.
var errElsewhere = errors.New("this statement is about another scrutin")

// brought takes a note to the journal of the scrutin that it is about, as the statement of who has logged in.
func (s *site) brought(ctx context.Context, v *visit, data []byte) (*journal.Statement, *journal.Entry, error) {
	text, err := note.Text(data)
	if err != nil {
		return nil, nil, err
	}
	st, err := journal.ParseStatement(text)
	if err != nil {
		return nil, nil, err
	}
	all := s.carried(v)
	i := slices.IndexFunc(all, func(c Carried) bool { return c.Fingerprint == st.Manifest })
	if i < 0 {
		return nil, nil, fmt.Errorf("%w: %w: %s", errElsewhere, scrutin.ErrOtherScrutin, st.Manifest)
	}
	if st, _, err = journal.OpenStatement(data, all[i].Manifest, all[i].Fingerprint); err != nil {
		return nil, nil, err
	}
	if st.By != v.who.ID {
		return nil, nil, saying{v.Say("signing.other"), errNotYours}
	}
	e, err := all[i].Office.Submit(ctx, data)
	return st, e, err
}

// chair gives a fieldset what the page's script needs to state something in a scrutin.
func (b bench) chair() templ.Attributes {
	return templ.Attributes{"data-manifest": b.Fingerprint.String(), "data-session": number(b.state.Session.Number), "data-seen": b.head.String()}
}
