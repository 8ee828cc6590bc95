package exchange

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"isoloir/crypto/group"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// KindDeposits is the first line of a note of deposits.
const KindDeposits = scrutin.Version + "/deposits"

// MaxDeposits is the highest number of lines of one note, and MaxDepositsSize that
// of its bytes.
const (
	MaxDeposits     = 10_000
	MaxDepositsSize = 2 << 20
)

// A Deposit is what an issuer leaves with the roll for one elector (docs/protocol.md,
// section 5, "Codes"). Generation 0 comes before the opening; a higher one replaces
// it and the code that goes with it.
type Deposit struct {
	Urn        uint16 // number of the urn in the manifest
	Elector    uint32
	Generation uint32
	Login      scrutin.Point  // g raised to the login half, no identity
	Masked     scrutin.Scalar // the half of the voting key, plus the mask
}

// Deposits is the text of a note that the issuer alone signs.
type Deposits struct {
	Manifest scrutin.Digest // f
	Issuer   string
	Lines    []Deposit // ascending by urn and elector, each once
}

// Text is `isoloir/v1/deposits`, hex f, the issuer, and for each elector URN-NUMBER
// ELECTOR GENERATION LOGIN MASKED, each on a line.
func (d *Deposits) Text() string {
	b := make([]byte, 0, 128+160*len(d.Lines))
	b = fmt.Appendf(b, "%s\n%s\n%s\n", KindDeposits, d.Manifest, d.Issuer)
	for _, l := range d.Lines {
		b = append(strconv.AppendUint(b, uint64(l.Urn), 10), ' ')
		b = append(strconv.AppendUint(b, uint64(l.Elector), 10), ' ')
		b = append(strconv.AppendUint(b, uint64(l.Generation), 10), ' ')
		b = append(hex.AppendEncode(b, l.Login[:]), ' ')
		b = append(hex.AppendEncode(b, l.Masked[:]), '\n')
	}
	return string(b)
}

// Sign returns the note. It refuses (ErrFormat) what ParseDeposits would.
func (d *Deposits) Sign(signer note.Signer) ([]byte, error) {
	text := d.Text()
	if _, err := ParseDeposits(text); err != nil {
		return nil, err
	}
	return note.Sign(text, signer)
}

// OpenDeposits reads a note signed by one of the issuers of this manifest, of
// fingerprint f, and by nobody else, and says which, by its place in the manifest.
func OpenDeposits(data []byte, m *scrutin.Manifest, f scrutin.Digest) (d *Deposits, issuer int, err error) {
	if len(data) > MaxDepositsSize {
		return nil, 0, fmt.Errorf("%w: a note of %d bytes", ErrFormat, len(data))
	}
	text, err := note.Text(data)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if d, err = ParseDeposits(text); err != nil {
		return nil, 0, err
	}
	if d.Manifest != f {
		return nil, 0, fmt.Errorf("%w: deposits of another scrutin, %s", note.ErrUnknownSigner, d.Manifest)
	}
	for i, party := range m.Issuers {
		if party.ID == d.Issuer {
			_, err := note.Open(data, party.Verifier())
			return d, i, err
		}
	}
	return nil, 0, fmt.Errorf("%w: the manifest has no issuer %s", note.ErrUnknownSigner, d.Issuer)
}

// ParseDeposits reads what Text gives. Every point and scalar is decoded once here.
func ParseDeposits(text string) (*Deposits, error) {
	bad := func(line int, why string) (*Deposits, error) {
		return nil, fmt.Errorf("%w: line %d of the deposits: %s", ErrFormat, line, why)
	}
	if len(text) > MaxDepositsSize {
		return bad(1, "the text is too long")
	}
	lines := strings.Split(text, "\n")
	if len(lines) < 5 || lines[len(lines)-1] != "" || len(lines) > MaxDeposits+4 {
		return bad(len(lines), fmt.Sprintf("from 1 to %d electors are expected, and a newline at the end", MaxDeposits))
	}
	d := &Deposits{Issuer: lines[2], Lines: make([]Deposit, 0, len(lines)-4)}
	if lines[0] != KindDeposits || !note.ValidName(d.Issuer) {
		return bad(1, "another kind of text, or no name of an issuer")
	}
	var err error
	if d.Manifest, err = scrutin.ParseDigest(lines[1]); err != nil {
		return bad(2, err.Error())
	}
	for i, line := range lines[3 : len(lines)-1] {
		l, err := parseDeposit(line)
		if err != nil {
			return bad(i+4, err.Error())
		}
		if i > 0 && !d.Lines[i-1].before(l) {
			return bad(i+4, "the electors are not in ascending order, each once")
		}
		d.Lines = append(d.Lines, l)
	}
	if d.Text() != text {
		return bad(4, "a number is not in its canonical form")
	}
	return d, nil
}

func (d Deposit) before(e Deposit) bool {
	return d.Urn < e.Urn || d.Urn == e.Urn && d.Elector < e.Elector
}

func parseDeposit(line string) (d Deposit, err error) {
	f := strings.Split(line, " ")
	if len(f) != 5 {
		return d, fmt.Errorf("%d fields, where 5 are expected", len(f))
	}
	for i, bits := range []int{16, 32, 32} {
		n, err := strconv.ParseUint(f[i], 10, bits)
		if err != nil {
			return d, fmt.Errorf("%q is no number of %d bits", f[i], bits)
		}
		switch i {
		case 0:
			d.Urn = uint16(n)
		case 1:
			d.Elector = uint32(n)
		case 2:
			d.Generation = uint32(n)
		}
	}
	if err := d.Login.UnmarshalText([]byte(f[3])); err != nil {
		return d, err
	}
	if group.Identity().Bytes() == d.Login {
		return d, group.ErrIdentity
	}
	return d, d.Masked.UnmarshalText([]byte(f[4]))
}
