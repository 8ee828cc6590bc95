package citizen_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestTwoCodes is an account for which no card was handed out, by keyboard alone: a code
// that is none, two codes in the wrong order, the first time, and the time after the
// passphrase was forgotten. (S000-20)
func TestTwoCodes(t *testing.T) {
	v := newTown(t)
	p := v.visit(t)
	first, second := string(v.codes[0].Characters()), strings.ToLower(string(v.codes[1].Characters()))
	digits, err := v.papers[ofCodes].Number.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	number := string(digits)
	type entered struct{ first, second, phrase string }
	enter := func(e entered) {
		t.Helper()
		p.press("#to-halves", "\r")
		p.section("halves")
		p.fill("#half-1", e.first)
		p.fill("#half-2", e.second)
		p.fill("#halves-passphrase", e.phrase)
		p.press("#half-2", "\r")
	}
	const phrase, other = "quatre chevaux mangent du foin", "six vaches boivent de l’eau"
	p.do(chromedp.Navigate(p.url + "/fr/compte"))
	p.until("the page is ready", `!document.querySelector("#account-page").hidden`)
	enter(entered{first, "x", phrase})
	p.until("a code that is none is found", `document.querySelector("#half-2-error").textContent && document.activeElement.id === "half-2" && !document.querySelector("#half-1-error").textContent`)
	p.look("halves")
	p.press("#halves-back", "\r")
	p.section("open")
	enter(entered{second, first, phrase})
	p.said("Aucun compte ne s’ouvre")
	p.press("#halves-back", "\r")
	p.section("open")
	enter(entered{first, second, phrase})
	p.section("account")
	p.until("its number is said, which nobody had", `document.querySelector("#own-number").textContent.replace(/\D/g, "") === "`+number+`" && !document.querySelector("#by-codes").hidden && document.querySelector("#welcome").hidden`)
	p.look("by-codes")
	p.press("#leave", "\r")
	p.said("Vous avez quitté")
	enter(entered{first, second, other})
	p.section("account")
	p.press("#leave", "\r")
	p.said("Vous avez quitté")
	p.fill("#number", number)
	p.fill("#passphrase", phrase)
	p.press("#passphrase", "\r")
	p.said("Aucun compte ne s’ouvre")
	p.fill("#passphrase", other)
	p.press("#passphrase", "\r")
	p.section("account")
}
