package bureau

import (
	"context"
	"time"

	"isoloir/bve/journal"
	"isoloir/scrutin"
)

// A Bureau is the bureau's service as the pages ask it. It is asked anew for every
// page, by many at once; what it returns is not changed by the pages. What it refuses
// by a rule is a [Refusal].
type Bureau interface {
	// Manifest is the sealed manifest, and Fingerprint its f.
	Manifest() *scrutin.Manifest
	Fingerprint() scrutin.Digest
	// Journal is every entry so far, in order.
	Journal(context.Context) ([]*journal.Entry, error)
	// State is where the bureau stands now.
	State(context.Context) (*State, error)
	// Submit brings a note that a member has signed to the journal.
	Submit(ctx context.Context, note []byte) (*journal.Entry, error)
	// Draft is the act that a motion would propose: this kind, with what a member gives
	// and the service's own figures.
	Draft(ctx context.Context, kind string, given scrutin.ActBody) (*scrutin.Act, error)
	// Adopt writes the act of a motion whose voices suffice, asked for by this member.
	Adopt(ctx context.Context, member string, motion scrutin.Digest) error
	// Turnout and Register enter that this member reads, and then answer.
	Turnout(ctx context.Context, member string) ([]scrutin.Finding, error)
	Register(ctx context.Context, member, urn string, page int) (*Register, error)
	// Check begins an integrity check that this member asks for.
	Check(ctx context.Context, member string) error
	// Observe takes an observation of somebody without a login.
	Observe(ctx context.Context, o journal.Observation) error
	// Roles are those of the platform, as they answered last.
	Roles(context.Context) ([]Role, error)
}

// A Refusal says in a language, "fr" or else English, why something cannot be, by
// which article, and what to do.
type Refusal interface {
	error
	Sentence(language string) string
}

// A State is where the bureau stands, by its acts and its session.
type State struct {
	Voting  string    // before, open, suspended, closed or published
	Closes  time.Time // the end of voting, as extended
	Path    []Step
	Session Session
	Motions []Motion // of this session, the newest first; of the last one when none is open
	// Kinds are the acts that may be proposed now, as far as order decides.
	Kinds []string
}

// Standings of a step.
const (
	Done     = "done"
	Possible = "possible"
	Blocked  = "blocked" // it comes next, and something is in the way
	Later    = "later"
)

// A Step is one of the acts that take the vote from its constitution to its end.
type Step struct {
	Kind     string // of the act
	Standing string
	At       time.Time // when it was done
	Session  int       // in which
	Why      error     // what blocks it
	Who      []string  // members who must act next, for it to be done
}

// A Session is a séance. Number is zero while none is open.
type Session struct {
	Number    int
	Purpose   string
	Since     time.Time
	Present   []string // members, in the manifest's order
	Presiding string
	Keeping   string
	Lack      error // what keeps those present from deciding, nil if nothing
}

// What has become of a motion.
const (
	Pending = "pending" // voices are awaited
	Enough  = "enough"  // the voices suffice: any member present can write the act
	Adopted = "adopted"
	Lapsed  = "lapsed"
)

// A Motion proposes an act.
type Motion struct {
	Name    scrutin.Digest // of the act's text
	Act     *scrutin.Act
	By      string
	At      time.Time
	For     []string
	Against []string
	Abstain []string
	Outcome string
	Why     error // what is lacking, or why it has lapsed
}

// A Register is a page of the roll of an urn, with who has voted.
type Register struct {
	Pages int
	Lines []Elector
}

// An Elector is a line of a Register.
type Elector struct {
	Order             int
	Name, Given, Born string
	Voted             bool
}

// A Role is one of the platform's, as it answered last.
type Role struct {
	Name     string
	Answered time.Time
	Ready    bool
	Clock    time.Duration // off by so much
	Disk     int           // per cent in use
	Program  scrutin.Digest
	Same     bool // the program is the one of the opening record
}
