package keyceremony_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// Nothing in the project computes the secret key: kyber's functions that
// interpolate it are never named, no other package of kyber than its interfaces
// and share is imported, and the Lagrange coefficients of this package are asked
// for only by who applies them to group elements. The adapter's own tests, which
// compare kyber's sharing over it with kyber's, are outside. (C26-3-04)
func TestNoPathToTheSecret(t *testing.T) {
	forbidden := map[string]string{
		"RecoverSecret":  "it interpolates the secret",
		"RecoverPriPoly": "it interpolates the secret polynomial",
	}
	callers := map[string]bool{"keyceremony/rehearsal.go": true, "tally/combine.go": true}
	files := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return nil // what does not parse does not build either
		}
		files++
		name := strings.TrimPrefix(filepath.ToSlash(path), "../")
		test := strings.HasSuffix(name, "_test.go")
		for _, i := range file.Imports {
			p := strings.Trim(i.Path.Value, `"`)
			if kyber, ok := strings.CutPrefix(p, "go.dedis.ch/kyber/v3"); ok && !test && kyber != "" && kyber != "/share" {
				t.Errorf("%s imports %s: of kyber only the interfaces and share are used", name, p)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			if why, ok := forbidden[id.Name]; ok && !(test && strings.HasPrefix(name, "crypto/group/kybergroup/")) {
				t.Errorf("%s names %s: %s", name, id.Name, why)
			}
			if (id.Name == "Lagrange" || id.Name == "IntegerLagrange") && !test && !callers[name] && name != "keyceremony/lagrange.go" {
				t.Errorf("%s asks for Lagrange coefficients: are they applied to elements only?", name)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Fatalf("only %d files were read", files)
	}
}
