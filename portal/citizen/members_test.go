package citizen_test

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"isoloir/mixte"
	"isoloir/portal/citizen"
	"isoloir/register/registertest"
	"isoloir/space"
)

// assembly is that of the town: one member has said all, and one nothing.
type assembly struct{}

func (assembly) Members(context.Context) ([]citizen.Member, error) {
	question := &space.Question{Title: "Faut-il construire ce pont ?", Answers: space.ForAgainst, Most: 1}
	return []citizen.Member{{ID: "0123456789abcdef", Name: "Marie Tran", Constituency: "nord", Said: []citizen.Said{
		{Consultation: "pont", Title: "Un pont pour les vélos", Question: question, Smallest: 10, Vote: space.Abstains, Counted: true,
			Positions: []space.Position{{Position: "pour", Reasons: []string{"L’étude montre que deux personnes sur trois passeraient par là."}, At: registertest.Opens},
				{Position: space.Undecided, At: registertest.Opens.Add(-24 * time.Hour)}},
			Divided: &mixte.Division{Electorate: mixte.Electorate{Represented: 1003}, Direct: 412, Options: []int{270, 130}, Blank: 11, Nul: 1, Member: mixte.Frac(591, 1003)}},
		{Consultation: "ecole", Title: "Le nom de l’école", Question: &space.Question{Title: "Quel nom ?", Options: []string{"Jean-Zay", "Ada-Lovelace"}, Most: 1}, Smallest: 10},
	}}, {ID: "fedcba9876543210", Name: "Olivier Kerlann", Constituency: "nord"}}, nil
}

// TestElected reads the pages of the members by the keyboard, in both languages.
func TestElected(t *testing.T) {
	v := newTown(t)
	p := v.visit(t)
	p.do(chromedp.Navigate(p.url + "/fr/elus"))
	p.until("the members", `document.querySelectorAll(".cards a").length === 2`)
	p.look("members")
	p.press(".cards a", "\r")
	p.until("one of them", `document.querySelector("h1").textContent === "Marie Tran" && /412 des 1\s003 électeurs/.test(document.body.innerText) && document.body.innerText.includes("591/1003")`)
	p.look("member")
	p.do(chromedp.Navigate(p.url + "/en/elus/0123456789abcdef"))
	p.until("in English", `document.body.innerText.includes("Published after the count, if they are at least 10.") && document.body.innerText.includes("Not decided yet")`)
	p.look("member-english")
	p.do(chromedp.Navigate(p.url + "/fr/elus/fedcba9876543210"))
	p.until("who has said nothing", `document.body.innerText.includes("Rien n’est publié")`)
}
