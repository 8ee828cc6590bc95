package vault_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"isoloir/custody"
	"isoloir/custody/vault"
	"isoloir/custody/vaulttest"
	"isoloir/scrutin/note"
)

// A scrutin's keys, secrets and logins are gone from the Vault, and another scrutin's stay; who prepares cannot do it, and who destroys can do nothing else. (S004-22b)
func TestDestroy(t *testing.T) {
	s, ctx := vaulttest.Start(t), t.Context()
	prepared, keys := map[string]*vault.Administrator{}, map[string]map[string]note.Verifier{}
	for _, scrutin := range []string{"essai", "essai-2"} {
		a := s.Administer(t, scrutin, func(string, ...any) {})
		keys[scrutin] = map[string]note.Verifier{}
		for role := range vault.Secrets {
			key, err := a.Key(ctx, role, role)
			if err != nil {
				t.Fatal(err)
			}
			keys[scrutin][role] = key
			if err := errors.Join(a.Draw(ctx, role), a.Admit(ctx, role, vaulttest.Policy(t, role), nil)); err != nil {
				t.Fatal(err)
			}
		}
		prepared[scrutin] = a
	}
	said := func(string) error { return nil }
	if err := prepared["essai"].Destroy(ctx, keys["essai"], said); !errors.Is(err, custody.ErrRefused) {
		t.Fatalf("who prepares destroys: %v", err)
	}
	token := s.Token(t, "destroyer")
	for _, q := range asked(t, []string{"GET isoloir/essai/kv/data/links/fate", "POST isoloir/essai/transit/sign/urn", "POST auth/approle/role/isoloir-essai-urn", "POST sys/mounts/isoloir/essai/kv",
		"POST sys/policies/acl/isoloir-essai-urn", "DELETE sys/mounts/secret", "DELETE sys/auth/approle", "DELETE sys/policies/acl/others", "POST auth/token/create"}) {
		if status, _ := s.Ask(t, token, q.method, q.path, q.body); status != http.StatusForbidden {
			t.Errorf("who destroys: %s %s: %d", q.method, q.path, status)
		}
	}
	var told []string
	d, err := vault.Administer(ctx, s.Address, nil, token, "essai", func(form string, args ...any) { told = append(told, fmt.Sprintf(form, args...)) })
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Destroy(ctx, keys["essai-2"], said); !errors.Is(err, vault.ErrForeign) || len(told) > 0 {
		t.Fatalf("by the record of another scrutin: %v, %v", err, told)
	}
	other, err := vault.Administer(ctx, s.Address, nil, token, "esai", func(form string, args ...any) { told = append(told, fmt.Sprintf(form, args...)) })
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Destroy(ctx, keys["essai"], said); !errors.Is(err, vault.ErrNothing) || len(told) > 0 {
		t.Fatalf("a name under which there is nothing: %v, %v", err, told)
	}
	unsaid := errors.New("it has said nothing")
	if err := d.Destroy(ctx, keys["essai"], func(role string) error {
		if role == "issuer-b" {
			return unsaid
		}
		return nil
	}); !errors.Is(err, unsaid) || len(told) > 0 {
		t.Fatalf("before a role has made its statement: %v, %v", err, told)
	}
	s.Do(t, s.Root, http.MethodPost, "isoloir/essai/transit/keys/urn/rotate", nil, nil) // the manifest's key is an earlier version
	s.Do(t, s.Root, http.MethodDelete, "sys/mounts/isoloir/essai/kv", nil, nil)         // a run before was cut
	if err := d.Destroy(ctx, keys["essai"], said); err != nil {
		t.Fatal(err)
	}
	if err := d.Destroy(ctx, keys["essai"], said); !errors.Is(err, vault.ErrNothing) {
		t.Fatalf("once more: %v", err)
	}
	if said := strings.Join(told, "\n"); !strings.Contains(said, "isoloir/essai/transit: disabled") || !strings.Contains(said, "isoloir-essai-issuer-b") || strings.Contains(said, "kv: disabled") {
		t.Errorf("told: %s", said)
	}
	for path, there := range map[string]bool{
		"isoloir/essai/transit/keys/urn": false, "isoloir/essai/kv/data/links/fate": false, "auth/approle/role/isoloir-essai-urn/role-id": false, "sys/policies/acl/isoloir-essai-urn": false,
		"isoloir/essai-2/transit/keys/urn": true, "isoloir/essai-2/kv/data/links/fate": true, "auth/approle/role/isoloir-essai-2-urn/role-id": true, "sys/policies/acl/isoloir-essai-2-urn": true,
	} {
		if status, _ := s.Ask(t, s.Root, http.MethodGet, path, nil); (status == http.StatusOK) != there {
			t.Errorf("%s: %d", path, status)
		}
	}
}
