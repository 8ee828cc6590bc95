package e2e

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"isoloir/courier"
	"isoloir/scrutin"
	"isoloir/server/demonstration"
)

// A ballot is what an elector chooses, by question.
type ballot map[string]string

// A way is how an elector goes through the vote.
type way struct {
	language string // of the pages
	width    int64
	touch    bool   // a finger, where there is a button to press
	keyboard bool   // no pointer
	codes    string // typed, pasted or linked
	judged   bool   // every step is looked at closely
}

// look judges what shows, if that is wanted.
func (v *visitor) look(how way, name string) {
	v.Helper()
	if how.judged {
		v.judge(name)
	}
}

var six = regexp.MustCompile(`\b[0-9]{6}\b`)

// go presses what goes on.
func (v *visitor) next(how way, id string) {
	v.Helper()
	switch {
	case how.keyboard:
		v.tabTo(id)
		v.press(kb.Enter)
	case how.touch:
		v.tap(id)
	default:
		v.click(id)
	}
}

// enter goes to the vote of an elector and gives both codes.
func (v *visitor) enter(who demonstration.Voter, how way) {
	v.Helper()
	page := "/" + how.language + "/urne/" + who.Urn + "/voter"
	if how.codes == "linked" {
		v.linked(who, page)
		v.at("codes")
		v.next(how, "codes-go")
		return
	}
	v.open("/" + how.language + "/urne/" + who.Urn)
	if how.keyboard {
		v.do(chromedp.Focus("a.button.vote"))
		v.press(kb.Enter)
	} else {
		v.do(chromedp.Click("a.button.vote"))
	}
	v.at("codes")
	v.give(who, how)
}

// give fills in both codes and sends them.
func (v *visitor) give(who demonstration.Voter, how way) {
	v.Helper()
	switch {
	case how.codes == "pasted":
		v.paste("identifier", "  "+strings.ReplaceAll(who.Identifier, "-", " ")+" ")
		v.paste("password", strings.ToLower(strings.ReplaceAll(who.Password, "-", "  ")))
	case how.keyboard:
		v.tabTo("identifier")
		v.press(who.Identifier)
		v.tabTo("password")
		v.press(who.Password, kb.Enter)
		return
	default:
		v.write("identifier", who.Identifier)
		v.write("password", who.Password)
	}
	v.next(how, "codes-go")
}

// linked opens the link of the first message, with what the second one brings.
func (v *visitor) linked(who demonstration.Voter, page string) {
	v.Helper()
	link, err := v.world.here(v.world.link(who.Email, courier.Codes))
	if err != nil {
		v.Fatal(err)
	}
	u, err := url.Parse(link)
	if err != nil {
		v.Fatal(err)
	}
	if !strings.HasSuffix(u.Path, "/urne/"+who.Urn+"/voter") {
		v.Errorf("the link of the first message leads to %s", u.Path)
	}
	v.open(page + "#" + u.Fragment + "&p=" + who.Password)
	v.at("codes")
	if at := eval[string](v, "location.href + JSON.stringify(navigation.entries().map((e) => e.url))"); strings.Contains(at, "#") {
		v.Errorf("the codes of the link are still in the address: %s", at)
	}
}

var addresses = regexp.MustCompile(`https?://[^\s<>"]+`)

// link is the address in the last message of a kind.
func (w *world) link(to string, kind courier.Kind) string {
	for _, address := range addresses.FindAllString(w.letter(to, kind, time.Time{}).Body, -1) {
		if strings.Contains(address, "#") {
			return address
		}
	}
	return ""
}

// prove fills in the digits of a step, from the message that brings them.
func (v *visitor) prove(step, to string, since time.Time, how way) {
	v.Helper()
	v.at(step)
	if how.judged {
		v.until("document.getElementById('" + step + "-said').textContent.includes('…')")
		v.write(step+"-text", "12")
		v.press(kb.Enter)
		v.until("!document.getElementById('" + step + "-text-error').hidden")
		v.judge(step)
	}
	digits := six.FindString(v.world.letter(to, courier.Validation, since).Body)
	v.write(step+"-text", digits)
	v.press(kb.Enter)
}

// choose makes a choice, and goes to its confirmation.
func (v *visitor) choose(made ballot, how way) {
	v.Helper()
	v.at("choice")
	v.look(how, "choice")
	if how.judged {
		v.click("choice-go")
		v.until("document.querySelector('#questions .error:not([hidden])')")
		v.judge("choice-empty")
	}
	for question, option := range made {
		id := eval[string](v, `document.querySelector('input[name="q-`+question+`"][value="`+option+`"]').id`)
		if how.keyboard {
			v.do(chromedp.Focus("#" + id))
			v.press(" ")
		} else if how.touch {
			v.tap(id)
		} else {
			v.click(id)
		}
	}
	v.next(how, "choice-go")
	v.at("confirm")
}

// ready goes from the first page of an urn to where the ballot can be sent, and gives
// its receipt code.
func (v *visitor) ready(who demonstration.Voter, made ballot, how way) string {
	v.Helper()
	since := time.Now()
	v.enter(who, how)
	return v.readied(who, made, how, since)
}

// readied goes on from the codes.
func (v *visitor) readied(who demonstration.Voter, made ballot, how way, since time.Time) string {
	v.Helper()
	m := v.world.manifest()
	college := m.Colleges[0]
	for _, c := range m.Colleges {
		if c.ID == who.College {
			college = c
		}
	}
	if len(college.Factors) > 2 {
		v.prove("factor", who.Telephone, since, how)
	}
	v.choose(made, how)
	v.look(how, "confirm")
	shown := v.text("chosen")
	for _, q := range m.QuestionsOf(who.Urn) {
		for _, o := range q.Options {
			if chosen := made[q.ID] == o.ID; strings.Contains(shown, o.Label) != chosen {
				v.Errorf("the confirmation of %v shows %q", made, shown)
			}
		}
		if made[q.ID] == scrutin.Blank && !strings.Contains(shown, map[string]string{"fr": "Vous votez blanc", "en": "blank"}[how.language]) {
			v.Errorf("the confirmation of a blank vote shows %q", shown)
		}
	}
	since = time.Now()
	v.next(how, "confirm-yes")
	if college.Validation.Kind == "code" {
		v.prove("validate", who.Email, since, how)
	}
	code := v.made()
	v.look(how, "ready")
	return code
}

// made waits for the ballot, and gives its receipt code.
func (v *visitor) made() string {
	v.Helper()
	v.at("ready")
	v.until("!document.getElementById('ready-made').hidden")
	return v.text("ready-code")
}

// vote votes, and gives receipt code and receipt file.
func (v *visitor) vote(who demonstration.Voter, made ballot, how way) (code, file string) {
	v.Helper()
	code = v.ready(who, made, how)
	v.next(how, "ready-send")
	v.at("receipt")
	if got := v.text("receipt-code"); got != code {
		v.Errorf("the receipt says %q, and what was shown before is %q", got, code)
	}
	v.look(how, "receipt")
	return code, v.downloaded("receipt-download")
}
