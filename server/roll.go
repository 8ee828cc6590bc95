package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"isoloir/account"
	"isoloir/custody"
	"isoloir/observe"
	"isoloir/portal/rollapi"
	"isoloir/ratelimit"
	"isoloir/roll"
	"isoloir/roll/login"
	"isoloir/server/config"
	"isoloir/voter"
)

// Hours of the roll.
const (
	reconcileEvery = time.Minute     // ask the urn about electors whose device stopped between
	reconcileAfter = 2 * time.Minute // that long after they got their authorisation
	sweepEvery     = time.Minute
)

// rollMessages is how often a network may ask the roll: behind one carrier or one town hall there may be thousands of voters, with some ten messages each. Guesses at
// codes have limits of their own (login.ProposedLimits).
var rollMessages = ratelimit.Limit{Every: 2 * time.Millisecond, Burst: 5000}

// A Roll is the role of that name.
type Roll struct {
	*Role
	Service *roll.Service
	Store   RollStore
	Urn     roll.Urn // over the link

	settled bool         // of this process
	amended atomic.Int64 // amendments that this process has taken up
}

// NewRoll opens the roll in its directory. It goes on where it was left, and settles with the urn when the bureau has closed the vote.
func NewRoll(ctx context.Context, c config.Roll, s Setting) (r *Roll, err error) {
	role, err := enter("roll", c.Directory, c.Key)
	if err != nil {
		return nil, err
	}
	r = &Roll{Role: role}
	defer func() {
		if err != nil {
			err = errors.Join(err, role.Shut())
		}
	}()
	p, m := s.Public, s.Public.Manifest
	keeper, err := r.custody(ctx, s, c.Place)
	if err != nil {
		return nil, err
	}
	signer, err := keeper.Signer(ctx, c.Key, m.Platform.Roll.Verifier())
	if err != nil {
		return nil, err
	}
	secrets := make([][32]byte, 6)
	for i, path := range []string{c.Challenges, c.Links.Fate, c.Links.DepositA, c.Links.DepositB, c.Links.NotifyA, c.Links.NotifyB} {
		if secrets[i], err = custody.Bearer(ctx, keeper, path); err != nil {
			return nil, err
		}
		if slices.Contains(secrets[:i], secrets[i]) {
			return nil, fmt.Errorf("%s: %w: it is that of another link, or of the challenges: draw each by itself", path, ErrSecret)
		}
	}
	client, err := NewClient(c.Trust)
	if err != nil {
		return nil, err
	}
	fate := Link{s.Origins.Urn, secrets[1], client}
	r.Urn = voter.RemoteUrn(func(ctx context.Context, q []byte) ([]byte, error) { return fate.Ask(ctx, "fate", q) })
	notify := newNotifier(m, []Link{{s.Origins.IssuerA, secrets[4], client}, {s.Origins.IssuerB, secrets[5], client}})
	if r.Store, err = OpenRoll(ctx, c); err != nil {
		return nil, err
	}
	r.closing = append(r.closing, r.Store.Shut)
	if err := s.paired(ctx, r.Store); err != nil {
		return nil, err
	}
	rules, err := p.rollRules(s.Workers)
	if err != nil {
		return nil, err
	}
	if err := r.inspect(ctx, s, c.Directory, signer, keeper, p.rollSubject(r.Store)); err != nil {
		return nil, err
	}
	speaker, err := r.deputised(s, c.Place, c.Key, signer)
	if err != nil {
		return nil, err
	}
	r.Service = roll.NewService(roll.Config{Store: r.Store, Scope: p.rollScope(), Rules: rules, Signer: speaker,
		Urn: m.Platform.Urn.Verifier(), Withdrawn: p.withdrawn, Open: func(at time.Time) bool { return p.Window().Voting(at) }, Behind: func() bool { return p.behind(r.amended.Load()) },
		Tell: m.Publication.EmailAfterVote == "mark-only", Now: s.Now, Workers: s.Workers})
	s.keep(ctx, r.Name, observe.Amend, func(ctx context.Context) error { return r.amend(ctx, p, s.Workers) })
	r.Ready, r.Clock = rollReady(r.Store, p.rollScope()), clockOf(r.Store)
	voters, err := login.New(login.Config{Roll: r.Service, Store: r.Store, Manifest: m, Key: secrets[0], Window: p.Window,
		Sender: notify, Limits: login.ProposedLimits()})
	if err != nil {
		return nil, err
	}
	asked, err := r.overseen(ctx, s, keeper, c.Place, c.Links.Bureau, map[string]string{"database": c.Database})
	if err != nil {
		return nil, err
	}
	if shown := r.inspected(s, c.Place, asked); shown != nil {
		asked.Answers.List = (&register{store: r.Store, public: p, shown: shown}).page
	}
	r.Handler = rollapi.New(rollapi.Config{Login: voters, Bureau: asked, Guard: s.guard(r.Name, s.Origins.Roll, c.Place, nil), Portal: s.Origins.Portal,
		Deposit: func(ctx context.Context, note []byte) error { return p.deposit(ctx, r.Store, note) },
		Links:   secrets[2:4], Messages: rollMessages})
	r.hours = append(r.hours,
		s.every(reconcileEvery, r.Name, observe.Reconcile, func(ctx context.Context) error { return r.reconcile(ctx, s.Now()) }),
		s.every(lookForClose, r.Name, observe.Amend, func(ctx context.Context) error { return r.amend(ctx, p, s.Workers) }),
		s.every(lookForClose, r.Name, observe.Close, func(ctx context.Context) error { return r.end(ctx, p, s.Now()) }),
		s.every(sweepEvery, r.Name, observe.Sweep, voters.Sweep),
		atSlots(s.Now, p.period(), func(ctx context.Context) {
			s.keep(ctx, r.Name, observe.Tell, func(ctx context.Context) error {
				_, told := r.Service.TellVoted(ctx, notify)
				return errors.Join(told, r.Store.Forget(ctx))
			})
		}))
	return r, nil
}

// reconcile marks those whose ballot is in and whose device stopped before it said so.
func (r *Roll) reconcile(ctx context.Context, now time.Time) error {
	_, err := r.Service.Reconcile(ctx, r.Urn, now.Add(-reconcileAfter))
	return err
}

// end settles with the urn once the bureau has closed the vote: nothing stays between. Until this has succeeded it is done again.
func (r *Roll) end(ctx context.Context, p *Public, now time.Time) error {
	if !p.Closed() || r.settled {
		return nil
	}
	_, err := r.Service.Settle(ctx, r.Urn, now)
	if err == nil {
		err = r.Store.Forget(ctx)
	}
	r.settled = err == nil
	return err
}

func (p *Public) rollScope() roll.Scope {
	return roll.Scope{Organisation: p.Manifest.Organisation.ID, Scrutin: p.Manifest.Scrutin.ID}
}

// deposit keeps what an issuer leaves.
func (p *Public) deposit(ctx context.Context, store login.Store, note []byte) error {
	return login.Deposit(ctx, store, p.rollScope(), p.Manifest, p.Fingerprint, note)
}

// rollRules are what the roll judges by: the enrolled keys come from the issuers' statements in the record, verified again, which are those
// of the opening record.
func (p *Public) rollRules(workers int) ([]*roll.Rules, error) {
	accounts := account.Procedure{Manifest: p.Manifest, Fingerprint: p.Fingerprint, Workers: workers}
	enrolment, err := accounts.Enrolment(p.Record)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(enrolment.Statements, p.Opening.Enrolment) {
		return nil, errors.New("the issuers' statements are not those of the opening record")
	}
	var all []*roll.Rules
	for i, u := range p.Manifest.Urns {
		population, err := enrolment.Population(i, workers)
		if err != nil {
			return nil, err
		}
		r, err := roll.RulesOf(p.Manifest, p.Fingerprint, p.Opening, p.OpeningDigest, u.ID, population.Keys.Bytes())
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}
