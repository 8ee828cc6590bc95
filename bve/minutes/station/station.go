// Package station makes the minutes of a polling station that handed out cards of anonymous
// accounts (docs/accounts.md, section 5): how many it received, handed out, cancelled and
// has left, the reconciliation with the numbers of cards that are missing, what the
// organisation decided and who, with room for observations and signatures. They are pages
// as the bureau's are (package minutes), drawn by the same hand, and signed by the register.
//
// It promises: the same register, distribution and language give the same bytes; nobody who
// was given a card is in them, and no time but the hours that were planned.
package station

import (
	"fmt"
	"time"

	"isoloir/bve/minutes"
	"isoloir/register"
	"isoloir/register/office"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

const kind = scrutin.Version + "/station-minutes"

// Minutes are a station's.
type Minutes struct {
	Record       string         `json:"record"`
	Register     scrutin.Digest `json:"register"`
	Distribution scrutin.Digest `json:"distribution"`
	Number       int            `json:"number"` // of the distribution
	Station      string         `json:"station"`
	minutes.Sheets
}

// Make writes the minutes of one station of a distribution, whose text is given, from its
// report.
func Make(r *register.Register, f scrutin.Digest, text []byte, report office.StationReport, language string) (*Minutes, error) {
	d, digest, err := register.ParseDistribution(text, r, f)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		return nil, err
	}
	w := &writer{speaker: speaker{language, zone}}
	w.occasion(r, f, d, digest, report)
	w.cards(report)
	w.balance(report)
	w.decided(report)
	w.signed()
	sheets, err := minutes.Paged(bound(f, digest), language, w.say(title, report.Station.Label, d.Title), w.blocks)
	if err != nil {
		return nil, err
	}
	return &Minutes{Record: kind, Register: f, Distribution: digest, Number: d.Number, Station: report.Station.ID, Sheets: sheets}, nil
}

// bound is what the digests of the pages are bound to.
func bound(register, distribution scrutin.Digest) scrutin.Digest {
	return scrutin.DigestOf(append(append([]byte(kind), register[:]...), distribution[:]...))
}

// Parse reads the data of minutes, which are accepted if and only if they are canonical and
// every page has its digest.
func Parse(text []byte) (*Minutes, error) {
	m := new(Minutes)
	if err := canon.Unmarshal(text, m); err != nil {
		return nil, err
	}
	if m.Record != kind || len(m.Pages) == 0 || !m.Previous.IsZero() || m.Number < 1 {
		return nil, fmt.Errorf("%w: not the minutes of a station", canon.ErrNotCanonical)
	}
	return m, m.Verify(bound(m.Register, m.Distribution))
}

// Sign gives the data, and the note by which the register signs them: the lines
// isoloir/v1/station-minutes, ρ N STATION, and the SHA-256 of the data.
func (m *Minutes) Sign(signer note.Signer) (data, signed []byte, err error) {
	if data, err = canon.Marshal(m); err != nil {
		return nil, nil, err
	}
	signed, err = note.Sign(m.statement(data), signer)
	return data, signed, err
}

func (m *Minutes) statement(data []byte) string {
	return fmt.Sprintf("%s\n%s %d %s\n%s\n", kind, m.Register, m.Number, m.Station, scrutin.DigestOf(data))
}

// Open reads data and the note that signs them.
func Open(data, signed []byte, verifier note.Verifier) (*Minutes, error) {
	m, err := Parse(data)
	if err != nil {
		return nil, err
	}
	n, err := note.Open(signed, verifier)
	if err == nil && n.Text != m.statement(data) {
		err = fmt.Errorf("%w: the note is of other minutes", note.ErrMalformed)
	}
	return m, err
}
