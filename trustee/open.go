package trustee

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"isoloir/keyceremony/device"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/tally"
)

// ErrNotMixed says that the bureau has not adopted the mixes of the record.
var ErrNotMixed = errors.New("the bureau has not adopted these mixes of the sealed ballots")

// ErrDecided says that votes on paper or those of the members are not what the bureau adopted with the mixes.
var ErrDecided = errors.New("the votes on paper or those of the members are not what the bureau adopted with the mixes")

// ErrEarly says that polling stations are still open.
var ErrEarly = errors.New("the last polling station has not closed yet: open the urn after that")

// Mixed is a sealed record with all its mixes verified: it may be opened.
type Mixed struct {
	*Sealed
	mixed *tally.Mixed
	now   func() time.Time
}

// ReadMixed verifies a record up to the adopted mixes.
func ReadMixed(r *record.Reader, opt Options) (*Mixed, error) {
	s, err := ReadSealed(r, opt)
	if err != nil {
		return nil, err
	}
	m := &Mixed{Sealed: s, now: opt.Now}
	if m.mixed, err = s.Tally.Mixed(r); err != nil {
		return nil, err
	}
	var digests []scrutin.Digest
	for _, st := range m.mixed.Statements {
		digests = append(digests, st.Digest)
	}
	if !slices.Equal(digests, s.Procedure.Mixes) {
		return nil, ErrNotMixed
	}
	return m, m.decided(r)
}

// decided compares the minutes of votes on paper and the members' votes of the record with those that the bureau adopted
// with the mixes: once the urns are opened nobody may change them.
func (m *Mixed) decided(r *record.Reader) error {
	paths, err := r.List()
	if err != nil {
		return err
	}
	if there := m.Manifest.DecidedAt(paths); !slices.EqualFunc(there, m.Procedure.Decided, func(p string, a scrutin.Adopted) bool { return p == a.Path }) {
		return fmt.Errorf("%w: the record has %s", ErrDecided, strings.Join(there, ", "))
	}
	for _, a := range m.Procedure.Decided {
		data, err := r.Read(a.Path, note.MaxSize)
		if err != nil {
			return err
		}
		if text, err := note.Text(data); err != nil || scrutin.TextDigest(text) != a.SHA256 {
			return fmt.Errorf("%w: %s is another one", ErrDecided, a.Path)
		}
	}
	return nil
}

// Shares judges what the holders gave, found in r.
func (m *Mixed) Shares(r *record.Reader) (*tally.Shares, error) { return m.mixed.Shares(r) }

// Decrypt computes and writes the shares of every cell and question with each
// fragment of the device. The seal is on both media before the first share is
// computed, and the statement before it is written; another seal, or other lists
// of the same one, are refused for ever. A second run gives the same bytes.
// It returns the clauses answered for.
func (m *Mixed) Decrypt(d *device.Device, out *record.Writer) ([]string, error) {
	if count := m.Manifest.Schedule.Count; m.now == nil && !count.IsZero() || m.now != nil && m.now().Before(count.Time) {
		return nil, fmt.Errorf("%w: %s", ErrEarly, count)
	}
	if _, err := d.Settle(m.Ceremony, m.Messages); err != nil {
		return nil, err
	}
	if err := d.Bind(m.Fingerprint, m.Seal); err != nil {
		return nil, err
	}
	fragments, err := d.Fragments(m.Fingerprint, m.Seal)
	if err != nil {
		return nil, err
	}
	var clauses []string
	for _, f := range fragments {
		clauses = append(clauses, f.Clause)
		if err := m.answer(d, f.Clause, out, func(apart *record.Writer) error {
			return m.mixed.Share(apart, f.Clause, d.Name(), f.Value, d.Signer())
		}); err != nil {
			return nil, fmt.Errorf("clause %s: %w", f.Clause, err)
		}
	}
	return clauses, nil
}

// answer makes the shares of a clause in a directory apart, lets the device keep
// their statement, or takes the one it has kept, and only then writes them out.
func (m *Mixed) answer(d *device.Device, clause string, out *record.Writer, share func(*record.Writer) error) (err error) {
	dir, err := os.MkdirTemp("", "isoloir-shares-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	apart, err := record.Create(dir)
	if err != nil {
		return err
	}
	defer apart.Close()
	if err := share(apart); err != nil {
		return err
	}
	path := record.Shares(clause, d.Name())
	statement, err := apart.Read(path, note.MaxSize)
	if err != nil {
		return err
	}
	if kept, ok := d.Statement(m.Fingerprint, clause); ok {
		if err := m.sameLists(kept, statement, d); err != nil {
			return err
		}
		statement = kept
	} else if err := d.Keep(m.Fingerprint, clause, statement); err != nil {
		return err
	}
	paths, err := apart.List()
	if err != nil {
		return err
	}
	for _, p := range paths {
		if p == path {
			continue
		}
		data, err := apart.Read(p, maxList)
		if err != nil {
			return err
		}
		if err := out.Write(p, data); err != nil {
			return err
		}
	}
	return out.Write(path, statement)
}

// maxList bounds the file of a list of shares, in bytes: 2^27 ballots.
const maxList = 1 << 32

// sameLists says whether two statements name the same lists of shares and the same act
// mix, whatever their proofs.
func (m *Mixed) sameLists(kept, made []byte, d *device.Device) error {
	var lists [2][]scrutin.ShareCell
	var mixing [2]scrutin.Digest
	for i, data := range [][]byte{kept, made} {
		s, _, err := scrutin.Open[scrutin.Shares](data, m.Fingerprint, m.Opening, d.Signer().Verifier())
		if err != nil {
			return fmt.Errorf("%w: %w", device.ErrOtherInput, err)
		}
		for _, c := range s.Cells {
			for q := range c.Questions {
				c.Questions[q].Commitments, c.Questions[q].Response = [2]scrutin.Point{}, scrutin.Scalar{}
			}
		}
		lists[i], mixing[i] = s.Cells, s.Mix
	}
	if mixing[0] != mixing[1] || !slices.EqualFunc(lists[0], lists[1], func(a, b scrutin.ShareCell) bool {
		return a.Cell == b.Cell && slices.Equal(a.Questions, b.Questions)
	}) {
		return device.ErrOtherInput
	}
	return nil
}
