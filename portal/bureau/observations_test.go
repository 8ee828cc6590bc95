package bureau

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"isoloir/bve"
	"isoloir/bve/journal"
	"isoloir/portal/guard"
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

// TestObservationsBounded takes of people without a login what a page holds, and of all of
// them together so much in a minute; a form that is only looked at reads no journal.
func TestObservationsBounded(t *testing.T) {
	w := newWorld(t, nil)
	at := w.now()
	standing := &counted{Office: w.office}
	handler, err := New(Config{Manifest: w.Manifest, Fingerprint: w.Fingerprint, Office: standing, Platform: w, Now: func() time.Time { return at },
		Passkeys: func(*guard.Guard) (Passkeys, error) { return cookies{w.Manifest}, nil },
		Guard: func(refuse func(http.ResponseWriter, *http.Request, int)) *guard.Guard {
			return guard.New(guard.Config{Now: func() time.Time { return at }, Passkeys: true, Refuse: refuse})
		}})
	if err != nil {
		t.Fatal(err)
	}
	w.site = handler
	for _, path := range []string{"/fr/entrer", "/fr/observations/nouvelle", "/fr/", "/fr/journal", "/fr/salle"} {
		w.ask(http.MethodGet, path, "", nil)
	}
	say := func(text string) (int, string) {
		answer := w.ask(http.MethodPost, "/fr/observations/nouvelle", "", url.Values{"who": {"Rose Abadie"}, "quality": {"voter"}, "text": {text}})
		return answer.Code, answer.Body.String()
	}
	for name, text := range map[string]string{"41 lines": strings.Repeat("a\r\n", 41), "a long line": strings.Repeat("a", 1001), "4,001 bytes": strings.Repeat(strings.Repeat("é", 399)+"\n", 5) + strings.Repeat("a", 10)} {
		if code, page := say(text); code != http.StatusUnprocessableEntity || !strings.Contains(page, "trop long") || !strings.Contains(page, "par lettre") {
			t.Errorf("%s: %d", name, code)
		}
	}
	if standing.asked > 0 || w.office.Journal().Place().Number > 0 {
		t.Errorf("pages without a login read the journal %d times", standing.asked)
	}
	if code, _ := say(strings.Repeat("a\r\n", 39) + strings.Repeat("é", 1000)); code != http.StatusOK {
		t.Errorf("a page of text: %d", code)
	}
	for i := range everyLimit.Burst - 1 {
		at = at.Add(time.Millisecond)
		if code, _ := say("x"); code != http.StatusOK {
			t.Fatalf("number %d: %d", i, code)
		}
	}
	if code, page := say("x"); code != http.StatusTooManyRequests || !strings.Contains(page, "par lettre") {
		t.Errorf("one more at once: %d", code)
	}
	at = at.Add(everyLimit.Every)
	if code, _ := say("x"); code != http.StatusOK {
		t.Errorf("after a while: %d", code)
	}
	for w.office.Journal().Place().Number < mostObservations {
		w.say(journal.Observation{Who: "A", Quality: "voter", Text: []string{"x"}})
	}
	at = at.Add(time.Hour)
	if code, page := say("x"); code != http.StatusUnprocessableEntity || !strings.Contains(page, "par lettre") || w.office.Journal().Place().Number > mostObservations {
		t.Errorf("more than the journal takes: %d", code)
	}
}

// counted counts who asks how the bureau stands.
type counted struct {
	Office
	asked int
}

func (c *counted) State(ctx context.Context) (*bve.State, error) {
	c.asked++
	return c.Office.State(ctx)
}
