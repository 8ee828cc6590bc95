package scrutin

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Every refusal of an act is written in French, with the same arguments.
func TestRefusalsInFrench(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	verbs := regexp.MustCompile(`%[a-z]`)
	used := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 {
				return true
			}
			if f, ok := call.Fun.(*ast.Ident); !ok || f.Name != "lack" {
				return true
			}
			literal, ok := call.Args[1].(*ast.BasicLit)
			if !ok {
				t.Errorf("%s: a refusal is no literal sentence", name)
				return true
			}
			english, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			used[english] = true
			french, ok := refusals[english]
			if !ok || !slices.Equal(verbs.FindAllString(english, -1), verbs.FindAllString(french, -1)) {
				t.Errorf("%s: not in French with the same arguments: %q", name, english)
			}
			return true
		})
	}
	for english := range refusals {
		if !used[english] {
			t.Errorf("no refusal says %q", english)
		}
	}
}

// Every rule names the law of the profile, and where there is none the protocol.
func TestArticles(t *testing.T) {
	for rule, by := range articles {
		if len(by) != 3 {
			t.Errorf("%s: %d profiles", rule, len(by))
		}
		for _, profile := range []string{FrenchAbroad, PublicService, WorksCouncil} {
			if a := rule.Article(profile, "fr"); a == "" || strings.Contains(a, "protocole") {
				t.Errorf("%s under %s cites %q", rule, profile, a)
			}
			if a := rule.Article(profile, "en"); strings.ContainsAny(a, "éà") {
				t.Errorf("%s under %s cites %q in English", rule, profile, a)
			}
		}
		if rule.Article(Consultation, "en") != "protocol, § 3.4" {
			t.Errorf("%s of a consultation cites %q", rule, rule.Article(Consultation, "en"))
		}
	}
	if RuleSmallCell.Article(FrenchAbroad, "fr") != "protocole, § 9" || RuleQuorum.Article(FrenchAbroad, "en") != "decree 2009-525, art. 10" {
		t.Error(RuleSmallCell.Article(FrenchAbroad, "fr"), RuleQuorum.Article(FrenchAbroad, "en"))
	}
}
