package verifier_test

import (
	"archive/tar"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/audit"
)

// What is no archive is refused in words; a wrong fingerprint is not sent off; and the
// page can reach nothing.
func TestPage(t *testing.T) {
	p := open(t, 10*time.Minute)
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

// retyped is a tar whose first header is of another type, with the sum that this gives.
func retyped(whole []byte, kind byte) []byte {
	b := bytes.Clone(whole)
	b[156] = kind
	copy(b[148:156], "        ")
	sum := 0
	for _, x := range b[:512] {
		sum += int(x)
	}
	copy(b[148:156], fmt.Sprintf("%06o\x00 ", sum))
	return b
}

// What is no archive in an accepted form is refused before anything in it is looked at.
func TestTar(t *testing.T) {
	p := open(t, 10*time.Minute)
	if eval[string](p, `document.documentElement.lang`) != "en" {
		eval[bool](p, `(document.getElementById("language").click(), true)`)
	}
	pack := func(headers ...tar.Header) []byte {
		var out bytes.Buffer
		w := tar.NewWriter(&out)
		for _, h := range headers {
			if err := w.WriteHeader(&h); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(make([]byte, h.Size)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	file := func(name string) tar.Header { return tar.Header{Name: name, Size: 3, Mode: 0o644} }
	whole := pack(file("manifest.json"))
	edited := bytes.Clone(whole)
	edited[0] ^= 1
	hiding := retyped(whole, tar.TypeDir)
	for _, c := range []struct {
		name, says string
		data       []byte
	}{
		{"path that leads out", "the name of a file is not allowed", pack(file("../manifest.json"))},
		{"path from the root", "the name of a file is not allowed", pack(file("/manifest.json"))},
		{"link", "something else than files and directories", pack(tar.Header{Name: "manifest.json", Linkname: "opening.note", Typeflag: tar.TypeSymlink})},
		{"directory that hides a file", "something else than files and directories", hiding},
		{"header for all files", "something else than files and directories", pack(tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"path": "manifest.json"}}, file("opening.note"))},
		{"file twice", "a file stands there twice", pack(file("manifest.json"), file("manifest.json"))},
		{"archive that is cut", "the archive is cut", whole[:1024]},
		{"archive and something behind it", "followed by something", slices.Concat(whole, bytes.Repeat([]byte{7}, 512))},
		{"header that was edited", "no tar archive", edited},
		{"archive that keeps more than it lists", "SHA256SUMS does not say", pack(file("SHA256SUMS"), file("export/manifest.json"))},
	} {
		path := filepath.Join(t.TempDir(), "a.tar")
		if err := os.WriteFile(path, c.data, 0o600); err != nil {
			t.Fatal(err)
		}
		if v := p.verify(path, "", nil); v.Verdict != "unread" || !strings.Contains(strings.Join(v.Stopped, ""), c.says) {
			t.Errorf("%s: %s, %q", c.name, v.Verdict, v.Stopped)
		}
	}
	path := filepath.Join(t.TempDir(), "b.tar")
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "other.tar"), whole, 0o600); err != nil {
		t.Fatal(err)
	}
	v := p.verify(path, "", nil)
	if v.Verdict != "refused" || len(v.failed()) < 60 { // no export: no check is passed over
		t.Errorf("an archive without an export: %s by %v", v.Verdict, v.failed())
	}
	var checks []audit.Check // docs/checks.md has those of package audit
	for _, c := range v.Checks {
		checks = append(checks, audit.Check{Number: c.Number, English: c.English, French: c.French, Section: c.Section, Per: audit.Scope(c.Per)})
	}
	if !slices.Equal(checks, audit.Checks()) {
		for i, want := range audit.Checks() {
			if i >= len(checks) || checks[i] != want {
				t.Errorf("the page and the auditor do not have the same checks from %d on", want.Number)
				break
			}
		}
	}
	if said := eval[string](p, `document.querySelector("#report .verdict").textContent`); !strings.Contains(said, "Archive or folder: b.tar") || !strings.Contains(said, "Fingerprint of the election: not given") {
		t.Errorf("the report does not say of what it is: %q", said)
	}
	reports := func() string { return eval[string](p, `document.getElementById("report").textContent`) }
	eval[bool](p, `(document.getElementById("fingerprint").dispatchEvent(new Event("input")), true)`)
	if said := reports(); said != "" {
		t.Errorf("a report stays while another fingerprint is given: %.60q", said)
	}
	if v := p.verify(path, "", nil); v.Verdict != "refused" || reports() == "" {
		t.Errorf("again: %s", v.Verdict)
	}
	p.choose("archive", filepath.Join(filepath.Dir(path), "other.tar"))
	if said := reports(); said != "" {
		t.Errorf("a report stays under the name of another archive: %.60q", said)
	}
}
