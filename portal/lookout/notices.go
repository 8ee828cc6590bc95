package lookout

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"isoloir/bve/journal"
	"isoloir/scrutin"
)

// kindLeft are the facts that say of which statements, by the digests of their texts, the members were told.
const kindLeft = "told"

// A notice is an incident on its way to the members, and into the journal.
type notice struct {
	Incident
	name scrutin.Digest // of its statement; zero until the journal has it
	left atomic.Bool
}

// telling is what is known of notices.
type telling struct {
	away []*notice               // told, and not kept as such yet
	sent map[scrutin.Digest]bool // kept as told; nil before they were read
	read int                     // entries of the journal looked through
	said map[scrutin.Digest]journal.Alert
}

// tell has the members told of notices, at once.
func (l *Lookout) tell(all []*notice) {
	if len(all) == 0 {
		return
	}
	incidents := make([]Incident, len(all))
	for i, n := range all {
		incidents[i] = n.Incident
	}
	l.away = append(l.away, all...)
	l.config.Tell(incidents, func() {
		for _, n := range all {
			n.left.Store(true)
		}
	})
}

// entered gives a notice the name of its entry; none where the journal does not take it.
func (l *Lookout) entered(n *notice, e *journal.Entry) {
	if e != nil {
		n.name = e.Text
		return
	}
	l.away = slices.DeleteFunc(l.away, func(o *notice) bool { return o == n })
}

// catchUp tells what stands in the journal and was told to nobody, since the process that entered it died, or has no way to tell, as the command has
// none by which a technician announces his intervention; and keeps what has left as told.
func (l *Lookout) catchUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	if l.sent == nil {
		facts, err := l.config.Store.Facts(ctx, l.config.Fingerprint, kindLeft)
		if err != nil {
			return err
		}
		l.sent, l.said = map[scrutin.Digest]bool{}, map[scrutin.Digest]journal.Alert{}
		for _, f := range facts {
			if d, err := scrutin.ParseDigest(f.Name); err == nil {
				l.sent[d] = true
			}
		}
	}
	if err := l.config.Journal.Refresh(ctx); err != nil {
		return err
	}
	l.tell(l.unsent())
	for _, n := range slices.Clone(l.away) {
		if n.name.IsZero() || !n.left.Load() {
			continue
		}
		err := l.config.Store.Keep(ctx, l.config.Fingerprint, journal.Fact{Kind: kindLeft, Name: n.name.String()})
		if err != nil && !errors.Is(err, journal.ErrTaken) {
			return err
		}
		l.sent[n.name] = true
		l.away = slices.DeleteFunc(l.away, func(o *notice) bool { return o == n })
	}
	return nil
}

// unsent are the statements that came into the journal since the last look, and of which nobody was told.
func (l *Lookout) unsent() (all []*notice) {
	for _, e := range l.config.Journal.Entries(l.read) {
		l.read = e.Number
		n := &notice{Incident: Incident{At: e.Time.Time}, name: e.Text}
		switch b := e.Statement.Body.(type) {
		case journal.Alert:
			n.Alert, l.said[e.Text] = b, b
		case journal.AlertEnd:
			n.Alert, n.Over = l.said[b.Alert], true
		case journal.Intervention:
			n.Work = &b.Maintenance
		case journal.InterventionEnd:
			n.Work, n.Over = &b.Maintenance, true
		default:
			continue
		}
		if !l.sent[e.Text] && !slices.ContainsFunc(l.away, func(o *notice) bool { return o.name == e.Text }) {
			all = append(all, n)
		}
	}
	return all
}
