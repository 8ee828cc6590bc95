package observe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// declared are the types that a file declares, with the expression of each.
func declared(t *testing.T, file string) map[string]ast.Expr {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]ast.Expr{}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, is := n.(*ast.TypeSpec); is {
			all[s.Name.Name] = s.Type
		}
		return true
	})
	return all
}

// methods are the types that have a method of a name, by the file that says so.
func methods(t *testing.T, name string) map[string]string {
	t.Helper()
	packages, err := parser.ParseDir(token.NewFileSet(), ".", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for file, f := range packages["observe"].Files {
		for _, d := range f.Decls {
			if m, is := d.(*ast.FuncDecl); is && m.Recv != nil && m.Name.Name == name {
				receiver, _ := m.Recv.List[0].Type.(*ast.Ident)
				if receiver == nil {
					t.Fatalf("%s: %s of a pointer", file, name)
				}
				all[receiver.Name] = file
			}
		}
	}
	return all
}

// Every event is a struct of events.go, and each of its fields is of a kind: none has room for an elector or a ballot, so none has both.
func TestEventsAreClosed(t *testing.T) {
	events, kinds := methods(t, "event"), methods(t, "shown")
	for kind, file := range kinds {
		if file != "kinds.go" && file != "cause.go" {
			t.Errorf("kind %s is declared in %s", kind, file)
		}
	}
	for _, file := range []string{"kinds.go", "cause.go"} {
		for name, expression := range declared(t, file) {
			switch e := expression.(type) {
			case *ast.Ident: // a number with a closed list of names, or a rounded difference
				if e.Name != "uint8" && name != "Drift" {
					t.Errorf("kind %s is a %s", name, e.Name)
				}
			case *ast.StructType: // made by a function that judges what it is given
				for _, f := range e.Fields.List {
					for _, n := range f.Names {
						if n.IsExported() {
							t.Errorf("kind %s: anybody may set %s", name, n.Name)
						}
					}
				}
			case *ast.InterfaceType:
			default:
				t.Errorf("kind %s is a %T", name, e)
			}
		}
	}
	types := declared(t, "events.go")
	for name, file := range events {
		s, is := types[name].(*ast.StructType)
		if file != "events.go" || !is {
			t.Errorf("event %s is no struct of events.go", name)
			continue
		}
		for _, f := range s.Fields.List {
			of, _ := f.Type.(*ast.Ident)
			if of == nil || kinds[of.Name] == "" || len(f.Names) == 0 {
				t.Errorf("a field of event %s is of no kind", name)
			}
		}
	}
	if len(events) != len(types)-1 || len(events) < 5 {
		t.Errorf("%d events, %d types in events.go", len(events), len(types))
	}
}

var noon = time.Date(2026, 12, 3, 12, 0, 0, 123456789, time.UTC)

func fixed() time.Time { return noon }

// A line says what it is to say, dated to the second, as text and as JSON.
func TestTell(t *testing.T) {
	var text, lines bytes.Buffer
	New(Config{Log: &text, Now: fixed}).Tell(Serving{Urn, AddressOf("127.0.0.1:8082"), AddressOf("https://urne.example")})
	if got, want := text.String(), "time=2026-12-03T12:00:00.000Z level=INFO msg=serving role=urn listen=127.0.0.1:8082 origin=https://urne.example\n"; got != want {
		t.Errorf("%q", got)
	}
	w := New(Config{Log: &lines, JSON: true, Now: fixed})
	w.Tell(DutyFailed{Roll, Reconcile, Because(errors.New("link fate: connection refused"))})
	var said map[string]string
	if err := json.Unmarshal(lines.Bytes(), &said); err != nil || said["duty"] != "reconcile" || said["cause"] != "link fate: connection refused" || said["level"] != "WARN" {
		t.Errorf("%v %v", said, err)
	}
	quiet := New(Config{Log: &text, Level: slog.LevelError, Now: fixed})
	text.Reset()
	quiet.Failed(Urn, Flush, errors.New("no"))
	quiet.Kept(Urn, Flush)
	if text.Len() != 0 {
		t.Errorf("below the level: %q", &text)
	}
}

// A duty that failed is said to be restored, once.
func TestRestored(t *testing.T) {
	var text bytes.Buffer
	w := New(Config{Log: &text, Now: fixed})
	w.Kept(Urn, Flush)
	w.Failed(Urn, Flush, errors.New("no"))
	w.Failed(Urn, Flush, errors.New("no"))
	w.Kept(Urn, Flush)
	w.Kept(Urn, Flush)
	if got := text.String(); strings.Count(got, "duty failed") != 2 || strings.Count(got, "duty restored") != 1 {
		t.Error(got)
	}
}

// What an error may hold of somebody does not pass; what an operator needs does.
func TestBecause(t *testing.T) {
	for text, want := range map[string]string{
		"roll store: FATAL: terminating connection due to administrator command (SQLSTATE 57P01)":      "roll store: FATAL: terminating connection due to administrator command (SQLSTATE 57P01)",
		`Post "https://urne.example/link/v1/fate": dial tcp 10.0.7.3:443: connect: connection refused`: "… dial tcp … connect: connection refused",
		"open /var/lib/isoloir/urn/batch-keys: no space left on device":                                "open /var/lib/isoloir/urn/batch-keys: no space left on device",
		"open /keys/0a1b2c3d4e5f.key: permission denied":                                               "open … permission denied",
		"elector 4711 of urn number 3":                                                                 "elector … of urn number …",
		"jean.dupont@example.org refused":                                                              "… refused",
		"Jean DUPONT voted":                                                                            "… voted",
		"Éléonore voted":                                                                               "… voted",
		"code ABCD-EFGH-JKLM is wrong":                                                                 "code … is wrong",
		"ballot " + strings.Repeat("ab12", 16):                                                         "ballot …",
		"ballot " + strings.Repeat("abcd", 16):                                                         "ballot …",
		`key (reference)=(r-7) "Dupont" is there`:                                                      "key … is there",
		"SQLSTATE 57P01234":                                                                            "…",
		"(SQLSTATE 57P01) SQLSTATE abcde)":                                                             "(SQLSTATE 57P01) … abcde)",
		"":                                                                                             "",
		strings.Repeat("word ", 200):                                                                   strings.TrimSpace(strings.Repeat("word ", 80)) + " …",
		"a\nb\x00c":                                                                                    "a …",
		"unexpected EOF":                                                                               "unexpected EOF",
	} {
		if got := Because(errors.New(text)).String(); strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if Because(nil).String() != "" || BecauseOf(fmt.Errorf("no %d", 7)).String() != "no …" {
		t.Error("nothing, or what was panicked with")
	}
}

// Nothing passes that has a digit, a capital or another alphabet, but for the words that may.
func FuzzBecause(f *testing.F) {
	f.Add("roll store: FATAL: (SQLSTATE 57P01) r-7 Dupont a@b `c` \"d\"")
	f.Fuzz(func(t *testing.T, text string) {
		out := Because(errors.New(text)).String()
		for _, word := range strings.Fields(out) {
			switch {
			case word == leftOut, plain.MatchString(word), capitals.MatchString(word):
			case word == "(SQLSTATE", len(word) == 6 && word[5] == ')' && strings.Contains(out, "(SQLSTATE "+word):
			default:
				t.Fatalf("%q passes in %q", word, text)
			}
		}
		if len(out) > causeSize+len(leftOut)+1 {
			t.Fatalf("%d bytes", len(out))
		}
	})
}

func TestKinds(t *testing.T) {
	for in, want := range map[string]string{"": "none", "/v1/append": "/v1/append", "POST /v1/renew": "POST /v1/renew", "/v1/{urn}/leaves/{n}": "/v1/{urn}/leaves/{n}",
		"/{$}": "/{$}", "/who/4711": "other", "/v1/" + strings.Repeat("ab", 16): "other", "/A": "other", "v1": "other", "/é": "other", "/" + strings.Repeat("a", 90): "other"} {
		if got := RouteOf(in).pattern; got != want {
			t.Errorf("route %q is %q", in, got)
		}
	}
	for in, want := range map[string]string{"127.0.0.1:80": "127.0.0.1:80", ":8080": ":8080", "[::1]:1": "[::1]:1", "https://a.example": "https://a.example", "https://a.example/x": "?",
		"https://me@a.example": "?", "a@b:1": "?", "somebody": "?", "a:99999": "?", "": "?"} {
		if got := AddressOf(in).text; got != want {
			t.Errorf("address %q is %q", in, got)
		}
	}
	for in, shown := range map[string]bool{"table mark, urn urn-1, row 8: added": true, "table half, 1 of 18 rows: missing": true, "table login, urn lyon.2, row #0a1b2c3d: changed": true,
		"table counted, urn u: older": true, "table elector, urn u, Durand: changed": false, "table mark, urn u, row 8: added by Zoé": false, "table spent, row #0a1b2c3d0a1b2c3d: added": false} {
		if got := DamageOf(in).text; (got == in) != shown {
			t.Errorf("damage %q is %q", in, got)
		}
	}
	for _, name := range roleNames {
		if RoleOf(name).String() != name {
			t.Errorf("role %s", name)
		}
	}
	if RoleOf("mayor") != Process || Role(99).String() != "process" || Duty(99).String() != "duty" || DriftOf(-1600*time.Millisecond) != -2 {
		t.Error("what is none")
	}
}
