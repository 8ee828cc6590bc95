package urn

import (
	"bytes"
	"context"

	"isoloir/merkle/tiles"
)

// Tile is a file of the urn's log as C2SP tlog-tiles divides it, up to the last signed
// checkpoint: nothing where the log does not reach so far. A bundle of leaves is a part
// of the export's file of leaves.
func (s *Service) Tile(ctx context.Context, urn uint16, t tiles.Tile) ([]byte, error) {
	log, err := s.Published(ctx, urn)
	if err != nil || !t.In(log.Size) {
		return nil, err
	}
	if t.Entries {
		return s.leaves(ctx, urn, t.From(), t.To())
	}
	log.shelf.mu.RLock()
	defer log.shelf.mu.RUnlock()
	return t.Hashes(log.shelf.tree)
}

// leaves is the file of the leaves from … to−1.
func (s *Service) leaves(ctx context.Context, urn uint16, from, to uint64) ([]byte, error) {
	var out bytes.Buffer
	w := NewLeafWriter(&out)
	if err := s.Store.Leaves(ctx, s.Scope, urn, from, to, w.Write); err != nil {
		return nil, err
	}
	err := w.Flush()
	return out.Bytes(), err
}
