package vault

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/hashicorp/vault/api"

	"isoloir/custody"
)

// Refusals that are said otherwise to those who ask.
var (
	errMalformed = fmt.Errorf("%w: status 400", custody.ErrRefused)
	errForbidden = fmt.Errorf("%w: status 403", custody.ErrRefused)
)

// ask asks one question under the role's login, and gives nil where there is nothing at a path. A login that the Vault does not take any more
// is made again, once.
func (k *Keeper) ask(ctx context.Context, method, path string, body map[string]any) (*api.Secret, error) {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	probe, err := k.gate.enter()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	answer, err := k.within(ctx, method, path, body)
	k.gate.leave(probe, err)
	return answer, err
}

func (k *Keeper) within(ctx context.Context, method, path string, body map[string]any) (*api.Secret, error) {
	select {
	case k.places <- struct{}{}:
		defer func() { <-k.places }()
	case <-ctx.Done():
		return nil, fmt.Errorf("%s: %w: too much is asked at once", path, custody.ErrUnavailable)
	}
	if err := k.loggedIn(ctx, ""); err != nil {
		return nil, err
	}
	token := k.client.Token()
	answer, err := once(ctx, k.client, method, path, body)
	if !errors.Is(err, errForbidden) {
		return answer, err
	}
	if err := k.loggedIn(ctx, token); err != nil {
		return nil, err
	}
	return once(ctx, k.client, method, path, body)
}

// once asks once more than retries says at most.
func once(ctx context.Context, client *api.Client, method, path string, body map[string]any) (answer *api.Secret, err error) {
	if method == http.MethodGet {
		answer, err = client.Logical().ReadWithContext(ctx, path)
	} else {
		answer, err = client.Logical().WriteWithContext(ctx, path, body)
	}
	return answer, said(path, err)
}

// said is an error of the client in words that hold nothing of what was sent or answered.
func said(path string, err error) error {
	var response *api.ResponseError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &response):
		return fmt.Errorf("%s: %w: no answer", path, custody.ErrUnavailable)
	case response.StatusCode == http.StatusBadRequest:
		return fmt.Errorf("%s: %w", path, errMalformed)
	case response.StatusCode == http.StatusForbidden:
		return fmt.Errorf("%s: %w", path, errForbidden)
	case response.StatusCode == http.StatusNotFound:
		return fmt.Errorf("%s: %w", path, custody.ErrAbsent)
	case response.StatusCode == http.StatusTooManyRequests, response.StatusCode >= 500, response.StatusCode == http.StatusPreconditionFailed:
		return fmt.Errorf("%s: %w: status %d", path, custody.ErrUnavailable, response.StatusCode)
	}
	return fmt.Errorf("%s: %w: status %d", path, custody.ErrRefused, response.StatusCode)
}

// A gate lets all questions pass while they are answered, and one at a time, a probe, once one was not.
type gate struct {
	mu      sync.Mutex
	failing bool
	probing bool
}

func (g *gate) enter() (probe bool, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.failing && g.probing {
		return false, custody.ErrUnavailable
	}
	probe = g.failing
	g.probing = g.probing || probe
	return probe, nil
}

func (g *gate) leave(probe bool, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if probe {
		g.probing = false
	}
	g.failing = errors.Is(err, custody.ErrUnavailable)
}
