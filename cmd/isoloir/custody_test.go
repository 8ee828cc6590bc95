package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isoloir/custody"
	"isoloir/custody/agefile"
	"isoloir/custody/vault"
	"isoloir/custody/vaulttest"
)

// isoloirCustody runs the command, which must exit with that code, and returns what it printed.
func isoloirCustody(t *testing.T, code int, stdin string, args ...string) string {
	t.Helper()
	t.Setenv("LANG", "C")
	t.Setenv("LC_ALL", "")
	var out, stderr bytes.Buffer
	err := keep(t.Context(), args, strings.NewReader(stdin), &out, &stderr)
	got, e := 0, (*exit)(nil)
	if errors.As(err, &e) {
		got = e.code
	} else if err != nil {
		got = exitInternal
	}
	if got != code {
		t.Fatalf("isoloir custody %q exits with %d, not %d: %v", args, got, code, err)
	}
	if err != nil {
		return out.String() + err.Error()
	}
	return out.String()
}

// Secrets in the clear become age files, and what stands in the way is said by the exit code.
func TestCustodyFiles(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if said := isoloirCustody(t, exitDone, "", "identity", at("identity")); !strings.Contains(said, "age1") || strings.Contains(said, "AGE-SECRET-KEY") {
		t.Errorf("%q", said)
	}
	isoloirCustody(t, exitCannot, "", "identity", at("identity"))
	if err := os.WriteFile(at("key"), []byte("une ligne\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"is an age file now", "was an age file already"} {
		if said := isoloirCustody(t, exitDone, "", "encrypt", "-identity", at("identity"), at("key")); !strings.Contains(said, want) {
			t.Errorf("%q", said)
		}
	}
	k, err := agefile.Open(at("identity"))
	if err != nil {
		t.Fatal(err)
	}
	if line, err := k.Secret(t.Context(), at("key")); err != nil || line != "une ligne" {
		t.Error(line, err)
	}
	if err := os.WriteFile(at("open"), []byte("une ligne\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for code, args := range map[int][]string{
		exitExposed: {"encrypt", "-identity", at("identity"), at("open")},
		exitNoInput: {"encrypt", "-identity", at("identity"), at("none")},
		exitData:    {"encrypt", "-identity", at("key"), at("key")},
		exitUsage:   {"encrypt", "-identity", at("identity")},
	} {
		isoloirCustody(t, code, "", args...)
	}
	for _, args := range [][]string{{}, {"steal"}, {"prepare"}, {"put", "-vault", "x", "more"}, {"encrypt", at("key")}, {"enrol", "-colour", "red"}} {
		isoloirCustody(t, exitUsage, "", args...)
	}
}

const urnInVault = `
record: record
origins: {portal: "https://vote.example", roll: "https://liste.example", urn: "https://urne.example", issuer-a: "https://a.example", issuer-b: "https://b.example"}
urn: {directory: urn, listen: "127.0.0.1:8082", key: "vault:urn", links: {fate: "vault:links/fate"}, database: urn.db, batch-keys: keys, approle: {role-id: role-id, secret-id: secret-id}}
vault: {address: "ADDRESS", mount: isoloir/essai}
`

// A scrutin is prepared in a Vault and a role enrolled, by the commands alone; the second enrolment is an alert.
func TestCustodyVault(t *testing.T) {
	s, dir := vaulttest.Start(t), t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, line := range map[string]string{"token": s.Administrator(t), "root": s.Root} {
		if err := new(agefile.Keeper).Write(at(name), line); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(at("config.yaml"), []byte(strings.Replace(urnInVault, "ADDRESS", s.Address, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	prepare := func(token, credential string, more ...string) []string {
		return append([]string{"prepare", "-vault", s.Address, "-token", at(token), "-scrutin", "essai", "-role", "urn", "-policies", vaulttest.Policies(), "-credential", at(credential)}, more...)
	}
	isoloirCustody(t, exitExposed, "", prepare("root", "first")...)
	said := isoloirCustody(t, exitDone, "", prepare("token", "first", "-from", "127.0.0.0/8")...)
	first, err := new(agefile.Keeper).Secret(t.Context(), at("first"))
	if err != nil {
		t.Fatal(err)
	}
	_, wrapped, _ := strings.Cut(first, " ")
	for _, want := range []string{"isoloir/essai/transit: mounted", "key of urn: urn+", "isoloir/essai/kv/links/fate: written, not shown", "policy isoloir-essai-urn", "carry it to the machine"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said: %s", want, said)
		}
	}
	if strings.Contains(said, wrapped) || strings.Contains(said, s.Root) {
		t.Error("a secret is shown")
	}
	isoloirCustody(t, exitCannot, "", prepare("token", "first")...)
	t.Run("put", func(t *testing.T) {
		if said := isoloirCustody(t, exitDone, "mot de passe\n", "put", "-vault", s.Address, "-token", at("token"), "-scrutin", "essai", "-name", "urn/alerts"); strings.Contains(said, "mot de passe") {
			t.Errorf("%q", said)
		}
		isoloirCustody(t, exitExposed, "autre\n", "put", "-vault", s.Address, "-token", at("token"), "-scrutin", "essai", "-name", "urn/alerts")
	})
	enrol := func(credential string) []string {
		return []string{"enrol", "-config", at("config.yaml"), "-role", "urn", "-credential", at(credential)}
	}
	if err := new(agefile.Keeper).Write(at("copied"), first); err != nil {
		t.Fatal(err)
	}
	isoloirCustody(t, exitDone, "", enrol("first")...)
	if _, err := os.Stat(at("first")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the credential's file is left: %v", err)
	}
	isoloirCustody(t, exitCannot, "", enrol("copied")...)
	for _, name := range []string{"role-id", "secret-id"} {
		if err := os.Remove(at(name)); err != nil {
			t.Fatal(err)
		}
	}
	if said := isoloirCustody(t, exitRefused, "", enrol("copied")...); !strings.Contains(said, "ALERT") || strings.Contains(said, wrapped) {
		t.Errorf("%q", said)
	}
	if said := isoloirCustody(t, exitDone, "", prepare("token", "second", "-withdraw")...); !strings.Contains(said, "1 credentials were taken back") && !strings.Contains(said, "2 credentials were taken back") {
		t.Errorf("%q", said)
	}
	s.Refuse(http.StatusServiceUnavailable)
	isoloirCustody(t, exitTrouble, "", enrol("second")...)
}

// A credential that is good once is not taken out where its login could not be kept: the second time would be an alert.
func TestEnrolKeepsCredential(t *testing.T) {
	dir, asked := t.TempDir(), 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(s.Close)
	c := strings.NewReplacer("ADDRESS", s.URL, "secret-id: secret-id", "secret-id: nowhere/secret-id").Replace(urnInVault)
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(c), 0o600); err != nil {
		t.Fatal(err)
	}
	credential := filepath.Join(dir, "credential")
	if err := new(agefile.Keeper).Write(credential, "role token"); err != nil {
		t.Fatal(err)
	}
	isoloirCustody(t, exitNoInput, "", "enrol", "-config", filepath.Join(dir, "config.yaml"), "-role", "urn", "-credential", credential)
	if _, err := os.Stat(credential); err != nil || asked > 0 {
		t.Errorf("the Vault was asked %d times, and the credential: %v", asked, err)
	}
}

// Everything that is told is told in French too.
func TestCustodyFrench(t *testing.T) {
	for _, form := range []string{vault.There, vault.Mounted, vault.KeyMade, vault.KeyNamed, vault.SecretThere, vault.SecretWritten, vault.PolicyWritten, vault.RoleWritten,
		vault.CredentialMade, vault.Withdrawn, vault.Disabled, vault.LoginRemoved, vault.Ended} {
		if fr := vaultSaid[form]; fr == "" || strings.Count(fr, "%") != strings.Count(form, "%") {
			t.Errorf("%q is %q", form, fr)
		}
	}
	if said := isoloirCustody(t, exitDone, "", "help", "-lang", "fr"); !strings.Contains(said, "Codes de sortie") {
		t.Errorf("%q", said)
	}
	if said := isoloirCustody(t, exitNoInput, "", "encrypt", "-lang", "fr", "-identity", filepath.Join(t.TempDir(), "none"), "x"); !strings.Contains(said, "un fichier manque") {
		t.Errorf("%q", said)
	}
}

// What the custody answers has its exit code in serve, too.
func TestCustodyExit(t *testing.T) {
	for code, err := range map[int]error{exitTrouble: custody.ErrUnavailable, exitExposed: custody.ErrRefused, exitNoInput: custody.ErrAbsent, exitData: custody.ErrSecret} {
		var e *exit
		if !errors.As(refused(err), &e) || e.code != code {
			t.Errorf("%v: %v", err, e)
		}
	}
	if err := refused(context.Canceled); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
