package e2e

import (
	"bytes"
	"io"
	"net/http"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"isoloir/crypto/group"
	"isoloir/crypto/sigma"
	"isoloir/register"
	"isoloir/register/access"
	"isoloir/replay/parties"
	"isoloir/scrutin"
	"isoloir/server"
	"isoloir/server/demonstration"
	"isoloir/urn"
)

// accounts of each of the two constituencies: as few as may open a count.
const accounts = 10

// A town is a world in which people vote by anonymous accounts, with its register.
type town struct {
	*world
	cards    []demonstration.Card // first those of the centre that are in use
	register *register.Register
	rho      scrutin.Digest
}

func newTown(t *testing.T) *town {
	t.Helper()
	w := &world{t: t, dir: filepath.Join(t.TempDir(), "run"), houses: map[string]*served{}}
	o := demonstration.AccountOptions{Accounts: accounts, Lasts: 24 * time.Hour, MemoryKiB: 64, Shape: parties.Shape{Holders: 3, Threshold: 2, Mixers: 2, Witnesses: 1, WorkFactor: 1}}
	quiet := demonstration.Watcher{Step: func(string) {}, Stage: func(string, int, int) {}}
	err := demonstration.PrepareAccounts(t.Context(), w.dir, o, netip.MustParseAddrPort("127.0.0.1:8080"), quiet)
	if err == nil {
		w.Demonstration, err = demonstration.Open(w.dir, 2)
	}
	if err != nil {
		t.Fatal(err)
	}
	conf := w.Config
	var nowhere string
	for origin, listen := range map[*string]*string{&conf.Origins.Portal: &conf.Portal.Listen, &conf.Origins.Urn: &conf.Urn.Listen, &conf.Origins.Register: &nowhere} {
		if *listen, err = free(); err != nil {
			t.Fatal(err)
		}
		*origin = "http://" + strings.Replace(*listen, "127.0.0.1", "localhost", 1)
	}
	registry, err := w.ServeRegister(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := registry.Shut(); err != nil {
			t.Error(err)
		}
	})
	w.serve("urn")
	w.serve("portal")
	v := &town{world: w}
	text := v.asked(t, "/register.json", nil)
	if v.register, v.rho, err = register.ParseRegister(text); err == nil {
		v.cards, err = w.Cards()
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// asked is what the register answers to a path; to a message where there is a request.
func (v *town) asked(t *testing.T, path string, request []byte) []byte {
	t.Helper()
	a, err := http.Get(v.Config.Origins.Register + path)
	if request != nil {
		a, err = http.Post(v.Config.Origins.Register+path, "application/octet-stream", bytes.NewReader(request))
	}
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	data, err := io.ReadAll(a.Body)
	if err != nil || a.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", path, a.Status, err)
	}
	return data
}

// secret opens an account as a device does.
func (v *town) secret(t *testing.T, c demonstration.Card) group.Scalar {
	t.Helper()
	hello := access.OpenRequest{Number: c.Number}.Bytes()[:8]
	challenge := access.Challenge(v.asked(t, "/v1/hello", hello)[1:])
	way := access.FromPassphrase(v.register.Codes, v.rho, c.Number, c.Passphrase)
	proof, err := access.LoginClaim(v.rho, c.Number, sigma.NewElement(group.MulBase(way.Login)), challenge).Prove(way.Login)
	if err != nil {
		t.Fatal(err)
	}
	answer := v.asked(t, "/v1/open", access.OpenRequest{Number: c.Number, Kind: access.Passphrase, Challenge: challenge, Login: proof}.Bytes())
	const before = 1 + 32 + 8 + 2 + group.PointSize // of what the register keeps of the secret
	masked, err := group.DecodeScalar(answer[before : before+group.ScalarSize])
	if err != nil {
		t.Fatalf("the register answers %d: %v", answer[0], err)
	}
	return way.Open(masked)
}

// others has accounts of the centre vote against, on devices that nobody watches.
func (v *town) others(t *testing.T, cards []demonstration.Card) {
	t.Helper()
	service := v.houses["urn"].house.Roles.Urn.Service
	rules := service.Rules[0]
	for _, c := range cards {
		b, err := urn.NewBallot(rules, v.secret(t, c), 0, urn.Hash{}, []group.Point{rules.Options[0][1], rules.Options[1][1]})
		if err != nil {
			t.Fatal(err)
		}
		if a := service.Append(t.Context(), []urn.AppendRequest{{Ballot: b.Bytes()}}); a[0].Err != nil {
			t.Fatal(a[0].Err)
		}
	}
}

// glance looks at a step at three widths.
func (v *visitor) glance(name string) {
	v.Helper()
	v.accept(name)
	v.screen(320, false)
	v.fits(name + " at 320 px")
	v.pictured(name, "light", 320, 390, 1280)
	v.size(390)
}

// login opens an account on the page where one votes, by keys alone.
func (v *visitor) login(c demonstration.Card, by string) {
	v.Helper()
	v.at("about")
	v.tabTo("about-go")
	v.press(kb.Enter)
	v.at("open")
	v.tabTo("number")
	v.press(c.Number.String())
	secret := c.Passphrase
	if by == "scratch" {
		secret = strings.ToLower(c.Scratch)
		v.do(chromedp.Focus("#by-scratch"))
		v.press(" ")
		v.until(`!document.getElementById("field-scratch").hidden`)
	}
	v.tabTo(by)
	v.press(secret, kb.Enter)
}

// cast answers and sends, and gives the receipt code.
func (v *visitor) cast(option string) string {
	v.Helper()
	v.at("choice")
	for _, answer := range []string{"[name=q-place][value=" + option + "]", "[name=q-bibliotheque][value=contre]"} {
		v.do(chromedp.Focus("input" + answer))
		v.press(" ")
	}
	v.tabTo("choice-go")
	v.press(kb.Enter)
	v.at("confirm")
	v.tabTo("confirm-yes")
	v.press(kb.Enter)
	v.at("ready")
	v.until(`!document.getElementById("ready-made").hidden`)
	code := v.text("ready-code")
	v.tabTo("ready-send")
	v.press(kb.Enter)
	v.at("receipt")
	if got := v.text("receipt-code"); got != code {
		v.Errorf("the receipt says %s, and the ballot was %s", got, code)
	}
	return code
}

// fate is what became of a ballot, as the page of receipts follows it to the count.
func (v *visitor) fate(code string) string {
	v.Helper()
	v.open("/fr/verifier")
	v.at("ask")
	v.paste("code", code)
	v.click("check-go")
	v.until(`device.dataset.found === "counted-last"`)
	v.click("found-follow")
	v.until(`["followed", "replaced", "lost"].includes(device.dataset.found)`)
	return eval[string](v, "device.dataset.found")
}

// TestConsultation is a citizen's way: what is open in his territory, arguments for and
// against, his vote, another one instead, one at a terminal which stands for all, and after
// the count the result and what became of each ballot. (S000-9, S001-13)
func TestConsultation(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	me := w.cards[0]
	v := w.visit(t, 390)
	v.do(chromedp.Navigate(w.Config.Origins.Register + "/fr/consultations"))
	v.until(`document.querySelector(".phase-of a")`)
	v.do(chromedp.Focus(".phase-of a"))
	v.press(kb.Enter)
	v.until(`document.querySelectorAll(".argument").length === 3 && document.body.textContent.includes("Sous influence")`)
	v.do(chromedp.Focus("a.vote"))
	v.press(kb.Enter)
	v.at("about")
	v.glance("consult-about")
	v.login(me, "passphrase")
	first := v.cast("pour")
	v.glance("consult-receipt")
	if kept := v.kept(); strings.Contains(kept, "pour") || strings.Contains(kept, me.Passphrase) || !strings.HasPrefix(kept, "[{},{},[],[]") {
		t.Errorf("after the vote the device keeps %s", kept)
	}

	v.open("/en/voter")
	v.login(me, "scratch")
	v.at("standing")
	if said := v.text("standing-code"); said != first {
		t.Errorf("his last ballot is %s, and the urn says %s", first, said)
	}
	v.glance("consult-standing")
	v.tabTo("standing-change")
	v.press(kb.Enter)
	second := v.cast("blank")
	third := w.supervised(t, me)

	v.open("/fr/voter")
	v.login(me, "passphrase")
	v.at("standing")
	if said := v.text("standing-text"); !strings.Contains(said, "à une borne de la mairie") || eval[bool](v, `!document.getElementById("standing-change").hidden`) || v.text("standing-code") != third {
		t.Errorf("after a vote at a terminal the page says %s", said)
	}
	w.refused(t)
	w.others(t, w.cards[1:accounts])

	if err := w.Finish(t.Context(), w.all(), demonstration.Watcher{Step: func(string) {}, Stage: func(string, int, int) {}}); err != nil {
		t.Fatal(err)
	}
	for status := ""; !strings.Contains(status, `"published"`); time.Sleep(100 * time.Millisecond) {
		_, status = w.get(t, "/status")
	}
	v.do(chromedp.Navigate(w.Config.Origins.Register+"/fr/consultations/consultation"), chromedp.Reload()) // it may be kept for a minute
	v.do(chromedp.Focus(`a.button[href$="/resultats"]`))
	v.press(kb.Enter)
	v.until(`document.querySelector(".result tbody tr")`)
	if shown := eval[string](v, `[...document.querySelectorAll("section > .result")][0].innerText`); !strings.Contains(plain(shown), "Contre 9") || !strings.Contains(plain(shown), "Pour 1") {
		t.Errorf("the result is %s", shown)
	}
	for code, want := range map[string]string{first: "replaced", second: "replaced", third: "followed"} {
		if got := v.fate(code); got != want {
			t.Errorf("a ballot that is %s is %q", want, got)
		}
	}
}

// all are the roles together.
func (w *town) all() *server.Roles {
	all := *w.houses["portal"].house.Roles
	all.Urn = w.houses["urn"].house.Roles.Urn
	return &all
}

// supervised is a vote at the terminal, which is given its key first, and of which nothing
// stays: neither what was sent, nor what was begun and left.
func (w *town) supervised(t *testing.T, c demonstration.Card) (code string) {
	v := w.visit(t, 1280)
	v.open("/fr/voter?borne")
	v.at("terminal")
	v.do(chromedp.SetUploadFiles("#terminal", []string{filepath.Join(w.dir, "urn", "urn.key")}))
	v.until(`!document.getElementById("terminal-error").hidden`)
	v.glance("consult-terminal")
	v.do(chromedp.SetUploadFiles("#terminal", []string{filepath.Join(w.dir, "demo", "terminal.key")}))
	v.login(c, "passphrase")
	v.at("choice")
	v.do(chromedp.Focus(`input[name=q-place][value=contre]`))
	v.press(" ")
	v.do(chromedp.Reload())
	v.login(c, "passphrase")
	v.at("choice")
	if eval[bool](v, `!!document.querySelector("#questions input:checked")`) {
		t.Error("who comes to the terminal sees what somebody before him had begun to choose")
	}
	v.glance("consult-kiosk")
	code = v.cast("pour")
	v.press(kb.Tab)
	v.do(chromedp.Focus("#kiosk-end"))
	v.press(kb.Enter)
	v.at("about")
	kept := v.kept()
	if strings.Contains(kept, "pour") || strings.Contains(kept, "draft") || eval[string](v, `JSON.stringify([Object.keys(localStorage), Object.keys(sessionStorage)])`) != `[["isoloir/terminal"],[]]` {
		t.Errorf("the terminal keeps %s", kept)
	}
	for _, secret := range []string{c.Passphrase, c.Number.String(), code} {
		if eval[bool](v, `document.documentElement.outerHTML.includes(`+quoted(secret)+`) || [...document.querySelectorAll("input")].some((i) => i.type !== "radio" && i.value.includes(`+quoted(secret)+`))`) {
			t.Errorf("the terminal still shows %q", secret)
		}
	}
	return code
}

// refused are those who cannot vote here: a card that is not in use yet, and one that was
// taken into use after the list of accounts was drawn up.
func (w *town) refused(t *testing.T) {
	v := w.visit(t, 390)
	fresh := w.cards[accounts]
	fresh.Passphrase = "cheval exact pile agrafe"
	v.open("/fr/voter")
	v.login(fresh, "passphrase")
	v.until(`!document.getElementById("open-said").hidden && document.getElementById("open-said").textContent.includes("Aucun compte ne s’ouvre")`)
	v.glance("consult-refused")
	v.do(chromedp.Navigate(w.Config.Origins.Register + "/fr/compte"))
	v.until(`document.querySelector("#to-first")?.checkVisibility()`)
	v.do(chromedp.Focus("#to-first"))
	v.press(kb.Enter)
	v.write("first-number", fresh.Number.String())
	v.write("first-passphrase", fresh.Passphrase)
	v.write("first-scratch", fresh.Scratch)
	v.press(kb.Enter)
	v.until(`document.getElementById("account").checkVisibility() && document.querySelectorAll("#votable > li:not([hidden])").length === 1`)
	v.open("/fr/voter")
	v.login(fresh, "passphrase")
	v.met("absent")
	v.glance("consult-absent")
}
