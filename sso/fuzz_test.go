package sso_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isoloir/register"
	"isoloir/sso"
)

// FuzzSites: of a file of sites, whatever is in it, no site without a secret is known by one, and what may ask has addresses that only https carries.
func FuzzSites(f *testing.F) {
	site := sso.Site{ID: "forum.example", Name: "Le forum", Redirects: []string{"https://forum.example/retour"}, Logouts: []string{},
		Territory: []sso.Territory{{Name: "nord", Constituencies: []string{"nord"}}}, State: sso.Allowed, Reviews: []sso.Review{{To: sso.Allowed, By: "A"}}}
	data, err := json.Marshal([]sso.Site{site})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("[]"))
	of := &register.Register{Kind: "real", Constituencies: []register.Place{{ID: "nord", Label: "Nord"}}}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, "sites.json"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		all, err := sso.OpenBook(dir, of).Sites()
		if err != nil {
			return
		}
		for _, s := range all {
			s.Of("nord")
			if s.Secret == "" && s.Knows("") {
				t.Fatalf("%+v is known by no secret", s)
			}
			if s.Check(of) != nil {
				continue
			}
			for _, address := range s.Redirects {
				if !strings.HasPrefix(strings.ToLower(address), "https://") {
					t.Fatalf("%q may be come back to", address)
				}
			}
		}
	})
}
