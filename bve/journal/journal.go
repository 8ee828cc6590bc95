package journal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// How far an author's clock may be ahead of the service's, and how often a place is looked for that nobody else has taken.
const (
	ahead = 2 * time.Minute
	tries = 100
)

// A Config is what a journal is kept with.
type Config struct {
	Store       Store
	Manifest    *scrutin.Manifest
	Fingerprint scrutin.Digest // f
	Signer      note.Signer    // of the platform's key of contents; nil where the service says nothing
	Now         func() time.Time
	// Admit judges a statement in the place that it would have, before it enters, knowing all entries before it; nil to admit all. It is
	// asked again when another process was first. It must not ask the journal.
	Admit func(before []*Entry, e *Entry) error
}

// A Journal is one scrutin's. It is safe for concurrent use, and other processes may write to the same store.
type Journal struct {
	config Config

	mu      sync.Mutex
	entries []*Entry
	heads   map[scrutin.Digest]int // number of the entry
	names   map[scrutin.Digest]int // by the digest of the text
	grown   chan struct{}          // closed when there are more
}

// Open reads a journal, which is verified as it is read: ErrBroken if it does not hold.
func Open(ctx context.Context, c Config) (*Journal, error) {
	j := newJournal(c)
	return j, j.Refresh(ctx)
}

func newJournal(c Config) *Journal {
	return &Journal{config: c, heads: map[scrutin.Digest]int{}, names: map[scrutin.Digest]int{}, grown: make(chan struct{})}
}

// Refresh takes in what other processes have written.
func (j *Journal) Refresh(ctx context.Context) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.refresh(ctx)
}

func (j *Journal) refresh(ctx context.Context) error {
	rows, err := j.config.Store.Rows(ctx, j.config.Fingerprint, len(j.entries))
	if err != nil {
		return err
	}
	return j.read(rows)
}

// read takes in the rows that come next.
func (j *Journal) read(rows []Row) error {
	for _, r := range rows {
		e, err := j.verified(r)
		if err != nil {
			return fmt.Errorf("%w: entry %d: %w", ErrBroken, r.Number, err)
		}
		j.take(e)
	}
	return nil
}

// verified is the entry of the row that comes next.
func (j *Journal) verified(r Row) (*Entry, error) {
	s, name, err := OpenStatement(r.Note, j.config.Manifest, j.config.Fingerprint)
	if err != nil {
		return nil, err
	}
	last, e := j.place(), &Entry{Number: r.Number, Time: scrutin.TimeOf(time.Unix(r.Seconds, 0)), Note: r.Note, Text: name, Head: r.Head, Statement: s}
	switch {
	case e.Number != last.Number+1 || e.Text != r.Text || e.Head != last.Next(e.Time, e.Note):
		return nil, ErrHead
	case e.Time.Before(last.Time.Time):
		return nil, ErrOlder
	case s.Time.After(e.Time.Add(ahead)):
		return nil, ErrFuture
	case j.names[name] != 0:
		return nil, ErrTwice
	}
	e.Saw = j.heads[s.Seen]
	return e, j.seen(s)
}

// EntriesOf are the entries of rows, from the first on: ErrBroken where they do not hold.
func EntriesOf(m *scrutin.Manifest, f scrutin.Digest, rows []Row) ([]*Entry, error) {
	j := newJournal(Config{Manifest: m, Fingerprint: f})
	err := j.read(rows)
	return j.entries, err
}

// seen requires that a statement's author saw a head of this journal.
func (j *Journal) seen(s *Statement) error {
	if _, known := j.heads[s.Seen]; !known && !s.Seen.IsZero() {
		return ErrSeen
	}
	return nil
}

func (j *Journal) take(e *Entry) {
	j.entries = append(j.entries, e)
	j.heads[e.Head], j.names[e.Text] = e.Number, e.Number
	close(j.grown)
	j.grown = make(chan struct{})
}

func (j *Journal) place() Place {
	if len(j.entries) == 0 {
		return Place{}
	}
	return j.entries[len(j.entries)-1].Place()
}

// Add puts a signed statement in its place, once, and returns its entry, which is the one of before if it is there. It is durable then.
func (j *Journal) Add(ctx context.Context, data []byte) (*Entry, error) {
	s, name, err := OpenStatement(data, j.config.Manifest, j.config.Fingerprint)
	if err != nil {
		return nil, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.add(ctx, s, name, slices.Clone(data))
}

func (j *Journal) add(ctx context.Context, s *Statement, name scrutin.Digest, data []byte) (*Entry, error) {
	for range tries {
		if err := j.refresh(ctx); err != nil {
			return nil, err
		}
		if n := j.names[name]; n != 0 {
			return j.entries[n-1], nil
		}
		if err := j.seen(s); err != nil {
			return nil, err
		}
		now := j.config.Now()
		if s.Time.After(now.Add(ahead)) {
			return nil, ErrFuture
		}
		last, at := j.place(), scrutin.TimeOf(now)
		if at.Before(last.Time.Time) {
			at = last.Time
		}
		e := &Entry{Number: last.Number + 1, Time: at, Note: data, Text: name, Head: last.Next(at, data), Saw: j.heads[s.Seen], Statement: s}
		if j.config.Admit != nil {
			if err := j.config.Admit(j.entries[:len(j.entries):len(j.entries)], e); err != nil {
				return nil, err
			}
		}
		err := j.config.Store.Append(ctx, j.config.Fingerprint, Row{e.Number, at.Unix(), name, e.Head, data})
		if errors.Is(err, ErrTaken) {
			continue
		}
		if err != nil {
			return nil, err
		}
		j.take(e)
		return e, nil
	}
	return nil, ErrBusy
}

// Say has the service say something, in a session or outside any (0).
func (j *Journal) Say(ctx context.Context, session int, body Body) (*Entry, error) {
	if j.config.Signer == nil {
		return nil, fmt.Errorf("%w: the platform's key of contents is not here", ErrAuthor)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	s := &Statement{Manifest: j.config.Fingerprint, By: j.config.Signer.Verifier().Name(), Session: session,
		Time: scrutin.TimeOf(j.config.Now()), Nonce: NewNonce(), Seen: j.place().Head, Body: body}
	data, err := s.Sign(j.config.Signer)
	if err != nil {
		return nil, err
	}
	s, name, err := OpenStatement(data, j.config.Manifest, j.config.Fingerprint)
	if err != nil {
		return nil, err
	}
	return j.add(ctx, s, name, data)
}

// Entries are those after a number, in their order. They are not to be changed.
func (j *Journal) Entries(after int) []*Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.entries[min(max(after, 0), len(j.entries)):])
}

// Find is the entry of a statement, by the digest of its text.
func (j *Journal) Find(name scrutin.Digest) (*Entry, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if n := j.names[name]; n != 0 {
		return j.entries[n-1], true
	}
	return nil, false
}

// Place is the end of the journal, as far as this process has read it.
func (j *Journal) Place() Place {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.place()
}

// Grown is closed once there are entries after a number; at once if there are.
func (j *Journal) Grown(after int) <-chan struct{} {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.entries) > after {
		done := make(chan struct{})
		close(done)
		return done
	}
	return j.grown
}
