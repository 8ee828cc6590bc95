package voting_test

import (
	"os"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"isoloir/scrutin"
	"isoloir/web/chrome"
)

// judge looks at what shows: nothing is cut off at 320 px, and no rule of
// accessibility is broken, by day and by night.
func (v *visitor) judge(name string) {
	v.Helper()
	for _, width := range []int64{1280, 390, 320} {
		v.size(width, 800)
		for _, scheme := range []string{"light", "dark"} {
			v.media("prefers-color-scheme", scheme)
			if over := eval[int](v, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
				v.Errorf("%s: %d pixels beyond the edge at %d px", name, over, width)
			}
			if os.Getenv("PICTURES") != "" && (width != 320 || scheme == "light") {
				v.picture(name + "-" + strconv.FormatInt(width, 10) + "-" + scheme)
			}
		}
	}
	v.media("prefers-color-scheme", "light")
}

// TestStates goes through every state that a voter can see.
func TestStates(t *testing.T) {
	b := chrome.Start(t)
	t.Run("path", func(t *testing.T) {
		w := newWorld(t, func(m *scrutin.Manifest) {
			m.Colleges[0].Factors = append(m.Colleges[0].Factors, scrutin.Factor{Kind: "code", Channel: "sms"})
			m.Colleges[0].Validation = scrutin.Validation{Kind: "code", Channel: "email"}
			m.Publication.EmailAfterVote = "code"
			m.RestrictedCountries = []string{"CN", "KP", "RU"}
		})
		v := w.visit(t, b)
		v.open("/fr/urne/urn-1/voter")
		v.at("codes")
		v.judge("01-codes")
		v.click("codes-go")
		v.judge("02-codes-missing")
		v.login(2)
		v.at("factor")
		v.until("document.getElementById('factor-said').textContent.includes('c…')")
		v.judge("03-factor")
		v.write("factor-text", "000000")
		v.press(kb.Enter)
		v.until("!document.getElementById('factor-text-error').hidden")
		v.judge("04-factor-wrong")
		v.write("factor-text", w.sent())
		v.press(kb.Enter)
		v.at("choice")
		v.judge("05-choice")
		v.click("choice-go")
		v.judge("06-choice-missing")
		v.choose(0)
		v.judge("07-confirm")
		v.click("confirm-yes")
		v.at("validate")
		v.until("document.getElementById('validate-said').textContent.includes('c…')")
		v.judge("08-validate")
		v.write("validate-text", w.sent())
		v.press(kb.Enter)
		v.made()
		v.judge("09-ready")
		w.deafen(func(name string) bool { return name == "append" })
		v.click("ready-send")
		v.at("sending")
		v.until("!document.getElementById('sending-trouble').hidden")
		v.judge("10-sending")
		w.deafen(nil)
		v.click("sending-now")
		v.at("receipt")
		v.judge("11-receipt")
	})
}
