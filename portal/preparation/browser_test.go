package preparation_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"isoloir/portal/axe"
	"isoloir/web/chrome"

	"github.com/chromedp/chromedp"
)

// TestPages prepares a scrutin in a browser, from the address that the command prints to the manifest, every page of it judged.
func TestPages(t *testing.T) {
	server := httptest.NewUnstartedServer(nil)
	w := newWorld(t, "http://"+server.Listener.Addr().String())
	server.Config.Handler = w.site
	server.Start()
	defer server.Close()
	tab := chrome.Start(t).Tab(t, 3*time.Minute)
	do := func(steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		w.must(chromedp.Do(tab, steps...))
	}
	until := func(condition string) {
		t.Helper()
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if met, err := chromedp.Run(tab, chromedp.Evaluate[bool](`document.readyState === "complete" && Boolean(`+condition+`)`)); err == nil && met {
				return
			}
		}
		now, _ := chromedp.Run(tab, chromedp.Evaluate[string](`location.pathname + "\n" + document.body.innerText`))
		t.Fatalf("never %s:\n%s", condition, now)
	}
	judge := func(name string) {
		t.Helper()
		for _, width := range []int64{320, 390, 1280} {
			w.must(chrome.Size(tab, width, 844))
			if err := chrome.Fits(tab); err != nil {
				t.Errorf("%s at %d: %v", name, width, err)
			}
			if width == 320 {
				continue
			}
			w.must(chrome.Picture(tab, "preparation-"+name+"-"+map[int64]string{390: "390", 1280: "1280"}[width]))
		}
		found, err := axe.Check(tab)
		w.must(err)
		for _, v := range found {
			t.Errorf("%s: %v", name, v)
		}
	}
	file := func(name, data string) string {
		path := filepath.Join(t.TempDir(), name)
		w.must(os.WriteFile(path, []byte(data), 0o600))
		return path
	}
	bring := func(paths ...string) {
		t.Helper()
		do(chromedp.SetUploadFiles("#files", paths), chromedp.Focus("#import button"), chromedp.KeyEvent("\r"))
	}

	do(chromedp.Navigate(server.URL + "/entrer?code=" + w.site.Code))
	until(`document.querySelector("#mistakes")`)
	do(chromedp.Navigate(server.URL + "/fr/"))
	until(`document.documentElement.lang === "fr"`)
	judge("folder")
	bring(file("urnes.csv", "id,label,territory,college,electors\ncentre,Centre,commune,habitants,beaucoup\nsud,Sud,commune,habitants\n"))
	until(`document.querySelectorAll(".refused tbody tr").length === 2`)
	judge("refused")
	var cards []string
	for name, data := range w.cards() {
		cards = append(cards, file(name, string(data)))
	}
	bring(cards...)
	until(`document.querySelector("#ready")`)
	judge("ready")
	do(chromedp.Navigate(server.URL + "/fr/tirage"))
	until(`document.querySelector("#mots")`)
	judge("draw")
	do(chromedp.SetValue("#date", "2032-05-04"), chromedp.SendKeys("#mots", "3 1 2"), chromedp.KeyEvent("\r"))
	until(`document.querySelector("#keep")`)
	judge("drawn")
	do(chromedp.Focus("#keep button"), chromedp.KeyEvent("\r"))
	until(`document.querySelector("#kept strong").textContent === "3 1 2"`)
	do(chromedp.Navigate(server.URL + "/fr/apercu"))
	until(`document.getElementById("device").dataset.step === "choice"`)
	judge("preview")
	do(chromedp.Navigate(server.URL + "/en/manifeste"))
	until(`document.querySelector("#make button")`)
	judge("manifest")
	do(chromedp.Focus("#make button"), chromedp.KeyEvent("\r"))
	until(`document.querySelector("#made")`)
	judge("made")
	do(chromedp.Navigate(server.URL + "/en/nothing"))
	until(`document.querySelector("main .notice")`)
	judge("lost")
}
