package isoloir_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// pack is a package as the go command lists it.
type pack struct {
	name    string   // path in the house, such as roll/sqlite
	imports []string // by what is built of it
	links   []string // all that this brings, itself too
	tests   []string // all that its tests link
}

const module = "isoloir/"

// house lists the packages of the module that build something.
func house(t *testing.T) []pack {
	t.Helper()
	packs, err := packages()
	if err != nil {
		t.Fatal(err)
	}
	return packs
}

// packages asks the go command once for all tests.
var packages = sync.OnceValues(func() ([]pack, error) {
	var failed error
	list := func(args ...string) map[string][]string {
		out, err := exec.Command("go", append([]string{"list"}, args...)...).Output()
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("go list: %w", err))
		}
		found := map[string][]string{}
		for line := range strings.Lines(string(out)) {
			name, rest, _ := strings.Cut(line, ": ")
			found[name] = append(found[name], strings.Fields(rest)...)
		}
		return found
	}
	imports := list("-f", `{{.ImportPath}}: {{join .Imports " "}}`, "./...")
	links := list("-f", `{{.ImportPath}}: {{.ImportPath}} {{join .Deps " "}}`, "./...")
	tests := list("-test", "-f", `{{.ForTest}}: {{join .Deps " "}}`, "./...")
	var packs []pack
	for name := range imports {
		if local, ok := strings.CutPrefix(name, module); ok {
			packs = append(packs, pack{local, imports[name], links[name], tests[name]})
		}
	}
	slices.SortFunc(packs, func(a, b pack) int { return strings.Compare(a.name, b.name) })
	if len(packs) < 20 {
		failed = errors.Join(failed, fmt.Errorf("%d packages: this is not the house", len(packs)))
	}
	return packs, failed
})

// under says whether a path is one of roots or below it.
func under(path string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(root string) bool { return path == root || strings.HasPrefix(path, root+"/") })
}

func room(path string) string { r, _, _ := strings.Cut(path, "/"); return r }

// TestFloors reads the rooms from the README, the ground floor first: a room
// imports only rooms named before it.
func TestFloors(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	floor := map[string]int{}
	for i, row := range regexp.MustCompile(`(?m)^\| \[(\w+)/\]\((\w+)\) \| \S`).FindAllSubmatch(readme, -1) {
		if string(row[1]) != string(row[2]) {
			t.Errorf("the README's room %s leads to %s", row[1], row[2])
		}
		floor[string(row[1])] = i + 1
	}
	lived := map[string]bool{}
	for _, p := range house(t) {
		lived[room(p.name)] = true
		if floor[room(p.name)] == 0 {
			t.Errorf("%s is in no room of the README: give it a row of the table, above all rooms that use it", p.name)
		}
		for _, i := range p.imports {
			used, ours := strings.CutPrefix(i, module)
			if ours && room(used) != room(p.name) && floor[room(used)] >= floor[room(p.name)] {
				t.Errorf("%s imports %s, which is not below it", p.name, used)
			}
		}
	}
	for r := range floor {
		if !lived[r] {
			t.Errorf("the README has a room %s, where nothing is built", r)
		}
	}
}

// TestApart says who may never reach whom, not even through others or in a test. (S004-05a, S004-12a, S002-g3c)
func TestApart(t *testing.T) {
	network := []string{"net/http", "net/rpc", "net/smtp", "crypto/tls"}
	database := []string{"database/sql", "modernc.org", "github.com/jackc", "isoloir/sqlfile", "isoloir/pg"}
	service := []string{"github.com/a-h/templ", "github.com/hashicorp", "isoloir/roll", "isoloir/bve", "isoloir/replay", "isoloir/urn/sqlite", "testing"}
	for _, rule := range []struct {
		rooms, from []string
		tests       bool
		why         string
	}{
		{[]string{"roll", "portal/rollapi"}, []string{"isoloir/urn"}, true, "the roll knows no ballot"},
		{[]string{"urn", "portal/urnapi"}, []string{"isoloir/roll"}, true, "the urn knows no name"},
		{[]string{"courier", "issuer"}, []string{"isoloir/roll", "isoloir/urn"}, true, "an issuer knows no ballot, and of the roll only its extract"},
		{[]string{"register"}, []string{"isoloir/roll", "isoloir/urn", "isoloir/issuer"}, true, "the register of accounts knows no name and no ballot"},
		{[]string{"notice"}, []string{"isoloir/roll", "isoloir/urn", "isoloir/issuer", "isoloir/register", "isoloir/space"}, true, "who asked for notices is linked to no account"},
		{[]string{"cmd/trustee"}, slices.Concat(network, database, service), false, "it is read by those who run it, without a network"},
		{[]string{"cmd/audit"}, slices.Concat(database, service, []string{"isoloir/portal", "isoloir/server", "isoloir/observe", "net/http/httptest", "net/rpc", "net/smtp"}), false, "it is read by those who run it; it follows a log as a client, and serves nothing"},
		{[]string{"cmd", "server", "custody"}, []string{"github.com/hashicorp/vault/vault", "github.com/hashicorp/vault/sdk", "github.com/hashicorp/vault/http", "github.com/hashicorp/vault/builtin", "github.com/hashicorp/vault-plugin-secrets-kv"}, true, "a Vault's server is asked, never linked"},
		{[]string{"voter"}, database, false, "the formats of roll and urn need no engine"},
		{[]string{"audit", "trustee", "tally", "account", "keyceremony", "record", "scrutin"}, slices.Concat(network, database), false, "a verifier needs a directory alone"},
	} {
		found := false
		for _, p := range house(t) {
			if !under(p.name, rule.rooms...) {
				continue
			}
			found = true
			linked := p.links
			if rule.tests {
				linked = slices.Concat(p.links, p.tests)
			}
			for _, l := range linked {
				if l != "isoloir/bve/journal" && under(l, rule.from...) { // of the journal the texts, which members sign
					t.Errorf("%s links %s: %s", p.name, l, rule.why)
				}
			}
		}
		if !found {
			t.Errorf("no package in %v", rule.rooms)
		}
	}
}

// TestAuditAsks has the network reach no part of the auditor's command but the one that
// follows logs, and nothing of it listen.
func TestAuditAsks(t *testing.T) {
	all := map[string]pack{}
	for _, p := range house(t) {
		all[p.name] = p
	}
	listens := regexp.MustCompile(`\bnet\.(Listen|FileListener)|\bhttp\.(Server\b|Serve\b|ListenAndServe|Handle\b|HandleFunc)`)
	for _, l := range all["cmd/audit"].links {
		name, ours := strings.CutPrefix(l, module)
		if !ours {
			continue
		}
		for _, i := range all[name].imports {
			if name != "follow" && under(i, "net", "crypto/tls") {
				t.Errorf("%s imports %s: what verifies opens no socket", name, i)
			}
		}
		files, err := filepath.Glob(name + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatal(name, err)
		}
		for _, file := range files {
			if src, err := os.ReadFile(file); err != nil || !strings.HasSuffix(file, "_test.go") && listens.Match(src) {
				t.Errorf("%s listens: %v", file, err)
			}
		}
	}
}

// TestWhoImports says which rooms alone import what.
func TestWhoImports(t *testing.T) {
	for _, rule := range []struct {
		what, by []string
		why      string
	}{
		{[]string{"filippo.io/edwards25519", "github.com/gtank/ristretto255", "github.com/oasisprotocol/curve25519-voi"}, []string{"crypto"}, "curves are behind crypto/group"},
		{[]string{"go.dedis.ch/kyber/v3"}, []string{"crypto/group/kybergroup", "keyceremony"}, "of kyber the group interfaces and share"},
		{[]string{"database/sql", "modernc.org/sqlite", "github.com/jackc", "github.com/pressly/goose"}, []string{"sqlfile", "pg"}, "one way to open a database of each kind"},
		{[]string{"github.com/riverqueue"}, []string{"pg/jobs"}, "one queue, behind bytes"},
		{[]string{"isoloir/pg"}, []string{"pg", "roll/postgres", "urn/postgres", "bve/journal/postgres", "integrity/integritytest", "cmd/isoloir"}, "rooms have engines behind their interfaces; the command checks rights"},
		{[]string{"isoloir/sqlfile"}, []string{"roll/sqlite", "urn/sqlite", "issuer/sqlite", "notice/sqlite", "register/sqlite", "space/sqlite", "bve/journal/sqlite", "integrity/integritytest", "cmd/isoloir"}, "rooms have engines behind their interfaces; the command asks them what an error was"},
		{[]string{"log/slog", "github.com/prometheus"}, []string{"observe", "cmd", "bench", "pg/jobs"}, "what operators see is made of closed lists; commands say how much of it"},
		{[]string{"github.com/hashicorp"}, []string{"custody/vault"}, "one way to ask a Vault"},
		{[]string{"filippo.io/age"}, []string{"custody/agefile", "keyceremony/device"}, "a holder's fragments, and the services' secrets"},
		{[]string{"github.com/wneessen/go-mail"}, []string{"courier/email"}, "one way to send e-mail"},
		{[]string{"github.com/go-webauthn"}, []string{"portal/passkey", "space/signature"}, "one way to log in by passkeys, and to read what was signed by one"},
		{[]string{"github.com/digitorus"}, []string{"timestamp"}, "one way to read a timestamp"},
		{[]string{"github.com/signintech/gopdf", "golang.org/x/image/font"}, []string{"courier/letter", "register/cards"}, "letters and cards are printed"},
	} {
		used := false
		for _, p := range house(t) {
			for _, i := range p.imports {
				if !under(i, rule.what...) {
					continue
				}
				used = true
				if !under(p.name, rule.by...) {
					t.Errorf("%s imports %s: %s", p.name, i, rule.why)
				}
			}
		}
		if !used {
			t.Errorf("nobody imports %v", rule.what)
		}
	}
	kyber := []string{"go.dedis.ch/kyber/v3", "go.dedis.ch/kyber/v3/share"}
	pure := []string{"os", "net", "time", "log", "io/fs", "database/sql", "path/filepath"}
	for _, p := range house(t) {
		for _, i := range p.imports {
			if under(i, kyber[0]) && !slices.Contains(kyber, i) {
				t.Errorf("%s imports %s: of kyber the group interfaces and share", p.name, i)
			}
			if under(p.name, "crypto", "parallel", "merkle") && under(i, pure...) {
				t.Errorf("%s imports %s: it computes, and does nothing else", p.name, i)
			}
		}
	}
}

// sources calls f for the Go files of the house, tests too, but those that templ
// writes: one reads the templates.
func sources(t *testing.T, f func(file string, src []byte)) {
	t.Helper()
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && file != "." && (strings.HasPrefix(name, ".") || name == "out" || name == "testdata" || name == "node_modules") {
			return filepath.SkipDir
		}
		if d.IsDir() || path.Ext(file) != ".go" || strings.HasSuffix(file, "_templ.go") {
			return nil
		}
		src, err := os.ReadFile(file)
		if err == nil {
			f(filepath.ToSlash(file), src)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestRoomsAreNamed wants every package to say what it is for, and none to be
// called after nothing.
func TestRoomsAreNamed(t *testing.T) {
	said, files := map[string]string{}, token.NewFileSet()
	sources(t, func(file string, src []byte) {
		f, err := parser.ParseFile(files, file, src, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(file, "_test.go") {
			said[path.Dir(file)] += synopsis(f)
		}
	})
	for folder, text := range said {
		name := path.Base(folder)
		if folder == "." {
			name = "isoloir"
		}
		want := "Package " + name + " "
		if under(folder, "cmd") && !under(folder, "cmd/internal") {
			want = "Command " + path.Base(folder) + " "
		}
		if !strings.HasPrefix(text, want) {
			t.Errorf("the comment of %s does not begin with %q: %q", folder, want, text)
		}
		if strings.Count(text, want) > 1 {
			t.Errorf("%s has two package comments", folder)
		}
		if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "misc", "shared", "lib"}, path.Base(folder)) {
			t.Errorf("%s says nothing of what it holds", folder)
		}
	}
}

func synopsis(f *ast.File) string { return new(doc.Package).Synopsis(f.Doc.Text()) }

// TestFilesAreShort keeps a file to what one reads at a sitting, and what is to be
// done out of the code.
func TestFilesAreShort(t *testing.T) {
	undone := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME)\b`)
	sources(t, func(file string, src []byte) {
		if n := strings.Count(string(src), "\n"); n > 400 {
			t.Errorf("%s has %d lines: divide it by ideas", file, n)
		}
		if undone.Match(src) {
			t.Errorf("%s leaves something to be done", file)
		}
	})
}
