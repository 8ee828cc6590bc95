package preparation_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isoloir/bve/prepare"
	"isoloir/scrutin"
)

// everything is what the pages answer to.
var everything = []struct{ method, path string }{
	{"GET", "/fr/"}, {"GET", "/en/tirage"}, {"POST", "/fr/tirage"}, {"GET", "/fr/apercu"}, {"GET", "/fr/manifeste"}, {"POST", "/fr/manifeste"},
	{"GET", "/fr/manifeste/manifest.json"}, {"POST", "/fr/retirer"}, {"POST", "/fr/importer"}, {"GET", "/documents/" + strings.Repeat("0", 64)},
}

// Nobody is let in without the code, or by it twice, or from elsewhere; and who is not in reaches nothing.
func TestAccess(t *testing.T) {
	w := newWorld(t, origin)
	refused := func(why string) {
		t.Helper()
		for _, e := range everything {
			if a := w.ask(e.method, e.path, nil); a.Code != http.StatusForbidden || strings.Contains(a.Body.String(), "Titre du scrutin") {
				t.Errorf("%s: %s %s: %d", why, e.method, e.path, a.Code)
			}
		}
	}
	refused("without a code")
	for _, code := range []string{"", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"} {
		if a := w.ask(http.MethodGet, "/entrer?code="+code, nil); a.Code != http.StatusForbidden || w.cookie != nil {
			t.Errorf("let in by %q", code)
		}
	}
	w.cookie = &http.Cookie{Name: "preparation", Value: ""}
	refused("with an empty cookie before anybody is in")
	w.cookie = nil
	w.enter()
	if c := w.cookie; !c.HttpOnly || c.SameSite != http.SameSiteStrictMode {
		t.Errorf("the cookie is %v", c)
	}
	if a := w.ask(http.MethodGet, "/fr/", nil); a.Code != http.StatusOK {
		t.Errorf("who is in: %d", a.Code)
	}
	own := w.cookie
	w.cookie = nil
	if a := w.ask(http.MethodGet, "/entrer?code="+w.site.Code, nil); a.Code != http.StatusForbidden || w.cookie != nil {
		t.Error("the code lets a second browser in")
	}
	w.cookie = &http.Cookie{Name: "preparation", Value: w.site.Code}
	refused("with the code as a cookie")

	w.cookie = own
	for _, host := range []string{"localhost:9999", "127.0.0.1:9998", "elsewhere.example:9999"} {
		r := httptest.NewRequest(http.MethodGet, "http://"+host+"/fr/", nil)
		if a := w.send(r); a.Code != http.StatusMisdirectedRequest {
			t.Errorf("under %s: %d", host, a.Code)
		}
	}
	for _, e := range everything {
		if e.method != http.MethodPost {
			continue
		}
		r := httptest.NewRequest(e.method, origin+e.path, strings.NewReader("file=keys/x"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		if a := w.send(r); a.Code != http.StatusForbidden {
			t.Errorf("%s, sent by another site's page: %d", e.path, a.Code)
		}
	}
	if entries, err := os.ReadDir(w.dir); err != nil || len(entries) != 3 {
		t.Errorf("the folder has changed: %v %v", entries, err)
	}
}

// A file that has mistakes changes nothing, and is shown line by line; a fragment never comes in; another one in its place does.
func TestImport(t *testing.T) {
	w := newWorld(t, origin)
	w.enter()
	urns := filepath.Join(w.dir, prepare.Urns)
	before, err := os.ReadFile(urns)
	w.must(err)
	a := w.bring(map[string][]byte{"urnes.csv": []byte("id,label,territory,college,electors\nnord,Nord,commune,habitants,12\nsud,<Sud>,commune,habitants,douze\nest,Est,commune\n")})
	for _, want := range []string{"urnes.csv n’est pas pris", "<td>3</td>", "<td>4</td>", "nombre d’électeurs", "sud,&lt;Sud&gt;,commune,habitants,douze", "autant de cellules"} {
		if !strings.Contains(a.Body.String(), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if a.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d", a.Code)
	}
	if after, err := os.ReadFile(urns); err != nil || string(after) != string(before) {
		t.Error("a file with mistakes is taken")
	}
	for name, want := range map[string]string{"member.isoloir-fragment": "fichier d’un scrutin", "urnes.csv": "première ligne", "../secret.key": "porte le nom"} {
		if a := w.bring(map[string][]byte{name: []byte("age-encryption.org/v1\n")}); a.Code != http.StatusUnprocessableEntity || !strings.Contains(a.Body.String(), want) {
			t.Errorf("%s: %d %s", name, a.Code, a.Body)
		}
	}
	table := "id,label,territory,college,electors\r\ncentre,Centre,commune,habitants,900\r\n"
	if a := w.bring(map[string][]byte{"Les urnes.csv": []byte(table), "profession.pdf": []byte("%PDF")}); a.Code != http.StatusSeeOther {
		t.Errorf("%d %s", a.Code, a.Body)
	}
	if after, err := os.ReadFile(urns); err != nil || string(after) != table {
		t.Error("the table is not taken")
	}
	if page := w.ask(http.MethodGet, "/fr/", nil).Body.String(); !strings.Contains(page, "profession.pdf") || !strings.Contains(page, `id="mistakes"`) {
		t.Error("the page does not show what came in, and what is lacking")
	}
	for _, name := range []string{"scrutin.yaml", "../" + filepath.Base(w.dir) + "/scrutin.yaml", "keys/../scrutin.yaml", "documents/none.pdf"} {
		if a := w.ask(http.MethodPost, "/fr/retirer", url.Values{"file": {name}}); a.Code != http.StatusNotFound {
			t.Errorf("%s is taken out: %d", name, a.Code)
		}
	}
	if a := w.ask(http.MethodPost, "/fr/retirer", url.Values{"file": {"documents/profession.pdf"}}); a.Code != http.StatusSeeOther {
		t.Errorf("%d", a.Code)
	}
	if _, err := os.Stat(filepath.Join(w.dir, "documents", "profession.pdf")); err == nil {
		t.Error("the document is still there")
	}
	for _, err := range w.failed {
		t.Error(err)
	}
}

// The draw is computed before it is kept, and kept in the folder; the manifest is made once the folder is right, in that order, and never written over.
// (S002-02)
func TestManifest(t *testing.T) {
	w := newWorld(t, origin)
	w.enter()
	for path, want := range map[string]string{"/fr/manifeste": "Il reste", "/fr/manifeste/manifest.json": "rien à cette adresse", "/en/apercu": "liste-a"} {
		if page := w.ask(http.MethodGet, path, nil).Body.String(); !strings.Contains(page, want) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
	w.ask(http.MethodPost, "/fr/manifeste", nil)
	if _, err := os.Stat(filepath.Join(w.dir, "manifests")); err == nil {
		t.Error("a manifest is made of a folder that is not right")
	}
	if a := w.bring(w.cards()); a.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", a.Code, a.Body)
	}
	file := func() string {
		data, err := os.ReadFile(filepath.Join(w.dir, prepare.File))
		w.must(err)
		return string(data)
	}
	before := file()
	drawn := url.Values{"date": {"2032-05-04"}, "mots": {"3 1 2"}}
	if page := w.ask(http.MethodGet, "/fr/tirage?"+drawn.Encode(), nil).Body.String(); !strings.Contains(page, `id="keep"`) || file() != before {
		t.Error("the draw is not computed, or kept before it is to be")
	}
	for _, wrong := range []url.Values{{"date": {"2032-05-04"}, "mots": {"03 1"}}, {"date": {"4 mai"}, "mots": {"3 1"}}, {"date": {"2032-05-04"}}} {
		if a := w.ask(http.MethodPost, "/fr/tirage", wrong); a.Code != http.StatusUnprocessableEntity || file() != before {
			t.Errorf("%v: %d", wrong, a.Code)
		}
	}
	if a := w.ask(http.MethodPost, "/fr/tirage", drawn); a.Code != http.StatusSeeOther || !strings.Contains(file(), `"3 1 2"`) {
		t.Errorf("the draw is not kept: %d", a.Code)
	}
	p, err := prepare.Read(os.DirFS(w.dir))
	w.must(err)
	if p.Draw.Words != "3 1 2" {
		t.Errorf("%+v", p.Draw)
	}
	for range 2 {
		if a := w.ask(http.MethodPost, "/fr/manifeste", nil); a.Code != http.StatusSeeOther {
			t.Errorf("%d", a.Code)
		}
	}
	made, err := filepath.Glob(filepath.Join(w.dir, "manifests", "*", "manifest.json"))
	if err != nil || len(made) != 1 {
		t.Fatalf("%v %v", made, err)
	}
	data, err := os.ReadFile(made[0])
	w.must(err)
	m, f, err := scrutin.ParseManifest(data)
	if err != nil || f != p.Fingerprint || m.Draw.Minutes != p.Draw.Minutes() {
		t.Errorf("%v", err)
	}
	if got := w.ask(http.MethodGet, "/fr/manifeste/manifest.json", nil).Body.Bytes(); scrutin.DigestOf(got) != f {
		t.Error("another manifest is given than the one that was made")
	}
	if page := w.ask(http.MethodGet, "/fr/manifeste", nil).Body.String(); !strings.Contains(page, f.String()[:4]) || !strings.Contains(page, `id="made"`) {
		t.Error("the page does not show the fingerprint")
	}
	w.ask(http.MethodPost, "/fr/tirage", url.Values{"date": {"2032-05-04"}, "mots": {"5"}})
	w.ask(http.MethodPost, "/fr/manifeste", nil)
	if made, _ := filepath.Glob(filepath.Join(w.dir, "manifests", "*", "manifest.json")); len(made) != 2 {
		t.Error("a second manifest does not stand beside the first")
	}
	for _, err := range w.failed {
		t.Error(err)
	}
}
