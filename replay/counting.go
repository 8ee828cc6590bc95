package replay

import (
	"fmt"
	"slices"
	"time"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/tally"
	"isoloir/trustee"
)

// witness lets every witness look at an urn's last checkpoint and co-sign it, and writes the urn's seal.
func (r *run) witness(urnID string, checkpoint []byte) error {
	opened, err := note.Open(checkpoint, r.m.Platform.Urn.Verifier())
	if err != nil {
		return err
	}
	if _, err := note.ParseCheckpoint(opened.Text); err != nil {
		return err
	}
	slot := time.Duration(r.m.Schedule.SlotMinutes) * time.Minute
	at := uint64(r.clock.Now().Truncate(slot).Unix())
	for _, w := range r.m.Witnesses {
		if checkpoint, err = note.Cosign(checkpoint, r.parties.signers[w.ID], at); err != nil {
			return err
		}
	}
	return r.record.Write(record.Seal(urnID), checkpoint)
}

// seal is the act that fixes the last checkpoint of every urn and the count of every roll. Small cells get the act that allows them.
func (r *run) seal(found []scrutin.Finding) error {
	var paths []string
	for _, u := range r.m.Urns {
		paths = append(paths, record.Seal(u.ID), record.Roll(u.ID))
	}
	adopted, err := r.bureau.Adopted(paths...)
	if err != nil {
		return err
	}
	if _, err := r.bureau.Act(scrutin.ActSeal, scrutin.ActBody{Adopts: adopted, Found: found}); err != nil {
		return err
	}
	var small []string
	for _, c := range r.bureau.Procedure().Cells {
		if c.Small(r.m.MinimumSize) {
			small = append(small, c.Name)
		}
	}
	if len(small) == 0 {
		return nil
	}
	_, err = r.bureau.Act(scrutin.ActOpenSmall, scrutin.ActBody{Cells: small, Reason: "no other urn has the same options"})
	return err
}

// mix verifies the sealed logs again from the record, and lets every mixer act in turn.
func (r *run) mix() error {
	sealed, err := trustee.ReadSealed(&r.record.Reader, r.trusteeOptions())
	if err != nil {
		return err
	}
	for i, mixer := range r.m.Mixers {
		if err := sealed.Tally.Mix(&r.record.Reader, r.record, i+1, r.parties.signers[mixer.ID]); err != nil {
			return fmt.Errorf("mix by %s: %w", mixer.ID, err)
		}
	}
	return nil
}

// decrypt verifies the mixes from the record, and lets a quorum of holders that is not the first one give its shares, each from his own
// files: the last holders of every clause. In one process the verification is done once for all of them.
func (r *run) decrypt() (*trustee.Mixed, error) {
	mixed, err := trustee.ReadMixed(&r.record.Reader, r.trusteeOptions())
	if err != nil {
		return nil, err
	}
	for _, h := range r.holders {
		if !r.answers(h.id) {
			continue
		}
		if err := h.reopen(r.opts.WorkFactor); err != nil {
			return nil, fmt.Errorf("%s: %w", h.id, err)
		}
		if _, err := mixed.Decrypt(h.device, r.record); err != nil {
			return nil, fmt.Errorf("shares of %s: %w", h.id, err)
		}
	}
	return mixed, nil
}

// answers says whether a holder is among the last ones of a clause, as many as its threshold.
func (r *run) answers(holder string) bool {
	return slices.ContainsFunc(r.m.Clauses, func(c scrutin.Clause) bool {
		return slices.Contains(c.Holders[len(c.Holders)-c.Threshold:], holder)
	})
}

// count verifies the shares, opens the urn, and has the bureau sign the result.
func (r *run) count(mixed *trustee.Mixed) error {
	judged, err := mixed.Shares(&r.record.Reader)
	if err != nil {
		return err
	}
	marks := make([]int, len(r.m.Urns))
	for i, f := range r.bureau.Procedure().Found {
		marks[i] = f.Marks
	}
	result, err := judged.Result(marks)
	if err != nil {
		return err
	}
	return tally.WriteResult(r.record, r.m, result, r.bench...)
}

func (r *run) trusteeOptions() trustee.Options {
	return trustee.Options{Workers: r.opts.Workers, Progress: func(stage string, done, total int) { r.tell(stage, done, total) }}
}

// contents signs the list of all files of the export.
func (r *run) contents() error {
	c, err := record.MakeContents(&r.record.Reader, r.f, r.o, r.opts.Workers, r.progress("contents"))
	if err != nil {
		return err
	}
	signed, err := scrutin.Sign(c, append([]note.Signer{r.parties.signers["contents"]}, r.bench...)...)
	if err != nil {
		return err
	}
	return r.record.Write(record.Contents, signed)
}
