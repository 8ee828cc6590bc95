package follow

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"isoloir/scrutin/note"
)

// sign co-signs the mirror's head for the slot that runs, unless that is done, and
// leaves the co-signature with the urn, unless it is there: signed is the checkpoint as
// the urn shows it. What is signed is on the disk before it leaves.
func (l *log) sign(ctx context.Context, signed []byte) error {
	if l.config.Witness == nil {
		return nil
	}
	mine := l.config.Witness.Verifier().Cosigner()
	now, slot := uint64(l.config.Now().Unix()), uint64(l.config.Manifest.Schedule.SlotMinutes)*60
	left, at, err := l.mine(mine, now-now%slot)
	if err != nil || left == nil {
		return err
	}
	shown, err := note.Open(signed, l.known...)
	if err != nil {
		return err
	}
	for _, s := range shown.Signatures {
		if s.Verifier == mine && s.Time >= at {
			return nil
		}
	}
	switch err := l.client.post(ctx, l.origin+"/cosignature", left); {
	case errors.Is(err, errChanged):
		return nil
	case err != nil:
		return fmt.Errorf("leaving the co-signature: %w", err)
	}
	l.config.Tell(Event{Urn: l.urn, What: Signed, Size: l.head.Size})
	return nil
}

// mine is this witness's co-signature of the head: the one that he made in this slot, or
// a new one. None where the clock has gone back behind what he signed.
func (l *log) mine(key note.Verifier, slot uint64) (left []byte, at uint64, err error) {
	file := filepath.Join(l.dir, signature)
	text := l.head.Text()
	last, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, 0, err
	}
	if err == nil {
		n, err := note.Open(last, key)
		if err != nil || len(n.Signatures) != 1 {
			return nil, 0, fmt.Errorf("%w: %s: %w", errDamaged, file, err)
		}
		before, err := note.ParseCheckpoint(n.Text)
		if err != nil {
			return nil, 0, fmt.Errorf("%w: %s: %w", errDamaged, file, err)
		}
		root, err := l.tree.Root(before.Size)
		switch {
		case err != nil || root != before.Root:
			return nil, 0, fmt.Errorf("%s: the witness signed %d leaves that this mirror does not hold, and signs no more: %w", file, before.Size, errDamaged)
		case n.Signatures[0].Time > slot:
			return nil, 0, nil
		case n.Text == text && n.Signatures[0].Time == slot:
			return last, slot, nil
		}
	}
	left, err = note.Cosign([]byte(text+"\n"), l.config.Witness, slot)
	if err == nil {
		err = write(file, left)
	}
	return left, slot, err
}
