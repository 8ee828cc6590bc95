package login

import (
	"fmt"
	"slices"
	"time"

	"isoloir/scrutin"
)

// A Step is what is asked of an elector besides his two codes.
type Step byte

// The steps, as they are named on the wire.
const (
	Nothing  Step = iota
	ByEmail       // six digits sent by e-mail
	ByText        // six digits sent by text message
	Question      // the personal question
)

// known says whether a byte of the wire is a step.
func (s Step) known() bool { return s <= Question }

// Channel is the channel in the manifest by which the step's digits come; empty
// where none are sent.
func (s Step) Channel() string {
	switch s {
	case ByEmail:
		return "email"
	case ByText:
		return "sms"
	}
	return ""
}

// A Policy is what a college asks of its electors: the factors after the codes, each
// before the session is opened, and the validation before a reservation.
type Policy struct {
	Factors    []Step
	Validation Step
}

// steps lists what is to be proved, in order.
func (p Policy) steps() []Step {
	if p.Validation == Nothing {
		return p.Factors
	}
	return append(slices.Clone(p.Factors), p.Validation)
}

// PolicyOf reads the policy of an urn's college. It fails for what cannot be asked
// online, and for digits by a channel that no issuer has.
func PolicyOf(m *scrutin.Manifest, urn scrutin.Urn) (p Policy, err error) {
	at := slices.IndexFunc(m.Colleges, func(c scrutin.College) bool { return c.ID == urn.College })
	if at < 0 {
		return p, fmt.Errorf("urn %s: the manifest has no college %s", urn.ID, urn.College)
	}
	college := m.Colleges[at]
	for _, f := range college.Factors {
		if f.Kind == "identifier" || f.Kind == "password" {
			continue // the two codes
		}
		step, err := stepOf(m, f.Kind, f.Channel)
		if err != nil {
			return p, fmt.Errorf("factors of college %s: %w", college.ID, err)
		}
		p.Factors = append(p.Factors, step)
	}
	if p.Validation, err = stepOf(m, college.Validation.Kind, college.Validation.Channel); err != nil {
		return p, fmt.Errorf("validation of college %s: %w", college.ID, err)
	}
	return p, nil
}

func stepOf(m *scrutin.Manifest, kind, channel string) (Step, error) {
	switch {
	case kind == "none":
		return Nothing, nil
	case kind == "question":
		return Question, nil
	case kind != "code":
		return 0, fmt.Errorf("%s cannot be asked by the roll online", kind)
	}
	for _, s := range []Step{ByEmail, ByText} {
		if s.Channel() == channel && slices.ContainsFunc(m.Issuers, func(i scrutin.Issuer) bool { return i.Channel == channel }) {
			return s, nil
		}
	}
	return 0, fmt.Errorf("no issuer can send a code by %s while the elector waits", channel)
}

// A Window is when one may vote, as the bureau's acts have it so far.
type Window struct {
	Open      time.Time
	Close     time.Time // as extended
	Ends      time.Time // with the time of grace
	Suspended bool
}

// WindowOf reads the window from the acts. Before the vote is opened, and from the
// act that closes it on, it is suspended.
func WindowOf(m *scrutin.Manifest, p *scrutin.Procedure) Window {
	return Window{Open: m.Schedule.Open.Time, Close: p.Closes().Time, Ends: p.Ends(), Suspended: !p.Voting()}
}

// Voting says whether new reservations may be made, and ballots come, at an instant:
// what roll.Config.Open asks, and the urn.
func (w Window) Voting(at time.Time) bool {
	return !w.Suspended && !at.Before(w.Open) && at.Before(w.Ends)
}
