package vault

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"isoloir/custody"
	"isoloir/scrutin/note"
)

// Why a scrutin is not taken out of a Vault, or not whole.
var (
	ErrForeign = errors.New("it is not the key of this role in the manifest: what is below this name in the Vault belongs to another scrutin, and stays")
	ErrLeft    = errors.New("it is mounted still")
)

// Destroy takes away all that Prepare made for a scrutin, and its passwords: engines with every key and secret in them, each role's AppRole and policy. Keys
// are those of the roles by the manifest: nothing is touched, ErrForeign, where another key stands in the place of one. It needs a token of the policy
// deploy/vault/destroyer.hcl. A run that was cut is run again: what is gone stays gone. What a backup of the Vault holds, and what its own storage keeps of
// old blocks, it does not reach.
func (a *Administrator) Destroy(ctx context.Context, keys map[string]note.Verifier) error {
	if err := a.owns(ctx, keys); err != nil {
		return err
	}
	engines := []string{a.mount + "/transit", a.mount + "/kv"}
	for _, at := range engines {
		if err := a.remove(ctx, "sys/mounts/"+at); err != nil {
			return err
		}
	}
	mounted, err := a.ask(ctx, http.MethodGet, "sys/mounts", nil)
	if err != nil {
		return err
	}
	for _, at := range engines {
		if mounted == nil {
			return fmt.Errorf("sys/mounts: %w: it names no engine", custody.ErrRefused)
		}
		if _, there := mounted.Data[at+"/"]; there {
			return fmt.Errorf("%s: %w", at, ErrLeft)
		}
		a.tell(Disabled, at)
	}
	for _, role := range slices.Sorted(maps.Keys(Secrets)) {
		id := a.role(role)
		if err := errors.Join(a.remove(ctx, roleOf+id), a.remove(ctx, policyOf+id)); err != nil {
			return err
		}
		a.tell(LoginRemoved, id)
	}
	return nil
}

// owns looks whether the keys that stand below the scrutin's mount are the manifest's, in some version.
func (a *Administrator) owns(ctx context.Context, keys map[string]note.Verifier) error {
	for _, role := range slices.Sorted(maps.Keys(Secrets)) {
		path := a.mount + "/transit/keys/" + role
		found, err := a.ask(ctx, http.MethodGet, path, nil)
		if err != nil && !errors.Is(err, custody.ErrAbsent) {
			return err
		}
		if found == nil {
			continue
		}
		if _, known := versionOf(found.Data["keys"], keys[role]); !known {
			return fmt.Errorf("%s: %w", path, ErrForeign)
		}
	}
	return nil
}

func (a *Administrator) remove(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	_, err := a.client.Logical().DeleteWithContext(ctx, path)
	return said(path, err)
}
