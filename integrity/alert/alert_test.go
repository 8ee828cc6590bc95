package alert_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"isoloir/integrity"
	"isoloir/integrity/alert"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// A finding is told once, while it lasts, also by the process that comes after; and that
// it is over is told too. A line that was cut does no harm. (C26-2-04)
func TestLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alerts")
	var told []alert.Event
	open := func() *alert.Log {
		t.Helper()
		told = nil
		l := &alert.Log{Role: "urn", Now: func() time.Time { return noon }, Since: func() time.Time { return noon.Add(-time.Hour) },
			Tell: func(e []alert.Event, left func()) {
				left()
				told = append(told, e...)
				if raw, err := os.ReadFile(path); err != nil || !strings.Contains(string(raw), e[0].Table) {
					t.Errorf("it was told before it was kept: %v", err)
				}
			}}
		if err := l.Open(path); err != nil {
			t.Fatal(err)
		}
		return l
	}
	leaf := integrity.Finding{Table: "leaf", Urn: "u", Record: "row 4", What: integrity.Changed}
	unread := integrity.Finding{Table: "spent", Urn: "u", What: integrity.Unread}
	check := func(what string, err error, want ...alert.Severity) {
		t.Helper()
		if err != nil || len(told) != len(want) {
			t.Fatalf("%s: %v, %v", what, told, err)
		}
		for i, s := range want {
			if told[i].Severity != s || told[i].Role != "urn" || !told[i].Since.Equal(noon.Add(-time.Hour)) {
				t.Errorf("%s: %+v", what, told[i])
			}
		}
		told = nil
	}
	l := open()
	check("found", l.Found([]integrity.Finding{leaf}), alert.Critical)
	check("again", l.Found([]integrity.Finding{leaf, unread}), alert.Warning)
	check("settled", l.Settled([]integrity.Finding{leaf}), alert.Notice)
	l.Close()
	l = open()
	check("after a new start", l.Found([]integrity.Finding{leaf}))
	check("over", l.Settled(nil), alert.Notice)
	check("and back", l.Settled([]integrity.Finding{leaf}), alert.Critical)
	l.Close()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var e alert.Event
	if lines := strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n"); len(lines) != 5 || json.Unmarshal([]byte(lines[0]), &e) != nil || e.Finding != leaf {
		t.Errorf("%s", raw)
	}
	if err := os.WriteFile(path, append(raw, raw[:30]...), 0o600); err != nil {
		t.Fatal(err)
	}
	l = open()
	check("after a line that was cut", l.Found([]integrity.Finding{leaf, unread}), alert.Warning)
	l.Close()
	l = open()
	check("after that", l.Found([]integrity.Finding{leaf, unread}))
	l.Close()
	if err := os.WriteFile(path, append([]byte("nothing\n"), raw...), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := new(alert.Log).Open(path); !errors.Is(err, alert.ErrLog) {
		t.Errorf("another file: %v", err)
	}
}

// What has not left is told again by the process that comes after, with all that followed
// it, and nothing else is.
func TestLeft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alerts")
	var told []string
	var left []func()
	open := func() *alert.Log {
		t.Helper()
		told, left = nil, nil
		l := &alert.Log{Role: "urn", Now: func() time.Time { return noon }, Since: func() time.Time { return noon },
			Tell: func(events []alert.Event, gone func()) {
				for _, e := range events {
					told = append(told, e.Record)
				}
				left = append(left, gone)
			}, Failed: func(err error) { t.Error(err) }}
		if err := l.Open(path); err != nil {
			t.Fatal(err)
		}
		return l
	}
	find := func(l *alert.Log, record string) {
		t.Helper()
		if err := l.Found([]integrity.Finding{{Table: "leaf", Urn: "u", Record: record, What: integrity.Changed}}); err != nil {
			t.Fatal(err)
		}
	}
	again := func(what string, want ...string) *alert.Log {
		t.Helper()
		l := open()
		if strings.Join(told, " ") != strings.Join(want, " ") {
			t.Errorf("%s: told again: %v, not %v", what, told, want)
		}
		return l
	}
	l := again("nothing was found")
	find(l, "a")
	find(l, "b")
	find(l, "c")
	left[0]()
	left[2]()
	l.Close()
	l = again("b has not left", "b", "c")
	find(l, "d")
	left[0]()
	l.Close()
	l = again("d has not left", "d")
	left[0]()
	left[0]()
	l.Close()
	again("all have left").Close()
	for _, bad := range []string{"", "4", "-1\n", "04\n", "4\n\n", "x\n"} {
		if err := os.WriteFile(path+".left", []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := new(alert.Log).Open(path); !errors.Is(err, alert.ErrLog) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := os.Remove(path + ".left"); err != nil {
		t.Fatal(err)
	}
	again("it is not known what has left", "a", "b", "c", "d").Close()
}

// An event says when all was well, and nothing of anybody.
func TestString(t *testing.T) {
	e := alert.Event{Time: noon, Severity: alert.Critical, Role: "roll", Finding: integrity.Finding{Table: "mark", Urn: "u", Record: "row 8", What: integrity.Added}, Since: noon.Add(-time.Minute)}
	if got := e.String(); got != "2026-06-01T12:00:00Z roll: table mark, urn u, row 8: added; all was well at 2026-06-01T11:59:00Z" {
		t.Error(got)
	}
	e.Since = time.Time{}
	if got := e.String(); !strings.HasSuffix(got, "no check has ended before") {
		t.Error(got)
	}
	e.Severity = alert.Notice
	if got := e.String(); !strings.HasSuffix(got, "not found any more") {
		t.Error(got)
	}
}
