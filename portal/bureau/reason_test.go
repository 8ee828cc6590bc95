package bureau

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
	"isoloir/trustee/trusteetest"
)

// TestReason seals urns that nobody has checked since the close: the page says what speaks against it, and goes on when the bureau says why (S004-20a).
func TestReason(t *testing.T) {
	w := &world{World: trusteetest.New(t, t.TempDir(), scrutintest.Options{Urns: 1, Electors: 20, Holders: 3, MinSize: 10, Edit: func(m *scrutin.Manifest) {
		m.Timestamps = []scrutin.Authority{{ID: "tsa-1", Label: "Autorité", Certificate: scrutin.DigestOf([]byte("first"))}}
	}}).Ceremony().Enrol().Anonymise().Vote(11)}
	w.begin(t, w.Manifest.Schedule.Close.AddDate(0, 0, 1))
	w.figures[0].Marks, w.figures[0].Ballots = 11, 11
	w.sit("dépouillement", "member-1", "member-2", "member-3")
	form := url.Values{"act": {scrutin.ActSeal}}
	answer := w.ask(http.MethodPost, "/fr/seance/proposer", "member-1", form)
	if page := answer.Body.String(); answer.Code != http.StatusUnprocessableEntity || !strings.Contains(page, "contrôle d’intégrité") || !strings.Contains(page, `name="reason"`) {
		t.Fatalf("%d: %s", answer.Code, page)
	}
	form.Set("given", "yes")
	form.Set("reason", "le contrôle a été fait à la main")
	if answer = w.ask(http.MethodPost, "/fr/seance/proposer", "member-1", form); answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), "le contrôle a été fait à la main") {
		t.Errorf("%d: %s", answer.Code, answer.Body)
	}

	// A deputy was stolen: the role's own key withdraws it, and the page fills in what it signed, and nothing that others wrote there.
	state, err := w.office.State(ctx)
	if err != nil {
		t.Fatal(err)
	}
	stolen := scrutin.Withdrawal{Opening: state.Procedure.Opening, Role: scrutin.RoleUrn, Key: w.Signers["mixer-1"].Verifier().PublicKey()}
	form.Set("act", scrutin.ActWithdraw)
	form.Set("reason", "une machine a été volée")
	if answer = w.ask(http.MethodPost, "/fr/seance/proposer", "member-1", form); answer.Code != http.StatusUnprocessableEntity || !strings.Contains(answer.Body.String(), "isoloir custody withdraw") {
		t.Errorf("no note: %d: %s", answer.Code, answer.Body)
	}
	forged := stolen
	forged.Key = w.Signers["mixer-2"].Verifier().PublicKey()
	for _, n := range []struct {
		of     scrutin.Withdrawal
		signer string
	}{{stolen, "urn"}, {forged, "roll"}} {
		data, err := note.Sign(n.of.Text(), w.Signers[n.signer])
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Out.Write(n.of.Path(), data); err != nil {
			t.Fatal(err)
		}
	}
	answer = w.ask(http.MethodPost, "/fr/seance/proposer", "member-1", form)
	if page := answer.Body.String(); answer.Code != http.StatusOK || !strings.Contains(page, stolen.Path()) || strings.Contains(page, forged.Path()) {
		t.Errorf("%d: %s", answer.Code, page)
	}
	certificate := scrutin.DigestOf([]byte("renewed"))
	form.Set("act", scrutin.ActAuthority)
	form.Set("adopts", certificate.String()+" "+scrutin.AdoptAuthority("tsa-1"))
	answer = w.ask(http.MethodPost, "/fr/seance/proposer", "member-1", form)
	if page := answer.Body.String(); answer.Code != http.StatusOK || !strings.Contains(page, scrutin.AdoptAuthority("tsa-1")) {
		t.Errorf("%d: %s", answer.Code, page)
	}
}
