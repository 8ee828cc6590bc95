package audit

import (
	"errors"
	"fmt"
	"slices"

	"isoloir/audit/evidence"
	"isoloir/merkle"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// promised judges the promise, whose ballot is in the urn that gave it or not.
func (v *verification) promised(t *Trace, r Receipt) error {
	said, err := scrutin.CastingSaid(r.Promise)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	at := slices.IndexFunc(v.urns, func(u *urnState) bool { return u.name() == said.Urn })
	voice := scrutin.NewVoice(v.m.Platform.Urn.Verifier(), nil, v.withdrawn)
	want := scrutin.CastingText{Kind: scrutin.Promise, Opening: v.o, Urn: said.Urn, Value: r.Ballot}
	if at < 0 || voice.Open(r.Promise, want) != nil {
		t.Promise = PromiseFalse
		return nil
	}
	u := v.urns[at]
	if _, err := v.find(t, u); err != nil {
		return err
	}
	if t.State != BallotAbsent && t.State != BallotOther {
		t.Promise = PromiseKept
		return nil
	}
	seal, err := v.sealed(u)
	if err != nil {
		return err
	}
	t.Promise = PromiseBroken
	key := v.m.Platform.Urn.Verifier()
	t.Missing = &evidence.Missing{Head: evidence.NewHead(evidence.KindMissing, v.f, said.Urn, key), Opening: v.o, Promise: evidence.LinesOf(r.Promise), Seal: evidence.LinesOf(seal)}
	return t.Missing.Check()
}

// ErrLog says that the leaves of an export are not those that its seal is of, or that its
// seal is not shown to be the one that ended the vote: nothing can be said of what is
// missing among them.
var ErrLog = errors.New("the log in this export is not the one of its seal: take another copy of the export")

// sealed is an urn's seal, with the urn's signature alone, if the export has the log
// that it is of.
func (v *verification) sealed(u *urnState) ([]byte, error) {
	if err := v.ended(u); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLog, err)
	}
	file, _, err := v.stream(record.Leaves(u.name()))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	_, _, _, hashes, err := findLeaf(file, scrutin.Digest{})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLog, err)
	}
	var edge merkle.Frontier
	for _, h := range hashes {
		edge.AppendHash(h)
	}
	if edge.Size() != u.seal.Size || edge.Root() != u.seal.Root {
		return nil, ErrLog
	}
	seal, err := v.read(record.Seal(u.name()), note.MaxSize)
	if err != nil {
		return nil, err
	}
	return evidence.Bare(seal, v.m.Platform.Urn.Verifier())
}

// ended says why an urn's seal is not that of the vote's end. Any checkpoint that the urn
// signed in the vote is the head of a log without the ballots after it: only witnesses who
// signed after the end, and the bureau, make one the seal; and only acts up to the last
// one show which deputies were withdrawn.
func (v *verification) ended(u *urnState) error {
	for _, number := range []int{604, 605, 607} {
		if !v.holds(number, u.name()) {
			return fmt.Errorf("check %d fails for the urn %s", number, u.name())
		}
	}
	path := record.Seal(u.name())
	here := scrutin.Adopted{Path: path, SHA256: v.texts[path]}
	seals := func(a *scrutin.Act) bool { return a.Type == scrutin.ActSeal && slices.Contains(a.Body.Adopts, here) }
	switch {
	case !v.lawful:
		return errors.New("an act breaks a rule")
	case !slices.ContainsFunc(v.acts, seals):
		return fmt.Errorf("no act adopts %s", path)
	case !slices.Contains([]string{scrutin.ActProclaim, scrutin.ActStop, scrutin.ActAnnul}, v.acts[len(v.acts)-1].Type):
		return errors.New("the last act ends nothing")
	}
	return nil
}

// withdrawn says whether an act of the export has withdrawn a deputy, whose word accuses
// nobody then.
func (v *verification) withdrawn(role string, key [32]byte) bool {
	path := scrutin.Withdrawal{Role: role, Key: key}.Path()
	for _, a := range v.acts {
		if a.Type == scrutin.ActWithdraw && slices.ContainsFunc(a.Body.Adopts, func(x scrutin.Adopted) bool { return x.Path == path }) {
			return true
		}
	}
	return false
}

// Missing judges evidence of a broken promise against this export, which must be of the
// scrutin and hold the log that the evidence's seal is of: evidence.ErrNothing if it
// proves nothing.
func (p *Prepared) Missing(m *evidence.Missing) error {
	if err := m.Check(); err != nil {
		return err
	}
	r := Receipt{Promise: m.Promise.Bytes()}
	var err error
	if r.Ballot, err = m.Said(); err != nil {
		return err
	}
	t, err := p.Trace(r)
	switch {
	case err != nil:
		return err
	case t.Missing == nil:
		return fmt.Errorf("%w: in this export the promise is %s", evidence.ErrNothing, t.Promise)
	case m.Head != t.Missing.Head || !slices.Equal(m.Seal, t.Missing.Seal):
		return fmt.Errorf("%w: this export is another one than that of the evidence", evidence.ErrNothing)
	}
	return nil
}
