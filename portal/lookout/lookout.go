// Package lookout is how the bureau learns that something is wrong (docs/bureau.md, section 5; CNIL, objective 3-03): it asks every role how it is,
// every ten seconds, compares the answers with what they must be, enters what is wrong into the journal, and has the members told.
//
// What it promises. An incident that a role can tell, or that its silence tells, is told to the members within a minute, and the telling does not
// wait for the journal, nor the journal for the telling; both are tried again until they are done. The same incident is told once as long as it
// lasts, also after the process was started again; its end is entered too. What the journal has and had not left when a process died is told by the
// next one: at least once, and seldom twice.
package lookout

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"isoloir/bve/journal"
	"isoloir/portal/oversight"
	"isoloir/scrutin"
)

// Every is how often roles are asked, and Patience how long each may take.
const (
	Every    = 10 * time.Second
	Patience = 5 * time.Second
)

// Bounds of what is well.
const (
	clockOff = time.Second
	diskFull = 90 // of a hundred
	// unheard is after how many rounds without an answer a role is silent: one question may be lost.
	unheard = 2
	// well is how many rounds in a row must not see an incident before it is over.
	well = 3
	// collapse: of a channel's messages that left, of at least so many, more than so much of a hundred came back.
	collapseOf = 50
	collapseAt = 20
)

// A Role is one that is asked.
type Role struct {
	Name string
	// State asks, and says how long the way there and back took.
	State func(context.Context) (*oversight.State, time.Duration, error)
	// Alerts asks for those from an instant on.
	Alerts func(ctx context.Context, since time.Time) ([]oversight.Alert, error)
	// Delivery asks an issuer; nil for the others.
	Delivery func(context.Context) (*oversight.Delivery, error)
}

// A Config is what a lookout works with.
type Config struct {
	Roles   []Role
	Journal *journal.Journal
	// Program is the digest of the program that the roles must run; zero before it is sealed.
	Program func() scrutin.Digest
	// Opened says whether the act open was written: until then a role that never answered is awaited.
	Opened func() bool
	// Tell has the members told, at once and without waiting, and calls left once every message has been taken or refused by its carrier.
	Tell func(all []Incident, left func())
	// Store keeps what has left, beside the journal of Fingerprint.
	Store       journal.Store
	Fingerprint scrutin.Digest
	Now         func() time.Time
	// Failed hears what could not be entered; it is tried again.
	Failed func(error)
}

// An Incident is something that is wrong, or, if Over, is not any more; or an intervention, which begins or has ended.
type Incident struct {
	journal.Alert
	Work *journal.Maintenance // of an intervention, which has no alert
	At   time.Time
	Over bool
}

// A Lookout keeps watch. It is safe for concurrent use.
type Lookout struct {
	config Config

	round          sync.Mutex // one at a time; of what follows
	open           map[journal.Alert]*incident
	latest         map[string]time.Time   // of the alerts that a role told, or when it told them, whatever its clock says
	heard          map[journal.Alert]bool // alerts that roles told, also those that are over
	silent         map[string]int         // rounds without an answer
	answered, kept map[string]bool        // roles that have once answered, and of which the store knows it
	due            []*notice              // what the journal has not taken yet
	telling

	mu   sync.Mutex
	seen map[string]Seen
}

// incident is one that lasts.
type incident struct {
	name    scrutin.Digest // of its statement, zero until the journal has it
	unseen  int            // rounds that did not see it
	over    bool           // its end was told, and is being entered
	lasting bool           // until the role says that it is over
}

// New takes the watch up where the journal says that the last one left it.
func New(c Config) *Lookout {
	l := &Lookout{config: c, open: map[journal.Alert]*incident{}, latest: map[string]time.Time{}, heard: map[journal.Alert]bool{}, silent: map[string]int{},
		answered: map[string]bool{}, kept: map[string]bool{}, seen: map[string]Seen{}}
	by := map[scrutin.Digest]journal.Alert{}
	for _, e := range c.Journal.Entries(0) {
		switch b := e.Statement.Body.(type) {
		case journal.Alert:
			if b.What == journal.AlertAccess || b.What == journal.AlertTimestamp { // others say when these are over
				continue
			}
			by[e.Text] = b
			at, told := instant(b)
			l.open[b] = &incident{name: e.Text, lasting: told}
			if l.heard[b] = told; told {
				l.reach(b.Source, at, e.Time.Time)
			}
		case journal.AlertEnd:
			delete(l.open, by[b.Alert])
		}
	}
	return l
}

// reach takes in until when a role has told its alerts: one whose clock is ahead hides none of those of its other processes.
func (l *Lookout) reach(role string, at, now time.Time) {
	if at.After(now) {
		at = now
	}
	if at.After(l.latest[role]) {
		l.latest[role] = at
	}
}

// instant is that of an alert which a role told: its detail begins with it.
func instant(a journal.Alert) (at time.Time, told bool) {
	text, _, _ := strings.Cut(a.Detail, " ")
	at, err := time.Parse(time.RFC3339, text)
	return at, err == nil
}

// overlap is how much is asked again, since a role may be several processes, of which each tells its own alerts, and another one may answer.
const overlap = 10 * time.Minute

// Run keeps watch until ctx ends.
func (l *Lookout) Run(ctx context.Context) {
	ticks := time.NewTicker(Every)
	defer ticks.Stop()
	for {
		l.Round(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
	}
}

// answer is what a role said in a round.
type answer struct {
	state    *oversight.State
	way      time.Duration
	at       time.Time // when it was heard
	alerts   []oversight.Alert
	delivery *oversight.Delivery
	err      error
}

// Round asks every role once, side by side, and tells and enters what has changed.
func (l *Lookout) Round(ctx context.Context) {
	l.round.Lock()
	defer l.round.Unlock()
	answers := make([]answer, len(l.config.Roles))
	var wg sync.WaitGroup
	for i, r := range l.config.Roles {
		wg.Go(func() { answers[i] = l.ask(ctx, r) })
	}
	wg.Wait()
	if ctx.Err() != nil {
		return
	}
	if err := l.remember(ctx, answers); err != nil {
		l.config.Failed(err)
	}
	now := map[journal.Alert]bool{}
	var told []*notice
	for i, r := range l.config.Roles {
		told = append(told, l.judge(r.Name, answers[i], now)...)
	}
	for _, a := range slices.SortedFunc(maps.Keys(now), compare) {
		if i := l.open[a]; i != nil {
			i.unseen = 0
			continue
		}
		told = append(told, l.begin(a))
	}
	for _, a := range slices.SortedFunc(maps.Keys(l.open), compare) {
		i := l.open[a]
		if now[a] || i.lasting || i.over {
			continue
		}
		if i.unseen++; i.unseen >= well {
			told = append(told, l.end(a))
		}
	}
	l.tell(told)
	l.enter(ctx)
	if err := l.catchUp(ctx); err != nil {
		l.config.Failed(err)
	}
}

func compare(a, b journal.Alert) int {
	return strings.Compare(a.Source+"\x00"+a.What+"\x00"+a.Detail, b.Source+"\x00"+b.What+"\x00"+b.Detail)
}

func (l *Lookout) begin(a journal.Alert) *notice {
	_, told := instant(a)
	l.open[a] = &incident{lasting: told}
	return l.falls(Incident{Alert: a, At: l.config.Now()})
}

func (l *Lookout) end(a journal.Alert) *notice {
	l.open[a].over = true
	return l.falls(Incident{Alert: a, At: l.config.Now(), Over: true})
}

// falls is a notice that is due to be entered.
func (l *Lookout) falls(i Incident) *notice {
	n := &notice{Incident: i}
	l.due = append(l.due, n)
	return n
}

func (l *Lookout) ask(ctx context.Context, r Role) (a answer) {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	if a.state, a.way, a.err = r.State(ctx); a.err != nil {
		return a
	}
	if a.at = l.config.Now(); a.state.Role != r.Name {
		a.err = fmt.Errorf("this is the %s", a.state.Role)
		return a
	}
	if r.Alerts != nil {
		since := time.Unix(0, 0)
		if at := l.latest[r.Name]; !at.IsZero() {
			since = at.Add(-overlap)
		}
		if a.alerts, a.err = r.Alerts(ctx, since); a.err != nil {
			return a
		}
	}
	if r.Delivery != nil {
		a.delivery, a.err = r.Delivery(ctx)
	}
	return a
}

// judge says what is wrong with a role now, and which incidents it has told of itself.
func (l *Lookout) judge(role string, a answer, now map[journal.Alert]bool) (told []*notice) {
	wrong := func(what, severity, format string, args ...any) {
		now[journal.Alert{What: what, Severity: severity, Source: role, Detail: fmt.Sprintf(format, args...)}] = true
	}
	if a.err != nil {
		if !l.awaited(role) {
			if l.silent[role]++; l.silent[role] >= unheard {
				wrong(journal.AlertSilent, journal.Critical, "")
			}
		}
		for open := range l.open { // what it said before it fell silent is not over
			if open.Source == role && open.What != journal.AlertSilent {
				now[open] = true
			}
		}
		return nil
	}
	l.silent[role] = 0
	off := time.UnixMilli(a.state.Clock).Sub(a.at) + a.way/2
	l.mu.Lock()
	l.seen[role] = Seen{Role: role, State: a.state, Answered: a.at, Off: off}
	l.mu.Unlock()
	if !a.state.Ready {
		wrong(journal.AlertNotReady, journal.Critical, "")
	}
	if off.Abs() > clockOff+a.way/2 {
		wrong(journal.AlertClock, journal.Warning, "")
	}
	if a.state.Unwrapped {
		wrong(journal.AlertUnwrap, journal.Critical, "")
	}
	for _, d := range a.state.Disks {
		if d.Used > diskFull {
			wrong(journal.AlertDisk, journal.Critical, "%s", d.Name)
		}
	}
	if want := l.config.Program(); !want.IsZero() && a.state.Program != want {
		wrong(journal.AlertProgram, journal.Critical, "%s", a.state.Program)
	}
	for _, channel := range collapsed(a.delivery) {
		wrong(journal.AlertDelivery, journal.Critical, "%s", channel)
	}
	for _, e := range a.alerts {
		told = append(told, l.told(role, e)...)
	}
	return told
}

// told takes in an alert that a role has told of itself, once.
func (l *Lookout) told(role string, e oversight.Alert) (told []*notice) {
	l.reach(role, e.Time.Time, l.config.Now())
	if !e.Over {
		a := journal.Alert{What: e.What, Severity: e.Severity, Source: role, Detail: cut(e.Time.String() + " " + e.Detail)}
		if l.heard[a] {
			return nil
		}
		l.heard[a] = true
		return append(told, l.begin(a))
	}
	for _, a := range slices.SortedFunc(maps.Keys(l.open), compare) {
		at, is := instant(a)
		if is && !at.After(e.Time.Time) && !l.open[a].over && a.Source == role && a.What == e.What && a.Detail == cut(scrutin.TimeOf(at).String()+" "+e.Detail) {
			told = append(told, l.end(a))
		}
	}
	return told
}

// cut keeps a detail to what a statement holds.
func cut(detail string) string {
	runes := []rune(detail)
	return string(runes[:min(len(runes), 300)])
}

// collapsed are the channels by which codes do not arrive.
func collapsed(d *oversight.Delivery) (channels []string) {
	if d == nil {
		return nil
	}
	left, back := map[string]int{}, map[string]int{}
	for _, r := range d.Rows {
		left[r.Channel] += r.Sent
		back[r.Channel] += r.Bounced
	}
	for _, c := range slices.Sorted(maps.Keys(left)) {
		if left[c] >= collapseOf && 100*back[c] > collapseAt*left[c] {
			channels = append(channels, c)
		}
	}
	return channels
}

// enter writes what is due into the journal, in its order, as far as it can be written.
func (l *Lookout) enter(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, Patience) // the next round does not wait for a store that is away
	defer cancel()
	for len(l.due) > 0 {
		n := l.due[0]
		var e *journal.Entry
		var err error
		switch i := l.open[n.Alert]; {
		case n.Over && i != nil:
			if e, err = l.config.Journal.Say(ctx, 0, journal.AlertEnd{Alert: i.name}); err == nil {
				delete(l.open, n.Alert)
			}
		case !n.Over && i != nil && i.name.IsZero():
			if e, err = l.config.Journal.Say(ctx, 0, n.Alert); err == nil {
				i.name = e.Text
			}
		}
		if err != nil && !errors.Is(err, scrutin.ErrMalformed) { // what a role says may be no alert: it is told, and cannot be entered
			l.config.Failed(err)
			return
		}
		l.entered(n, e)
		l.due = l.due[1:]
	}
}
