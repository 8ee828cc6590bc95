package scrutin_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"isoloir/scrutin"
	"isoloir/scrutin/scrutintest"
)

// A further certificate of an authority is adopted at any time from the first act to
// the last, and leaves the procedure where it is.
func TestAuthority(t *testing.T) {
	tsa := scrutin.Authority{ID: "tsa", Label: "Horodatage", Certificate: some("first")}
	b := newBoard(t, scrutintest.Options{Edit: func(m *scrutin.Manifest) { m.Timestamps = append(m.Timestamps, tsa) }})
	next := func(body scrutin.ActBody) error {
		b.at = b.at.Add(time.Minute)
		return b.p.Apply(b.sign(b.p.Draft(scrutin.ActAuthority, scrutin.TimeOf(b.at), 2, b.present, body), b.present...))
	}
	of := func(path, certificate string) scrutin.ActBody {
		return scrutin.ActBody{Adopts: []scrutin.Adopted{{Path: path, SHA256: some(certificate)}}, Reason: "renouvelé"}
	}
	if err := next(of("timestamps/tsa", "0")); !errors.Is(err, scrutin.RuleOrder) {
		t.Errorf("before the first act: %v", err)
	}
	for i, kind := range straight {
		if err := b.apply(kind); err != nil {
			t.Fatal(err)
		}
		before := slices.DeleteFunc(b.p.Next(), func(kind string) bool { return kind == scrutin.ActAuthority })
		err := next(of("timestamps/tsa", string(rune('a'+i))))
		if kind == scrutin.ActProclaim {
			if !errors.Is(err, scrutin.RuleOrder) {
				t.Errorf("after the last act: %v", err)
			}
			break
		}
		if err != nil {
			t.Fatalf("after %s: %v", kind, err)
		}
		if after := slices.DeleteFunc(b.p.Next(), func(kind string) bool { return kind == scrutin.ActAuthority }); !slices.Equal(before, after) {
			t.Errorf("after %s: %v, and then %v", kind, before, after)
		}
		none, unreasoned := of("timestamps/tsa", "x"), of("timestamps/tsa", "x")
		none.Adopts, unreasoned.Reason = nil, ""
		for what, body := range map[string]scrutin.ActBody{"none": none, "no reason": unreasoned, "another authority": of("timestamps/other", "x"), "no path of one": of("tsa", "x"),
			"the manifest's own": of("timestamps/tsa", "first"), "one again": of("timestamps/tsa", string(rune('a'+i)))} {
			if err := next(body); !errors.Is(err, scrutin.RuleBody) {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
	if n := len(b.p.Authorities); n != len(straight)-1 {
		t.Errorf("%d certificates", n)
	}
	acts := []*scrutin.Act{{Type: scrutin.ActAuthority, Body: of("timestamps/tsa", "second")}, {Type: scrutin.ActAuthority, Body: of("timestamps/b", "third")}, {Type: scrutin.ActAddendum, Body: of("timestamps/tsa", "fourth")}}
	if got := tsa.Certificates(acts); !slices.Equal(got, []scrutin.Digest{some("first"), some("second")}) {
		t.Errorf("certificates %v", got)
	}
}

// A timestamp is expected from the act on, and until the one that builds on it.
func TestTimestampWindow(t *testing.T) {
	var acts []*scrutin.Act
	at := time.Date(2032, 5, 26, 10, 0, 0, 0, time.UTC)
	for i, kind := range straight {
		acts = append(acts, &scrutin.Act{Type: kind, Time: scrutin.TimeOf(at.Add(time.Duration(i) * time.Hour))})
	}
	const tolerance = 5 * time.Minute
	for _, c := range []struct{ kind, before string }{{scrutin.ActOpen, scrutin.ActClose}, {scrutin.ActClose, scrutin.ActSeal}, {scrutin.ActSeal, scrutin.ActMix}, {scrutin.ActProclaim, ""}} {
		i := slices.Index(straight, c.kind)
		w := scrutin.TimestampWindow(acts, acts[i])
		from, until := acts[i].Time.Add(-tolerance), time.Time{}
		if !scrutin.Timestamped(c.kind) || !w.Holds(from) || w.Holds(from.Add(-1)) {
			t.Errorf("%s: %+v", c.kind, w)
		}
		if c.before == "" {
			if !w.Until.IsZero() || !w.Holds(from.AddDate(9, 0, 0)) {
				t.Errorf("%s: %+v", c.kind, w)
			}
			continue
		}
		if until = acts[slices.Index(straight, c.before)].Time.Add(tolerance); !w.Holds(until) || w.Holds(until.Add(1)) {
			t.Errorf("%s: %+v", c.kind, w)
		}
		if w := scrutin.TimestampWindow(acts[:i+1], acts[i]); !w.Until.IsZero() {
			t.Errorf("%s, the last so far: %+v", c.kind, w)
		}
	}
	for _, kind := range straight {
		if scrutin.Timestamped(kind) != slices.Contains([]string{scrutin.ActOpen, scrutin.ActClose, scrutin.ActSeal, scrutin.ActProclaim}, kind) {
			t.Errorf("%s is dated, or is not", kind)
		}
	}
}
