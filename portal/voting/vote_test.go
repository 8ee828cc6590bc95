package voting_test

import (
	"strings"
	"testing"

	"isoloir/web/chrome"
)

func TestVote(t *testing.T) {
	b := chrome.Start(t)
	t.Run("honest", func(t *testing.T) {
		w := newWorld(t, nil)
		v := w.visit(t, b)
		v.size(390, 844)
		code := v.ready(3, 1)
		if w.times("reserve") != 0 {
			t.Error("something left before the voter had seen his receipt code")
		}
		v.picture("ready")
		v.click("ready-send")
		v.at("receipt")
		v.picture("receipt")
		if got := v.text("receipt-code"); got != code || len(strings.ReplaceAll(code, " ", "")) != 64 {
			t.Errorf("the receipt says %q, and what was shown before is %q", got, code)
		}
	})
}
