package bve

import (
	"context"
	"encoding/asn1"
	"errors"
	"slices"
	"testing"
	"time"

	"isoloir/record"
	"isoloir/scrutin"
	"isoloir/scrutin/note"
	"isoloir/scrutin/scrutintest"
	"isoloir/timestamp"
	"isoloir/timestamp/local"
)

// dated is a record in the making with two authorities, and a clock.
type dated struct {
	*scrutintest.Fixture
	rec  *record.Writer
	now  time.Time
	acts []*scrutin.Act
	tsa  [2]*local.Authority
	ask  map[string]Authority
}

func newDated(t *testing.T) *dated {
	t.Helper()
	d := &dated{ask: map[string]Authority{}}
	d.Fixture = scrutintest.New(t, scrutintest.Options{Edit: func(m *scrutin.Manifest) {
		for i, id := range []string{"tsa-1", "tsa-2"} {
			a, err := local.New(id)
			if err != nil {
				t.Fatal(err)
			}
			a.Now = func() time.Time { return d.now }
			d.tsa[i], d.ask[id] = a, Authority{Asker: a}
			m.Timestamps = append(m.Timestamps, scrutin.Authority{ID: id, Label: id, Certificate: a.Certificate()})
		}
	}})
	rec, err := record.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	d.rec, d.now = rec, d.Manifest.Schedule.Open.Time
	return d
}

// act writes an act, as if the bureau had adopted it; an hour passes before.
func (d *dated) act(t *testing.T, kind string, adopts ...scrutin.Adopted) {
	t.Helper()
	d.now = d.now.Add(time.Hour)
	a := &scrutin.Act{Head: scrutin.Head{Manifest: d.Fingerprint}, Seq: len(d.acts) + 1, Type: kind, Time: scrutin.TimeOf(d.now), Session: 1, Present: []string{"member-1"},
		Body: scrutin.ActBody{Adopts: adopts}}
	d.acts = append(d.acts, a)
	d.write(t, record.Act(a.Seq, kind), a)
}

func (d *dated) write(t *testing.T, path string, r scrutin.Record) {
	t.Helper()
	data, err := scrutin.Sign(r, d.Signers["member-1"])
	if err == nil {
		err = d.rec.Write(path, data)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// gaps asks, and says what is missing.
func (d *dated) gaps(t *testing.T) (missing []string) {
	t.Helper()
	all, err := Timestamp(t.Context(), d.Manifest, d.rec, d.ask)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range all {
		missing = append(missing, g.Of+" "+g.Authority)
	}
	return missing
}

// down does not answer.
type down struct{ error }

func (d down) Ask(context.Context, []byte) ([]byte, error) { return nil, d.error }

// Every timestamp is asked for until it is there or nothing can be done; what is there is what the auditor expects.
func TestTimestamp(t *testing.T) {
	d := newDated(t)
	d.act(t, scrutin.ActConstitute)
	d.act(t, scrutin.ActOpen)
	d.now = d.now.Add(time.Minute)
	up, silent := d.ask["tsa-2"], errors.New("silent")
	d.ask["tsa-2"] = Authority{Asker: down{silent}}
	if got := d.gaps(t); !slices.Equal(got, []string{"acts/0002-open.note tsa-2"}) {
		t.Fatal(got)
	}
	d.act(t, scrutin.ActClose)
	if got := d.gaps(t); !slices.Equal(got, []string{"acts/0002-open.note tsa-2", "acts/0003-close.note tsa-2"}) {
		t.Fatal(got)
	}
	d.ask["tsa-2"] = up // it answers again: what can be had is had, what cannot is told
	gaps, err := Timestamp(t.Context(), d.Manifest, d.rec, d.ask)
	if err != nil || len(gaps) != 1 || gaps[0].Of != "acts/0002-open.note" || !errors.Is(gaps[0].Why, ErrLate) {
		t.Fatal(gaps, err)
	}
	d.act(t, scrutin.ActSeal)
	d.act(t, scrutin.ActMix)
	if got := d.gaps(t); !slices.Equal(got, []string{"acts/0002-open.note tsa-2", "acts/0004-seal.note tsa-1", "acts/0004-seal.note tsa-2"}) {
		t.Fatal(got)
	}
	d.act(t, scrutin.ActProclaim)
	d.gaps(t)
	d.write(t, record.Contents, &scrutin.Contents{OpenHead: scrutin.OpenHead{Head: scrutin.Head{Manifest: d.Fingerprint}, Opening: scrutin.DigestOf(nil)},
		Files: []scrutin.File{{Path: "a", SHA256: scrutin.DigestOf(nil)}}})
	d.gaps(t)
	files, err := d.rec.List()
	if err != nil {
		t.Fatal(err)
	}
	files = slices.DeleteFunc(files, func(p string) bool { return p[0] == 'a' })
	if want := []string{"contents.note", "contents.tsa-1.tsr", "contents.tsa-2.tsr", "timestamps/0002-open.tsa-1.tsr", "timestamps/0003-close.tsa-1.tsr",
		"timestamps/0003-close.tsa-2.tsr", "timestamps/0006-proclaim.tsa-1.tsr", "timestamps/0006-proclaim.tsa-2.tsr"}; !slices.Equal(files, want) {
		t.Fatal(files)
	}
	data, err := d.rec.Read("timestamps/0003-close.tsa-2.tsr", timestamp.MaxSize)
	if err != nil {
		t.Fatal(err)
	}
	act, err := d.rec.Read(record.Act(3, scrutin.ActClose), note.MaxSize)
	if err != nil {
		t.Fatal(err)
	}
	text, err := note.Text(act)
	if err != nil {
		t.Fatal(err)
	}
	token, err := timestamp.Parse(data)
	if err != nil || token.Over(scrutin.TextDigest(text)) != nil || token.By(d.tsa[1].Certificate()) != nil {
		t.Error(err)
	}
}

// What an authority answers is written only if the auditor takes it.
func TestTimestampRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(d *dated)
		why    error
	}{
		"another authority":  {func(d *dated) { d.ask["tsa-1"] = d.ask["tsa-2"] }, timestamp.ErrCertificate},
		"a clock that fails": {func(d *dated) { d.tsa[0].Now = func() time.Time { return d.now.Add(-time.Hour) } }, ErrClock},
		"nowhere":            {func(d *dated) { delete(d.ask, "tsa-1") }, ErrNowhere},
		"another policy":     {func(d *dated) { d.ask["tsa-1"] = Authority{d.tsa[0], asn1.ObjectIdentifier{1, 2}} }, timestamp.ErrNotGranted},
	} {
		d := newDated(t)
		d.act(t, scrutin.ActOpen)
		c.change(d)
		gaps, err := Timestamp(t.Context(), d.Manifest, d.rec, d.ask)
		if err != nil || len(gaps) != 1 || gaps[0].Authority != "tsa-1" || !errors.Is(gaps[0].Why, c.why) || d.rec.Exists("timestamps/0001-open.tsa-1.tsr") {
			t.Errorf("%s: %v, %v", name, gaps, err)
		}
	}
}

// A certificate that the bureau adopts for an authority is taken from then on.
func TestTimestampRenewed(t *testing.T) {
	d := newDated(t)
	d.act(t, scrutin.ActOpen)
	renewed, err := local.New("tsa-1")
	if err != nil {
		t.Fatal(err)
	}
	renewed.Now = d.tsa[0].Now
	d.ask["tsa-1"] = Authority{Asker: renewed}
	if got := d.gaps(t); len(got) != 1 {
		t.Fatal(got)
	}
	d.act(t, scrutin.ActAuthority, scrutin.Adopted{Path: scrutin.AdoptAuthority("tsa-1"), SHA256: renewed.Certificate()})
	if got := d.gaps(t); len(got) != 0 {
		t.Fatal(got)
	}
}

// S004-20b, FP-7: the mixes wait for a date of the seal.
func TestMixesWaitForADate(t *testing.T) {
	d := newDated(t)
	d.act(t, scrutin.ActSeal)
	waits := func() error { return undated(&d.rec.Reader, d.Manifest, scrutin.ActMix) }
	if !errors.Is(waits(), ErrUndated) || undated(&d.rec.Reader, d.Manifest, scrutin.ActClose) != nil {
		t.Error("the mixes do not wait, or another act does")
	}
	d.ask["tsa-2"] = Authority{Asker: down{errors.New("silent")}}
	d.gaps(t)
	if err := waits(); err != nil {
		t.Errorf("one authority of two is not enough: %v", err)
	}
	none := *d.Manifest
	none.Timestamps = nil
	if err := undated(&newDated(t).rec.Reader, &none, scrutin.ActMix); err != nil {
		t.Errorf("who names no authority waits: %v", err)
	}
}
