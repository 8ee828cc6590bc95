package isoloir_test

import (
	"bytes"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/a-h/templ/generator"
	"github.com/a-h/templ/parser/v2"
)

// TestTemplates writes the Go file of every template again: it must be the one that
// stands beside it, and none may stand there without its template.
func TestTemplates(t *testing.T) {
	found := map[string]bool{}
	err := filepath.WalkDir("portal", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if strings.HasSuffix(path, "_templ.go") {
			found[strings.TrimSuffix(path, "_templ.go")] = found[strings.TrimSuffix(path, "_templ.go")]
		}
		base, is := strings.CutSuffix(path, ".templ")
		if !is {
			return nil
		}
		found[base] = true
		file, err := parser.Parse(path)
		if err != nil {
			return err
		}
		var out bytes.Buffer
		if _, err := generator.Generate(file, &out, generator.WithVersion(templ.Version()), generator.WithFileName(filepath.Base(path))); err != nil {
			return err
		}
		want, err := format.Source(out.Bytes())
		if err != nil {
			return err
		}
		if got, err := os.ReadFile(base + "_templ.go"); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what its template gives: make templ", base+"_templ.go")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for base, written := range found {
		if !written {
			t.Errorf("%s_templ.go has no template", base)
		}
	}
}
