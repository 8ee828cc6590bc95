package bureau

import (
	"context"
	"net/http"
	"slices"
	"time"

	"isoloir/bve"
	"isoloir/bve/journal"
	"isoloir/bve/minutes"
	"isoloir/portal/oversight"
	"isoloir/scrutin"
)

// An Office is the bureau at work: *bve.Office is one. It is asked anew for every page,
// by many at once. What it refuses by a rule is a [Refusal].
type Office interface {
	Journal() *journal.Journal
	// State is where the bureau stands now.
	State(context.Context) (*bve.State, error)
	// Submit brings a statement that a member has signed to the journal.
	Submit(ctx context.Context, note []byte) (*journal.Entry, error)
	// Say enters what the service says.
	Say(context.Context, journal.Body) (*journal.Entry, error)
	// Draft is the act that a motion would propose: this kind, with what a member gives
	// and what the service fills in.
	Draft(ctx context.Context, kind string, given scrutin.ActBody) (*scrutin.Act, error)
	// Adopt writes the act of a motion whose voices suffice, asked for by this member.
	Adopt(ctx context.Context, member string, motion scrutin.Digest) error
	// DraftMinutes are the minutes of record and journal as they are now.
	DraftMinutes(ctx context.Context, language string) (*minutes.Minutes, error)
	// DrawUp draws up the minutes, or their next annex, to be signed, as a member asks.
	DrawUp(ctx context.Context, member, language string) (*journal.Entry, error)
	// Papers are what stands drawn up, in the order of State.Drawn.
	Papers(context.Context) ([]*minutes.Minutes, error)
	// Bring lets something be put in the record while no act is written.
	Bring(ctx context.Context, put func(*bve.State) error) error
}

// A Platform is what the bureau asks of roll, urn and issuers (docs/bureau.md, section 5).
type Platform interface {
	Turnout(context.Context) (*Turnout, error)
	List(context.Context, oversight.ListQuestion) (*oversight.ListPage, error)
	// Check begins an integrity check, whose reports the journal tells of.
	Check(context.Context) error
	// Report is the last signed report of a role's store.
	Report(ctx context.Context, role string) ([]byte, error)
	// Checkpoint is the last one of an urn's log, as the urn shows it to everybody.
	Checkpoint(ctx context.Context, urn string) ([]byte, error)
	// Challenges are the ballots that devices opened to be checked.
	Challenges(context.Context) (*oversight.Challenges, error)
	// Roles are those of the platform, as they answered last.
	Roles() []Role
}

// Passkeys lets members in: *passkey.Service does.
type Passkeys interface {
	// Who is the member who asks; nil for nobody.
	Who(*http.Request) (*scrutin.Member, error)
	// Mount adds the routes that the page of the login asks.
	Mount(*http.ServeMux)
}

// A Refusal says in a language, "fr" or else English, why something cannot be, by
// which article, and what to do.
type Refusal interface {
	error
	Sentence(language string) string
}

// A Turnout is, urn by urn in the manifest's order, marks and ballots. Exact says that
// these are all; otherwise they are rounded down, as of an instant.
type Turnout struct {
	At    time.Time
	Exact bool
	Urns  []scrutin.Finding
}

// A Role is one of the platform's, as it answered last.
type Role struct {
	oversight.State
	Answered time.Time     // zero if it never has
	Off      time.Duration // its clock
	Same     bool          // its program is the one that the bureau has sealed
	Awaited  bool          // it never answered, and the vote is not open: it is not served yet
}

// standing is where the bureau stands, as pages show it.
type standing struct {
	*bve.State
	voting    string // before, open, suspended, closed or published
	path      []bve.Step
	presiding string
	keeping   string
	lack      error         // what keeps those present from deciding, nil if nothing
	motions   []*bve.Motion // of this session or the last one, the newest first
	kinds     []string      // of acts that may be proposed now, as far as order decides, the next one of the path first
}

func standingOf(m *scrutin.Manifest, s *bve.State, now time.Time) *standing {
	st := &standing{State: s, path: s.Path(now), kinds: s.Procedure.Next(), voting: phaseOf(m, s, now)}
	last := 0
	for _, motion := range s.Motions {
		last = max(last, motion.Act.Session)
	}
	if s.Session.Number > 0 {
		last = s.Session.Number
		st.presiding, st.keeping = bve.Presiding(m, s.Session.Present).Member, bve.Keeping(m, s.Session.Present).Member
		st.lack = s.Sitting().Adopted(slices.DeleteFunc(slices.Clone(s.Session.Present), func(id string) bool {
			b, _ := m.Member(id)
			return b.Role == scrutin.Committee || b.Role == scrutin.Expert
		}))
	}
	for _, motion := range slices.Backward(s.Motions) {
		if motion.Act.Session == last {
			st.motions = append(st.motions, motion)
		}
	}
	first := func(kind string) int { // what is offered first is what one proposes by mistake
		if i := slices.IndexFunc(st.path, func(s bve.Step) bool { return s.Kind == kind && s.Standing != bve.Done }); i >= 0 {
			return i
		}
		return len(st.path)
	}
	slices.SortStableFunc(st.kinds, func(a, b string) int { return first(a) - first(b) })
	return st
}

// phaseOf is the phase of the vote.
func phaseOf(m *scrutin.Manifest, s *bve.State, now time.Time) string {
	done := func(kind string) bool {
		return slices.ContainsFunc(s.Acts(), func(a bve.Act) bool { return a.Type == kind })
	}
	switch {
	case s.Procedure.Proclaimed():
		return "published"
	case s.Procedure.Ended(), done(scrutin.ActClose), done(scrutin.ActOpen) && !now.Before(s.Procedure.Closes().Time):
		return "closed"
	case !done(scrutin.ActOpen), now.Before(m.Schedule.Open.Time):
		return "before"
	case s.Procedure.Voting():
		return "open"
	}
	return "suspended"
}
