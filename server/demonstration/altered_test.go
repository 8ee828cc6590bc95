package demonstration

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"isoloir/integrity"
	"isoloir/integrity/integritytest"
	"isoloir/observe"
	"isoloir/server"
	"isoloir/server/config"
)

// An operator with full rights on both stores alters them while the vote is served. Within seconds it stands in the log of alerts, in the log of
// the process and in an e-mail to the bureau, without anybody's number; before that, a vote that nobody touched has given none. Reports that are asked for
// agree, before, and name what was done, after. (S004-12c)
func TestAltered(t *testing.T) {
	var log lines
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	l.Close()
	w := watched(t, copied(t), observe.New(observe.Config{Log: &log, Now: time.Now}), func(c *config.Config) { c.Observe = &config.Observe{Listen: at} })
	all, _ := ballots(t, w.Demonstration, w.house.Public, 6)
	for _, e := range all {
		if err := e.vote(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	report := func(role string) *integrity.Report {
		t.Helper()
		a, err := http.Post("http://"+at+"/integrity/"+role, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		_, text := read(t, "http://"+at+"/integrity/"+role)
		r, err := w.house.Public.IntegrityReport([]byte(text), role)
		if err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		return r
	}
	for _, q := range [][2]string{{"GET", "urn"}, {"DELETE", "roll"}, {"POST", "portal"}, {"POST", "issuer-a"}, {"POST", "urn/x"}, {"POST", ""}} {
		request, err := http.NewRequest(q[0], "http://"+at+"/integrity/"+q[1], nil)
		if err != nil {
			t.Fatal(err)
		}
		a, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		if a.Body.Close(); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s of %q is answered %s", q[0], q[1], a.Status)
		}
	}
	for _, origin := range []string{w.Config.Origins.Urn, w.Config.Origins.Roll, w.Config.Origins.Portal} {
		if status, text := read(t, origin+"/integrity/urn"); status < 400 || strings.Contains(text, "isoloir/v1") {
			t.Errorf("who is no operator is answered %d at %s", status, origin)
		}
	}
	urn := report("urn")
	time.Sleep(3 * time.Second)
	roll := report("roll")
	counts, err := integrity.Compare(urn, roll)
	if err != nil || len(urn.Findings)+len(roll.Findings) > 0 || roll.Urns[0].Roll.IsZero() {
		t.Fatalf("%v %v %v", urn.Findings, roll.Findings, err)
	}
	votes := 0
	for _, c := range counts {
		if votes += c.Ballots; c.Verdict != integrity.Equal {
			t.Errorf("%+v", c)
		}
	}
	if votes != len(all) || strings.Contains(log.String(), "store altered") {
		t.Fatalf("%d votes, and the log %s", votes, log.String())
	}
	integritytest.File{Path: w.Config.Urn.Database}.Do(t, "DELETE FROM spent WHERE token = (SELECT token FROM spent ORDER BY token LIMIT 1)")
	integritytest.File{Path: w.Config.Roll.Database}.Do(t, "UPDATE mark SET time = time - 3600 WHERE sequence = 1", "UPDATE elector SET given = 'Zoé-Ève' WHERE urn = 1 AND number = 2")
	want := []string{"table spent, urn ", "table mark, urn "}
	arrived := func() bool {
		mails := ""
		files, _ := filepath.Glob(filepath.Join(w.at(outboxDir), "alerts", "*"))
		for _, f := range files {
			raw, _ := os.ReadFile(f)
			mails += strings.ReplaceAll(string(raw), "=\r\n", "")
		}
		for i, role := range []string{"urn", "roll"} {
			kept, _ := os.ReadFile(filepath.Join(w.at(role), "integrity", "alerts"))
			if !strings.Contains(string(kept), `"severity":"critical"`) || !strings.Contains(log.String(), want[i]) || !strings.Contains(mails, want[i]) {
				return false
			}
		}
		return true
	}
	begun := time.Now()
	for !arrived() {
		if time.Since(begun) > 40*time.Second {
			t.Fatalf("nobody was told: %s", log.String())
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Logf("told after %v", time.Since(begun))
	named := func(r *integrity.Report, want string) bool {
		return slices.ContainsFunc(r.Findings, func(f integrity.Finding) bool { return integritytest.Named([]string{f.String()}, want) })
	}
	if r := report("roll"); !named(r, "table mark, urn [^,]*, row 1: changed") || r.Since.IsZero() {
		t.Errorf("the roll reports %v", r.Findings)
	}
	// Who is meant by a row, only the roll can say.
	register, err := server.OpenCheck(context.Background(), w.Config, "roll", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer register.Shut()
	for _, f := range report("roll").Findings {
		if name, of := strings.CutPrefix(f.Record, "row #"); f.Table == "elector" {
			if urn, elector, found := register.Elector(name); !of || !found || urn != f.Urn || elector != 2 {
				t.Errorf("%v is elector %d of urn %s", f, elector, urn)
			}
		}
	}
	check, err := server.OpenCheck(context.Background(), w.Config, "urn", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer check.Shut()
	r, _, err := check.Whole(context.Background())
	if err != nil || !named(r, "table spent, urn [^,]*, 1 of [0-9]+ rows: missing") {
		t.Errorf("a check from outside of the service finds %v, %v", r.Findings, err)
	}
}
