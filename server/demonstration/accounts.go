package demonstration

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"isoloir/keyceremony/device"
	"isoloir/observe"
	"isoloir/record"
	"isoloir/register"
	"isoloir/replay/parties"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/server"
	"isoloir/server/config"
	"isoloir/web"
)

// Of a demonstration of accounts, beside what every one has.
const (
	registerDir  = "register" // as package register/office keeps it
	cardsFile    = demoDir + "/cards.json"
	terminalFile = demoDir + "/terminal.key"
)

// AccountOptions say how large a demonstration of accounts is.
type AccountOptions struct {
	Accounts  int // taken into use in each of the two constituencies; as many again are handed out, and not used yet
	Lasts     time.Duration
	MemoryKiB uint32 // that the stretching of a code takes
	parties.Shape
	Workers int
	Edit    func(*scrutin.Manifest) // what is to be otherwise than here; may be nil
}

// DefaultAccounts is what `isoloir run -accounts` prepares.
func DefaultAccounts() AccountOptions {
	return AccountOptions{Accounts: 12, Lasts: 5 * 24 * time.Hour, MemoryKiB: 19 << 10,
		Shape: parties.Shape{Holders: 3, Threshold: 2, Mixers: 2, Witnesses: 2, Authorities: 1, WorkFactor: 12}}
}

// A Card is one that was handed out, as its owner has it.
type Card struct {
	Number       register.Number
	Constituency string
	Scratch      string
	Passphrase   string // of an account that is in use; empty before
}

// PrepareAccounts makes in dir, which does not exist or is empty, a consultation of people with anonymous accounts: a register whose cards were handed
// out and taken into use, and a scrutin of these accounts up to the act by which the vote opens. It is there whole or not at all.
func PrepareAccounts(ctx context.Context, dir string, o AccountOptions, listen netip.AddrPort, w Watcher) error {
	return whole(dir, accountRoles, func(unfinished string) error {
		p := &consultation{AccountOptions: o, preparation: &preparation{Options: Options{Shape: o.Shape, Workers: o.Workers}, dir: unfinished, watch: w, opens: time.Now().Truncate(time.Second)}}
		var err error
		if p.config, err = writeAccountConfig(unfinished, listen); err != nil {
			return err
		}
		return errors.Join(p.through(ctx, []step{
			{"register", p.distribute},
			{"manifest", p.constitute},
			{"key ceremony", func(context.Context) error { return p.scrutin.Ceremony() }},
			{"rehearsal", func(context.Context) error { return p.scrutin.Rehearse() }},
			{"snapshot", func(context.Context) error { return p.scrutin.Enrol() }},
			{"anonymisation", func(context.Context) error { return p.scrutin.Anonymise() }},
			{"opening record", func(context.Context) error { _, err := p.scrutin.MakeOpening(web.Hash()); return err }},
			{"opening", p.open},
		}...), p.shut())
	})
}

// consultation is a demonstration of accounts on its way.
type consultation struct {
	AccountOptions
	*preparation

	rho      scrutin.Digest
	register note.Verifier
	snapshot scrutin.Digest
	electors []int // by urn
}

// accountRoles are the directories of roles of a scrutin of accounts, in the order of their ports.
var accountRoles = []string{"portal", registerDir, "urn"}

// configureAccounts describes them. Browsers make passkeys for a name, so that the portal and the register have one.
func configureAccounts(listen netip.AddrPort) *config.Config {
	origins, places := map[string]string{}, map[string]config.Place{}
	for i, r := range accountRoles {
		port := strconv.Itoa(int(listen.Port()) + i)
		origins[r] = "http://localhost:" + port
		places[r] = config.Place{Directory: r, Listen: net.JoinHostPort(listen.Addr().String(), port), Access: []string{"démonstration : qui a cette machine"}}
	}
	return &config.Config{
		Record:  recordDir,
		Origins: config.Origins{Portal: origins["portal"], Urn: origins["urn"], Register: origins[registerDir]},
		Urn:     &config.Urn{Place: places["urn"], Key: "urn/urn.key", Database: "urn/urn.db", BatchKeys: "urn/batch-keys"},
		Portal: &config.Portal{Place: places["portal"], Documents: "portal/documents",
			Assistance: &config.Assistance{To: "assistance@montclair.example", Outbox: outboxDir + "/assistance"}},
		Alerts: &config.Alerts{To: []string{"bureau@montclair.example"}, Outbox: outboxDir + "/alerts"},
	}
}

func writeAccountConfig(dir string, listen netip.AddrPort) (*config.Config, error) {
	data, err := configureAccounts(listen).Bytes()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, configFile)
	if err := record.WriteWhole(path, data); err != nil {
		return nil, err
	}
	return config.Read(path)
}

// constitute makes everybody's keys, the manifest, which names the register's snapshot, and constitutes the bureau.
func (p *consultation) constitute(context.Context) error {
	terminal, err := note.GenerateKey("borne-mairie")
	if err != nil {
		return err
	}
	m := p.manifest(terminal.Verifier())
	company, err := parties.Assemble(p.AccountOptions.Shape, p.at(holdersDir))
	if err != nil {
		return err
	}
	company.Enter(m, p.AccountOptions.Shape)
	if p.AccountOptions.Edit != nil {
		p.AccountOptions.Edit(m)
	}
	if err := errors.Join(keep(p.dir, company, m), server.WriteSecret(p.config.Urn.Key, company.Signers["urn"].Encode()), server.WriteSecret(p.at(terminalFile), terminal.Encode())); err != nil {
		return err
	}
	p.scrutin, err = parties.Begin(company, m, p.record, parties.Options{Now: time.Now, Workers: p.AccountOptions.Workers, WorkFactor: p.WorkFactor, Stage: p.watch.Stage})
	return err
}

// manifest is that of an invented consultation, all but who takes part.
func (p *consultation) manifest(terminal note.Verifier) *scrutin.Manifest {
	yes := []scrutin.Option{{ID: "pour", Label: "Pour"}, {ID: "contre", Label: "Contre"}}
	urns := []string{"centre", "rives"}
	m := &scrutin.Manifest{
		Record:       scrutin.KindManifest,
		Organisation: scrutin.Organisation{ID: "montclair", Label: "Commune de Montclair-les-Étangs"},
		Scrutin:      scrutin.Scrutin{ID: consultationID, Title: "Place du Marché et bibliothèque", Kind: scrutin.Rehearsal, Profile: scrutin.Consultation, Level: 2},
		Territories: []scrutin.Territory{{ID: "montclair", Label: "Montclair-les-Étangs"},
			{ID: "centre", Label: "Quartier du Centre", Parent: "montclair"}, {ID: "rives", Label: "Quartier des Rives", Parent: "montclair"}},
		Colleges: []scrutin.College{{ID: "habitants", Label: "Habitants", Factors: []scrutin.Factor{{Kind: "card", Channel: "none"}},
			Validation: scrutin.Validation{Kind: "none", Channel: "none"}}},
		Questions: []scrutin.Question{
			{ID: "place", Title: "Faut-il fermer la place du Marché aux voitures ?", Urns: urns, Options: yes},
			{ID: "bibliotheque", Title: "Faut-il ouvrir la bibliothèque le dimanche ?", Urns: urns, Options: yes},
		},
		Draw: scrutin.Draw{Method: "given"},
		Schedule: scrutin.Schedule{Zone: zone, Open: scrutin.TimeOf(p.opens), Close: scrutin.TimeOf(p.opens.Add(p.AccountOptions.Lasts)),
			SlotMinutes: 60, FlushMinutes: 1},
		Finality:    scrutin.Finality{Mode: scrutin.Revote, HighestCounter: 9},
		Publication: scrutin.Publication{Rule: "evidence", Board: "public", Release: "proclamation", EmailAfterVote: "none"},
		Decision:    scrutin.Decision{Rule: "counts", Tie: "none", Turnout: scrutin.Fraction{Denominator: 1}},
		Weight:      scrutin.Weight{Rule: scrutin.Mixed, Absent: "counted", Several: "equal"},
		Leaves:      []string{"cast", "supervised"},
		MinimumSize: 10,
		Addenda:     scrutin.Addenda{Allowed: []string{"suspend", "extend", "append"}},
		Register: []scrutin.AccountRegister{{Register: p.rho, Snapshot: p.snapshot,
			Terminals: []scrutin.Party{{ID: terminal.Name(), Label: "Borne de la mairie", Affiliation: scrutin.Operator, Key: terminal.String()}}}},
		Protocol: scrutin.Version,
	}
	m.Platform.Roll = scrutin.Party{ID: p.register.Name(), Label: "Registre des comptes", Affiliation: scrutin.Operator, Key: p.register.String()}
	for i, id := range urns {
		m.Urns = append(m.Urns, scrutin.Urn{ID: id, Label: m.Territories[i+1].Label, Territory: id, College: "habitants", Electors: p.electors[i],
			Represented: perMember * p.electors[i], Members: seats[i]})
	}
	return m
}

// open lets the bureau find the urns empty, as they will be served, and open the vote.
func (p *consultation) open(ctx context.Context) (err error) {
	public, err := server.OpenPublic(p.config.Record)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, public.Close()) }()
	u, err := server.NewUrn(ctx, *p.config.Urn, server.Setting{Public: public, Origins: p.config.Origins, Now: time.Now, Workers: p.AccountOptions.Workers, Watch: observe.Silent()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, u.Shut()) }()
	found, err := parties.Services{Urn: u.Service}.Found(ctx, p.scrutin.Manifest)
	if err != nil {
		return err
	}
	if err := p.scrutin.Open(found); err != nil {
		return err
	}
	return p.finished()
}

// OfAccounts says whether the scrutin is one of accounts.
func (d *Demonstration) OfAccounts() bool { return d.Config.OfAccounts() }

// Cards are those that were handed out.
func (d *Demonstration) Cards() (cards []Card, err error) {
	data, err := os.ReadFile(d.at(cardsFile))
	if err == nil {
		err = json.Unmarshal(data, &cards)
	}
	return cards, err
}

// suggested is a passphrase for an account.
func suggested() string { return string(device.Suggest()) }
