package replay

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"

	"isoloir/docs"
	"isoloir/keyceremony"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// open makes the opening record, has it signed by the bureau and by the witnesses, and lets the bureau find every urn empty.
func (r *run) open(keys *keyceremony.Keys) error {
	urns, anonymisation, err := r.verifyAccounts()
	if err != nil {
		return err
	}
	software, err := ownDigest()
	if err != nil {
		return err
	}
	opening := &scrutin.Opening{
		Head:     scrutin.Head{Manifest: r.f},
		Ceremony: keys.Digest, Key: scrutin.PointOf(keys.Key), Clauses: clauseKeys(keys),
		Urns: urns, Enrolment: r.enrolment, Anonymisation: anonymisation,
		RollKey: r.m.Platform.Roll.Key, UrnKey: r.m.Platform.Urn.Key,
		Software: software, Specification: scrutin.DigestOf(docs.Protocol),
		Client: software, // no browser takes part: the voters' devices run this very program
	}
	text, err := scrutin.Text(opening)
	if err != nil {
		return err
	}
	signers := append([]note.Signer{}, r.bench...)
	for _, w := range r.m.Witnesses {
		signers = append(signers, r.parties.signers[w.ID])
	}
	signed, err := note.Sign(text, signers...)
	if err != nil {
		return err
	}
	if err := r.record.Write(record.Opening, signed); err != nil {
		return err
	}
	r.opening, r.o = opening, scrutin.TextDigest(text)
	return nil
}

// findEmpty is the act by which the vote opens: services are up, and the bureau finds no mark and no ballot in them.
func (r *run) findEmpty(ctx context.Context) error {
	found, err := r.found(ctx)
	if err != nil {
		return err
	}
	adopted, err := r.bureau.Adopted(record.Opening)
	if err != nil {
		return err
	}
	_, err = r.bureau.Act(scrutin.ActOpen, scrutin.ActBody{Adopts: adopted, Found: found})
	return err
}

// ownDigest is the SHA-256 of the program that runs.
func ownDigest() (scrutin.Digest, error) {
	path, err := os.Executable()
	if err != nil {
		return scrutin.Digest{}, fmt.Errorf("the running program cannot be found to hash it: %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return scrutin.Digest{}, fmt.Errorf("the running program cannot be read to hash it: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return scrutin.Digest{}, err
	}
	return scrutin.Digest(h.Sum(nil)), nil
}
