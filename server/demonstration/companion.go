package demonstration

import (
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"time"

	"isoloir/issuer"
	"isoloir/record"
	"isoloir/replay/parties"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/server/config"
)

// companionDir is where a demonstration has that of its companion, laid out like itself.
const companionDir = "companion"

// companionManifest is that of the scrutin that the demonstration leads: one question to two inhabitants of three, who are asked for six digits
// by text message.
func (o Options) companionManifest(open time.Time) (*scrutin.Manifest, error) {
	leading := o
	leading.Edit = nil
	m, err := leading.manifest(open)
	if err != nil {
		return nil, err
	}
	m.Scrutin.ID, m.Scrutin.Title = "budget-participatif", "Budget participatif"
	m.Colleges = []scrutin.College{{ID: "participants", Label: "Habitants et agents", Factors: m.Colleges[0].Factors,
		Validation: scrutin.Validation{Kind: "code", Channel: "sms"}}}
	m.Urns = []scrutin.Urn{{ID: "montclair", Label: "Montclair-les-Étangs", Territory: "montclair", College: "participants", Electors: len(participants(o.crowd()))}}
	m.Questions = []scrutin.Question{{ID: "projet", Title: "Quel projet le budget participatif doit-il payer ?", Urns: []string{"montclair"},
		Options: []scrutin.Option{{ID: "verger", Label: "Un verger partagé"}, {ID: "kiosque", Label: "Un kiosque à musique"}, {ID: "bancs", Label: "Des bancs à l’ombre"}}}}
	m.Draw = scrutin.Draw{Method: "given"}
	if o.EditCompanion != nil {
		o.EditCompanion(m)
	}
	return m, nil
}

// crowd is how many electors the leading scrutin has in each urn, as far as they are known before its manifest.
func (o Options) crowd() []Person {
	m := &scrutin.Manifest{}
	for _, u := range []scrutin.Urn{{ID: "centre", College: "habitants"}, {ID: "rives", College: "habitants"}, {ID: "agents", College: "agents"}} {
		u.Electors = o.Electors
		m.Urns = append(m.Urns, u)
	}
	return people(m)
}

// participants are those who may vote in the companion too.
func participants(all []Person) (some []Person) {
	for i, p := range all {
		if i%3 != 0 {
			p.Urn, p.College = "montclair", "participants"
			some = append(some, p)
		}
	}
	return some
}

// companionShape is how its parties are made up: a small bureau of its own.
func companionShape(of parties.Shape) parties.Shape {
	return parties.Shape{Holders: 3, Threshold: 2, Mixers: 2, Witnesses: 1, Authorities: min(1, of.Authorities), WorkFactor: of.WorkFactor}
}

// accompany begins the companion of a preparation, on the five ports that follow its own.
func (p *preparation) accompany(listen netip.AddrPort) error {
	c := &preparation{Options: p.Options, dir: p.at(companionDir), watch: Watcher{Step: func(string) {}, Stage: p.watch.Stage}, leading: p}
	c.Shape = companionShape(p.Shape)
	if err := makeDirectories(c.dir, roles); err != nil {
		return err
	}
	next := netip.AddrPortFrom(listen.Addr(), listen.Port()+uint16(len(roles)))
	var err error
	c.config, err = writeConfig(c.dir, next, func(own *config.Config) {
		own.Leading = p.config.Origins.Portal
		own.IssuerA.Links.Deposit, own.IssuerB.Links.Deposit = "", ""
	})
	p.companion = c
	return err
}

// describe tells the leading scrutin's roles of the companion, once it has a fingerprint, and gives its issuers what they leave deposits with.
func (p *preparation) describe(listen netip.AddrPort) (err error) {
	c := p.companion
	p.config, err = writeConfig(p.dir, listen, func(own *config.Config) {
		issuer := func(role string) *config.CompanionIssuer {
			return &config.CompanionIssuer{Key: role + "/companion.key", Deposit: role + "/links/companion"}
		}
		own.Companions = []config.Companion{{Fingerprint: c.scrutin.Fingerprint.String(), Record: companionDir + "/" + recordDir, Origins: c.config.Origins,
			IssuerA: issuer("issuer-a"), IssuerB: issuer("issuer-b")}}
	})
	return err
}

// pair tells the roll which of its electors is who in the companion.
func (p *preparation) pair(ctx context.Context) error {
	extract, err := p.companion.extract(ctx)
	if err != nil {
		return err
	}
	here, err := roll.References(ctx, p.roll.RollStore, p.roll.scope, len(p.scrutin.Manifest.Urns))
	if err != nil {
		return err
	}
	return p.roll.Pair(ctx, p.roll.scope, 0, roll.ReadPairs(extract, p.companion.scrutin.Manifest, here))
}

// led is the companion as an issuer of the leading scrutin leaves deposits there, by a call.
func (p *preparation) led(issuerID string) []issuer.Companion {
	if p.companion == nil {
		return nil
	}
	c := p.companion.scrutin
	return []issuer.Companion{{Manifest: c.Manifest, Fingerprint: c.Fingerprint, Signer: c.Signers[issuerID], Roll: p.companion.roll}}
}

// openCompanion opens the demonstration of the companion, if there is one.
func openCompanion(dir string, workers int) (*Demonstration, error) {
	at := filepath.Join(dir, companionDir)
	if ready, err := Prepared(at); !ready || err != nil {
		return nil, err
	}
	d, err := Open(at, workers)
	if err != nil {
		err = fmt.Errorf("%s: %w", companionDir, err)
	}
	return d, err
}

// Companions are the demonstration of the scrutin that this one leads, if there is one.
func (d *Demonstration) Companions() []*Demonstration {
	if d.Companion == nil {
		return nil
	}
	return []*Demonstration{d.Companion}
}

// finished writes the file that makes a directory a demonstration.
func (p *preparation) finished() error {
	return record.WriteWhole(p.at(readMe), []byte(readMeText))
}
