package config_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isoloir/server/config"
)

// whole describes all roles, with every key that there is.
func whole(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("testdata/whole.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// What is read is written as it is read, and paths begin where the file lies.
func TestRead(t *testing.T) {
	c, err := config.Parse([]byte(whole(t)))
	if err != nil {
		t.Fatal(err)
	}
	first, err := c.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	again, err := config.Parse(first)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := again.Bytes(); err != nil || !bytes.Equal(first, second) {
		t.Fatalf("written again: %v\n%s", err, second)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(path, []byte(whole(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	read, err := config.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if networks := read.Roll.Networks(); len(networks) != 2 || networks[0] != netip.MustParsePrefix("127.0.0.1/32") || networks[1] != netip.MustParsePrefix("2001:db8::/64") {
		t.Errorf("proxies: %v", networks)
	}
	if desk := read.IssuerB.DeskNetworks(); len(desk) != 1 || desk[0] != netip.MustParsePrefix("192.0.2.10/32") {
		t.Errorf("desk: %v", desk)
	}
	if name, in := config.InVault(read.Urn.Links.Fate); !in || name != "links/fate" || read.Urn.AppRole.SecretID != filepath.Join(dir, "urn/secret-id") {
		t.Errorf("custody: %q %q", read.Urn.Links.Fate, read.Urn.AppRole.SecretID)
	}
	if read.Roll.Key != filepath.Join(dir, "roll/roll.key") || read.ACME.Cache != "/var/lib/isoloir/acme" || read.Urn.TLS.Key != "/etc/isoloir/urn.pem" {
		t.Errorf("paths: %q %q %q", read.Roll.Key, read.ACME.Cache, read.Urn.TLS.Key)
	}
}

// A role that is not there is served elsewhere: the file may describe one alone.
func TestOneRole(t *testing.T) {
	c, err := config.Parse([]byte(`
record: record
origins: {portal: "https://vote.example", roll: "https://liste.example", urn: "https://urne.example", issuer-a: "https://a.example", issuer-b: "https://b.example"}
portal: {directory: portal, listen: "0.0.0.0:443", documents: portal/documents}
`))
	if err != nil || c.Roll != nil || c.Portal == nil {
		t.Fatalf("%+v, %v", c, err)
	}
}

// again is a companion that stands before itself.
const again = `  - fingerprint: 5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8
    record: other/record
    origins: {portal: "https://p.example", roll: "https://r.example", urn: "https://u.example", issuer-a: "https://a.example", issuer-b: "https://b.example"}
    issuer-a: {key: k, deposit: other/a}
    issuer-b: {key: k, deposit: other/b}
  - fingerprint:`

// A companion's issuer deposits nothing: it needs no link for that.
func TestCompanionAlone(t *testing.T) {
	text := whole(t)
	i, j := strings.Index(text, "companions:"), strings.Index(text, "roll:\n  directory")
	text = strings.Replace(text[:i]+text[j:], "record: record", "record: record\nleading: https://principal.example", 1)
	c, err := config.Parse([]byte(strings.Replace(text, "    deposit: issuer-a/links/deposit\n", "", 1)))
	if err != nil || c.Leading != "https://principal.example" || c.IssuerA.Links.Deposit != "" {
		t.Errorf("%v", err)
	}
}

func TestRefused(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"unknown key":          {"record: record", "record: record\ncolour: red", "colour"},
		"unknown key within":   {"  batch-keys:", "  password: secret\n  batch-keys:", "password"},
		"key twice":            {"record: record", "record: record\nrecord: other", "already defined"},
		"nothing":              {"record: record", "", "record: it is missing"},
		"origin with a slash":  {"https://vote.example", "https://vote.example/", "origins.portal"},
		"origin in the clear":  {"https://vote.example", "http://vote.example", "only for 127.0.0.1"},
		"origin with a path":   {"https://vote.example", "https://vote.example/fr", "origins.portal"},
		"origin, usual port":   {"https://vote.example", "https://vote.example:443", "origins.portal"},
		"origin, accents":      {"https://vote.example", "https://vôte.example", "origins.portal"},
		"origin of somebody":   {"https://vote.example", "https://me@vote.example", "origins.portal"},
		"two databases":        {"  database: urn/urn.db", "  database: urn/urn.db\n  postgres: urn/address", "urn.database: postgres stands there too"},
		"no batch keys":        {"  batch-keys: /run/isoloir/roll-keys", "", "roll.batch-keys: it is missing"},
		"no address":           {"listen: 127.0.0.1:8081", "listen: everywhere", "roll.listen"},
		"no secret":            {"fate: roll/links/fate", "fate: ''", "roll.links.fate: it is missing"},
		"half a certificate":   {"certificate: /etc/isoloir/urn.crt", "certificate: ''", "urn.tls.certificate"},
		"authority in clear":   {"https://acme.example/directory", "http://acme.example/directory", "acme.directory"},
		"calling code":         {"home: \"+33\"", "home: \"33\"", "write it as +33"},
		"port":                 {"port: 587", "port: 70000", "issuer-a.email.port"},
		"nobody to assist":     {"to: assistance@vote.example", "to: nobody", "portal.assistance.to"},
		"a second document":    {"record: record", "record: record\n---\nrecord: record", "ACME"},
		"number for a text":    {"host: smtp.example", "host: {a: b}", "cannot unmarshal"},
		"a list for a section": {"urn:", "urns:", "urns"},
		"no proxy":             {"[127.0.0.1,", "[proxy.example,", "neither an address nor a network"},
		"no desk":              {"[192.0.2.10]", "[192.0.2.10/33]", "issuer-b.desk"},
		"observed by all":      {"10.0.7.2:9464", "0.0.0.0:9464", "observe.listen"},
		"observed by name":     {"10.0.7.2:9464", "vote.example:9464", "no address of this machine or of a private network"},
		"observed outside":     {"10.0.7.2:9464", "192.0.2.1:9464", "observe.listen"},
		"in no vault":          {"vault:\n  address: https://coffre.example:8200\n  mount: isoloir/2027-municipales\n  trust: /etc/isoloir/authorities.pem\n", "", "urn.key: it is in the Vault"},
		"no login there":       {"  approle:\n    role-id: urn/role-id\n    secret-id: urn/secret-id\n", "", "urn.links.fate: it is in the Vault"},
		"half a login":         {"role-id: urn/role-id", "role-id: ''", "urn.approle.role-id: it is missing"},
		"another's login":      {"secret-id: urn/secret-id", "secret-id: ./issuer-b/secret", "each needs its own"},
		"a vault in the clear": {"https://coffre.example:8200", "http://coffre.example:8200", "only for 127.0.0.1"},
		"a mount of all":       {"mount: isoloir/2027-municipales", "mount: ../sys", "vault.mount"},
		"no identity":          {"identity: /run/credentials/isoloir/identity", "identity: ''", "age.identity: it is missing"},
		"a log of its own":     {"log: json", "log: xml", "observe.log"},
		"no fingerprint":       {"fingerprint: 5e88", "fingerprint: 5E88", "64 lower-case hexadecimal digits"},
		"a fingerprint twice":  {"  - fingerprint:", again, "companions[1].fingerprint: \"5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8\" is the fingerprint of companions[0]"},
		"an origin of both":    {"https://urne.consultation.example", "https://urne.vote.example", "companions[0].origins.urn"},
		"companion unknown":    {"    issuer-b:\n      key: issuer-b/companion.key\n      deposit: issuer-b/links/companion\n", "", "companions[0].issuer-b: it is missing"},
		"companion's secret":   {"deposit: issuer-b/links/companion", "deposit: ./issuer-b/secret", "each needs its own"},
		"companion's key":      {"key: issuer-b/companion.key", "key: ''", "companions[0].issuer-b.key: it is missing"},
		"companion's record":   {"    record: companion/record\n", "", "companions[0].record: it is missing"},
		"leads and is led":     {"record: record", "record: record\nleading: https://principal.example", "a companion leads no other"},
		"led by itself":        {"record: record", "record: record\nleading: https://vote.example", "leading: \"https://vote.example\" is the origin of origins.portal too"},
		"led from nowhere":     {"record: record", "record: record\nleading: principal.example", "leading: \"principal.example\" is no origin"},
		"no link to the roll":  {"deposit: issuer-a/links/deposit", "deposit: ''", "issuer-a.links.deposit: it is missing"},
		"one origin for two":   {"https://liste.vote.example", "https://vote.example", "each needs its own"},
		"one store for two":    {"database: urn/urn.db", "database: ./issuer-a/issuer.db", "each needs its own"},
		"two carriers":         {"  phones: [", "  outbox: alerts\n  phones: [", "alerts.email: outbox stands there too"},
		"nobody to alert":      {"to: [bureau@vote.example, exploitation@vote.example]", "to: []", "alerts.to: it is missing"},
		"no telephone":         {`["+33612345678"]`, `["0612345678"]`, "write it as +33612345678"},
		"one key of rows":      {"rows: /etc/isoloir/urn.rows", "rows: /etc/isoloir/roll.rows", "each needs its own"},
		"bureau without place": {"  bureau: https://bureau.example\n", "", "origins.bureau: it is missing"},
		"a role nobody asks":   {"    urn: bureau/links/urn\n", "", "bureau.links.urn: it is missing"},
		"bureau at the roll's": {"https://bureau.example", "https://liste.vote.example", "each needs its own"},
		"one store with both":  {"postgres: bureau/address", "postgres: roll/address", "each needs its own"},
		"one link for two":     {"urn: bureau/links/urn", "urn: bureau/links/roll", "each needs its own"},
		"no key of contents":   {"  key: bureau/contents.key\n", "", "bureau.key: it is missing"},
		"one secret for two":   {"notify-b: roll/links/notify-b", "notify-b: roll/links/fate", "each needs its own"},
	} {
		text := strings.Replace(whole(t), c.old, c.new, 1)
		if text == whole(t) {
			t.Fatalf("%s: %q does not stand there", name, c.old)
		}
		_, err := config.Parse([]byte(text))
		if name == "a second document" {
			if err == nil {
				t.Errorf("%s: accepted", name)
			}
			continue
		}
		if !errors.Is(err, config.ErrConfig) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	for name, text := range map[string]string{"empty": "", "a word": "vote", "two documents": whole(t) + "---\nrecord: record\n", "a comment": "# nothing\n"} {
		if _, err := config.Parse([]byte(text)); !errors.Is(err, config.ErrConfig) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := config.Read(filepath.Join(t.TempDir(), "none.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	large := filepath.Join(t.TempDir(), "large.yaml")
	if err := os.WriteFile(large, bytes.Repeat([]byte("#\n"), 40<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Read(large); !errors.Is(err, config.ErrConfig) {
		t.Errorf("a large file: %v", err)
	}
}

// What is not said of the log is what needs no thought.
func TestObserve(t *testing.T) {
	c, err := config.Parse([]byte(strings.NewReplacer("  listen: 10.0.7.2:9464\n", "", "  log: json\n", "").Replace(whole(t)) + "  {}\n"))
	if err != nil || c.Observe.At() != "127.0.0.1:9464" || c.Observe.JSON() {
		t.Errorf("%+v %v", c.Observe, err)
	}
	if (*config.Observe)(nil).JSON() {
		t.Error("without the section lines are JSON")
	}
}

// What is accepted is accepted again as it is written.
func FuzzParse(f *testing.F) {
	f.Add(whole(f))
	f.Add("record: a\norigins: {portal: https://a}\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := config.Parse([]byte(text))
		if err != nil {
			return
		}
		written, err := c.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := config.Parse(written); err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
	})
}

// Messages of real consultations are sent: a directory that keeps them is for demonstrations.
func TestNoOutboxOfRealNotices(t *testing.T) {
	const town = `notices:
  directory: notices
  listen: 127.0.0.1:8444
  origin: https://avis.example
  organisation: Ville
  kind: %s
  zone: Europe/Paris
  territories: [{id: nord, label: Nord}]
  announcements: announcements/ville
  database: notices/notices.db
  key: link.key
  outbox: outbox
`
	if _, err := config.ParseTown(fmt.Appendf(nil, town, "rehearsal")); err != nil {
		t.Error(err)
	}
	if _, err := config.ParseTown(fmt.Appendf(nil, town, "real")); !errors.Is(err, config.ErrConfig) || !strings.Contains(err.Error(), "notices.outbox") {
		t.Errorf("real notices that nobody is sent: %v", err)
	}
}

// A scrutin of accounts is served by a file that names its register, and neither a roll nor issuers.
func TestServedAccounts(t *testing.T) {
	c, err := config.Read("testdata/accounts.yaml")
	if err != nil || !c.OfAccounts() {
		t.Fatalf("%+v %v", c, err)
	}
	data, err := os.ReadFile("testdata/accounts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string][2]string{
		"urn.links.fate":        {"    bureau: urn/links/bureau", "    bureau: urn/links/bureau\n    fate: urn/links/fate"},
		"bureau.links.roll":     {"    urn: bureau/links/urn", "    urn: bureau/links/urn\n    roll: bureau/links/roll"},
		"bureau.links.issuer-a": {"    urn: bureau/links/urn", "    urn: bureau/links/urn\n    issuer-a: bureau/links/issuer-a"},
		"leading":               {"urn:\n  directory", "leading: https://vote.example\nurn:\n  directory"},
	} {
		text := strings.Replace(string(data), change[0], change[1], 1)
		if _, err := config.Parse([]byte(text)); !errors.Is(err, config.ErrConfig) || !strings.Contains(err.Error(), what) {
			t.Errorf("with %s: %v", what, err)
		}
	}
}
