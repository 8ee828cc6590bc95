package voting_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"isoloir/scrutin"
	"isoloir/web/chrome"
)

// check checks an answer of the first question by its place, or takes its check away, by the keyboard.
func (v *visitor) check(place int) {
	v.Helper()
	v.do(chromedp.Focus(fmt.Sprintf(`#questions input[id$="-%d"]`, place)))
	v.press(" ")
}

// checks are the places of what is checked.
func (v *visitor) checks() string {
	v.Helper()
	return eval[string](v, `[...document.querySelectorAll("#questions input")].flatMap((b, i) => b.checked ? [i] : []).join()`)
}

// tryApproval approves of two answers of four: never of more, nor of blank beside, and the ballot holds the set of both.
func tryApproval(t *testing.T, b *chrome.Browser) {
	t.Parallel()
	w := newWorld(t, func(m *scrutin.Manifest) {
		m.Questions[0].Title, m.Questions[0].Seats = "Quels projets faut-il réaliser ?", 0
		m.Questions[0].Options = scrutin.ApprovalOptions([]string{"Planter des arbres rue Haute", "Poser des bancs sur le quai", "Réparer la fontaine", "Ouvrir la cour de l’école"}, 2)
	})
	v := w.visit(t, b)
	v.open("/fr/urne/urn-1/voter")
	v.login(5)
	v.at("choice")
	if boxes := eval[int](v, `document.querySelectorAll("#questions input[type=checkbox]").length`); boxes != 5 || eval[int](v, `document.querySelectorAll("#questions input").length`) != 5 {
		t.Fatalf("%d answers can be checked", boxes)
	}
	v.check(0)
	v.check(1)
	v.check(2)
	v.do(chromedp.Focus("#choice-go"))
	v.press(kb.Enter)
	v.until(`document.querySelector("#questions .error").textContent.includes("gardez-en 2 au plus")`)
	v.judge("approval-too-many")
	v.check(4)
	if got := v.checks(); got != "4" {
		t.Errorf("blank and %s are checked together", got)
	}
	v.check(2)
	v.check(0)
	if got := v.checks(); got != "0,2" {
		t.Errorf("%s are checked", got)
	}
	if draft := eval[string](v, "JSON.stringify({...sessionStorage})"); !strings.Contains(draft, "option-1.3") {
		t.Errorf("the choice is not kept as a draft: %s", draft)
	}
	v.judge("approval-choice")
	v.do(chromedp.Focus("#choice-go"))
	v.press(kb.Enter)
	v.at("confirm")
	if said := v.text("chosen"); !strings.Contains(said, "Vous approuvez 2 réponses") || !strings.Contains(said, "rue Haute") || !strings.Contains(said, "fontaine") || strings.Contains(said, "bancs") {
		t.Errorf("to confirm: %s", said)
	}
	v.judge("approval-confirm")
	v.click("confirm-yes")
	code := v.made()
	v.click("ready-send")
	v.at("receipt")
	w.recorded(t, code)
}
