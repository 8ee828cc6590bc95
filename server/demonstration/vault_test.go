package demonstration

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"isoloir/custody"
	"isoloir/custody/agefile"
	"isoloir/custody/vault"
	"isoloir/custody/vaulttest"
	"isoloir/observe"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/server"
	"isoloir/server/config"
	"isoloir/voter"
)

// inVault moves every key and secret of a demonstration's roll, urn and issuers into a Vault, each with a login of its own under the policy that
// is deployed, and removes their files.
func inVault(t *testing.T, s *vaulttest.Server, dir string) {
	t.Helper()
	d, err := Open(dir, 2)
	if err != nil {
		t.Fatal(err)
	}
	a, c := s.Administer(t, "essai", func(string, ...any) {}), d.Config
	const mount = "isoloir/essai"
	c.Vault = &config.Vault{Address: s.Address, Mount: mount}
	take := func(path *string) string {
		line, err := new(agefile.Keeper).Secret(t.Context(), *path)
		if err == nil {
			err = os.Remove(*path)
		}
		if err != nil {
			t.Fatal(err)
		}
		return line
	}
	key := func(name string, path *string) {
		k, err := note.ParsePrivateKey(take(path))
		if err != nil {
			t.Fatal(err)
		}
		s.Import(t, mount, name, k)
		*path = "vault:" + name
	}
	secret := func(name string, path *string) {
		s.Do(t, s.Root, http.MethodPost, mount+"/kv/data/"+name, map[string]any{"data": map[string]string{"value": take(path)}}, nil)
		*path = "vault:" + name
	}
	key("roll", &c.Roll.Key)
	key("urn", &c.Urn.Key)
	secret("roll/challenges", &c.Roll.Challenges)
	links := &c.Roll.Links
	for name, ends := range map[string][2]*string{"fate": {&links.Fate, &c.Urn.Links.Fate},
		"deposit-a": {&links.DepositA, &c.IssuerA.Links.Deposit}, "deposit-b": {&links.DepositB, &c.IssuerB.Links.Deposit},
		"notify-a": {&links.NotifyA, &c.IssuerA.Links.Notify}, "notify-b": {&links.NotifyB, &c.IssuerB.Links.Notify}} {
		secret("links/"+name, ends[0])
		secret("links/"+name, ends[1])
	}
	for role, i := range map[string]*config.Issuer{"issuer-a": c.IssuerA, "issuer-b": c.IssuerB} {
		key(role, &i.Key)
		secret(role+"/secret", &i.Secret)
	}
	for role, place := range map[string]*config.Place{"roll": &c.Roll.Place, "urn": &c.Urn.Place, "issuer-a": &c.IssuerA.Place, "issuer-b": &c.IssuerB.Place} {
		roleID, secretID := s.Admit(t, a, role, vaulttest.Policy(t, role))
		place.AppRole = &config.AppRole{RoleID: roleID, SecretID: secretID}
	}
	data, err := c.Bytes()
	if err == nil {
		err = record.WriteWhole(filepath.Join(dir, configFile), data)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// certificates counts the deputies whom a Vault has certified. It fails the test for any text to voters that the Vault signed itself.
func certificates(t *testing.T, written []vaulttest.Signed) (n int) {
	t.Helper()
	for _, s := range written {
		if _, err := scrutin.ParseCastingText(s.Text); err == nil {
			t.Errorf("the audit log of the Vault dates %q of the %s", s.Text, s.Key)
		}
		if _, err := scrutin.ParseDeputy(s.Text); err == nil {
			n++
		}
	}
	return n
}

// TestVault: a whole vote whose keys are in a Vault, which is sealed, slow, gone and refusing in the middle. Voters at each step go on as if nothing
// were, since deputies answer them, and the Vault's audit log says nothing of when.
func TestVault(t *testing.T) {
	s, dir := vaulttest.Start(t), copied(t)
	inVault(t, s, dir)
	written := s.Audit(t)
	w := serve(t, dir)
	all, want := ballots(t, w.Demonstration, w.house.Public, 15)
	ctx := context.Background()
	if err := castAll(ctx, all[:3]); err != nil {
		t.Fatal(err)
	}
	for i, trouble := range []struct {
		name       string
		begin, end func()
	}{
		{"sealed", func() { s.Seal(t) }, func() { s.Unseal(t) }},
		{"slow", func() { s.Slow(vault.Patience + 2*time.Second) }, func() { s.Slow(0) }},
		{"gone", s.Stop, func() { s.Run(t) }},
		{"refusing", func() { s.Refuse(http.StatusForbidden) }, func() { s.Refuse(0) }},
	} {
		t.Run(trouble.name, func(t *testing.T) {
			some := all[3+3*i : 6+3*i]
			some[1].until, some[2].until = voter.Reserved, voter.Appended
			if err := castAll(ctx, some[1:]); err != nil {
				t.Fatal(err)
			}
			some[1].until, some[2].until = 0, 0
			trouble.begin()
			defer trouble.end()
			if err := castAll(ctx, some); err != nil {
				t.Errorf("a voter is told: %v", err)
			}
		})
	}
	if n := certificates(t, written()); n != 2 {
		t.Errorf("%d deputies of two processes", n)
	}
	// A house is not served while its keys do not answer, and is, from the same directory, once they do.
	w.stop()
	s.Seal(t)
	closed := server.NewHouse(w.Config, server.Names, w.Clock.Now, observe.Silent())
	if err := errors.Join(closed.Open(ctx), closed.Shut()); !errors.Is(err, custody.ErrUnavailable) {
		t.Errorf("sealed: %v", err)
	}
	s.Unseal(t)
	w = serve(t, dir)
	again := *all[0]
	again.Demonstration, again.public = w.Demonstration, w.house.Public
	if err := again.vote(ctx); err != nil {
		t.Errorf("who has voted casts the same again: %v", err)
	}
	if n := certificates(t, written()); n != 4 {
		t.Errorf("%d deputies of four processes", n)
	}
	finish(t, w, want)
	for _, role := range []string{scrutin.RoleRoll, scrutin.RoleUrn} {
		list, err := os.ReadFile(filepath.Join(w.Config.Record, record.Deputies(role)))
		if n := len(scrutin.Certificates(list)); err != nil || n != 2 {
			t.Errorf("%d deputies of the %s are listed: %v", n, role, err)
		}
	}
}
