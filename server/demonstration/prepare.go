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
	if err := makeDirectories(unfinished); err != nil {
		return err
	}
	p := &preparation{Options: o, dir: unfinished, watch: w}
	if p.config, err = writeConfig(unfinished, listen); err != nil {
		return err
	}
	if err := p.all(ctx); err != nil {
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
	dir    string
	config *config.Config
	watch  Watcher

	people  []Person
	scrutin *parties.Scrutin
	roll    *rollStore
}

func (p *preparation) at(path string) string { return filepath.Join(p.dir, filepath.FromSlash(path)) }

func (p *preparation) all(ctx context.Context) error {
	rec, err := record.Create(p.at(recordDir))
	if err != nil {
		return err
	}
	defer rec.Close()
	for _, s := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"manifest", func(context.Context) error { return p.constitute(rec) }},
		{"key ceremony", func(context.Context) error { return p.scrutin.Ceremony() }},
		{"rehearsal", func(context.Context) error { return p.scrutin.Rehearse() }},
		{"roll", p.importRoll},
		{"enrolment", p.enrol},
		{"anonymisation", func(context.Context) error { return p.scrutin.Anonymise() }},
		{"opening record", func(context.Context) error { _, err := p.scrutin.MakeOpening(web.Hash()); return err }},
		{"opening", p.open},
	} {
		p.watch.Step(s.name)
		err := s.do(ctx)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return errors.Join(fmt.Errorf("%s: %w", s.name, err), p.roll.shut())
		}
	}
	return errors.Join(p.roll.shut(), record.WriteWhole(p.at(readMe), []byte(readMeText)))
}

// constitute makes everybody's keys, each in its place, and the manifest, and constitutes the bureau.
func (p *preparation) constitute(rec *record.Writer) error {
	m, err := p.manifest(time.Now().Truncate(time.Second))
	if err != nil {
		return err
	}
	company, err := parties.Assemble(p.Shape, p.at(holdersDir))
	if err != nil {
		return err
	}
	company.Enter(m, p.Shape)
	christen(m)
	if p.scrutin, err = parties.Begin(company, m, rec, parties.Options{Now: time.Now, Workers: p.Workers, WorkFactor: p.WorkFactor, Stage: p.watch.Stage}); err != nil {
		return err
	}
	if err := keep(p.dir, company, m); err != nil {
		return err
	}
	if err := errors.Join(p.secrets(company), p.desk()); err != nil {
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
	p.people = people(m)
	list, err := json.MarshalIndent(p.people, "", "  ")
	if err != nil {
		return err
	}
	return record.WriteWhole(p.at(peopleFile), list)
}

// secrets draws the roles' secrets, and gives each role its signing key.
func (p *preparation) secrets(company *parties.Company) error {
	c := p.config
	all := map[string]string{c.Roll.Challenges: drawn(), c.IssuerA.Secret: issuer.NewSecret().Reveal(), c.IssuerB.Secret: issuer.NewSecret().Reveal()}
	for _, ends := range shared(c) {
		secret := drawn()
		all[ends[0]], all[ends[1]] = secret, secret
	}
	for id, path := range map[string]string{"roll": c.Roll.Key, "urn": c.Urn.Key, "issuer-a": c.IssuerA.Key, "issuer-b": c.IssuerB.Key} {
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
	return p.scrutin.Open(found)
}
