package main

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isoloir/bve/minutes"
	"isoloir/bve/retention"
	"isoloir/custody/agefile"
	"isoloir/custody/vaulttest"
	"isoloir/record"
	"isoloir/replay"
	"isoloir/replay/parties"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
)

// A scrutin whose keys are in a Vault ends by the commands alone: not before the act, its urn's statement signed by the key in the Vault, then all of it gone from
// there; never by the record of another scrutin. (S004-22b)
func TestCustodyDestroy(t *testing.T) {
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s, dir, ctx := vaulttest.Start(t), t.TempDir(), t.Context()
	at := func(name string) string { return filepath.Join(dir, name) }
	f := scrutintest.New(t, scrutintest.Options{Urns: 1, Electors: 8, Choices: 2, MinSize: 10, Open: time.Date(2024, 3, 4, 8, 0, 0, 0, time.UTC)})
	out, err := replay.Rehearse(ctx, replay.Drill{Of: f.Manifest, Electors: 8, WorkFactor: 1, Language: "fr",
		Draw: func(*minutes.Sheets) ([]byte, error) { return []byte("<!doctype html>"), nil }}, at("all"),
		replay.Watcher{Stage: func(string, int, int) {}, Step: func(string, replay.Cost) {}})
	check(err)
	keys := map[string]*note.PrivateKey{}
	m := out.Manifest
	for role, id := range map[string]string{"roll": m.Platform.Roll.ID, "urn": m.Platform.Urn.ID, "issuer-a": m.Issuers[0].ID, "issuer-b": m.Issuers[1].ID} {
		keys[role] = out.Company.Signers[id]
	}
	for _, scrutin := range []string{"essai", "autre"} {
		s.Administer(t, scrutin, func(string, ...any) {})
	}
	for role, key := range keys {
		s.Import(t, "isoloir/essai", role, key)
	}
	stranger, err := note.GenerateKey("stranger")
	check(err)
	s.Import(t, "isoloir/autre", "urn", stranger)
	for name, policy := range map[string]string{"administrator": "administrator", "destroyer": "destroyer"} {
		check(new(agefile.Keeper).Write(at(name), s.Token(t, policy)))
	}
	isoloirCustody(t, exitDone, "", "prepare", "-vault", s.Address, "-token", at("administrator"), "-scrutin", "essai", "-role", "urn", "-policies", vaulttest.Policies(), "-credential", at("credential"))
	config := strings.NewReplacer("ADDRESS", s.Address, "record: record", "record: "+out.Export).Replace(urnInVault)
	check(errors.Join(os.WriteFile(at("config.yaml"), []byte(config), 0o600), os.MkdirAll(at("keys"), 0o700), os.Mkdir(at("urn"), 0o700)))
	check(errors.Join(os.WriteFile(at("keys/0011.key"), []byte("a batch key"), 0o600), os.WriteFile(at("urn.db"), []byte("what was a store"), 0o600)))
	isoloirCustody(t, exitDone, "", "enrol", "-config", at("config.yaml"), "-role", "urn", "-credential", at("credential"))

	end := func(scrutin string) []string {
		return []string{"destroy", "-vault", s.Address, "-token", at("destroyer"), "-scrutin", scrutin, "-record", out.Export, "-dossier", dir}
	}
	there := func(path string) bool {
		status, _ := s.Ask(t, s.Root, http.MethodGet, path, nil)
		return status == http.StatusOK
	}
	if said := isoloirCustody(t, exitRefused, "", end("essai")...); !strings.Contains(said, "the time of retention") && !strings.Contains(said, "has not adopted") {
		t.Errorf("before the act: %q", said)
	}
	rec, err := record.Beside(out.Export)
	check(err)
	now := time.Now()
	bench, err := parties.Resume(out.Company, rec, parties.Options{Now: func() time.Time { return now }, Stage: func(string, int, int) {}})
	check(err)
	list, err := scrutin.Text(retention.ListOf(out.Fingerprint, bench.Bureau.Procedure()))
	check(err)
	now = bench.Bureau.Procedure().Retained().Add(time.Hour)
	_, err = bench.Bureau.Act(scrutin.ActDestroy, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: scrutin.AdoptDestroyed, SHA256: scrutin.TextDigest(list)}}})
	check(errors.Join(err, rec.Close()))

	if said := isoloirCustody(t, exitRefused, "", end("autre")...); !strings.Contains(said, "another scrutin") || !there("isoloir/autre/transit/keys/urn") {
		t.Errorf("another scrutin's: %q", said)
	}
	if said := isoloirCustody(t, exitRefused, "", end("esai")...); !strings.Contains(said, "no engine") || strings.Contains(said, "disabled") {
		t.Errorf("a name under which there is nothing: %q", said)
	}
	p := bench.Bureau.Procedure()
	for _, role := range []string{"issuer-a", "issuer-b", "roll"} { // whose machines are elsewhere
		stated := retention.Statement{Head: scrutin.Head{Manifest: out.Fingerprint}, Opening: p.Opening, Act: p.Last(), Role: role, Time: scrutin.TimeOf(now), Erased: []retention.Erased{}, Elsewhere: []string{}}
		signed, err := scrutin.Sign(&stated, keys[role])
		check(errors.Join(err, os.WriteFile(at("destruction-"+role+".note"), signed, 0o600)))
	}
	if said := isoloirCustody(t, exitRefused, "", end("essai")...); !strings.Contains(said, "destruction-urn.note") || !there("isoloir/essai/transit/keys/roll") {
		t.Errorf("before the urn has said what it destroyed: %q", said)
	}
	var said bytes.Buffer
	check(destroy(ctx, []string{"-role", "urn", "-config", at("config.yaml"), "-out", at("destruction-urn.note")}, &said, &said))
	statement, err := os.ReadFile(at("destruction-urn.note"))
	check(err)
	if _, err := note.Open(statement, keys["urn"].Verifier()); err != nil || !bytes.Contains(statement, []byte("vault:urn: in the Vault")) {
		t.Errorf("the statement: %v\n%s", err, statement)
	}
	told := isoloirCustody(t, exitDone, "", end("essai")...)
	for _, want := range []string{"isoloir/essai/transit: disabled", "isoloir/essai/kv: disabled", "isoloir-essai-urn"} {
		if !strings.Contains(told, want) {
			t.Errorf("%q is not said: %s", want, told)
		}
	}
	for _, path := range []string{"isoloir/essai/transit/keys/urn", "isoloir/essai/kv/data/links/fate", "auth/approle/role/isoloir-essai-urn/role-id", "sys/policies/acl/isoloir-essai-urn"} {
		if there(path) {
			t.Errorf("%s is there", path)
		}
	}
	token, err := new(agefile.Keeper).Secret(ctx, at("destroyer"))
	check(err)
	if status, _ := s.Ask(t, token, http.MethodGet, "auth/token/lookup-self", nil); status != http.StatusForbidden {
		t.Errorf("the token is good still: %d", status)
	}
	check(new(agefile.Keeper).Write(at("again"), s.Token(t, "destroyer")))
	check(os.Rename(at("again"), at("destroyer")))
	if said := isoloirCustody(t, exitRefused, "", end("essai")...); !strings.Contains(said, "no engine") {
		t.Errorf("once more: %q", said)
	}
}
