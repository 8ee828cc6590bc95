// Package bve is the bureau du vote électronique at work: it takes the scrutin through its life cycle, one act after the other, each signed by a
// quorum of the members present (décret 2009-525, art. 9, 10, 14, 15, 18, 20, 21; docs/protocol.md, section 3.4).
//
// It promises that an act which breaks a rule is never written: the rules of package scrutin, the same that the auditor applies, judge it
// before it reaches the record; and that an act which could not be written was not adopted. It decides nothing by itself and sees no ballot.
package bve

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// A Bureau is in session over the record of a scrutin. It is for one goroutine.
type Bureau struct {
	manifest  *scrutin.Manifest
	record    *record.Writer
	procedure *scrutin.Procedure
	now       func() time.Time

	session int      // of the last act, or the one that Sit has opened
	present []string // none before Sit
	signers []note.Signer
}

// New takes up the procedure of manifest m, of fingerprint f, where the acts in the record have left it.
func New(m *scrutin.Manifest, f scrutin.Digest, rec *record.Writer, now func() time.Time) (*Bureau, error) {
	acts, err := rec.Acts()
	if err != nil {
		return nil, err
	}
	p, err := scrutin.VerifyActs(m, f, acts)
	if err != nil {
		return nil, err
	}
	return &Bureau{manifest: m, record: rec, procedure: p, now: now, session: p.Session()}, nil
}

// Procedure is what the bureau has decided so far.
func (b *Bureau) Procedure() *scrutin.Procedure { return b.procedure }

// Sit opens a session with these members present, who sign its acts.
func (b *Bureau) Sit(members ...note.Signer) error {
	present := make([]string, 0, len(members))
	for _, m := range b.manifest.Bureau.Members {
		if slices.ContainsFunc(members, func(s note.Signer) bool { return s.Verifier().Name() == m.ID }) {
			present = append(present, m.ID)
		}
	}
	if len(present) != len(members) {
		return errors.New("somebody in the session is not a member of the bureau, or sits twice")
	}
	if _, err := b.manifest.Sitting(present); err != nil {
		return err
	}
	b.session = b.procedure.Session() + 1
	b.present, b.signers = present, members
	return nil
}

// Act adopts an act of this kind and writes it to the record. It returns the digest of its text. An act that is refused, or cannot be
// written, leaves no trace.
func (b *Bureau) Act(kind string, body scrutin.ActBody) (scrutin.Digest, error) {
	if b.present == nil {
		return scrutin.Digest{}, errors.New("the bureau is not in session: open one first")
	}
	if body.Adopts == nil {
		body.Adopts = []scrutin.Adopted{}
	}
	act := b.procedure.Draft(kind, scrutin.TimeOf(b.now()), b.session, b.present, body)
	signed, err := scrutin.Sign(act, b.signers...)
	if err != nil {
		return scrutin.Digest{}, fmt.Errorf("act %s: %w", kind, err)
	}
	next := *b.procedure
	if err := next.Apply(signed); err != nil {
		return scrutin.Digest{}, err
	}
	if err := b.record.Alone(func() error {
		if err := undated(&b.record.Reader, b.manifest, kind); err != nil {
			return err
		}
		return b.record.WriteAct(b.procedure.Seq()+1, record.Next(b.procedure, kind), signed)
	}); err != nil {
		return scrutin.Digest{}, err
	}
	*b.procedure = next
	return next.Last(), nil
}

// Adopt adopts records that stand in the export, by path and digest of their text.
func (b *Bureau) Adopt(kind string, paths ...string) (scrutin.Digest, error) {
	adopted, err := b.Adopted(paths...)
	if err != nil {
		return scrutin.Digest{}, err
	}
	return b.Act(kind, scrutin.ActBody{Adopts: adopted})
}

// Adopted names the records at these paths as an act does: notes by their texts, other files by their bytes.
func (b *Bureau) Adopted(paths ...string) ([]scrutin.Adopted, error) {
	return adopted(&b.record.Reader, paths...)
}
