package urn

import (
	"context"
	"fmt"
	"io"

	"isoloir/scrutin/note"
)

// Flush moves pending ballots to the logs of every urn that has at least 2k of
// them, all but k, and signs the new checkpoints. It is called at every slot of
// the manifest's schedule, and can be repeated at any time. It returns the number
// of ballots moved.
func (s *Service) Flush(ctx context.Context) (int, error) {
	n, err := s.Store.Flush(ctx, s.Scope, Scheduled(s.MinimumSize))
	if err != nil {
		return 0, err
	}
	return n, s.signHeads(ctx)
}

// Close ends the urns, moves all that is pending to the logs, and signs the last
// checkpoints. It can be repeated.
func (s *Service) Close(ctx context.Context) error {
	if err := s.Store.Close(ctx, s.Scope, s.urns()); err != nil {
		return err
	}
	if _, err := s.Store.Flush(ctx, s.Scope, Everything); err != nil {
		return err
	}
	return s.signHeads(ctx)
}

// signHeads signs every head that has no checkpoint yet. What it signs is in the
// store already, so that no two roots are ever signed for one size.
func (s *Service) signHeads(ctx context.Context) error {
	for _, urn := range s.urns() {
		heads, err := s.Store.Unsigned(ctx, s.Scope, urn)
		if err != nil {
			return err
		}
		for _, h := range heads {
			signed, err := note.Sign(s.rulesOf(urn).Checkpoint(h).Text(), s.Signer)
			if err != nil {
				return fmt.Errorf("checkpoint %d of urn %s: %w", h.Number, s.rulesOf(urn).Name, err)
			}
			if err := s.Store.Sign(ctx, s.Scope, urn, h.Number, signed); err != nil {
				return err
			}
		}
	}
	return nil
}

// Export writes the files of an urn's log, leaves and checkpoints, and returns
// its last signed checkpoint, which is its seal once the urn is closed.
func (s *Service) Export(ctx context.Context, urn uint16, leaves, checkpoints io.Writer) (seal []byte, err error) {
	if s.rulesOf(urn) == nil {
		return nil, ErrUrn
	}
	signed, err := s.checkpoints(ctx, urn)
	if err != nil {
		return nil, err
	}
	seal = signed[len(signed)-1]
	last, err := s.rulesOf(urn).OpenCheckpoint(seal, s.Signer.Verifier())
	if err != nil {
		return nil, err
	}
	w := NewLeafWriter(leaves)
	if err := s.Store.Leaves(ctx, s.Scope, urn, 0, last.Size, w.Write); err != nil {
		return nil, err
	}
	if err := w.Flush(); err != nil {
		return nil, err
	}
	return seal, WriteCheckpoints(checkpoints, signed)
}

// checkpoints are all that an urn has signed, one at least.
func (s *Service) checkpoints(ctx context.Context, urn uint16) (signed [][]byte, err error) {
	err = s.Store.Checkpoints(ctx, s.Scope, urn, func(c []byte) error {
		signed = append(signed, c)
		return nil
	})
	if err == nil && len(signed) == 0 {
		err = fmt.Errorf("urn %s: %w: there is none", s.rulesOf(urn).Name, ErrCheckpoint)
	}
	return signed, err
}
