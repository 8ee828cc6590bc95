package bve

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

	"isoloir/scrutin"
)

// Every refusal is written in French, with the same arguments.
func TestSentences(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	verbs, used := regexp.MustCompile(`%[a-z]`), map[string]bool{}
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
			if !ok || len(call.Args) < 3 {
				return true
			}
			f, method := call.Fun.(*ast.SelectorExpr)
			literal, said := call.Args[2].(*ast.BasicLit)
			if !method || f.Sel.Name != "refuse" || !said {
				return true
			}
			english, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			used[english] = true
			french, ok := sentences[english]
			if !ok || !slices.Equal(verbs.FindAllString(english, -1), verbs.FindAllString(french, -1)) {
				t.Errorf("%s: not in French with the same arguments: %q", name, english)
			}
			return true
		})
	}
	for english := range sentences {
		if !used[english] {
			t.Errorf("no refusal says %q", english)
		}
	}
}

// Every rule names something that its reader can look up, under the profiles of statute, and nothing rather than a file of ours.
func TestRulesHaveArticles(t *testing.T) {
	for _, r := range []Rule{RuleSession, RuleOffice, RuleMotion, RuleSignature, RuleFigures, RuleLate, RuleOpinion, RuleAgreement, RuleDelivery, RuleIntegrity, RuleCustody, RuleSeat,
		RuleMissing, RuleSmall, RuleTime, RuleRegister} {
		for _, profile := range []string{scrutin.FrenchAbroad, scrutin.PublicService, scrutin.WorksCouncil, scrutin.Consultation, scrutin.Assembly} {
			for _, language := range []string{"fr", "en"} {
				statute := profile == scrutin.PublicService || profile == scrutin.FrenchAbroad && r != RuleAgreement
				if article := r.Article(profile, language); statute && article == "" || strings.Contains(article, "docs/") {
					t.Errorf("%s under %s cites %q", r, profile, article)
				}
				if said := (&Refusal{Rule: r, Profile: profile, form: "it is late"}).Sentence("en"); strings.HasSuffix(said, "()") {
					t.Errorf("%s under %s: %q", r, profile, said)
				}
			}
		}
	}
}

// uncited says that no text asks for what a refusal says.
func uncited(err error) bool {
	r, ok := err.(*Refusal)
	return ok && r.Rule.Article(r.Profile, "fr") == ""
}
