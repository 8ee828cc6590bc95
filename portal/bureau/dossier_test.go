package bureau

import (
	"archive/tar"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// TestDossier gives who verifies what his role and the hour allow: of the record its public part until the end, the journal to the seats until then,
// reports that the journal tells of and no others (S004-08b, S003-31).
func TestDossier(t *testing.T) {
	w := newWorld(t, nil)
	if err := w.Out.Write(record.Result, []byte("result\n")); err != nil {
		t.Fatal(err)
	}
	packed := func() (names []string) {
		for in := tar.NewReader(w.ask(http.MethodGet, "/fr/dossier/dossier.tar", "expert", nil).Body); ; {
			head, err := in.Next()
			if err == io.EOF {
				return names
			}
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, head.Name)
		}
	}
	if names := packed(); !slices.Contains(names, record.Manifest) || slices.Contains(names, record.Result) {
		t.Errorf("before the end the record has %v", names)
	}
	copyOf := func(who string) int { return w.ask(http.MethodGet, "/fr/journal/copie", who, nil).Code }
	if copyOf("member-2") != http.StatusOK || copyOf("expert") != http.StatusForbidden {
		t.Error("before the end the journal is for the seats")
	}
	signed, err := note.Sign("report\n", w.Signers["urn"])
	if err != nil {
		t.Fatal(err)
	}
	report := func() int { return w.ask(http.MethodGet, "/en/dossier/rapport/urn.note", "expert", nil).Code }
	if code := report(); code != http.StatusNotFound {
		t.Errorf("a report before any check: %d", code)
	}
	w.say(journal.Checked{Verdict: journal.Well, Reports: []journal.CheckedRole{{Role: "urn", SHA256: scrutin.TextDigest("report\n")}}})
	if w.report = signed; report() != http.StatusOK {
		t.Error("the report is not there")
	}
	if w.report, err = note.Sign("another\n", w.Signers["urn"]); err != nil || report() == http.StatusOK {
		t.Error("another report is given in its place")
	}

	w = annulled(t)
	if copyOf("expert") != http.StatusOK || copyOf("staff") != http.StatusForbidden {
		t.Error("after the end the journal is for all members but who runs the platform")
	}
}

// TestWitnesses shows, to everybody, what there is to co-sign and who has; and nothing that the urn has not signed.
func TestWitnesses(t *testing.T) {
	w := newWorld(t, nil)
	page := func() string { return w.ask(http.MethodGet, "/en/temoins", "", nil).Body.String() }
	if body := page(); !strings.Contains(body, "Nothing to co-sign") || !strings.Contains(body, "audit follow -manifest manifest.json -fingerprint "+w.Fingerprint.String()) {
		t.Errorf("before the opening: %s", body)
	}
	first, second := w.Manifest.Urns[0].ID, w.Manifest.Urns[1].ID
	head := func(urn string, signer note.Signer) []byte {
		t.Helper()
		c := note.Checkpoint{Origin: scrutin.Origin(w.Fingerprint, urn), Size: 40, Root: scrutin.DigestOf([]byte("root"))}
		data, err := note.Sign(c.Text(), signer)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	shown, err := note.Cosign(head(first, w.Signers["urn"]), w.Signers[w.Manifest.Witnesses[0].ID], uint64(w.now().Unix()))
	if err != nil {
		t.Fatal(err)
	}
	w.heads = map[string][]byte{first: shown, second: head(first, w.Signers["urn"])} // that of another log
	w.ahead += time.Minute
	body := page()
	if !strings.Contains(body, scrutin.DigestOf([]byte("root")).String()) || !strings.Contains(body, "has co-signed, ") || strings.Count(body, "Nothing to co-sign") != 1 {
		t.Errorf("%s", body)
	}
	w.heads[first], w.heads[second] = head(first, w.Signers["roll"]), head(second, w.Signers["urn"])
	w.ahead += time.Minute
	if body := page(); strings.Count(body, "Nothing to co-sign") != 1 || strings.Contains(body, "has co-signed, ") {
		t.Error("a checkpoint that the urn has not signed is shown")
	}
	server := httptest.NewServer(w.site)
	defer server.Close()
	s := &seat{t, w, "expert", server.URL, shared(t).Tab(t, time.Minute)}
	s.fits("/fr/temoins", 390, 1280)
	w.state("expert", journal.Report{Title: "Expertise", SHA256: scrutin.DigestOf([]byte("report")), Size: 4})
	if _, err := chromedp.Call(s.tab, network.SetCookie, network.SetCookieParams{Name: "who", Value: s.id, URL: server.URL}); err != nil {
		t.Fatal(err)
	}
	s.fits("/en/dossier", 390, 1280)
	s.fits("/fr/expert", 390)
	s.fits("/fr/membres", 390)
}
