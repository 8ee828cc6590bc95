package demonstration

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"isoloir/audit"
	"isoloir/bve/minutes"
	"isoloir/record"
	"isoloir/replay/parties"
	"isoloir/roll"
	"isoloir/scrutin"
	"isoloir/server"
	"isoloir/server/config"
	"isoloir/voter"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("DEMONSTRATION_SERVED"); dir != "" {
		child(dir)
	}
	if path := os.Getenv("DEMONSTRATION_CONFIG"); path != "" {
		one(path, os.Getenv("DEMONSTRATION_ROLE"))
	}
	code := m.Run()
	if dir, err := prepared(); err == nil {
		os.RemoveAll(filepath.Dir(dir))
	}
	os.Exit(code)
}

// castAll lets electors vote at once, and says whose vote failed.
func castAll(ctx context.Context, all []*elector) error {
	var wg sync.WaitGroup
	errs := make([]error, len(all))
	for i, e := range all {
		wg.Go(func() {
			if err := e.vote(ctx); err != nil {
				errs[i] = fmt.Errorf("%s of urn %s: %w", e.voter.Reference, e.voter.Urn, err)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// finish takes a world to its end, and compares the count with the choices that were made.
func finish(t *testing.T, w *world, want map[string]map[string]int) {
	t.Helper()
	if err := w.Finish(context.Background(), w.house.Roles, Watcher{Step: func(string) {}, Stage: func(string, int, int) {}}); err != nil {
		t.Fatal(err)
	}
	if verdict := w.Verdict(audit.English); !strings.Contains(strings.ToLower(verdict), "verified") {
		t.Fatalf("the auditor says: %s", verdict)
	}
	if verdict := w.Verdict(audit.English); len(w.house.Public.Manifest.Timestamps) > 0 && (!strings.Contains(verdict, "contents.note  ") || strings.Contains(verdict, "missing: authority")) {
		t.Errorf("timestamps are missing: %s", verdict)
	}
	table, err := os.Open(filepath.Join(w.Config.Record, record.ResultCSV))
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	rows, err := csv.NewReader(table).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]map[string]int{}
	m := w.house.Public.Manifest
	for _, row := range rows[1:] {
		if len(row) == 3 { // there is one question
			row = slices.Insert(row, 1, m.Questions[0].ID)
		}
		key, id := row[0]+" "+row[1], row[2]
		for _, q := range m.Questions {
			if q.ID != row[1] {
				continue
			}
			for _, o := range q.Options {
				if o.Label == row[2] {
					id = o.ID
				}
			}
		}
		if id == "blanc" {
			id = scrutin.Blank
		}
		n, err := strconv.Atoi(row[3])
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			continue
		}
		if got[key] == nil {
			got[key] = map[string]int{}
		}
		got[key][id] = n
	}
	if !maps.EqualFunc(got, want, maps.Equal) {
		t.Fatalf("the count is %v, the choices were %v", got, want)
	}
}

// S004-06b, S004-20d: the lists of émargement have every elector once, and exactly so many marks; made twice they are the same.
func listed(t *testing.T, c *config.Config, m *scrutin.Manifest, voted int) {
	t.Helper()
	var copies [2]string
	for i := range copies {
		lists, err := server.OpenLists(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		electors, marks := 0, 0
		err = lists.Each(t.Context(), scrutin.TimeOf(time.Unix(2_000_000_000, 0)), "fr", func(l *minutes.List) error {
			text, err := scrutin.Text(l)
			electors, marks, copies[i] = electors+l.Electors, marks+l.Voted, copies[i]+text
			return err
		})
		if err := errors.Join(err, lists.Shut()); err != nil {
			t.Fatal(err)
		}
		registered := 0
		for _, u := range m.Urns {
			registered += u.Electors
		}
		if electors != registered || marks != voted {
			t.Errorf("%d electors and %d marks stand in the lists, not %d and %d", electors, marks, registered, voted)
		}
	}
	if copies[0] != copies[1] {
		t.Error("two copies differ")
	}
}

// A dozen voters over three urns, one with two questions and two with digits by e-mail: the count is what they chose, and the auditor says so.
// (S004-20d)
func TestWholeVote(t *testing.T) {
	w := serve(t, copied(t))
	all, want := ballots(t, w.Demonstration, w.house.Public, 12)
	if err := castAll(context.Background(), all); err != nil {
		t.Fatal(err)
	}
	for _, e := range all { // a second vote is refused, the device that voted is answered the same
		if err := e.vote(context.Background()); err != nil {
			t.Errorf("asking again: %v", err)
		}
	}
	if _, err := server.OpenLists(t.Context(), w.Config); !errors.Is(err, server.ErrUnsealed) {
		t.Errorf("lists of a vote that is open: %v", err)
	}
	finish(t, w, want)
	listed(t, w.Config, w.house.Public.Manifest, len(all))
	if err := all[0].vote(context.Background()); err != nil {
		t.Errorf("asking again after the close: %v", err)
	}
	late, _ := ballots(t, w.Demonstration, w.house.Public, 15)
	if err := late[14].vote(context.Background()); err == nil {
		t.Error("somebody voted after the close")
	}
}

// When the act that closes stands in the record, urn and roll end by themselves: what waits is in the logs, who only had his authorisation is
// free, who stopped before his mark has it.
func TestRolesEndByThemselves(t *testing.T) {
	w := serve(t, copied(t))
	all, _ := ballots(t, w.Demonstration, w.house.Public, 12)
	all[0].until, all[1].until, all[2].until = voter.Reserved, voter.Appended, voter.Appended
	if err := castAll(context.Background(), all); err != nil {
		t.Fatal(err)
	}
	rec, err := record.Resume(w.Config.Record)
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Close()
	m := w.house.Public.Manifest
	company, err := meet(w.dir, m, 1)
	if err != nil {
		t.Fatal(err)
	}
	s, err := parties.Resume(company, rec, parties.Options{Now: w.Clock.Now, WorkFactor: 1, Stage: func(string, int, int) {}})
	if err != nil {
		t.Fatal(err)
	}
	services := parties.Services{Roll: w.house.Roles.Roll.Service, Urn: w.house.Roles.Urn.Service}
	if err := s.Close(context.Background(), services); !errors.Is(err, parties.ErrEarly) {
		t.Fatalf("closing in mid-vote: %v", err)
	}
	if err := w.Clock.Forward(s.Bureau.Procedure().Ends()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(context.Background(), services); err != nil {
		t.Fatal(err)
	}
	marks, between := 0, 1
	for end := time.Now().Add(20 * time.Second); between > 0 && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		marks, between = 0, 0
		for i := range m.Urns {
			err := services.Roll.Store.Statuses(context.Background(), services.Roll.Scope, uint16(i), func(e roll.Status) error {
				if e.Reserved {
					between++
				}
				if !e.Marked.IsZero() {
					marks++
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	logged := uint64(0)
	for i := range m.Urns {
		log, err := services.Urn.Published(context.Background(), uint16(i))
		if err != nil {
			t.Fatal(err)
		}
		logged += log.Size
	}
	if between != 0 || marks != 11 || logged != 11 {
		t.Errorf("%d between roll and urn, %d marks, %d ballots in the logs", between, marks, logged)
	}
}

// Nothing is made in a directory of something else, nor twice; and an unfinished preparation is no demonstration.
func TestPrepareRefuses(t *testing.T) {
	listen := netip.MustParseAddrPort("127.0.0.1:8080")
	quiet := Watcher{Step: func(string) {}, Stage: func(string, int, int) {}}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Prepare(context.Background(), dir, small(), listen, quiet); !errors.Is(err, ErrDirectory) {
		t.Errorf("a directory of somebody: %v", err)
	}
	if _, err := Open(dir, 0); !errors.Is(err, ErrDirectory) {
		t.Errorf("opening it: %v", err)
	}
	stopped, stop := context.WithCancel(context.Background())
	at := filepath.Join(t.TempDir(), "run")
	err := Prepare(stopped, at, small(), listen, Watcher{Stage: quiet.Stage, Step: func(name string) {
		if name == "enrolment" {
			stop()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("an interrupted preparation: %v", err)
	}
	if ready, err := Prepared(at); ready || err != nil {
		t.Errorf("after it: %v, %v", ready, err)
	}
	if err := Prepare(context.Background(), at, small(), listen, quiet); err != nil {
		t.Errorf("beginning again: %v", err)
	}
}

// The clock goes forward only, and does not go back with the process.
func TestClock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clock")
	c, err := OpenClock(path)
	if err != nil {
		t.Fatal(err)
	}
	to := time.Now().Add(5 * 24 * time.Hour)
	if err := errors.Join(c.Forward(to), c.Forward(time.Now())); err != nil {
		t.Fatal(err)
	}
	again, err := OpenClock(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*Clock{c, again} {
		if now := c.Now(); now.Before(to) || now.After(to.Add(time.Minute)) {
			t.Errorf("the clock says %s, not %s", now, to)
		}
	}
}

// What the roles and everybody else hold is for its owner alone.
func TestSecretsAreTheirOwners(t *testing.T) {
	dir := copied(t)
	d, err := Open(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	c := d.Config
	files := []string{c.Roll.Key, c.Roll.Challenges, c.Urn.Key, c.IssuerA.Key, c.IssuerA.Secret, c.IssuerB.Key, c.IssuerB.Secret, c.Portal.Desk}
	for _, ends := range shared(c, c.IssuerA.Links.Deposit, c.IssuerB.Links.Deposit) {
		files = append(files, ends[0], ends[1])
	}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", f, info, err)
		}
	}
	inRole := map[string][]byte{}
	for _, f := range files {
		if inRole[f], err = os.ReadFile(f); err != nil {
			t.Fatal(err)
		}
	}
	// Two files hold one secret exactly where two roles share it.
	for _, a := range files {
		for _, b := range files {
			link := slices.ContainsFunc(shared(c, c.IssuerA.Links.Deposit, c.IssuerB.Links.Deposit), func(ends [2]string) bool { return ends == [2]string{a, b} || ends == [2]string{b, a} })
			if a != b && (string(inRole[a]) == string(inRole[b])) != link {
				t.Errorf("%s and %s: the same is %v", a, b, !link)
			}
		}
	}
}
