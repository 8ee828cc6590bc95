package register

import (
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// MinimumSize is the least that a register may name as the smallest group.
const MinimumSize = 10

// MaxCards is how many cards a distribution has at most.
const MaxCards = 10_000_000

// ErrInvalid is wrapped by what is wrong with a register or a distribution.
var ErrInvalid = errors.New("refused")

// A Place is a constituency.
type Place struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

// A Register is what register.json says, for years.
type Register struct {
	Record         string        `json:"record"`
	Organisation   string        `json:"organisation"`
	ID             string        `json:"id"`
	Title          string        `json:"title"`
	Kind           string        `json:"kind"` // real or rehearsal
	Zone           string        `json:"zone"`
	MinimumSize    int           `json:"minimum_size"`
	Constituencies []Place       `json:"constituencies"`
	Codes          scrutin.Codes `json:"codes"` // of the scratch code
	Signing        string        `json:"signing"`
	Activation     string        `json:"activation"` // an X25519 public key, 64 hexadecimal digits
}

const registerRecord = scrutin.Version + "/register"

// ParseRegister reads register.json, and gives the SHA-256 of its bytes, by which the
// register is called everywhere.
func ParseRegister(text []byte) (*Register, scrutin.Digest, error) {
	r := new(Register)
	if err := canon.Unmarshal(text, r); err != nil {
		return nil, scrutin.Digest{}, err
	}
	return r, scrutin.DigestOf(text), r.Validate()
}

var namePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)

// Validate says everything that is wrong with a register, each wrapped in ErrInvalid.
func (r *Register) Validate() error {
	var c check
	c.when(r.Record != registerRecord, "record: this is %q where %q is expected: take the other file", r.Record, registerRecord)
	c.name("organisation", r.Organisation)
	c.name("id", r.ID)
	c.when(r.Kind != "real" && r.Kind != "rehearsal", "kind: write real or rehearsal")
	_, err := time.LoadLocation(r.Zone)
	c.when(err != nil || r.Zone == "", "zone: %q is no time zone: write one like Europe/Paris", r.Zone)
	c.when(r.MinimumSize < MinimumSize, "minimum_size: %d hide nobody: at least %d", r.MinimumSize, MinimumSize)
	c.places("constituencies", r.Constituencies)
	c.codes(r.Codes)
	_, err = r.Verifier()
	c.when(err != nil, "signing: not the verifier key of the register, as isoloir custody prints it")
	_, err = r.ActivationKey()
	c.when(err != nil, "activation: write the 64 hexadecimal digits of an X25519 public key")
	return c.err()
}

// Verifier is the key by which the register signs.
func (r *Register) Verifier() (note.Verifier, error) { return note.ParseVerifier(r.Signing) }

// ActivationKey is the key to which cards are sealed.
func (r *Register) ActivationKey() (key [32]byte, err error) {
	b, err := hex.DecodeString(r.Activation)
	if err != nil || len(b) != len(key) || hex.EncodeToString(b) != r.Activation {
		return key, ErrInvalid
	}
	return [32]byte(b), nil
}

// Has says whether a constituency is of the register.
func (r *Register) Has(constituency string) bool {
	return slices.ContainsFunc(r.Constituencies, func(p Place) bool { return p.ID == constituency })
}

// A check collects what is wrong.
type check struct{ found []error }

func (c *check) when(wrong bool, form string, args ...any) {
	if wrong {
		c.found = append(c.found, fmt.Errorf("%w: "+form, append([]any{ErrInvalid}, args...)...))
	}
}

func (c *check) name(field, value string) {
	c.when(!namePattern.MatchString(value), "%s: %q is no name: up to 40 letters, digits, dots, hyphens and underscores, beginning with a letter or a digit", field, value)
}

func (c *check) places(field string, places []Place) {
	c.when(len(places) == 0, "%s: there is none", field)
	seen := map[string]bool{}
	for i, p := range places {
		c.name(fmt.Sprintf("%s[%d].id", field, i), p.ID)
		key := strings.ToLower(p.ID)
		c.when(seen[key], "%s[%d]: %q stands twice", field, i, p.ID)
		seen[key] = true
	}
}

func (c *check) codes(codes scrutin.Codes) {
	alphabet := map[rune]bool{}
	for _, r := range codes.Alphabet {
		alphabet[r] = true
		c.when(r <= ' ' || r > '~' || r == '-', "codes.alphabet: %q cannot be printed and typed", r)
	}
	c.when(len(alphabet) != len(codes.Alphabet) || len(alphabet) < 10, "codes.alphabet: at least ten characters, each once")
	c.when(codes.Algorithm != "argon2id", "codes.algorithm: write argon2id")
	c.when(codes.Passes < 1 || codes.MemoryKiB < 8 || codes.Lanes < 1, "codes: passes, memory_kib and lanes are the cost of argon2id: write for instance 1, 19456 and 1")
	c.when(codes.ScratchLength != 0, "codes.scratch_length: write 0, the scratch code is the code")
	strength := 1.0
	for range codes.Length {
		strength *= float64(len(alphabet))
	}
	c.when(strength < 1<<60, "codes: %d characters of %d are less than 60 bits", codes.Length, len(alphabet))
}

func (c *check) err() error { return errors.Join(c.found...) }
