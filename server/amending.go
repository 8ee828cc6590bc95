package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"isoloir/account"
	"isoloir/crypto/group"
	"isoloir/custody"
	"isoloir/record"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/server/config"
	"isoloir/voter"
)

// Why an amendment of the roll is not made.
var (
	ErrNotAmendable = errors.New("the manifest does not allow amendments of the roll")
	ErrNotOpen      = errors.New("the roll is amended while the vote is open: neither before nor after")
	ErrBehind       = errors.New("the roll has not taken up what the bureau has adopted so far: see that it is served on this record, and try again")
	ErrUnstaged     = errors.New("no amendment is under way")
	ErrSigned       = errors.New("this amendment is signed, and the bureau may adopt it: if it does not, take addenda/N away from all copies of the record first")
	ErrLedScrutin   = errors.New("electors of a companion log in by the leading scrutin, which knows none who are added later: they vote otherwise")
)

// amendments is what a manifest calls them where it allows them.
const amendments = "roll"

// An Amending is the roll of a configuration while it is amended: its public record, and
// its store.
type Amending struct {
	Public *Public
	Store  RollStore
	config *config.Config
}

// OpenAmending opens the record and the store of a configuration that describes a roll.
func OpenAmending(ctx context.Context, c *config.Config) (*Amending, error) {
	p, err := OpenPublic(c.Record)
	if err != nil {
		return nil, err
	}
	store, err := OpenRoll(ctx, *c.Roll)
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return &Amending{p, store, c}, nil
}

// Shut closes both.
func (a *Amending) Shut() error { return errors.Join(a.Store.Shut(), a.Public.Close()) }

// Scope is that of the roll's rows.
func (a *Amending) Scope() roll.Scope { return a.Public.rollScope() }

// Number is that of the next amendment. It refuses ErrNotAmendable and ErrNotOpen.
func (a *Amending) Number() (int, error) {
	procedure := a.Public.Procedure()
	switch {
	case !slices.Contains(a.Public.Manifest.Addenda.Allowed, amendments):
		return 0, ErrNotAmendable
	case procedure.Opening.IsZero() || a.Public.Closed():
		return 0, ErrNotOpen
	}
	return len(procedure.Amendments) + 1, nil
}

// registers are who may vote in each urn, by what the bureau has adopted.
func (a *Amending) registers() ([]scrutin.Register, error) {
	return a.Public.registers(len(a.Public.Procedure().Amendments))
}

// Judge says whether a staged amendment follows from what the bureau has adopted, before
// being how many electors have numbers on the roll, by urn. It refuses ErrBehind and, for
// a companion, additions (ErrLedScrutin).
func (a *Amending) Judge(s roll.Staging, before []int) error {
	if a.config.Leading != "" && len(s.Added) > 0 {
		return ErrLedScrutin
	}
	registers, err := a.registers()
	if err != nil {
		return err
	}
	for i, r := range registers {
		if r.Numbered() != before[i] {
			return fmt.Errorf("urn %s: %d electors are on the roll, and %d have numbers: %w", r.Urn, before[i], r.Numbered(), ErrBehind)
		}
	}
	_, err = scrutin.Amend(registers, a.amendment(s, registers), s.Amendment, a.Public.Manifest.MinimumSize)
	return err
}

// amendment is the record of a staged one, without generators and roots.
func (a *Amending) amendment(s roll.Staging, registers []scrutin.Register) *scrutin.Amendment {
	out := &scrutin.Amendment{OpenHead: scrutin.OpenHead{Head: scrutin.Head{Manifest: a.Public.Fingerprint}, Opening: a.Public.OpeningDigest}, Number: s.Amendment}
	for i, r := range registers {
		u := scrutin.AmendedUrn{Urn: r.Urn, Before: r.Numbered(), Added: len(s.Of(s.Amendment, uint16(i))), Struck: []int{}}
		for _, p := range s.Struck {
			if int(p.Urn) == i {
				u.Struck = append(u.Struck, int(p.Elector))
			}
		}
		out.Urns = append(out.Urns, u)
	}
	return out
}

// Signed says whether the note of the next amendment is in the record.
func (a *Amending) Signed(number int) bool { return a.Public.Record.Exists(record.Amendment(number)) }

// Drop drops the amendment that is under way. It refuses ErrSigned while its note is in
// the record.
func (a *Amending) Drop(ctx context.Context) error {
	s, err := a.Store.Staged(ctx, a.Scope())
	switch {
	case err != nil:
		return err
	case s.Amendment == 0:
		return ErrUnstaged
	case a.Signed(s.Amendment):
		return ErrSigned
	}
	return a.Store.Unstage(ctx, a.Scope())
}

// Sign closes the login to those who are struck off, and writes the note of the amendment
// under way into the record, signed by the roll's key, once issuers and mixers have done
// their part for those who are added: it verifies all of that. It may be done again after
// it stopped anywhere; ErrSigned once the note is there. roll.ErrMarked if somebody to be
// struck off has voted.
func (a *Amending) Sign(ctx context.Context, workers int) (*scrutin.Amendment, error) {
	p := a.Public
	number, err := a.Number()
	if err != nil {
		return nil, err
	}
	s, err := a.Store.Staged(ctx, a.Scope())
	switch {
	case err != nil:
		return nil, err
	case s.Amendment == 0:
		return nil, ErrUnstaged
	case s.Amendment != number:
		return nil, ErrBehind
	case a.Signed(number):
		return nil, ErrSigned
	}
	registers, err := a.registers()
	if err != nil {
		return nil, err
	}
	out := a.amendment(s, registers)
	if out.Adds() {
		if err := a.fill(out, workers); err != nil {
			return nil, err
		}
	}
	if _, err := scrutin.Amend(registers, out, number, p.Manifest.MinimumSize); err != nil {
		return nil, err
	}
	return out, a.conclude(ctx, out, len(s.Struck) > 0)
}

// fill verifies what issuers and mixers have published for those who are added, and says
// which accounts they have.
func (a *Amending) fill(out *scrutin.Amendment, workers int) error {
	p := a.Public
	added := AdditionOf(out, p.OpeningDigest)
	var err error
	if added.Enrolled, added.Accounts, err = p.keys(workers); err != nil {
		return err
	}
	accounts := account.Procedure{Manifest: p.Manifest, Fingerprint: p.Fingerprint, Added: added, Workers: workers}
	enrolment, err := accounts.Enrolment(p.Record)
	if err != nil {
		return err
	}
	_, err = accounts.Verify(p.Record, enrolment, func(urn int, made account.Accounts) error {
		out.Urns[urn].Generator, out.Urns[urn].Root = scrutin.PointOf(made.Population.Generator), scrutin.Digest(made.Root)
		return nil
	})
	return err
}

// keys are all account keys so far, before and after anonymisation, by urn.
func (p *Public) keys(workers int) (enrolled, accounts [][]byte, err error) {
	rules, err := p.rollRules(workers)
	if err != nil {
		return nil, nil, err
	}
	for i, u := range p.Manifest.Urns {
		one, err := p.Record.Read(record.AnonymisationKeys(u.ID, len(p.Manifest.Mixers)), int64(u.Electors)*group.PointSize)
		if err != nil {
			return nil, nil, err
		}
		enrolled, accounts = append(enrolled, rules[i].Keys), append(accounts, one)
	}
	for n := 1; ; n++ {
		a, err := p.amendment(n)
		if err != nil || a == nil {
			return enrolled, accounts, err
		}
		more, err := p.enrolled(a, workers)
		if err != nil {
			return nil, nil, err
		}
		for i, u := range a.Urns {
			if u.Added == 0 {
				continue
			}
			one, err := p.Record.Read(record.Population(n).AnonymisationKeys(u.Urn, len(p.Manifest.Mixers)), int64(u.Added)*group.PointSize)
			if err != nil {
				return nil, nil, err
			}
			enrolled[i], accounts[i] = slices.Concat(enrolled[i], more[i]), slices.Concat(accounts[i], one)
		}
	}
}

// conclude bars those who are struck off, and signs.
func (a *Amending) conclude(ctx context.Context, out *scrutin.Amendment, strikes bool) (err error) {
	p, c := a.Public, a.config.Roll
	keeper, err := OpenKeeper(ctx, Setting{Age: a.config.Age, Vault: a.config.Vault, Now: time.Now}, c.Place)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, keeper.Close()) }()
	signer, err := keeper.Signer(ctx, c.Key, p.Manifest.Platform.Roll.Verifier())
	if err != nil {
		return err
	}
	if strikes {
		secret, err := custody.Bearer(ctx, keeper, c.Links.Fate)
		if err != nil {
			return err
		}
		client, err := NewClient(c.Trust)
		if err != nil {
			return err
		}
		fate := Link{a.config.Origins.Urn, secret, client}
		urn := voter.RemoteUrn(func(ctx context.Context, q []byte) ([]byte, error) { return fate.Ask(ctx, "fate", q) })
		rules, err := p.rollRules(0)
		if err != nil {
			return err
		}
		service := roll.NewService(roll.Config{Store: a.Store, Scope: a.Scope(), Rules: rules, Signer: signer, Urn: p.Manifest.Platform.Urn.Verifier(),
			Withdrawn: p.withdrawn, Open: func(time.Time) bool { return false }, Tell: p.Manifest.Publication.EmailAfterVote == "mark-only", Now: time.Now})
		if err := service.Bar(ctx, urn); err != nil {
			return err
		}
	}
	signed, err := scrutin.Sign(out, signer)
	if err != nil {
		return err
	}
	own, err := record.Resume(a.config.Record)
	if err != nil {
		return err
	}
	return errors.Join(own.Write(record.Amendment(out.Number), signed), own.Close())
}
