package server

import (
	"context"
	"errors"
	"path/filepath"
	"sync/atomic"
	"time"

	"isoloir/crypto/group"
	"isoloir/custody"
	"isoloir/observe"
	"isoloir/portal/urnapi"
	"isoloir/ratelimit"
	"isoloir/record"
	"isoloir/server/config"
	"isoloir/urn"
	"isoloir/urn/witness"
)

// How often the public record is looked at for the act that closes, and how often a network may ask the urn: many voters may come from one.
const lookForClose = 2 * time.Second

var (
	urnMessages = ratelimit.Limit{Every: 2 * time.Millisecond, Burst: 5000}
	urnFiles    = ratelimit.Limit{Every: 100 * time.Millisecond, Burst: 200}
	// A network that is many people's opens some ballots at once; one alone does not take in
	// an hour what an urn's list grows by in it. Who has hundreds of networks does.
	urnChallenges = ratelimit.Limit{Every: 20 * time.Second, Burst: 60}
)

// An Urn is the role of that name.
type Urn struct {
	*Role
	Service *urn.Service

	ended   bool         // of this process
	amended atomic.Int64 // amendments that this process has taken up
}

// NewUrn opens the urn in its directory. It goes on where it was left, and is closed when the bureau has closed the vote.
func NewUrn(ctx context.Context, c config.Urn, s Setting) (u *Urn, err error) {
	role, err := enter("urn", c.Directory, c.Key)
	if err != nil {
		return nil, err
	}
	u = &Urn{Role: role}
	defer func() {
		if err != nil {
			err = errors.Join(err, role.Shut())
		}
	}()
	p, m := s.Public, s.Public.Manifest
	keeper, err := u.custody(ctx, s, c.Place)
	if err != nil {
		return nil, err
	}
	signer, err := keeper.Signer(ctx, c.Key, m.Platform.Urn.Verifier())
	if err != nil {
		return nil, err
	}
	var link *[32]byte // where there is a roll
	if m.Accounts() == nil {
		secret, err := custody.Bearer(ctx, keeper, c.Links.Fate)
		if err != nil {
			return nil, err
		}
		link = &secret
	}
	store, err := openUrn(ctx, c)
	if err != nil {
		return nil, err
	}
	u.closing = append(u.closing, store.Shut)
	scope := p.urnScope()
	u.Ready, u.Clock = urnReady(store, scope), clockOf(store)
	rules, err := p.urnRules()
	if err != nil {
		return nil, err
	}
	if err := u.inspect(ctx, s, c.Directory, signer, keeper, p.urnSubject(store, rules)); err != nil {
		return nil, err
	}
	speaker, err := u.deputised(s, c.Place, c.Key, signer)
	if err != nil {
		return nil, err
	}
	u.Service, err = urn.NewService(ctx, urn.Config{Store: flushed{store, func() { s.Watch.Kept(observe.Urn, observe.Flush) }}, Scope: scope,
		Rules: rules, Signer: speaker, Roll: m.Platform.Roll.Verifier(), Withdrawn: p.withdrawn, MinimumSize: m.MinimumSize,
		Open: func(at time.Time) bool { return p.Window().Voting(at) }, Behind: func() bool { return p.behind(u.amended.Load()) }, Begins: func() time.Time { return m.Schedule.Open.Time }, Ends: func() time.Time { return p.Window().Ends },
		Now: s.Now, Period: p.period(), Workers: s.Workers})
	if err != nil {
		return nil, err
	}
	s.keep(ctx, u.Name, observe.Amend, func(context.Context) error { return u.amend(p) })
	asked, err := u.overseen(ctx, s, keeper, c.Place, c.Links.Bureau, map[string]string{"database": c.Database, "batch keys": c.BatchKeys})
	if err != nil {
		return nil, err
	}
	u.inspected(s, c.Place, asked)
	u.opened(s, asked)
	book, err := witness.Open(filepath.Join(c.Directory, "cosigned"), witness.Config{Log: m.Platform.Urn.Verifier(), Witnesses: m.WitnessVerifiers(),
		Slot: time.Duration(m.Schedule.SlotMinutes) * time.Minute, Now: s.Now})
	if err != nil {
		return nil, err
	}
	u.Handler = urnapi.New(urnapi.Config{Urn: u.Service, Witnesses: book, Bureau: asked, Guard: s.guard(u.Name, s.Origins.Urn, c.Place, nil), Portal: s.Origins.Portal,
		Public: m.Publication.Board == "public", Link: link, Messages: urnMessages, Files: urnFiles, Challenges: urnChallenges})
	u.hours = append(u.hours,
		func(ctx context.Context) { u.Service.FlushAtSlots(ctx, s.failed(u.Name, observe.Flush)) },
		s.every(lookForClose, u.Name, observe.Amend, func(context.Context) error { return u.amend(p) }),
		s.every(lookForClose, u.Name, observe.Close, func(ctx context.Context) error { return u.end(ctx, p) }))
	return u, nil
}

// logs are how many ballots the log of each urn has, as its last signed checkpoint says to everybody.
func (u *Urn) logs(ctx context.Context) map[string]int {
	all := map[string]int{}
	for _, r := range u.Service.Rules {
		if log, err := u.Service.Published(ctx, r.Number); err == nil {
			all[r.Name] = int(log.Size)
		}
	}
	return all
}

// end closes the urn once the bureau has closed the vote. Until this has succeeded it is done again, whatever interrupted it.
func (u *Urn) end(ctx context.Context, p *Public) error {
	if !p.Closed() || u.ended {
		return nil
	}
	err := u.Service.Close(ctx)
	u.ended = err == nil
	return err
}

// urnRules are what the urn judges by: the anonymised keys come from the record, and are those of the opening record.
func (p *Public) urnRules() ([]*urn.Rules, error) {
	var all []*urn.Rules
	for _, u := range p.Manifest.Urns {
		keys, err := p.Record.Read(record.AnonymisationKeys(u.ID, len(p.Manifest.Mixers)), int64(u.Electors)*group.PointSize)
		if err != nil {
			return nil, err
		}
		r, err := urn.RulesOf(p.Manifest, p.Fingerprint, p.Opening, p.OpeningDigest, u.ID, keys)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}
