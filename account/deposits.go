package account

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"isoloir/crypto/group"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// MaxDeposits is the greatest number of electors in one note of deposits.
const MaxDeposits = 10_000

// MaxDepositsSize is the greatest length in bytes of such a note.
const MaxDepositsSize = MaxDeposits*(5+1+10+1+10+1+64+1+64+1) + 1024

const depositsKind = scrutin.Version + "/deposits"

// A Deposited is what an issuer leaves with the roll for one elector, by his
// number in the urn of that number. Generation 0 is of before the opening; a
// higher one takes the place of a lower.
type Deposited struct {
	Urn        uint16
	Elector    uint32
	Generation uint32
	Deposit
}

// compare orders deposits by urn and elector.
func (d Deposited) compare(e Deposited) int {
	if d.Urn != e.Urn {
		return int(d.Urn) - int(e.Urn)
	}
	return int(int64(d.Elector) - int64(e.Elector))
}

func (d Deposited) line() string {
	login, masked := d.Login.Bytes(), d.Masked.Bytes()
	return fmt.Sprintf("%d %d %d %x %x\n", d.Urn, d.Elector, d.Generation, login, masked)
}

// A Deposits is the note by which an issuer leaves deposits with the roll
// (docs/online.md, section 1): at least one, at most MaxDeposits, each elector
// once, ascending by urn and elector.
type Deposits struct {
	Manifest scrutin.Digest // f
	Issuer   string
	List     []Deposited
}

func (d Deposits) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n%s\n", depositsKind, d.Manifest, d.Issuer)
	for _, l := range d.List {
		b.WriteString(l.line())
	}
	return b.String()
}

// check says what is wrong with a list before the manifest m.
func (d Deposits) check(m *scrutin.Manifest) error {
	if len(d.List) == 0 || len(d.List) > MaxDeposits {
		return fmt.Errorf("%d deposits in one note, not 1 to %d: %w", len(d.List), MaxDeposits, ErrStatement)
	}
	for i, l := range d.List {
		if int(l.Urn) >= len(m.Urns) || int64(l.Elector) >= int64(m.Urns[l.Urn].Electors) {
			return fmt.Errorf("deposit %d is for elector %d of urn number %d, whom the manifest does not have: %w", i+1, l.Elector, l.Urn, ErrStatement)
		}
		if i > 0 && d.List[i-1].compare(l) >= 0 {
			return fmt.Errorf("deposit %d is not after the one before, by urn and elector: %w", i+1, ErrStatement)
		}
	}
	return nil
}

// SignDeposits makes the note of an issuer's deposits, which it sorts. It refuses
// (ErrStatement) a signer that is not the issuer's, and a list that OpenDeposits
// would refuse.
func SignDeposits(m *scrutin.Manifest, d Deposits, signer note.Signer) ([]byte, error) {
	at := slices.IndexFunc(m.Issuers, func(i scrutin.Issuer) bool { return i.ID == d.Issuer })
	if at < 0 || m.Issuers[at].Verifier() != signer.Verifier() {
		return nil, fmt.Errorf("%s signs for issuer %s: %w", signer.Verifier().Name(), d.Issuer, ErrStatement)
	}
	slices.SortFunc(d.List, Deposited.compare)
	if err := d.check(m); err != nil {
		return nil, err
	}
	return note.Sign(d.text(), signer)
}

// OpenDeposits reads the note of deposits of one of the manifest's issuers, signed
// by that issuer alone, for the manifest m of fingerprint f. It refuses every form
// but the one that SignDeposits writes (ErrStatement or an error of package note).
func OpenDeposits(m *scrutin.Manifest, f scrutin.Digest, data []byte) (Deposits, error) {
	if len(data) > MaxDepositsSize {
		return Deposits{}, fmt.Errorf("a note of deposits of %d bytes: %w", len(data), ErrStatement)
	}
	text, err := note.Text(data)
	if err != nil {
		return Deposits{}, err
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 3 || lines[0] != depositsKind || lines[1] != f.String() {
		return Deposits{}, fmt.Errorf("this is no note of deposits for the manifest %s: %w", f, ErrStatement)
	}
	d := Deposits{Manifest: f, Issuer: lines[2]}
	at := slices.IndexFunc(m.Issuers, func(i scrutin.Issuer) bool { return i.ID == d.Issuer })
	if at < 0 {
		return Deposits{}, fmt.Errorf("the manifest has no issuer %q: %w", d.Issuer, ErrStatement)
	}
	if _, err := note.Open(data, m.Issuers[at].Verifier()); err != nil {
		return Deposits{}, err
	}
	for i, line := range lines[3:] {
		l, err := parseDeposited(line)
		if err != nil {
			return Deposits{}, fmt.Errorf("deposit %d: %w: %w", i+1, err, ErrStatement)
		}
		d.List = append(d.List, l)
	}
	if err := d.check(m); err != nil {
		return Deposits{}, err
	}
	if d.text() != text {
		return Deposits{}, fmt.Errorf("the deposits are not in canonical form: %w", ErrStatement)
	}
	return d, nil
}

func parseDeposited(line string) (d Deposited, err error) {
	fields := strings.Split(line, " ")
	if len(fields) != 5 {
		return d, fmt.Errorf("%d fields, not 5", len(fields))
	}
	var numbers [3]uint64
	for i, bits := range [3]int{16, 32, 32} {
		if numbers[i], err = strconv.ParseUint(fields[i], 10, bits); err != nil {
			return d, err
		}
	}
	d.Urn, d.Elector, d.Generation = uint16(numbers[0]), uint32(numbers[1]), uint32(numbers[2])
	login, err := hex.DecodeString(fields[3])
	if err != nil {
		return d, err
	}
	masked, err := hex.DecodeString(fields[4])
	if err != nil {
		return d, err
	}
	if d.Login, err = group.DecodeNonIdentity(login); err != nil {
		return d, err
	}
	d.Masked, err = group.DecodeScalar(masked)
	return d, err
}
