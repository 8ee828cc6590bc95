package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"isoloir/crypto/group"
	"isoloir/custody"
	"isoloir/issuer"
	"isoloir/portal/pages"
	"isoloir/record"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/server/config"
)

// ErrCompanions says that companions, or the scrutin that leads this one, are not what the manifests make of them.
var ErrCompanions = errors.New("the companions of this scrutin are not served as the manifests say")

// A Companion is a scrutin that this one leads, as far as this machine knows it.
type Companion struct {
	Fingerprint scrutin.Digest
	// Manifest is nil where its record is not at hand.
	Manifest *scrutin.Manifest

	config config.Companion
	public atomic.Pointer[Public] // nil before its opening record is there
}

// OpenCompanions opens the companions that a configuration describes, for the scrutin of a manifest. ErrCompanions says what contradicts.
func OpenCompanions(c *config.Config, m *scrutin.Manifest) (all []*Companion, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, CloseCompanions(all))
			all = nil
		}
	}()
	if c.Leading != "" && len(m.Companions) > 0 {
		return nil, fmt.Errorf("%w: the manifest leads other scrutins, so none leads it: take away leading", ErrCompanions)
	}
	last := -1
	for _, described := range c.Companions {
		k := &Companion{config: described}
		if k.Fingerprint, err = scrutin.ParseDigest(described.Fingerprint); err != nil {
			return all, err
		}
		n, named := m.CompanionNumber(k.Fingerprint)
		if !named || n <= last {
			return all, fmt.Errorf("%w: the manifest does not name %s there: give the fingerprints of its companions, in its order", ErrCompanions, k.Fingerprint)
		}
		last = n
		all = append(all, k)
		if err := k.open(m); err != nil {
			return all, err
		}
	}
	return all, nil
}

// CloseCompanions ends the use of their records.
func CloseCompanions(companions []*Companion) (failed error) {
	for _, k := range companions {
		if p := k.public.Load(); p != nil {
			failed = errors.Join(failed, p.Close())
		}
	}
	return failed
}

// open reads the companion's manifest, if its record is at hand, and judges it beside that of the leading scrutin.
func (k *Companion) open(leading *scrutin.Manifest) error {
	if k.config.Record == "" {
		return nil
	}
	m, f, err := manifestOf(k.config.Record)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %s: %w", ErrRecord, k.config.Record, err)
	case f != k.Fingerprint:
		return fmt.Errorf("%w: %s is the record of %s, and not of %s", ErrCompanions, k.config.Record, f, k.Fingerprint)
	case len(m.Companions) > 0:
		return fmt.Errorf("%w: %s leads others itself", ErrCompanions, f)
	case !slices.Equal(m.Enrollers(), leading.Enrollers()):
		return fmt.Errorf("%w: the issuers of %s are %q, and those of the leading scrutin %q", ErrCompanions, f, m.Enrollers(), leading.Enrollers())
	case m.Schedule.Open.Before(leading.Schedule.Open.Time):
		return fmt.Errorf("%w: %s opens at %s, before the leading scrutin, by which one logs in, opens at %s", ErrCompanions, f, m.Schedule.Open, leading.Schedule.Open)
	}
	k.Manifest = m
	return k.Refresh()
}

// enrolled says whether the companion, as far as its record has it, was enrolled with the secret of the leading scrutin's issuer.
func (k *Companion) enrolled(s *issuer.Station, at int) error {
	r, err := record.Open(k.config.Record)
	if err != nil {
		return err
	}
	defer r.Close()
	u := k.Manifest.Urns[0]
	keys, err := r.Read(record.EnrolmentKeys(u.ID, s.Issuer), int64(u.Electors)*group.PointSize)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case len(keys) < group.PointSize || !s.Enrolled(at, u.ID, [group.PointSize]byte(keys)):
		return fmt.Errorf("%w: %s was enrolled with another secret than that of this issuer: nobody could vote there", ErrCompanions, k.Fingerprint)
	}
	return nil
}

// Refresh takes in what has come into the companion's record since.
func (k *Companion) Refresh() error {
	if p := k.public.Load(); p != nil {
		return p.Refresh()
	}
	if _, err := os.Stat(filepath.Join(k.config.Record, record.Opening)); k.Manifest == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	p, err := OpenPublic(k.config.Record)
	if err == nil {
		k.public.Store(p)
	}
	return err
}

// Closed says whether the companion's bureau has closed its vote, as far as its record says it here. That its time has come says nothing of the
// kind: it may have been extended, and a code that was renewed would live on there.
func (k *Companion) Closed(time.Time) bool {
	p := k.public.Load()
	return p != nil && p.Closed()
}

// Over says whether the vote is over: its end has come, or the bureau has closed it.
func (p *Public) Over(at time.Time) bool { return !at.Before(p.Window().Close) || p.Closed() }

// deposits are the companions as an issuer of the leading scrutin, number 0 or 1, leaves deposits there.
func deposits(ctx context.Context, k custody.Keeper, companions []*Companion, number int, trust string) (all []issuer.Companion, err error) {
	for _, led := range companions {
		own := led.config.Issuer(number)
		c := issuer.Companion{Manifest: led.Manifest, Fingerprint: led.Fingerprint, Closed: led.Closed}
		if c.Signer, err = k.Signer(ctx, own.Key, led.Manifest.Issuers[number].Verifier()); err != nil {
			return nil, err
		}
		if c.Roll, err = linkTo(ctx, k, led.config.Origins.Roll, own.Deposit, trust); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// linkTo is a roll across the link of that secret; nil if the secret is not there.
func linkTo(ctx context.Context, k custody.Keeper, origin, secret, trust string) (issuer.Roll, error) {
	deposit, err := custody.Bearer(ctx, k, secret)
	if errors.Is(err, custody.ErrAbsent) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	client, err := NewClient(trust)
	if err != nil {
		return nil, err
	}
	return depositLink{origin, deposit, client}, nil
}

// described says whether every companion of the manifest is there, for the role that needs them all.
func (s Setting) described() error {
	if want, got := len(s.Public.Manifest.Companions), len(s.Companions); want != got {
		return fmt.Errorf("%w: the manifest names %d, and the configuration describes %d (companions)", ErrCompanions, want, got)
	}
	return nil
}

// paired says whether the roll knows who the electors of every companion are.
func (s Setting) paired(ctx context.Context, store roll.Store) error {
	for n, f := range s.Public.Manifest.Companions {
		got, err := store.Paired(ctx, s.Public.rollScope(), n)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(s.Companions, func(k *Companion) bool { return k.Fingerprint == f && k.Manifest != nil })
		if got == 0 || at >= 0 && got != s.Companions[at].Manifest.Electors() {
			return fmt.Errorf("%w: the roll knows %d electors of %s: import the extract of its roll (isoloir import-companion)", ErrCompanions, got, f)
		}
	}
	return nil
}

// places are the companions as pages find them.
func (s Setting) places() (all []pages.Companion) {
	for _, k := range s.Companions {
		o := k.config.Origins
		c := pages.Companion{Fingerprint: k.Fingerprint, Portal: o.Portal, Roll: o.Roll, Urn: o.Urn, Issuers: []string{o.IssuerA, o.IssuerB}}
		if k.Manifest != nil {
			c.Title = k.Manifest.Scrutin.Title
		}
		all = append(all, c)
	}
	return all
}

// manifestOf reads the manifest of a record that may have nothing else yet.
func manifestOf(dir string) (*scrutin.Manifest, scrutin.Digest, error) {
	r, err := record.Open(dir)
	if err != nil {
		return nil, scrutin.Digest{}, err
	}
	defer r.Close()
	data, err := r.Read(record.Manifest, note.MaxSize)
	if err != nil {
		return nil, scrutin.Digest{}, err
	}
	return scrutin.ParseManifest(data)
}
