package trustee

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"isoloir/crypto/group"
	"isoloir/keyceremony"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/tally"
	"isoloir/urn"
)

// Reasons to touch no ballot of a record.
var (
	ErrNotSealed = errors.New("the bureau has not sealed the urns")
	ErrOpening   = errors.New("the opening record does not hold")
	ErrActs      = errors.New("the bureau's acts do not hold")
	ErrVoid      = errors.New("the bureau has stopped or annulled the vote: nothing of it is opened")
	ErrUrnSeal   = errors.New("the seal of the urn does not hold")
	ErrWitnesses = errors.New("not more than two thirds of the witnesses co-signed the seal of the urn after the end of voting")
)

// Options are how to compute.
type Options struct {
	Workers int // computations at once; 0 or less: as many as processors
	// Progress, which may be nil, hears of each stage of the work.
	Progress func(stage string, done, total int)
	// Now is the device's clock: nothing is decrypted before the instant that the
	// manifest names, and without a clock nothing that names one.
	Now func() time.Time
}

func (o Options) stage(name string) func(done, total int) {
	if o.Progress == nil {
		return nil
	}
	return func(done, total int) { o.Progress(name, done, total) }
}

// SealedUrn is an urn as it was sealed: what a holder is shown before he opens.
type SealedUrn struct {
	ID, Label string
	Electors  int
	Marks     int      // on the roll, by the bureau's act
	Ballots   int      // counted, found by reading the log again
	Leaves    uint64   // on the log
	Root      [32]byte // of the log
	Witnesses int      // who co-signed after the end of voting
}

// Sealed is a record whose ballots may be mixed.
type Sealed struct {
	*Board
	Keys      *keyceremony.Keys
	Opening   scrutin.Digest     // o
	Seal      scrutin.Digest     // S
	Urns      []SealedUrn        // of the manifest, in its order
	Registers []scrutin.Register // with the amendments of the roll, in the same order
	Procedure *scrutin.Procedure
	Last      *scrutin.Act // of this copy: a later one, which it leaves out, is not seen
	Tally     *tally.Sealed

	opened *scrutin.Opening
	added  [][]urn.Population // by urn, the account keys of whom amendments added
}

// ReadSealed verifies a record up to the seal of the urns: the ceremony, the
// opening record with its quorum and witnesses, the acts, the amendments of the roll
// with all their proofs, and for each urn the co-signed seal, the whole log and every
// ballot on it. That the account keys of the opening are those of the enrolled electors
// is what the opening record's signers found, and that nobody was enrolled twice is not
// seen here; the auditor verifies both.
func ReadSealed(r *record.Reader, opt Options) (*Sealed, error) {
	b, err := ReadBoard(r)
	if err != nil {
		return nil, err
	}
	s := &Sealed{Board: b}
	if s.Keys, err = b.Ceremony.Verify(b.Messages); err != nil {
		return nil, err
	}
	opening, o, err := b.readOpening(s.Keys)
	if err != nil {
		return nil, err
	}
	s.Opening, s.opened = o, opening
	if err := s.readActs(); err != nil {
		return nil, err
	}
	if err := s.readAmendments(opening, opt); err != nil {
		return nil, err
	}
	p := tally.Params{
		Manifest: b.Manifest, Fingerprint: b.Fingerprint, Opening: s.Opening, Seal: s.Seal, Mixing: s.Procedure.Mixing, Keys: s.Keys,
		Small: s.Procedure.Allowed, Workers: opt.Workers, Progress: opt.stage("mix"),
	}
	book := urn.NewBook()
	for i := range b.Manifest.Urns {
		count, err := s.readUrn(i, opening, book, opt)
		if err != nil {
			return nil, err
		}
		p.Counted, p.Electors = append(p.Counted, count.Counted), append(p.Electors, s.Registers[i].Electors())
	}
	s.Tally, err = tally.NewSealed(p)
	return s, err
}

// readOpening verifies the opening record of a ceremony's keys, and returns it with its
// hash.
func (b *Board) readOpening(keys *keyceremony.Keys) (*scrutin.Opening, scrutin.Digest, error) {
	data, err := b.Read(record.Opening, note.MaxSize)
	if err != nil {
		return nil, scrutin.Digest{}, err
	}
	var witnesses []note.Verifier
	for _, w := range b.Manifest.WitnessVerifiers() {
		witnesses = append(witnesses, w.Plain())
	}
	o, n, err := scrutin.Open[scrutin.Opening](data, b.Fingerprint, scrutin.Digest{}, append(b.Manifest.BureauVerifiers(), witnesses...)...)
	if err != nil {
		return nil, scrutin.Digest{}, fmt.Errorf("%w: %w", ErrOpening, err)
	}
	if err := errors.Join(b.Manifest.AdoptedBy(n), n.Require(witnesses...), keys.Match(o)); err != nil {
		return nil, scrutin.Digest{}, fmt.Errorf("%w: %w", ErrOpening, err)
	}
	return o, scrutin.TextDigest(n.Text), nil
}

// readActs applies the bureau's acts in their order, which must include the
// seal.
func (s *Sealed) readActs() error {
	acts, err := s.Acts()
	if err != nil {
		return err
	}
	if s.Procedure, err = scrutin.VerifyActs(s.Manifest, s.Fingerprint, acts); err != nil {
		return fmt.Errorf("%w: %w", ErrActs, err)
	}
	if s.Last, err = lastOf(acts); err != nil {
		return err
	}
	p := s.Procedure
	if p.Stopped() || p.Annulled() {
		return ErrVoid
	}
	if p.Seal.IsZero() {
		return ErrNotSealed
	}
	if p.Opening != s.Opening || p.Ceremony != s.Keys.Digest || !slices.Equal(p.Excluded, s.Keys.Excluded()) {
		return fmt.Errorf("%w: they adopt another ceremony or another opening record", ErrActs)
	}
	s.Seal = p.Seal
	return nil
}

// lastOf reads the last of some acts; nil if there is none.
func lastOf(acts [][]byte) (*scrutin.Act, error) {
	if len(acts) == 0 {
		return nil, nil
	}
	last, _, err := scrutin.ReadAct(acts[len(acts)-1])
	return last, err
}

// readUrn verifies the log of one urn and what the bureau found in it.
func (s *Sealed) readUrn(number int, opening *scrutin.Opening, book *urn.Book, opt Options) (*urn.Count, error) {
	u := s.Manifest.Urns[number]
	rules, err := s.rules(number, opening)
	if err != nil {
		return nil, err
	}
	file, err := s.Read(record.Checkpoints(u.ID), note.MaxSize)
	if err != nil {
		return nil, err
	}
	checkpoints, err := rules.ReadCheckpoints(file, s.Manifest.Platform.Urn.Verifier())
	if err != nil {
		return nil, err
	}
	sealed, err := s.readSeal(number, checkpoints[len(checkpoints)-1])
	if err != nil {
		return nil, fmt.Errorf("urn %s: %w", u.ID, err)
	}
	leaves, _, err := s.Stream(record.Leaves(u.ID))
	if err != nil {
		return nil, err
	}
	defer leaves.Close()
	count, err := rules.Replay(book, leaves, checkpoints, opt.Workers, opt.stage("log of "+u.ID))
	if err != nil {
		return nil, err
	}
	found := s.Procedure.Found[number]
	if found.Ballots != count.Voters {
		return nil, fmt.Errorf("urn %s: %w: the bureau found %d ballots, the log holds those of %d voters", u.ID, ErrUrnSeal, found.Ballots, count.Voters)
	}
	sealed.Marks, sealed.Ballots = found.Marks, count.Ballots
	s.Urns = append(s.Urns, sealed)
	return count, nil
}

// Rules are those of an urn, by its number in the manifest, with all its accounts.
func (s *Sealed) Rules(number int) (*urn.Rules, error) { return s.rules(number, s.opened) }

// rules takes an urn's account keys from the record, as the opening record and the
// amendments fix them.
func (s *Sealed) rules(number int, opening *scrutin.Opening) (*urn.Rules, error) {
	name := s.Manifest.Urns[number].ID
	opened, known := opening.Urn(name)
	if !known {
		return nil, fmt.Errorf("%w: it does not name urn %s", ErrOpening, name)
	}
	keys, err := s.Read(record.AnonymisationKeys(name, len(s.Manifest.Mixers)), int64(opened.Accounts)*group.PointSize)
	if err != nil {
		return nil, err
	}
	rules, err := urn.RulesOf(s.Manifest, s.Fingerprint, opening, s.Opening, name, keys)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOpening, err)
	}
	for _, p := range s.added[number] {
		if rules, err = rules.Amended(p); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrAmendment, err)
		}
	}
	return rules, nil
}

// readSeal verifies the seal of an urn: it is the last checkpoint, the one that
// the bureau adopted, and co-signed by enough witnesses after the end of voting.
func (s *Sealed) readSeal(number int, last note.Checkpoint) (SealedUrn, error) {
	u := s.Manifest.Urns[number]
	data, err := s.Read(record.Seal(u.ID), note.MaxSize)
	if err != nil {
		return SealedUrn{}, err
	}
	key, witnesses := s.Manifest.Platform.Urn.Verifier(), s.Manifest.WitnessVerifiers()
	n, err := note.Open(data, append(slices.Clone(witnesses), key)...)
	if err == nil {
		err = n.Require(key)
	}
	if err != nil {
		return SealedUrn{}, fmt.Errorf("%w: %w", ErrUrnSeal, err)
	}
	if n.Text != last.Text() {
		return SealedUrn{}, fmt.Errorf("%w: it is not the last checkpoint", ErrUrnSeal)
	}
	adopted := scrutin.TextDigest(n.Text) == s.Procedure.UrnSeals[number]
	if s.Manifest.Accounts() == nil {
		roll, err := s.Read(record.Roll(u.ID), note.MaxSize)
		if err != nil {
			return SealedUrn{}, err
		}
		statement, err := note.Text(roll)
		if err != nil {
			return SealedUrn{}, err
		}
		adopted = adopted && scrutin.TextDigest(statement) == s.Procedure.RollSeals[number]
	}
	if !adopted {
		return SealedUrn{}, fmt.Errorf("%w: it is not the one that the bureau adopted", ErrUrnSeal)
	}
	signed := 0
	for _, sig := range n.Signatures {
		if sig.Verifier.Algorithm() == note.Cosigning && s.Manifest.Schedule.CountsForSeal(sig.Time, s.Procedure.Ends()) {
			signed++
		}
	}
	if 3*signed <= 2*len(witnesses) {
		return SealedUrn{}, fmt.Errorf("%w: %d of %d", ErrWitnesses, signed, len(witnesses))
	}
	return SealedUrn{ID: u.ID, Label: u.Label, Electors: s.Registers[number].Electors(), Leaves: last.Size, Root: last.Root, Witnesses: signed}, nil
}
