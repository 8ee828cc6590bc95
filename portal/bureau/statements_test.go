package bureau

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"isoloir/bve/journal"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
)

// hidden is what a page's form carries in a field.
func hidden(t testing.TB, page, name string) string {
	t.Helper()
	found := regexp.MustCompile(`name="` + regexp.QuoteMeta(name) + `" value="([^"]*)"`).FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("the page has no field %s:\n%s", name, page)
	}
	return html.UnescapeString(found[1])
}

// TestElsewhere goes without a script: a form leads to the statement's text, which is signed
// on another machine and brought back; a voice for a motion signs the act first.
func TestElsewhere(t *testing.T) {
	w := newWorld(t, nil)
	sign := func(who, text string) string {
		t.Helper()
		data, err := note.Sign(text, w.signer(who))
		if err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(string(data), "\n", "\r\n") // as forms send it
	}
	state := func(who string, form url.Values) *http.Response {
		t.Helper()
		form.Set("elsewhere", "yes")
		page := w.ask(http.MethodPost, "/fr/declaration", who, form)
		if page.Code != http.StatusOK {
			t.Fatalf("%v: %d", form, page.Code)
		}
		body := page.Body.String()
		if strings.Contains(body, `name="signed"`) {
			act := hidden(t, body, "text")
			form.Set("signed", sign(who, act))
			body = w.ask(http.MethodPost, "/fr/declaration", who, form).Body.String()
		}
		text := hidden(t, body, "text")
		if file := w.ask(http.MethodPost, "/fr/declaration/fichier", who, url.Values{"text": {text}}).Body.String(); file != text {
			t.Errorf("the file is %q", file)
		}
		return w.ask(http.MethodPost, "/fr/declaration/collee", who, url.Values{"note": {sign(who, text)}, "text": {text}}).Result()
	}
	say := func(who string, form url.Values) {
		t.Helper()
		if answer := state(who, form); answer.StatusCode != http.StatusSeeOther {
			t.Errorf("%v of %s: %s", form, who, answer.Status)
		}
	}
	say("member-1", url.Values{"kind": {"session-open"}, "body.purpose": {"Constitution du\nbureau"}})
	for _, who := range holders {
		say(who, url.Values{"kind": {"present"}})
	}
	draft := w.ask(http.MethodPost, "/fr/seance/proposer", "member-1", url.Values{"act": {scrutin.ActConstitute}}).Body.String()
	act := hidden(t, draft, "body.act")
	say("member-1", url.Values{"kind": {"motion"}, "body.act": {act}})
	name := scrutin.TextDigest(act).String()
	for _, who := range holders[:4] {
		say(who, url.Values{"kind": {"support"}, "act": {act}, "body.motion": {name}})
	}
	say("member-5", url.Values{"kind": {"against"}, "body.motion": {name}})
	say("member-6", url.Values{"kind": {"abstain"}, "body.motion": {name}})
	if answer := w.ask(http.MethodPost, "/fr/seance/"+name+"/ecrire", "member-6", nil); answer.Code != http.StatusSeeOther {
		t.Errorf("the act is not written: %d %s", answer.Code, answer.Body)
	}
	say("committee", url.Values{"kind": {"opinion"}, "body.about": {scrutin.ActSuspend}, "body.opinion": {"Une heure suffit."}})
	say("expert", url.Values{"kind": {"report"}, "body.title": {"Expertise"}, "body.sha256": {strings.Repeat("ab", 32)}, "body.size": {"12"}})
	say("member-2", url.Values{"kind": {"custody"}, "body.medium": {"Copie de la liste"}, "body.holder": {"member-2"}, "body.state": {"in"}})
	say("member-3", url.Values{"kind": {"observation"}, "body.text": {"Première ligne.\r\nSeconde ligne."}})
	alert := w.say(journal.Alert{What: journal.AlertDisk, Severity: journal.Warning, Source: "urn"})
	say("member-4", url.Values{"kind": {"acknowledged"}, "body.alert": {alert.Text.String()}})
	say("member-4", url.Values{"kind": {"leave"}})
	say("member-1", url.Values{"kind": {"session-close"}, "body.head": {w.office.Journal().Place().Head.String()}})

	for name, form := range map[string]url.Values{
		"of no kind":    {"kind": {"adopted"}},
		"no digest":     {"kind": {"against"}, "body.motion": {"abc"}},
		"a false voice": {"kind": {"support"}, "body.motion": {name}, "signed": {sign("member-2", act)}},
		"no purpose":    {"kind": {"session-open"}},
	} {
		if answer := w.ask(http.MethodPost, "/fr/declaration", "member-1", form); answer.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, answer.Code)
		}
	}
}

// TestRoom opens the page for the room by an address that a member has made for the session
// that is open, and for no other.
func TestRoom(t *testing.T) {
	w := newWorld(t, nil)
	room := func(path string, cookies ...*http.Cookie) *http.Response {
		q, _ := http.NewRequest(http.MethodGet, path, nil)
		for _, c := range cookies {
			q.AddCookie(c)
		}
		answer := recorded(w, q)
		return answer
	}
	if answer := w.ask(http.MethodPost, "/fr/salle/ouvrir", "member-1", nil); answer.Code != http.StatusForbidden {
		t.Errorf("a room without a session: %d", answer.Code)
	}
	w.sit("Première", holders...)
	address := regexp.MustCompile(`/fr/salle\?cle=[A-Z2-7]+`).FindString(w.ask(http.MethodPost, "/fr/salle/ouvrir", "member-1", nil).Body.String())
	if address == "" {
		t.Fatal("no address for the room")
	}
	if answer := room("/fr/salle?cle=AAAAAAAAAAAAAAAA"); answer.StatusCode != http.StatusForbidden || len(answer.Cookies()) > 0 { // it would take the room's own away
		t.Errorf("an address that nobody has made: %s, %v", answer.Status, answer.Cookies())
	}
	key := room(address).Cookies()
	if len(key) != 1 || !key[0].Secure || !key[0].HttpOnly {
		t.Fatalf("%v", key)
	}
	if answer := room("/fr/salle", key...); answer.StatusCode != http.StatusOK {
		t.Errorf("the room is closed to its address: %s", answer.Status)
	}
	if page := w.ask(http.MethodGet, "/fr/salle", "member-2", nil).Body.String(); !strings.Contains(page, `<noscript><meta http-equiv="refresh" content="5">`) {
		t.Error("without a script the room's page does not bring itself up to date")
	}
	for path, c := range map[string]*http.Cookie{"/fr/salle": {Name: roomCookie, Value: "AAAAAAAAAAAAAAAA"}, "/fr/journal": key[0], "/fr/": key[0]} {
		if answer := room(path, c); answer.StatusCode != http.StatusForbidden && answer.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %s", path, answer.Status)
		}
	}
	w.state("member-1", journal.SessionClose{Head: w.office.Journal().Place().Head})
	w.sit("Seconde", holders...)
	if answer := room("/fr/salle", key...); answer.StatusCode != http.StatusForbidden {
		t.Errorf("the address of the first session opens the second: %s", answer.Status)
	}
}

// TestObservation takes what people without a login say, line by line, and nothing else of
// them (S004-15b).
func TestObservation(t *testing.T) {
	w := newWorld(t, nil)
	for _, form := range []url.Values{{"quality": {"voter"}, "text": {"x"}}, {"who": {"A"}, "quality": {"member"}, "text": {"x"}}, {"who": {"A"}, "quality": {"voter"}, "text": {" \n "}},
		{"who": {strings.Repeat("a", 301)}, "quality": {"voter"}, "text": {"x"}}} {
		if answer := w.ask(http.MethodPost, "/fr/observations/nouvelle", "", form); answer.Code != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d", form, answer.Code)
		}
	}
	answer := w.ask(http.MethodPost, "/fr/observations/nouvelle", "", url.Values{"who": {" Rose  Abadie "}, "quality": {"voter"}, "text": {"Première.\r\n\tSeconde\x00\u0091\u2028<b>\xff."}})
	entries := w.office.Journal().Entries(0)
	if answer.Code != http.StatusOK || len(entries) != 1 {
		t.Fatalf("%d, %d entries", answer.Code, len(entries))
	}
	if o := observationOf(entries[0]); o.Who != "Rose Abadie" || strings.Join(o.Text, "|") != "Première.|Seconde <b> ." || o.Annex {
		t.Errorf("%+v", o)
	}
	if page := w.ask(http.MethodGet, "/fr/observations", "member-6", nil).Body.String(); !strings.Contains(page, "Seconde &lt;b&gt; .") {
		t.Error("the members do not see it")
	}
}

// TestCopy gives a member the journal as a file that holds by itself, and nobody a turnout
// who may not read it.
func TestCopy(t *testing.T) {
	w := newWorld(t, nil)
	w.sit("Première", holders...)
	w.say(journal.Turnout{Urns: w.figures})
	for _, who := range []string{"member-6", "expert", "staff"} {
		if answer := w.ask(http.MethodGet, "/fr/journal/copie", who, nil); answer.Code != http.StatusForbidden {
			t.Errorf("%s takes a copy: %d", who, answer.Code)
		}
	}
	before := w.office.Journal().Place().Number
	answer := w.ask(http.MethodGet, "/fr/journal/copie", "member-1", nil)
	entered := w.office.Journal().Entries(before)
	if len(entered) != 1 || entered[0].Statement.Body != (journal.Read{Member: "member-1", What: journal.ReadTurnout}) {
		t.Errorf("taking a copy has entered %d entries", len(entered))
	}
	f, rows, err := journal.Decode(answer.Body.Bytes())
	if err != nil || f != w.Fingerprint || len(rows) != w.office.Journal().Place().Number || rows[len(rows)-1].Head != w.office.Journal().Place().Head {
		t.Errorf("%v: %d rows of %s", err, len(rows), f)
	}
	for _, who := range []string{"member-1", "member-6", "expert", "staff"} {
		body := html.UnescapeString(w.ask(http.MethodGet, "/en/journal", who, nil).Body.String())
		if strings.Contains(body, `"marks": 0`) || !strings.Contains(body, "Turnout is read on its own page") {
			t.Errorf("%s sees the turnout in the journal, and nobody has entered it", who)
		}
	}
}

// TestRecords reads what a member says that an act adopts.
func TestRecords(t *testing.T) {
	digest := strings.Repeat("ab", 32)
	got, err := records("\r\n" + digest + "  software\r\n" + digest + " log/urn-1 \n")
	if err != nil || len(got) != 2 || got[0].Path != "software" || got[1].Path != "log/urn-1" || got[1].SHA256.String() != digest {
		t.Error(got, err)
	}
	for _, bad := range []string{"software", digest, digest + " a b", "ab software"} {
		if got, err := records(bad); err == nil {
			t.Errorf("%q is read as %v", bad, got)
		}
	}
}
