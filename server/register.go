package server

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"isoloir/portal/oversight"
	"isoloir/roll"
	"isoloir/scrutin"
)

// A register is the roll as the bureau reads it, in alphabetical order, with who is marked as far as turnout shows it. It keeps one urn in
// memory: that of the last question.
type register struct {
	store  RollStore
	public *Public
	shown  *oversight.Shown

	mu    sync.Mutex
	urn   int
	marks int
	lines []oversight.Listed // nil for none
}

var errFull = errors.New("as many as are shown")

// page answers a question.
func (r *register) page(ctx context.Context, q *oversight.ListQuestion) (*oversight.ListPage, error) {
	urn := slices.IndexFunc(r.public.Manifest.Urns, func(u scrutin.Urn) bool { return u.ID == q.Urn })
	if urn < 0 || q.From < 1 {
		return nil, oversight.ErrQuestion
	}
	counts, at, exact, err := r.shown.Counts(ctx)
	if errors.Is(err, oversight.ErrNone) { // before the first slot: the roll, with nobody marked
		counts, err = make([]int, len(r.public.Manifest.Urns)), nil
	}
	if err != nil {
		return nil, err
	}
	lines, err := r.of(ctx, urn, counts[urn])
	if err != nil {
		return nil, err
	}
	page := &oversight.ListPage{At: at, Exact: exact}
	for _, l := range lines {
		if q.Station != "" && l.Station != q.Station {
			continue
		}
		if page.Total++; page.Total >= q.From && len(page.Electors) < oversight.PageSize {
			l.Order = page.Total
			page.Electors = append(page.Electors, l)
		}
	}
	return page, nil
}

// of is the list of an urn, of whose marks the first so many are shown.
func (r *register) of(ctx context.Context, urn, marks int) ([]oversight.Listed, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lines != nil && r.urn == urn && r.marks == marks {
		return r.lines, nil
	}
	scope, voted := r.public.rollScope(), map[uint32]bool{}
	if err := r.store.Chain(ctx, scope, uint16(urn), func(m roll.DatedMark) error {
		if len(voted) >= marks {
			return errFull
		}
		voted[m.Mark.Elector] = true
		return nil
	}); err != nil && !errors.Is(err, errFull) {
		return nil, err
	}
	type keyed struct {
		key  string
		line oversight.Listed
	}
	var all []keyed
	var buffer collate.Buffer
	order := collate.New(language.French)
	err := r.store.Statuses(ctx, scope, uint16(urn), func(s roll.Status) error {
		if s.Struck {
			return nil
		}
		e := s.Elector
		key := string(order.KeyFromString(&buffer, e.Family+"\x00"+e.Given+"\x00"+string(e.Born)))
		buffer.Reset()
		all = append(all, keyed{key, oversight.Listed{Family: e.Family, Given: e.Given, Born: e.Born, Station: e.Station, Voted: voted[e.Number]}})
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b keyed) int { return strings.Compare(a.key, b.key) })
	lines := make([]oversight.Listed, 0, len(all))
	for _, k := range all {
		lines = append(lines, k.line)
	}
	r.urn, r.marks, r.lines = urn, marks, lines
	return lines, nil
}
