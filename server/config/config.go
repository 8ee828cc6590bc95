// Package config reads the file that says how the roles of a scrutin are served: where each one's directory, address, certificate and
// secrets are (docs/serving.md). It is YAML 1.2, read strictly: a key that is unknown or stands twice is refused. No secret stands in it,
// only the paths of the files that hold them, or their names in a Vault (docs/custody.md). Paths that are not absolute begin where the file lies.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-playground/validator/v10"
	"go.yaml.in/yaml/v3"
)

// ErrConfig says that a file of configuration is refused. The error names every mistake.
var ErrConfig = errors.New("the configuration is refused")

// A Config is the whole file. A role that is not there is served elsewhere.
type Config struct {
	Observe *Observe `yaml:"observe" validate:"omitempty"`

	// Record is the directory of this machine's copy of the public record.
	Record  string  `yaml:"record" validate:"required"`
	Origins Origins `yaml:"origins"`
	// Leading is the origin of the portal of the scrutin that this one is a companion of; empty where it is none.
	Leading string `yaml:"leading" validate:"omitempty,origin"`
	// Companions are the scrutins that this one leads, in the manifest's order.
	Companions []Companion `yaml:"companions" validate:"max=8,dive"`
	Roll       *Roll       `yaml:"roll" validate:"omitempty"`
	Urn        *Urn        `yaml:"urn" validate:"omitempty"`
	IssuerA    *Issuer     `yaml:"issuer-a" validate:"omitempty"` // the first one of the manifest
	IssuerB    *Issuer     `yaml:"issuer-b" validate:"omitempty"`
	Portal     *Portal     `yaml:"portal" validate:"omitempty"`
	Bureau     *Bureau     `yaml:"bureau,omitempty" validate:"omitempty"`
	ACME       *ACME       `yaml:"acme" validate:"omitempty"`
	Age        *Age        `yaml:"age" validate:"omitempty"`
	Vault      *Vault      `yaml:"vault" validate:"omitempty"`
	Alerts     *Alerts     `yaml:"alerts" validate:"omitempty"`
}

// Origins is where browsers and other roles find each role, as https://host[:port]. Plain http is for this machine alone.
type Origins struct {
	Portal  string `yaml:"portal" validate:"origin"`
	Roll    string `yaml:"roll" validate:"excluded_with=Register,required_without=Register,omitempty,origin"`
	Urn     string `yaml:"urn" validate:"origin"`
	IssuerA string `yaml:"issuer-a" validate:"excluded_with=Register,required_without=Register,omitempty,origin"`
	IssuerB string `yaml:"issuer-b" validate:"excluded_with=Register,required_without=Register,omitempty,origin"`
	// Register is where citizens open their accounts, in a scrutin of accounts, which has neither a roll nor issuers. It is served by a process
	// of its own, and shares nothing with the roles of this file.
	Register string `yaml:"register,omitempty" validate:"omitempty,origin"`
	// Bureau is where members' browsers find the bureau's pages: a host that has a name, since passkeys are for one.
	Bureau string `yaml:"bureau,omitempty" validate:"omitempty,origin"`
}

// A Roll is how the roll is served.
type Roll struct {
	Place      `yaml:",inline"`
	Key        string    `yaml:"key" validate:"required"`        // signs authorisations and marks
	Challenges string    `yaml:"challenges" validate:"required"` // makes challenges
	Links      RollLinks `yaml:"links"`
	Database   string    `yaml:"database" validate:"required_without=Postgres,excluded_with=Postgres"` // a file of SQLite
	Postgres   string    `yaml:"postgres"`                                                             // or the file of a connection string
	BatchKeys  string    `yaml:"batch-keys" validate:"required_with=Postgres"`                         // with it, a directory that no backup sees
	Rows       string    `yaml:"rows"`                                                                 // the file of the key that ties the store's rows to this role; empty for one of its directory
	Trust      string    `yaml:"trust"`                                                                // PEM of authorities beside the system's, for links
}

// RollLinks are the files of the secrets that the roll shares.
type RollLinks struct {
	Fate     string `yaml:"fate" validate:"required"`      // the roll asks the urn
	DepositA string `yaml:"deposit-a" validate:"required"` // the issuers leave deposits
	DepositB string `yaml:"deposit-b" validate:"required"`
	NotifyA  string `yaml:"notify-a" validate:"required"` // the roll has the issuers write
	NotifyB  string `yaml:"notify-b" validate:"required"`
	Bureau   string `yaml:"bureau,omitempty"` // the bureau asks the roll
}

// An Urn is how the urn is served.
type Urn struct {
	Place     `yaml:",inline"`
	Key       string   `yaml:"key" validate:"required"` // signs promises and checkpoints
	Links     UrnLinks `yaml:"links"`
	Database  string   `yaml:"database" validate:"required_without=Postgres,excluded_with=Postgres"` // a file of SQLite
	Postgres  string   `yaml:"postgres"`                                                             // or the file of a connection string
	BatchKeys string   `yaml:"batch-keys" validate:"required"`                                       // a directory that no backup sees
	Rows      string   `yaml:"rows"`                                                                 // the file of the key that ties the store's rows to this role; empty for one of its directory
}

// UrnLinks are the files of the secrets that the urn shares.
type UrnLinks struct {
	Fate   string `yaml:"fate"`             // the roll asks the urn; empty where there is no roll
	Bureau string `yaml:"bureau,omitempty"` // the bureau asks the urn
}

// An Issuer is how one of the two issuers is served.
type Issuer struct {
	Place    `yaml:",inline"`
	Key      string      `yaml:"key" validate:"required"`    // signs deposits
	Secret   string      `yaml:"secret" validate:"required"` // from which halves and codes follow
	Links    IssuerLinks `yaml:"links"`
	Database string      `yaml:"database" validate:"required"`
	Trust    string      `yaml:"trust"` // PEM of authorities beside the system's, for links
	// InformationFirst says that codes leave only when the general information has left for everybody.
	InformationFirst bool `yaml:"information-first"`
	// Home is the calling code, as +33, of telephone numbers that people type without one.
	Home string `yaml:"home" validate:"omitempty,calling"`
	// Desk are the addresses or networks from which the portal asks for the help desk, which may ask more often than others.
	Desk []string `yaml:"desk" validate:"dive,ip|cidr"`
	// Email or SMS carries the messages of an issuer of that channel.
	Email *Email `yaml:"email" validate:"omitempty"`
	SMS   *SMS   `yaml:"sms" validate:"omitempty"`
	// PerSecond is how many messages the carrier may be given in a second; 0 is no limit.
	PerSecond float64 `yaml:"per-second" validate:"min=0,max=10000"`
	// Outbox is a directory in which messages are kept instead of being sent, for demonstrations: they hold codes.
	Outbox string `yaml:"outbox"`
}

// Email is the submission server of e-mail (package courier/email).
type Email struct {
	Host     string `yaml:"host" validate:"hostname_rfc1123"`
	Port     int    `yaml:"port" validate:"min=1,max=65535"`
	Implicit bool   `yaml:"implicit-tls"` // TLS from the first byte, usually on port 465; otherwise STARTTLS
	User     string `yaml:"user"`         // empty where the server asks for none
	Password string `yaml:"password"`     // its file
	From     string `yaml:"from" validate:"required"`
	Bounces  string `yaml:"bounces" validate:"omitempty,email"`
}

// SMS is the gateway of text messages (package courier/sms).
type SMS struct {
	URL    string `yaml:"url" validate:"url"`
	Key    string `yaml:"key" validate:"required"` // its file: 64 hexadecimal digits, shared with the gateway
	Sender string `yaml:"sender" validate:"required"`
}

// IssuerLinks are the files of the secrets that an issuer shares with the roll.
type IssuerLinks struct {
	Deposit string `yaml:"deposit"` // a companion's issuer has none: that of the leading scrutin deposits
	Notify  string `yaml:"notify" validate:"required"`
	Bureau  string `yaml:"bureau,omitempty"` // the bureau asks the issuer
}

func (i *Issuer) paths() []*string {
	all := []*string{&i.Key, &i.Secret, &i.Database, &i.Trust, &i.Outbox, &i.Links.Deposit, &i.Links.Notify, &i.Links.Bureau}
	if i.Email != nil {
		all = append(all, &i.Email.Password)
	}
	if i.SMS != nil {
		all = append(all, &i.SMS.Key)
	}
	return all
}

// A Portal is how the portal is served.
type Portal struct {
	Place     `yaml:",inline"`
	Documents string `yaml:"documents" validate:"required"` // the manifest's documents, named by their digests
	// Desk is the file of the help desk's staff (package portal/passphrase); empty for no desk.
	Desk       string      `yaml:"desk"`
	Assistance *Assistance `yaml:"assistance" validate:"omitempty"`
}

// Assistance is who reads what people ask, and by what it is carried to them.
type Assistance struct {
	To     string `yaml:"to" validate:"email"`
	Email  *Email `yaml:"email" validate:"required_without=Outbox,omitempty"`
	Outbox string `yaml:"outbox"` // a directory that keeps it instead
}

// ACME is how certificates are asked of an authority (RFC 8555), where the command is told to.
type ACME struct {
	Directory string `yaml:"directory" validate:"omitempty,https_url"` // of the authority; empty for Let's Encrypt
	Trust     string `yaml:"trust"`                                    // PEM of authorities beside the system's, for an authority of one's own
	Email     string `yaml:"email" validate:"omitempty,email"`
	Cache     string `yaml:"cache" validate:"required"` // a directory: it holds private keys
}

// maxSize is that of the largest file, in bytes.
const maxSize = 64 << 10

// Read reads a file of configuration.
func Read(path string) (*Config, error) { return read(path, Parse, (*Config).paths) }

// read reads a file whose paths begin where it lies.
func read[C any](path string, parse func([]byte) (*C, error), paths func(*C) []*string) (*C, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxSize {
		return nil, fmt.Errorf("%w: %s is larger than %d bytes", ErrConfig, path, maxSize)
	}
	c, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	below(dir, paths(c))
	return c, nil
}

// Parse reads what stands in a file. Its paths are left as they are.
func Parse(data []byte) (*Config, error) {
	var c Config
	if err := decode(data, &c, new(Config)); err != nil {
		return nil, err
	}
	return &c, c.check()
}

// decode reads the one document of a file into c; again is another of its kind.
func decode(data []byte, c, again any) error {
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(c); err != nil {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	if err := d.Decode(again); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: there is a second document in it", ErrConfig)
	}
	return nil
}

// Bytes is the file that Parse reads.
func (c *Config) Bytes() ([]byte, error) {
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	err := errors.Join(e.Encode(c), e.Close())
	return out.Bytes(), err
}

func (c *Config) check() error {
	wrong, err := mistakes(c)
	if err != nil {
		return err
	}
	return refused(wrong, c.shared(), c.together(), c.rolled(), c.logins(), c.Alerts.unheard(), c.members())
}

// refused is ErrConfig with every mistake; nil where there is none.
func refused(wrong ...[]error) error {
	all := slices.Concat(append([][]error{{ErrConfig}}, wrong...)...)
	if len(all) == 1 {
		return nil
	}
	return errors.Join(all...)
}

// mistakes are what the fields of a configuration say against their tags, each with what to write.
func mistakes(c any) (all []error, err error) {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string { return strings.Split(f.Tag.Get("yaml"), ",")[0] })
	if err := errors.Join(
		v.RegisterValidation("private", func(f validator.FieldLevel) bool { return private(f.Field().String()) }),
		v.RegisterValidation("origin", func(f validator.FieldLevel) bool { return origin(f.Field().String()) }),
		v.RegisterValidation("listen", func(f validator.FieldLevel) bool { return address(f.Field().String()) }),
		v.RegisterValidation("calling", func(f validator.FieldLevel) bool { return calling.MatchString(f.Field().String()) }),
		v.RegisterValidation("mount", func(f validator.FieldLevel) bool { return mount.MatchString(f.Field().String()) })); err != nil {
		return nil, err
	}
	err = v.Struct(c)
	var wrong validator.ValidationErrors
	if err != nil && !errors.As(err, &wrong) {
		return nil, err
	}
	for _, f := range wrong {
		_, path, _ := strings.Cut(f.Namespace(), ".")
		all = append(all, fmt.Errorf("%s: %s", strings.ReplaceAll(path, ".Place.", "."), sentence(f)))
	}
	return all, nil
}

var calling = regexp.MustCompile(`^\+[1-9][0-9]{0,2}$`)

// sentence says what to write.
func sentence(f validator.FieldError) string {
	switch f.Tag() {
	case "timezone":
		return fmt.Sprintf("%q is no time zone: write one like Europe/Paris", f.Value())
	case "required", "required_without", "required_with":
		return "it is missing"
	case "private":
		return fmt.Sprintf("%q is no address of this machine or of a private network: write 127.0.0.1:9464 or 10.0.7.2:9464", f.Value())
	case "oneof":
		return fmt.Sprintf("%q is none of %s", f.Value(), f.Param())
	case "excluded_with":
		return strings.ToLower(f.Param()) + " stands there too: give one of them"
	case "e164":
		return fmt.Sprintf("%q is no telephone number: write it as +33612345678", f.Value())
	case "origin":
		return fmt.Sprintf("%q is no origin: write https://host or https://host:port as browsers do, without the usual port or a slash at the end, the host in ASCII (xn--…); http only for 127.0.0.1, [::1] or localhost", f.Value())
	case "listen":
		return fmt.Sprintf("%q is no address to listen on: write host:port", f.Value())
	case "calling":
		return fmt.Sprintf("%q is no calling code: write it as +33", f.Value())
	case "mount":
		return fmt.Sprintf("%q is no mount: names of small letters, digits, hyphens and underscores, joined by slashes", f.Value())
	case "email":
		return fmt.Sprintf("%q is no e-mail address", f.Value())
	case "ip|cidr":
		return fmt.Sprintf("%q is neither an address nor a network: write 192.0.2.1 or 192.0.2.0/24", f.Value())
	case "len", "hexadecimal", "lowercase":
		return fmt.Sprintf("%q is no fingerprint: 64 lower-case hexadecimal digits", f.Value())
	case "min", "max":
		return fmt.Sprintf("%v is too small or too large", f.Value())
	}
	return fmt.Sprintf("%q is no address of the kind that stands here", f.Value())
}

// address says whether s is a host, or nothing for all of this machine's, and a port.
func address(s string) bool {
	_, port, err := net.SplitHostPort(s)
	n, wrong := strconv.ParseUint(port, 10, 16)
	return err == nil && wrong == nil && n > 0
}

// origin says whether s is an origin as browsers write it (RFC 6454, section 6.2): scheme, host in ASCII and a port that is not the scheme's
// own, nothing else.
func origin(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.Scheme+"://"+u.Host != s || strings.HasSuffix(s, ":") || strings.ToLower(s) != s ||
		strings.ContainsFunc(s, func(r rune) bool { return r > '~' }) {
		return false
	}
	switch u.Scheme {
	case "https":
		return u.Port() != "443"
	case "http":
		return u.Port() != "80" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "::1" || u.Hostname() == "localhost")
	}
	return false
}
