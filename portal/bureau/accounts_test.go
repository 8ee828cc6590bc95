package bureau

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
	"isoloir/trustee"
)

// Where electors are accounts there is no roll, and so no reading of it: neither a page, nor a line in the journal.
func TestNoListOfAccounts(t *testing.T) {
	w := newWorld(t, scrutintest.OfAccounts)
	if answer := w.ask(http.MethodGet, "/fr/liste", "member-1", nil); answer.Code != http.StatusNotFound {
		t.Errorf("the page of a roll: %d", answer.Code)
	}
	before := w.ask(http.MethodGet, "/en/journal", "member-1", nil).Body.String()
	answer := w.ask(http.MethodPost, "/fr/liste", "member-1", url.Values{"urn": {w.Manifest.Urns[0].ID}})
	if after := w.ask(http.MethodGet, "/en/journal", "member-1", nil).Body.String(); answer.Code != http.StatusNotFound || strings.Count(after, "<tr") != strings.Count(before, "<tr") {
		t.Errorf("a roll is read: %d, and the journal tells of it: %v", answer.Code, after != before)
	}
	if page := w.ask(http.MethodGet, "/fr/", "member-1", nil).Body.String(); strings.Contains(page, `href="/fr/liste"`) {
		t.Error("a page that is not there is linked to")
	}
}

// What holders and experts take with them of a scrutin under a standing key has the manifest by which that key was made.
func TestCopiesUnderAStandingKey(t *testing.T) {
	var standing []byte
	w := newWorld(t, func(m *scrutin.Manifest) {
		made := scrutin.Manifest{Record: m.Record, Organisation: m.Organisation, Scrutin: m.Scrutin, Bureau: m.Bureau, Holders: m.Holders, Clauses: m.Clauses, Protocol: m.Protocol}
		made.Scrutin.Profile = scrutin.StandingKey
		data, f, err := made.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		standing = data
		scrutintest.OfAccounts(m)
		m.Standing = []scrutin.Standing{{Manifest: f, Ceremony: scrutin.Digest{4}}}
	})
	if err := w.Out.Write(record.Standing, standing); err != nil {
		t.Fatal(err)
	}
	for path, who := range map[string]string{"/fr/dossier/dossier.tar": "expert", "/fr/ceremonie/tableau.tar": "member-1"} {
		if _, err := trustee.ReadBoard(&w.unpacked(t, path, who).Reader); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}
