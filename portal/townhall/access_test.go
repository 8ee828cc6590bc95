package townhall

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"isoloir/portal/passkey"
	"isoloir/portal/passkey/passkeytest"
	"isoloir/scrutin"
	"isoloir/space"
)

var (
	all    = []string{space.Publisher, space.Editor, space.Member, space.Author}
	staff  = []string{space.Publisher, space.Editor}
	heads  = []string{space.Publisher}
	voices = []string{space.Member, space.Author}
)

// admitted is who may reach each address.
var admitted = map[string][]string{
	"GET /entrer": nil, "POST /sortir": all, "GET /": all, "GET /fichiers/{digest}": all,
	"POST /consultations": staff, "GET /consultations/{id}": staff, "POST /consultations/{id}/cloner": staff, "GET /consultations/{id}/apercu": staff,
	"GET /consultations/{id}/texte": staff, "POST /consultations/{id}/texte": staff, "POST /consultations/{id}/questions": staff,
	"GET /consultations/{id}/questions/{n}": staff, "POST /consultations/{id}/questions/{n}": staff, "GET /consultations/{id}/documents": staff,
	"POST /consultations/{id}/documents/retirer": staff, "GET /consultations/{id}/territoire": staff, "POST /consultations/{id}/territoire": staff,
	"GET /consultations/{id}/dates": staff, "POST /consultations/{id}/dates": staff, "GET /consultations/{id}/regles": staff, "POST /consultations/{id}/regles": staff,
	"POST /consultations/{id}/publier": heads, "POST /consultations/{id}/prolonger": heads,
	"GET /consultations/{id}/arguments": staff, "POST /consultations/{id}/arguments/{n}": staff, "GET /consultations/{id}/votes": staff, "POST /consultations/{id}/votes": staff,
	"GET /inscription": nil, "POST /inscription": nil, "GET /inscriptions": staff, "POST /inscriptions": heads, "POST /inscriptions/{id}": staff,
	"GET /bureau": staff, "GET /personnes": staff, "POST /personnes": heads, "POST /personnes/{id}/inviter": heads, "POST /personnes/{id}/terminer": heads,
	"GET /voix/{id}": voices, "POST /voix/{id}/position": voices[:1], "POST /voix/{id}/vote": voices[:1], "POST /voix/{id}/arguments": voices, "POST /voix/{id}/signature": voices, "POST /voix/{id}/arguments/{n}/signer": voices,
	"POST /consultations/{id}/documents": staff, "POST /consultations/{id}/image": staff,
}

// TestAccess asks for every address as everybody, and as whoever has a passkey of another space on the same
// installation.
func TestAccess(t *testing.T) {
	w := newWorld(t, scrutin.Real)
	other, _, _ := w.neighbour()
	stranger := *other.cookies[space.Publisher]
	stranger.Name = "__Host-space-ville"
	routes := append(w.hall.site.pages(), w.hall.site.uploads()...)
	if len(routes) != len(admitted) {
		t.Errorf("%d addresses, and the table has %d", len(routes), len(admitted))
	}
	for _, p := range routes {
		route := p.method + " " + p.path
		may, known := admitted[route]
		if !known {
			t.Errorf("%s is not in the table", route)
			continue
		}
		address := "/ville/fr" + strings.NewReplacer("{id}", "c-0000000000", "{n}", "1", "{digest}", strings.Repeat("0", 64)).Replace(p.path)
		for _, who := range append([]string{"", "stranger"}, all...) {
			if route == "POST /sortir" && slices.Contains(all, who) {
				continue
			}
			cookie := w.cookies[who]
			if who == "stranger" {
				cookie = &stranger
			}
			answer := w.ask(p.method, address, cookie, nil)
			refused := answer.Code == http.StatusForbidden || answer.Code == http.StatusSeeOther && strings.HasSuffix(answer.Header().Get("Location"), "/entrer")
			if want := may != nil && !slices.Contains(may, who); refused != want {
				t.Errorf("%s as %q: %d, refused %v, want %v", route, who, answer.Code, refused, want)
			}
		}
	}
	for _, err := range w.failed {
		t.Error(err)
	}
}

// TestCrossing has the publisher of one space ask for what another has, at every address with a name in it.
func TestCrossing(t *testing.T) {
	w := newWorld(t, scrutin.Real)
	other, id, file := w.neighbour()
	mine := w.ready(nil)
	before, err := other.hall.site.Space.Store.Consultation(t.Context(), "voisine", id)
	if err != nil {
		t.Fatal(err)
	}
	crossed := 0
	for _, p := range append(w.hall.site.pages(), w.hall.site.uploads()...) {
		if !strings.Contains(p.path, "{") {
			continue
		}
		crossed++
		name := id
		if strings.HasPrefix(p.path, "/personnes/") {
			name = other.people[space.Publisher].ID
		}
		address := "/ville/fr" + strings.NewReplacer("{id}", name, "{n}", "1", "{digest}", file.String()).Replace(p.path)
		cookie := w.cookies[space.Publisher]
		if p.right == speaking || p.right == sitting {
			cookie = w.cookies[space.Member]
		}
		var answer *httptest.ResponseRecorder
		if slices.ContainsFunc(w.hall.site.uploads(), func(u page) bool { return u.path == p.path && u.method == p.method }) {
			answer = w.bring(address, cookie, map[string]string{"revision": "3", "title": "Plan", "text": "Plan", "reason": "x"}, []byte("x"))
		} else {
			answer = w.ask(p.method, address, cookie, url.Values{"revision": {"3"}, "title": {"Pris"}, "reason": {"x"}, "do": {"show"}, "question": {"1"}, "position": {"pour"}, "vote": {"pour"},
				"member": {w.people[space.Member].ID}, "side": {"for"}, "text": {"x"}, "closes-day": {"2032-06-01"}, "closes-hour": {"10:00"}})
		}
		if answer.Code != http.StatusNotFound || strings.Contains(answer.Body.String(), "voisine") {
			t.Errorf("%s %s: %d", p.method, address, answer.Code)
		}
	}
	if crossed < 25 {
		t.Errorf("only %d addresses have a name in them", crossed)
	}
	after, err := other.hall.site.Space.Store.Consultation(t.Context(), "voisine", id)
	if err != nil || after.Revision != before.Revision {
		t.Errorf("the other space was changed: %v", err)
	}
	if p, err := other.hall.site.Space.Store.Person(t.Context(), "voisine", other.people[space.Publisher].ID); err != nil || p.Ended {
		t.Error("somebody of the other space was ended")
	}
	// the same passkey's name, and the same browser, at both doors
	if answer := other.ask(http.MethodGet, "/voisine/fr/", w.cookies[space.Publisher], nil); answer.Code != http.StatusSeeOther {
		t.Errorf("a session of one space in another: %d", answer.Code)
	}
	if answer := w.ask(http.MethodGet, "/voisine/fr/consultations/"+mine, w.cookies[space.Publisher], nil); answer.Code != http.StatusNotFound {
		t.Errorf("one space answers for the address of another: %d", answer.Code)
	}
	for _, err := range w.failed {
		t.Error(err)
	}
}

// TestInvitations are good once; the next one ends what the one before has opened, and the end of an access
// ends its sessions.
func TestInvitations(t *testing.T) {
	w := newWorld(t, scrutin.Real)
	editor := w.people[space.Editor]
	if answer := w.ask(http.MethodGet, "/ville/fr/", w.cookies[space.Editor], nil); answer.Code != http.StatusOK {
		t.Fatal(answer.Code)
	}
	code, err := w.hall.Invite(t.Context(), editor.ID)
	if err != nil {
		t.Fatal(err)
	}
	if answer := w.ask(http.MethodGet, "/ville/fr/", w.cookies[space.Editor], nil); answer.Code != http.StatusSeeOther {
		t.Errorf("the passkey of the invitation before still opens: %d", answer.Code)
	}
	if answer := call(w.handler, "/ville"+passkey.RouteJoin, map[string]string{"code": code}); answer.Code != http.StatusOK {
		t.Errorf("the new code: %d", answer.Code)
	}
	again, err := w.hall.Invite(t.Context(), editor.ID)
	if err != nil {
		t.Fatal(err)
	}
	if answer := call(w.handler, "/ville"+passkey.RouteJoin, map[string]string{"code": code}); answer.Code != http.StatusForbidden {
		t.Errorf("the code of an invitation that was replaced: %d", answer.Code)
	}
	other, _, _ := w.neighbour()
	if answer := call(other.handler, "/voisine"+passkey.RouteJoin, map[string]string{"code": again}); answer.Code != http.StatusForbidden {
		t.Errorf("a code of one space in another: %d", answer.Code)
	}
	cookie := w.enter(w.handler, w.hall, editor.ID, "ville")
	if answer := w.ask(http.MethodPost, "/ville/fr/personnes/"+editor.ID+"/terminer", w.cookies[space.Publisher], nil); answer.Code != http.StatusSeeOther {
		t.Fatal(answer.Code)
	}
	if answer := w.ask(http.MethodGet, "/ville/fr/", cookie, nil); answer.Code != http.StatusSeeOther || !strings.HasSuffix(answer.Header().Get("Location"), "/entrer") {
		t.Errorf("an access that was ended: %d", answer.Code)
	}
	if _, err := w.hall.Invite(t.Context(), editor.ID); err == nil {
		t.Error("whose access was ended is invited")
	}
	if answer := w.ask(http.MethodPost, "/ville/fr/personnes/"+w.people[space.Publisher].ID+"/terminer", w.cookies[space.Publisher], nil); answer.Code != http.StatusForbidden {
		t.Errorf("a publisher ends himself: %d", answer.Code)
	}
}

// TestLogin lets a device in again by its passkey, and no other one.
func TestLogin(t *testing.T) {
	w := newWorld(t, scrutin.Real)
	other, _, _ := w.neighbour()
	login := func(at *world, org string, d *passkeytest.Device) int {
		t.Helper()
		q := question(t, call(at.handler, "/"+org+passkey.RouteLogin, struct{}{}))
		return call(at.handler, "/"+org+passkey.RouteLoggedIn, d.Use(t, q)).Code
	}
	code, err := w.hall.Invite(t.Context(), w.people[space.Author].ID)
	if err != nil {
		t.Fatal(err)
	}
	d := passkeytest.New(t, origin, host)
	if answer := call(w.handler, "/ville"+passkey.RouteJoined, d.Make(t, question(t, call(w.handler, "/ville"+passkey.RouteJoin, map[string]string{"code": code})))); answer.Code != http.StatusOK {
		t.Fatal(answer.Code, answer.Body)
	}
	if got := login(w, "ville", d); got != http.StatusOK {
		t.Errorf("its own space: %d", got)
	}
	if got := login(other, "voisine", d); got != http.StatusForbidden {
		t.Errorf("another space of the same installation: %d", got)
	}
	d.As("ville/" + w.people[space.Publisher].ID)
	if got := login(w, "ville", d); got != http.StatusForbidden {
		t.Errorf("as somebody else: %d", got)
	}
}

func question(t *testing.T, answer *httptest.ResponseRecorder) *passkey.Question {
	t.Helper()
	q := new(passkey.Question)
	if err := json.Unmarshal(answer.Body.Bytes(), q); err != nil || answer.Code != http.StatusOK {
		t.Fatal(answer.Code, answer.Body)
	}
	return q
}
