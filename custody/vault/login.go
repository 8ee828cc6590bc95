package vault

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/vault/api"

	"isoloir/custody"
)

// A lease is how long a login is good.
type lease struct {
	turn chan struct{} // who logs in or renews: one at a time

	mu    sync.Mutex
	token string
	renew time.Time // from then on it is renewed
	until time.Time // and then it is over
}

func (l *lease) take(a *api.SecretAuth, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	whole := time.Duration(a.LeaseDuration) * time.Second
	l.token, l.renew, l.until = a.ClientToken, now.Add(whole/2), now.Add(whole)
}

// good says whether there is a token, another than the one that was refused, which need not be renewed; and whether it may be.
func (l *lease) good(refused string, now time.Time) (fresh, renewable bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	live := l.token != "" && l.token != refused && now.Before(l.until)
	return live && now.Before(l.renew), live
}

// renewal is where a login is made to last longer.
const renewal = "auth/token/renew-self"

// Check implements custody.Keeper: it renews the login, or makes another one.
func (k *Keeper) Check(ctx context.Context) error {
	answer, err := k.ask(ctx, http.MethodPost, renewal, nil)
	if err == nil && answer != nil && answer.Auth != nil {
		k.lease.take(answer.Auth, k.Now())
	}
	return err
}

// loggedIn sees to it that the role is logged in by another token than the one that was refused, if any.
func (k *Keeper) loggedIn(ctx context.Context, refused string) error {
	if fresh, _ := k.lease.good(refused, k.Now()); fresh {
		return nil
	}
	select {
	case k.lease.turn <- struct{}{}:
		defer func() { <-k.lease.turn }()
	case <-ctx.Done():
		return fmt.Errorf("login: %w", custody.ErrUnavailable)
	}
	fresh, renewable := k.lease.good(refused, k.Now())
	if fresh {
		return nil
	}
	if renewable {
		err := k.renew(ctx)
		if fresh, _ := k.lease.good(refused, k.Now()); fresh || errors.Is(err, custody.ErrUnavailable) {
			return err
		}
	}
	return k.login(ctx)
}

// renew makes the login last longer; at the end of its longest time it does not, and a new one is made.
func (k *Keeper) renew(ctx context.Context) error {
	answer, err := once(ctx, k.client, http.MethodPost, renewal, nil)
	if err == nil && answer != nil && answer.Auth != nil {
		k.lease.take(answer.Auth, k.Now())
	}
	return err
}

func (k *Keeper) login(ctx context.Context) error {
	role, err := k.Files.Secret(ctx, k.RoleID)
	if err != nil {
		return err
	}
	secret, err := k.Files.Secret(ctx, k.SecretID)
	if err != nil {
		return err
	}
	const path = "auth/approle/login"
	answer, err := once(ctx, k.client, http.MethodPost, path, map[string]any{"role_id": role, "secret_id": secret})
	if err != nil {
		return err
	}
	if answer == nil || answer.Auth == nil || answer.Auth.ClientToken == "" {
		return fmt.Errorf("%s: %w: no login is given", path, custody.ErrRefused)
	}
	if slices.Contains(answer.Auth.TokenPolicies, "root") {
		return fmt.Errorf("%s: %w: this login may do everything: give the role its own policy", path, custody.ErrRefused)
	}
	k.client.SetToken(answer.Auth.ClientToken)
	k.lease.take(answer.Auth, k.Now())
	return nil
}
