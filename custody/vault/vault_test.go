package vault_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"isoloir/custody"
	"isoloir/custody/agefile"
	"isoloir/custody/custodytest"
	"isoloir/custody/vault"
	"isoloir/custody/vaulttest"
	"isoloir/scrutin/note"
)

const mount = "isoloir/essai"

// everything is a policy for what the suite asks of one role.
const everything = `
path "MOUNT/transit/keys/*" { capabilities = ["read"] }
path "MOUNT/transit/sign/*" { capabilities = ["update"] }
path "MOUNT/transit/encrypt/*" { capabilities = ["update"] }
path "MOUNT/transit/decrypt/*" { capabilities = ["update"] }
path "MOUNT/kv/data/*" { capabilities = ["read"] }
path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
`

// A stage is a Vault with one scrutin, and a role that is logged in.
type stage struct {
	*vaulttest.Server
	admin  *vault.Administrator
	config vault.Config
	clock  time.Time // the role's
	keeper *vault.Keeper
}

// set sets a stage for a role under a policy.
func set(t *testing.T, role, policy string) *stage {
	t.Helper()
	s := &stage{Server: vaulttest.Start(t), clock: time.Now()}
	s.admin = s.Administer(t, "essai", func(string, ...any) {})
	roleID, secretID := s.Server.Admit(t, s.admin, role, policy)
	s.config = vault.Config{Address: s.Address, Mount: mount, Files: new(agefile.Keeper), RoleID: roleID, SecretID: secretID, Now: func() time.Time { return s.clock }}
	k, err := vault.Open(t.Context(), s.config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { k.Close() })
	s.keeper = k
	return s
}

// key makes a transit key, and returns the public half of its latest version.
func (s *stage) key(t testing.TB, name string) note.Verifier {
	t.Helper()
	s.Do(t, s.Root, http.MethodPost, mount+"/transit/keys/"+name, map[string]any{"type": "ed25519"}, nil)
	return s.public(t, name, "1")
}

func (s *stage) public(t testing.TB, name, version string) note.Verifier {
	t.Helper()
	var made struct {
		Data struct {
			Keys map[string]struct {
				Public string `json:"public_key"`
			}
		}
	}
	s.Do(t, s.Root, http.MethodGet, mount+"/transit/keys/"+name, nil, &made)
	raw, err := base64.StdEncoding.DecodeString(made.Data.Keys[version].Public)
	if err != nil || len(raw) != 32 {
		t.Fatal(len(raw), err)
	}
	v, err := note.NewVerifier(name, note.Ed25519, [32]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (s *stage) signer(t testing.TB, name string) (note.Signer, note.Verifier) {
	t.Helper()
	v := s.key(t, name)
	signer, err := s.keeper.Signer(t.Context(), name, v)
	if err != nil {
		t.Fatal(err)
	}
	return signer, v
}

func TestCustody(t *testing.T) {
	s := set(t, "urn", everything)
	round := 0
	custodytest.Run(t, func(*testing.T) custodytest.Bench {
		round++
		own := func(name string) string { return strings.Repeat("x", round) + name } // each test has names of its own
		return custodytest.Bench{Keeper: s.keeper, Name: own,
			Key: func(t testing.TB, name string) note.Verifier {
				public := s.key(t, own(name)).PublicKey()
				v, err := note.NewVerifier(name, note.Ed25519, public)
				if err != nil {
					t.Fatal(err)
				}
				return v
			},
			Put: func(t testing.TB, name, line string) {
				s.Do(t, s.Root, http.MethodPost, mount+"/kv/data/"+own(name), map[string]any{"data": map[string]string{"value": line}}, nil)
			},
			Sealer: func(t testing.TB, name string) {
				s.Do(t, s.Root, http.MethodPost, mount+"/transit/keys/"+own(name), map[string]any{"type": "aes256-gcm96"}, nil)
			}}
	})
}

// A key that was rotated signs on by the version that the manifest names; the newer one signs for who names it alone, and what an older one
// signed is verified for ever.
func TestRotation(t *testing.T) {
	s := set(t, "urn", everything)
	signer, v := s.signer(t, "urn")
	const text = "isoloir/v1/f/urn-1\n0\nAAAA\n"
	before, err := note.Sign(text, signer)
	if err != nil {
		t.Fatal(err)
	}
	s.Do(t, s.Root, http.MethodPost, mount+"/transit/keys/urn/rotate", nil, nil)
	after, err := note.Sign(text, signer)
	if err != nil || string(after) != string(before) {
		t.Errorf("signs otherwise after the rotation: %v", err)
	}
	if _, err := note.Open(before, v); err != nil {
		t.Error(err)
	}
	again, err := s.keeper.Signer(t.Context(), "urn", v)
	if err != nil {
		t.Fatal(err)
	}
	if signed, err := note.Sign(text, again); err != nil || string(signed) != string(before) {
		t.Errorf("opened after the rotation: %v", err)
	}
	second := s.public(t, "urn", "2")
	newer, err := s.keeper.Signer(t.Context(), "urn", second)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := note.Sign(text, newer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := note.Open(signed, v); !errors.Is(err, note.ErrUnknownSigner) {
		t.Errorf("a newer version passes for the one of the manifest: %v", err)
	}
	// An administrator who forbids the older version stops the role: nothing else is signed by instead.
	s.Do(t, s.Root, http.MethodPost, mount+"/transit/keys/urn/config", map[string]any{"min_encryption_version": 2}, nil)
	if _, err := note.Sign(text, signer); !errors.Is(err, custody.ErrUnavailable) && !errors.Is(err, custody.ErrRefused) {
		t.Errorf("a version that is forbidden: %v", err)
	}
}

// What is no signing key that stays in the Vault is refused.
func TestKeysRefused(t *testing.T) {
	s := set(t, "urn", everything)
	ctx := t.Context()
	for name, body := range map[string]map[string]any{
		"leaves":  {"type": "ed25519", "exportable": true},
		"copied":  {"type": "ed25519", "allow_plaintext_backup": true},
		"derived": {"type": "ed25519", "derived": true},
		"sealing": {"type": "aes256-gcm96"},
		"curve":   {"type": "ecdsa-p256"},
	} {
		s.Do(t, s.Root, http.MethodPost, mount+"/transit/keys/"+name, body, nil)
		v := s.key(t, "other-"+name)
		if name == "leaves" || name == "copied" {
			v = s.public(t, name, "1")
		}
		if _, err := s.keeper.Signer(ctx, name, v); !errors.Is(err, custody.ErrSecret) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"", "../kv", "a b", "A", "a?x=y", "a//b", "/a", "é"} {
		if _, err := s.keeper.Signer(ctx, name, s.key(t, "named")); !errors.Is(err, custody.ErrAbsent) {
			t.Errorf("%q: %v", name, err)
		}
		if _, err := s.keeper.Secret(ctx, name); !errors.Is(err, custody.ErrAbsent) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestTrouble: sealed, slow, refusing, cut off or gone, the Vault is waited for no longer than Patience, and by one at a time; when it is back
// everything goes on by itself.
func TestTrouble(t *testing.T) {
	s := set(t, "urn", everything)
	signer, v := s.signer(t, "urn")
	works := func(t *testing.T) {
		t.Helper()
		signature, err := signer.Sign([]byte("a"))
		if err != nil || !v.Verify([]byte("a"), signature) {
			t.Fatalf("it is back: %v", err)
		}
	}
	for name, c := range map[string]struct {
		begin, end func()
		want       error
	}{
		"sealed":   {func() { s.Seal(t) }, func() { s.Unseal(t) }, custody.ErrUnavailable},
		"slow":     {func() { s.Slow(vault.Patience + 2*time.Second) }, func() { s.Slow(0) }, custody.ErrUnavailable},
		"cut":      {func() { s.Cut(true) }, func() { s.Cut(false) }, custody.ErrUnavailable},
		"killed":   {s.Stop, func() { s.Run(t) }, custody.ErrUnavailable},
		"busy":     {func() { s.Refuse(http.StatusTooManyRequests) }, func() { s.Refuse(0) }, custody.ErrUnavailable},
		"broken":   {func() { s.Refuse(http.StatusBadGateway) }, func() { s.Refuse(0) }, custody.ErrUnavailable},
		"refusing": {func() { s.Refuse(http.StatusForbidden) }, func() { s.Refuse(0) }, custody.ErrRefused},
		"strange":  {func() { s.Refuse(http.StatusTeapot) }, func() { s.Refuse(0) }, custody.ErrRefused},
	} {
		t.Run(name, func(t *testing.T) {
			works(t)
			c.begin()
			began := time.Now()
			_, err := signer.Sign([]byte("a"))
			took := time.Since(began)
			if !errors.Is(err, c.want) || took > vault.Patience+time.Second {
				t.Errorf("%v, after %s", err, took)
			}
			if err := s.keeper.Check(t.Context()); !errors.Is(err, c.want) {
				t.Errorf("checked: %v", err)
			}
			if c.want == custody.ErrUnavailable {
				aside(t, s, signer)
			}
			c.end()
			works(t)
		})
	}
}

// aside: while one finds out whether the Vault is back, others are answered at once.
func aside(t *testing.T, s *stage, signer note.Signer) {
	t.Helper()
	s.Slow(500 * time.Millisecond)
	defer s.Slow(0)
	probe := make(chan error, 1)
	go func() {
		_, err := signer.Sign([]byte("a"))
		probe <- err
	}()
	time.Sleep(100 * time.Millisecond)
	asked, began := s.Asked(""), time.Now()
	for range 100 {
		if _, err := signer.Sign([]byte("a")); !errors.Is(err, custody.ErrUnavailable) {
			t.Errorf("answered meanwhile: %v", err)
		}
	}
	if took := time.Since(began); took > 200*time.Millisecond || s.Asked("") != asked {
		t.Errorf("100 callers waited %s, and %d questions were asked", took, s.Asked("")-asked)
	}
	<-probe
}

// A login is renewed before its end, made again after it, and made again where the Vault has forgotten it; once it is withdrawn nothing is
// answered any more.
func TestLogin(t *testing.T) {
	s := set(t, "urn", everything)
	signer, _ := s.signer(t, "urn")
	logins, renewals := s.Asked("auth/approle/login"), s.Asked("auth/token/renew-self")
	expect := func(what string, moreLogins, moreRenewals int) {
		t.Helper()
		if _, err := signer.Sign([]byte("a")); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		l, r := s.Asked("auth/approle/login"), s.Asked("auth/token/renew-self")
		if l-logins != moreLogins || r-renewals != moreRenewals {
			t.Errorf("%s: %d logins and %d renewals", what, l-logins, r-renewals)
		}
		logins, renewals = l, r
	}
	expect("fresh", 0, 0)
	s.clock = s.clock.Add(9 * time.Minute)
	expect("in its first half", 0, 0)
	s.clock = s.clock.Add(2 * time.Minute)
	expect("in its second half", 0, 1)
	s.clock = s.clock.Add(9 * time.Minute)
	if err := s.keeper.Check(t.Context()); err != nil {
		t.Error(err)
	}
	s.clock = s.clock.Add(9 * time.Minute)
	expect("checked", 0, 1)
	s.clock = s.clock.Add(21 * time.Minute)
	expect("over", 1, 0)
	var found struct {
		Data struct{ Keys []string }
	}
	s.Do(t, s.Root, "LIST", "auth/token/accessors", nil, &found)
	var root struct{ Data struct{ Accessor string } }
	s.Do(t, s.Root, http.MethodGet, "auth/token/lookup-self", nil, &root)
	for _, accessor := range found.Data.Keys {
		if accessor != root.Data.Accessor {
			s.Ask(t, s.Root, http.MethodPost, "auth/token/revoke-accessor", map[string]any{"accessor": accessor})
		}
	}
	expect("revoked", 1, 0)
}

// What has been withdrawn logs nobody in, and the error shows neither identifier.
func TestWithdrawn(t *testing.T) {
	s := set(t, "urn", everything)
	if err := s.admin.Withdraw(t.Context(), "urn"); err != nil {
		t.Fatal(err)
	}
	_, err := vault.Open(t.Context(), s.config)
	if !errors.Is(err, custody.ErrRefused) {
		t.Error(err)
	}
	for _, file := range []string{s.config.RoleID, s.config.SecretID} {
		line, failed := s.config.Files.Secret(context.Background(), file)
		if failed != nil || err == nil || strings.Contains(err.Error(), line) {
			t.Errorf("the error shows it: %v, %v", err, failed)
		}
	}
}

// Nothing of the environment is taken, and a server whose certificate is unknown is not believed.
func TestEnvironment(t *testing.T) {
	s := set(t, "urn", everything)
	for name, value := range map[string]string{"VAULT_ADDR": "http://127.0.0.1:1", "VAULT_TOKEN": s.Root, "VAULT_SKIP_VERIFY": "true", "VAULT_NAMESPACE": "other", "HTTP_PROXY": "http://127.0.0.1:1"} {
		t.Setenv(name, value)
	}
	k, err := vault.Open(t.Context(), s.config)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	if _, err := k.Secret(t.Context(), "none"); !errors.Is(err, custody.ErrAbsent) {
		t.Error(err)
	}
	c := s.config
	var trusting *http.Client
	c.Address, trusting = s.TLS(t)
	if _, err := vault.Open(t.Context(), c); !errors.Is(err, custody.ErrUnavailable) {
		t.Errorf("an unknown certificate: %v", err)
	}
	c.Client = trusting
	if k, err := vault.Open(t.Context(), c); err != nil {
		t.Error(err)
	} else {
		k.Close()
	}
}
