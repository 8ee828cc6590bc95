package pages_test

import (
	"net/http"
	"strings"
	"testing"

	"isoloir/portal/pages"
	"isoloir/record"
	"isoloir/scrutin"
)

// TestLeading shows a scrutin that leads another one: its pages lead there, and may ask
// whom that one's voters need.
func TestLeading(t *testing.T) {
	f := newFake(t)
	f.origins.Companions = []pages.Companion{{Fingerprint: scrutin.Digest{1}, Portal: "https://budget.example", Roll: "https://roll.budget.example",
		Urn: "https://urn.budget.example", Issuers: []string{"https://courriel.budget.example", "https://sms.budget.example"}}}
	f.enter(pages.Open)
	v := &visitor{h: f.site()}
	r := v.get("/en/")
	if text := body(t, r); !strings.Contains(text, `href="https://budget.example/en/"`) {
		t.Error("the first page does not lead to the companion")
	} else if !strings.Contains(text, ">budget.example</a>") {
		t.Error("a companion whose manifest is not at hand is not called by its address")
	}
	named := newFake(t)
	named.origins.Companions = []pages.Companion{{Fingerprint: scrutin.Digest{1}, Title: "Budget participatif", Portal: "https://budget.example"}}
	named.enter(pages.Open)
	if text := body(t, (&visitor{h: named.site()}).get("/fr/")); !strings.Contains(text, ">Budget participatif</a>") {
		t.Error("the first page does not call the companion by its title")
	}
	for phase, want := range map[pages.Phase]int{pages.Before: 0, pages.Open: 2, pages.Suspended: 1, pages.Closed: 1, pages.Published: 1} {
		f.enter(phase)
		if n := strings.Count(body(t, v.get("/en/urne/urne-japon")), `href="/en/urne/urne-japon/voter"`); n != want {
			t.Errorf("%s: %d links to the page where one logs in for the companion too, not %d", phase, n, want)
		}
		if said := strings.Contains(body(t, v.get("/en/")), "an associated vote may still be open"); said != (want == 1) {
			t.Errorf("%s: that a companion may still be open is said: %v", phase, said)
		}
	}
	policy := r.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, " https://budget.example https://roll.budget.example https://urn.budget.example https://courriel.budget.example https://sms.budget.example;") {
		t.Errorf("its pages may ask %s", policy)
	}
	if _, forms, _ := strings.Cut(policy, "form-action"); strings.Contains(forms, "budget.example") {
		t.Errorf("its forms may be sent to %s", forms)
	}
}

// TestCompanion shows a scrutin that another one leads: for codes one goes there, and
// its own fingerprint is nowhere said to stand beside them.
func TestCompanion(t *testing.T) {
	f := newFake(t)
	f.origins.Leading = "https://conseil.example"
	f.enter(pages.Open)
	v := &visitor{h: f.site()}
	for _, l := range []string{"fr", "en"} {
		if r := v.get("/" + l + "/renouveler"); r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "https://conseil.example/"+l+"/renouveler" {
			t.Errorf("who wants a new code is answered %d, to %s", r.StatusCode, r.Header.Get("Location"))
		}
		for _, path := range []string{"/", "/urne/urne-japon"} {
			if text := body(t, v.get("/"+l+path)); !strings.Contains(text, `href="https://conseil.example/`+l+`/"`) {
				t.Errorf("%s does not say where one votes", path)
			}
		}
		for _, path := range all {
			if path == "/renouveler" {
				continue
			}
			if text := body(t, v.get("/"+l+path)); strings.Contains(text, "imprimés à côté") || strings.Contains(text, "imprimée à côté") || strings.Contains(text, "printed beside") {
				t.Errorf("%s says that this fingerprint stands beside the codes", path)
			}
		}
	}
	if policy := v.get("/fr/").Header.Get("Content-Security-Policy"); strings.Contains(policy, "conseil.example") {
		t.Errorf("its pages may ask %s", policy)
	}
}

// TestEverybody says what pages of any origin may read: the two records and the state,
// as those of a leading scrutin do, and nothing else.
func TestEverybody(t *testing.T) {
	f := newFake(t)
	f.enter(pages.Published)
	v := &visitor{h: f.site()}
	for path, want := range map[string]string{"/status": "*", "/record/" + record.Manifest: "*", "/record/" + record.Opening: "*", "/fr/": "", "/": "", "/client/vote.js": "",
		"/record/" + record.Act(1, "constitute"): "", "/record/" + record.Act(9, "addendum"): "", "/record/" + record.Population(1).AnonymisationKeys("urne-japon", 3): "", "/record/" + record.Leaves("urne-japon"): "", "/export.tar": "", "/icon.svg": "", "/rien": ""} {
		if got := v.do("GET", path, nil, "Origin", "https://elsewhere.example").Header.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%s may be read by pages of %q, not %q", path, got, want)
		}
	}
}
