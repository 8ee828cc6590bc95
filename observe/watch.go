package observe

import (
	"context"
	"io"
	"log"
	"log/slog"
	"reflect"
	"strings"
	"sync"
	"time"
)

// A Config is what a Watch is made of.
type Config struct {
	Log   io.Writer  // of the lines; nil for none
	JSON  bool       // lines as JSON; otherwise as key=value
	Level slog.Level // of the least that is written
	Now   func() time.Time
}

// A Watch is what one process shows of itself. It is safe for concurrent use.
type Watch struct {
	config  Config
	handler slog.Handler

	mu       sync.Mutex
	roles    map[Role]*role
	stopping bool
	slots    slots
	vote     Vote
}

// role is what is known of one.
type role struct {
	probe   func(context.Context) error
	clock   func(context.Context) (time.Time, error)
	answers func() []Count
	expires time.Time // of its certificate

	troubles uint64
	kept     map[Duty]time.Time // when it last succeeded
	failing  map[Duty]bool
	looked   time.Time // when it was last probed
	refused  error     // what the probe said
	drift    time.Duration
	timed    bool // drift is known
	lasted   durations
}

// A Vote is what is public of it, for metrics; nil sources are left out.
type Vote struct {
	Voting func() bool
	Ends   func() time.Time                     // with the time of grace
	Closed func() bool                          // by the bureau
	Logs   func(context.Context) map[string]int // ballots in the log of each urn, as its last signed checkpoint has it
}

// New makes a watch.
func New(c Config) *Watch {
	if c.Log == nil {
		c.Log = io.Discard
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	w := &Watch{config: c, roles: map[Role]*role{}}
	options := &slog.HandlerOptions{Level: c.Level}
	if w.handler = slog.Handler(slog.NewTextHandler(c.Log, options)); c.JSON {
		w.handler = slog.NewJSONHandler(c.Log, options)
	}
	return w
}

// Silent is a watch that nobody reads.
func Silent() *Watch { return New(Config{}) }

// of is what is known of a role, with the lock held.
func (w *Watch) of(r Role) *role {
	if w.roles[r] == nil {
		w.roles[r] = &role{kept: map[Duty]time.Time{}, failing: map[Duty]bool{}}
	}
	return w.roles[r]
}

// Tell writes an event, and counts it if it is a trouble.
func (w *Watch) Tell(e Event) {
	name, level := e.event()
	// What the time says of who was there is no more than the second.
	line := slog.NewRecord(w.config.Now().Truncate(time.Second), level, name, 0)
	about := Process
	fields := reflect.ValueOf(e)
	for i := range fields.NumField() {
		value := fields.Field(i).Interface().(kind)
		if r, is := value.(Role); is {
			about = r
		}
		line.AddAttrs(slog.Attr{Key: strings.ToLower(fields.Type().Field(i).Name), Value: value.shown()})
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if level >= slog.LevelWarn {
		w.of(about).troubles++
	}
	if w.handler.Enabled(context.Background(), level) {
		_ = w.handler.Handle(context.Background(), line)
	}
}

// Kept says that a duty of a role has succeeded.
func (w *Watch) Kept(r Role, d Duty) {
	w.mu.Lock()
	known := w.of(r)
	was := known.failing[d]
	known.failing[d] = false
	if d < Dispatch {
		known.kept[d] = w.config.Now()
	}
	w.mu.Unlock()
	if was {
		w.Tell(DutyRestored{r, d})
	}
}

// Failed says that it has failed.
func (w *Watch) Failed(r Role, d Duty, err error) {
	w.mu.Lock()
	w.of(r).failing[d] = true
	w.mu.Unlock()
	w.Tell(DutyFailed{r, d, Because(err)})
}

// Certificate says until when the certificate of a role is good.
func (w *Watch) Certificate(r Role, expires time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.of(r).expires = expires
}

// Show gives what is public of the vote.
func (w *Watch) Show(v Vote) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.vote = v
}

// Libraries has what libraries write to the process's own log told as events: a program's main function calls it, once.
func (w *Watch) Libraries() {
	slog.SetDefault(slog.New(speech{w})) // has log write to it too
	log.SetFlags(0)
	log.SetOutput(speech{w})
}

// speech is what libraries write to, in lines or in records.
type speech struct{ w *Watch }

// Enabled implements slog.Handler.
func (speech) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }

// Handle implements slog.Handler. Of a record the message alone is told.
func (s speech) Handle(_ context.Context, r slog.Record) error {
	s.w.Tell(LibrarySpoke{said(r.Message)})
	return nil
}

// WithAttrs implements slog.Handler.
func (s speech) WithAttrs([]slog.Attr) slog.Handler { return s }

// WithGroup implements slog.Handler.
func (s speech) WithGroup(string) slog.Handler { return s }

// Write implements io.Writer.
func (s speech) Write(b []byte) (int, error) {
	s.w.Tell(LibrarySpoke{said(string(b))})
	return len(b), nil
}
