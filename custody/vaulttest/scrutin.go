package vaulttest

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"isoloir/custody/agefile"
	"isoloir/custody/vault"
)

// Policies is the directory of the policies that are deployed.
func Policies() string { return filepath.Join(filepath.Dir(source()), "..", "..", "deploy", "vault") }

// Policy is one of them.
func Policy(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(Policies(), name+".hcl"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Administrator makes the token of one, as who has started a Vault does before he revokes its root token.
func (s *Server) Administrator(t testing.TB) string { return s.Token(t, "administrator") }

// Token makes a token of one of the policies that are deployed.
func (s *Server) Token(t testing.TB, policy string) string {
	t.Helper()
	s.Do(t, s.Root, http.MethodPost, "sys/policies/acl/"+policy, map[string]any{"policy": Policy(t, policy)}, nil)
	var made struct {
		Auth struct {
			Token string `json:"client_token"`
		}
	}
	s.Do(t, s.Root, http.MethodPost, "auth/token/create", map[string]any{"policies": []string{policy}, "no_default_policy": true, "ttl": "1h"}, &made)
	return made.Auth.Token
}

// Administer begins to prepare a scrutin, whose engines it makes.
func (s *Server) Administer(t testing.TB, scrutin string, tell func(string, ...any)) *vault.Administrator {
	t.Helper()
	a, err := vault.Administer(t.Context(), s.Address, nil, s.Administrator(t), scrutin, tell)
	if err == nil {
		err = a.Mount(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Admit gives a role a login under a policy, and returns the two files by which it logs in.
func (s *Server) Admit(t testing.TB, a *vault.Administrator, role, policy string) (roleID, secretID string) {
	t.Helper()
	ctx, dir, files := context.Background(), t.TempDir(), new(agefile.Keeper)
	if err := a.Admit(ctx, role, policy, nil); err != nil {
		t.Fatal(err)
	}
	line, err := a.Credential(ctx, role)
	if err != nil {
		t.Fatal(err)
	}
	id, secret, err := vault.Enrol(ctx, s.Address, nil, line)
	if err != nil {
		t.Fatal(err)
	}
	for name, line := range map[string]string{"role-id": id, "secret-id": secret} {
		if err := files.Write(filepath.Join(dir, name), line); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "role-id"), filepath.Join(dir, "secret-id")
}
