package deputy_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"isoloir/custody/agefile"
	"isoloir/custody/deputy"
	"isoloir/custody/vault"
	"isoloir/custody/vaulttest"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// A Vault writes down one certificate for each process and day, and nothing of what is said to voters; sealed in the middle of the vote it stops
// nobody.
func TestVault(t *testing.T) {
	v := vaulttest.Start(t)
	a := v.Administer(t, "deputies", func(string, ...any) {})
	d := newDesk(t)
	v.Import(t, "isoloir/deputies", "urn", d.PrivateKey)
	roleID, secretID := v.Admit(t, a, "urn", vaulttest.Policy(t, "urn"))
	written := v.Audit(t)
	process := func() *deputy.Signer {
		k, err := vault.Open(context.Background(), vault.Config{Address: v.Address, Mount: "isoloir/deputies", Files: new(agefile.Keeper), RoleID: roleID, SecretID: secretID, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = k.Close() })
		c := d.config()
		var own note.Signer
		if own, err = k.Signer(context.Background(), "urn", d.Verifier()); err != nil {
			t.Fatal(err)
		}
		c.Own = own
		s, err := deputy.Open(c)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	one, two := process(), process()
	for day := range 3 {
		d.promises(t, one, 40)
		d.promises(t, two, 40)
		if day == 1 {
			v.Seal(t)
			d.promises(t, one, 40)
			d.at = d.at.Add(24 * time.Hour)
			if one.Renew() == nil {
				t.Error("renewed by a sealed Vault")
			}
			d.promises(t, one, 40) // by the deputy of yesterday
			d.promises(t, two, 40)
			v.Unseal(t)
		} else {
			d.at = d.at.Add(24 * time.Hour)
		}
		for _, s := range []*deputy.Signer{one, two, one, two} {
			if err := s.Renew(); err != nil {
				t.Fatal(err)
			}
		}
	}
	certificates := map[int64]int{}
	for _, s := range written() {
		c, err := scrutin.ParseDeputy(s.Text)
		if err != nil {
			if !strings.HasPrefix(s.Text, "isoloir/v1/trial\n") {
				t.Errorf("the audit log has the text %q", s.Text)
			}
			continue
		}
		certificates[c.From]++
	}
	if len(certificates) != 4 {
		t.Errorf("certificates of %d days", len(certificates))
	}
	for day, n := range certificates {
		if n != 2 {
			t.Errorf("%d certificates of two processes on the day %d", n, day)
		}
	}
	status, _ := v.Ask(t, v.Root, http.MethodGet, "sys/audit", nil)
	if status != http.StatusOK {
		t.Error("no audit log", status)
	}
}
