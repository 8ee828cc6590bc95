package audit

// Outcome says how a check ended.
type Outcome string

// The outcomes. Only Passed holds; NotAsked stands for an anchor that was not
// given.
const (
	Passed   Outcome = "passed"
	Refused  Outcome = "refused"
	NotRun   Outcome = "not run"
	NotAsked Outcome = "not asked"
)

// Verdict is what the auditor concludes.
type Verdict string

// The verdicts. An export holds under the first two.
const (
	Verified   Verdict = "verified"
	Consistent Verdict = "consistent, not authenticated"
	Rejected   Verdict = "refused"
	Annulled   Verdict = "annulled" // all may hold, and the result is void
)

// A Report is everything the auditor found. Its JSON is what -json prints.
type Report struct {
	Verdict     Verdict       `json:"verdict"`
	Fingerprint string        `json:"fingerprint"` // hex f
	Opening     string        `json:"opening"`     // hex o
	Seal        string        `json:"seal"`        // hex S
	Title       string        `json:"title"`
	Void        string        `json:"void,omitempty"` // why the bureau annulled the result
	LastAct     *LastAct      `json:"last_act,omitempty"`
	Checks      []CheckReport `json:"checks"`
	Counted     []Figure      `json:"counted"`
	Timestamps  []Timestamped `json:"timestamps,omitempty"`
	Amended     []Amended     `json:"amended,omitempty"`    // the roll, after it was opened
	Challenges  []Challenged  `json:"challenges,omitempty"` // ballots that were opened instead of cast
	Cells       []CellReport  `json:"cells"`
	Mixte       []Mixte       `json:"mixte,omitempty"` // members and citizens together
	Decided     []Decided     `json:"decided,omitempty"`
}

// A LastAct is the last act in this copy of the record. A later one that was left
// out, as of an annulment, would not be seen: the bureau says which is its last.
type LastAct struct {
	Number int    `json:"number"`
	Type   string `json:"type"`
	Time   string `json:"time"`
	Digest string `json:"digest"` // hex SHA-256 of its text
}

// A CheckReport is a check with its outcome and what it found.
type CheckReport struct {
	Check
	Outcome  Outcome   `json:"outcome"`
	Findings []Finding `json:"findings,omitempty"`
}

// A Figure compares how many things of a kind the auditor checked with how
// many the record holds. They must be equal.
type Figure struct {
	Name    string `json:"name"`
	Checked int    `json:"checked"`
	Record  int    `json:"record"`
}

// Amended is what an amendment changed in the roll of an urn.
type Amended struct {
	Amendment int    `json:"amendment"`
	Act       int    `json:"act"` // number of the act that adopted it
	Urn       string `json:"urn"`
	Added     int    `json:"added"`
	Struck    int    `json:"struck"`
}

// Challenged is how many ballots were opened instead of cast in an urn, how many of them
// are contested by somebody who disclosed the code, and how many of these do not verify.
type Challenged struct {
	Urn       string `json:"urn"`
	Opened    int    `json:"opened"`
	Contested int    `json:"contested"`
	Failed    int    `json:"failed"`
}

// A CellReport is the recomputed result of one cell.
type CellReport struct {
	Name      string           `json:"name"`
	Label     string           `json:"label"`
	Urns      []string         `json:"urns"`
	Electors  int              `json:"electors"`
	Marks     int              `json:"marks"`
	Ballots   int              `json:"ballots"`
	Questions []QuestionReport `json:"questions"`
}

// A QuestionReport gives the counts of one question: options in the
// manifest's order, the blank ballots and the null ones.
type QuestionReport struct {
	Question string        `json:"question"`
	Options  []OptionCount `json:"options"`
	Blank    int           `json:"blank"`
	Null     int           `json:"nul"`
}

// An OptionCount is the number of ballots for one option.
type OptionCount struct {
	Option  string `json:"option"`
	Label   string `json:"label"`
	Ballots int    `json:"ballots"`
}

// Holds says whether the export is accepted.
func (r *Report) Holds() bool { return r.Verdict == Verified || r.Verdict == Consistent }

// Failed returns the numbers of the checks that did not pass.
func (r *Report) Failed() []int {
	var failed []int
	for _, c := range r.Checks {
		if c.Outcome == Refused || c.Outcome == NotRun {
			failed = append(failed, c.Number)
		}
	}
	return failed
}

// conclude fills the checks from the ledger and computes the verdict from
// them and from the figures alone.
func (r *Report) conclude(l *ledger) {
	r.Verdict = Verified
	r.Checks = make([]CheckReport, 0, len(registry))
	for _, c := range registry {
		outcome, findings := l.outcome(c.Number)
		r.Checks = append(r.Checks, CheckReport{c, outcome, findings})
		switch outcome {
		case Passed:
		case NotAsked:
			if r.Verdict == Verified {
				r.Verdict = Consistent
			}
		default:
			r.Verdict = Rejected
		}
	}
	for _, f := range r.Counted {
		if f.Checked != f.Record {
			r.Verdict = Rejected
		}
	}
	if r.Void != "" && r.Verdict != Rejected {
		r.Verdict = Annulled
	}
}
