package urntest

import (
	"bytes"
	"context"

	"isoloir/scrutin/note"
	"isoloir/urn"
)

// Replay exports the log of an urn and reads it again as the auditor does.
func Replay(s *urn.Service, rules *urn.Rules, key note.Verifier, book *urn.Book) (*urn.Count, error) {
	var leaves, file bytes.Buffer
	if _, err := s.Export(context.Background(), rules.Number, &leaves, &file); err != nil {
		return nil, err
	}
	checkpoints, err := rules.ReadCheckpoints(file.Bytes(), key)
	if err != nil {
		return nil, err
	}
	return rules.Replay(book, &leaves, checkpoints, 2, nil)
}
