package voter

import (
	"context"
	"fmt"

	"isoloir/roll"
	"isoloir/urn"
)

// RemoteUrn is the urn as the roll sees it across a wire: a function that carries
// the bytes of a question to urn.Service.ServeFate and brings back the answer's. It
// implements roll.Urn, and stands here since neither room knows the other.
type RemoteUrn func(ctx context.Context, request []byte) ([]byte, error)

var _ roll.Urn = RemoteUrn(nil)

// Fate implements roll.Urn.
func (r RemoteUrn) Fate(ctx context.Context, number uint16, tokens []roll.Hash) ([][]byte, error) {
	return r.ask(ctx, urn.FateRequest{Urn: number, Tokens: tokens})
}

// Void implements roll.Urn.
func (r RemoteUrn) Void(ctx context.Context, number uint16, tokens []roll.Hash) ([][]byte, error) {
	return r.ask(ctx, urn.FateRequest{Urn: number, Void: true, Tokens: tokens})
}

func (r RemoteUrn) ask(ctx context.Context, q urn.FateRequest) ([][]byte, error) {
	answer, err := r(ctx, q.Bytes())
	if err != nil {
		return nil, fmt.Errorf("asking the urn: %w", err)
	}
	a, err := urn.ParseFateAnswer(answer)
	if err != nil {
		return nil, err
	}
	return a.Fates, a.Err
}
