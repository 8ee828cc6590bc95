package vault_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"isoloir/custody"
	"isoloir/custody/agefile"
	"isoloir/custody/vault"
	"isoloir/custody/vaulttest"
)

// A scrutin is prepared, twice, with the policies that are deployed; what is told holds no secret, and each role does what it needs and nothing
// else.
func TestPrepare(t *testing.T) {
	s, ctx := vaulttest.Start(t), t.Context()
	var told []string
	var a *vault.Administrator

	for range 2 {
		a = s.Administer(t, "essai", func(form string, args ...any) { told = append(told, fmt.Sprintf(form, args...)) })
		for role := range vault.Secrets {
			if _, err := a.Key(ctx, role, role); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(a.Draw(ctx, role), a.Admit(ctx, role, vaulttest.Policy(t, role), nil)); err != nil {
				t.Fatal(err)
			}
		}
	}
	secrets := map[string]string{}
	for _, names := range vault.Secrets {
		for _, name := range names {
			var found struct {
				Data struct {
					Data     struct{ Value string }
					Metadata struct{ Version int }
				}
			}
			s.Do(t, s.Root, http.MethodGet, mount+"/kv/data/"+name, nil, &found)
			if secrets[name] = found.Data.Data.Value; len(secrets[name]) != 64 || found.Data.Metadata.Version != 1 {
				t.Errorf("%s: %d digits, version %d", name, len(secrets[name]), found.Data.Metadata.Version)
			}
			if strings.Contains(strings.Join(told, "\n"), secrets[name]) {
				t.Errorf("%s was told", name)
			}
		}
	}
	if err := a.Put(ctx, "links/fate", "another"); !errors.Is(err, custody.ErrRefused) {
		t.Errorf("a secret was written over: %v", err)
	}
	admin := s.Administrator(t)
	for _, q := range asked(t, []string{
		"GET isoloir/essai/kv/data/links/fate", "POST isoloir/essai/kv/data/links/fate", "DELETE isoloir/essai/kv/data/links/fate", "DELETE isoloir/essai/kv/metadata/links/fate",
		"POST isoloir/essai/transit/sign/urn", "GET isoloir/essai/transit/export/signing-key/urn", "GET isoloir/essai/transit/backup/urn", "POST isoloir/essai/transit/keys/urn/config",
		"POST isoloir/essai/transit/keys/urn/rotate", "DELETE isoloir/essai/transit/keys/urn", "POST auth/token/create", "GET sys/raw/core", "POST sys/audit/x", "POST sys/policies/acl/root-like",
		"POST auth/approle/role/others", "DELETE sys/mounts/isoloir/essai/kv", "POST sys/seal"}) {
		if status, _ := s.Ask(t, admin, q.method, q.path, q.body); status != http.StatusForbidden {
			t.Errorf("the administrator: %s %s: %d", q.method, q.path, status)
		}
	}
	for _, role := range []string{"roll", "urn", "issuer-a", "issuer-b"} {
		t.Run(role, func(t *testing.T) { rights(t, s, a, role, secrets) })
	}
	if err := a.End(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Key(ctx, "urn", "urn"); !errors.Is(err, custody.ErrRefused) {
		t.Errorf("after its end: %v", err)
	}
}

type question struct {
	method, path string
	body         any
}

func asked(t *testing.T, lines []string) (all []question) {
	t.Helper()
	for _, l := range lines {
		method, path, _ := strings.Cut(l, " ")
		all = append(all, question{method, path, map[string]any{"input": "YQ==", "data": map[string]string{"value": "x"}, "policies": []string{"root"}, "policy": `path "*" { capabilities = ["sudo"] }`, "type": "file"}})
	}
	return all
}

// rights: a role signs with its own key and reads what is its own; everything else is refused it.
func rights(t *testing.T, s *vaulttest.Server, a *vault.Administrator, role string, secrets map[string]string) {
	ctx, files := t.Context(), new(agefile.Keeper)
	roleID, secretID := s.Admit(t, a, role, vaulttest.Policy(t, role))
	k, err := vault.Open(ctx, vault.Config{Address: s.Address, Mount: mount, Files: files, RoleID: roleID, SecretID: secretID, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	own, err := a.Key(ctx, role, role)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Signer(ctx, role, own); err != nil {
		t.Error(err)
	}
	mine := map[string]bool{}
	for _, name := range vault.Secrets[role] {
		mine[name] = true
	}
	for name, secret := range secrets {
		got, err := k.Secret(ctx, name)
		if mine[name] && (err != nil || got != secret) || !mine[name] && !errors.Is(err, custody.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for other := range vault.Secrets {
		if other == role {
			continue
		}
		v, err := a.Key(ctx, other, other)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.Signer(ctx, other, v); !errors.Is(err, custody.ErrRefused) {
			t.Errorf("signs as %s: %v", other, err)
		}
	}
	if err := k.Close(); err != nil {
		t.Error(err)
	}
	token := login(t, s, files, roleID, secretID)
	for _, q := range asked(t, []string{
		"POST isoloir/essai/kv/data/links/fate", "DELETE isoloir/essai/kv/data/links/fate", "LIST isoloir/essai/kv/metadata", "GET isoloir/essai/kv/metadata/links/fate",
		"LIST isoloir/essai/transit/keys", "POST isoloir/essai/transit/keys/" + role, "POST isoloir/essai/transit/keys/" + role + "/rotate", "POST isoloir/essai/transit/keys/" + role + "/config",
		"DELETE isoloir/essai/transit/keys/" + role, "GET isoloir/essai/transit/export/signing-key/" + role, "GET isoloir/essai/transit/backup/" + role,
		"POST isoloir/essai/transit/sign/" + role + "x", "POST isoloir/autre/transit/sign/" + role, "GET isoloir/autre/kv/data/links/fate",
		"POST auth/token/create", "GET auth/token/lookup-self", "GET sys/policies/acl/isoloir-essai-" + role, "POST sys/policies/acl/isoloir-essai-" + role,
		"POST auth/approle/role/isoloir-essai-" + role + "/secret-id", "GET sys/mounts", "GET sys/audit", "POST sys/audit-hash/file", "POST sys/seal"}) {
		if status, _ := s.Ask(t, token, q.method, q.path, q.body); status != http.StatusForbidden {
			t.Errorf("%s %s: %d", q.method, q.path, status)
		}
	}
}

// login is a role's token, as somebody has it who took over its machine.
func login(t *testing.T, s *vaulttest.Server, files custody.Keeper, roleID, secretID string) string {
	t.Helper()
	role, err := files.Secret(t.Context(), roleID)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := files.Secret(t.Context(), secretID)
	if err != nil {
		t.Fatal(err)
	}
	var made struct {
		Auth struct {
			Token string `json:"client_token"`
		}
	}
	s.Do(t, "", http.MethodPost, "auth/approle/login", map[string]any{"role_id": role, "secret_id": secret}, &made)
	return made.Auth.Token
}

// A root token prepares nothing, and names stay below isoloir/.
func TestAdministerRefuses(t *testing.T) {
	s, ctx := vaulttest.Start(t), t.Context()
	quiet := func(string, ...any) {}
	if _, err := vault.Administer(ctx, s.Address, nil, s.Root, "essai", quiet); !errors.Is(err, custody.ErrRefused) || strings.Contains(err.Error(), s.Root) {
		t.Errorf("a root token: %v", err)
	}
	if _, err := vault.Administer(ctx, s.Address, nil, "hvs.nothing", "essai", quiet); !errors.Is(err, custody.ErrRefused) {
		t.Errorf("no token: %v", err)
	}
	for _, name := range []string{"", "a/b", "..", "A"} {
		if _, err := vault.Administer(ctx, s.Address, nil, "x", name, quiet); err == nil {
			t.Errorf("a scrutin is called %q", name)
		}
	}
	a := s.Administer(t, "essai", quiet)
	if err := a.Admit(ctx, "urn", `path "*" { capabilities = ["read"] }`, nil); err == nil {
		t.Error("a policy without a mount")
	}
	if err := a.Put(ctx, "urn/x", "a\nb"); !errors.Is(err, custody.ErrSecret) {
		t.Error(err)
	}
}

// A first credential is taken out once; the second time, or another token in its place, is an alert.
func TestEnrol(t *testing.T) {
	s, ctx := vaulttest.Start(t), t.Context()
	a := s.Administer(t, "essai", func(string, ...any) {})
	if err := a.Admit(ctx, "urn", vaulttest.Policy(t, "urn"), []string{"127.0.0.0/8"}); err != nil {
		t.Fatal(err)
	}
	line, err := a.Credential(ctx, "urn")
	if err != nil {
		t.Fatal(err)
	}
	s.Seal(t)
	if _, _, err := vault.Enrol(ctx, s.Address, nil, line); !errors.Is(err, custody.ErrUnavailable) {
		t.Errorf("while it is sealed: %v", err)
	}
	s.Unseal(t)
	id, secret, err := vault.Enrol(ctx, s.Address, nil, line)
	if err != nil || id == "" || secret == "" {
		t.Fatal(err)
	}
	if _, _, err := vault.Enrol(ctx, s.Address, nil, line); !errors.Is(err, vault.ErrUnwrapped) || strings.Contains(err.Error(), line) {
		t.Errorf("taken out twice: %v", err)
	}
	_, token, _ := strings.Cut(line, " ")
	if status, _ := s.Ask(t, token, http.MethodPost, "sys/wrapping/unwrap", nil); status < 400 {
		t.Errorf("unwrapped again: %d", status)
	}
	// Somebody takes the credential out on its way and puts what he wrapped himself in its place.
	q, err := http.NewRequest(http.MethodPost, s.Address+"/v1/sys/wrapping/wrap", strings.NewReader(fmt.Sprintf(`{"secret_id":%q}`, secret)))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("X-Vault-Token", s.Root)
	q.Header.Set("X-Vault-Wrap-TTL", "60")
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var forged struct {
		Wrap struct{ Token string } `json:"wrap_info"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&forged); err != nil || forged.Wrap.Token == "" {
		t.Fatal(err)
	}
	if _, _, err := vault.Enrol(ctx, s.Address, nil, id+" "+forged.Wrap.Token); !errors.Is(err, vault.ErrStrange) {
		t.Errorf("wrapped by somebody else: %v", err)
	}
	for _, bad := range []string{"", "x", "a b c", " x", "x "} {
		if _, _, err := vault.Enrol(ctx, s.Address, nil, bad); !errors.Is(err, custody.ErrSecret) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
