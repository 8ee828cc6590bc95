package bureau

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
	"isoloir/trustee/trusteetest"
)

// TestAnnex takes observations after the minutes were adopted, of everybody and of a member,
// into their annex.
func TestAnnex(t *testing.T) {
	w := &world{World: trusteetest.New(t, t.TempDir(), scrutintest.Options{Holders: 3}).Ceremony()}
	w.Act(scrutin.ActAnnul, scrutin.ActBody{Reason: "une urne a manqué"})
	w.Act(scrutin.ActMinutes, scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: scrutin.AdoptMinutes, SHA256: scrutin.Digest{1}}, {Path: scrutin.AdoptJournal, SHA256: scrutin.Digest{2}}}})
	w.begin(t, w.Manifest.Schedule.Close.AddDate(0, 1, 0))
	if page := w.ask(http.MethodGet, "/fr/observations", "member-1", nil).Body.String(); !strings.Contains(page, `name="body.annex" value="true"`) {
		t.Error("a member's form does not say that the minutes are adopted")
	}
	said := url.Values{"who": {"Rose Abadie"}, "quality": {"voter"}, "text": {"Trop tard ?"}}
	if answer := w.ask(http.MethodPost, "/fr/observations/nouvelle", "", said); answer.Code != http.StatusOK {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	text := hidden(t, w.ask(http.MethodPost, "/fr/declaration", "member-2", url.Values{"kind": {"observation"}, "body.text": {"Moi aussi."}}).Body.String(), "text")
	signed, err := note.Sign(text, w.signer("member-2"))
	if err != nil {
		t.Fatal(err)
	}
	if answer := w.ask(http.MethodPost, "/fr/declaration/collee", "member-2", url.Values{"note": {string(signed)}, "text": {text}}); answer.Code != http.StatusSeeOther {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	entries := w.office.Journal().Entries(0)
	if len(entries) != 2 || !observationOf(entries[0]).Annex || !observationOf(entries[1]).Annex {
		t.Errorf("%d entries, not in the annex", len(entries))
	}
}
