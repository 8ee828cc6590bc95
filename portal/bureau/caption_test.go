package bureau

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"isoloir/scrutin"
	"isoloir/web/chrome"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// TestCaption reads what a list is of on a phone, also where the list is wider than it and was moved aside.
func TestCaption(t *testing.T) {
	w := newWorld(t, func(m *scrutin.Manifest) {
		m.Urns[0].Label = "Deuxième circonscription des Français établis hors de France, Amérique latine et Caraïbes"
	})
	s := httptest.NewServer(w.site)
	defer s.Close()
	m := &seat{t, w, "member-2", s.URL, shared(t).Tab(t, 2*time.Minute)}
	m.do(chromedp.Navigate(s.URL + "/fr/rien"))
	if _, err := chromedp.Call(m.tab, network.SetCookie, network.SetCookieParams{Name: "who", Value: m.id, URL: s.URL}); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int64{390, 1280} {
		if err := chrome.Size(m.tab, width, 844); err != nil {
			t.Fatal(err)
		}
		m.do(chromedp.Navigate(s.URL+"/fr/liste"), chromedp.Submit("#urn"), chromedp.WaitVisible("caption"))
		for _, moved := range []string{"0", "1e6"} {
			cut, err := chromedp.Run(m.tab, chromedp.Evaluate[string](`(() => {
				const scroll = document.querySelector(".scroll"), caption = document.querySelector("caption"), words = document.createRange();
				scroll.scrollLeft = `+moved+`;
				words.selectNodeContents(caption);
				const seen = scroll.getBoundingClientRect(), all = words.getBoundingClientRect();
				return all.left < seen.left - 1 || all.right > seen.right + 1 ? all.left + " to " + all.right + " of " + seen.left + " to " + seen.right : "";
			})()`))
			if err != nil || cut != "" {
				t.Errorf("at %d, moved by %s, the caption is cut: %s %v", width, moved, cut, err)
			}
			if err := chrome.Picture(m.tab, fmt.Sprintf("liste-lue-%s-%d", moved, width)); err != nil {
				t.Error(err)
			}
		}
	}
	if err := accessible(m.tab); err != nil {
		t.Error(err)
	}
}
