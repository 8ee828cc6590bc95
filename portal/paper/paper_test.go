package paper_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"isoloir/bve/journal"
	"isoloir/bve/minutes"
	"isoloir/bve/minutes/minutestest"
	"isoloir/portal/paper"
	"isoloir/web/chrome"
)

func drawn(t *testing.T, v *minutestest.Vote, language string) (*minutes.Minutes, []byte) {
	t.Helper()
	m, err := minutes.Make(v.Source, language)
	if err != nil {
		t.Fatal(err)
	}
	html, err := paper.Draw(&m.Sheets)
	if err != nil {
		t.Fatal(err)
	}
	return m, html
}

// The HTML stands by itself: the same bytes each time, every page with its number and digest, no script, nothing from elsewhere, and what people
// wrote as they wrote it.
func TestHTML(t *testing.T) {
	v := minutestest.New(t)
	v.Say("contents", journal.Observation{Who: "A", Quality: "voter", Text: []string{`<script>alert(1)</script> & "x"`}})
	m, html := drawn(t, v, "fr")
	if _, again := drawn(t, v, "fr"); !bytes.Equal(html, again) {
		t.Error("drawn again it has other bytes")
	}
	text := string(html)
	for _, p := range m.Pages {
		digest := p.Digest.String()
		if !strings.Contains(text, "<code>"+strings.TrimSpace(regexp.MustCompile(`.{4}`).ReplaceAllString(digest, "$0 "))+"</code>") {
			t.Errorf("the digest %s is not there", digest)
		}
	}
	if strings.Contains(text, "<script") || regexp.MustCompile(`(?i)(src|href|url)\s*[=(]`).MatchString(text) {
		t.Error("it asks for something, or has a script")
	}
	if !strings.Contains(text, "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;x&#34;") {
		t.Error("an observation is not shown as it was written")
	}
}

// A numbered page is one sheet of the PDF, and the PDF is tagged.
func TestPDF(t *testing.T) {
	browser := chrome.Path()
	if browser == "" {
		t.Fatal(chrome.Install)
	}
	v := minutestest.New(t)
	for range 12 {
		v.Say("contents", journal.Observation{Who: "Jeanne Électrice", Quality: "voter", Text: []string{strings.Repeat("WWWW mm ", 120), strings.Repeat("x", 900)}})
	}
	m, html := drawn(t, v, "fr")
	pdf, err := paper.Print(t.Context(), browser, html, len(m.Pages))
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("PAPERS"); dir != "" {
		os.WriteFile(filepath.Join(dir, "minutes.pdf"), pdf, 0o644)
		os.WriteFile(filepath.Join(dir, "minutes.html"), html, 0o644)
	}
	if _, err := paper.Print(t.Context(), browser, html, len(m.Pages)+1); !errors.Is(err, paper.ErrSheets) {
		t.Errorf("a sheet is lacking: %v", err)
	}
	if _, err := paper.Print(t.Context(), "/nowhere/chromium", html, 1); !errors.Is(err, paper.ErrBrowser) {
		t.Errorf("no browser: %v", err)
	}
	if !bytes.Contains(pdf, []byte("/StructTreeRoot")) || !bytes.Contains(pdf, []byte("/Lang (fr)")) {
		t.Error("the PDF is not tagged, or its language is not said")
	}
}
