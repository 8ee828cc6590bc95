package audit

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"

	"isoloir/crypto/sigma"
	"isoloir/merkle"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/urn"
)

// checkpointSeparator stands between the notes of a file of checkpoints.
const checkpointSeparator = "\x1e\n"

// leafHead is the length of what stands before a leaf in the file of leaves.
const leafHead = 2

// checkLog replays an urn's log from its leaves. The auditor has its own replay
// beside the urn's: what accepts ballots must not be alone in judging them.
func (v *verification) checkLog(u *urnState) bool {
	checkpoints := v.readCheckpoints(u)
	l := &logReplay{v: v, u: u, checkpoints: checkpoints}
	if len(checkpoints) > 0 {
		l.total = int(checkpoints[len(checkpoints)-1].Size)
	}
	if !l.begin() {
		return false
	}
	file, _, err := v.stream(record.Leaves(u.name()))
	if err != nil {
		v.enter(606, u.name(), err)
		return false
	}
	defer file.Close()
	if err := l.readAll(urn.NewLeafReader(file)); err != nil {
		_ = v.readError(err)
		v.enter(606, u.name(), err)
		return false
	}
	l.finish()
	v.checkSeal(u, checkpoints)
	return v.fault() == nil
}

// readCheckpoints reads the checkpoints of an urn, up to one that cannot be read.
func (v *verification) readCheckpoints(u *urnState) []note.Checkpoint {
	path := record.Checkpoints(u.name())
	data, err := v.read(path, note.MaxSize)
	if err != nil {
		v.enter(601, u.name(), err)
		return nil
	}
	var list []note.Checkpoint
	i := 0
	for signed := range bytes.SplitSeq(data, []byte(checkpointSeparator)) {
		i++
		c, n, err := v.openCheckpoint(signed, v.m.Platform.Urn.Verifier())
		if err != nil {
			v.refuse(601, u.name(), path, fmt.Errorf("checkpoint %d: %w", i, err))
		}
		if n == nil {
			break
		}
		switch {
		case c.Origin != scrutin.Origin(v.f, u.name()):
			v.refuse(601, u.name(), path, fmt.Errorf("checkpoint %d is of the log %q", i, c.Origin))
		case len(list) == 0 && c.Size != 0:
			v.refuse(601, u.name(), path, fmt.Errorf("the first checkpoint is of %d leaves: the urn was not found empty", c.Size))
		case len(list) > 0 && c.Size <= list[len(list)-1].Size:
			v.refuse(601, u.name(), path, fmt.Errorf("checkpoint %d does not grow", i))
		}
		list = append(list, c)
	}
	if len(list) > 0 {
		v.figures.expect(figLeaves, int(list[len(list)-1].Size))
	}
	v.enter(601, u.name(), nil)
	return list
}

// openCheckpoint reads a signed checkpoint; err may say that a signature is
// false even where the text is readable.
func (v *verification) openCheckpoint(signed []byte, keys ...note.Verifier) (note.Checkpoint, *note.Note, error) {
	n, err := note.Open(signed, keys...)
	if err == nil {
		err = n.Require(v.m.Platform.Urn.Verifier())
	}
	if n == nil {
		text, textErr := note.Text(signed)
		if textErr != nil {
			return note.Checkpoint{}, nil, textErr
		}
		n = &note.Note{Text: text}
	}
	c, parseErr := note.ParseCheckpoint(n.Text)
	if parseErr != nil {
		return note.Checkpoint{}, nil, parseErr
	}
	v.countSignatures(signed)
	return c, n, err
}

// checkSeal compares the seal with the last checkpoint and counts its
// co-signatures.
func (v *verification) checkSeal(u *urnState, checkpoints []note.Checkpoint) {
	path := record.Seal(u.name())
	data, err := v.read(path, note.MaxSize)
	if err != nil {
		v.enter(604, u.name(), err)
		return
	}
	witnesses := v.m.WitnessVerifiers()
	c, n, err := v.openCheckpoint(data, append(slices.Clone(witnesses), v.m.Platform.Urn.Verifier())...)
	if err != nil {
		v.refuse(605, u.name(), path, err)
	}
	if n == nil {
		return
	}
	u.seal, u.sealNote = c, n
	v.texts[path] = scrutin.TextDigest(n.Text)
	if len(checkpoints) == 0 || c != checkpoints[len(checkpoints)-1] {
		v.refuse(604, u.name(), path, errors.New("the seal is not the last checkpoint"))
	}
	if c.Size != uint64(u.leaves) {
		v.refuse(604, u.name(), path, fmt.Errorf("the seal is of %d leaves, the log has %d", c.Size, u.leaves))
	}
	v.enter(604, u.name(), nil)
	v.enter(605, u.name(), v.cosigned(n, witnesses))
	v.enter(607, u.name(), v.cosignedLate(n, witnesses))
}

// cosigned counts the co-signatures of a seal, each dated at a slot of the
// schedule.
func (v *verification) cosigned(n *note.Note, witnesses []note.Verifier) error {
	slot := uint64(v.m.Schedule.SlotMinutes) * 60
	for _, s := range n.Signatures {
		if s.Verifier.Algorithm() == note.Cosigning && (slot == 0 || s.Time%slot != 0) {
			return fmt.Errorf("%s dated its co-signature between two slots of the schedule", s.Verifier.Name())
		}
	}
	signed := 0
	for _, w := range witnesses {
		if n.SignedBy(w) {
			signed++
		}
	}
	if !enough(signed, len(witnesses)) {
		return fmt.Errorf("%d of %d witnesses co-signed, more than two thirds are needed", signed, len(witnesses))
	}
	return nil
}

// cosignedLate refuses co-signatures that look back on an urn still open: without
// them the seal must have its two thirds.
func (v *verification) cosignedLate(n *note.Note, witnesses []note.Verifier) error {
	early, late := 0, 0
	for _, s := range n.Signatures {
		switch {
		case s.Verifier.Algorithm() != note.Cosigning:
		case v.late(s):
			late++
		default:
			early++
		}
	}
	if early > 0 && !enough(late, len(witnesses)) {
		return fmt.Errorf("%d witnesses co-signed before voting had ended at %s, and only %d of %d after it", early, scrutin.TimeOf(v.ends), late, len(witnesses))
	}
	return nil
}

// late says whether a co-signature may be of after the end of voting.
func (v *verification) late(s note.Signature) bool {
	return v.m.Schedule.CountsForSeal(s.Time, v.ends)
}

// logReplay is the fold over the leaves of one urn.
type logReplay struct {
	v           *verification
	u           *urnState
	checkpoints []note.Checkpoint // those not reached yet
	tree        merkle.Frontier
	last        [sha256.Size]byte // hash of the leaf before, in this batch
	inBatch     bool
	total       int // leaves, by the last checkpoint
	judge       *ballotJudge
}

func (l *logReplay) begin() bool {
	l.atCheckpoint()
	for _, p := range l.u.populations {
		var err error
		p.proofs, err = sigma.NewBallots(l.v.context(l.v.o, l.u.name()), sigma.NewElement(p.base), sigma.NewElement(l.v.key))
		if err != nil {
			l.v.enter(505, l.u.name(), err)
			return false
		}
	}
	l.judge = newBallotJudge(l.v, l.u)
	l.u.offsets = []int64{0}
	return true
}

// readAll reads the leaves: their hashes, their order, and the rules of ballots.
func (l *logReplay) readAll(r *urn.LeafReader) error {
	for {
		leaf, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		l.fold(leaf)
	}
}

func (l *logReplay) fold(leaf []byte) {
	hash := sha256.Sum256(leaf)
	if l.inBatch && bytes.Compare(hash[:], l.last[:]) <= 0 {
		l.v.enter(603, l.u.name(), fmt.Errorf("leaf %d is out of order", l.u.leaves))
	}
	l.last, l.inBatch = hash, true
	l.tree.Append(leaf)
	l.judge.leaf(l.u.leaves, leaf)
	l.u.leaves++
	l.u.offsets = append(l.u.offsets, l.u.offsets[l.u.leaves-1]+leafHead+int64(len(leaf)))
	l.atCheckpoint()
	if l.u.leaves%defaultPiece == 0 || l.u.leaves == l.total {
		l.v.step("log of "+l.u.name(), l.u.leaves, l.total)
	}
}

// atCheckpoint compares the root with that of a checkpoint of this size.
func (l *logReplay) atCheckpoint() {
	for len(l.checkpoints) > 0 && l.checkpoints[0].Size <= uint64(l.u.leaves) {
		c := l.checkpoints[0]
		l.checkpoints = l.checkpoints[1:]
		if c.Size != uint64(l.u.leaves) {
			continue // out of order, which check 601 refuses
		}
		if c.Root != l.tree.Root() {
			l.v.enter(602, l.u.name(), fmt.Errorf("the root of the checkpoint of %d leaves is another one", c.Size))
		}
		l.inBatch = false
	}
}

func (l *logReplay) finish() {
	for _, c := range l.checkpoints {
		l.v.enter(602, l.u.name(), fmt.Errorf("a checkpoint is of %d leaves, the log has %d", c.Size, l.u.leaves))
	}
	l.v.enter(602, l.u.name(), nil)
	l.v.enter(603, l.u.name(), nil)
	l.v.figures.add(figLeaves, l.u.leaves)
	l.judge.finish()
}
