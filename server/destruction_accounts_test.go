package server_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"isoloir/bve/retention"
	"isoloir/record"
	"isoloir/replay"
	"isoloir/replay/parties"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
	"isoloir/server"
	"isoloir/server/config"
)

// A scrutin of accounts, which has neither roll nor issuers, ends as others do.
func TestDestructionOfAccounts(t *testing.T) {
	a := &after{dir: t.TempDir(), now: time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC)}
	a.options = parties.Options{Now: func() time.Time { return a.now }, Stage: func(string, int, int) {}}
	shape := parties.Shape{Holders: 3, Threshold: 2, Mixers: 2, Witnesses: 2, WorkFactor: 1}
	company, err := parties.Assemble(shape, filepath.Join(a.dir, "holders"))
	must(t, err)
	export := filepath.Join(a.dir, "export")
	a.rec, err = record.Create(export)
	must(t, err)
	defer a.rec.Close()
	f := scrutintest.New(t, scrutintest.Options{Edit: func(m *scrutin.Manifest) { scrutintest.OfAccounts(m); company.Enter(m, shape) }})
	a.out = &replay.Rehearsed{Outcome: &replay.Outcome{Manifest: f.Manifest, Fingerprint: f.Fingerprint, Export: export}, Company: company}
	_, err = parties.Begin(company, f.Manifest, a.rec, a.options)
	must(t, err)
	adopts := func(all ...scrutin.Adopted) scrutin.ActBody { return scrutin.ActBody{Adopts: all} }
	some := scrutin.DigestOf([]byte("some text"))
	must(t, a.act(t, scrutin.ActAnnul, scrutin.ActBody{Reason: "la consultation est retirée"}))
	must(t, a.act(t, scrutin.ActMinutes, adopts(scrutin.Adopted{Path: scrutin.AdoptMinutes, SHA256: some}, scrutin.Adopted{Path: scrutin.AdoptJournal, SHA256: some})))
	must(t, a.act(t, scrutin.ActArchive, adopts(scrutin.Adopted{Path: scrutin.AdoptArchive, SHA256: some})))
	list, err := scrutin.Text(retention.ListOf(f.Fingerprint, a.procedure(t)))
	must(t, err)
	a.now = a.procedure(t).Retained().Add(time.Hour)
	must(t, a.act(t, scrutin.ActDestroy, adopts(scrutin.Adopted{Path: scrutin.AdoptDestroyed, SHA256: scrutin.TextDigest(list)})))

	at := func(name, line string) string {
		path := filepath.Join(a.dir, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o700))
		must(t, os.WriteFile(path, []byte(line+"\n"), 0o600))
		return path
	}
	a.config = &config.Config{Record: export, Origins: config.Origins{Register: "https://registre.example"},
		Urn: &config.Urn{Place: config.Place{Directory: filepath.Join(a.dir, "urn")}, Key: at("urn/urn.key", company.Signers["urn"].Encode()),
			Database: at("urn/urn.db", "planted"), BatchKeys: filepath.Join(a.dir, "urn/batch-keys")},
		Bureau: &config.Bureau{Place: config.Place{Directory: filepath.Join(a.dir, "bureau")}, Key: at("bureau/contents.key", company.Signers["contents"].Encode()),
			Database: at("bureau/bureau.db", "planted")}}
	dossier := t.TempDir()
	public, err := server.OpenConstituted(export)
	must(t, err)
	defer public.Close()
	if err := public.Stated(dossier, "urn"); !errors.Is(err, server.ErrUnstated) {
		t.Errorf("before it is destroyed: %v", err)
	}
	for _, role := range []string{"bureau", "urn"} {
		statement, err := a.destroy(t, role)
		if err != nil {
			t.Errorf("%s: %v", role, err)
		}
		must(t, os.WriteFile(filepath.Join(dossier, server.Statement("urn")), statement, 0o600))
		if err := public.Stated(dossier, "urn"); (err == nil) != (role == "urn") || err != nil && !errors.Is(err, server.ErrStale) {
			t.Errorf("the statement of %s for that of the urn: %v", role, err)
		}
		if in := finds(t, filepath.Join(a.dir, role), []byte("planted")); len(in) > 0 {
			t.Errorf("%s: what is planted stands in %v", role, in)
		}
	}
}
