package townhall

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isoloir/portal/guard"
	"isoloir/portal/passkey"
	"isoloir/portal/passkey/passkeytest"
	"isoloir/scrutin"
	"isoloir/space"
	"isoloir/space/spacetest"
)

const origin, host = "https://mairie.example", "mairie.example"

// A world is a space with its pages and somebody of each role, logged in.
type world struct {
	*spacetest.World
	hall    *Hall
	handler http.Handler
	cookies map[string]*http.Cookie // by role
	people  map[string]space.Person
	devices map[string]*passkeytest.Device // by person
	failed  []error
}

func newWorld(t *testing.T, kind string) *world {
	t.Helper()
	w := &world{World: spacetest.New(t, kind, kind), cookies: map[string]*http.Cookie{}, people: map[string]space.Person{}, devices: map[string]*passkeytest.Device{}}
	w.open(w.Space, origin)
	for role, who := range map[string][2]string{space.Publisher: {"Nadia Bensaïd"}, space.Editor: {"Paul Rédacteur"}, space.Member: {"Marie Tran", "nord"}, space.Author: {"Les Amis des arbres"}} {
		w.people[role] = w.Person(who[0], role, who[1])
		w.cookies[role] = w.enter(w.handler, w.hall, w.people[role].ID, "ville")
	}
	return w
}

// open makes the pages of a space at an origin.
func (w *world) open(s *space.Space, origin string) {
	w.Helper()
	var err error
	w.hall, err = New(Config{Space: s, Origin: origin, Failed: func(_ string, err error) { w.failed = append(w.failed, err) },
		Guard: func(refuse func(http.ResponseWriter, *http.Request, int)) *guard.Guard {
			return guard.New(guard.Config{Now: s.Now, Passkeys: true, Refuse: refuse})
		}})
	if err != nil {
		w.Fatal(err)
	}
	w.handler = w.hall.Handler()
}

// enter invites somebody, and has his device make a passkey.
func (w *world) enter(h http.Handler, hall *Hall, person, org string) *http.Cookie {
	w.Helper()
	code, err := hall.Invite(w.Context(), person)
	if err != nil {
		w.Fatal(err)
	}
	answer := call(h, "/"+org+passkey.RouteJoin, map[string]string{"code": code})
	var q passkey.Question
	if err := json.Unmarshal(answer.Body.Bytes(), &q); err != nil || answer.Code != http.StatusOK {
		w.Fatal(answer.Code, answer.Body)
	}
	device := passkeytest.New(w, origin, host)
	answer = call(h, "/"+org+passkey.RouteJoined, device.Make(w, &q))
	if w.devices != nil {
		w.devices[person] = device
	}
	for _, c := range answer.Result().Cookies() {
		return c
	}
	w.Fatal(answer.Code, answer.Body)
	return nil
}

func call(h http.Handler, path string, body any) *httptest.ResponseRecorder {
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	q := httptest.NewRequest(http.MethodPost, origin+path, bytes.NewReader(raw))
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, q)
	return answer
}

// ask asks for a page with a cookie, with a form if there is one.
func (w *world) ask(method, path string, cookie *http.Cookie, form url.Values) *httptest.ResponseRecorder {
	q := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		q.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if cookie != nil {
		q.AddCookie(cookie)
	}
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, q)
	return answer
}

// signed is a form of somebody's, with the signature that his device gives for it.
func (w *world) signed(id, role string, form url.Values) url.Values {
	w.Helper()
	answer := w.ask(http.MethodPost, "/ville/fr/voix/"+id+"/signature", w.cookies[role], form)
	var asked signing
	if err := json.Unmarshal(answer.Body.Bytes(), &asked); err != nil || answer.Code != http.StatusOK {
		w.Fatal(answer.Code, answer.Body)
	}
	form.Set("signature", string(w.devices[w.people[role].ID].Use(w, &passkey.Question{Options: asked.Options}).Credential))
	return form
}

// bring sends a file.
func (w *world) bring(path string, cookie *http.Cookie, fields map[string]string, data []byte) *httptest.ResponseRecorder {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range fields {
		form.WriteField(name, value)
	}
	part, err := form.CreateFormFile("file", "photo.jpg")
	if err == nil {
		_, err = part.Write(data)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		w.Fatal(err)
	}
	q := httptest.NewRequest(http.MethodPost, path, &body)
	q.Header.Set("Content-Type", form.FormDataContentType())
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	if cookie != nil {
		q.AddCookie(cookie)
	}
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, q)
	return answer
}

// neighbour is another space on the same installation, with something under every address, and its
// publisher logged in.
func (w *world) neighbour() (other *world, id string, file scrutin.Digest) {
	w.Helper()
	ctx := w.Context()
	if err := w.Office.Init(ctx, spacetest.Organisation("voisine", w.Space.Organisation.Kind)); err != nil {
		w.Fatal(err)
	}
	s, err := w.Office.Space(ctx, "voisine")
	if err != nil {
		w.Fatal(err)
	}
	other = &world{World: w.World, cookies: map[string]*http.Cookie{}, people: map[string]space.Person{}}
	other.open(s, origin)
	p, err := s.Name(ctx, "Jeanne Voisine", space.Publisher, "")
	if err != nil {
		w.Fatal(err)
	}
	other.people[space.Publisher] = p
	other.cookies[space.Publisher] = other.enter(other.handler, other.hall, p.ID, "voisine")
	d := w.Draft()
	d.Title = "Secret de la voisine"
	if id, err = s.Begin(ctx); err == nil {
		err = s.Save(ctx, id, 1, d)
	}
	if err == nil {
		err = s.AddDocument(ctx, p, id, 2, "Plan", []byte("Secret de la voisine"), "")
	}
	if err != nil {
		w.Fatal(err)
	}
	return other, id, scrutin.DigestOf([]byte("Secret de la voisine"))
}

// ready brings the standing bureau to its key, and the register to a list for a draft that is complete.
func (w *world) ready(edit func(*space.Draft)) string {
	w.Helper()
	d := w.Draft()
	if edit != nil {
		edit(d)
	}
	id := w.Begin(d)
	w.List(id, d.Territory...)
	return id
}

// sealed says whether the record of a consultation has begun.
func (w *world) sealed(id string) bool {
	_, err := os.Stat(filepath.Join(w.Dir, "ville", "consultations", id, "record", "manifest.json"))
	return err == nil
}
