package server_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isoloir/bve/minutes"
	"isoloir/bve/retention"
	"isoloir/custody"
	"isoloir/record"
	"isoloir/replay"
	"isoloir/replay/parties"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
	"isoloir/server"
	"isoloir/server/config"
	"isoloir/sqlfile"
)

// Planted in the stores of roll, issuer and bureau. The urn's ballots are those of its log.
const (
	plantedName    = "ÉLECTRICE-PLANTÉE"
	plantedAddress = "electrice-plantee@example.org"
	plantedSaying  = "une observation plantée"
)

// An after is a scrutin that was archived, with its roles' directories as they were served.
type after struct {
	dir     string
	config  *config.Config
	others  []*config.Config // of more instances
	rec     *record.Writer
	out     *replay.Rehearsed
	now     time.Time
	ballot  []byte
	secret  string
	options parties.Options
}

func newAfter(t *testing.T) *after {
	t.Helper()
	f := scrutintest.New(t, scrutintest.Options{Urns: 1, Electors: 8, Choices: 2, MinSize: 10})
	a := &after{dir: filepath.Join(t.TempDir(), "all")}
	var err error
	a.out, err = replay.Rehearse(context.Background(), replay.Drill{Of: f.Manifest, Electors: 8, WorkFactor: 1, Language: "fr",
		Draw: func(*minutes.Sheets) ([]byte, error) { return []byte("<!doctype html>"), nil }}, a.dir,
		replay.Watcher{Stage: func(string, int, int) {}, Step: func(string, replay.Cost) {}})
	must(t, err)
	if a.rec, err = record.Beside(a.out.Export); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.rec.Close() })
	leaves, err := a.rec.Read(record.Leaves(f.Manifest.Urns[0].ID), 1<<20)
	must(t, err)
	a.ballot = leaves[200:264] // of the first ballot
	a.options = parties.Options{Now: func() time.Time { return a.now }, Stage: func(string, int, int) {}}
	a.secret = hex.EncodeToString(bytes.Repeat([]byte{0xc0, 0xde}, 16))
	a.serve(t)
	return a
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// serve lays out directories as `serve` has them, and plants in each.
func (a *after) serve(t *testing.T) {
	at := func(name string) string { return filepath.Join(a.dir, name) }
	write := func(name, line string) string {
		must(t, os.MkdirAll(filepath.Dir(at(name)), 0o700))
		must(t, os.WriteFile(at(name), []byte(line+"\n"), 0o600))
		return at(name)
	}
	key := func(name, id string) string { return write(name, a.out.Company.Signers[id].Encode()) }
	place := func(role string) config.Place { return config.Place{Directory: at(role), Listen: "127.0.0.1:1"} }
	m := a.out.Manifest
	link := func(role, name string) string { return write(role+"/links/"+name, strings.Repeat("ab", 32)) }
	a.config = &config.Config{Record: a.out.Export,
		Roll: &config.Roll{Place: place("roll"), Key: key("roll/roll.key", m.Platform.Roll.ID), Challenges: write("roll/challenges", a.secret), Database: at("roll/roll.db"),
			Links: config.RollLinks{Fate: link("roll", "fate"), DepositA: link("roll", "deposit-a"), DepositB: link("roll", "deposit-b"), NotifyA: link("roll", "notify-a"), NotifyB: link("roll", "notify-b")}},
		Urn: &config.Urn{Place: place("urn"), Key: key("urn/urn.key", m.Platform.Urn.ID), Database: at("urn/urn.db"), BatchKeys: at("urn/batch-keys"),
			Links: config.UrnLinks{Fate: link("urn", "fate")}},
		IssuerA: &config.Issuer{Place: place("issuer-a"), Key: key("issuer-a/issuer.key", m.Issuers[0].ID), Secret: write("issuer-a/secret", a.secret), Database: at("issuer-a/issuer.db"),
			Links: config.IssuerLinks{Deposit: link("issuer-a", "deposit"), Notify: link("issuer-a", "notify")}},
		Bureau: &config.Bureau{Place: place("bureau"), Key: key("bureau/contents.key", m.Platform.Contents.ID), Database: at("bureau/bureau.db"),
			Links: config.BureauLinks{Roll: link("bureau", "roll"), Urn: link("bureau", "urn"), IssuerA: link("bureau", "issuer-a"), IssuerB: link("bureau", "issuer-b")}},
	}
	must(t, os.Rename(at("bureau.db"), at("bureau/bureau.db")))
	write("urn/batch-keys/0011.key", a.secret)
	write("roll/integrity/rows.key", a.secret)
	write("roll/deputies/d", "a certificate")
	for path, text := range map[string]string{"roll/roll.db": plantedName, "issuer-a/issuer.db": plantedAddress, "bureau/bureau.db": plantedSaying} {
		db, err := sqlfile.Open(context.Background(), at(path), "CREATE TABLE IF NOT EXISTS planted (what TEXT) STRICT", 0)
		must(t, err)
		must(t, db.Write(context.Background(), func(x *sqlfile.Tx) error {
			_, err := x.Exec("INSERT INTO planted VALUES (?)", text)
			return err
		}))
		must(t, db.Close())
	}
}

// act has the bureau adopt an act, at the instant of the bench.
func (a *after) act(t *testing.T, kind string, body scrutin.ActBody) error {
	t.Helper()
	s, err := parties.Resume(a.out.Company, a.rec, a.options)
	must(t, err)
	_, err = s.Bureau.Act(kind, body)
	return err
}

func (a *after) procedure(t *testing.T) *scrutin.Procedure {
	t.Helper()
	s, err := parties.Resume(a.out.Company, a.rec, a.options)
	must(t, err)
	return s.Bureau.Procedure()
}

func (a *after) destroy(t *testing.T, role string) ([]byte, error) {
	t.Helper()
	d, err := server.OpenDestruction(role, a.options.Now, append([]*config.Config{a.config}, a.others...)...)
	if err != nil {
		return nil, err
	}
	defer d.Shut()
	return d.Carry(context.Background())
}

// finds says in which files below a directory some bytes stand.
func finds(t *testing.T, dir string, what []byte) (in []string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, what) {
			in = append(in, path)
		}
		return err
	}))
	return in
}

// S004-22b, FP-6, GD-4: after the act the stores are gone, and the backups that were made before are noise; not before it, not under a hold, not early.
func TestDestruction(t *testing.T) {
	a := newAfter(t)
	s := a.procedure(t)
	planted := map[string][]byte{"roll": []byte(plantedName), "urn": a.ballot, "issuer-a": []byte(plantedAddress), "bureau": []byte(plantedSaying)}
	backups := t.TempDir()
	for role, what := range planted {
		if len(finds(t, filepath.Join(a.dir, role), what)) == 0 {
			t.Fatalf("%s: what is planted is not found before: the search proves nothing", role)
		}
		var copied bytes.Buffer
		must(t, server.Backup(context.Background(), a.config, role, nil, &copied, sqlfile.Snapshot))
		must(t, os.WriteFile(filepath.Join(backups, role+".age"), copied.Bytes(), 0o600))
		restored := filepath.Join(t.TempDir(), "restored")
		must(t, server.Restore(filepath.Join(a.dir, role, "backup", "identity"), bytes.NewReader(copied.Bytes()), restored))
		if len(finds(t, filepath.Dir(restored), what)) == 0 {
			t.Fatalf("%s: a backup that is restored does not hold what is planted", role)
		}
		if len(finds(t, backups, what)) != 0 || len(finds(t, filepath.Join(a.dir, role, "backup"), what)) != 0 {
			t.Fatalf("%s: the backup is not encrypted", role)
		}
	}
	for _, journal := range []string{"roll/roll.db-wal", "urn/urn.db-journal", "bureau/bureau.db-wal"} { // of a process that was killed
		role, _, _ := strings.Cut(journal, "/")
		must(t, os.WriteFile(filepath.Join(a.dir, journal), planted[role], 0o600))
	}

	list, err := scrutin.Text(retention.ListOf(a.out.Fingerprint, s))
	must(t, err)
	adopts := func(d scrutin.Digest) scrutin.ActBody {
		return scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: scrutin.AdoptDestroyed, SHA256: d}}}
	}
	until := s.Retained()
	refusedBy := func(when string, want error) {
		t.Helper()
		if _, err := a.destroy(t, "roll"); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", when, err, want)
		}
		if len(finds(t, filepath.Join(a.dir, "roll"), []byte(plantedName))) == 0 {
			t.Fatalf("%s: it was destroyed", when)
		}
	}
	a.now = until.Add(-time.Hour)
	refusedBy("before the retention has ended", server.ErrRetained)
	must(t, a.act(t, scrutin.ActHold, scrutin.ActBody{Reason: "un recours"}))
	a.now = until.Add(time.Hour)
	refusedBy("under a hold", server.ErrHeld)
	if err := a.act(t, scrutin.ActDestroy, adopts(scrutin.TextDigest(list))); !errors.Is(err, scrutin.RuleHold) {
		t.Errorf("the act under a hold: %v", err)
	}
	must(t, a.act(t, scrutin.ActRelease, scrutin.ActBody{Reason: "le recours est jugé"}))
	refusedBy("without the act", server.ErrNoDestroy)
	other := filepath.Join(t.TempDir(), "export")
	must(t, os.CopyFS(other, os.DirFS(a.out.Export)))
	must(t, a.act(t, scrutin.ActDestroy, adopts(scrutin.TextDigest(list))))
	a.now = until.Add(-time.Hour)
	refusedBy("by a clock that is behind", server.ErrRetained)
	a.now = until.Add(2 * time.Hour)
	claim, err := server.Take(filepath.Join(a.dir, "roll"))
	must(t, err)
	refusedBy("while the role is served", server.ErrTaken)
	must(t, claim.Release())
	own, within := a.config.Roll, *a.config.Roll
	within.Directory = a.dir
	a.config.Roll = &within
	refusedBy("where the record lies in the role's directory", server.ErrWithin)
	a.config.Roll = own
	if _, err := a.destroy(t, "portal"); !errors.Is(err, server.ErrRole) {
		t.Error(err)
	}

	for role, what := range planted {
		first, err := a.destroy(t, role)
		must(t, err)
		key := a.out.Manifest.Platform
		verifier := map[string]note.Verifier{"roll": key.Roll.Verifier(), "urn": key.Urn.Verifier(), "bureau": key.Contents.Verifier(), "issuer-a": a.out.Manifest.Issuers[0].Verifier()}[role]
		said, _, err := scrutin.Open[retention.Statement](first, a.out.Fingerprint, a.procedure(t).Opening, verifier)
		if err != nil || said.Role != role || len(said.Erased) < 3 || said.Act != a.procedure(t).Last() {
			t.Errorf("%s: %+v, %v", role, said, err)
		}
		again, err := a.destroy(t, role)
		if err != nil || !bytes.Equal(again, first) {
			t.Errorf("%s: again: %v", role, err)
		}
		for name, secret := range map[string][]byte{"what is planted": what, "a secret": []byte(a.secret), "the role's key": []byte("PRIVATE+KEY"), "the backup key": []byte("AGE-SECRET-KEY")} {
			if in := finds(t, filepath.Join(a.dir, role), secret); len(in) > 0 {
				t.Errorf("%s: %s stands in %v", role, name, in)
			}
		}
		copied, err := os.Open(filepath.Join(backups, role+".age"))
		must(t, err)
		if err := server.Restore(filepath.Join(a.dir, role, "backup", "identity"), copied, filepath.Join(t.TempDir(), "restored")); !errors.Is(err, custody.ErrAbsent) {
			t.Errorf("%s: the backup opens: %v", role, err)
		}
		copied.Close()
		if in := finds(t, backups, what); len(in) > 0 {
			t.Errorf("%s: what is planted stands in %v", role, in)
		}
	}
	a.otherList(t, other, until)
}

// otherList: an act that adopts another list destroys nothing.
func (a *after) otherList(t *testing.T, dir string, until time.Time) {
	rec, err := record.Beside(dir)
	must(t, err)
	defer rec.Close()
	a.now = until.Add(3 * time.Hour)
	s, err := parties.Resume(a.out.Company, rec, a.options)
	must(t, err)
	_, err = s.Bureau.Act(scrutin.ActDestroy, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: scrutin.AdoptDestroyed, SHA256: scrutin.DigestOf([]byte("another list"))}}})
	must(t, err)
	a.config.Record = dir
	if _, err := a.destroy(t, "roll"); !errors.Is(err, server.ErrOtherList) {
		t.Error(err)
	}
}

// What was cut goes on: wherever the run before has stopped, the next one ends with the same list, and the key goes last.
func TestDestructionResumes(t *testing.T) {
	a := newAfter(t)
	list, err := scrutin.Text(retention.ListOf(a.out.Fingerprint, a.procedure(t)))
	must(t, err)
	a.now = a.procedure(t).Retained().Add(time.Hour)
	must(t, a.act(t, scrutin.ActDestroy, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: scrutin.AdoptDestroyed, SHA256: scrutin.TextDigest(list)}}}))
	served := filepath.Join(t.TempDir(), "served")
	must(t, os.CopyFS(served, os.DirFS(filepath.Join(a.dir, "roll"))))
	whole, err := a.destroy(t, "roll")
	must(t, err)
	text, err := note.Text(whole)
	must(t, err)
	erased, err := scrutin.Parse[retention.Statement](text)
	must(t, err)
	planned := *erased // by absolute paths
	planned.Erased = nil
	for _, e := range erased.Erased {
		e.Path = filepath.Join(a.dir, "roll", e.Path)
		planned.Erased = append(planned.Erased, e)
	}
	plan, err := scrutin.Text(&planned)
	must(t, err)
	for stop := range len(erased.Erased) + 2 {
		must(t, os.RemoveAll(filepath.Join(a.dir, "roll")))
		must(t, os.CopyFS(filepath.Join(a.dir, "roll"), os.DirFS(served)))
		must(t, chmod(filepath.Join(a.dir, "roll")))
		must(t, os.MkdirAll(filepath.Join(a.dir, "roll", "destruction"), 0o700))
		if stop > len(erased.Erased) { // after the statement, before the key
			must(t, os.WriteFile(filepath.Join(a.dir, "roll", "destruction", "statement.note"), whole, 0o600))
		} else {
			must(t, os.WriteFile(filepath.Join(a.dir, "roll", "destruction", "plan"), []byte(plan), 0o600))
		}
		for _, e := range erased.Erased[:min(stop, len(erased.Erased))] {
			must(t, os.Remove(filepath.Join(a.dir, "roll", e.Path)))
		}
		again, err := a.destroy(t, "roll")
		must(t, err)
		said, err := note.Text(again)
		if err != nil || said != text {
			t.Fatalf("stopped after %d files: %v\n%s", stop, err, said)
		}
		if stop <= len(erased.Erased) && len(finds(t, filepath.Join(a.dir, "roll"), []byte(a.secret))) > 0 || len(finds(t, filepath.Join(a.dir, "roll"), []byte("PRIVATE+KEY"))) > 0 {
			t.Fatalf("stopped after %d files: something is left", stop)
		}
	}
}

// chmod makes files their owner's alone, as they were.
func chmod(dir string) error {
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		return os.Chmod(path, 0o600)
	})
}

// A copy that is cut, changed or for another key is no backup, and leaves no file.
func TestRestoreRefuses(t *testing.T) {
	dir := t.TempDir()
	c := &config.Config{Roll: &config.Roll{Place: config.Place{Directory: filepath.Join(dir, "roll")}, Postgres: "address"}}
	var out bytes.Buffer
	if err := server.Backup(context.Background(), c, "roll", nil, &out, sqlfile.Snapshot); !errors.Is(err, server.ErrDump) {
		t.Errorf("a database that pg_dump has not written: %v", err)
	}
	out.Reset()
	must(t, server.Backup(context.Background(), c, "roll", strings.NewReader("a dump"), &out, nil))
	identity, to := filepath.Join(dir, "roll", "backup", "identity"), filepath.Join(dir, "restored")
	good := out.Bytes()
	changed := bytes.Clone(good)
	changed[len(changed)-1] ^= 1
	for name, data := range map[string][]byte{"cut": good[:len(good)-1], "changed": changed, "nothing": nil, "no age file": []byte("a dump")} {
		if err := server.Restore(identity, bytes.NewReader(data), to); err == nil {
			t.Errorf("%s: restored", name)
		}
		if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("%s: a file is left", name)
		}
	}
	must(t, server.Restore(identity, bytes.NewReader(good), to))
	if data, err := os.ReadFile(to); err != nil || string(data) != "a dump" {
		t.Error(string(data), err)
	}
	if err := server.Restore(identity, bytes.NewReader(good), to); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over another file: %v", err)
	}
	if _, err := io.ReadAll(&out); err != nil {
		t.Error(err)
	}
}
