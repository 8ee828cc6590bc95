package e2e

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"isoloir/courier"
	"isoloir/scrutin"
	"isoloir/server/demonstration"
)

// get is what the portal answers to a path.
func (w *world) get(t *testing.T, path string) (int, string) {
	t.Helper()
	a, err := http.Get(w.Config.Origins.Portal + path)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	data, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a.StatusCode, string(data)
}

// untold says nothing of a result.
func (w *world) untold(t *testing.T) {
	t.Helper()
	for _, path := range []string{"/record/result.csv", "/record/result.note", "/export.tar", "/record/log/centre/leaves", "/record/roll/centre/marks"} {
		if status, _ := w.get(t, path); status != http.StatusNotFound {
			t.Errorf("before the count %s answers %d", path, status)
		}
	}
	status, page := w.get(t, "/fr/resultats")
	if status != http.StatusOK || strings.Contains(page, "<table") || !strings.Contains(page, "encore aucun résultat") {
		t.Errorf("before the count the page of results answers %d and shows\n%s", status, page)
	}
}

// received is what the check page says while the vote is open.
func (w *world) received(t *testing.T, c cast) {
	t.Helper()
	v := w.visit(t, 390)
	v.open("/fr/verifier#c=" + strings.ReplaceAll(c.code, " ", ""))
	v.at("ask")
	v.click("check-go")
	v.at("found")
	if found := eval[string](v, "device.dataset.found"); found != "received" && found != "recorded" {
		t.Errorf("while the vote is open a receipt is %q", found)
	}
}

// finish closes and counts by the page of the demonstration, as its visitor does.
func (w *world) finish(t *testing.T) {
	t.Helper()
	v := w.visit(t, 1280)
	v.open("/demo/")
	v.until(`location.pathname === "/demo/fr" || location.pathname === "/demo/en"`)
	v.open("/demo/fr")
	v.judge("demo")
	v.do(chromedp.Click(`form[action$="/fin"] button`))
	said := func(where string) string {
		return eval[string](v, `document.querySelector(`+quoted(where)+`)?.textContent ?? ""`)
	}
	for deadline := time.Now().Add(3 * time.Minute); !strings.Contains(said("[role=status]"), "vérifié."); v.open("/demo/fr") {
		if failed := said("[role=alert]"); failed != "" || time.Now().After(deadline) {
			t.Fatalf("the count ends with %q (%s)", failed, v.state())
		}
		time.Sleep(500 * time.Millisecond)
	}
	if verdict := said("pre"); !strings.Contains(verdict, "Verdict: vérifié") {
		t.Errorf("the auditor says %s", verdict)
	}
	v.judge("demo-verdict")
	for range 100 { // the portal reads the record by itself
		if _, page := w.get(t, "/status"); strings.Contains(page, `"published"`) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the portal never learns of the proclamation")
}

// tally counts choices by question, option and urn.
func tally(casts []cast) map[string]int {
	counts := map[string]int{}
	for _, c := range casts {
		for q, o := range c.made {
			counts[c.who.Urn+" "+q+" "+o]++
		}
	}
	return counts
}

// counted compares the result with the choices that were made, as the page shows it
// and as the table says it.
func (w *world) counted(t *testing.T, casts []cast) {
	m := w.manifest()
	want := tally(casts)
	_, table := w.get(t, "/record/result.csv")
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, row := range rows[1:] {
		n, err := strconv.Atoi(row[3])
		if err != nil {
			t.Fatal(err)
		}
		option := row[2]
		if option == "blanc" {
			option = scrutin.Blank
		}
		for _, q := range m.Questions {
			for _, o := range q.Options {
				if q.ID == row[1] && o.Label == row[2] {
					option = o.ID
				}
			}
		}
		if n > 0 {
			got[row[0]+" "+row[1]+" "+option] = n
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("the count is %v, the choices were %v", got, want)
	}
	for _, language := range []string{"fr", "en"} {
		v := w.visit(t, 390)
		v.open("/" + language + "/resultats")
		for _, q := range m.Questions {
			for _, o := range q.Options {
				n := 0
				for _, u := range urns {
					n += want[u+" "+q.ID+" "+o.ID]
				}
				shown := eval[string](v, fmt.Sprintf(`[...document.querySelectorAll("section[aria-labelledby=%s] > .result tbody tr")].find(r => r.cells[0].textContent === %s)?.cells[1].textContent`, q.ID, quoted(o.Label)))
				if shown != strconv.Itoa(n) {
					t.Errorf("of %s the page of results in %s shows %q, and there are %d", o.Label, language, shown, n)
				}
			}
		}
		v.judge("results-" + language)
	}
}

// found has every voter find his ballot by code, by file and in the whole list.
func (w *world) found(t *testing.T, casts []cast) {
	for _, part := range [][]cast{casts[:len(casts)/2], casts[len(casts)/2:]} {
		t.Run("part", func(t *testing.T) {
			t.Parallel()
			v := w.visit(t, 768)
			for i, c := range part {
				for _, by := range []string{"code", "file", "list"} {
					v.open("/" + []string{"fr", "en"}[i%2] + "/verifier")
					v.at("ask")
					switch by {
					case "code":
						v.paste("code", c.code)
					case "file":
						v.upload("file", c.file)
					case "list":
						v.click("way-list")
						v.paste("code", strings.ReplaceAll(c.code, " ", ""))
						v.do(chromedp.SetValue("#urn", c.who.Urn))
					}
					v.click("check-go")
					v.at("found")
					if found := eval[string](v, "device.dataset.found"); found != "counted" {
						t.Errorf("%s: by %s a ballot that was counted is %q", c.who.Reference, by, found)
					}
					if said := v.text("found-text"); !strings.Contains(said, w.label(c.who.Urn)) {
						t.Errorf("%s: by %s the page says %q", c.who.Reference, by, said)
					}
				}
				if i == 0 {
					v.judge("check-counted")
				}
			}
			v.open("/fr/verifier")
			v.at("ask")
			v.paste("code", strings.Repeat("0123456789abcdef", 4))
			v.click("check-go")
			v.at("found")
			if found := eval[string](v, "device.dataset.found"); found != "absent" {
				t.Errorf("a code of no ballot is %q", found)
			}
			v.judge("check-absent")
		})
	}
}

// marked asks for marks with the codes of who has voted, and of who has not.
func (w *world) marked(t *testing.T, casts []cast) {
	voted := map[string]bool{}
	for _, c := range casts {
		voted[c.who.Reference] = true
	}
	v := w.visit(t, 390)
	for _, who := range []demonstration.Voter{w.voter("centre", 0), w.voter("rives", 1), w.voter("agents", 9)} {
		v.open("/fr/emargement")
		v.at("codes")
		v.do(chromedp.SetValue("#urn", who.Urn))
		v.give(who, way{codes: "pasted"})
		want := map[bool]string{true: "marked", false: "unmarked"}[voted[who.Reference]]
		v.at(want)
		v.judge(want)
	}
	letter := w.letter(casts[0].who.Email, courier.Receipt, time.Time{})
	if !strings.Contains(strings.Join(strings.Fields(letter.Body), " "), casts[0].code) {
		t.Errorf("the e-mail after the vote does not hold the receipt code %s:\n%s", casts[0].code, letter.Body)
	}
}

// upload gives a file input one file, of this text.
func (v *visitor) upload(id, text string) {
	v.Helper()
	path := filepath.Join(v.TempDir(), "recepisse.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		v.Fatal(err)
	}
	v.do(chromedp.SetUploadFiles("#"+id, []string{path}))
	v.until("document.getElementById('file-said').textContent")
}

// secrets are what nothing may keep of an elector's vote.
func secrets(who demonstration.Voter, made ballot) (out []string) {
	_, code, _ := strings.Cut(who.Identifier, "-")
	for _, c := range []string{code, who.Password} {
		out = append(out, c, strings.ReplaceAll(c, "-", ""))
	}
	for _, option := range made {
		if len(option) > 5 { // the others chance would find
			out = append(out, option)
		}
	}
	return out
}

// secretive looks through what the roles keep and say: no code and no choice is in
// any of their directories, no address of a person with roll, urn or portal, no name
// with the urn, no receipt code with the roll, and no address of a machine in what they log.
func (w *world) secretive(t *testing.T, casts []cast) {
	t.Helper()
	kept := map[string][]byte{"log": []byte(w.logs.String())}
	for _, role := range []string{"roll", "urn", "portal", "issuer-a", "issuer-b"} {
		err := filepath.WalkDir(filepath.Join(w.dir, role), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.Contains(path, "/documents/") {
				return err
			}
			data, err := os.ReadFile(path)
			kept[role] = append(kept[role], data...)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	absent := func(role, what, text string) {
		t.Helper()
		if bytes.Contains(bytes.ToLower(kept[role]), bytes.ToLower([]byte(text))) {
			t.Errorf("%s keeps %s: %q", role, what, text)
		}
	}
	for role := range kept {
		for _, c := range casts {
			for _, s := range secrets(c.who, c.made) {
				absent(role, "a code or a choice", s)
			}
			if role == "roll" || role == "urn" || role == "portal" || role == "log" {
				absent(role, "a person's address", c.who.Email)
				absent(role, "a person's address", c.who.Telephone[1:])
			}
			if role == "urn" || role == "portal" || role == "log" {
				absent(role, "a person's name", c.who.Family)
				absent(role, "a person's reference", c.who.Reference)
			}
			if role != "urn" {
				code := strings.ReplaceAll(c.code, " ", "")
				absent(role, "a receipt code", code)
				absent(role, "a receipt code", string(must(hex.DecodeString(code))))
			}
		}
		absent(role, "a browser's name", "Mozilla/")
	}
	for _, e := range w.channel.passed(func(*exchange) bool { return true }) {
		for _, c := range casts {
			for _, s := range secrets(c.who, c.made) {
				if asked := strings.ToLower(e.Path + "?" + e.Query + "\n" + string(e.Request)); strings.Contains(asked, strings.ToLower(s)) {
					t.Errorf("%s is asked %s with %q", e.Role, e.Path, s)
				}
			}
		}
	}
	for line := range strings.Lines(w.logs.String()) {
		if strings.Contains(line, "127.0.0.1") && !strings.Contains(line, "msg=serving") {
			t.Errorf("the roles log who asks: %s", line)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
