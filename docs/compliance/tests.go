package compliance

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// carried finds ids where they stand in a comment or a text.
var carried = regexp.MustCompile(`\b(S00[234]-[0-9a-z]+(-[0-9]+[a-z]?|-[0-9a-z])?|(C19|C26)-[0-9]-[0-9]{2}|CoE-[0-9]+|CE-[0-9]+|FP-[0-9]+|PV-[0-9]+)\b`)

// Tests finds the tests below root that carry ids: in their name (TestS004_12e_Access), in the comment before them, or in the comments and the
// texts in them. It gives for each id the tests as room.TestName.
func Tests(root string) (map[string][]string, error) {
	found := map[string][]string{}
	err := filepath.WalkDir(root, func(file string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if name := e.Name(); name == "node_modules" || name == "out" || name != "." && name != ".." && strings.HasPrefix(name, ".") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, "_test.go") {
			return nil
		}
		local, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		room := path.Dir(filepath.ToSlash(local)) + "."
		if room == ".." {
			room = "" // the house's own
		}
		if room == "docs/compliance." {
			return nil // what it tries is no evidence
		}
		for name, ids := range idsOf(parsed) {
			for _, id := range ids {
				found[id] = append(found[id], room+name)
			}
		}
		return nil
	})
	return found, err
}

// idsOf are the ids that each test of a file carries.
func idsOf(f *ast.File) map[string][]string {
	found := map[string][]string{}
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Recv != nil || !strings.HasPrefix(fn.Name.Name, "Test") && !strings.HasPrefix(fn.Name.Name, "Fuzz") {
			continue
		}
		name := fn.Name.Name
		from := func(text string) { found[name] = append(found[name], carried.FindAllString(text, -1)...) }
		from(strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(name, "Test"), "Fuzz"), "_", "-"))
		for _, c := range f.Comments {
			if c == fn.Doc || c.Pos() > fn.Pos() && c.End() < fn.End() {
				from(c.Text())
			}
		}
		ast.Inspect(fn, func(n ast.Node) bool {
			if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
				from(text.Value)
			}
			return true
		})
	}
	return found
}
