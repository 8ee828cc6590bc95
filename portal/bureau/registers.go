package bureau

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"isoloir/bve"
	"isoloir/bve/journal"
	"isoloir/portal/passkey"
	"isoloir/scrutin"
)

// entriesShown is how many entries stand on a page of the journal.
const entriesShown = 50

func (s *site) journal(v *visit) (view, error) {
	entries := s.Office.Journal().Entries(0)
	last := len(entries)
	before, err := last+1, error(nil)
	if text := v.r.FormValue("avant"); text != "" {
		if before, err = strconv.Atoi(text); err != nil || before < 1 || before > last+1 {
			return view{}, errNoPage
		}
	}
	page := slices.Clone(entries[max(before-1-entriesShown, 0) : before-1])
	slices.Reverse(page)
	return shown(v, "members.link-journal", journalPage(v, page, before-1, last)), nil
}

// copy is the whole journal as one file, which a member keeps and can verify.
func (s *site) copy(v *visit) (view, error) {
	if !v.takesJournal() {
		return view{}, errNotYours
	}
	if !v.state.Procedure.Ended() { // it has turnout
		if _, err := s.Office.Say(v.r.Context(), journal.Read{Member: v.who.ID, What: journal.ReadTurnout}); err != nil {
			return view{}, err
		}
	}
	entries := s.Office.Journal().Entries(0)
	rows := make([]journal.Row, len(entries))
	for i, e := range entries {
		rows[i] = journal.Row{Number: e.Number, Seconds: e.Time.Unix(), Text: e.Text, Head: e.Head, Note: e.Note}
	}
	return view{serve: func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Disposition", `attachment; filename="journal"`)
		w.Write(journal.Encode(v.f, rows))
	}}, nil
}

// withheld says whether of an entry there is but its digest: turnout is for those who may read
// it, and is read where that is entered, until the vote has ended.
func (v *visit) withheld(e *journal.Entry) bool {
	_, turnout := e.Statement.Body.(journal.Turnout)
	return turnout && !(v.state.Procedure.Ended() && v.takesJournal())
}

// mediaStates are those of a medium, in the order in which they are offered.
var mediaStates = []string{journal.In, journal.Out, journal.Seen, journal.Tested, journal.Lost}

func custodyOf(e *journal.Entry) journal.Custody { return e.Statement.Body.(journal.Custody) }

func (s *site) media(v *visit) (view, error) {
	p := working(v, "members.link-media", 0)
	p.body = mediaPage(v)
	return p, nil
}

func observationOf(e *journal.Entry) journal.Observation {
	return e.Statement.Body.(journal.Observation)
}

func (s *site) observations(v *visit) (view, error) {
	p := working(v, "members.link-observations", 0)
	p.body = observationsPage(v)
	return p, nil
}

// quality is what a member is when he observes.
func quality(m *scrutin.Member) string {
	if m.Role == scrutin.Delegate {
		return "delegate"
	}
	return "member"
}

// qualities are those of people who observe without a login.
var qualities = []string{"voter", "candidate", "delegate"}

// annexed says whether the bureau has adopted the minutes: what is observed from then on
// stands in their annex.
func annexed(s *bve.State) bool { return len(s.Procedure.Minutes) > 0 }

func (s *site) observing(v *visit) (view, error) {
	return view{title: v.Say("observe.title"), body: observing(v, "")}, nil
}

// How long an observation without a login may be.
const (
	observedLines = 40
	observedLine  = 1000 // characters
	observedBytes = 4000
)

// observe takes an observation of somebody without a login. Who he is, is what he says.
func (s *site) observe(v *visit) (view, error) {
	not := func(key string, status int) (view, error) {
		return view{title: v.Say("observe.title"), body: observing(v, key), status: status}, nil
	}
	o := journal.Observation{Who: oneLine(v.r.PostFormValue("who")), Quality: v.r.PostFormValue("quality"), Text: lines(v.r.PostFormValue("text"))}
	if o.Who == "" || len(o.Who) > 300 || !slices.Contains(qualities, o.Quality) || o.Check() != nil {
		return not("observe.wrong", http.StatusUnprocessableEntity)
	}
	long := func(line string) bool { return utf8.RuneCountInString(line) > observedLine }
	if len(o.Text) > observedLines || len(strings.Join(o.Text, "\n")) > observedBytes || slices.ContainsFunc(o.Text, long) {
		return not("observe.long", http.StatusUnprocessableEntity)
	}
	if s.every.Take(struct{}{}) > 0 {
		return not("observe.often", http.StatusTooManyRequests)
	}
	if err := s.stand(v); err != nil {
		return view{}, err
	}
	if len(v.told.observations) >= mostObservations {
		return not("observe.full", http.StatusUnprocessableEntity)
	}
	o.Annex = annexed(v.state.State)
	if _, err := s.Office.Say(v.r.Context(), o); err != nil {
		return view{}, err
	}
	return view{title: v.Say("observe.title"), body: observed(v)}, nil
}

// lines are those of a text, as a record holds them.
func lines(text string) []string {
	var out []string
	for line := range strings.Lines(strings.TrimSpace(text)) {
		out = append(out, oneLine(line))
	}
	return out
}

func (s *site) members(v *visit) (view, error) {
	p := working(v, "members.link-members", 0)
	p.body = membersPage(v, passkey.Holdings(s.Office.Journal().Entries(0), v.m.Platform.Contents.ID, v.now))
	return p, nil
}

func reportOf(e *journal.Entry) journal.Report { return e.Statement.Body.(journal.Report) }

func (s *site) expert(v *visit) (view, error) {
	p := working(v, "members.link-expert", 0)
	p.body = expertPage(v)
	return p, nil
}
