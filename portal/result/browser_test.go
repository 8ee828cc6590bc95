package result_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"isoloir/portal/axe"
	"isoloir/web/chrome"
)

// until waits for a state of the page.
func until(t *testing.T, tab context.Context, condition string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if met, err := chromedp.Run(tab, chromedp.Evaluate[bool](`Boolean(`+condition+`)`)); err == nil && met {
			return
		}
	}
	now, _ := chromedp.Run(tab, chromedp.Evaluate[string](`document.body.innerText`))
	t.Fatalf("never: %s\n%s", condition, now)
}

// TestInBrowser looks at the pages in three widths and two languages, changes votes by the keyboard alone, and holds what the page's script
// computes against the package on random votes: the same texts of the same fractions.
func TestInBrowser(t *testing.T) {
	s := httptest.NewServer(pages(t))
	defer s.Close()
	tab := chrome.Start(t).Tab(t, 4*time.Minute)
	do := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(tab, actions...); err != nil {
			t.Fatal(err)
		}
	}
	text := func(expression string) string {
		t.Helper()
		got, err := chromedp.Run(tab, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for _, page := range []string{"fr/resultats/quai", "en/resultats/quai", "fr/resultats/quai-provisoire", "fr/simulateur/quai", "en/simulateur"} {
		do(chromedp.Navigate(s.URL + "/" + page))
		if strings.Contains(page, "simulateur") {
			until(t, tab, `document.querySelector("#simulator").dataset.state === "weighed"`)
		}
		if page == "fr/simulateur/quai" { // it begins with the published result, whose merged cells stay merged
			until(t, tab, `document.querySelector("#simulator table").innerText.includes("133086730/36999667")`)
		}
		for _, width := range []int64{320, 390, 1280} {
			if err := chrome.Size(tab, width, 800); err != nil {
				t.Fatal(err)
			}
			if err := chrome.Fits(tab); err != nil {
				t.Errorf("%s at %d: %v", page, width, err)
			}
			if err := chrome.Picture(tab, fmt.Sprint(page, " ", width)); err != nil {
				t.Error(err)
			}
		}
		found, err := axe.Check(tab)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range found {
			t.Errorf("%s: %s", page, v)
		}
	}

	// On the page of free numbers, which begins with example 1 of docs/mixte.md: nobody of A votes directly any more.
	if got := text(`document.querySelector("#simulator table").innerText`); !strings.Contains(got, "9/5") || !strings.Contains(got, "23/20") {
		t.Errorf("example 1 is weighed otherwise:\n%s", got)
	}
	first := `[...document.querySelectorAll("#simulator fieldset")].at(-1).querySelectorAll("input")`
	for i := range 3 {
		do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`%s[%d].focus()`, first, i)), chromedp.KeyEvent("a", chromedp.KeyModifiers(2)), chromedp.KeyEvent("0"))
	}
	until(t, tab, `document.querySelector("#simulator table").innerText.includes("21/10")`)
	do(chromedp.Evaluate[chromedp.Void](first+`[0].focus()`), chromedp.KeyEvent("a", chromedp.KeyModifiers(2)), chromedp.KeyEvent("101"))
	until(t, tab, `document.querySelector("[role=status]").innerText.includes("more citizens vote")`)
	do(chromedp.KeyEvent("a", chromedp.KeyModifiers(2)), chromedp.KeyEvent("0"), chromedp.KeyEvent(kb.Tab))
	until(t, tab, `document.querySelector("#simulator").dataset.state === "weighed"`)

	wrong := text(`(async () => {
		const { weigh } = await import("/mixte/mixte.js");
		return (` + instances(t, 400) + `).flatMap((x, i) => {
			const got = JSON.stringify(weigh(x.rules, x.electorates, x.members, x.counts));
			return got === JSON.stringify(x.result) ? [] : [i + ": " + got + " where " + JSON.stringify(x.result)];
		}).slice(0, 3).join("\n");
	})()`)
	if wrong != "" {
		t.Error("weighed otherwise than by the package:\n", wrong)
	}
}
