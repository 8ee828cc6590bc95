package server

import (
	"context"
	"errors"

	"isoloir/custody"
	"isoloir/custody/agefile"
	"isoloir/custody/vault"
	"isoloir/scrutin/note"
	"isoloir/server/config"
)

// A keeper is a role's custody: names that begin with vault: are in the Vault, all others are files.
type keeper struct {
	files *agefile.Keeper
	vault *vault.Keeper // nil where the role has nothing there
}

var _ custody.Keeper = (*keeper)(nil)

// OpenKeeper opens the custody of a role's keys and secrets. It logs in to the Vault if the role has files to log in by.
func OpenKeeper(ctx context.Context, s Setting, p config.Place) (custody.Keeper, error) {
	identity := ""
	if s.Age != nil {
		identity = s.Age.Identity
	}
	files, err := agefile.Open(identity)
	if err != nil {
		return nil, err
	}
	k := &keeper{files: files}
	if s.Vault == nil || p.AppRole == nil {
		return k, nil
	}
	client, err := NewClient(s.Vault.Trust)
	if err != nil {
		return nil, err
	}
	k.vault, err = vault.Open(ctx, vault.Config{Address: s.Vault.Address, Mount: s.Vault.Mount, Client: client,
		Files: files, RoleID: p.AppRole.RoleID, SecretID: p.AppRole.SecretID, Now: s.Now})
	return k, err
}

// of is who keeps what has this name, and how it is called there.
func (k *keeper) of(name string) (custody.Keeper, string) {
	if there, in := config.InVault(name); in && k.vault != nil {
		return k.vault, there
	}
	return k.files, name
}

// Signer implements custody.Keeper.
func (k *keeper) Signer(ctx context.Context, name string, want note.Verifier) (note.Signer, error) {
	by, name := k.of(name)
	return by.Signer(ctx, name, want)
}

// Secret implements custody.Keeper.
func (k *keeper) Secret(ctx context.Context, name string) (string, error) {
	by, name := k.of(name)
	return by.Secret(ctx, name)
}

// Seal implements custody.Keeper.
func (k *keeper) Seal(ctx context.Context, name string, text, about []byte) ([]byte, error) {
	by, name := k.of(name)
	return by.Seal(ctx, name, text, about)
}

// Open implements custody.Keeper.
func (k *keeper) Open(ctx context.Context, name string, sealed, about []byte) ([]byte, error) {
	by, name := k.of(name)
	return by.Open(ctx, name, sealed, about)
}

// Check implements custody.Keeper.
func (k *keeper) Check(ctx context.Context) error {
	if k.vault == nil {
		return nil
	}
	return k.vault.Check(ctx)
}

// Close implements custody.Keeper.
func (k *keeper) Close() error {
	err := k.files.Close()
	if k.vault != nil {
		err = errors.Join(err, k.vault.Close())
	}
	return err
}
