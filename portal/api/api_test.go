package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"isoloir/portal/api"
	"isoloir/portal/citizen"
	"isoloir/portal/guard"
	"isoloir/register"
	"isoloir/scrutin"
	"isoloir/space"
)

var (
	now   = time.Date(2032, 5, 21, 10, 0, 0, 0, time.UTC)
	study = []byte("une étude")
)

// A shelf has five consultations, or does not answer.
type shelf struct{ down bool }

func (s *shelf) Published(context.Context) (all []citizen.Consultation, err error) {
	if s.down {
		return nil, errors.New("the store is at 10.0.0.3")
	}
	day := 24 * time.Hour
	for i, at := range []time.Time{now.Add(day), now.Add(-day), now.Add(-2 * day), now.Add(-9 * day), now.Add(-20 * day)} {
		d := &space.Draft{Title: fmt.Sprintf("Question %d", i+1), Context: []string{"Le pont est étroit."}, Questions: []space.Question{{Title: "Un autre pont ?", Answers: space.ForAgainst, Most: 1}},
			Documents: []space.Document{{Title: "Étude", Media: "text/plain", Size: int64(len(study)), SHA256: scrutin.DigestOf(study)}}, Territory: []string{"nord"}, Deciders: space.Both,
			Absent: "counted", Scale: "territory", Rule: "absolute-majority", Publication: "evidence", Finality: scrutin.Revote, Smallest: 10}
		c := citizen.Consultation{ID: fmt.Sprintf("c-%d", i+1), Fingerprint: scrutin.DigestOf([]byte{byte(i)}), Draft: d, Opens: at, Closes: at.Add(7 * day), Voting: "https://vote.example/",
			Arguments: []space.Argument{{Number: 1, Name: "A. Martin", Side: space.For, Title: "Sûr", Text: []string{"Plus sûr."}, Others: []space.Signed{{Name: "B. Leroy"}}}},
			Acts:      []space.Act{{Number: 1, At: at, By: "Mairie", Kind: space.ActPublish, Reason: "publication"}}}
		if i == 4 {
			c.Result = "/fr/resultats/c-5"
		}
		all = append(all, c)
	}
	return all, nil
}

func (s *shelf) Consultation(ctx context.Context, id string) (*citizen.Consultation, error) {
	all, err := s.Published(ctx)
	for i := range all {
		if all[i].ID == id {
			return &all[i], nil
		}
	}
	return nil, errors.Join(err, map[bool]error{true: space.ErrUnknown}[err == nil])
}

func (s *shelf) File(context.Context, string, scrutin.Digest) (space.File, error) {
	return space.File{}, space.ErrUnknown
}

var descriptor = []byte("the descriptor")

// A town answers, and keeps what its operator is told.
type town struct {
	http.Handler
	shelf  shelf
	failed []string
}

func newTown() *town {
	v := &town{}
	r := &register.Register{Title: "Comptes", Organisation: "ville", Kind: "rehearsal", Zone: "Europe/Paris", MinimumSize: 10, Constituencies: []register.Place{{ID: "nord", Label: "Le nord"}}}
	v.Handler = api.New(api.Config{Register: r, Rho: scrutin.DigestOf(descriptor), Shelf: &v.shelf, Now: func() time.Time { return now },
		Published: fstest.MapFS{"1.csv": {Data: []byte("list")}, "1.note": {Data: []byte("note")}, "12.csv": {Data: []byte("l")}, "12.note": {Data: []byte("n")}, "secret.csv": {Data: []byte("s")}},
		Failed:    func(route string, err error) { v.failed = append(v.failed, route+" "+err.Error()) },
		Guard:     guard.New(guard.Config{Now: time.Now, Refuse: func(http.ResponseWriter, *http.Request, int) {}})})
	return v
}

func (v *town) ask(method, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	v.ServeHTTP(w, r)
	return w
}

// described is openapi.json as it is served, and judges answers by it.
type described struct {
	*testing.T
	compiler *jsonschema.Compiler
	root     map[string]any
}

func describedBy(t *testing.T, v *town) *described {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(v.ask("GET", "/api/v1/openapi.json").Body)
	if err != nil {
		t.Fatal(err)
	}
	d := &described{t, jsonschema.NewCompiler(), doc.(map[string]any)}
	if err := d.compiler.AddResource("https://town.example/openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	return d
}

// at follows names, and references.
func (d *described) at(from any, names ...string) (any, string) {
	d.Helper()
	where := ""
	for _, name := range names {
		if ref, ok := from.(map[string]any)["$ref"].(string); ok {
			path := strings.Split(strings.TrimPrefix(ref, "#/"), "/")
			from, _ = d.at(d.root, path...)
			where = "/" + strings.Join(path, "/")
		}
		next, ok := from.(map[string]any)[name]
		if !ok {
			return nil, ""
		}
		from, where = next, where+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
	}
	return from, where
}

// judge holds an answer to what the description says of its route.
func (d *described) judge(route string, w *httptest.ResponseRecorder) {
	d.Helper()
	response, _ := d.at(d.root, "paths", route, "get", "responses", fmt.Sprint(w.Code))
	if response == nil {
		d.Errorf("%s: %d is not described: %s", route, w.Code, w.Body)
		return
	}
	if w.Code == http.StatusNotModified {
		return
	}
	names := []string{"paths", route, "get", "responses", fmt.Sprint(w.Code), "content", w.Header().Get("Content-Type"), "schema"}
	schema, where := d.at(d.root, names...)
	if schema == nil {
		d.Errorf("%s: %d as %q is not described", route, w.Code, w.Header().Get("Content-Type"))
		return
	}
	compiled, err := d.compiler.Compile("https://town.example/openapi.json#" + where)
	if err != nil {
		d.Fatal(err)
	}
	body, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.Body.Bytes()))
	if err == nil {
		err = compiled.Validate(body)
	}
	if err != nil {
		d.Errorf("%s: %d: %v\n%s", route, w.Code, err, w.Body)
	}
	if w.Header().Get("Access-Control-Allow-Origin") != "*" || w.Header().Get("Set-Cookie") != "" {
		d.Errorf("%s: %v", route, w.Header())
	}
}

// TestDescribed asks every route that is described, rightly and wrongly: each answer and each
// error is as described, and each described error is seen.
func TestDescribed(t *testing.T) {
	v := newTown()
	d := describedBy(t, v)
	paths, _ := d.at(d.root, "paths")
	seen := map[string]bool{}
	judge := func(route string, w *httptest.ResponseRecorder) {
		d.judge(route, w)
		seen[fmt.Sprint(route, w.Code)] = true
	}
	for route := range paths.(map[string]any) {
		path := strings.Replace(route, "{id}", "c-1", 1)
		w := v.ask("GET", path)
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Cache-Control"), "public") {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
		judge(route, w)
		judge(route, v.ask("GET", path, "If-None-Match", w.Header().Get("ETag")))
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
			w := v.ask(method, path)
			if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") == "" {
				t.Errorf("%s %s: %d", method, path, w.Code)
			}
			judge(route, w)
		}
		if head := v.ask("HEAD", path); head.Code != http.StatusOK || head.Body.Len() != 0 {
			t.Errorf("HEAD %s: %d", path, head.Code)
		}
		if route != "/api/v1/openapi.json" {
			judge(route, v.ask("GET", path+"?unknown=1"))
		}
	}
	for _, bad := range []string{"phase=", "phase=done", "limit=0", "limit=101", "limit=01", "limit=ten", "limit=", "after=", "after=none", "limit=1&limit=2"} {
		w := v.ask("GET", "/api/v1/consultations?"+bad)
		if name, _, _ := strings.Cut(bad, "="); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `"parameter":"`+name+`"`) {
			t.Errorf("%s: %d %s", bad, w.Code, w.Body)
		}
		judge("/api/v1/consultations", w)
	}
	judge("/api/v1/consultations/{id}", v.ask("GET", "/api/v1/consultations/none"))
	v.shelf.down = true
	for _, path := range []string{"/api/v1/consultations", "/api/v1/consultations/c-1"} {
		w := v.ask("GET", path)
		if strings.Contains(w.Body.String(), "10.0.0.3") {
			t.Errorf("an operator's error is published: %s", w.Body)
		}
		judge(strings.Replace(path, "c-1", "{id}", 1), w)
	}
	if len(v.failed) != 2 || !strings.Contains(v.failed[0], "10.0.0.3") {
		t.Errorf("%q", v.failed)
	}
	seen["/api/v1/distributions503"] = true // its files are local
	for route := range paths.(map[string]any) {
		for range 2000 {
			if w := v.ask("GET", strings.Replace(route, "{id}", "none", 1)); w.Code == http.StatusTooManyRequests {
				if w.Header().Get("Retry-After") == "" {
					t.Error("for how long, nobody is told")
				}
				judge(route, w)
				break
			}
		}
		responses, _ := d.at(d.root, "paths", route, "get", "responses")
		for code := range responses.(map[string]any) {
			if !seen[route+code] {
				t.Errorf("%s: %s was never seen", route, code)
			}
		}
	}
}

// TestMissing: nothing else is there.
func TestMissing(t *testing.T) {
	v := newTown()
	for _, path := range []string{"/api/v1/", "/api/v1/accounts", "/api/v1/consultations/", "/api/v1/consultations/c-1/x", "/api/v2/register", "/api/v1/distributions/1"} {
		if w := v.ask("GET", path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := v.ask("GET", "/api/v1/distributions"); strings.Contains(w.Body.String(), "secret") || strings.Index(w.Body.String(), "12") > strings.Index(w.Body.String(), `"number":1,`) {
		t.Errorf("%s", w.Body)
	}
}

// TestPages walks through all consultations, and through those of a phase.
func TestPages(t *testing.T) {
	v := newTown()
	walk := func(query string) (ids string) {
		next := ""
		for {
			w := v.ask("GET", "/api/v1/consultations?limit=2"+query+next)
			var page struct {
				Consultations []struct{ ID string }
				Next          string
			}
			if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || len(page.Consultations) > 2 {
				t.Fatal(w.Code, w.Body, err)
			}
			for _, c := range page.Consultations {
				ids += c.ID + " "
			}
			if page.Next == "" {
				return ids
			}
			next = "&after=" + page.Next
		}
	}
	for query, want := range map[string]string{"": "c-1 c-2 c-3 c-4 c-5 ", "&phase=before": "c-1 ", "&phase=open": "c-2 c-3 ", "&phase=after": "c-4 ", "&phase=result": "c-5 "} {
		if got := walk(query); got != want {
			t.Errorf("%s: %s, not %s", query, got, want)
		}
	}
}

// TestClient runs the example of a client against a town whose documents are those that were
// sealed, and against one that changed a document.
func TestClient(t *testing.T) {
	python, err := exec.LookPath("python3") // .ci/needs installs it
	if err != nil {
		t.Fatal(err)
	}
	v := newTown()
	served := study
	hurried, after := 0, "0" // so many answers are 429, with this Retry-After
	mux := http.NewServeMux()
	mux.HandleFunc(api.Root, func(w http.ResponseWriter, r *http.Request) {
		if hurried > 0 {
			hurried--
			w.Header().Set("Retry-After", after)
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		v.ServeHTTP(w, r)
	})
	mux.HandleFunc("/register.json", func(w http.ResponseWriter, r *http.Request) { w.Write(descriptor) })
	mux.HandleFunc("/consultations/", func(w http.ResponseWriter, r *http.Request) { w.Write(served) })
	s := httptest.NewServer(mux)
	defer s.Close()
	run := func(args ...string) (string, int) {
		c := exec.CommandContext(t.Context(), python, append([]string{"../../docs/api-client.py"}, args...)...)
		out, _ := c.CombinedOutput()
		return string(out), c.ProcessState.ExitCode()
	}
	if out, code := run(s.URL); code != 0 || strings.Count(out, "verified") != 2 || !strings.Contains(out, "Question 3") {
		t.Errorf("%d %s", code, out)
	}
	served = []byte("une autre étude")
	if out, code := run(s.URL); code != 1 || !strings.Contains(out, "ANOTHER FILE") {
		t.Errorf("%d %s", code, out)
	}
	hurried = 2
	if out, code := run(s.URL); code != 1 || hurried > 0 {
		t.Errorf("told to wait twice: %d %s", code, out)
	}
	hurried = 1 << 20
	if out, code := run(s.URL); code != 75 || !strings.Contains(out, "5 times") {
		t.Errorf("told to wait for ever: %d %s", code, out)
	}
	hurried, after = 1, "soon"
	if out, code := run(s.URL); code != 1 || hurried > 0 {
		t.Errorf("told to wait for no number: %d %s", code, out)
	}
	none := httptest.NewServer(http.NotFoundHandler())
	defer none.Close()
	if out, code := run(none.URL); code != 75 || !strings.Contains(out, "404") {
		t.Errorf("an error of HTTP: %d %s", code, out)
	}
	if out, code := run(); code != 64 {
		t.Errorf("%d %s", code, out)
	}
	if out, code := run("http://127.0.0.1:1"); code != 75 {
		t.Errorf("%d %s", code, out)
	}
}

// FuzzConsultations asks for anything: an answer, or an error of the description.
func FuzzConsultations(f *testing.F) {
	v := newTown()
	f.Add("phase=open&limit=1")
	f.Add("after=c-1;%zz")
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequest("GET", "/api/v1/consultations", nil)
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		v.ServeHTTP(w, r)
		if w.Code != 200 && w.Code != 400 && w.Code != 429 || !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	})
}
