package bureau

import (
	"errors"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"isoloir/portal/words"
	"isoloir/scrutin"
)

// TestExtensionInADoubledHour takes no new end of voting that would be two instants, or none: the form says so (S003-30).
func TestExtensionInADoubledHour(t *testing.T) {
	w := newWorld(t, nil)
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := words.New()
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"2027-10-31T02:30": "", "2027-03-28T02:30": "", "2027-10-31T03:00": "2027-10-31T02:00:00Z"} {
		state, err := w.office.State(ctx)
		if err != nil {
			t.Fatal(err)
		}
		q := httptest.NewRequest("POST", "/", strings.NewReader(url.Values{"close": {text}, "reason": {"panne"}}.Encode()))
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		v := &visit{Speaker: catalogue.In(words.French), r: q, m: w.Manifest, zone: zone, language: "fr", state: &standing{State: state}}
		body, err := v.given(scrutin.ActExtend)
		if (want == "") != errors.As(err, new(scrutin.ClockChange)) || err == nil && body.Close.String() != want {
			t.Errorf("%s: %s, %v", text, body.Close, err)
		}
		if said := v.because(err); want == "" && !strings.Contains(said, "vient deux fois") {
			t.Errorf("the page says %q", said)
		}
	}
}
