package pages_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"isoloir/portal/pages"

	"golang.org/x/net/html"
)

// walk calls f for every element of a page.
func walk(n *html.Node, f func(*html.Node)) {
	if n.Type == html.ElementNode {
		f(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, f)
	}
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func text(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(out.String())
}

// TestHTML reads every page in every phase: what a browser would have to mend, what
// a screen reader would not find, and what the policy of scripts forbids. (S002-09)
func TestHTML(t *testing.T) {
	f := newFake(t)
	for _, p := range phases {
		f.enter(p)
		v := &visitor{h: f.site()}
		for _, lang := range []string{"fr", "en"} {
			for _, path := range append(under("/"+lang, all), "/"+lang+"/lost", "/"+lang+"/assistance?sent", "/"+lang+"/?q=jap", "/"+lang+"/?q=%3Cscript%3Ealert(1)%3C/script%3E") {
				check(t, fmt.Sprint(p, " ", path), lang, body(t, v.get(path)))
			}
		}
	}
}

func check(t *testing.T, where, lang, page string) {
	t.Helper()
	wrong := func(format string, args ...any) { t.Helper(); t.Errorf(where+": "+format, args...) }
	if !strings.HasPrefix(page, "<!doctype html><html lang=\""+lang+"\">") {
		wrong("begins with %.60q", page)
	}
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	ids, labels, level, firsts, titles := map[string]bool{}, map[string]bool{}, 0, 0, 0
	var inputs, refs []string
	walk(root, func(n *html.Node) {
		if id, ok := attr(n, "id"); ok {
			if ids[id] || id == "" || strings.ContainsAny(id, " \t") {
				wrong("the id %q is there twice or is none", id)
			}
			ids[id] = true
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.TrimSpace(strings.ToLower(a.Val)), "javascript:") {
				wrong("%s on %s: nothing inline", a.Key, n.Data)
			}
			if a.Key == "for" {
				labels[a.Val] = true
			}
			if slices.Contains([]string{"for", "aria-labelledby", "aria-describedby", "aria-controls"}, a.Key) {
				refs = append(refs, strings.Fields(a.Val)...)
			}
			if strings.Contains(a.Val, "{{") {
				wrong("%s on %s is not filled in: %q", a.Key, n.Data, a.Val)
			}
		}
		switch n.Data {
		case "script":
			if _, ok := attr(n, "src"); !ok || text(n) != "" {
				wrong("a script inline")
			}
		case "style":
			wrong("a style inline")
		case "h1", "h2", "h3", "h4":
			l := int(n.Data[1] - '0')
			if l == 1 {
				firsts++
			}
			if l > level+1 || text(n) == "" {
				wrong("the heading %q of level %d after level %d", text(n), l, level)
			}
			level = l
		case "title":
			titles++
			if text(n) == "" {
				wrong("no title")
			}
		case "input", "select", "textarea":
			if kind, _ := attr(n, "type"); kind != "hidden" {
				id, _ := attr(n, "id")
				inputs = append(inputs, id)
			}
		case "img":
			if alt, ok := attr(n, "alt"); !ok || alt == "" {
				wrong("an image without words")
			}
		case "a", "button":
			if _, labelled := attr(n, "aria-label"); text(n) == "" && !labelled {
				wrong("a %s without words", n.Data)
			}
		}
	})
	for _, id := range inputs {
		if !labels[id] {
			wrong("the field %q has no label", id)
		}
	}
	for _, id := range refs {
		if !ids[id] {
			wrong("something points to %q, which is not there", id)
		}
	}
	if firsts != 1 || titles != 1 {
		wrong("%d first headings, %d titles", firsts, titles)
	}
	if strings.Contains(text(root), "{{") {
		wrong("a sentence is not filled in")
	}
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			for _, key := range missing(n.Data) {
				wrong("the key %q instead of a sentence", key)
			}
		}
	}
}

// missing finds what reads like a key of the catalogue.
func missing(text string) (keys []string) {
	for _, word := range strings.Fields(text) {
		page, _, dotted := strings.Cut(word, ".")
		if dotted && slices.Contains([]string{"frame", "link", "state", "phase", "home", "urn", "draw", "dates", "act", "release", "renew", "countries", "someone", "complaint", "results", "client", "notice", "role",
			"rank", "finality", "factor", "validation", "channel", "help", "guide", "questions", "assistance", "accessibility", "privacy", "desk", "script", "refusal"}, page) && !strings.HasSuffix(word, ".js") && !strings.HasSuffix(word, ".") {
			keys = append(keys, word)
		}
	}
	return keys
}

// elsewhere are pages that packages beside this one add.
var elsewhere = []string{"/verifier", "/controler", "/emargement", "/voter"}

// TestLinks follows every link of every page to a page that answers, and to a place
// in it that is there; and sends forms nowhere but here and to the issuers.
func TestLinks(t *testing.T) {
	f := newFake(t)
	f.enter(pages.Published)
	v := &visitor{h: f.site()}
	for _, name := range []string{"result.csv"} {
		if err := f.export.Write(name, []byte("csv")); err != nil {
			t.Fatal(err)
		}
	}
	places := map[string]map[string]bool{} // page → its ids
	open := func(path string) map[string]bool {
		if places[path] == nil {
			r := v.get(path)
			if r.StatusCode != 200 && r.StatusCode != 303 {
				t.Errorf("%s answers %d", path, r.StatusCode)
			}
			places[path] = map[string]bool{}
			if !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
				return places[path] // a document, a film
			}
			root, err := html.Parse(strings.NewReader(body(t, r)))
			if err != nil {
				t.Fatal(err)
			}
			walk(root, func(n *html.Node) {
				if id, ok := attr(n, "id"); ok {
					places[path][id] = true
				}
			})
		}
		return places[path]
	}
	for _, p := range phases {
		f.enter(p)
		for _, path := range append(under("/fr", all), under("/en", all)...) {
			root, err := html.Parse(strings.NewReader(body(t, v.get(path))))
			if err != nil {
				t.Fatal(err)
			}
			f.enter(pages.Published)
			walk(root, func(n *html.Node) {
				for _, name := range []string{"href", "src", "action"} {
					target, ok := attr(n, name)
					if !ok {
						continue
					}
					to, err := url.Parse(target)
					if err != nil {
						t.Fatal(err)
					}
					if to.Host != "" {
						if name != "action" || !slices.Contains(f.Origins().Issuers, to.Scheme+"://"+to.Host) {
							t.Errorf("%s leads away: %s %s", path, name, target)
						}
						continue
					}
					if method, _ := attr(n, "method"); name == "action" && method == "post" {
						continue // TestAccess sends forms
					}
					if slices.ContainsFunc(elsewhere, func(e string) bool { return strings.HasSuffix(to.Path, e) }) {
						continue
					}
					on := to.Path
					if on == "" {
						on = path
					}
					if ids := open(on); to.Fragment != "" && !ids[to.Fragment] {
						t.Errorf("%s leads to %s, and there is no such place", path, target)
					}
				}
			})
			f.enter(p)
		}
	}
}

// TestEqualLists wants the lists of an urn in the order of the manifest, each once,
// with all its names and documents. (S003-27-2)
func TestEqualLists(t *testing.T) {
	f := newFake(t)
	f.enter(pages.Open)
	page := body(t, (&visitor{h: f.site()}).get("/fr/urne/urne-japon"))
	at := 0
	for _, o := range f.manifest.Questions[0].Options {
		for _, want := range append([]string{"<h3>" + html.EscapeString(o.Label) + "</h3>"}, o.Candidates...) {
			i := strings.Index(page[at:], want)
			if i < 0 {
				t.Fatalf("%q is not there, or not in its place", want)
			}
			at += i
		}
		for _, d := range o.Documents {
			if strings.Count(page, "/documents/"+d.SHA256.String()) != 1 {
				t.Errorf("%s of %s is not there once", d.Title, o.ID)
			}
		}
	}
}

// TestVoteButton is there while one may vote, and only then. (S002-s3)
func TestVoteButton(t *testing.T) {
	f := newFake(t)
	for _, p := range phases {
		f.enter(p)
		page := body(t, (&visitor{h: f.site()}).get("/fr/urne/urne-japon"))
		if strings.Contains(page, "/fr/urne/urne-japon/voter") != (p == pages.Open) {
			t.Errorf("%s: the way to the vote", p)
		}
	}
}

// TestSearch finds constituencies by any name around them, with or without accents.
func TestSearch(t *testing.T) {
	f := newFake(t)
	v := &visitor{h: f.site()}
	for query, want := range map[string]int{"": 9, "japon": 1, "JAPON": 1, "viet": 1, "asie": 8, "monde": 9, "egypte": 1, "asie thai": 1, "日本": 1, "atlantide": 0, "asie égypte": 0} {
		page := body(t, v.get("/fr/?q="+url.QueryEscape(query)))
		if got := strings.Count(page, `href="/fr/urne/`); got != want {
			t.Errorf("%q finds %d constituencies, not %d", query, got, want)
		}
	}
	// Of a query that would keep the server busy, the beginning is looked for.
	if page := body(t, v.get("/fr/?q="+url.QueryEscape("japon "+strings.Repeat("o ", 6000)+"atlantide"))); strings.Count(page, `href="/fr/urne/`) != 1 {
		t.Error("a long query is read to its end")
	}
	if page := body(t, v.get("/fr/?q="+url.QueryEscape("x"+strings.Repeat("é", 50)))); !strings.Contains(page, `value="x`+strings.Repeat("é", 49)+`"`) {
		t.Error("a query is cut within a letter")
	}
}

// TestGuide wants a small picture of every step in every language. (S002-09)
func TestGuide(t *testing.T) {
	f := newFake(t)
	v := &visitor{h: f.site()}
	for _, lang := range []string{"fr", "en"} {
		root, err := html.Parse(strings.NewReader(body(t, v.get("/"+lang+"/guide"))))
		if err != nil {
			t.Fatal(err)
		}
		steps, pictures := 0, 0
		walk(root, func(n *html.Node) {
			if class, _ := attr(n, "class"); n.Data == "ol" && strings.Contains(class, "guide") {
				walk(n, func(n *html.Node) {
					switch n.Data {
					case "h2":
						steps++
					case "img":
						pictures++
						src, _ := attr(n, "src")
						width, _ := attr(n, "width")
						if r := v.get(src); r.StatusCode != 200 || r.Header.Get("Content-Type") != "image/webp" || len(body(t, r)) > 60_000 || width != "390" {
							t.Errorf("%s: %d, %s px", src, r.StatusCode, width)
						}
					}
				})
			}
		})
		if steps != 8 || pictures != steps {
			t.Errorf("%s: %d steps, %d pictures: make guide", lang, steps, pictures)
		}
	}
}
