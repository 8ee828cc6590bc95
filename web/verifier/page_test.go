package verifier_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What is no archive is refused in words; a wrong fingerprint is not sent off; and the
// page can reach nothing.
func TestPage(t *testing.T) {
	p := open(t, time.Minute)
	if lang := eval[string](p, `document.documentElement.lang`); lang != "fr" && lang != "en" {
		t.Errorf("the page speaks %q", lang)
	}
	missing := eval[[]string](p, `[...document.querySelectorAll("[data-word]")].filter((e) => e.textContent === "").map((e) => e.dataset.word)`)
	if len(missing) > 0 {
		t.Errorf("no words for %v", missing)
	}
	for _, language := range []string{"fr", "en"} {
		if eval[string](p, `document.documentElement.lang`) != language {
			eval[bool](p, `(document.getElementById("language").click(), true)`)
		}
		if heading := eval[string](p, `document.querySelector("h1").textContent`); heading != map[string]string{"fr": "Vérifier une élection", "en": "Verify an election"}[language] {
			t.Errorf("%s: %q", language, heading)
		}
	}
	eval[bool](p, `(document.getElementById("start").click(), true)`)
	if said := eval[string](p, `document.getElementById("missing").textContent`); !strings.Contains(said, "archive") {
		t.Errorf("without an archive it says %q", said)
	}
	file := filepath.Join(t.TempDir(), "remark.tar")
	if err := os.WriteFile(file, []byte("no archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	if v := p.verify(file, "", nil); v.Verdict != "unread" || !strings.Contains(strings.Join(v.Stopped, ""), "no tar archive") {
		t.Errorf("%+v", v)
	}
	eval[bool](p, `(document.getElementById("fingerprint").value = "12 34", document.getElementById("start").click(), true)`)
	if said := eval[string](p, `document.getElementById("fingerprint-wrong").textContent`); !strings.Contains(said, "64 digits") {
		t.Errorf("of a wrong fingerprint it says %q", said)
	}
	for _, reach := range []string{`fetch("https://example.org/")`, `fetch("file:///etc/hostname")`, `new Promise((_, no) => { const s = new WebSocket("wss://example.org/"); s.onerror = no; })`} {
		if said := eval[string](p, reach+`.then(() => "reached", () => "refused")`); said != "refused" {
			t.Errorf("%s: %s", reach, said)
		}
	}
}
