package isoloir_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// silent are imports by which something is written that is no event.
var silent = []string{"log", "log/slog", "log/syslog", "runtime/debug", "expvar", "net/http/pprof", "net/http/httputil", "runtime/trace"}

// TestNothingIsLoggedBeside reads the sources of all that the services link: nothing is written to a log, to standard output or to standard
// error but by package observe, whose lines are made of its closed list of events alone.
func TestNothingIsLoggedBeside(t *testing.T) {
	var linked []string
	for _, p := range house(t) {
		if p.name == "server" || p.name == "server/config" {
			linked = append(linked, p.links...)
		}
	}
	slices.Sort(linked)
	linked = slices.Compact(linked)
	read := 0
	for _, path := range linked {
		dir, ours := strings.CutPrefix(path, module)
		if !ours || dir == "observe" {
			continue
		}
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			read++
			for _, found := range beside(t, file, src) {
				t.Error(found)
			}
		}
	}
	if read < 200 {
		t.Errorf("%d files: these are not the services", read)
	}
}

// beside finds where a file writes what is no event.
func beside(t *testing.T, name string, src []byte) (found []string) {
	t.Helper()
	positions := token.NewFileSet()
	f, err := parser.ParseFile(positions, name, src, 0)
	if err != nil {
		t.Fatal(err)
	}
	say := func(n ast.Node, what string) { found = append(found, positions.Position(n.Pos()).String()+": "+what) }
	names := map[string]string{} // of packages in this file
	for _, i := range f.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		local := path[strings.LastIndex(path, "/")+1:]
		if i.Name != nil {
			local = i.Name.Name
		}
		if names[local] = path; local == "." && slices.Contains([]string{"fmt", "os", "log", "log/slog"}, path) {
			say(i, "package "+path+" without its name")
		}
		if path != "log" && slices.Contains(silent, path) {
			say(i, "package "+path)
		}
	}
	discarded := map[ast.Node]bool{} // log.New(io.Discard, …): what another would write is dropped
	ast.Inspect(f, func(n ast.Node) bool {
		switch e := n.(type) {
		case *ast.CallExpr:
			if b, is := e.Fun.(*ast.Ident); is && (b.Name == "print" || b.Name == "println") && b.Obj == nil {
				say(e, "the built-in "+b.Name)
			}
			if s, is := e.Fun.(*ast.SelectorExpr); is && of(s, names) == "log.New" && len(e.Args) > 0 {
				if to, is := e.Args[0].(*ast.SelectorExpr); is && of(to, names) == "io.Discard" {
					discarded[s] = true
				}
			}
		case *ast.SelectorExpr:
			switch what := of(e, names); {
			case discarded[e]:
			case strings.HasPrefix(what, "log."), slices.Contains([]string{"os.Stderr", "os.Stdout", "fmt.Print", "fmt.Printf", "fmt.Println", "syscall.Stderr", "syscall.Stdout"}, what):
				say(e, what)
			}
		}
		return true
	})
	return found
}

// of is what a selector names, as package.Name, empty where it is nothing of a package.
func of(s *ast.SelectorExpr, names map[string]string) string {
	x, is := s.X.(*ast.Ident)
	if !is || x.Obj != nil || names[x.Name] == "" {
		return ""
	}
	return names[x.Name] + "." + s.Sel.Name
}

// TestBeside shows to the finder what it must find, and what it must not.
func TestBeside(t *testing.T) {
	for body, wrong := range map[string]bool{
		`import "log"; func f() { log.Print(1) }`:                               true,
		`import l "log"; func f() { l.Default() }`:                              true,
		`import "log"; import "os"; var x = log.New(os.Stderr, "", 0)`:          true,
		`import "log"; import "io"; var x = log.New(io.Discard, "", 0)`:         false,
		`import "log/slog"; func f() { slog.Info("x") }`:                        true,
		`import "os"; import "fmt"; func f() { fmt.Fprintln(os.Stderr) }`:       true,
		`import e "os"; var x = e.Stdout`:                                       true,
		`import . "fmt"; func f() { Println() }`:                                true,
		`import "fmt"; func f() { fmt.Printf("x") }`:                            true,
		`import "fmt"; func f() string { return fmt.Sprint("x") }`:              false,
		`func f() { println("x") }`:                                             true,
		`func println(string) {}; func f() { println("x") }`:                    false,
		`import "runtime/debug"; func f() { debug.PrintStack() }`:               true,
		`import _ "net/http/pprof"`:                                             true,
		`type l struct{}; func (l) Print() {}; func f(log l) { log.Print() }`:   false,
		`import "net/http"; var s = http.Server{}; func f() { _ = s.ErrorLog }`: false,
	} {
		if found := beside(t, "f.go", []byte("package p; "+body)); (len(found) > 0) != wrong {
			t.Errorf("%s: %v", body, found)
		}
	}
}
