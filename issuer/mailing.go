package issuer

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"isoloir/courier"
)

// page is how many electors are read or written at a time.
const page = 10_000

// Fits says whether the station may import an address book: it has no channel but
// its own and letters (else ErrPolicy), and everybody who is asked for six digits by
// its channel can get them (else [Problems]), unless the plan is otherwise.
func (s *Station) Fits(r Reconciliation) error {
	for channel := range r.Channels {
		if channel != s.Channel() && channel != courier.Post {
			return fmt.Errorf("issuer %s sends by %s, not by %s: %w", s.Issuer, s.Channel(), channel, ErrPolicy)
		}
	}
	if len(r.Digitless) > 0 && !s.Plan.WithoutDigits {
		return r.Digitless
	}
	return nil
}

// Import writes an address book that [ReadBooks] has reconciled and that [Station.Fits],
// or brings an earlier one up to date; see [Store]. It returns how many addresses
// changed and how many codes are renewed for it.
func (s *Station) Import(ctx context.Context, r Reconciliation) (moved, renewed int, err error) {
	if err := s.Fits(r); err != nil {
		return 0, 0, err
	}
	return s.Store.Import(ctx, r.People, s.Now(), s.derived.name)
}

// Inform spools the general information for everybody, and returns how many
// messages it added. The book must have as many electors as have numbers
// (ErrNoBook); who is added by an amendment that the bureau has not adopted waits. It refuses ErrLed, as Release does.
func (s *Station) Inform(ctx context.Context) (int, error) {
	if s.Led {
		return 0, ErrLed
	}
	return s.spoolAll(ctx, courier.Information)
}

// Release spools everybody's first code, and returns how many messages it added. It
// refuses as long as the general information has not left for everybody, by a
// carrier that accepted it or refused it for good, if the plan asks for that
// (ErrInformation), and as long as deposits are missing at the roll (ErrDeposits).
// Once everybody's is there it does nothing.
func (s *Station) Release(ctx context.Context) (int, error) {
	if s.Led {
		return 0, ErrLed
	}
	if err := s.complete(ctx); err != nil {
		return 0, err
	}
	counts, err := s.Store.Counts(ctx)
	if err != nil {
		return 0, err
	}
	informed, released := 0, 0
	for _, c := range counts {
		if c.Kind == courier.Information && c.State != courier.Pending {
			informed += c.Number
		}
		if c.Kind == courier.Codes {
			released += c.Number
		}
	}
	switch all := s.electors(); {
	case released == all: // it was decided before
		return 0, nil
	case s.Plan.InformationFirst && informed != all:
		return 0, fmt.Errorf("it has left for %d of %d: %w", informed, all, ErrInformation)
	}
	_, missing, err := s.Store.Undeposited(ctx, 1)
	if err != nil {
		return 0, err
	}
	if missing > 0 {
		return 0, fmt.Errorf("%d are missing: %w", missing, ErrDeposits)
	}
	return s.spoolAll(ctx, courier.Codes)
}

// spoolAll adds a message of generation 0 for every elector who has a number.
func (s *Station) spoolAll(ctx context.Context, kind courier.Kind) (added int, err error) {
	size, err := s.Store.Size(ctx)
	if err != nil {
		return 0, err
	}
	if all := s.electors(); size < all {
		return 0, fmt.Errorf("%d of %d electors: %w", size, all, ErrNoBook)
	}
	numbered := s.Numbered()
	var last *Person
	for {
		people, err := s.Store.Each(ctx, last, page)
		if err != nil || len(people) == 0 {
			return added, err
		}
		rows := make([]courier.Row, 0, len(people))
		for _, p := range people {
			if int(p.Elector) < numbered[p.Urn] {
				rows = append(rows, s.row(courier.Key{Kind: kind, Urn: p.Urn, Elector: p.Elector}))
			}
		}
		n, err := s.Store.Spool(ctx, rows, s.Now())
		if err != nil {
			return added, err
		}
		added, last = added+n, &people[len(people)-1]
	}
}

func (s *Station) row(k courier.Key) courier.Row { return courier.Row{Key: k, Name: s.derived.name(k)} }

// Dispatch sends what is due by a channel, until nothing is. progress may be nil.
func (s *Station) Dispatch(ctx context.Context, channel courier.Channel, progress func(courier.Summary)) (courier.Summary, error) {
	d, err := s.dispatcher(channel)
	if err != nil {
		return courier.Summary{}, err
	}
	d.Progress = progress
	return d.Drain(ctx)
}

func (s *Station) dispatcher(channel courier.Channel) (*courier.Dispatcher, error) {
	carrier := s.Carriers[channel]
	if carrier == nil {
		return nil, fmt.Errorf("there is no carrier for %s: %w", channel, ErrPolicy)
	}
	return &courier.Dispatcher{Spool: s.Store, Channel: channel, Carrier: carrier, Write: s.write, Now: s.Now, PerSecond: s.PerSecond[channel]}, nil
}

// Run sends what is due by every channel that has a carrier, renews the codes of those
// who have asked, and leaves what is missing with the roll, every interval until ctx ends. failed is told of what went
// wrong, one at a time.
func (s *Station) Run(ctx context.Context, interval time.Duration, failed func(error)) {
	var mu sync.Mutex
	tell := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		failed(err)
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	for channel := range s.Carriers {
		d, err := s.dispatcher(channel)
		if err != nil {
			tell(err)
			continue
		}
		wg.Go(func() { d.Run(ctx, interval, tell) })
	}
	for s.Roll != nil && ctx.Err() == nil {
		if _, err := s.Renewals(ctx); err != nil && ctx.Err() == nil {
			tell(err)
		}
		if _, err := s.Deposit(ctx, s.Roll, nil); err != nil && ctx.Err() == nil {
			tell(err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(interval):
		}
	}
}

// Letters makes at most limit letters of a kind that are to be printed, without
// marking them: see [Station.Printed].
func (s *Station) Letters(ctx context.Context, kind courier.Kind, limit int) ([]courier.Row, []courier.Message, error) {
	rows, err := s.Store.Letters(ctx, kind, limit)
	if err != nil {
		return nil, nil, err
	}
	letters := make([]courier.Message, len(rows))
	for i, r := range rows {
		if letters[i], err = s.write(r); err != nil {
			return nil, nil, err
		}
	}
	return rows, letters, nil
}

// Printed marks letters as sent. Call it once they are in a file that will be
// printed.
func (s *Station) Printed(ctx context.Context, rows []courier.Row) error {
	return s.settle(ctx, rows, courier.Sent)
}

// Unprintable marks letters as refused.
func (s *Station) Unprintable(ctx context.Context, rows []courier.Row) error {
	return s.settle(ctx, rows, courier.Refused)
}

func (s *Station) settle(ctx context.Context, rows []courier.Row, state courier.State) error {
	results := make([]courier.Result, len(rows))
	for i, r := range rows {
		results[i] = courier.Result{Key: r.Key, State: state}
	}
	return s.Store.Settle(ctx, results)
}

// errUnwritten says that a row asks for a text that is not made from it.
var errUnwritten = errors.New("a message of this kind is never written from the spool")

// write makes the text of a row of the spool.
func (s *Station) write(r courier.Row) (courier.Message, error) {
	f := s.facts(r.Urn, r.Language)
	switch r.Kind {
	case courier.Codes, courier.Renewal:
		code, err := s.derived.code(s.Manifest.Codes, s.place(r.Urn, r.Elector), r.Generation)
		if err != nil {
			return courier.Message{}, err
		}
		f.Code = code.Reveal()
		name := "p"
		if s.First() {
			name, f.Code = "i", fmt.Sprintf("%d-%s", r.Elector, f.Code)
		}
		f.Site = s.address(r.Language, "/urne/"+s.Manifest.Urns[r.Urn].ID)
		if r.Channel != courier.Post {
			f.Link = f.Site + "/voter#" + url.Values{name: {f.Code}, "f": {f.Print}}.Encode()
		}
	case courier.Information, courier.Voted:
	default:
		return courier.Message{}, errUnwritten
	}
	return s.message(r, f)
}

func (s *Station) message(r courier.Row, f courier.Facts) (courier.Message, error) {
	m := courier.Message{Name: r.Name, Kind: r.Kind, Channel: r.Channel, Language: courier.Language(r.Language), To: r.Address}
	f.Here = r.Channel
	var err error
	m.Subject, m.Body, err = s.texts.Write(r.Kind, r.Channel, r.Language, f)
	return m, err
}

// address is that of a page of the portal.
func (s *Station) address(language, page string) string {
	return s.Plan.Site + "/" + courier.Language(language) + page
}

// facts are what every message to an elector of an urn may say.
func (s *Station) facts(urn uint16, language string) courier.Facts {
	m := s.Manifest
	return courier.Facts{
		Organisation: m.Organisation.Label, Title: m.Scrutin.Title, Urn: m.Urns[urn].Label, Rehearsal: m.Scrutin.Kind != "real",
		Open: m.Schedule.Open.Time, Close: m.Schedule.Close.Time, Zone: s.zone,
		First: s.First(), There: courier.Channel(m.Issuers[1-s.number].Channel), Print: s.Fingerprint.String(),
		Site: s.address(language, "/"), Renewal: s.address(language, "/renouveler"), Check: s.address(language, "/verifier"),
	}
}
