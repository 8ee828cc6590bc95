package bureau

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
	"isoloir/trustee/trusteetest"
)

// TestReason seals urns that nobody has checked since the close: the page says what speaks against it, and goes on when the bureau says why (S004-20a).
func TestReason(t *testing.T) {
	w := &world{World: trusteetest.New(t, t.TempDir(), scrutintest.Options{Urns: 1, Electors: 20, Holders: 3, MinSize: 10}).Ceremony().Enrol().Anonymise().Vote(11)}
	w.begin(t, w.Manifest.Schedule.Close.AddDate(0, 0, 1))
	w.figures[0].Marks, w.figures[0].Ballots = 11, 11
	w.sit("dépouillement", "member-1", "member-2", "member-3")
	form := url.Values{"act": {scrutin.ActSeal}}
	answer := w.ask(http.MethodPost, "/fr/seance/proposer", "member-1", form)
	if page := answer.Body.String(); answer.Code != http.StatusUnprocessableEntity || !strings.Contains(page, "contrôle d&#39;intégrité") || !strings.Contains(page, `name="reason"`) {
		t.Fatalf("%d: %s", answer.Code, page)
	}
	form.Set("given", "yes")
	form.Set("reason", "le contrôle a été fait à la main")
	if answer = w.ask(http.MethodPost, "/fr/seance/proposer", "member-1", form); answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), "le contrôle a été fait à la main") {
		t.Errorf("%d: %s", answer.Code, answer.Body)
	}
}
