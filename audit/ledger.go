package audit

import (
	"errors"
	"fmt"
	"slices"
	"sync"
)

// errNotRun is the finding of a check that nothing reported on.
var errNotRun = errors.New("not run")

// A ledger keeps what every check reported. It starts from the registry, so
// that a check which nobody reaches stands there as not run: no verdict but
// the ledger's own is ever given.
type ledger struct {
	mu       sync.Mutex
	entries  map[int]*entry
	subjects map[Scope][]string
	asked    map[int]bool // anchors that were given
	off      int          // a check whose failures are dropped: only tests set it
}

type entry struct {
	check    Check
	passed   map[string]bool
	findings []Finding
	more     int // failures beyond mostFindings
}

// mostFindings is how many failures of one check are told one by one.
const mostFindings = 20

// A Finding is one failure of a check.
type Finding struct {
	Subject string `json:"subject,omitempty"` // urn or cell
	Text    string `json:"text"`
}

func newLedger() *ledger {
	l := &ledger{
		entries:  make(map[int]*entry, len(registry)),
		subjects: map[Scope][]string{Whole: {""}, Anchor: {""}},
		asked:    make(map[int]bool),
	}
	for _, c := range registry {
		l.entries[c.Number] = &entry{check: c, passed: make(map[string]bool)}
	}
	return l
}

// expect says for which subjects the checks of a scope must report.
func (l *ledger) expect(s Scope, subjects []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.subjects[s] = slices.Clone(subjects)
}

// enter keeps the outcome of a check for a subject ("" for the whole
// export): passed if err is nil. One failure refuses the check for good. It
// says whether it entered a failure.
func (l *ledger) enter(number int, subject string, err error) (failed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.entries[number]
	if !ok {
		panic(fmt.Sprintf("audit: check %d is not registered", number))
	}
	if err == nil || number == l.off {
		e.passed[subject] = true
		return false
	}
	if len(e.findings) == mostFindings {
		e.more++
		return true
	}
	e.findings = append(e.findings, Finding{Subject: subject, Text: err.Error()})
	return true
}

// holds says whether a check passed for a subject, and nothing was found against it.
func (l *ledger) holds(number int, subject string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.entries[number]
	against := func(f Finding) bool { return f.Subject == subject }
	return e.passed[subject] && e.more == 0 && !slices.ContainsFunc(e.findings, against)
}

// outcome says how a check stands.
func (l *ledger) outcome(number int) (Outcome, []Finding) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.entries[number]
	if len(e.findings) > 0 {
		findings := slices.Clone(e.findings)
		if e.more > 0 {
			findings = append(findings, Finding{Text: fmt.Sprintf("and %d more", e.more)})
		}
		return Refused, findings
	}
	if e.check.Per == Anchor && !l.asked[number] {
		return NotAsked, nil
	}
	subjects, known := l.subjects[e.check.Per]
	if !known {
		return NotRun, []Finding{{Text: errNotRun.Error()}}
	}
	var missing []Finding
	for _, s := range subjects {
		if !e.passed[s] {
			missing = append(missing, Finding{Subject: s, Text: errNotRun.Error()})
		}
	}
	if len(missing) > 0 {
		return NotRun, missing
	}
	return Passed, nil
}
