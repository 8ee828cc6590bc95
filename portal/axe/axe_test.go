package axe_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"isoloir/portal/axe"
	"isoloir/portal/guard"
	"isoloir/web/chrome"

	"github.com/chromedp/chromedp"
)

// TestCheck finds what is wrong on a page under the policy of our pages, and nothing
// on one that is right.
func TestCheck(t *testing.T) {
	g := guard.New(guard.Config{Now: time.Now})
	s := httptest.NewServer(g.Pages(guard.Policy{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		body := `<main><h1>Titre</h1><label for="a">Nom</label><input id="a"></main>`
		if r.URL.Path == "/bad" {
			body = `<main><h1>Titre</h1><input id="a"><img src="/x.png"></main>`
		}
		w.Write([]byte(`<!doctype html><html lang="fr"><head><title>Page</title></head><body>` + body))
	})))
	defer s.Close()
	tab := chrome.Start(t).Tab(t, 20*time.Second)
	for path, want := range map[string]string{"/good": "", "/bad": "image-alt label"} {
		if err := chromedp.Do(tab, chromedp.Navigate(s.URL+path)); err != nil {
			t.Fatal(err)
		}
		if found, err := axe.Check(tab, "image-alt"); err != nil || len(found) != strings.Count(want, "image-alt") {
			t.Errorf("%s, by one rule: %v, %v", path, found, err)
		}
		found, err := axe.Check(tab)
		var ids []string
		for _, v := range found {
			ids = append(ids, v.ID)
		}
		if err != nil || strings.Join(ids, " ") != want {
			t.Errorf("%s: %v, %v", path, found, err)
		}
	}
}
