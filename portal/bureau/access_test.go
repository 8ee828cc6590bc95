package bureau

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"isoloir/bve/journal"
	"isoloir/scrutin"
)

// ask asks for a page as somebody, with a form if there is one.
func (w *world) ask(method, path, who string, form url.Values) *httptest.ResponseRecorder {
	q := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		q.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if who != "" {
		q.AddCookie(&http.Cookie{Name: "who", Value: who})
	}
	answer := httptest.NewRecorder()
	w.site.ServeHTTP(answer, q)
	return answer
}

var (
	seats   = []string{"member-1", "member-2", "member-3", "member-4", "member-5"}
	holders = append(slices.Clone(seats), "member-6")
	members = append(slices.Clone(holders), "expert", "committee", "staff")
	signers = append(slices.Clone(holders), "expert", "committee")
)

// admitted is who may reach each page and each deposit: by role, and never who runs the
// platform where turnout, roll or keys are (S003-28-2, S003-28-3, S003-31, S004-08b, S004-12b).
var admitted = map[string][]string{
	"GET /entrer": nil, "GET /observations/nouvelle": nil, "POST /observations/nouvelle": nil, "GET /salle": members,
	"GET /seance/ensemble": signers, "POST /seance/ensemble": seats, "POST /seance/ensemble/ecrire": signers,
	"GET /tirage": nil, "GET /temoins": nil, "GET /dossier": members, "GET /dossier/dossier.tar": signers, "GET /dossier/rapport/{role}": signers,
	"GET /preparation": members, "GET /apercu": members,
	"GET /": members, "GET /seance": members, "GET /seance/{motion}": members, "GET /alertes": members, "GET /envois": members, "GET /controle": members,
	"GET /supports": members, "GET /membres": members, "GET /observations": members, "GET /journal": members,
	"GET /proces-verbal": members, "GET /proces-verbal/{file}": members, "POST /proces-verbal/arreter": seats, "POST /proces-verbal/projet": seats,
	"GET /journal/copie": seats, "GET /participation": seats, "POST /participation": seats, "GET /liste": seats, "POST /liste": seats,
	"POST /seance/proposer": seats, "POST /seance/{motion}/ecrire": signers, "POST /salle/ouvrir": signers, "POST /controle/verifier": signers,
	"POST /declaration": signers, "POST /declaration/fichier": signers, "POST /declaration/collee": signers, "POST /declaration/signee": signers,
	"GET /ceremonie": holders, "GET /ceremonie/tableau.tar": holders, "POST /ceremonie/apporter": holders,
	"GET /ouverture": holders, "GET /ouverture/export.tar": holders, "POST /ouverture/apporter": holders,
	"GET /expert": {"expert"},
}

// TestAccess asks every page and deposit as everybody. (S003-28-2)
func TestAccess(t *testing.T) {
	w := newWorld(t, nil)
	s := &site{Config: Config{Manifest: w.Manifest}}
	pages := slices.Concat(s.pages(), s.files())
	for _, d := range s.deposits() {
		pages = append(pages, d.page)
	}
	if len(pages) != len(admitted) {
		t.Errorf("%d pages, and the table has %d", len(pages), len(admitted))
	}
	for _, p := range pages {
		route := p.method + " " + p.path
		may, known := admitted[route]
		if !known {
			t.Errorf("%s is not in the table", route)
			continue
		}
		for _, who := range append([]string{""}, everybodyOf()...) {
			q := httptest.NewRequest(p.method, "/fr"+strings.NewReplacer("{motion}", strings.Repeat("0", 64), "{file}", "minutes.json", "{role}", "urn.note").Replace(p.path), nil)
			q.Header.Set("Sec-Fetch-Site", "same-origin")
			if who != "" {
				q.AddCookie(&http.Cookie{Name: "who", Value: who})
			}
			answer := httptest.NewRecorder()
			w.site.ServeHTTP(answer, q)
			refused := answer.Code == http.StatusForbidden || answer.Code == http.StatusSeeOther && strings.HasSuffix(answer.Header().Get("Location"), "/entrer")
			if want := may != nil && !slices.Contains(may, who); refused != want && answer.Code != http.StatusUnsupportedMediaType {
				t.Errorf("%s as %q: %d, refused %v, want %v", route, who, answer.Code, refused, want)
			}
		}
	}
	for _, e := range w.failed {
		t.Error(e)
	}
}

// TestReadings enters who reads turnout and roll, before it is answered, and nothing of who
// may not (S003-28-3, S004-12b).
func TestReadings(t *testing.T) {
	w := newWorld(t, nil)
	for _, c := range []struct {
		path, who string
		form      url.Values
		entered   int
	}{
		{"/fr/participation", "member-2", nil, 1},
		{"/fr/liste", "member-5", url.Values{"urn": {"urn-1"}}, 1},
		{"/fr/liste", "member-5", url.Values{"urn": {"urn-1"}, "station": {"mairie"}, "page": {"2"}}, 1},
		{"/fr/liste", "member-5", url.Values{"urn": {"no-urn"}}, 0},
		{"/fr/liste", "member-5", url.Values{"urn": {"urn-1"}, "station": {"elsewhere"}}, 0},
		{"/fr/liste", "member-5", url.Values{"urn": {"urn-1"}, "page": {"0"}}, 0},
		{"/fr/participation", "staff", nil, 0},
		{"/fr/liste", "member-6", url.Values{"urn": {"urn-1"}}, 0},
	} {
		before := w.office.Journal().Place().Number
		answer := w.ask(http.MethodPost, c.path, c.who, c.form)
		entries := w.office.Journal().Entries(before)
		if len(entries) != c.entered {
			t.Errorf("%s by %s: %d, %d entries", c.path, c.who, answer.Code, len(entries))
			continue
		}
		if c.entered == 1 {
			if read := entries[0].Statement.Body.(journal.Read); read.Member != c.who || answer.Code != http.StatusOK {
				t.Errorf("%s by %s: %d, entered %+v", c.path, c.who, answer.Code, read)
			}
		}
	}
	before := w.office.Journal().Place().Number
	w.ask(http.MethodGet, "/fr/participation", "member-2", nil)
	if w.office.Journal().Place().Number != before {
		t.Error("who only opens the page has read nothing, and is entered")
	}
}

// TestStatements takes the statement of who has logged in, signed by him, and no other.
func TestStatements(t *testing.T) {
	w := newWorld(t, nil)
	send := func(who string, note []byte) *httptest.ResponseRecorder {
		q := httptest.NewRequest(http.MethodPost, "/en/declaration/signee", strings.NewReader(string(note)))
		q.Header.Set("Content-Type", "application/octet-stream")
		q.Header.Set("Sec-Fetch-Site", "same-origin")
		q.AddCookie(&http.Cookie{Name: "who", Value: who})
		answer := httptest.NewRecorder()
		w.site.ServeHTTP(answer, q)
		return answer
	}
	open := w.signed("member-1", journal.SessionOpen{Purpose: "Constitution"})
	for name, c := range map[string]struct {
		who  string
		note []byte
		want string
	}{
		"of another":        {"member-2", open, "another member"},
		"no note":           {"member-1", []byte("nothing"), "did not enter"},
		"changed":           {"member-1", []byte(strings.Replace(string(open), "Constitution", "Constitutioo", 1)), "does not bear its author"},
		"not his to say":    {"expert", w.signed("expert", journal.SessionOpen{Purpose: "Constitution"}), ""},
		"outside a session": {"member-3", w.signed("member-3", journal.Present{}), "session"},
	} {
		if answer := send(c.who, c.note); answer.Code != http.StatusUnprocessableEntity || !strings.Contains(answer.Body.String(), c.want) {
			t.Errorf("%s: %d %s", name, answer.Code, answer.Body)
		}
	}
	if answer := send("member-1", open); answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), "number 1") {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}

// TestKind says on every page whether the scrutin is real. (CoE-4)
func TestKind(t *testing.T) {
	for kind, want := range map[string]string{scrutin.Rehearsal: "Répétition", scrutin.Real: "Scrutin réel"} {
		w := newWorld(t, func(m *scrutin.Manifest) { m.Scrutin.Kind = kind })
		for _, path := range []string{"/fr/", "/fr/seance", "/fr/salle", "/fr/entrer", "/fr/observations/nouvelle", "/fr/rien"} {
			if body := w.ask(http.MethodGet, path, "member-1", nil).Body.String(); !strings.Contains(body, "<strong>"+want+"</strong>") {
				t.Errorf("%s does not say %s", path, want)
			}
		}
	}
}

func recorded(w *world, q *http.Request) *http.Response {
	answer := httptest.NewRecorder()
	w.site.ServeHTTP(answer, q)
	return answer.Result()
}
