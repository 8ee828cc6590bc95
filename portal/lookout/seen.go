package lookout

import (
	"context"
	"errors"
	"time"

	"isoloir/bve/journal"
	"isoloir/portal/oversight"
)

// A Seen is how a role answered last.
type Seen struct {
	Role     string
	State    *oversight.State // nil before its first answer
	Answered time.Time        // when
	Off      time.Duration    // how far its clock is ahead
	Awaited  bool             // it never answered, and the vote is not open: it is not served yet
}

// Seen is how every role answered last, in the order of the configuration.
func (l *Lookout) Seen() (all []Seen) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.config.Roles {
		s := l.seen[r.Name]
		s.Role = r.Name
		all = append(all, s)
	}
	return all
}

// kindAnswered are the facts that say which roles have once answered.
const kindAnswered = "answered"

// remember takes in which roles have once answered, to this process or to another one, as long as the vote is not open: somebody who answers in a
// role's place is there too.
func (l *Lookout) remember(ctx context.Context, answers []answer) error {
	if l.config.Opened() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	for i, r := range l.config.Roles {
		if answers[i].state != nil && !l.kept[r.Name] {
			l.answered[r.Name] = true
			err := l.config.Store.Keep(ctx, l.config.Fingerprint, journal.Fact{Kind: kindAnswered, Name: r.Name})
			if err != nil && !errors.Is(err, journal.ErrTaken) {
				return err
			}
			l.kept[r.Name] = true
		}
	}
	if len(l.kept) == len(l.config.Roles) {
		return nil
	}
	facts, err := l.config.Store.Facts(ctx, l.config.Fingerprint, kindAnswered)
	for _, f := range facts {
		l.answered[f.Name], l.kept[f.Name] = true, true
	}
	return err
}

// awaited says of a role that does not answer that it is no incident: it is not served yet.
func (l *Lookout) awaited(role string) bool {
	awaited := !l.answered[role] && !l.config.Opened()
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.seen[role]
	s.Awaited = awaited
	l.seen[role] = s
	return awaited
}
