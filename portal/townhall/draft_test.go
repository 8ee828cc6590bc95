package townhall

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"isoloir/scrutin"
	"isoloir/space"
)

// send posts a step of a draft with its revision, and gives where it leads.
func (w *world) send(path string, form url.Values) string {
	w.Helper()
	id := strings.Split(path, "/")[2]
	c, err := w.Space.Store.Consultation(w.Context(), "ville", id)
	if err != nil {
		w.Fatal(err)
	}
	form.Set("revision", fmt.Sprint(c.Revision))
	answer := w.ask(http.MethodPost, "/ville/fr"+path, w.cookies[space.Editor], form)
	if answer.Code != http.StatusSeeOther {
		w.Fatalf("%s: %d %s", path, answer.Code, answer.Body)
	}
	return strings.TrimPrefix(answer.Header().Get("Location"), "/ville/fr/consultations/"+id)
}

// TestSteps writes a draft step by step without a script: what is typed is kept, what is wrong is said beside
// it, and the manifest comes of what was typed.
func TestSteps(t *testing.T) {
	w := newWorld(t, scrutin.Real)
	w.Ceremony()
	answer := w.ask(http.MethodPost, "/ville/fr/consultations", w.cookies[space.Editor], url.Values{})
	id := regexp.MustCompile(`c-[0-9a-f]{10}`).FindString(answer.Header().Get("Location"))
	at := "/consultations/" + id
	if to := w.send(at+"/texte", url.Values{"title": {"  "}, "context": {"Un.\r\n\r\nDeux."}}); to != "/texte?revoir" {
		t.Errorf("an empty title leads to %s", to)
	}
	page := w.ask(http.MethodGet, "/ville/fr"+at+"/texte?revoir", w.cookies[space.Editor], nil).Body.String()
	if !strings.Contains(page, `aria-invalid="true"`) || !strings.Contains(page, `id="title-error"`) || !strings.Contains(page, "Deux.") {
		t.Error("what is missing is not said beside the field, or what was typed is lost")
	}
	for _, step := range []struct {
		path string
		form url.Values
		to   string
	}{
		{"/texte", url.Values{"title": {"Budget participatif"}, "context": {"Un.\r\n\r\nDeux."}}, "/questions/1"},
		{"/questions/1", url.Values{"title": {"Que faire ?"}, "answers": {"options"}, "options": {"Arbres\n\nArbres"}, "most": {"1"}}, "/questions/1?revoir"},
		{"/questions/1", url.Values{"title": {"Que faire ?"}, "answers": {"options"}, "options": {"Arbres\r\nBancs\r\n"}, "most": {"deux"}}, "/questions/1?revoir"},
		{"/questions/1", url.Values{"title": {"Que faire ?"}, "answers": {"options"}, "options": {"Arbres\r\nBancs\r\n"}, "most": {"1"}}, "/documents"},
		{"/questions", url.Values{}, "/questions/2"},
		{"/questions/2", url.Values{"title": {"D’accord ?"}, "answers": {"for-against"}, "most": {"1"}}, "/documents"},
		{"/territoire", url.Values{}, "/territoire?revoir"},
		{"/territoire", url.Values{"territory": {"sud", "nord", "nulle-part"}}, "/dates"},
		{"/dates", url.Values{"opens-day": {"2032-05-21"}, "opens-hour": {"10:00"}, "closes-day": {"2032-05-20"}, "closes-hour": {"10:00"}}, "/dates?revoir"},
		{"/dates", url.Values{"opens-day": {"2032-05-21"}, "opens-hour": {"10:00"}, "closes-day": {"2032-05-26"}, "closes-hour": {"18:00"}}, "/regles"},
		{"/regles", url.Values{"deciders": {"citizens"}, "absent": {"counted"}, "scale": {"constituency"}, "rule": {"relative-majority"}, "majority": {"0"}, "turnout": {"0"},
			"publication": {"evidence"}, "finality": {"revote"}, "smallest": {"20"}}, ""},
	} {
		if to := w.send(at+step.path, step.form); to != step.to {
			t.Errorf("%s %v leads to %q, want %q", step.path, step.form, to, step.to)
		}
	}
	w.List(id, "nord", "sud")
	stale := w.ask(http.MethodPost, "/ville/fr"+at+"/texte", w.cookies[space.Editor], url.Values{"revision": {"1"}, "title": {"Autre"}})
	if stale.Code != http.StatusConflict {
		t.Errorf("what somebody read before another saved: %d", stale.Code)
	}
	if page := w.ask(http.MethodGet, "/ville/fr"+at, w.cookies[space.Editor], nil).Body.String(); strings.Contains(page, `id="problems"`) || strings.Contains(page, `id="publish"`) {
		t.Error("an editor's page of a complete draft has problems, or offers to publish")
	}
	c, err := w.Space.Store.Consultation(t.Context(), "ville", id)
	if err != nil {
		t.Fatal(err)
	}
	answer = w.ask(http.MethodPost, "/ville/fr"+at+"/publier", w.cookies[space.Publisher], url.Values{"revision": {fmt.Sprint(c.Revision)}})
	if answer.Code != http.StatusSeeOther || !w.sealed(id) {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	// what is published is changed by acts alone, with the sentence why not
	answer = w.ask(http.MethodPost, "/ville/fr"+at+"/questions/2", w.cookies[space.Publisher], url.Values{"revision": {fmt.Sprint(c.Revision + 1)}, "title": {"Pas d’accord ?"}, "answers": {"for-against"}, "most": {"1"}})
	if answer.Code != http.StatusUnprocessableEntity || !strings.Contains(answer.Body.String(), "ne change plus une fois publié") {
		t.Errorf("a question that is published: %d", answer.Code)
	}
	for want, form := range map[string]url.Values{
		"plus tardive": {"closes-day": {"2032-05-25"}, "closes-hour": {"18:00"}, "reason": {"Vite."}},
		"motif":        {"closes-day": {"2032-05-27"}, "closes-hour": {"18:00"}, "reason": {" "}},
	} {
		form.Set("revision", fmt.Sprint(c.Revision+1))
		if answer := w.ask(http.MethodPost, "/ville/fr"+at+"/prolonger", w.cookies[space.Publisher], form); answer.Code != http.StatusUnprocessableEntity || !strings.Contains(answer.Body.String(), want) {
			t.Errorf("%s: %d", want, answer.Code)
		}
	}
	answer = w.ask(http.MethodPost, "/ville/fr"+at+"/prolonger", w.cookies[space.Publisher], url.Values{"revision": {fmt.Sprint(c.Revision + 1)}, "closes-day": {"2032-05-27"}, "closes-hour": {"18:00"}, "reason": {"Une panne."}})
	if page := w.ask(http.MethodGet, "/ville/fr"+at, w.cookies[space.Publisher], nil).Body.String(); answer.Code != http.StatusSeeOther || !strings.Contains(page, "Une panne.") {
		t.Errorf("a later end: %d", answer.Code)
	}
	answer = w.ask(http.MethodPost, "/ville/fr"+at+"/cloner", w.cookies[space.Editor], nil)
	clone, err := w.Space.Store.Consultation(t.Context(), "ville", regexp.MustCompile(`c-[0-9a-f]{10}`).FindString(answer.Header().Get("Location")))
	if err != nil || clone.State != space.Drafting || clone.Draft.Opens != "" || len(clone.Draft.Questions) != 2 {
		t.Errorf("the copy is %+v, %v", clone, err)
	}
	shelf := &Shelf{Space: w.Space}
	if found, err := shelf.Published(t.Context()); err != nil || len(found) != 1 || found[0].ID != id || len(found[0].Acts) != 2 {
		t.Errorf("citizens read %+v, %v", found, err)
	}
	if _, err := shelf.Consultation(t.Context(), clone.ID); err != space.ErrUnknown {
		t.Errorf("citizens read a draft: %v", err)
	}
}

// TestFiles takes documents and pictures that are what they say, and shows them to nobody outside.
func TestFiles(t *testing.T) {
	w := newWorld(t, scrutin.Real)
	id := w.Begin(w.Draft())
	at := "/ville/fr/consultations/" + id
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 20, 10))); err != nil {
		t.Fatal(err)
	}
	if answer := w.bring(at+"/image", w.cookies[space.Editor], map[string]string{"revision": "2", "text": "La place"}, picture.Bytes()); answer.Code != http.StatusSeeOther {
		t.Fatal(answer.Code, answer.Body)
	}
	if answer := w.bring(at+"/documents", w.cookies[space.Editor], map[string]string{"revision": "3", "title": "Étude"}, []byte("%PDF-1.7 …")); answer.Code != http.StatusSeeOther {
		t.Fatal(answer.Code, answer.Body)
	}
	c, err := w.Space.Store.Consultation(t.Context(), "ville", id)
	if err != nil || c.Draft.Picture.Text != "La place" || c.Draft.Picture.Width != 20 || len(c.Draft.Documents) != 1 || c.Draft.Documents[0].Media != "application/pdf" {
		t.Fatalf("%+v, %v", c.Draft, err)
	}
	answer := w.ask(http.MethodGet, "/ville/fr/fichiers/"+c.Draft.Documents[0].SHA256.String(), w.cookies[space.Editor], nil)
	if answer.Header().Get("Content-Type") != "application/pdf" || !strings.Contains(answer.Header().Get("Content-Security-Policy"), "sandbox") {
		t.Error(answer.Header())
	}
	for name, refused := range map[string]int{
		"a picture that is none":     w.bring(at+"/image", w.cookies[space.Editor], map[string]string{"revision": "4", "text": "x"}, []byte("<svg onload=alert(1)>")).Code,
		"a document that is a page":  w.bring(at+"/documents", w.cookies[space.Editor], map[string]string{"revision": "4", "title": "x"}, []byte("\x00\x01")).Code,
		"a document without a title": w.bring(at+"/documents", w.cookies[space.Editor], map[string]string{"revision": "4"}, []byte("Bonjour")).Code,
	} {
		if refused != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, refused)
		}
	}
	if answer := w.bring(at+"/image", w.cookies[space.Editor], nil, make([]byte, uploadSize)); answer.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a file that is too large: %d", answer.Code)
	}
	w.send("/consultations/"+id+"/documents/retirer", url.Values{"digest": {c.Draft.Documents[0].SHA256.String()}})
	if c, err := w.Space.Store.Consultation(t.Context(), "ville", id); err != nil || len(c.Draft.Documents) != 0 {
		t.Error("the document is still there")
	}
}

// TestMembersPage has a member say his position, an author an argument, and staff enter a vote.
func TestMembersPage(t *testing.T) {
	w := newWorld(t, scrutin.Real)
	w.Ceremony()
	id := w.ready(func(d *space.Draft) { d.Deciders = space.Both })
	voice := "/ville/fr/voix/" + id
	if answer := w.ask(http.MethodGet, voice, w.cookies[space.Member], nil); answer.Code != http.StatusNotFound {
		t.Errorf("a draft, to a member: %d", answer.Code)
	}
	if err := w.Space.Publish(t.Context(), w.people[space.Publisher], id, 2); err != nil {
		t.Fatal(err)
	}
	staff := "/ville/fr/consultations/" + id
	for _, c := range []struct {
		path, role string
		form       url.Values
	}{
		{voice + "/position", space.Member, url.Values{"question": {"1"}, "position": {"pour"}, "reasons": {"Pour les piétons."}}},
		{voice + "/position", space.Member, url.Values{"question": {"1"}, "position": {"contre"}, "reasons": {"Réflexion faite."}}},
		{voice + "/vote", space.Member, url.Values{"question": {"1"}, "vote": {"contre"}}},
		{voice + "/arguments", space.Author, url.Values{"side": {"for"}, "title": {"De l’ombre"}, "text": {"Il en faut."}}},
		{staff + "/arguments/1", space.Editor, url.Values{"do": {"show"}}},
		{voice + "/arguments/1/signer", space.Member, url.Values{"argument": {"1"}}},
		{staff + "/votes", space.Editor, url.Values{"member": {w.people[space.Member].ID}, "question": {"1"}, "vote": {"abstain"}}},
	} {
		if c.path == voice+"/arguments" || strings.HasSuffix(c.path, "/signer") {
			if answer := w.ask(http.MethodPost, c.path, w.cookies[c.role], c.form); answer.Code != http.StatusUnprocessableEntity {
				t.Errorf("%s without a signature: %d", c.path, answer.Code)
			}
			c.form = w.signed(id, c.role, c.form)
		}
		if answer := w.ask(http.MethodPost, c.path, w.cookies[c.role], c.form); answer.Code != http.StatusSeeOther {
			t.Errorf("%s by %s: %d %s", c.path, c.role, answer.Code, answer.Body)
		}
	}
	another := w.signed(id, space.Author, url.Values{"side": {"for"}, "title": {"De l’ombre"}, "text": {"Il en faut."}})
	another.Set("text", "Il n’en faut pas.")
	if answer := w.ask(http.MethodPost, voice+"/arguments", w.cookies[space.Author], another); answer.Code != http.StatusUnprocessableEntity {
		t.Errorf("a text that was not signed: %d", answer.Code)
	}
	another.Set("text", "Il en faut.")
	if answer := w.ask(http.MethodPost, voice+"/arguments", w.cookies[space.Member], another); answer.Code != http.StatusUnprocessableEntity {
		t.Errorf("somebody else's signature: %d", answer.Code)
	}
	page := w.ask(http.MethodGet, voice, w.cookies[space.Member], nil).Body.String()
	for _, want := range []string{"Réflexion faite.", "Pour les piétons.", "Saisi par Paul Rédacteur", "Signent aussi", "De l’ombre"} {
		if !strings.Contains(page, want) {
			t.Errorf("the member's page lacks %q", want)
		}
	}
	if answer := w.ask(http.MethodPost, staff+"/arguments/1", w.cookies[space.Editor], url.Values{"do": {"refuse"}, "reason": {"Hors sujet."}}); answer.Code != http.StatusSeeOther {
		t.Error(answer.Code)
	}
	if page := w.ask(http.MethodGet, voice, w.cookies[space.Author], nil).Body.String(); !strings.Contains(page, "Hors sujet.") {
		t.Error("the author is not told why")
	}
	if page := w.ask(http.MethodGet, staff+"/votes", w.cookies[space.Editor], nil).Body.String(); !strings.Contains(page, "Marie Tran") {
		t.Error("the staff's page of votes lacks the member")
	}
	votes, err := w.Space.Store.Votes(t.Context(), "ville", id)
	if err != nil || len(votes) != 2 || votes[1].Person != w.people[space.Member].ID || votes[1].Vote != space.Abstains {
		t.Errorf("%+v, %v", votes, err)
	}
	// The form of a draft, sent for what is published, is an act like the others.
	later := url.Values{"revision": {"3"}, "reason": {"Une réunion de plus."}, "opens-day": {"2032-05-21"}, "opens-hour": {"10:00"}, "closes-day": {"2032-05-27"}, "closes-hour": {"18:00"}}
	if answer := w.ask(http.MethodPost, staff+"/dates", w.cookies[space.Publisher], later); answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != staff {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
	if err := os.WriteFile(filepath.Join(w.Dir, "ville", "standing", "acts", "0004-extend.note"), []byte("half of"), 0o600); err != nil {
		t.Fatal(err)
	}
	if answer := w.ask(http.MethodGet, "/ville/fr/bureau", w.cookies[space.Editor], nil); answer.Code != http.StatusUnprocessableEntity || !strings.Contains(answer.Body.String(), "pas entièrement copié") {
		t.Errorf("the page of a damaged bureau: %d %s", answer.Code, answer.Body)
	}
	for _, err := range w.failed {
		t.Error(err)
	}
}
