package scrutin

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"isoloir/crypto/signature"
	"isoloir/scrutin/note"
)

// Roles that sign texts of casting, as certificates of their deputies name them.
const (
	RoleRoll = "roll"
	RoleUrn  = "urn"
)

// CastingRole is the role that signs texts of casting of this kind.
func CastingRole(kind string) string {
	if kind == Authorisation || kind == Marked {
		return RoleRoll
	}
	return RoleUrn
}

// First lines of what is said of a deputy.
const (
	deputyLine    = Version + "/deputy"
	withdrawnLine = Version + "/withdrawn"
)

// Days of UTC, in which deputies are certified, and how many of them one serves:
// the day that it is drawn for and the one after it.
const (
	deputyDay  = 86_400 // seconds
	deputyDays = 2
	maxDay     = 999_999_999_999_999 // of FROM, so that every language can count to it
)

// A Deputy is what a certificate says of one: a key that a process of roll or urn
// drew for itself, to sign texts of casting from a day on (docs/protocol.md, section
// 12).
type Deputy struct {
	Opening Digest
	Role    string
	Key     [32]byte // Ed25519
	From    int64    // midnight UTC, in seconds since 1970
}

// Until is when its last day ends, in seconds since 1970.
func (d Deputy) Until() int64 { return d.From + deputyDays*deputyDay }

// Serves says whether now is one of its days.
func (d Deputy) Serves(now time.Time) bool { return d.From <= now.Unix() && now.Unix() < d.Until() }

// Heard says whether what it signed may be heard now: clocks may differ by a day.
func (d Deputy) Heard(now time.Time) bool {
	return d.From-deputyDay <= now.Unix() && now.Unix() < d.Until()+deputyDay
}

// DeputyFrom is the From of a deputy that is drawn now.
func DeputyFrom(now time.Time) int64 { return now.Unix() - now.Unix()%deputyDay }

// Text is the three lines of the certificate.
func (d Deputy) Text() string {
	return fmt.Sprintf("%s\n%s %s\n%s %d %d\n", deputyLine, d.Opening, d.Role, Digest(d.Key), d.From, d.Until())
}

// ParseDeputy reads the three lines in their one canonical form, with a key that a
// manifest may hold.
func ParseDeputy(text string) (Deputy, error) {
	bad := func(why string) (Deputy, error) {
		return Deputy{}, fmt.Errorf("%w: certificate of a deputy: %s", ErrMalformed, why)
	}
	d := Deputy{}
	lines := strings.Split(text, "\n")
	if len(lines) != 4 {
		return bad("three lines are expected")
	}
	key, days, _ := strings.Cut(lines[2], " ")
	from, _, _ := strings.Cut(days, " ")
	var err error
	if d.Opening, d.Role, err = ofRole(lines[1]); err != nil {
		return bad(err.Error())
	}
	if d.Key, err = deputyKey(key); err != nil {
		return bad(err.Error())
	}
	if d.From, err = strconv.ParseInt(from, 10, 64); err != nil || d.From < 0 || d.From > maxDay || d.From%deputyDay != 0 {
		return bad("its first day is no midnight of UTC")
	}
	if d.Text() != text {
		return bad("not in canonical form")
	}
	return d, nil
}

// ofRole reads hex o and a role, joined by a space.
func ofRole(line string) (o Digest, role string, err error) {
	opening, role, _ := strings.Cut(line, " ")
	if role != RoleRoll && role != RoleUrn {
		return o, "", fmt.Errorf("%q is neither roll nor urn", role)
	}
	o, err = ParseDigest(opening)
	return o, role, err
}

func deputyKey(digits string) ([32]byte, error) {
	key, err := ParseDigest(digits)
	if err != nil {
		return key, err
	}
	return key, signature.CheckKey(key)
}

// Verifier is the deputy's key under the name of its role's own.
func (d Deputy) Verifier(name string) (note.Verifier, error) {
	return note.NewVerifier(name, note.Ed25519, d.Key)
}

// OpenDeputy reads a certificate that the role's own key signed, and nobody else.
func OpenDeputy(certificate []byte, own note.Verifier) (Deputy, error) {
	text, err := note.Text(certificate)
	if err != nil {
		return Deputy{}, err
	}
	d, err := ParseDeputy(text)
	if err == nil {
		_, err = note.Open(certificate, own)
	}
	return d, err
}

// deputySeparator stands between the certificates of a list, as between checkpoints.
const deputySeparator = "\x1e\n"

// ListDeputies is the file deputies/ROLE of these certificates, each once, in the
// order of their first days and keys. Their signatures are not verified.
func ListDeputies(certificates [][]byte) ([]byte, error) {
	type listed struct {
		Deputy
		certificate []byte
	}
	var all []listed
	for _, c := range certificates {
		text, err := note.Text(c)
		if err != nil {
			return nil, err
		}
		d, err := ParseDeputy(text)
		if err != nil {
			return nil, err
		}
		all = append(all, listed{d, c})
	}
	slices.SortFunc(all, func(a, b listed) int { return a.Compare(b.Deputy) })
	all = slices.CompactFunc(all, func(a, b listed) bool { return a.Deputy == b.Deputy })
	sorted := make([][]byte, len(all))
	for i, l := range all {
		sorted[i] = l.certificate
	}
	return bytes.Join(sorted, []byte(deputySeparator)), nil
}

// Compare orders deputies by their first days, and then by their keys.
func (d Deputy) Compare(e Deputy) int {
	return cmp.Or(cmp.Compare(d.From, e.From), bytes.Compare(d.Key[:], e.Key[:]))
}

// Certificates divides the file deputies/ROLE.
func Certificates(list []byte) [][]byte { return bytes.Split(list, []byte(deputySeparator)) }

// A Withdrawal says that a deputy was stolen: what its key signed holds no more. It
// is a note of the role's own key, and has effect from the act that adopts it on.
type Withdrawal struct {
	Opening Digest
	Role    string
	Key     [32]byte
}

// Text is its three lines.
func (w Withdrawal) Text() string {
	return fmt.Sprintf("%s\n%s %s\n%s\n", withdrawnLine, w.Opening, w.Role, Digest(w.Key))
}

// ParseWithdrawal reads them in their one canonical form.
func ParseWithdrawal(text string) (Withdrawal, error) {
	w := Withdrawal{}
	lines := strings.Split(text, "\n")
	if len(lines) != 4 {
		return w, fmt.Errorf("%w: withdrawal of a deputy: three lines are expected", ErrMalformed)
	}
	var err error
	if w.Opening, w.Role, err = ofRole(lines[1]); err == nil {
		w.Key, err = deputyKey(lines[2])
	}
	if err == nil && w.Text() != text {
		err = errors.New("not in canonical form")
	}
	if err != nil {
		return Withdrawal{}, fmt.Errorf("%w: withdrawal of a deputy: %w", ErrMalformed, err)
	}
	return w, nil
}

// Path is where the withdrawal of a deputy stands in the record.
func (w Withdrawal) Path() string { return withdrawalPath(w.Role, w.Key) }

func withdrawalPath(role string, key [32]byte) string {
	return "withdrawn/" + role + "/" + Digest(key).String() + ".note"
}

// isWithdrawalPath says whether a path is one of a withdrawal.
func isWithdrawalPath(path string) bool {
	role, file, _ := strings.Cut(strings.TrimPrefix(path, "withdrawn/"), "/")
	key, err := ParseDigest(strings.TrimSuffix(file, ".note"))
	return err == nil && (role == RoleRoll || role == RoleUrn) && withdrawalPath(role, key) == path
}
