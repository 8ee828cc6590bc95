package preparation_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"isoloir/bve/prepare"
	"isoloir/keyceremony/device"
	"isoloir/portal/preparation"
	"isoloir/scrutin/note"
)

const origin = "http://127.0.0.1:9999"

// A world is a folder of a town council and its pages.
type world struct {
	*testing.T
	dir    string
	site   *preparation.Site
	cookie *http.Cookie // of who is in
	failed []error
}

func newWorld(t *testing.T, origin string) *world {
	t.Helper()
	w := &world{T: t, dir: t.TempDir()}
	files, err := prepare.Skeleton("town-council")
	w.must(err)
	for name, text := range files {
		w.must(os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600))
	}
	w.site, err = preparation.New(preparation.Config{Folder: w.dir, Origin: origin, Now: time.Now, Failed: func(_ string, err error) { w.failed = append(w.failed, err) }})
	w.must(err)
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// cards are the keys of everybody whom the folder names, by the names of their files.
func (w *world) cards() map[string][]byte {
	w.Helper()
	text, err := os.ReadFile(filepath.Join(w.dir, prepare.File))
	w.must(err)
	_, holders, _ := strings.Cut(string(text), "\nholders:")
	holders, _, _ = strings.Cut(holders, "\nclauses:")
	all := map[string][]byte{}
	for _, found := range regexp.MustCompile(`\{id: ([a-z0-9-]+), label: [^}]*(?:affiliation|role)`).FindAllSubmatch(text, -1) {
		id := string(found[1])
		if strings.Contains(holders, `"`+id+`"`) {
			d, err := device.Create(id, "une phrase de passe d'essai", 10, w.TempDir())
			w.must(err)
			card, err := d.SignCard()
			w.must(err)
			all[id+prepare.CardEnd] = card
			continue
		}
		k, err := note.GenerateKey(id)
		w.must(err)
		verifier := k.Verifier()
		if strings.HasPrefix(id, "temoin-") {
			verifier = verifier.Cosigner()
		}
		all[id+prepare.KeyEnd] = fmt.Appendln(nil, verifier)
	}
	return all
}

// ask asks as the browser that was let in; nil for a form sends none.
func (w *world) ask(method, path string, form url.Values) *httptest.ResponseRecorder {
	w.Helper()
	r := httptest.NewRequest(method, origin+path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return w.send(r)
}

func (w *world) send(r *http.Request) *httptest.ResponseRecorder {
	if w.cookie != nil {
		r.AddCookie(w.cookie)
	}
	answer := httptest.NewRecorder()
	w.site.ServeHTTP(answer, r)
	for _, c := range answer.Result().Cookies() {
		w.cookie = c
	}
	return answer
}

func (w *world) enter() {
	w.Helper()
	if a := w.ask(http.MethodGet, "/entrer?code="+w.site.Code, nil); a.Code != http.StatusSeeOther || w.cookie == nil {
		w.Fatalf("not let in: %d", a.Code)
	}
}

// bring sends files, each under its name.
func (w *world) bring(files map[string][]byte) *httptest.ResponseRecorder {
	w.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, data := range files {
		part, err := form.CreateFormFile("files", name)
		w.must(err)
		part.Write(data)
	}
	form.Close()
	r := httptest.NewRequest(http.MethodPost, origin+"/fr/importer", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return w.send(r)
}
