package parties

import (
	"fmt"
	"slices"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/tally"
	"isoloir/trustee"
)

// AllowSmall is the act that allows to open the cells below the minimum size, where there are any and none is allowed yet. In a scrutin of accounts they
// stay closed.
func (s *Scrutin) AllowSmall(reason string) error {
	if s.Manifest.Accounts() != nil {
		return nil
	}
	var small []string
	for _, c := range s.Bureau.Procedure().Cells {
		if c.Small(s.Manifest.MinimumSize) && !slices.Contains(s.Bureau.Procedure().Allowed, c.Name) {
			small = append(small, c.Name)
		}
	}
	if len(small) == 0 {
		return nil
	}
	_, err := s.Bureau.Act(scrutin.ActOpenSmall, scrutin.ActBody{Cells: small, Reason: reason})
	return err
}

// Mix verifies the sealed logs again from the record, and lets every mixer act in turn.
func (s *Scrutin) Mix() error {
	sealed, err := trustee.ReadSealed(&s.Record.Reader, s.trustee())
	if err != nil {
		return err
	}
	for i, mixer := range s.Manifest.Mixers {
		if err := sealed.Tally.Mix(&s.Record.Reader, s.Record, i+1, s.Signers[mixer.ID]); err != nil {
			return fmt.Errorf("mix by %s: %w", mixer.ID, err)
		}
	}
	paths, err := s.Record.List()
	if err != nil {
		return err
	}
	return s.adopt(scrutin.ActMix, slices.Concat(s.stages(record.Mix), s.Manifest.DecidedAt(paths))...)
}

// Mixed verifies the record up to the adopted mixes.
func (s *Scrutin) Mixed() (*trustee.Mixed, error) {
	return trustee.ReadMixed(&s.Record.Reader, s.trustee())
}

// Decrypt lets a quorum of holders give its shares, each from his own files: those whom the options name, else the last holders of every clause.
// In one process the verification of the mixes is done once for all of them.
func (s *Scrutin) Decrypt(mixed *trustee.Mixed) error {
	for _, h := range s.Holders {
		if !s.answers(h.ID) {
			continue
		}
		if err := h.Reopen(s.WorkFactor); err != nil {
			return fmt.Errorf("%s: %w", h.ID, err)
		}
		if _, err := mixed.Decrypt(h.Device, s.Record); err != nil {
			return fmt.Errorf("shares of %s: %w", h.ID, err)
		}
	}
	return s.adopt(scrutin.ActDecrypt, s.shares()...)
}

// answers says whether a holder is of the quorum that opens the urn.
func (s *Scrutin) answers(holder string) bool {
	return slices.ContainsFunc(s.Manifest.Clauses, func(c scrutin.Clause) bool {
		if s.Quorum != nil {
			return slices.Contains(s.Quorum(&c), holder)
		}
		return slices.Contains(c.Holders[len(c.Holders)-c.Threshold:], holder)
	})
}

// shares names the statements of the holders who answered, by clause.
func (s *Scrutin) shares() []string {
	var paths []string
	for _, c := range s.Manifest.Clauses {
		for _, h := range c.Holders {
			if p := record.Shares(c.ID, h); s.Record.Exists(p) {
				paths = append(paths, p)
			}
		}
	}
	return paths
}

// Count verifies the shares, opens the urn, and has the bureau sign and proclaim the result.
func (s *Scrutin) Count(mixed *trustee.Mixed) error {
	judged, err := mixed.Shares(&s.Record.Reader)
	if err != nil {
		return err
	}
	marks := make([]int, len(s.Manifest.Urns))
	for i, f := range s.Bureau.Procedure().Found {
		marks[i] = f.Marks
	}
	result, err := judged.Result(marks)
	if err != nil {
		return err
	}
	if err := tally.WriteResult(s.Record, s.Manifest, result, s.bench...); err != nil {
		return err
	}
	if err := s.adopt(scrutin.ActProclaim, record.Result); err != nil {
		return err
	}
	return s.date()
}

// Contents signs the list of all files of the export, which makes it complete.
func (s *Scrutin) Contents() error {
	c, err := record.MakeContents(&s.Record.Reader, s.Fingerprint, s.OpeningDigest, s.Workers, s.progress("contents"))
	if err != nil {
		return err
	}
	signed, err := scrutin.Sign(c, append([]note.Signer{s.Signers[s.Manifest.Platform.Contents.ID]}, s.bench...)...)
	if err != nil {
		return err
	}
	if err := s.Record.Write(record.Contents, signed); err != nil {
		return err
	}
	return s.date()
}

func (s *Scrutin) trustee() trustee.Options {
	return trustee.Options{Workers: s.Workers, Progress: s.Stage, Now: s.Now}
}
