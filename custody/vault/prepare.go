package vault

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/vault/api"

	"isoloir/custody"
	"isoloir/scrutin/note"
)

// Times of what an administrator gives.
const (
	wrapLasts = time.Hour            // a first credential waits to be taken out
	loginTTL  = "20m"                // a login, until it is renewed
	loginMax  = "24h"                // a login, renewed or not
	secretTTL = "2160h"              // a secret_id: ninety days
	placeMark = "MOUNT"              // stands for the scrutin's mount in the files of policies
	parentOf  = "isoloir/"           // all scrutins' mounts are below it
	roleOf    = "auth/approle/role/" // AppRoles
	policyOf  = "sys/policies/acl/"  // policies
	loginPath = "sys/auth/approle"   // where AppRole is mounted
)

// Secrets are what each role draws for itself and shares: names in kv.
var Secrets = map[string][]string{
	"roll":     {"roll/challenges", "links/fate", "links/deposit-a", "links/deposit-b", "links/notify-a", "links/notify-b"},
	"urn":      {"links/fate"},
	"issuer-a": {"issuer-a/secret", "links/deposit-a", "links/notify-a"},
	"issuer-b": {"issuer-b/secret", "links/deposit-b", "links/notify-b"},
}

// What is told, in these forms; none shows a secret.
const (
	There          = "%s: there already"
	Mounted        = "%s: mounted"
	KeyMade        = "%s: an Ed25519 key that cannot be taken out was made"
	KeyNamed       = "%s: write into the manifest as the key of %s: %s"
	SecretThere    = "%s/kv/%s: there already"
	SecretWritten  = "%s/kv/%s: written, not shown"
	PolicyWritten  = "policy %s: written"
	RoleWritten    = "AppRole %s: written"
	CredentialMade = "AppRole %s: a first credential was made, to be taken out once before %s"
	Withdrawn      = "AppRole %s: %d credentials were taken back"
	Disabled       = "%s: disabled, and with it every key and secret that it held"
	LoginRemoved   = "%s: AppRole and policy removed"
	Ended          = "the administrator's token: revoked"
)

// An Administrator prepares scrutins in a Vault (deploy/vault/administrator.hcl). It is safe for one at a time.
type Administrator struct {
	client  *api.Client
	mount   string
	scrutin string
	tell    func(form string, args ...any) // what was done, a sentence each, as fmt.Sprintf makes it
}

// Administer takes an administrator's token for the scrutin of that name, whose mount is isoloir/NAME. A root token is refused: make another one
// of the policy, and revoke it.
func Administer(ctx context.Context, address string, h *http.Client, token, scrutin string, tell func(form string, args ...any)) (*Administrator, error) {
	if !name.MatchString(scrutin) || strings.Contains(scrutin, "/") {
		return nil, fmt.Errorf("%q cannot name a scrutin here: small letters, digits, hyphens and underscores", scrutin)
	}
	client, err := connect(address, h)
	if err != nil {
		return nil, err
	}
	client.SetToken(token)
	a := &Administrator{client, parentOf + scrutin, scrutin, tell}
	self, err := a.ask(ctx, http.MethodGet, "auth/token/lookup-self", nil)
	if err != nil {
		return nil, err
	}
	if self == nil {
		return nil, fmt.Errorf("%w: it says nothing of this token", custody.ErrRefused)
	}
	if policies, _ := self.TokenPolicies(); slices.Contains(policies, "root") {
		return nil, fmt.Errorf("%w: this is a root token: make one of the policy deploy/vault/administrator.hcl, and revoke this one", custody.ErrRefused)
	}
	return a, nil
}

func (a *Administrator) ask(ctx context.Context, method, path string, body map[string]any) (*api.Secret, error) {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	return once(ctx, a.client, method, path, body)
}

// Mount makes the scrutin's engines, and AppRole, where they are not there yet.
func (a *Administrator) Mount(ctx context.Context) error {
	there := func(path, what string) (bool, error) {
		all, err := a.ask(ctx, http.MethodGet, path, nil)
		if err != nil || all == nil {
			return false, err
		}
		_, known := all.Data[what+"/"]
		return known, nil
	}
	for _, m := range []struct {
		list, at, path string
		body           map[string]any
	}{
		{"sys/mounts", a.mount + "/transit", "sys/mounts/" + a.mount + "/transit", map[string]any{"type": "transit"}},
		{"sys/mounts", a.mount + "/kv", "sys/mounts/" + a.mount + "/kv", map[string]any{"type": "kv", "options": map[string]string{"version": "2"}}},
		{"sys/auth", "approle", loginPath, map[string]any{"type": "approle"}},
	} {
		known, err := there(m.list, m.at)
		if err != nil {
			return err
		}
		if known {
			a.tell(There, m.at)
			continue
		}
		if _, err := a.ask(ctx, http.MethodPost, m.path, m.body); err != nil {
			return err
		}
		a.tell(Mounted, m.at)
	}
	return nil
}

// Key makes the role's Ed25519 key unless it is there, and returns its public half under the name of a party in the manifest: that of the
// version that signs now.
func (a *Administrator) Key(ctx context.Context, role, party string) (note.Verifier, error) {
	path := a.mount + "/transit/keys/" + role
	found, err := a.ask(ctx, http.MethodGet, path, nil)
	if err != nil {
		return note.Verifier{}, err
	}
	if found == nil {
		if _, err := a.ask(ctx, http.MethodPost, path, map[string]any{"type": "ed25519", "exportable": false, "allow_plaintext_backup": false}); err != nil {
			return note.Verifier{}, err
		}
		a.tell(KeyMade, path)
		if found, err = a.ask(ctx, http.MethodGet, path, nil); err != nil || found == nil {
			return note.Verifier{}, errors.Join(err, custody.ErrAbsent)
		}
	} else {
		a.tell(There, path)
	}
	keys, _ := found.Data["keys"].(map[string]any)
	latest, _ := keys[fmt.Sprint(found.Data["latest_version"])].(map[string]any)
	encoded, _ := latest["public_key"].(string)
	raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil || len(raw) != 32 || found.Data["type"] != "ed25519" {
		return note.Verifier{}, fmt.Errorf("%s: %w: it is no Ed25519 key", path, custody.ErrSecret)
	}
	v, err := note.NewVerifier(party, note.Ed25519, [32]byte(raw))
	if err == nil {
		a.tell(KeyNamed, path, party, v)
	}
	return v, err
}

// Draw makes the secrets of a role that are drawn, 32 random bytes each in hexadecimal digits, where they are not there yet. It shows none.
func (a *Administrator) Draw(ctx context.Context, role string) error {
	for _, s := range Secrets[role] {
		var drawn [32]byte
		rand.Read(drawn[:])
		there, err := a.ask(ctx, http.MethodGet, a.mount+"/kv/metadata/"+s, nil)
		if err == nil && there != nil {
			a.tell(SecretThere, a.mount, s)
			continue
		}
		if err == nil {
			err = a.Put(ctx, s, hex.EncodeToString(drawn[:]))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Put keeps a secret of one line where there is none yet.
func (a *Administrator) Put(ctx context.Context, secret, line string) error {
	if err := checkName(secret); err != nil {
		return err
	}
	if !custody.IsLine(line) {
		return fmt.Errorf("%s: %w: one line of at most %d bytes", secret, custody.ErrSecret, custody.MaxSecret)
	}
	_, err := a.ask(ctx, http.MethodPost, a.mount+"/kv/data/"+secret, map[string]any{"options": map[string]any{"cas": 0}, "data": map[string]string{field: line}})
	if err == nil {
		a.tell(SecretWritten, a.mount, secret)
	}
	return err
}

// Admit gives a role its policy, in which MOUNT stands for the scrutin's mount, and its AppRole of that policy alone. Where networks are given
// (CIDR), it logs in from there alone.
func (a *Administrator) Admit(ctx context.Context, role, policy string, networks []string) error {
	id := a.role(role)
	rules := strings.ReplaceAll(policy, placeMark+"/", a.mount+"/")
	if rules == policy {
		return fmt.Errorf("the policy of %s names nothing below %s/: take that of deploy/vault", role, placeMark)
	}
	if _, err := a.ask(ctx, http.MethodPost, policyOf+id, map[string]any{"policy": rules}); err != nil {
		return err
	}
	a.tell(PolicyWritten, id)
	_, err := a.ask(ctx, http.MethodPost, roleOf+id, map[string]any{"token_policies": []string{id}, "token_no_default_policy": true, "bind_secret_id": true,
		"token_ttl": loginTTL, "token_max_ttl": loginMax, "secret_id_ttl": secretTTL, "secret_id_num_uses": 0,
		"token_bound_cidrs": networks, "secret_id_bound_cidrs": networks})
	if err == nil {
		a.tell(RoleWritten, id)
	}
	return err
}

// Credential gives a role its first credential: a line that can be taken out once, within an hour (Enrol).
func (a *Administrator) Credential(ctx context.Context, role string) (string, error) {
	id := a.role(role)
	found, err := a.ask(ctx, http.MethodGet, roleOf+id+"/role-id", nil)
	if err != nil {
		return "", err
	}
	wrapping, err := a.client.Clone()
	if err != nil {
		return "", err
	}
	wrapping.SetToken(a.client.Token())
	wrapping.SetWrappingLookupFunc(func(string, string) string { return wrapLasts.String() })
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	wrapped, err := once(ctx, wrapping, http.MethodPost, roleOf+id+"/secret-id", nil)
	if err != nil {
		return "", err
	}
	roleID := text(found, "role_id")
	if wrapped == nil || wrapped.WrapInfo == nil || roleID == "" {
		return "", fmt.Errorf("%s: %w: it gives no wrapped credential", roleOf+id, custody.ErrRefused)
	}
	a.tell(CredentialMade, id, wrapped.WrapInfo.CreationTime.Add(wrapLasts).UTC().Format(time.RFC3339))
	return roleID + " " + wrapped.WrapInfo.Token, nil
}

// Withdraw takes every credential of a role back; logins that it has end within a day. Give it another one.
func (a *Administrator) Withdraw(ctx context.Context, role string) error {
	id := a.role(role)
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	found, err := a.client.Logical().ListWithContext(ctx, roleOf+id+"/secret-id")
	if err := said(roleOf+id, err); err != nil {
		return err
	}
	n := 0
	if found != nil {
		accessors, _ := found.Data["keys"].([]any)
		for _, accessor := range accessors {
			if _, err := once(ctx, a.client, http.MethodPost, roleOf+id+"/secret-id-accessor/destroy", map[string]any{"secret_id_accessor": accessor}); err != nil {
				return err
			}
			n++
		}
	}
	a.tell(Withdrawn, id, n)
	return nil
}

func (a *Administrator) role(role string) string { return "isoloir-" + a.scrutin + "-" + role }

// End revokes the administrator's token.
func (a *Administrator) End(ctx context.Context) error {
	_, err := a.ask(ctx, http.MethodPost, "auth/token/revoke-self", nil)
	if err == nil {
		a.tell(Ended)
	}
	return err
}
