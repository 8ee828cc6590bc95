package server

import (
	"path/filepath"
	"testing"
	"time"

	"isoloir/integrity"
	"isoloir/integrity/alert"
)

// What a check finds is told to the bureau from the log of alerts, from an instant on, with what is over.
func TestAlertsSince(t *testing.T) {
	path, at := filepath.Join(t.TempDir(), "alerts"), time.Date(2026, 12, 3, 8, 0, 0, 0, time.UTC)
	if all, err := alertsSince(path, time.Time{}); err != nil || len(all.Alerts) != 0 {
		t.Errorf("where there is no log: %v, %v", all, err)
	}
	log := &alert.Log{Role: "urn", Now: func() time.Time { return at }, Since: func() time.Time { return time.Time{} }}
	if err := log.Open(path); err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	leaf := integrity.Finding{Table: "leaf", Urn: "urn-1", Record: "row 3", What: integrity.Changed}
	if err := log.Found([]integrity.Finding{leaf}); err != nil {
		t.Fatal(err)
	}
	at = at.Add(time.Minute)
	if err := log.Settled(nil); err != nil {
		t.Fatal(err)
	}
	all, err := alertsSince(path, time.Time{})
	if err != nil || len(all.Alerts) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	if a := all.Alerts[0]; a.What != "integrity" || a.Severity != "critical" || a.Detail != leaf.String() || a.Over {
		t.Errorf("%+v", a)
	}
	if a := all.Alerts[1]; !a.Over || a.Detail != leaf.String() {
		t.Errorf("%+v", a)
	}
	if later, err := alertsSince(path, at); err != nil || len(later.Alerts) != 1 {
		t.Errorf("%+v, %v", later, err)
	}
}
