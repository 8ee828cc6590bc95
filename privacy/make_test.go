package privacy_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"isoloir/privacy"
	"isoloir/scrutin"

	"golang.org/x/net/html"
)

func manifest(t *testing.T) (*scrutin.Manifest, scrutin.Digest) {
	t.Helper()
	golden, err := os.ReadFile("../scrutin/testdata/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	m, f, err := scrutin.ParseManifest(golden)
	if err != nil {
		t.Fatal(err)
	}
	return m, f
}

// TestMake draws the three documents in both languages: every table is in the impact assessment and in the retention table, and what is kept outside of the stores in all three; lines that only the
// controller can fill in are left open, and nothing is fetched. (GD-1, GD-2, GD-4)
func TestMake(t *testing.T) {
	m, f := manifest(t)
	d, err := privacy.Describe()
	if err != nil {
		t.Fatal(err)
	}
	for language, open := range map[string]string{"fr": "À compléter par le responsable", "en": "To be completed by the controller"} {
		files, err := privacy.Make(m, f, language)
		if err != nil {
			t.Fatal(err)
		}
		again, err := privacy.Make(m, f, language)
		if err != nil {
			t.Fatal(err)
		}
		for name := range privacy.Files {
			page := files[name]
			if !bytes.Equal(page, again[name]) {
				t.Errorf("%s has other bytes when it is drawn again", name)
			}
			if _, err := html.Parse(bytes.NewReader(page)); err != nil || !bytes.Contains(page, []byte(`<html lang="`+language+`">`)) {
				t.Errorf("%s: %v", name, err)
			}
			if regexp.MustCompile(`(?i)<script|(src|href|url)\s*[=(]`).Match(page) {
				t.Errorf("%s asks for something", name)
			}
			if !strings.Contains(string(page), f.String()) {
				t.Errorf("%s does not name the manifest", name)
			}
			if name != "retention" && !bytes.Contains(page, []byte(open)) {
				t.Errorf("%s leaves nothing to the controller", name)
			}
		}
		for _, e := range d.Elsewhere {
			for name, page := range files {
				if text := map[string]string{"fr": e.FR, "en": e.EN}[language]; !strings.Contains(html.UnescapeString(string(page)), text) {
					t.Errorf("%s does not say: %s", name, text)
				}
			}
		}
		for _, s := range d.Stores {
			for _, table := range s.Tables {
				if !bytes.Contains(files["impact"], []byte(s.Name+"."+table.Name)) || !bytes.Contains(files["retention"], []byte(">"+table.Name+"<")) {
					t.Errorf("%s.%s is not in every document", s.Name, table.Name)
				}
			}
		}
	}
}

// TestNoClaim: nothing that people read says that there is no personal data. (S001-05)
func TestNoClaim(t *testing.T) {
	claim := regexp.MustCompile(`(?i)(aucune|pas de|sans) données? (à caractère )?personnelles?|(no|without) personal data`)
	read := 0
	for _, pattern := range []string{"../README.md", "../docs/*.md", "../portal/words/*.json", "../bve/minutes/*.json", "../courier/texts/*/*"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range claim.FindAll(text, -1) {
				t.Errorf("%s: %s", file, m)
			}
			read++
		}
	}
	if read < 20 {
		t.Errorf("%d files were read", read)
	}
}

// TestRetained: the day named is the one that the protocol computes, by the profile.
func TestRetained(t *testing.T) {
	m, f := manifest(t)
	for profile, day := range map[string]string{scrutin.PublicService: "2 years", scrutin.FrenchAbroad: "10 days"} {
		m.Scrutin.Profile = profile
		files, err := privacy.Make(m, f, "en")
		if err != nil {
			t.Fatal(err)
		}
		close := m.Schedule.Close.Time
		want := map[string]string{"2 years": close.AddDate(2, 0, 0).Format("2006-01-02"), "10 days": close.AddDate(0, 0, 10).Format("2006-01-02")}[day]
		if !bytes.Contains(files["retention"], []byte("until "+want+" 23:59")) {
			t.Errorf("%s: %s is not named", profile, want)
		}
	}
}
