package trustee_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
	"isoloir/trustee"
	"isoloir/trustee/trusteetest"
)

// S004-21a: a holder's device opens nothing before the last polling station has closed, by its own clock, and nothing at all without one.
func TestBeforeTheCount(t *testing.T) {
	var count time.Time
	w := trusteetest.New(t, t.TempDir(), scrutintest.Options{Urns: 1, Electors: 20, Holders: 3, MinSize: 10, Edit: func(m *scrutin.Manifest) {
		count = m.Schedule.Close.AddDate(0, 0, 4)
		m.Schedule.Count = scrutin.TimeOf(count)
	}}).Ceremony().Enrol().Anonymise().Vote(11).Seal().Mix().AdoptMix()
	try := func(now func() time.Time) error {
		m, err := trustee.ReadMixed(&w.Out.Reader, trustee.Options{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		out, err := record.Create(filepath.Join(t.TempDir(), "shares"))
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		_, err = m.Decrypt(w.Devices["member-1"], out)
		if paths, _ := out.List(); err != nil && len(paths) > 0 {
			t.Errorf("refused, and yet written: %v", paths)
		}
		return err
	}
	if err := try(nil); !errors.Is(err, trustee.ErrEarly) {
		t.Error(err)
	}
	if err := try(func() time.Time { return count.Add(-time.Second) }); !errors.Is(err, trustee.ErrEarly) {
		t.Error(err)
	}
	if err := try(func() time.Time { return count }); err != nil {
		t.Error(err)
	}
}

// S003-29a: a vote that the bureau has stopped or annulled is opened by nobody's device.
func TestVoid(t *testing.T) {
	w := trusteetest.New(t, t.TempDir(), scrutintest.Options{Urns: 1, Electors: 20, Holders: 3, MinSize: 10}).Ceremony().Enrol().Anonymise().Vote(11).Seal().Mix().AdoptMix()
	m, err := trustee.ReadMixed(&w.Out.Reader, trustee.Options{Now: time.Now})
	if err != nil || m.Procedure.Annulled() {
		t.Fatal(err)
	}
	w.Act(scrutin.ActAnnul, scrutin.ActBody{Reason: "intrusion"})
	if _, err := trustee.ReadMixed(&w.Out.Reader, trustee.Options{Now: time.Now}); !errors.Is(err, trustee.ErrVoid) {
		t.Errorf("annulled: %v", err)
	}
	if _, err := trustee.ReadSealed(&w.Out.Reader, trustee.Options{Now: time.Now}); !errors.Is(err, trustee.ErrVoid) {
		t.Errorf("annulled, for a mixer: %v", err)
	}
	stopped := trusteetest.New(t, t.TempDir(), scrutintest.Options{Urns: 1, Electors: 20, Holders: 3, MinSize: 10}).Ceremony().Enrol().Anonymise()
	stopped.Act(scrutin.ActStop, scrutin.ActBody{Reason: "panne", Opinion: "entendu"})
	if _, err := trustee.ReadSealed(&stopped.Out.Reader, trustee.Options{}); !errors.Is(err, trustee.ErrVoid) {
		t.Errorf("stopped: %v", err)
	}
}
