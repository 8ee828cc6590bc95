package pages_test

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"isoloir/portal/pages"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/web"
)

// all are the paths of the pages after the language.
var all = []string{"/", "/urne/urne-japon", "/urne/urne-egypte", "/renouveler", "/resultats", "/notice", "/dates", "/aide", "/guide", "/questions", "/assistance",
	"/quelqu-un-a-vote", "/reclamation", "/pays", "/client", "/accessibilite", "/confidentialite", "/bureau-assistance"}

// A door is a route that may open or not, by phase and by who asks.
type door struct {
	method, path string
	form         url.Values
	// visitor and desk are the statuses in each phase, or one for all of them.
	visitor, desk []int
}

func doors(f *fake) []door {
	ok, lost, method := []int{200}, []int{404}, []int{405}
	later := []int{404, 404, 404, 404, 200} // once the result is out
	var list []door
	for _, path := range all {
		for _, l := range []string{"/fr", "/en"} {
			list = append(list, door{"GET", l + path, nil, ok, ok}, door{"HEAD", l + path, nil, ok, ok})
			if path != "/assistance" {
				list = append(list, door{"POST", l + path, url.Values{}, method, method})
			}
			list = append(list, door{"DELETE", l + path, nil, method, method})
		}
	}
	document := f.manifest.Questions[0].Options[0].Documents[0].SHA256.String()
	renewal := url.Values{"issuer": {"emetteur-sms"}, "address": {"+33 6 12 34 56 78"}, "language": {"fr"}}
	return append(list,
		door{"GET", "/", nil, []int{303}, []int{303}},
		door{"GET", "/fr", nil, []int{303}, []int{303}},
		door{"GET", "/en", nil, []int{303}, []int{303}},
		door{"GET", "/de/", nil, lost, lost},
		door{"GET", "/fr/urne/nulle-part", nil, lost, lost},
		door{"GET", "/fr/rien", nil, lost, lost},
		door{"GET", "/status", nil, ok, ok},
		door{"POST", "/status", url.Values{}, method, method},
		door{"GET", "/icon.svg", nil, ok, ok},
		door{"GET", "/guide/fr-1.webp", nil, ok, ok},
		door{"GET", "/guide/fr-99.webp", nil, lost, lost},
		door{"GET", "/client/style.css", nil, ok, ok},
		door{"GET", "/client/SHA256SUMS", nil, ok, ok},
		door{"GET", "/client/source/client/ballot.js", nil, ok, ok},
		door{"GET", "/client/none.js", nil, lost, lost},
		door{"GET", "/client/", nil, lost, lost},
		door{"GET", "/documents/" + document, nil, ok, ok},
		door{"GET", "/documents/" + strings.Repeat("0", 64), nil, lost, lost},
		door{"GET", "/documents/x", nil, lost, lost},
		door{"GET", "/record/" + record.Manifest, nil, ok, ok},
		door{"GET", "/record/" + record.Opening, nil, ok, ok},
		door{"GET", "/record/" + record.Act(1, "constitute"), nil, ok, ok},
		door{"GET", "/record/" + record.Ceremony(1, "seal", "membre-1"), nil, ok, ok},
		door{"GET", "/record/" + record.Marks("urne-japon"), nil, later, later},
		door{"GET", "/record/" + record.Leaves("urne-japon"), nil, later, later},
		door{"GET", "/record/" + record.Mix(1), nil, later, later},
		door{"GET", "/record/" + record.Roll("urne-japon"), nil, lost, lost},
		door{"GET", "/export.tar", nil, later, later},
		door{"POST", "/export.tar", url.Values{}, method, method},
		door{"POST", "/fr/assistance", url.Values{"subject": {"vote"}, "text": {"Bonjour"}}, []int{303}, []int{303}},
		door{"POST", "/fr/assistance", url.Values{}, []int{422}, []int{422}},
		door{"GET", "/fr/bureau-assistance/entrer", nil, method, method},
		door{"POST", "/fr/bureau-assistance/entrer", url.Values{"name": {"anne"}, "passphrase": {"autre phrase de passe"}}, []int{422}, []int{422}},
		door{"POST", "/fr/bureau-assistance/renouveler", renewal, []int{303}, []int{303}}, // to the login, or to what was done
	)
}

// TestAccess tries every route in every phase, as a visitor and as the help desk.
func TestAccess(t *testing.T) {
	f := newFake(t)
	for i, p := range phases {
		f.enter(p)
		desk := &visitor{h: f.site()}
		desk.do("POST", "/fr/bureau-assistance/entrer", url.Values{"name": {"anne"}, "passphrase": {deskPhrase}})
		if len(desk.cookies) != 1 {
			t.Fatalf("%s: the desk has %d cookies", p, len(desk.cookies))
		}
		for _, role := range []string{"visitor", "desk"} {
			who, renewed := &visitor{h: f.site()}, len(f.renewed)
			if role == "desk" {
				who = desk
			}
			for _, d := range doors(f) {
				want := d.visitor
				if role == "desk" {
					want = d.desk
				}
				status := want[min(i, len(want)-1)]
				r := who.do(d.method, d.path, d.form)
				if r.StatusCode != status {
					t.Errorf("%s, %s: %s %s is %d, expected %d", p, role, d.method, d.path, r.StatusCode, status)
				}
				if r.StatusCode == 405 && r.Header.Get("Allow") == "" {
					t.Errorf("%s %s does not say what it allows", d.method, d.path)
				}
				if csp := r.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "https://roll.example https://urn.example https://courriel.example") {
					t.Errorf("%s %s: %q", d.method, d.path, csp)
				}
				if role == "visitor" && len(r.Cookies()) > 0 {
					t.Errorf("%s %s leaves a cookie with a visitor", d.method, d.path)
				}
				if r.StatusCode >= 400 && r.Header.Get("Content-Type") != "text/html; charset=utf-8" {
					t.Errorf("%s %s: a refusal that is no page", d.method, d.path)
				}
			}
			if done := len(f.renewed) - renewed; done != map[string]int{"visitor": 0, "desk": 1}[role] {
				t.Errorf("%s, %s: %d renewals", p, role, done)
			}
		}
	}
}

// TestNothingEarly reads every page, the status and the public record before the
// result is out: nothing that was counted stands anywhere, nor does who was marked. (S004-21b)
func TestNothingEarly(t *testing.T) {
	f := newFake(t)
	f.enter(pages.Published)
	result := f.progress.Result
	for _, at := range []struct {
		name string
		set  func()
	}{
		{"before the proclamation", func() { f.progress.Acts = slices.DeleteFunc(f.progress.Acts, actOf("proclaim")) }},
		{"before that of all ways of voting", func() { f.enter(pages.Published); f.progress.Global = f.now.AddDate(0, 0, 1) }},
		{"while nobody has said it", func() {
			f.enter(pages.Published)
			f.progress.Global = f.progress.Global.AddDate(-1000, 0, 0)
			f.progress.Acts = nil
		}},
	} {
		at.set()
		f.progress.Result = result
		v := &visitor{h: f.site()}
		for _, path := range append([]string{"/status", "/export.tar", "/record/" + record.Marks("urne-japon"), "/record/result.csv"}, under("/fr", all)...) {
			text := body(t, v.get(path))
			for _, secret := range []string{"2 103", "2103", "4 372", "4372", "who has voted", "Blancs"} {
				if strings.Contains(text, secret) {
					t.Errorf("%s, %s says %q", at.name, path, secret)
				}
			}
		}
	}
	f.enter(pages.Published)
	if text := body(t, (&visitor{h: f.site()}).get("/fr/resultats")); !strings.Contains(text, "Blancs") || !strings.Contains(text, "4\u00a0372") {
		t.Error("the result is not shown when it is out")
	}
}

// TestServersProgram: the portal shows the program that was sealed, and says where its own is another.
func TestServersProgram(t *testing.T) {
	f := newFake(t)
	const same, other = "says that it is the sealed one", "This is not the sealed program"
	shows := func(wants string, not ...string) {
		t.Helper()
		text := body(t, (&visitor{h: f.site()}).get("/en/client"))
		if !strings.Contains(text, wants) || !strings.Contains(text, program.String()[:4]) {
			t.Errorf("%q or the program's digest is missing", wants)
		}
		for _, n := range not {
			if strings.Contains(text, n) {
				t.Errorf("%q is said", n)
			}
		}
	}
	shows("has not sealed the program yet", same, other)
	f.enter(pages.Open)
	shows(same, other)
	f.progress.Acts = append(f.progress.Acts, &scrutin.Act{Type: scrutin.ActUpdate, Body: scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: scrutin.AdoptSoftware, SHA256: scrutin.Digest{1}}}}})
	shows(other, same)
}

// TestKeptPage: the source of a page that somebody kept names the scripts that ran in it as the list of the client does.
func TestKeptPage(t *testing.T) {
	f := newFake(t)
	v := &visitor{h: f.site()}
	listed := map[string]string{}
	for line := range strings.Lines(string(web.Sums())) {
		digest, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		listed[name] = digest
	}
	named := regexp.MustCompile(`(?:src|href)="/client/([^"]+)" integrity="sha256-([^"]+)"`).FindAllStringSubmatch(body(t, v.get("/en/")), -1)
	if len(named) == 0 {
		t.Error("no page names a digest")
	}
	for _, m := range named {
		digest, err := base64.StdEncoding.DecodeString(m[2])
		if err != nil || hex.EncodeToString(digest) != listed[m[1]] {
			t.Errorf("%s has %x in the page, %v, and %s in the list", m[1], digest, err, listed[m[1]])
		}
	}
}

// TestClientIsWhole serves every file that the list names, as the list says.
func TestClientIsWhole(t *testing.T) {
	v := &visitor{h: newFake(t).site()}
	for line := range strings.Lines(string(web.Sums())) {
		_, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		r := v.get("/client/" + name)
		if kind := r.Header.Get("Content-Type"); r.StatusCode != 200 || kind != web.ContentType(name) {
			t.Errorf("%s: %d, %s", name, r.StatusCode, kind)
		}
		tag := r.Header.Get("ETag")
		if again := v.do("GET", "/client/"+name, nil, "If-None-Match", tag); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s is sent again to who has it: %d", name, again.StatusCode)
		}
	}
}
