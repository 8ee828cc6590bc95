package server_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/bve/retention"
	"isoloir/custody/agefile"
	"isoloir/observe"
	"isoloir/scrutin"
	"isoloir/server"
	"isoloir/server/config"
	"isoloir/sqlfile"
)

// ended is a scrutin whose bureau has adopted the destruction.
func ended(t *testing.T) *after {
	t.Helper()
	a := newAfter(t)
	list, err := scrutin.Text(retention.ListOf(a.out.Fingerprint, a.procedure(t)))
	must(t, err)
	a.now = a.procedure(t).Retained().Add(time.Hour)
	must(t, a.act(t, scrutin.ActDestroy, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: scrutin.AdoptDestroyed, SHA256: scrutin.TextDigest(list)}}}))
	return a
}

// What would leave something readable, or is of another destruction, is refused before anything is destroyed; and all instances end together.
func TestDestructionRefuses(t *testing.T) {
	a := ended(t)
	at := func(names ...string) string { return filepath.Join(append([]string{a.dir}, names...)...) }
	elsewhere := t.TempDir()
	refused := func(when, role string, want error, name string) {
		t.Helper()
		if _, err := a.destroy(t, role); !errors.Is(err, want) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v, want %v of %s", when, err, want, name)
		}
		for _, secret := range []string{at("roll", "roll.key"), at("roll", "challenges"), at("urn", "batch-keys", "0011.key")} {
			if _, err := os.Stat(secret); err != nil {
				t.Fatalf("%s: it was destroyed: %v", when, err)
			}
		}
	}
	for _, linked := range []struct{ role, path string }{{"roll", at("roll", "roll.db")}, {"roll", at("roll", "challenges")}, {"roll", at("roll", "roll.key")},
		{"urn", at("urn", "batch-keys")}, {"roll", at("roll", "deputies")}, {"roll", at("roll")}} {
		real := filepath.Join(elsewhere, filepath.Base(linked.path))
		must(t, os.Rename(linked.path, real))
		must(t, os.Symlink(real, linked.path))
		refused("behind a link", linked.role, server.ErrLinked, linked.path)
		must(t, os.Remove(linked.path))
		must(t, os.Rename(real, linked.path))
	}

	// what stands in destruction/ is of this one, or it is not obeyed
	must(t, os.MkdirAll(at("roll", "destruction"), 0o700))
	plan, statement := at("roll", "destruction", "plan"), at("roll", "destruction", "statement.note")
	p, outside := a.procedure(t), filepath.Join(elsewhere, "outside")
	must(t, os.WriteFile(outside, []byte("another's"), 0o600))
	this := retention.Statement{Head: scrutin.Head{Manifest: a.out.Fingerprint}, Opening: p.Opening, Act: p.Last(), Role: "roll", Time: scrutin.TimeOf(a.now), Erased: []retention.Erased{}, Elsewhere: []string{}}
	roll, urn := a.out.Company.Signers[a.out.Manifest.Platform.Roll.ID], a.out.Company.Signers[a.out.Manifest.Platform.Urn.ID]
	for when, change := range map[string]func(*retention.Statement){
		"of another scrutin": func(s *retention.Statement) { s.Manifest = scrutin.DigestOf([]byte("another")) },
		"of another opening": func(s *retention.Statement) { s.Opening = scrutin.DigestOf([]byte("another")) },
		"of another act":     func(s *retention.Statement) { s.Act = scrutin.DigestOf([]byte("another")) },
		"of another role":    func(s *retention.Statement) { s.Role = "urn" },
	} {
		other := this
		change(&other)
		signed, err := scrutin.Sign(&other, roll)
		must(t, err)
		must(t, os.WriteFile(statement, signed, 0o600))
		refused("a statement "+when, "roll", server.ErrStale, statement)
		must(t, os.Remove(statement))
		text, err := scrutin.Text(&other)
		must(t, err)
		must(t, os.WriteFile(plan, []byte(text), 0o600))
		refused("a plan "+when, "roll", server.ErrStale, plan)
		must(t, os.Remove(plan))
	}
	signed, err := scrutin.Sign(&this, urn)
	must(t, err)
	must(t, os.WriteFile(statement, signed, 0o600))
	refused("a statement by another's key", "roll", server.ErrStale, statement)
	must(t, os.Remove(statement))
	for _, path := range []string{outside, at("roll", "..", "urn", "urn.db"), at("urn", "urn.db"), at("roll", "roll.key"), at("roll", "lock"), "challenges"} {
		planted := this
		planted.Erased = []retention.Erased{{Path: path}}
		text, err := scrutin.Text(&planted)
		must(t, err)
		must(t, os.WriteFile(plan, []byte(text), 0o600))
		refused("a planted plan", "roll", server.ErrStale, path)
	}
	if _, err := os.Stat(outside); err != nil {
		t.Error(err)
	}

	// where a plan stands, nothing is written any more
	if _, err := server.NewRoll(context.Background(), *a.config.Roll, server.Setting{}); !errors.Is(err, server.ErrEnding) {
		t.Errorf("served: %v", err)
	}
	if err := server.Backup(context.Background(), a.config, "roll", nil, new(bytes.Buffer), sqlfile.Snapshot); !errors.Is(err, server.ErrEnding) {
		t.Errorf("backed up: %v", err)
	}
	must(t, os.RemoveAll(at("roll", "destruction")))
	a.together(t)
}

// together: two instances of the roll have one key, and end by one statement; not while one is served that was not named.
func (a *after) together(t *testing.T) {
	second, other := *a.config, *a.config.Roll
	other.Directory = filepath.Join(a.dir, "roll-2")
	other.Database = filepath.Join(other.Directory, "roll.db")
	second.Roll = &other
	must(t, os.MkdirAll(filepath.Join(other.Directory, "backup"), 0o700))
	must(t, os.WriteFile(filepath.Join(other.Directory, "backup", "identity"), []byte(a.secret), 0o600))
	for n, secret := range []*string{&other.Challenges, &other.Links.Fate, &other.Links.DepositA, &other.Links.DepositB, &other.Links.NotifyA, &other.Links.NotifyB} {
		*secret = filepath.Join(other.Directory, fmt.Sprint("secret-", n))
		must(t, os.WriteFile(*secret, fmt.Appendf(nil, "%064x\n", n+1), 0o600))
	}
	public, err := server.OpenPublic(a.config.Record)
	must(t, err)
	defer public.Close()
	served, err := server.NewRoll(context.Background(), other, server.Setting{Public: public, Now: a.options.Now, Watch: observe.Silent()})
	must(t, err)
	if _, err := a.destroy(t, "roll"); !errors.Is(err, server.ErrTaken) || len(finds(t, filepath.Join(a.dir, "roll"), []byte(plantedName))) == 0 {
		t.Errorf("while an instance that was not named is served: %v", err)
	}
	must(t, served.Shut())
	strange, urn := second, *a.config.Roll
	urn.Key = a.config.Urn.Key
	strange.Roll = &urn
	a.others = []*config.Config{&strange}
	if _, err := a.destroy(t, "roll"); !errors.Is(err, server.ErrInstances) {
		t.Errorf("another key: %v", err)
	}
	a.others = []*config.Config{&second}
	first, err := a.destroy(t, "roll")
	must(t, err)
	for _, dir := range []string{"roll", "roll-2"} {
		for _, what := range []string{plantedName, a.secret, "PRIVATE+KEY"} {
			if in := finds(t, filepath.Join(a.dir, dir), []byte(what)); len(in) > 0 {
				t.Errorf("%s stands in %v", what, in)
			}
		}
	}
	if !bytes.Contains(first, []byte(filepath.Join(other.Directory, "backup", "identity"))) {
		t.Error("the statement does not name what the second instance had")
	}
	late := filepath.Join(other.Directory, "late")
	must(t, os.WriteFile(late, []byte(a.secret), 0o600))
	again, err := a.destroy(t, "roll")
	if !errors.Is(err, server.ErrLate) || !strings.Contains(err.Error(), late) || !bytes.Equal(again, first) {
		t.Errorf("a file that came after the statement: %v", err)
	}
	if again, err = a.destroy(t, "roll"); err != nil || !bytes.Equal(again, first) {
		t.Errorf("again: %v", err)
	}
}

// What a run needs to go on stays until the statement is signed: the key that signs, the identity that opens it, the files by which the role logs in;
// and what was written in between is destroyed too.
func TestDestructionCut(t *testing.T) {
	a := ended(t)
	at := func(name string) string { return filepath.Join(a.dir, "roll", name) }
	identity := at("age.identity")
	_, err := agefile.NewIdentity(identity)
	must(t, err)
	keeper, err := agefile.Open(identity)
	must(t, err)
	if done, err := keeper.Encrypt(a.config.Roll.Key); err != nil || !done {
		t.Fatal(done, err)
	}
	a.config.Age = &config.Age{Identity: identity}
	a.config.Roll.AppRole = &config.AppRole{RoleID: at("role-id"), SecretID: at("secret-id")}
	last := []string{a.config.Roll.Key, identity, at("role-id"), at("secret-id")}
	must(t, errors.Join(os.WriteFile(at("role-id"), []byte(a.secret), 0o600), os.WriteFile(at("secret-id"), []byte(a.secret), 0o600)))
	cut := at("roll.db-journal") // what cannot be taken away
	must(t, errors.Join(os.Mkdir(cut, 0o700), os.WriteFile(filepath.Join(cut, "in-the-way"), nil, 0o600)))
	if _, err := a.destroy(t, "roll"); err == nil {
		t.Fatal("it was not cut")
	}
	if _, err := os.Stat(at("challenges")); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("it was cut before anything was destroyed: %v", err)
	}
	for _, path := range last {
		if _, err := os.Stat(path); err != nil {
			t.Errorf("a run that goes on has not: %v", err)
		}
	}
	must(t, errors.Join(os.RemoveAll(cut), os.WriteFile(at("written"), []byte(plantedName), 0o600)))
	statement, err := a.destroy(t, "roll")
	must(t, err)
	for _, name := range []string{`"challenges"`, `"written"`} {
		if !bytes.Contains(statement, []byte(name)) {
			t.Errorf("the statement does not name %s", name)
		}
	}
	for _, path := range last { // what is on its list goes before it is signed
		if bytes.Contains(statement, []byte(`"`+filepath.Base(path)+`"`)) {
			t.Errorf("%s went before the statement was signed", path)
		}
	}
	for _, path := range slices.Concat(last, []string{at("written"), at("roll.db")}) {
		if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is there: %v", path, err)
		}
	}
}
