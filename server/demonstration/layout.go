package demonstration

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"

	"isoloir/record"
	"isoloir/server/config"
)

// Where things lie under the directory of a demonstration. What a role needs is in its own directory; demo holds what a real scrutin has nowhere
// together.
const (
	configFile = "config.yaml"
	recordDir  = "record"
	demoDir    = "demo"

	keysDir    = demoDir + "/keys"    // of mixers, witnesses and contents
	holdersDir = demoDir + "/holders" // two media for each, and their passphrases
	outboxDir  = demoDir + "/outbox"  // by issuer
	clockFile  = demoDir + "/clock"
	peopleFile = demoDir + "/people.json"
	deskFile   = demoDir + "/desk" // the help desk's passphrase
	verdictDir = demoDir + "/verdict"
	readMe     = demoDir + "/LISEZ-MOI.txt"
)

const readMeText = `Ce dossier n'existe que pour une démonstration.
Il réunit ce qui, dans un scrutin réel, n'est jamais au même endroit : les fragments et les phrases secrètes des
détenteurs, les clés des mélangeurs et des témoins, et les messages qui seraient partis chez les électeurs.

This directory exists for a demonstration only.
It holds together what a real election never has in one place: the holders' fragments and passphrases, the keys of
mixers and witnesses, and the messages that electors would have got.
`

// roles are the directories of roles, in the order of their ports: the portal's is the one that the command is given.
var roles = []string{"portal", "roll", "urn", "issuer-a", "issuer-b", "bureau"}

// configure describes the roles of a demonstration on six neighbouring ports, the first of which is listen's. The bureau's has a name, for passkeys.
func configure(listen netip.AddrPort) (*config.Config, error) {
	if int(listen.Port())+len(roles)-1 > 65535 || listen.Port() == 0 {
		return nil, fmt.Errorf("%s: six ports are needed, from this one on", listen)
	}
	origins, places := map[string]string{}, map[string]config.Place{}
	for i, r := range roles {
		at := net.JoinHostPort(listen.Addr().String(), strconv.Itoa(int(listen.Port())+i))
		origins[r], places[r] = "http://"+at, config.Place{Directory: r, Listen: at, Access: []string{"démonstration : qui a cette machine"}}
	}
	origins["bureau"] = "http://localhost:" + strconv.Itoa(int(listen.Port())+len(roles)-1)
	issuer := func(r string) *config.Issuer {
		return &config.Issuer{Place: places[r], Key: r + "/issuer.key", Secret: r + "/secret", Database: r + "/issuer.db",
			InformationFirst: true, Home: "+33", Outbox: outboxDir + "/" + r,
			Links: config.IssuerLinks{Deposit: r + "/links/deposit", Notify: r + "/links/notify", Bureau: r + "/links/bureau"}}
	}
	return &config.Config{
		Record: recordDir,
		Origins: config.Origins{Portal: origins["portal"], Roll: origins["roll"], Urn: origins["urn"],
			IssuerA: origins["issuer-a"], IssuerB: origins["issuer-b"], Bureau: origins["bureau"]},
		Roll: &config.Roll{Place: places["roll"], Key: "roll/roll.key", Challenges: "roll/challenges", Database: "roll/roll.db",
			Links: config.RollLinks{Fate: "roll/links/fate", DepositA: "roll/links/deposit-a", DepositB: "roll/links/deposit-b",
				NotifyA: "roll/links/notify-a", NotifyB: "roll/links/notify-b", Bureau: "roll/links/bureau"}},
		Urn: &config.Urn{Place: places["urn"], Key: "urn/urn.key", Database: "urn/urn.db", BatchKeys: "urn/batch-keys",
			Links: config.UrnLinks{Fate: "urn/links/fate", Bureau: "urn/links/bureau"}},
		IssuerA: issuer("issuer-a"), IssuerB: issuer("issuer-b"),
		Alerts: &config.Alerts{To: []string{"bureau@montclair.example"}, Outbox: outboxDir + "/alerts"},
		Portal: &config.Portal{Place: places["portal"], Documents: "portal/documents", Desk: "portal/desk",
			Assistance: &config.Assistance{To: "assistance@montclair.example", Outbox: outboxDir + "/assistance"}},
		Bureau: &config.Bureau{Place: places["bureau"], Key: "bureau/contents.key", Database: "bureau/bureau.db",
			Links: config.BureauLinks{Roll: "bureau/links/roll", Urn: "bureau/links/urn", IssuerA: "bureau/links/issuer-a", IssuerB: "bureau/links/issuer-b"}},
	}, nil
}

// writeConfig writes the configuration into dir, over one that is there, and reads it as a command does.
func writeConfig(dir string, listen netip.AddrPort, edit func(*config.Config)) (*config.Config, error) {
	c, err := configure(listen)
	if err != nil {
		return nil, err
	}
	edit(c)
	data, err := c.Bytes()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, configFile)
	if err := record.WriteWhole(path, data); err != nil {
		return nil, err
	}
	return config.Read(path)
}

// shared are the files of each secret that two roles share. Who leaves deposits with a companion's roll are the issuers of the scrutin that leads
// it.
func shared(c *config.Config, depositA, depositB string) [][2]string {
	return [][2]string{{c.Roll.Links.Fate, c.Urn.Links.Fate}, {c.Roll.Links.DepositA, depositA}, {c.Roll.Links.DepositB, depositB},
		{c.Roll.Links.NotifyA, c.IssuerA.Links.Notify}, {c.Roll.Links.NotifyB, c.IssuerB.Links.Notify},
		{c.Bureau.Links.Roll, c.Roll.Links.Bureau}, {c.Bureau.Links.Urn, c.Urn.Links.Bureau},
		{c.Bureau.Links.IssuerA, c.IssuerA.Links.Bureau}, {c.Bureau.Links.IssuerB, c.IssuerB.Links.Bureau}}
}

// empty removes what an interrupted preparation has left.
func empty(dir string) error {
	for _, left := range append([]string{recordDir, demoDir, configFile, companionDir, registerDir}, roles...) {
		if err := os.RemoveAll(filepath.Join(dir, left)); err != nil {
			return err
		}
	}
	return nil
}

// makeDirectories makes the directories of all roles, each for its owner only.
func makeDirectories(dir string, roles []string) error {
	for _, r := range roles {
		for _, sub := range []string{r, r + "/links"} {
			if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(sub)), 0o700); err != nil {
				return err
			}
		}
	}
	for _, sub := range []string{demoDir, keysDir, holdersDir, outboxDir, "portal/documents", verdictDir} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(sub)), 0o700); err != nil {
			return err
		}
	}
	return nil
}
