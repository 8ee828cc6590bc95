package bve

import (
	"context"
	"slices"
	"strings"

	"isoloir/bve/journal"
	"isoloir/scrutin"
)

// Reach enters who may reach a processing, where that is not what the journal says already. Who comes once the vote was opened, and before it has
// ended, is a critical alert until the bureau has taken note of it (décret 2009-525, art. 12). The alert is entered first: a service that stops
// between the two says it twice, and not never.
func (o *Office) Reach(ctx context.Context, processing string, list []string) error {
	s, err := o.State(ctx)
	if err != nil {
		return err
	}
	list = slices.Sorted(slices.Values(list))
	i := slices.IndexFunc(s.Accesses, func(a Accessed) bool { return a.Processing == processing })
	var before []string
	if i >= 0 {
		before = s.Accesses[i].List
	}
	if i >= 0 && slices.Equal(before, list) || i < 0 && len(list) == 0 {
		return nil
	}
	// Where no list stands there from before the vote, as in a journal begun later, the first of a processing is what others are held against.
	compared := i >= 0 || slices.ContainsFunc(s.Accesses, func(a Accessed) bool { return !a.During })
	if came := without(list, before); compared && len(came) > 0 && !s.Procedure.Opening.IsZero() && !s.Procedure.Ended() {
		detail := []rune(strings.Join(came, "; "))
		if _, err := o.Say(ctx, journal.Alert{What: journal.AlertAccess, Severity: journal.Critical, Source: processing, Detail: string(detail[:min(len(detail), 300)])}); err != nil {
			return err
		}
	}
	_, err = o.Say(ctx, journal.Access{Processing: processing, List: list, Digest: scrutin.DigestOf([]byte(strings.Join(list, "\n")))})
	return err
}

// EndNoted ends the alerts that last until the bureau has taken note of them, once it has.
func (o *Office) EndNoted(ctx context.Context) error {
	s, err := o.State(ctx)
	if err != nil {
		return err
	}
	for _, a := range s.Alerts {
		if a.What == journal.AlertAccess && s.Noted(a) {
			if _, err := o.Say(ctx, journal.AlertEnd{Alert: a.Name}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Noted says whether the bureau has taken note of an alert: the president, or his substitute, and another of its seats have said that they saw it.
func (s *State) Noted(a Standing) bool {
	seats, presides := map[string]bool{}, false
	for _, id := range a.Seen {
		m, _ := s.manifest.Member(id)
		if m != nil && slices.Contains([]string{scrutin.President, scrutin.Assessor, scrutin.Secretary}, m.Role) {
			seats[id] = true
			presides = presides || m.Role == scrutin.President
		}
	}
	return presides && len(seats) > 1
}

// ends says why an alert is not over: that somebody more can reach a processing is for the bureau to take note of.
func (s *State) ends(b journal.AlertEnd) error {
	for _, a := range s.Alerts {
		if a.Name == b.Alert && a.What == journal.AlertAccess && !s.Noted(a) {
			return s.refuse(RuleRegister, s.withRole(scrutin.President), "somebody more can reach %s: the president, or his substitute, and another seat say first that they have seen it", a.Source)
		}
	}
	return nil
}
