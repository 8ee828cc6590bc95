package deciding

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"isoloir/mixte"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// Adopt puts minutes on paper, or a statement, into the record once enough members have signed its text: signed are the notes that they bring, each of
// this one text. Of minutes, keys is their file. It draws the same up again first, and returns where it stands.
func (d *Desk) Adopt(out *record.Writer, text string, keys []byte, signed ...[]byte) (string, error) {
	data, err := d.gather(text, signed)
	if err != nil {
		return "", err
	}
	if x, err := scrutin.Parse[mixte.Minutes](text); err == nil {
		return d.adoptPaper(out, x, data, keys)
	}
	s, err := mixte.Parse(text)
	if err != nil {
		return "", err
	}
	again, err := d.Statement(s.Question, s.Status, s.Members)
	if err != nil {
		return "", err
	}
	if drawn, err := again.Text(); err != nil || drawn != text {
		return "", fmt.Errorf("%w: draw the statement up again", ErrOther)
	}
	if s.Status == mixte.Provisional {
		path := record.MixteProvisional(s.Question)
		return path, out.Write(path, data)
	}
	if err := out.Write(record.MixteCSV(s.Question), s.Result.CSV(s.Rules)); err != nil {
		return "", err
	}
	path := record.Mixte(s.Question)
	return path, out.Write(path, data)
}

func (d *Desk) adoptPaper(out *record.Writer, x *mixte.Minutes, data, keys []byte) (string, error) {
	sheet := Sheet{Minutes: x.Minutes, Urn: x.Urn, Station: x.Station}
	if err := d.papers(sheet); err != nil {
		return "", err
	}
	if x.Manifest != d.Fingerprint || x.Opening != d.Procedure.Opening || len(keys) != x.Voters*keySize || scrutin.DigestOf(keys) != x.File {
		return "", fmt.Errorf("%w: the minutes are of another scrutin, or of other keys", ErrOther)
	}
	if err := x.Agree(d.Manifest); err != nil {
		return "", err
	}
	split := slices.Collect(slices.Chunk(keys, keySize))
	if !slices.IsSortedFunc(split, bytes.Compare) {
		return "", fmt.Errorf("%w: the keys are not in ascending order", ErrOther)
	}
	clashes, err := d.clashes(sheet, split)
	if err != nil {
		return "", err
	}
	if len(clashes) > 0 {
		return "", fmt.Errorf("%w: voter %d: %w", ErrSheet, clashes[0].Voter, clashes[0].Why)
	}
	if err := out.Write(record.PaperKeys(x.Minutes), keys); err != nil {
		return "", err
	}
	path := record.Paper(x.Minutes)
	return path, out.Write(path, data)
}

// gather is one note with the signatures of all, which must suffice.
func (d *Desk) gather(text string, signed [][]byte) ([]byte, error) {
	var lines []string
	for i, data := range signed {
		n, err := note.Open(data, d.Manifest.BureauVerifiers()...)
		if err != nil {
			return nil, fmt.Errorf("signature %d: %w", i+1, err)
		}
		if n.Text != text {
			return nil, fmt.Errorf("%w: signature %d is under another text", ErrOther, i+1)
		}
		for line := range strings.Lines(string(data[len(text)+1:])) {
			if !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	data := []byte(text + "\n" + strings.Join(lines, ""))
	n, err := note.Open(data, d.Manifest.BureauVerifiers()...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrQuorum, err)
	}
	if err := d.Manifest.AdoptedBy(n); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrQuorum, err)
	}
	return data, nil
}
