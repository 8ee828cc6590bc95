package transcript

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A challenge is a hash read as a scalar. So nothing but this package and the
// group below it may hash with SHA-512, reduce wide integers to scalars, or
// import a library that makes challenges of its own. Exceptions are folders or
// files.
var allowed = []struct{ where, what, reason string }{
	{"crypto/transcript", "crypto/sha512", "every challenge is made here"},
	{"crypto/transcript", "ScalarFromWide", "every challenge is made here"},
	{"crypto/group", "crypto/sha512", "hash to the group of RFC 9380"},
	{"crypto/group", "ScalarFromWide", "declares it; random scalars"},
	{"crypto/group/kybergroup", "ScalarFromWide", "kyber's interface asks for random scalars"},
	{"keyceremony", "crypto/sha512", "key derivation for the boxes of shares, docs/protocol.md §4: no challenge"},
	{"account/code.go", "crypto/sha512", "HKDF of what a code was stretched to, docs/protocol.md §5: no challenge"},
	{"account/code.go", "ScalarFromWide", "secrets stretched from a code"},
	{"crypto/shuffle/coins.go", "ScalarFromWide", "a mixer's secret coins"},
	{"register/access/ways.go", "crypto/sha512", "HKDF of a passkey's output, docs/accounts.md §6: no challenge"},
	{"keyceremony/device/leak/holder.go", "crypto/sha512", "the search for secrets knows signing keys expanded, RFC 8032: no challenge"},
	{"issuer/secret.go", "crypto/sha512", "HKDF of an issuer's secret, docs/online.md §3: no challenge"},
	{"issuer/secret.go", "ScalarFromWide", "an elector's half of the key, derived"},
}

// Of kyber only the interfaces and the polynomials: its proofs leave the
// statement out of the challenge.
var allowedKyber = []string{"go.dedis.ch/kyber/v3", "go.dedis.ch/kyber/v3/share"}

func TestNoOtherPathToAChallenge(t *testing.T) {
	root := repositoryRoot(t)
	files, used := 0, map[int]bool{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); file != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		files++
		name, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		src, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		folder := path.Dir(name)
		for _, what := range challengeMeans(t, name, src) {
			i := slices.IndexFunc(allowed, func(a struct{ where, what, reason string }) bool {
				return (a.where == folder || a.where == name) && a.what == what
			})
			if i < 0 {
				t.Errorf("%s uses %s: a challenge comes from a transcript only", name, what)
			}
			used[i] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 || !used[0] || !used[1] {
		t.Fatalf("walked %d files and did not find the transcript among them", files)
	}
}

// challengeMeans returns what a source uses that a challenge could be made of.
func challengeMeans(t *testing.T, name string, src []byte) (found []string) {
	file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case path == "crypto/sha512", strings.HasPrefix(path, "golang.org/x/crypto/blake2"),
			strings.HasPrefix(path, "golang.org/x/crypto/sha3"), path == "crypto/sha3",
			strings.HasPrefix(path, "go.dedis.ch/kyber") && !slices.Contains(allowedKyber, path):
			found = append(found, path)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && (id.Name == "ScalarFromWide" || id.Name == "SetUniformBytes" && file.Name.Name != "group") {
			found = append(found, id.Name)
		}
		return true
	})
	slices.Sort(found)
	return slices.Compact(found)
}

// The test above must see what it forbids.
func TestOtherPathsAreSeen(t *testing.T) {
	for src, want := range map[string]string{
		"package p\nimport \"crypto/sha512\"":                                    "crypto/sha512",
		"package p\nimport h \"crypto/sha512\"":                                  "crypto/sha512",
		"package p\nimport \"crypto/sha3\"":                                      "crypto/sha3",
		"package p\nimport \"go.dedis.ch/kyber/v3/proof/dleq\"":                  "go.dedis.ch/kyber/v3/proof/dleq",
		"package p\nimport g \"isoloir/crypto/group\"\nvar f = g.ScalarFromWide": "ScalarFromWide",
		"package p\nfunc f(s S) { s.SetUniformBytes(nil) }":                      "SetUniformBytes",
		"package p\nimport \"crypto/sha256\"":                                    "",
	} {
		if got := strings.Join(challengeMeans(t, "p.go", []byte(src)), " "); got != want {
			t.Errorf("%q: found %q, not %q", src, got, want)
		}
	}
}

func repositoryRoot(t *testing.T) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = parent
	}
}
