package server

import (
	"cmp"
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
	ErrLeads        = errors.New("electors to be struck off vote in companions by their login here, and could not vote there any more: leave them out, and have the bureau write into its minutes why they stand on this roll")
	ErrLeftOver     = errors.New("the record holds files of an amendment of this number that was dropped, whose codes are those of others: take addenda/N away from all copies of the record first")
	ErrChanged      = errors.New("the amendment under way was dropped or changed meanwhile, and is not signed: look what is under way")
	ErrThin         = errors.New("too few would be left of those who were added together: their ballots would hide each other no more; strike all of them off, or fewer")
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

// Judge says whether an amendment that is to be staged follows from what the bureau has
// adopted, before being how many electors have numbers on the roll, by urn. It refuses
// ErrBehind and ErrLeftOver; for a companion, additions (ErrLedScrutin); for who leads, to
// strike off who votes in a companion (ErrLeads).
func (a *Amending) Judge(ctx context.Context, s roll.Staging, before []int) error {
	if a.config.Leading != "" && len(s.Added) > 0 {
		return ErrLedScrutin
	}
	if path := a.leftOver(s.Amendment); path != "" {
		return fmt.Errorf("%s: %w", path, ErrLeftOver)
	}
	if err := a.leads(ctx, s); err != nil {
		return err
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
	return a.follows(registers, a.amendment(s, registers))
}

// follows says whether an amendment can be made now: ErrThin where it leaves somebody, but
// fewer than k, of those whom an earlier one added together.
func (a *Amending) follows(registers []scrutin.Register, made *scrutin.Amendment) error {
	k := a.Public.Manifest.MinimumSize
	after, err := scrutin.Amend(registers, made, made.Number, k)
	if err != nil {
		return err
	}
	for i, r := range after {
		if len(made.Urns[i].Struck) == 0 {
			continue
		}
		for _, p := range r.Populations {
			if left := r.Left(p); p.Amendment > 0 && left > 0 && left < k {
				return fmt.Errorf("urn %s: %d of the %d whom amendment %d added: %w", r.Urn, left, p.Electors, p.Amendment, ErrThin)
			}
		}
	}
	return nil
}

// leftOver is a file that issuers, mixers or the roll made for an amendment of that number.
func (a *Amending) leftOver(number int) string {
	m, at := a.Public.Manifest, record.Population(number)
	paths := []string{record.Amendment(number)}
	for _, i := range m.Issuers {
		paths = append(paths, at.Enrolment(i.ID))
		for _, u := range m.Urns {
			paths = append(paths, at.EnrolmentKeys(u.ID, i.ID))
		}
	}
	for n := range m.Mixers {
		paths = append(paths, at.Anonymisation(n+1))
		for _, u := range m.Urns {
			paths = append(paths, at.AnonymisationKeys(u.ID, n+1), at.AnonymisationProof(u.ID, n+1))
		}
	}
	if i := slices.IndexFunc(paths, a.Public.Record.Exists); i >= 0 {
		return paths[i]
	}
	return ""
}

// leads refuses ErrLeads, naming them, where some of those to be struck off vote in a
// companion.
func (a *Amending) leads(ctx context.Context, s roll.Staging) error {
	var several []roll.Place
	for _, p := range s.Struck {
		in, err := a.Store.Companions(ctx, a.Scope(), p)
		if err != nil {
			return err
		}
		if len(in) > 0 {
			several = append(several, p)
		}
	}
	if len(several) > 0 {
		return fmt.Errorf("by urn and number: %v: %w", several, ErrLeads)
	}
	return nil
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

// Drop drops the amendment that is under way, also once the vote is over. It refuses
// ErrSigned while its note is in the record and the bureau may adopt it, and ErrBehind where
// it is what the bureau has adopted, until the roll has taken it up.
func (a *Amending) Drop(ctx context.Context) error {
	s, err := a.Store.Staged(ctx, a.Scope())
	switch {
	case err != nil:
		return err
	case s.Amendment == 0:
		return ErrUnstaged
	case s.Amendment <= len(a.Public.Procedure().Amendments):
		if same, err := a.isAdopted(s); err != nil || same {
			return errors.Join(err, ErrBehind)
		}
	case a.Signed(s.Amendment) && !a.Public.Closed():
		return ErrSigned
	}
	return a.Store.Unstage(ctx, a.Scope())
}

// isAdopted says whether the bureau has adopted what is staged, by the numbers of both.
func (a *Amending) isAdopted(s roll.Staging) (bool, error) {
	registers, err := a.Public.registers(s.Amendment - 1)
	if err != nil {
		return false, err
	}
	adopted, err := a.Public.adopted(s.Amendment)
	if err != nil {
		return false, err
	}
	return slices.EqualFunc(a.amendment(s, registers).Urns, adopted.Urns, func(x, y scrutin.AmendedUrn) bool {
		return x.Added == y.Added && slices.Equal(x.Struck, y.Struck)
	}), nil
}

// Sign closes the login to those who are struck off, and writes the note of the amendment
// under way into the record, signed by the roll's key, once issuers and mixers have done
// their part for those who are added: it verifies all of that. It may be done again after
// it stopped anywhere; ErrSigned once the note is there, ErrChanged where what is under way
// became another one meanwhile. roll.ErrMarked if somebody to be struck off has voted.
func (a *Amending) Sign(ctx context.Context, workers int) (*scrutin.Amendment, error) {
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
	if err := a.follows(registers, out); err != nil {
		return nil, err
	}
	return out, a.conclude(ctx, out, s)
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
func (a *Amending) conclude(ctx context.Context, out *scrutin.Amendment, s roll.Staging) (err error) {
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
	if len(s.Struck) > 0 {
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
	if now, err := a.Store.Staged(ctx, a.Scope()); err != nil || !now.Equal(s) {
		return cmp.Or(err, ErrChanged)
	}
	own, err := record.Resume(a.config.Record)
	if err != nil {
		return err
	}
	return errors.Join(own.Write(record.Amendment(out.Number), signed), own.Close())
}
