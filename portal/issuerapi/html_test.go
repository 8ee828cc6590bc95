package issuerapi_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// The pages of an issuer work without a script, in both languages, with a name for
// every field.
func TestPages(t *testing.T) {
	for number := range 2 {
		o := open(t, number, "mark-only")
		o.Import(t)
		for _, language := range []string{"fr", "en"} {
			for what, page := range map[string]string{
				"form":   o.ask("GET", "/v1/renew?language="+language, "").Body.String(),
				"answer": o.renew("a@mail.example", language, "10.0.0.1").Body.String(),
				"lost":   o.ask("GET", "/lost", "", "Accept-Language", language).Body.String(),
			} {
				root, err := html.Parse(strings.NewReader(page))
				if err != nil {
					t.Fatal(err)
				}
				labels, fields, headings := map[string]bool{}, []string{}, 0
				for n := range root.Descendants() {
					if n.Type != html.ElementNode {
						continue
					}
					attr := map[string]string{}
					for _, a := range n.Attr {
						attr[a.Key] = a.Val
					}
					switch n.Data {
					case "html":
						if attr["lang"] != language {
							t.Errorf("%s in %s has lang %q", what, language, attr["lang"])
						}
					case "script", "iframe", "img":
						t.Errorf("%s has an element %s", what, n.Data)
					case "h1":
						headings++
					case "label":
						labels[attr["for"]] = true
					case "input":
						if attr["type"] != "hidden" {
							fields = append(fields, attr["id"])
						}
					case "form":
						if attr["method"] != "post" || attr["action"] != "/v1/renew" {
							t.Errorf("%s sends by %q to %q", what, attr["method"], attr["action"])
						}
					}
					if attr["style"] != "" || attr["onclick"] != "" {
						t.Errorf("%s has something in line: %v", what, attr)
					}
				}
				if headings != 1 || what == "form" && len(fields) != 1 {
					t.Errorf("%s in %s: %d headings, fields %v", what, language, headings, fields)
				}
				for _, id := range fields {
					if !labels[id] {
						t.Errorf("%s: the field %q has no label", what, id)
					}
				}
				if strings.Contains(page, "{{") || strings.Contains(page, "renew.") || strings.Contains(page, "issuer.") || strings.Contains(page, "frame.") {
					t.Errorf("%s in %s shows a key: %s", what, language, page)
				}
			}
		}
	}
}
