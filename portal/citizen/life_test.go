package citizen_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/ratelimit"
	"isoloir/register"
	"isoloir/register/access"
	"isoloir/scrutin/note"
)

// opens says whether a way opens an account, asked as another device would.
func (v *town) opens(t *testing.T, n register.Number, kind access.Kind, l group.Scalar) (access.OpenAnswer, error) {
	t.Helper()
	c := v.access.Hello(n)
	proof, err := access.LoginClaim(v.Rho, n, sigma.NewElement(group.MulBase(l)), c).Prove(l)
	if err != nil {
		t.Fatal(err)
	}
	return v.access.Open(t.Context(), ratelimit.Network{1}, access.OpenRequest{Number: n, Kind: kind, Challenge: c, Login: proof})
}

// TestLife is an account from the card to its end, by keyboard alone: first use, passphrase
// forgotten, the scratch code opens, a new passphrase, a passkey, the card cut, suspended,
// resumed, closed.
func TestLife(t *testing.T) {
	v := newTown(t)
	p := v.visit(t)
	p.device()
	card := v.papers[0]
	number := card.Number.String()
	p.do(chromedp.Navigate(p.url + "/fr/compte"))
	p.until("the page is ready", `!document.querySelector("#account-page").hidden`)
	p.look("open")
	p.press("#to-first", "\r")
	p.section("first")

	p.fill("#first-number", strings.Replace(number, number[4:5], string('0'+(number[4]-'0'+1)%10), 1))
	p.fill("#first-scratch", string(card.Scratch.Characters()))
	p.fill("#first-passphrase", "trop court")
	p.press("#first-scratch", "\r")
	p.until("a wrong digit is found", `document.querySelector("#first-number-error").textContent.includes("onze chiffres") && document.activeElement.id === "first-number"`)
	p.fill("#first-number", number)
	p.press("#first-scratch", "\r")
	p.until("too weak a phrase is refused", `document.querySelector("#first-passphrase-error").textContent.includes("trop courte")`)
	p.press(`button[data-words="first-passphrase"]`, "\r")
	p.until("six words are offered", `document.querySelector("#first-passphrase").value.split(" ").length === 6 && document.querySelector("#first-passphrase").type === "text"`)
	p.look("first")
	p.fill("#first-scratch", string(v.papers[1].Scratch.Characters()))
	p.press("#first-scratch", "\r")
	p.said("Aucun compte ne s’ouvre")
	p.look("refused")
	p.fill("#first-scratch", strings.ToLower(string(card.Scratch.Characters())))
	v.cut.Store("/v1/open")
	p.press("#first-scratch", "\r")
	p.said("Pas de réponse du registre") // the card is in use, and the page has not come in
	v.cut.Store("")
	p.press("#first-scratch", "\r")
	p.section("account")
	p.until("its number, its place, and its welcome", `document.querySelector("#own-number").textContent.replace(/\D/g, "").length === 11 && document.querySelector("#own-place").textContent === "nord" && !document.querySelector("#welcome").hidden`)
	p.until("what is open there", `document.querySelectorAll("#votable > li:not([hidden])").length === 1`)
	if _, err := note.Open([]byte(p.text("#word-text")), v.Signer.Verifier()); err != nil {
		t.Errorf("the register's word as it is shown: %v", err)
	}
	p.look("account")
	p.press("#leave", "\r")
	p.said("Vous avez quitté")

	p.fill("#number", number)
	p.fill("#passphrase", "oubliée depuis longtemps")
	p.press("#passphrase", "\r")
	p.said("Aucun compte ne s’ouvre")
	p.do(chromedp.Focus(`input[name=by][value=scratch]`), chromedp.KeyEvent(" "))
	p.until("the code is asked for", `!document.querySelector("#by-scratch").hidden`)
	p.fill("#scratch", string(card.Scratch.Characters()))
	p.press("#scratch", "\r")
	p.section("account")
	p.until("a new phrase is advised", `!document.querySelector("#by-card").hidden`)
	p.fill("#new-passphrase", "  cheval exact  pile agrafe ")
	p.press("#new-passphrase", "\r")
	p.said("phrase de passe est enregistrée")
	pass := access.FromPassphrase(v.Register.Codes, v.Rho, card.Number, "cheval exact pile agrafe")
	a, err := v.opens(t, card.Number, access.Passphrase, pass.Login)
	if err != nil {
		t.Fatalf("the same passphrase elsewhere: %v", err)
	}
	if x := pass.Open(a.Masked); group.MulBase(x).Bytes() != a.Key {
		t.Error("another key than the account's")
	}

	p.press("#add-passkey", "\r")
	p.said("Cette clé d’accès ouvre")
	p.press("#leave", "\r")
	p.press("#use-passkey", "\r")
	p.section("account")
	p.press("#cut", "\r")
	p.until("it is asked once more", `document.querySelector("#cut-sure").open`)
	p.look("cut")
	p.press("#cut-sure-yes", "\r")
	p.said("carte est coupée")
	scratch := access.FromScratch(v.Register.Codes, v.Rho, card.Number, card.Scratch)
	if _, err := v.opens(t, card.Number, access.Scratch, scratch.Login); err == nil {
		t.Error("a card that was cut opens")
	}
	p.press("#drop-passkey", "\r")
	p.said("clé d’accès n’ouvre plus")
	p.press("#suspend", "\r")
	p.said("suspendu")
	p.look("suspended")
	if a, err := v.opens(t, card.Number, access.Passphrase, pass.Login); err != nil || a.State != register.Suspended {
		t.Errorf("suspended: %v %v", a.State, err)
	}
	p.press("#resume", "\r")
	p.said("de nouveau en service")
	p.press("#close", "\r")
	p.until("it is asked once more", `document.querySelector("#close-sure").open`)
	p.press("#close-sure-no", "\r")
	p.until("nothing was closed", `!document.querySelector("#close-sure").open`)
	p.press("#close", "\r")
	p.press("#close-sure-yes", "\r")
	p.section("closed")
	p.look("closed")
	p.do(chromedp.Navigate(p.url + "/en/compte"))
	p.until("the page is ready", `!document.querySelector("#account-page").hidden`)
	p.fill("#number", number)
	p.fill("#passphrase", "cheval exact pile agrafe")
	p.press("#passphrase", "\r")
	p.said("cancelled or closed, for good")
	p.look("english")
}
