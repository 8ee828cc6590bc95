// Package deciding is the bureau's work on a decision of members and citizens together (docs/mixte.md, sections 5 and 8; docs/protocol.md, section
// 11.1): it enters the minutes of votes on paper, draws up the statements, provisional and definitive, and puts into the record what the quorum has
// signed.
//
// It promises: nothing is drawn up that the auditor would refuse, and what is adopted is drawn up again first. Of minutes on paper every clash is
// named, an account that voted twice on paper or that has a ballot in the urn, and the minutes are refused as long as there is one. Who came to the
// station in which order is lost: the keys are sorted.
package deciding

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"isoloir/mixte"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/canon"
	"isoloir/scrutin/note"
)

// Why nothing is drawn up or adopted, wrapped in a sentence that says more.
var (
	ErrNotMixed = errors.New("members and citizens do not decide together in this scrutin")
	ErrEarly    = errors.New("it is too early for this")
	ErrLate     = errors.New("it is too late for this")
	ErrQuorum   = errors.New("the signatures of the bureau's members do not suffice")
	ErrOther    = errors.New("this is not what follows from the record")
)

// A Desk is the record of one scrutin, as far as it is.
type Desk struct {
	in          *record.Reader
	Manifest    *scrutin.Manifest
	Fingerprint scrutin.Digest
	Procedure   *scrutin.Procedure
}

// Sit reads the manifest and the acts of a record.
func Sit(in *record.Reader) (*Desk, error) {
	data, err := in.Read(record.Manifest, canon.MaxSize)
	if err != nil {
		return nil, err
	}
	d := &Desk{in: in}
	if d.Manifest, d.Fingerprint, err = scrutin.ParseManifest(data); err != nil {
		return nil, err
	}
	if !d.Manifest.Weight.IsMixed() {
		return nil, fmt.Errorf("%w: the manifest's weight rule is %q", ErrNotMixed, d.Manifest.Weight.Rule)
	}
	acts, err := in.Acts()
	if err != nil {
		return nil, err
	}
	if d.Procedure, err = scrutin.VerifyActs(d.Manifest, d.Fingerprint, acts); err != nil {
		return nil, err
	}
	if d.Procedure.Opening.IsZero() {
		return nil, fmt.Errorf("%w: the vote was not opened yet", ErrEarly)
	}
	return d, nil
}

func (d *Desk) head() scrutin.OpenHead {
	return scrutin.OpenHead{Head: scrutin.Head{Manifest: d.Fingerprint}, Opening: d.Procedure.Opening}
}

// adoptedAll says whether the act mix was made: it adopts what members voted and what was voted on paper, before the urns are opened.
func (d *Desk) adoptedAll() bool { return !d.Procedure.Mixing.IsZero() }

// unlisted says that the list of the export's files is not there yet, after which no file is added.
func (d *Desk) unlisted() error {
	if d.in.Exists(record.Contents) {
		return fmt.Errorf("%w: the export has its list of files", ErrLate)
	}
	return nil
}

// Statement draws up what members and citizens have decided on a question: provisional, of the members alone, until the mixes are adopted with it; or
// definitive, once the result is proclaimed, with the citizens' ballots of the urns and of the minutes on paper.
func (d *Desk) Statement(question, status string, members []mixte.Member) (*mixte.Statement, error) {
	q, known := d.Manifest.Question(question)
	if !known {
		return nil, fmt.Errorf("%w: the manifest has no question %q", mixte.ErrStatement, question)
	}
	if err := d.unlisted(); err != nil {
		return nil, err
	}
	s := &mixte.Statement{OpenHead: d.head(), Status: status, Question: question, Decision: q.Title, Members: members}
	var err error
	if s.Rules, s.Groups, err = mixte.FromManifest(d.Manifest, question); err != nil {
		return nil, err
	}
	switch proclaimed := !d.Procedure.Result.IsZero(); {
	case status == mixte.Provisional && d.adoptedAll():
		return nil, fmt.Errorf("%w: the act that adopts the mixes was made, and with it the members' votes: the urns may be open, so that the statement is definitive", ErrLate)
	case status == mixte.Definitive && !proclaimed:
		return nil, fmt.Errorf("%w: the result of the urns is not proclaimed, so that the statement is provisional", ErrEarly)
	case status == mixte.Definitive:
		err = d.direct(s)
	}
	if err == nil {
		_, err = s.Text()
	}
	return s, err
}

// direct takes the citizens' ballots into a definitive statement, which follows the provisional one.
func (d *Desk) direct(s *mixte.Statement) error {
	r, err := read[scrutin.Result](d, record.Result)
	if err != nil {
		return err
	}
	minutes, err := d.minutes()
	if err != nil {
		return err
	}
	s.Opened = d.Procedure.Result
	if _, s.Groups, err = mixte.FromResult(d.Manifest, s.Question, d.Procedure.Found, r, minutes...); err != nil {
		return err
	}
	path := record.MixteProvisional(s.Question)
	n, err := d.adopted(path)
	if err != nil {
		return err
	}
	before, err := mixte.Parse(n.Text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	s.Provisional = mixte.Digest(n.Text)
	return s.Follow(before, n.Text)
}

// minutes are those of the record, in the order of their names.
func (d *Desk) minutes() (all []*mixte.Minutes, err error) {
	paths, err := d.in.List()
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		if !strings.HasPrefix(path, "paper/") || !strings.HasSuffix(path, ".note") {
			continue
		}
		x, err := read[mixte.Minutes](d, path)
		if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	slices.SortFunc(all, func(a, b *mixte.Minutes) int { return strings.Compare(a.Minutes, b.Minutes) })
	return all, nil
}

// adopted opens a note that the bureau's quorum has signed.
func (d *Desk) adopted(path string) (*note.Note, error) {
	data, err := d.in.Read(path, note.MaxSize)
	if err != nil {
		return nil, err
	}
	n, err := note.Open(data, d.Manifest.BureauVerifiers()...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := d.Manifest.AdoptedBy(n); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, ErrQuorum, err)
	}
	return n, nil
}

// read reads an adopted record of this scrutin.
func read[T any, P interface {
	*T
	scrutin.Record
}](d *Desk, path string) (*T, error) {
	data, err := d.in.Read(path, note.MaxSize)
	if err != nil {
		return nil, err
	}
	r, n, err := scrutin.Open[T, P](data, d.Fingerprint, d.Procedure.Opening, d.Manifest.BureauVerifiers()...)
	if err == nil {
		err = d.Manifest.AdoptedBy(n)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}
