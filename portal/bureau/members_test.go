package bureau

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"isoloir/bve/journal"
	"isoloir/scrutin"
)

// TestRevoked ends passkeys: one's own one by one, and those of somebody else when two members have asked for it; and shows what is asked for.
func TestRevoked(t *testing.T) {
	w := newWorld(t, nil)
	key := func(name string) scrutin.Digest { return scrutin.DigestOf([]byte(name)) }
	for _, name := range []string{"telephone", "portable"} {
		w.say(journal.Credential{Member: "member-2", Fingerprint: key(name)})
	}
	page := func(who string) string { return w.ask(http.MethodGet, "/en/membres", who, nil).Body.String() }
	own, seen := page("member-2"), page("member-1")
	for _, name := range []string{"telephone", "portable"} {
		if !strings.Contains(own, key(name).String()) || strings.Contains(seen, key(name).String()) {
			t.Errorf("%s: not among his own, or among those that others end one by one", name)
		}
	}
	if !strings.Contains(seen, "2 passkeys") || strings.Contains(page("staff"), `data-kind="revoked"`) {
		t.Error("the passkeys are not counted, or who runs the platform could end some")
	}
	form := url.Values{"kind": {"revoked"}, "elsewhere": {"yes"}, "body.member": {"member-2"}, "body.fingerprint": {key("telephone").String()}}
	if text := w.ask(http.MethodPost, "/en/declaration", "member-2", form).Body.String(); !strings.Contains(text, "&#34;kind&#34;: &#34;revoked&#34;") || !strings.Contains(text, key("telephone").String()) {
		t.Errorf("without a script: %s", text)
	}
	w.state("member-2", journal.Revoked{Member: "member-2", Fingerprint: key("telephone")})
	if !strings.Contains(page("member-1"), "1 passkey<") {
		t.Error("his own passkey was not ended")
	}
	w.state("member-1", journal.Revoked{Member: "member-2"})
	if body := page("member-3"); !strings.Contains(body, "1 passkey<") || !strings.Contains(body, "asked for by Claire Dubois") {
		t.Error("one member alone has ended another's, or it is not shown that he asked")
	}
	w.state("member-3", journal.Revoked{Member: "member-2"})
	if body := page("member-3"); strings.Contains(body, "1 passkey<") || strings.Contains(body, "asked for by") {
		t.Error("two members have not ended another's")
	}
}

// TestDelivery judges the rows as the act open is judged: enough in all, and in every row that counts.
func TestDelivery(t *testing.T) {
	w := newWorld(t, nil)
	for _, c := range []struct {
		rows []journal.DeliveryRow
		well bool
	}{
		{[]journal.DeliveryRow{{Channel: "email", Sent: 1000, Delivered: 1000}, {Channel: "sms", Country: "SY", Sent: 19, Delivered: 2}}, true},
		{[]journal.DeliveryRow{{Channel: "email", Sent: 1000, Delivered: 1000}, {Channel: "sms", Country: "SY", Sent: 20, Delivered: 15}}, false},
		{[]journal.DeliveryRow{{Channel: "email", Sent: 1000, Delivered: 949}}, false},
	} {
		w.say(journal.Delivery{Rows: c.rows})
		body := w.ask(http.MethodGet, "/en/envois", "member-6", nil).Body.String()
		if strings.Contains(body, "In favour of opening") != c.well {
			t.Errorf("%+v: %v", c.rows, !c.well)
		}
	}
}
