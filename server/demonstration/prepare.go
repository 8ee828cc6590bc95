package demonstration

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"isoloir/issuer"
	"isoloir/keyceremony/device"
	"isoloir/observe"
	"isoloir/portal/passphrase"
	"isoloir/record"
	"isoloir/replay/parties"
	"isoloir/scrutin"
	"isoloir/server"
	"isoloir/server/config"
	"isoloir/web"
)

// ErrDirectory says that a directory holds something else than a demonstration.
var ErrDirectory = errors.New("this directory is neither empty nor a demonstration: give another one")

// A Watcher hears how a long work goes: the beginning of each step by its name, and the work within it in things done of a total.
type Watcher struct {
	Step  func(name string)
	Stage func(stage string, done, total int)
}

// Prepared says whether dir holds a demonstration, prepared to the end.
func Prepared(dir string) (bool, error) {
	_, err := os.Stat(filepath.Join(dir, readMe))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Prepare makes a demonstration in dir, which does not exist or is empty, up to the act by which the vote opens. It is there whole or not at
// all: an interrupted one is begun again.
func Prepare(ctx context.Context, dir string, o Options, listen netip.AddrPort, w Watcher) error {
	return whole(dir, roles, func(unfinished string) error {
		p := &preparation{Options: o, dir: unfinished, watch: w, opens: time.Now().Truncate(time.Second),
			secrets: [2]string{issuer.NewSecret().Reveal(), issuer.NewSecret().Reveal()}}
		var err error
		if p.config, err = writeConfig(unfinished, listen, func(*config.Config) {}); err != nil {
			return err
		}
		return errors.Join(p.all(ctx, listen), p.shut())
	})
}

// whole has a demonstration made, with the directories of its roles, beside dir, and puts it there when it is done.
func whole(dir string, roles []string, prepare func(unfinished string) error) error {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s: %w", dir, ErrDirectory)
	}
	unfinished := filepath.Clean(dir) + ".unfinished"
	if err := os.MkdirAll(unfinished, 0o700); err != nil {
		return err
	}
	claim, err := server.Take(unfinished)
	if err != nil {
		return err
	}
	defer claim.Release()
	if err := empty(unfinished); err != nil {
		return err
	}
	if err := makeDirectories(unfinished, roles); err != nil {
		return err
	}
	if err := prepare(unfinished); err != nil {
		return err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(unfinished, dir)
}

// preparation is a demonstration on its way.
type preparation struct {
	Options
	dir     string
	config  *config.Config
	watch   Watcher
	opens   time.Time
	secrets [2]string // of the issuers, the same in a companion

	companion *preparation // which this one leads; nil for none
	leading   *preparation // of which this one is a companion

	people  []Person
	record  *record.Writer
	scrutin *parties.Scrutin
	roll    *rollStore
}

func (p *preparation) at(path string) string { return filepath.Join(p.dir, filepath.FromSlash(path)) }

// A step is one of a preparation's.
type step struct {
	name string
	do   func(context.Context) error
}

// all prepares the companion, if there is to be one, and then the scrutin that leads it; and opens both.
func (p *preparation) all(ctx context.Context, listen netip.AddrPort) error {
	opening := func(ctx context.Context) error { return p.open(ctx) }
	if p.Board != nil {
		opening = func(context.Context) error { return p.finished() }
	}
	if p.Companion {
		if err := p.accompany(listen); err != nil {
			return err
		}
		before := step{"companion", func(ctx context.Context) error { return p.companion.through(ctx, p.companion.steps()...) }}
		if err := p.through(ctx, before, step{"companion", func(context.Context) error { return p.describe(listen) }}); err != nil {
			return err
		}
		opening = func(ctx context.Context) error { return errors.Join(p.companion.open(ctx), p.open(ctx)) }
	}
	return p.through(ctx, append(p.steps(), step{"opening", opening})...)
}

// steps are those up to the opening record.
func (p *preparation) steps() []step {
	return []step{
		{"manifest", func(context.Context) error { return p.constitute() }},
		{"key ceremony", func(context.Context) error { return p.scrutin.Ceremony() }},
		{"rehearsal", func(context.Context) error { return p.scrutin.Rehearse() }},
		{"roll", p.importRoll},
		{"enrolment", p.enrol},
		{"anonymisation", func(context.Context) error { return p.scrutin.Anonymise() }},
		{"opening record", func(context.Context) error { _, err := p.scrutin.MakeOpening(web.Hash()); return err }},
	}
}

// through does steps one after the other.
func (p *preparation) through(ctx context.Context, steps ...step) error {
	told := ""
	for _, s := range steps {
		if s.name != told {
			p.watch.Step(s.name)
		}
		told = s.name
		err := s.do(ctx)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

// shut closes what the preparation has opened.
func (p *preparation) shut() error {
	err := p.roll.shut()
	if p.record != nil {
		err = errors.Join(err, p.record.Close())
	}
	if p.companion != nil {
		err = errors.Join(err, p.companion.shut())
	}
	return err
}

// constitute makes everybody's keys, each in its place, and the manifest, and constitutes the bureau.
func (p *preparation) constitute() (err error) {
	if p.record, err = record.Create(p.at(recordDir)); err != nil {
		return err
	}
	m, err := p.draft()
	if err != nil {
		return err
	}
	company, err := parties.Assemble(p.Shape, p.at(holdersDir))
	if err != nil {
		return err
	}
	company.Enter(m, p.Shape)
	christen(m)
	if p.Seat != nil {
		p.Seat(m)
	}
	if err := errors.Join(keep(p.dir, company, m), p.secretsOf(company), p.desk()); err != nil {
		return err
	}
	if p.scrutin, err = parties.Begin(company, m, p.record, parties.Options{Now: time.Now, Workers: p.Workers, WorkFactor: p.WorkFactor, Stage: p.watch.Stage, Board: p.Board}); err != nil {
		return err
	}
	named, err := files(m)
	if err != nil {
		return err
	}
	for digest, data := range named {
		if err := record.WriteWhole(filepath.Join(p.config.Portal.Documents, digest.String()), data); err != nil {
			return err
		}
	}
	if p.people = people(m); p.leading != nil {
		p.people = participants(p.crowd())
	}
	list, err := json.MarshalIndent(p.people, "", "  ")
	if err != nil {
		return err
	}
	return record.WriteWhole(p.at(peopleFile), list)
}

// draft is the manifest, all but who takes part.
func (p *preparation) draft() (*scrutin.Manifest, error) {
	if p.leading != nil {
		return p.companionManifest(p.leading.opens)
	}
	m, err := p.manifest(p.opens)
	if err == nil && p.companion != nil {
		m.Companions = []scrutin.Digest{p.companion.scrutin.Fingerprint}
	}
	return m, err
}

// secretsOf draws the roles' secrets, and gives each role its signing key.
func (p *preparation) secretsOf(company *parties.Company) error {
	c := p.config
	all := map[string]string{c.Roll.Challenges: drawn()}
	issuers, deposits := p.secrets, [2]string{c.IssuerA.Links.Deposit, c.IssuerB.Links.Deposit}
	if p.leading != nil {
		issuers = p.leading.secrets
		deposits = [2]string{p.leading.at("issuer-a/links/companion"), p.leading.at("issuer-b/links/companion")}
		all[p.leading.at("issuer-a/companion.key")] = company.Signers["issuer-a"].Encode()
		all[p.leading.at("issuer-b/companion.key")] = company.Signers["issuer-b"].Encode()
	}
	all[c.IssuerA.Secret], all[c.IssuerB.Secret] = issuers[0], issuers[1]
	for _, ends := range shared(c, deposits[0], deposits[1]) {
		secret := drawn()
		all[ends[0]], all[ends[1]] = secret, secret
	}
	for id, path := range map[string]string{"roll": c.Roll.Key, "urn": c.Urn.Key, "issuer-a": c.IssuerA.Key, "issuer-b": c.IssuerB.Key, "contents": c.Bureau.Key} {
		all[path] = company.Signers[id].Encode()
	}
	for path, secret := range all {
		if err := server.WriteSecret(path, secret); err != nil {
			return err
		}
	}
	return nil
}

// deskName is who works at the help desk.
const deskName = "assistance"

// desk draws the passphrase of the help desk, which the page of the demonstration shows.
func (p *preparation) desk() error {
	phrase := string(device.Suggest())
	line, err := passphrase.Line(deskName, phrase)
	if err != nil {
		return err
	}
	return errors.Join(server.WriteSecret(p.config.Portal.Desk, strings.TrimSuffix(line, "\n")), server.WriteSecret(p.at(deskFile), phrase))
}

func drawn() string {
	var secret [32]byte
	rand.Read(secret[:])
	return hex.EncodeToString(secret[:])
}

// open lets the bureau find roll and urns empty, as they will be served, and open the vote.
func (p *preparation) open(ctx context.Context) (err error) {
	if err := p.roll.shut(); err != nil {
		return err
	}
	p.roll = nil
	public, err := server.OpenPublic(p.config.Record)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, public.Close()) }()
	s := server.Setting{Public: public, Origins: p.config.Origins, Now: time.Now, Workers: p.Workers, Watch: observe.Silent()}
	r, err := server.NewRoll(ctx, *p.config.Roll, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Shut()) }()
	u, err := server.NewUrn(ctx, *p.config.Urn, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, u.Shut()) }()
	found, err := parties.Services{Roll: r.Service, Urn: u.Service}.Found(ctx, p.scrutin.Manifest)
	if err != nil {
		return err
	}
	if err := p.scrutin.Open(found); err != nil {
		return err
	}
	return p.finished()
}
