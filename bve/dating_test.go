package bve

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"isoloir/bve/journal"
	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
	"isoloir/timestamp"
	"isoloir/timestamp/local"
)

// away is an authority that does not answer until it is there.
type away struct {
	timestamp.Asker
	there bool
}

func (a *away) Ask(ctx context.Context, q []byte) ([]byte, error) {
	if !a.there {
		return nil, errors.New("no answer")
	}
	return a.Asker.Ask(ctx, q)
}

// S004-20b: what the bureau decides is dated after it has decided. An authority that is away keeps nobody from deciding, and is told; what one of two has
// dated is well.
func TestDated(t *testing.T) {
	now := func() time.Time { return time.Time{} }
	authorities, all := map[string]Authority{}, map[string]*away{}
	m := newTemplate(t, scrutintest.Options{Edit: func(m *scrutin.Manifest) {
		for _, id := range []string{"tsa-1", "tsa-2"} {
			a, err := local.New(id)
			if err != nil {
				t.Fatal(err)
			}
			a.Now = func() time.Time { return now() }
			all[id] = &away{Asker: a}
			authorities[id] = Authority{Asker: all[id]}
			m.Timestamps = append(m.Timestamps, scrutin.Authority{ID: id, Label: id, Certificate: a.Certificate()})
		}
	}})
	b := m.sit(t, filepath.Join(t.TempDir(), "record"))
	now = func() time.Time { return b.at }
	date := func() (standing []string) {
		t.Helper()
		if err := b.Date(ctx, authorities); err != nil {
			t.Fatal(err)
		}
		for _, a := range b.state().Alerts {
			if a.What == journal.AlertTimestamp && a.Severity == journal.Warning {
				standing = append(standing, a.Detail)
			}
		}
		return standing
	}
	b.until(scrutin.ActOpen)
	if got := date(); len(got) != 0 {
		t.Errorf("before an act that is dated: %v", got)
	}
	b.step(scrutin.ActOpen)
	open := record.Act(6, scrutin.ActOpen)
	for range 2 {
		if got := date(); !slices.Equal(got, []string{open}) {
			t.Errorf("nobody answers: %v", got)
		}
	}
	all["tsa-2"].there = true
	if got := date(); len(got) != 0 || !b.Record.Exists(record.Timestamp(6, scrutin.ActOpen, "tsa-2")) {
		t.Errorf("one of two has answered: %v", got)
	}
	all["tsa-2"].there = false
	b.step(scrutin.ActClose)
	closed := record.Act(7, scrutin.ActClose)
	if got := date(); !slices.Equal(got, []string{closed}) {
		t.Errorf("after the close: %v", got)
	}
	b.step(scrutin.ActSeal) // the close is dated by nobody any more
	if got := date(); !slices.Equal(got, []string{record.Act(8, scrutin.ActSeal)}) {
		t.Errorf("after the seal: %v", got)
	}
	_, err := b.Draft(ctx, scrutin.ActMix, scrutin.ActBody{})
	refused(t, err, RuleMissing)
	all["tsa-1"].there = true
	if got := date(); len(got) != 0 {
		t.Errorf("in the end: %v", got)
	}
	b.step(scrutin.ActMix)
	var said []string
	for _, e := range b.Office.Journal().Entries(0) {
		if a, is := e.Statement.Body.(journal.Alert); is {
			said = append(said, a.Detail)
		}
	}
	if !slices.Equal(said, []string{open, closed, record.Act(8, scrutin.ActSeal)}) {
		t.Errorf("told were %v", said)
	}
}
