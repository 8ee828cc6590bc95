package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"isoloir/mixte"
	"isoloir/observe"
	"isoloir/portal/guard"
	"isoloir/portal/pages"
	"isoloir/portal/result"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// withResults is the portal's handler with, before it, the pages of what members and citizens have decided together, where
// the scrutin's weights are mixed. They show what the record has: nothing before its result may be seen, but what the
// members have decided alone, once nobody votes any more. One limit counts what a network asks of both.
func (p *Portal) withResults(site *pages.Site, s Setting) (http.Handler, error) {
	limit := p.Guard.NewLimiter(pageLimit)
	portal := site.Handler(p.Guard, limit)
	if !s.Public.Manifest.Weight.IsMixed() {
		return portal, nil
	}
	own, err := result.New(result.Config{Source: &decided{Setting: s}, Home: "/", Refuse: site.Refuse, Failed: func(route string, err error) {
		s.Watch.Tell(observe.PageFailed{Role: observe.Portal, Route: observe.RouteOf(route), Cause: observe.Because(err)})
	}})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", portal)
	shown := p.Guard.Pages(guard.Policy{}, p.Guard.Limit(limit, nil, own))
	for _, pattern := range result.Patterns() {
		mux.Handle(pattern, shown)
	}
	return p.Guard.Whole(mux), nil
}

// Decisions are what members and citizens have decided together by a public record, as its portal would show it at an
// instant: each by its question.
func Decisions(p *Public, now func() time.Time) result.Source {
	return &decided{Setting: Setting{Public: p, Now: now}}
}

// decided are the statements of the record: each is read once and does not change.
type decided struct {
	Setting
	mu   sync.Mutex
	held map[string]*stated // by path
}

// stated is a statement that was verified, and its text.
type stated struct {
	*mixte.Statement
	text string
}

// Decision implements result.Source: the identifier is that of a question.
func (d *decided) Decision(_ context.Context, id string) (*result.Decision, error) {
	m := d.Public.Manifest
	q, asked := m.Question(id)
	if !asked {
		return nil, result.ErrUnknown
	}
	before, err := d.read(record.MixteProvisional(id), q)
	if err != nil {
		return nil, err
	}
	shown, found := before, (*stated)(nil)
	switch progress := d.Public.Progress(); {
	case progress.Released(m, d.Now()):
		last, err := d.read(record.Mixte(id), q)
		if err != nil {
			return nil, err
		}
		if last != nil && last.Opened != d.Public.Procedure().Result {
			return nil, fmt.Errorf("%s: %w", record.Mixte(id), errors.New("it is of another result"))
		}
		if last != nil && before != nil {
			if err := last.Follow(before.Statement, before.text); err != nil {
				return nil, err
			}
			found = before
		}
		if last != nil {
			shown = last
		}
	case progress.Phase(m, d.Now()) != pages.Closed:
		shown = nil
	}
	if shown == nil {
		return nil, result.ErrUnknown
	}
	zone, err := time.LoadLocation(m.Schedule.Zone)
	if err != nil {
		return nil, err
	}
	labels := make([]string, len(q.Options))
	for i, o := range q.Options {
		labels[i] = o.Label
	}
	decision := &result.Decision{ID: id, Title: q.Title, Organisation: m.Organisation.Label, Labels: labels, Statement: shown.Statement, Text: shown.text, Rule: m.Decision,
		Void: d.Public.Progress().Void(), Zone: zone}
	if found != nil {
		decision.Before, decision.Earlier = found.Statement, found.text
	}
	if counted := d.Public.Progress().Result; counted != nil && shown.Status == mixte.Definitive {
		decision.Electors, decision.Voters = m.Turnout(q, counted, 0).Electors, shown.Voters()
	}
	return decision, nil
}

// read is the statement at a path of the record: nil where there is none. It is of this scrutin and question, signed by
// the bureau's quorum, and follows from its votes.
func (d *decided) read(path string, q *scrutin.Question) (*stated, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if x := d.held[path]; x != nil {
		return x, nil
	}
	if !d.Public.Record.Exists(path) {
		return nil, nil
	}
	fail := func(err error) (*stated, error) { return nil, fmt.Errorf("%s: %w", path, err) }
	data, err := d.Public.Record.Read(path, note.MaxSize)
	if err != nil {
		return fail(err)
	}
	m := d.Public.Manifest
	n, err := note.Open(data, m.BureauVerifiers()...)
	if err != nil {
		return fail(err)
	}
	if err := m.AdoptedBy(n); err != nil {
		return fail(err)
	}
	s, err := mixte.Parse(n.Text)
	if err != nil {
		return fail(err)
	}
	if s.Manifest != d.Public.Fingerprint || s.Opening != d.Public.OpeningDigest || s.Question != q.ID || len(s.Rules.Options) != len(q.Options) {
		return fail(errors.New("it is of another scrutin"))
	}
	if d.held == nil {
		d.held = map[string]*stated{}
	}
	d.held[path] = &stated{s, n.Text}
	return d.held[path], nil
}
