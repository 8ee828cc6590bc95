package notice_test

import (
	"encoding/xml"
	"strings"
	"testing"
	"time"

	"isoloir/notice"
)

// TestCalendar: lines end and fold as RFC 5545 has it, and what people write cannot end one.
func TestCalendar(t *testing.T) {
	e := parc()
	e.Title = "Été; un parc, ou \\ un très très très très très très très très très très très long parking ?"
	out := string(notice.Calendar("ville.example", "Consultations", notice.Of([]notice.Event{e, parc()}, "nord")))
	var unfolded []string
	for _, l := range strings.Split(strings.TrimSuffix(out, "\r\n"), "\r\n") {
		if len(l) > 75 {
			t.Errorf("%d octets: %s", len(l), l)
		}
		if rest, more := strings.CutPrefix(l, " "); more {
			unfolded[len(unfolded)-1] += rest
			continue
		}
		unfolded = append(unfolded, l)
	}
	all := strings.Join(unfolded, "\n")
	for _, want := range []string{"BEGIN:VCALENDAR\nVERSION:2.0", "UID:parc@ville.example", "DTSTART:20320530T060000Z", "DTEND:20320601T060000Z", `SUMMARY:Été\; un parc\, ou \\ un`, "URL:" + e.URL, "END:VCALENDAR"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
	if len(notice.Of([]notice.Event{e}, "sud")) != 0 || len(notice.Of([]notice.Event{e}, "")) != 1 {
		t.Error("events of another territory")
	}
}

// TestFeed reads a feed back.
func TestFeed(t *testing.T) {
	e := parc()
	e.Title = `<script>"&`
	out, err := notice.Feed("https://avis.ville.example/fr/avis.atom", "Consultations", "Ville", "fr", []notice.Event{e}, func(notice.Event) string { return "bientôt" })
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		ID      string `xml:"id"`
		Updated string `xml:"updated"`
		Entries []struct {
			Title string `xml:"title"`
			Link  struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(out, &back); err != nil || len(back.Entries) != 1 || back.Entries[0].Title != e.Title || back.Entries[0].Link.Href != e.URL || back.Updated != e.Updated.Format(time.RFC3339) {
		t.Errorf("%v %+v\n%s", err, back, out)
	}
}

func FuzzParseEvent(f *testing.F) {
	f.Add([]byte(`{"id":"parc","title":"Un parc","territory":["nord"],"opens":"2032-05-30T06:00:00Z","closes":"2032-06-01T06:00:00Z","updated":"2032-05-29T06:00:00Z","url":"https://ville.example/x"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := notice.ParseEvent(text)
		if err != nil {
			return
		}
		if out := string(notice.Calendar("h", "t", []notice.Event{e})); strings.Count(out, "\nBEGIN:VEVENT") != 1 || strings.Contains(strings.ReplaceAll(out, "\r\n", ""), "\n") {
			t.Errorf("%q", out)
		}
	})
}

func FuzzParseEndpoint(f *testing.F) {
	f.Add([]byte(`{"endpoint":"https://fcm.googleapis.com/x","p256dh":"","auth":""}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if e, err := notice.ParseEndpoint(text); err == nil && e.Validate() != nil {
			t.Error("read, and not valid")
		}
	})
}
