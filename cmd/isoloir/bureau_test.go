package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"isoloir/bve/journal"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// A secretariat is a folder from which the bureau's commands are run: bureau.yaml, the platform's key, and a record that has no more than its manifest.
type secretariat struct {
	*scrutintest.Fixture
	dir string
}

func (s secretariat) at(name string) string { return filepath.Join(s.dir, name) }

func (s secretariat) write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(s.at(name)), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.at(name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func newSecretariat(t testing.TB, dir string) secretariat {
	t.Helper()
	s := secretariat{scrutintest.New(t, scrutintest.Options{}), dir}
	rec, err := record.Create(s.at("record"))
	if err != nil {
		t.Fatal(err)
	}
	if err := rec.Write(record.Manifest, s.Bytes); err != nil {
		t.Fatal(err)
	}
	s.write(t, "bureau/contents.key", s.Signers["contents"].Encode()+"\n")
	s.write(t, "bureau.yaml", `record: record
origins: {portal: "https://vote.example", roll: "https://liste.example", urn: "https://urne.example", issuer-a: "https://a.example", issuer-b: "https://b.example", bureau: "https://bureau.example"}
bureau:
  directory: bureau
  listen: 127.0.0.1:8090
  key: bureau/contents.key
  database: bureau/bureau.db
  links: {roll: bureau/roll, urn: bureau/urn, issuer-a: bureau/a, issuer-b: bureau/b}
`)
	return s
}

// The journal and the invitations of a scrutin that has no more than its manifest.
func TestBureauCommands(t *testing.T) {
	f := newSecretariat(t, t.TempDir())
	at := f.at
	write := func(name, text string) { t.Helper(); f.write(t, name, text) }
	command := func(want int, args ...string) string {
		t.Helper()
		var out, wrong bytes.Buffer
		if got := run(context.Background(), args, &out, &wrong); got != want {
			t.Errorf("%v: exit code %d, want %d: %s%s", args, got, want, out.String(), wrong.String())
		}
		return out.String() + wrong.String()
	}
	config, manifest := at("bureau.yaml"), at("record/manifest.json")
	code := regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`)
	first := command(0, "bureau", "init", "-config", config, "-lang", "en")
	if codes := code.FindAllString(first, -1); len(codes) != 4 || !strings.Contains(first, "https://bureau.example") {
		t.Errorf("%s", first)
	}
	if again := command(0, "bureau", "init", "-config", config, "-lang", "fr"); code.MatchString(again) || !strings.Contains(again, "Chaque membre a été invité") {
		t.Errorf("%s", again)
	}
	if said := command(0, "bureau", "invite", "-config", config, "-member", "member-2"); !code.MatchString(said) { // nobody has a passkey yet
		t.Errorf("%s", said)
	}
	command(65, "bureau", "invite", "-config", config, "-member", "mixer-1")
	command(64, "bureau", "invite", "-config", config)
	command(64, "bureau")
	command(64, "bureau", "dismiss")
	command(66, "bureau", "init", "-config", at("none.yaml"))

	file := at("journal")
	said := command(0, "journal", "export", "-config", config, "-manifest", manifest, "-out", file, "-lang", "en")
	if !strings.Contains(said, "5 entries") {
		t.Errorf("%s", said)
	}
	command(73, "journal", "export", "-config", config, "-manifest", manifest, "-out", file)
	head := regexp.MustCompile(`[0-9a-f]{64}`).FindString(said)
	if said := command(0, "journal", "verify", "-manifest", manifest, "-head", head, file); !strings.Contains(said, head) {
		t.Errorf("%s", said)
	}
	command(1, "journal", "verify", "-manifest", manifest, "-head", strings.Repeat("0", 64), file)
	command(64, "journal", "verify", "-manifest", manifest, "-head", "0", file)
	command(64, "journal", "verify", file)
	command(66, "journal", "verify", "-manifest", manifest, at("none"))
	command(65, "journal", "verify", "-manifest", manifest, config)

	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d, rows, err := journal.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	write("cut", string(journal.Encode(d, slices.Concat(rows[:2], rows[3:]))))
	if said := command(1, "journal", "verify", "-manifest", manifest, "-lang", "en", at("cut")); !strings.Contains(said, "entry 4 (changed after entry 0 and before entry 3)") {
		t.Errorf("%s", said)
	}
	if said := command(0, "journal", "verify", "-manifest", manifest, "-record", at("record"), file); !strings.Contains(said, head) {
		t.Errorf("%s", said)
	}
	command(66, "journal", "verify", "-manifest", manifest, "-record", at("none"), file)
	if err := errors.Join(os.CopyFS(at("unreadable"), os.DirFS(at("record"))), os.MkdirAll(filepath.Join(at("unreadable"), "acts"), 0o700),
		os.Symlink("nowhere", filepath.Join(at("unreadable"), "acts", "0001.note"))); err != nil {
		t.Fatal(err)
	}
	command(66, "journal", "verify", "-manifest", manifest, "-record", at("unreadable"), file)
	now := scrutin.TimeOf(time.Unix(rows[len(rows)-1].Seconds, 0))
	s := journal.Statement{Manifest: f.Fingerprint, By: "contents", Time: now, Nonce: journal.NewNonce(), Body: journal.Adopted{Motion: d, Path: "acts/0001-open.note"}}
	forged, err := s.Sign(f.Signers["contents"])
	if err != nil {
		t.Fatal(err)
	}
	last := journal.Place{Number: len(rows), Head: rows[len(rows)-1].Head, Time: now}
	write("forged", string(journal.Encode(d, append(rows, journal.Row{Number: len(rows) + 1, Seconds: now.Unix(), Head: last.Next(now, forged), Note: forged}))))
	if said := command(1, "journal", "verify", "-manifest", manifest, "-lang", "fr", at("forged")); !strings.Contains(said, "entrée 6 : elle ne pouvait être prise à cette place") {
		t.Errorf("%s", said)
	}
	other := scrutintest.New(t, scrutintest.Options{})
	write("other.json", string(other.Bytes))
	command(65, "journal", "verify", "-manifest", at("other.json"), file)
	for _, what := range []string{"bureau", "journal"} {
		if help := command(0, what, "help"); !strings.Contains(help, "isoloir "+what) {
			t.Errorf("%s", help)
		}
	}
}

// S003-28-5: a technician announces his intervention by a command.
func TestInterventions(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/bureau",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("LANG", "C")
			e.Setenv("long", strings.Repeat("a", 2001))
			e.Setenv("lines", "two\nlines")
			newSecretariat(e.T().(testing.TB), e.WorkDir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"code": exits},
	})
}
