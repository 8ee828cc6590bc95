package urn

import (
	"bytes"
	"fmt"
	"io"

	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// checkpointSeparator stands between the notes of the file of checkpoints.
const checkpointSeparator = "\x1e\n"

// Origin is the first line of the checkpoints of this urn's log.
func (r *Rules) Origin() string { return scrutin.Origin(scrutin.Digest(r.Manifest), r.Name) }

// Checkpoint is the checkpoint of a head of this urn's log.
func (r *Rules) Checkpoint(h Head) note.Checkpoint {
	return note.Checkpoint{Origin: r.Origin(), Size: h.Tree.Size(), Root: h.Tree.Root()}
}

// OpenCheckpoint reads a checkpoint signed by the urn's key and by nobody else:
// ErrCheckpoint if it is of another log.
func (r *Rules) OpenCheckpoint(signed []byte, key note.Verifier) (note.Checkpoint, error) {
	n, err := note.Open(signed, key)
	if err != nil {
		return note.Checkpoint{}, fmt.Errorf("checkpoint of urn %s: %w", r.Name, err)
	}
	if err := n.Require(key); err != nil {
		return note.Checkpoint{}, fmt.Errorf("checkpoint of urn %s: %w", r.Name, err)
	}
	c, err := note.ParseCheckpoint(n.Text)
	if err != nil {
		return note.Checkpoint{}, fmt.Errorf("checkpoint of urn %s: %w", r.Name, err)
	}
	if c.Origin != r.Origin() {
		return note.Checkpoint{}, fmt.Errorf("urn %s: %w: it is of the log %s", r.Name, ErrCheckpoint, c.Origin)
	}
	return c, nil
}

// WriteCheckpoints writes the file of checkpoints.
func WriteCheckpoints(w io.Writer, signed [][]byte) error {
	_, err := w.Write(bytes.Join(signed, []byte(checkpointSeparator)))
	return err
}

// ReadCheckpoints reads the file of checkpoints: the first of size 0, which the
// bureau found when it opened, and sizes that strictly grow (ErrCheckpoint).
// That they follow from the leaves is for Replay to say.
func (r *Rules) ReadCheckpoints(file []byte, key note.Verifier) ([]note.Checkpoint, error) {
	var out []note.Checkpoint
	for i, signed := range bytes.Split(file, []byte(checkpointSeparator)) {
		c, err := r.OpenCheckpoint(signed, key)
		if err != nil {
			return nil, fmt.Errorf("number %d: %w", i, err)
		}
		switch {
		case i == 0 && c.Size != 0:
			return nil, fmt.Errorf("urn %s: %w: the first one has size %d, not 0", r.Name, ErrCheckpoint, c.Size)
		case i > 0 && c.Size <= out[i-1].Size:
			return nil, fmt.Errorf("urn %s: %w: number %d has size %d after %d", r.Name, ErrCheckpoint, i, c.Size, out[i-1].Size)
		}
		out = append(out, c)
	}
	return out, nil
}
