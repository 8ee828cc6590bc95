package demonstration

import (
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/custody"
	"isoloir/custody/agefile"
	"isoloir/integrity"
	"isoloir/observe"
	"isoloir/portal/oversight"
	"isoloir/server/config"
)

// tell asks a role over a link, with the secret in a file, and returns the status and the answer.
func tell(t *testing.T, origin, name, path string, question []byte) (int, []byte) {
	t.Helper()
	secret, err := custody.Bearer(t.Context(), new(agefile.Keeper), path)
	if err != nil {
		t.Fatal(err)
	}
	q, err := http.NewRequest(http.MethodPost, origin+"/link/v1/"+name, bytes.NewReader(question))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+hex.EncodeToString(secret[:]))
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a.StatusCode, body
}

// eventually waits for something that a role does at its hours.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 400 {
		if done() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal(what)
}

// Who may ask what over the bureau's links, in every phase, and what he learns of numbers of votes.
func TestOversight(t *testing.T) {
	w := serve(t, copied(t))
	c, public := w.Config, w.house.Public
	m := public.Manifest
	list, err := oversight.Encode(&oversight.ListQuestion{Urn: m.Urns[0].ID, From: 1})
	if err != nil {
		t.Fatal(err)
	}
	after, err := oversight.Encode(&oversight.AlertsQuestion{})
	if err != nil {
		t.Fatal(err)
	}
	questions := map[string][]byte{"turnout": nil, "list": list, "check": nil, "report": nil, "delivery": nil, "alerts": after, "state": nil}
	ends := map[string]struct {
		origin, mine, theirs string
		answers              []string
	}{
		"roll":     {c.Origins.Roll, c.Bureau.Links.Roll, c.Roll.Links.Fate, []string{"turnout", "list", "check", "report", "alerts", "state"}},
		"urn":      {c.Origins.Urn, c.Bureau.Links.Urn, c.Urn.Links.Fate, []string{"turnout", "check", "report", "alerts", "state"}},
		"issuer-a": {c.Origins.IssuerA, c.Bureau.Links.IssuerA, c.IssuerA.Links.Notify, []string{"delivery", "alerts", "state"}},
		"issuer-b": {c.Origins.IssuerB, c.Bureau.Links.IssuerB, c.IssuerA.Links.Deposit, []string{"delivery", "alerts", "state"}},
	}
	access := func(phase string) {
		for role, end := range ends {
			for name, q := range questions {
				status, _ := tell(t, end.origin, name, end.mine, q)
				if served := slices.Contains(end.answers, name); served && status == http.StatusNotFound && name != "report" && name != "turnout" || !served && status < 400 || served && status == http.StatusForbidden {
					t.Errorf("%s: %s of the %s: %d", phase, name, role, status)
				}
				if status, body := tell(t, end.origin, name, end.theirs, q); slices.Contains(end.answers, name) && status != http.StatusForbidden || len(body) > 0 && status == http.StatusOK {
					t.Errorf("%s: %s of the %s with another link's secret: %d", phase, name, role, status)
				}
			}
		}
		for name := range questions { // nobody opens a link to portal or bureau
			for _, origin := range []string{c.Origins.Portal, c.Origins.Bureau} {
				if status, _ := tell(t, origin, name, c.Bureau.Links.Roll, nil); status < 400 {
					t.Errorf("%s: %s of %s: %d", phase, name, origin, status)
				}
			}
		}
	}
	turnout := func(role string) *oversight.Turnout {
		status, body := tell(t, ends[role].origin, "turnout", ends[role].mine, nil)
		if status == http.StatusNotFound {
			return nil
		}
		counts, err := oversight.Decode[oversight.Turnout](body)
		if err != nil {
			t.Fatal(status, err)
		}
		return counts
	}
	if shown := turnout("roll"); shown != nil && shown.Exact {
		t.Error("numbers of an open vote are exact")
	}
	all, want := ballots(t, w.Demonstration, public, 5) // two urns of two, one of one
	if err := castAll(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	if err := w.Clock.Forward(w.Clock.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	k := m.MinimumSize
	for _, role := range []string{"roll", "urn"} {
		eventually(t, role+" shows nothing", func() bool {
			shown := turnout(role)
			if shown == nil {
				return false
			}
			sum := 0
			for _, u := range shown.Urns {
				if sum += u.Number; shown.Exact || u.Number%k != 0 {
					t.Fatalf("%s shows %+v", role, shown)
				}
			}
			return sum == 4
		})
	}
	status, body := tell(t, c.Origins.Roll, "list", c.Bureau.Links.Roll, list)
	page, err := oversight.Decode[oversight.ListPage](body)
	if err != nil {
		t.Fatal(status, err)
	}
	voted := 0
	for i, e := range page.Electors {
		if e.Order != i+1 || e.Family == "" || i > 0 && strings.ToLower(e.Family) < strings.ToLower(page.Electors[i-1].Family) && e.Family[0] < 0x80 && page.Electors[i-1].Family[0] < 0x80 {
			t.Errorf("line %d is %+v", i, e)
		}
		if e.Voted {
			voted++
		}
	}
	if page.Total != m.Urns[0].Electors || voted%k != 0 {
		t.Errorf("%d electors, %d marked", page.Total, voted)
	}
	access("open")

	tell(t, c.Origins.Urn, "check", c.Bureau.Links.Urn, nil)
	report := func() *integrity.Report {
		status, body := tell(t, c.Origins.Urn, "report", c.Bureau.Links.Urn, nil)
		if status != http.StatusOK {
			return nil
		}
		r, err := integrity.OpenReport(body, public.Fingerprint, public.OpeningDigest, m.Platform.Urn.Verifier())
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	eventually(t, "no report", func() bool { return report() != nil })
	if r := report(); r.Rows != 0 || len(r.Urns) != 0 || len(r.Findings) != 0 {
		t.Errorf("the report of an open vote is %+v", r)
	}

	b := w.house.Roles.Bureau
	entered := func(kind string) (bodies []journal.Body) {
		for _, e := range b.Office.Journal().Entries(0) {
			if e.Statement.Body.Kind() == kind {
				bodies = append(bodies, e.Statement.Body)
			}
		}
		return bodies
	}
	eventually(t, "who may reach the processings is not entered", func() bool { return len(entered("access")) == 4 })
	ofTheMachine := func(b journal.Body) bool { // on which the test runs: its disk may be full
		a, ok := b.(journal.Alert)
		return ok && a.What == journal.AlertDisk
	}
	if alerts := slices.DeleteFunc(entered("alert"), ofTheMachine); len(alerts) != 0 {
		t.Errorf("alerts of a vote that is well: %v", alerts)
	}
	for _, s := range b.Lookout.Seen() {
		if s.State == nil || !s.State.Ready || s.Off.Abs() > time.Second {
			t.Errorf("%+v", s)
		}
	}

	finish(t, w, want)
	if shown := turnout("roll"); !shown.Exact || shown.Urns[0].Number+shown.Urns[1].Number+shown.Urns[2].Number != 5 {
		t.Errorf("at the end %+v", shown)
	}
	tell(t, c.Origins.Urn, "check", c.Bureau.Links.Urn, nil)
	eventually(t, "no whole report", func() bool { r := report(); return r != nil && len(r.Urns) == len(m.Urns) })
	access("published")
}

// The bureau's pages are served before there is an opening record: who was never there is awaited; who has once answered and is away is told within a
// minute.
func TestBureauAlone(t *testing.T) {
	var lines bytes.Buffer
	watch := observe.New(observe.Config{Log: &lines, Now: time.Now})
	w := watched(t, copied(t), watch, func(c *config.Config) {
		for _, kept := range []string{"opening.note", "acts", "enrolment", "anonymisation"} {
			if err := os.RemoveAll(filepath.Join(c.Record, kept)); err != nil {
				t.Fatal(err)
			}
		}
	}, "bureau")
	b := w.house.Roles.Bureau
	begun := time.Now()
	for range 2 {
		b.Lookout.Round(context.Background())
	}
	silent := func() (sources []string) {
		for _, e := range b.Office.Journal().Entries(0) {
			if a, is := e.Statement.Body.(journal.Alert); is && a.What == journal.AlertSilent {
				sources = append(sources, a.Source)
			}
		}
		return sources
	}
	if roles := silent(); len(roles) != 0 {
		t.Errorf("the journal tells of %v, which cannot be served yet", roles)
	}
	for _, s := range b.Lookout.Seen() {
		if !s.Awaited {
			t.Errorf("%s is not awaited", s.Role)
		}
	}
	answered := journal.Fact{Kind: "answered", Name: "urn"}
	if err := b.Store.Keep(context.Background(), b.Office.Config.Journal.Fingerprint, answered); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		b.Lookout.Round(context.Background())
	}
	if roles := silent(); !slices.Equal(roles, []string{"urn"}) {
		t.Errorf("the journal tells of %v", roles)
	}
	eventually(t, "nobody is told", func() bool {
		told, _ := filepath.Glob(filepath.Join(w.at(outboxDir), "alerts", "*"))
		return len(told) > 0
	})
	if took := time.Since(begun); took > time.Minute {
		t.Errorf("it took %v", took)
	}
	code, err := b.Passkeys.Invite(t.Context(), b.Office.Config.Journal.Manifest.Bureau.Members[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/fr/": 303, "/fr/entrer": 200, "/fr/observations/nouvelle": 200, "/fr/journal": 303, "/demo/fr": 404, "/status": 404} {
		if got := ask(t, "GET", w.Config.Origins.Bureau+path, nil, ""); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	if got := ask(t, "POST", w.Config.Origins.Bureau+"/passkey/v1/join", map[string]string{"Content-Type": "application/json"}, `{"code":"`+code+`"}`); got != http.StatusOK {
		t.Errorf("an invitation: %d", got)
	}
	w.stop()
	log := lines.String()
	if !strings.Contains(log, "incident seen") || strings.Contains(log, code) || strings.Contains(log, strings.ReplaceAll(code, "-", "")) {
		t.Errorf("the log is %s", log)
	}
}
