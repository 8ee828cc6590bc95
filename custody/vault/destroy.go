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
	ErrNothing = errors.New("this Vault has no engine of a scrutin of that name, and nothing was destroyed: see whether it is the name, and the Vault, of this scrutin, or whether all of it was destroyed before")
	ErrForeign = errors.New("it is not the key of this role in the manifest: what is below this name in the Vault belongs to another scrutin, and stays")
	ErrLeft    = errors.New("it is mounted still")
)

// Destroy takes away all that Prepare made for a scrutin, and its passwords: each role's AppRole and policy, and engines with every key and secret in
// them. Keys are those of the roles by the manifest: nothing is touched, ErrForeign, where another key stands in the place of one, nor where stated
// refuses one of the roles whose keys are there: it says whether that role needs its key any more. It needs a token of the policy
// deploy/vault/destroyer.hcl. A run that was cut is run again: the keys, by which it is known whose all of this is, go last; when they are gone there is
// nothing left, ErrNothing. What a backup of the Vault holds, and what its own storage keeps of old blocks, it does not reach.
func (a *Administrator) Destroy(ctx context.Context, keys map[string]note.Verifier, stated func(role string) error) error {
	engines := []string{a.mount + "/kv", a.mount + "/transit"}
	mounted, err := a.mounted(ctx)
	if err != nil {
		return err
	}
	engines = slices.DeleteFunc(engines, func(at string) bool { return !mounted[at+"/"] })
	if len(engines) == 0 {
		return fmt.Errorf("%s: %w", a.mount, ErrNothing)
	}
	roles, err := a.owns(ctx, keys)
	if err != nil {
		return err
	}
	for _, role := range roles {
		if err := stated(role); err != nil {
			return err
		}
	}
	for _, role := range slices.Sorted(maps.Keys(Secrets)) {
		id := a.role(role)
		if err := errors.Join(a.remove(ctx, roleOf+id), a.remove(ctx, policyOf+id)); err != nil {
			return err
		}
		if slices.Contains(roles, role) {
			a.tell(LoginRemoved, id)
		}
	}
	for _, at := range engines {
		if err := a.remove(ctx, "sys/mounts/"+at); err != nil {
			return err
		}
		if mounted, err = a.mounted(ctx); err != nil {
			return err
		}
		if mounted[at+"/"] {
			return fmt.Errorf("%s: %w", at, ErrLeft)
		}
		a.tell(Disabled, at)
	}
	return nil
}

// mounted are the paths of all engines of the Vault, each with a slash at its end.
func (a *Administrator) mounted(ctx context.Context) (map[string]bool, error) {
	answer, err := a.ask(ctx, http.MethodGet, "sys/mounts", nil)
	if err != nil {
		return nil, err
	}
	if answer == nil {
		return nil, fmt.Errorf("sys/mounts: %w: it names no engine", custody.ErrRefused)
	}
	all := map[string]bool{}
	for at := range answer.Data {
		all[at] = true
	}
	return all, nil
}

// owns looks whether the keys that stand below the scrutin's mount are the manifest's, in some version, and returns whose they are.
func (a *Administrator) owns(ctx context.Context, keys map[string]note.Verifier) (roles []string, err error) {
	for _, role := range slices.Sorted(maps.Keys(Secrets)) {
		path := a.mount + "/transit/keys/" + role
		found, err := a.ask(ctx, http.MethodGet, path, nil)
		if err != nil && !errors.Is(err, custody.ErrAbsent) {
			return nil, err
		}
		if found == nil {
			continue
		}
		if _, known := versionOf(found.Data["keys"], keys[role]); !known {
			return nil, fmt.Errorf("%s: %w", path, ErrForeign)
		}
		roles = append(roles, role)
	}
	return roles, nil
}

func (a *Administrator) remove(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	_, err := a.client.Logical().DeleteWithContext(ctx, path)
	return said(path, err)
}
